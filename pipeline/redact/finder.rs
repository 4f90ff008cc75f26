//! Where can personal data be, and is it?
//!
//! Every kind has a trigger: the first digit of a run, an `@`, an opening bracket ("(at)"), or a cue ("name is", " dot "). Only there do the finders of
//! [`super`] look; a text without a trigger costs one pass over its bytes for digits and one for the cues.

use aho_corasick::packed::Searcher;
use aho_corasick::{AhoCorasick, Input, MatchKind};

use super::digits::Number;
use super::{By, Found, Kind, account, card, email, iban, ip, name, phone, ssn};

/// Cores of cues; what is around them is checked by the finders.
///
/// As few and as rare as can be: on comments of 76 bytes the vector search takes 121 ns with 32 patterns, 70 ns with 16, since it
/// looks at their first four bytes in eight groups, and stops where any of a group fits. So capitals are looked for in English
/// introductions only.
const CUES: [&str; 18] = [
    "ame is", "AME IS", "ame's", "ame’s", "amo ", "ch hei", "pelle ", "mbre es", "nom est", "me é ", "k heet", "aam is", "peaking",
    "spricht", "dot ", "gmail", "yahoo", "otmail",
];

/// The built-in finders that are asked for.
#[derive(Debug)]
pub(super) struct Finder {
    kinds: [bool; Kind::ALL.len()],
    cues: Cues,
}

#[derive(Debug)]
enum Cues {
    /// Neither e-mail nor names are asked for.
    None,
    Vector(Searcher),
    /// Machines without vector instructions.
    Automaton(AhoCorasick),
}

const SHORT_BYTES: usize = 36;

impl Cues {
    fn compile() -> Self {
        Searcher::new(CUES).map_or_else(Self::automaton, Self::Vector)
    }

    fn automaton() -> Self {
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(CUES);
        Self::Automaton(automaton.expect("a few short patterns"))
    }

    /// The first cue at or after `from`.
    fn next(&self, text: &str, from: usize) -> Option<usize> {
        match self {
            Self::None => None,
            Self::Vector(searcher) => {
                let rest = text.as_bytes().get(from..)?;
                let found = match rest.len() {
                    // What is shorter than the searcher's registers it would search byte by byte.
                    0..=SHORT_BYTES => {
                        let mut room = [0; SHORT_BYTES];
                        room[..rest.len()].copy_from_slice(rest);
                        searcher.find(room)
                    }
                    _ => searcher.find(rest),
                };
                found.map(|m| from + m.start())
            }
            Self::Automaton(automaton) => automaton.find(Input::new(text).range(from..)).map(|m| m.start()),
        }
    }
}

impl Finder {
    pub(super) fn new(kinds: &[Kind]) -> Self {
        let mut asked = [false; Kind::ALL.len()];
        for kind in kinds {
            asked[*kind as usize] = true;
        }
        let cues = if asked[Kind::Email as usize] || asked[Kind::Name as usize] { Cues::compile() } else { Cues::None };
        Self { kinds: asked, cues }
    }

    fn wants(&self, kind: Kind) -> bool {
        self.kinds[kind as usize]
    }

    /// What is in `text`, in order and apart from each other.
    pub(super) fn find(&self, text: &str, found: &mut Vec<Found>) {
        // What is behind a find is looked at as if it began there: `rest` starts at `base`.
        let mut base = 0;
        let mut at = 0;
        let mut cue = self.cues.next(text, 0);
        let mut trigger = next_trigger(text.as_bytes(), 0);
        loop {
            let (next, n_step) = match (trigger, cue) {
                (None, None) => return,
                (Some(t), c) if c.is_none_or(|c| t < c) => (t, run_length(text.as_bytes(), t)),
                (_, Some(c)) => (c, 1),
                (Some(_), None) => unreachable!("a trigger without a cue is taken above"),
            };
            let rest = text.get(base..).expect("finds end at character boundaries");
            at = at.max(next + n_step);
            if let Some(mut f) = self.find_at(rest, next - base, Self::number_at) {
                f.start_byte += base;
                f.end_byte += base;
                base = f.end_byte;
                at = base;
                found.push(f);
            }
            if trigger.is_some_and(|t| t < at) {
                trigger = next_trigger(text.as_bytes(), at);
            }
            if cue.is_some_and(|c| c < at) {
                cue = self.cues.next(text, at);
            }
        }
    }

    /// What is triggered by the byte at `at`; `text` ends and begins where words are cut.
    #[inline]
    fn find_at(&self, text: &str, at: usize, numbers: impl Fn(&Self, &str, usize) -> Option<(Kind, (usize, usize))>) -> Option<Found> {
        let found =
            |kind, span: Option<(usize, usize)>| span.map(|(start_byte, end_byte)| Found { start_byte, end_byte, by: By::Kind(kind) });
        let byte = *text.as_bytes().get(at)?;
        if byte.is_ascii_digit() {
            return numbers(self, text, at).and_then(|(kind, span)| found(kind, Some(span)));
        }
        if byte == b'@' {
            return if self.wants(Kind::Email) { found(Kind::Email, email::at_sign(text, at)) } else { None };
        }
        if matches!(byte, b'(' | b'[') {
            let is_cue = text.get(at..).is_some_and(|rest| rest.starts_with("(at)") || rest.starts_with("[at]"));
            return if is_cue && self.wants(Kind::Email) { found(Kind::Email, email::spoken(text, at)) } else { None };
        }
        if !CUES.iter().any(|cue| text.get(at..).is_some_and(|rest| rest.starts_with(cue))) {
            return None;
        }
        if self.wants(Kind::Email)
            && let Some(f) = found(Kind::Email, email::spoken(text, at))
        {
            return Some(f);
        }
        if self.wants(Kind::Name) { found(Kind::Name, name::find(text, at)) } else { None }
    }

    /// What begins with, or around, the run of digits that starts at `at`. The surer a kind, the earlier it is asked.
    fn number_at(&self, text: &str, at: usize) -> Option<(Kind, (usize, usize))> {
        match small_number(text.as_bytes(), at) {
            // Of all kinds only an IBAN goes on behind a space and a letter.
            Some(1) => None,
            Some(_) => iban::find(text, at).filter(|_| self.wants(Kind::Iban)).map(|span| (Kind::Iban, span)),
            None => self.any_number_at(text, at),
        }
    }

    /// The same for any number: the slow twin of [`Finder::number_at`].
    fn any_number_at(&self, text: &str, at: usize) -> Option<(Kind, (usize, usize))> {
        let number = Number::read(text, at)?;
        for kind in [Kind::Ip, Kind::Card, Kind::Iban, Kind::Ssn, Kind::Phone, Kind::Account] {
            if !self.wants(kind) {
                continue;
            }
            let span = match kind {
                Kind::Ip => ip::find(text, at),
                Kind::Card => card::find(text, &number),
                Kind::Iban => iban::find(text, at),
                Kind::Ssn => ssn::find(text, &number),
                Kind::Phone => phone::find(text, &number),
                _ => account::find(text, at),
            };
            if let Some(span) = span {
                return Some((kind, span));
            }
        }
        None
    }

    /// The slow twin of [`Finder::find`]: the same finders at every byte, without looking for triggers first.
    #[cfg(test)]
    pub(super) fn find_everywhere(&self, text: &str, found: &mut Vec<Found>) {
        let mut base = 0;
        let mut at = 0;
        while at < text.len() {
            let rest = text.get(base..).expect("finds end at character boundaries");
            match self.find_at(rest, at - base, Self::any_number_at) {
                Some(mut f) => {
                    f.start_byte += base;
                    f.end_byte += base;
                    base = f.end_byte;
                    at = base;
                    found.push(f);
                }
                None => at += 1,
            }
        }
    }
}

/// The first digit, `@` or opening bracket at or after `from`.
fn next_trigger(bytes: &[u8], from: usize) -> Option<usize> {
    let is_trigger = |b: u8| (b.wrapping_sub(b'0') < 10) | (b == b'@') | (b == b'(') | (b == b'[');
    let any = |block: &[u8]| block.iter().fold(false, |any, b| any | is_trigger(*b));
    // Whole blocks without a branch inside become vector code; the last bytes are looked at together with some before them.
    let rest = bytes.get(from..)?;
    let last = rest.last_chunk::<16>();
    let n_blocks = rest.chunks_exact(64).take_while(|block| !any(block)).count();
    let rest = rest.get(64 * n_blocks..)?;
    let n_small = rest.chunks_exact(16).take_while(|block| !any(block)).count();
    let rest = rest.get(16 * n_small..)?;
    if rest.len() < 16 && last.is_some_and(|last| !any(last)) {
        return None;
    }
    rest.iter().position(|b| is_trigger(*b)).map(|i| from + 64 * n_blocks + 16 * n_small + i)
}

/// How many digits a number has that is plainly one of a few digits, as most in feedback are ("4 days", "$20."): at most three, with nothing
/// around them that could join them to more. No kind but the IBAN looks further then.
fn small_number(bytes: &[u8], at: usize) -> Option<usize> {
    let is_alone_before = at == 0 || matches!(bytes[at - 1], b' ' | b'$' | b'(' | b'\n');
    let n_digits = bytes.iter().skip(at).take(4).take_while(|b| b.is_ascii_digit()).count();
    let behind = bytes.get(at + n_digits).copied();
    let next = bytes.get(at + n_digits + 1).copied();
    let is_alone_behind = match behind {
        None | Some(b',' | b'!' | b'?' | b';' | b'%' | b'\n') => true,
        Some(b'.') => next.is_none_or(|b| matches!(b, b' ' | b'\n')),
        Some(b' ') => next.is_none_or(|b| b.is_ascii_alphabetic()),
        _ => false,
    };
    (is_alone_before && is_alone_behind && (1..=3).contains(&n_digits)).then_some(n_digits)
}

/// How many bytes a trigger takes: a run of digits, or one mark.
fn run_length(bytes: &[u8], at: usize) -> usize {
    bytes.iter().skip(at).take_while(|b| b.is_ascii_digit()).count().max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn small_numbers_are_nothing(text in "(it |DE|GB |IBAN |acct |call |[0-9]{1,4}|[0-9]|[ .,:;/()$%#+*_–-]|a|f|x|\\n|days|é){0,24}") {
            let finder = Finder::new(&Kind::ALL);
            for at in (0..text.len()).filter(|at| text.as_bytes()[*at].is_ascii_digit()) {
                prop_assert_eq!(finder.number_at(&text, at), finder.any_number_at(&text, at));
            }
        }

        #[test]
        fn every_machine_finds_the_same_cues(pieces in prop::collection::vec(prop::sample::select([&CUES[..], &["am", " ", "é", "x", "it is so"]].concat()), 0..40)) {
            let text = pieces.concat();
            let (vector, automaton) = (Cues::compile(), Cues::automaton());
            for (from, _) in text.char_indices() {
                prop_assert_eq!(vector.next(&text, from), automaton.next(&text, from));
            }
        }
    }
}
