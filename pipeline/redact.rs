//! Which parts of a text are personal data?
//!
//! Comes in: a normalised text. Goes out: the text with each piece of personal data replaced by a
//! placeholder, and how many there were. Only the identifier is replaced; words and punctuation around it stay.
//!
//! | placeholder | stands for | not for |
//! | --- | --- | --- |
//! | `[card]` | payment cards: 13 to 19 digits of a known issuer that pass Luhn's check, bare or in groups | tracking numbers, cards with masked digits |
//! | `[iban]` | IBAN of a known country, its length and its check digits right, spaced or not | a code that fails its check (after "IBAN": `[account]`) |
//! | `[ssn]` | US social security numbers 3-2-4, in areas that are given out; any nine digits after "SSN" and its like | ZIP+4; areas 000, 666, 9xx |
//! | `[email]` | addresses; "john (at) mail (dot) com", "john dot doe at mail dot com" | handles (@name), links |
//! | `[phone]` | "+" and "00" numbers, US numbers with extension, European groupings; any 7 to 15 digits after "call", "Tel." … | dates, prices, times, ZIP+4, order, ticket and case numbers, error codes |
//! | `[ip]` | IPv4; IPv6 of four groups and more | version numbers after "version", "firmware", "v" …; times |
//! | `[account]` | a code with four digits and more after "account number", "policy no.", "customer ID", "Kundennummer", "número de cuenta", "numéro de client" … | amounts, years, the last digits of a masked number |
//! | `[name]` | one to three capitalised words after "my name is", "this is … speaking", "ich heiße", "me llamo", "je m'appelle" … | names elsewhere: no list of names is kept |
//!
//! Masks that a source has put there itself (XXXX, XX/XX/2019) and placeholders stay, so that redacting twice changes
//! nothing. The user's own patterns come first, as `[name of the pattern]`.

mod account;
mod card;
mod context;
mod digits;
mod email;
mod finder;
mod iban;
mod ip;
mod name;
mod pattern;
mod phone;
mod ssn;

use crate::config::PrivacySettings;
use crate::error::Result;
use finder::Finder;
use pattern::Patterns;

/// What kind of personal data a built-in finder finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Card,
    Iban,
    Ssn,
    Email,
    Phone,
    Ip,
    Account,
    Name,
}

impl Kind {
    const ALL: [Self; 8] = [Self::Card, Self::Iban, Self::Ssn, Self::Email, Self::Phone, Self::Ip, Self::Account, Self::Name];

    /// As settings and placeholders name it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Ssn => "ssn",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Ip => "ip",
            Self::Account => "account",
            Self::Name => "name",
        }
    }
}

/// Where a replaced piece of a text is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    start_byte: usize,
    end_byte: usize,
    by: By,
}

/// Who found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Kind(Kind),
    /// The user's pattern of this index.
    Pattern(usize),
}

/// A piece of personal data taken out of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// Its kind as settings name it; `pattern` for one of the user's own (the placeholder has its name).
    pub kind: &'static str,
    /// Where its placeholder starts in the redacted text, in bytes.
    pub start_byte: usize,
    /// What stood there. Personal data: for review.db only.
    pub text: String,
}

/// Finds personal data and puts placeholders in its place.
///
/// Compiled once, shared by all workers. Equal texts are redacted equally.
#[derive(Debug)]
pub struct Redactor {
    finder: Finder,
    patterns: Patterns,
}

impl Redactor {
    /// Compiles what the settings ask for.
    ///
    /// Fails with [`crate::Error::Setting`] on an unknown kind and on a pattern that is no regular expression, matches the
    /// empty text, or whose name is not made of lower-case letters, digits, `_` and `-`.
    pub fn new(settings: &PrivacySettings) -> Result<Self> {
        Ok(Self { finder: Finder::new(&pattern::kinds(&settings.redact)?), patterns: Patterns::compile(&settings.patterns)? })
    }

    /// Writes `text` into `out`, which is cleared first, with personal data replaced by placeholders.
    ///
    /// Returns how many pieces were replaced. Redacting the result again replaces nothing.
    pub fn redact(&self, text: &str, out: &mut String) -> u32 {
        self.write(text, out, None)
    }

    /// As [`Redactor::redact`], adding what was taken out to `removed` in the order of the text.
    pub fn redact_keeping(&self, text: &str, out: &mut String, removed: &mut Vec<Removed>) -> u32 {
        self.write(text, out, Some(removed))
    }

    fn write(&self, text: &str, out: &mut String, mut removed: Option<&mut Vec<Removed>>) -> u32 {
        out.clear();
        let found = self.find(text);
        let mut done = 0;
        let piece = |start, end| text.get(start..end).expect("finders return character boundaries in order");
        for found in &found {
            out.push_str(piece(done, found.start_byte));
            if let Some(removed) = removed.as_deref_mut() {
                let kind = if let By::Kind(kind) = found.by { kind.as_str() } else { "pattern" };
                removed.push(Removed { kind, start_byte: out.len(), text: piece(found.start_byte, found.end_byte).to_owned() });
            }
            out.push('[');
            out.push_str(match found.by {
                By::Kind(kind) => kind.as_str(),
                By::Pattern(i) => self.patterns.name(i),
            });
            out.push(']');
            done = found.end_byte;
        }
        out.push_str(piece(done, text.len()));
        u32::try_from(found.len()).unwrap_or(u32::MAX)
    }

    /// Everything to replace, in order and apart from each other.
    ///
    /// What stands between two placeholders is looked at alone, as often as it is cut again: so the result holds
    /// nothing that a second redaction would find. No allocation when nothing is found.
    fn find(&self, text: &str) -> Vec<Found> {
        let (mut found, mut here) = (Vec::new(), Vec::new());
        if self.patterns.is_empty() {
            // What finds nothing in the whole finds nothing between the placeholders either, or almost every text would
            // be cut in vain: placeholders have no trigger, and nothing is found across their brackets.
            self.finder.find(text, &mut here);
            if here.is_empty() {
                return found;
            }
            here.clear();
        }
        let mut pieces = self.patterns.between_placeholders(text);
        while let Some((start, end)) = pieces.pop() {
            let piece = text.get(start..end).expect("pieces are cut at character boundaries");
            self.patterns.find(piece, &mut here);
            if here.is_empty() {
                self.finder.find(piece, &mut here);
            }
            if here.is_empty() {
                continue;
            }
            let mut done = start;
            for mut f in here.drain(..) {
                f.start_byte += start;
                f.end_byte += start;
                pieces.push((done, f.start_byte));
                done = f.end_byte;
                found.push(f);
            }
            pieces.push((done, end));
        }
        found.sort_unstable_by_key(|f| f.start_byte);
        found
    }
}

#[cfg(test)]
mod tests;
