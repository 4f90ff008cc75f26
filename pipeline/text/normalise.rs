//! How is a text written the same way each time?
//!
//! In: a cell as it was decoded. Out: its normal form, in which equal answers are equal bytes:
//!
//! | what | becomes |
//! | --- | --- |
//! | white space at the ends | nothing |
//! | CRLF, CR, NEL, vertical tab, form feed, line and paragraph separator | LF |
//! | other control characters, NUL, bidirectional marks and overrides, zero-width space, byte order mark, soft hyphen, word joiner | nothing |
//! | no-break, ideographic and other wide spaces | one space |
//! | HTML entities, however often escaped | their character |
//! | UTF-8 read as Windows-1252 ("Ã©", "â€™") | the character that it was |
//! | decomposed letters | composed ones (NFC) |
//!
//! Joiners of emoji and scripts (ZWJ, ZWNJ) and runs of spaces stay. Normalising twice changes nothing.
//! Case, spelling and personal data are left to others.

mod entities;
mod mojibake;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What was mended in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// HTML entities decoded.
    pub n_entities: u32,
    /// Characters turned back from mojibake ("Ã©").
    pub n_mojibake: u32,
}

/// Writes the normal form of `raw` into `out`, which is cleared first.
///
/// Plain ASCII, most of English feedback, is copied.
pub fn normalise(raw: &str, out: &mut String) -> Repairs {
    out.clear();
    if is_plain(raw.as_bytes()) {
        out.push_str(raw.trim_ascii());
        return Repairs::default();
    }
    normalise_chars(raw, out)
}

/// Whether every byte is ASCII that stays as it is: no `&`, no control character but LF and tab.
fn is_plain(bytes: &[u8]) -> bool {
    let bad = |b: u8| u8::from(b < b' ') & u8::from(b != b'\n') & u8::from(b != b'\t') | u8::from(b >= 0x7f) | u8::from(b == b'&');
    // Whole blocks without a branch inside become vector code: 64 bytes at a time is 10 times as fast as one.
    let mut blocks = bytes.chunks_exact(64);
    blocks.by_ref().all(|block| block.iter().fold(0, |any, b| any | bad(*b)) == 0)
        && blocks.remainder().iter().fold(0, |any, b| any | bad(*b)) == 0
}

/// The slow way, for any text.
fn normalise_chars(raw: &str, out: &mut String) -> Repairs {
    let mut repairs = Repairs::default();
    mend(raw, out, &mut repairs);
    // Composing can bring about one more sequence of mojibake (A, combining tilde, ©) but no third: repairs
    // never make an ASCII letter or a combining mark.
    for _ in 0..2 {
        if is_nfc_quick(out.chars()) == IsNormalized::Yes {
            break;
        }
        let composed: String = out.nfc().collect();
        mend(&composed, out, &mut repairs);
    }
    out.truncate(out.trim_end().len());
    let n_blank = out.len() - out.trim_start().len();
    out.drain(..n_blank);
    repairs
}

/// Replaces and drops characters, decodes entities and mojibake. What is written never holds something to mend:
/// each character looks back at what it completes, so that doubly escaped text is decoded in one pass.
fn mend(raw: &str, out: &mut String, repairs: &mut Repairs) {
    out.clear();
    out.reserve(raw.len());
    let mut rest = raw;
    loop {
        let n_plain = rest.bytes().position(|b| !(b' '..0x7f).contains(&b) && b != b'\n' || b == b';').unwrap_or(rest.len());
        let (plain, special) = rest.split_at(n_plain);
        out.push_str(plain);
        let mut chars = special.chars();
        let Some(c) = chars.next() else { return };
        rest = chars.as_str();
        if let Some((before, behind)) = ahead(out, special) {
            repairs.n_mojibake += 1;
            push(before, out, repairs);
            rest = behind;
        } else if c == '\r' {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
            out.push('\n');
        } else {
            push(c, out, repairs);
        }
    }
}

/// Mojibake in the raw text, where no-break spaces and C1 controls are still there to be part of it; what it was and what comes behind.
fn ahead<'a>(out: &str, special: &'a str) -> Option<(char, &'a str)> {
    let n = mojibake::n_chars(special.chars().next()?);
    if n == 0 {
        return None;
    }
    let mut sequence = ['\0'; mojibake::MAX_CHARS];
    let mut chars = special.chars();
    let sequence = sequence.get_mut(..n)?;
    for slot in sequence.iter_mut() {
        *slot = chars.next()?;
    }
    Some((mojibake::repair(out.chars().next_back(), sequence)?, chars.as_str()))
}

/// Writes one character in its normal form, then mends what it completes.
fn push(c: char, out: &mut String, repairs: &mut Repairs) {
    let mut next = Some(c);
    while let Some(c) = next {
        let Some(c) = plain_form(c) else { return };
        out.push(c);
        next = match c {
            ';' => entity_behind(out).inspect(|_| repairs.n_entities += 1),
            _ if !c.is_ascii() && mojibake::can_end(c) => mojibake_behind(out).inspect(|_| repairs.n_mojibake += 1),
            _ => None,
        };
    }
}

/// The character itself, the one that stands for it, or none when it is dropped.
fn plain_form(c: char) -> Option<char> {
    match c {
        '\n' | '\t' | ' '..='~' => Some(c),
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' => None,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
        '\u{fff9}'..='\u{fffb}' => None,
        // The three characters whose normal form is ASCII: what they complete must be seen before composing.
        '\u{37e}' => Some(';'),
        '\u{1fef}' => Some('`'),
        '\u{212a}' => Some('K'),
        _ => Some(c),
    }
}

/// Takes the entity off the end of `out`, which ends with a semicolon.
fn entity_behind(out: &mut String) -> Option<char> {
    let bytes = out.as_bytes();
    let floor = bytes.len().saturating_sub(entities::MAX_BYTES);
    let name_end = bytes.len() - 1;
    let mut start = name_end;
    while start > floor && (bytes[start - 1].is_ascii_alphanumeric() || bytes[start - 1] == b'#') {
        start -= 1;
    }
    if start == floor || bytes.get(start.checked_sub(1)?) != Some(&b'&') {
        return None;
    }
    let c = entities::decode(out.get(start..name_end)?)?;
    out.truncate(start - 1);
    Some(c)
}

/// Takes a sequence of mojibake off the end of `out`.
fn mojibake_behind(out: &mut String) -> Option<char> {
    let mut sequence = ['\0'; mojibake::MAX_CHARS];
    let mut back = out.char_indices().rev();
    for n in 1..=mojibake::MAX_CHARS {
        let (start, c) = back.next()?;
        let first = mojibake::MAX_CHARS - n;
        sequence[first] = c;
        if mojibake::n_chars(c) == n && n > 1 {
            let before = out.get(..start)?.chars().next_back();
            let repaired = mojibake::repair(before, sequence.get(first..)?)?;
            out.truncate(start);
            return Some(repaired);
        }
        if !mojibake::can_end(c) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests;
