//! Does a code identify a customer?

use super::context::Backward;
use super::digits::{char_at, char_before};

/// The code around the run of digits at `at`, when it has four digits and more and a cue stands before it.
///
/// A cue is a noun ("account", "Vertrag", "cuenta") with a word for number, or the noun alone before six digits and more.
pub(super) fn find(text: &str, at: usize) -> Option<(usize, usize)> {
    let code = Code::read(text, at)?;
    let start = has_cue(text, &code)?;
    Some((start, code.end))
}

/// Letters, digits and the joints between them.
struct Code {
    start: usize,
    end: usize,
    n_digits: usize,
}

/// Longer runs are links or noise.
const MAX_CODE_BYTES: usize = 40;

impl Code {
    fn read(text: &str, at: usize) -> Option<Self> {
        let start = code_start(text, at)?;
        let mut end = code_end(text, at)?;
        let mut n_digits = count_digits(text, start, end)?;
        // Groups of digits belong together when they are short: "1234 5678 9012".
        let mut last_start = start;
        while text.get(last_start..end)?.len() <= 6
            && char_at(text, end) == Some(' ')
            && let Some(next) = code_end(text, end + 1)
        {
            let group = text.get(end + 1..next)?;
            if !(3..=6).contains(&group.len()) || !group.bytes().all(|b| b.is_ascii_digit()) || next - start > MAX_CODE_BYTES {
                break;
            }
            n_digits += group.len();
            (last_start, end) = (end + 1, next);
        }
        let code = text.get(start..end)?;
        let masked = code.as_bytes().windows(2).any(|w| w.eq_ignore_ascii_case(b"xx")) || code.contains('*');
        (n_digits >= 4 && !masked && !is_date_or_amount(text, start, end)).then_some(Self { start, end, n_digits })
    }
}

fn code_start(text: &str, at: usize) -> Option<usize> {
    let mut start = at;
    while let Some(c) = char_before(text, start)
        && (c.is_ascii_alphanumeric()
            || c == '*'
            || matches!(c, '-' | '/' | '.' | '_') && char_before(text, start - 1).is_some_and(|b| b.is_ascii_alphanumeric()))
    {
        start -= 1;
        if at - start > MAX_CODE_BYTES {
            return None;
        }
    }
    (!char_before(text, start).is_some_and(char::is_alphanumeric)).then_some(start)
}

fn code_end(text: &str, at: usize) -> Option<usize> {
    let mut end = at;
    while let Some(c) = char_at(text, end)
        && (c.is_ascii_alphanumeric()
            || c == '*'
            || matches!(c, '-' | '/' | '.' | '_') && char_at(text, end + 1).is_some_and(|b| b.is_ascii_alphanumeric()))
    {
        end += 1;
        if end - at > MAX_CODE_BYTES {
            return None;
        }
    }
    let closed = char_at(text, end).is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '@' | '%'));
    (end > at && closed).then_some(end)
}

fn count_digits(text: &str, start: usize, end: usize) -> Option<usize> {
    Some(text.get(start..end)?.bytes().filter(u8::is_ascii_digit).count())
}

/// "12/05/2019", "2019-05-12", "1234.56", "12,345": numbers of another kind.
fn is_date_or_amount(text: &str, start: usize, end: usize) -> bool {
    let code = text.get(start..end).unwrap_or_default();
    if char_at(text, end) == Some(',') && char_at(text, end + 1).is_some_and(|c| c.is_ascii_digit()) {
        return true;
    }
    let mut sizes = [0_usize; 4];
    let mut n_parts = 0;
    for part in code.split(['/', '-', '.']) {
        if !part.bytes().all(|b| b.is_ascii_digit()) || n_parts == sizes.len() {
            return false;
        }
        sizes[n_parts] = part.len();
        n_parts += 1;
    }
    match sizes.get(..n_parts) {
        Some([1..=2, 1..=2, 2 | 4] | [4, 1..=2, 1..=2]) => true,
        Some([_, 1..=2]) => code.contains('.') || code.contains('/'),
        Some([4, 4]) => code.starts_with("20") || code.starts_with("19"),
        _ => false,
    }
}

/// Where the code starts, when a cue stands before it.
fn has_cue(text: &str, code: &Code) -> Option<usize> {
    let mut start = code.start;
    let mut back = Backward::new(text, start);
    let (mut right, mut has_number, mut has_noun, mut has_verb, mut has_link) = (start, false, false, false, false);
    for i in 0..8 {
        let word = back.next()?;
        let gap = back.gap(right);
        // "@user #code" is a handle and a hashtag.
        if char_before(text, back.start()) == Some('@') {
            return None;
        }
        if !is_joint(gap, word.as_str()) {
            return None;
        }
        has_number |= gap.contains(['#', '°', 'º']);
        right = back.start();
        let is_a_c = word.as_str() == "c" && text.get(..right).is_some_and(|t| t.ends_with("A/") || t.ends_with("a/"));
        match part_of_cue(if is_a_c { "account" } else { word.as_str() }) {
            Part::Whole => return Some(start),
            Part::Noun => {
                let sure = has_number || !has_verb && !has_link && code.n_digits >= 6 && !is_bare_year(text, code);
                if sure {
                    return Some(start);
                }
                // "número de cuenta": the word for number comes first.
                has_noun = true;
            }
            Part::Number if has_noun => return Some(start),
            Part::Number => has_number = true,
            Part::Verb if !has_number && !has_noun => has_verb = true,
            Part::Link if has_number || has_noun || i == 0 => has_link = true,
            // Letters in front that belong to the code: "policy number AB 123456".
            Part::None if i == 0 && gap == " " && is_prefix(back.written()) => start = right,
            _ => return None,
        }
    }
    None
}

fn is_bare_year(text: &str, code: &Code) -> bool {
    text.get(code.start..code.end).is_some_and(|c| c.len() == 4)
}

fn is_prefix(word: &str) -> bool {
    (1..=4).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase()) && !word.bytes().all(|b| b == b'X')
}

/// Punctuation inside a cue and between cue and code.
fn is_joint(gap: &str, word: &str) -> bool {
    let dot_ends = gap.starts_with('.') && word.len() > 5;
    !dot_ends
        && gap.chars().all(|c| {
            matches!(c, ' ' | '\n' | '\t' | ':' | '#' | '.' | '=' | '-' | '–' | '(' | ')' | '/' | '"' | '\'' | '’' | '“' | 'º' | '°' | ',')
        })
}

/// What a word is to a cue.
enum Part {
    /// Noun and number in one: "Kundennummer".
    Whole,
    /// What is numbered.
    Noun,
    /// The word for number.
    Number,
    /// "is", between the cue and the code.
    Verb,
    /// Small words inside: "número de la cuenta".
    Link,
    /// None of these.
    None,
}

/// Words are folded: lower case, no accents, "ß" as "ss". "nº" folds to "n?".
fn part_of_cue(word: &str) -> Part {
    match word {
        "iban"
        | "kontonummer"
        | "kontonr"
        | "kontonummern"
        | "kundennummer"
        | "kundennr"
        | "kundenkonto"
        | "vertragsnummer"
        | "vertragsnr"
        | "versicherungsnummer"
        | "versicherungsnr"
        | "versichertennummer"
        | "policennummer"
        | "policennr"
        | "mitgliedsnummer"
        | "mitgliedsnr"
        | "mitgliedernummer"
        | "mandatsnummer"
        | "accountnumber"
        | "acctnumber"
        | "acctno"
        | "accountno"
        | "memberid"
        | "userid"
        | "customerid"
        | "accountid"
        | "policynumber"
        | "policyno"
        | "klantnummer"
        | "rekeningnummer"
        | "depotnummer"
        | "darlehensnummer" => Part::Whole,
        "account" | "accounts" | "acct" | "acc" | "accnt" | "policy" | "customer" | "client" | "member" | "membership" | "contract"
        | "loan" | "mortgage" | "subscriber" | "subscription" | "patient" | "user" | "login" | "routing" | "passport" | "license"
        | "licence" | "insurance" | "konto" | "kunde" | "kunden" | "vertrag" | "police" | "versicherung" | "mitglied" | "cuenta"
        | "poliza" | "cliente" | "socio" | "contrato" | "afiliado" | "abonado" | "prestamo" | "compte" | "contrat" | "adherent"
        | "assure" | "abonne" | "dossier" | "conto" | "polizza" | "contratto" | "conta" | "apolice" | "rekening" | "polis"
        | "lidmaatschap" | "cust" | "debit" | "card" => Part::Noun,
        "number" | "numbers" | "no" | "nos" | "nr" | "num" | "nbr" | "nummer" | "numero" | "n" | "n?" | "no?" | "id" | "ident" | "nro"
        | "code" | "reference" | "ref" | "referenz" | "referencia" => Part::Number,
        "is" | "was" | "are" | "ist" | "lautet" | "war" | "es" | "est" | "era" | "e" => Part::Verb,
        "of" | "for" | "de" | "del" | "du" | "da" | "do" | "di" | "la" | "le" | "el" | "the" | "my" | "mi" | "mon" | "ma" | "d" | "l"
        | "identification" | "holder" | "von" | "der" => Part::Link,
        _ => Part::None,
    }
}
