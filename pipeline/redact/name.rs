//! Does somebody say a name?

use super::context::Folded;
use super::digits::{char_at, char_before};

/// The name after, or before, the cue at `at`: one to three capitalised words.
pub(super) fn find(text: &str, at: usize) -> Option<(usize, usize)> {
    if let Some(end) = introduction_end(text, at) {
        return name_after(text, end);
    }
    let rest = text.get(at..)?;
    if rest.starts_with("peaking") {
        let speaking = at.checked_sub(1).filter(|s| text.get(*s..at).is_some_and(|c| c.eq_ignore_ascii_case("s")))?;
        return name_before(text, speaking);
    }
    None
}

/// The cue, what must stand before it, and the letters that may follow it.
const INTRODUCTIONS: &[(&str, &[&str], &str)] = &[
    ("ame is", &["my n", "mein n"], "t"),
    ("ame's", &["my n"], ""),
    ("ame’s", &["my n"], ""),
    ("amo", &["me ll", "mi chi", "me ch"], ""),
    ("ch heiße", &["i"], ""),
    ("ch heisse", &["i"], ""),
    ("pelle", &["m'ap", "m’ap"], ""),
    ("mbre es", &["mi no"], ""),
    ("nom est", &["mon "], ""),
    ("me é", &["meu no"], ""),
    ("k heet", &["i"], ""),
    ("aam is", &["mijn n"], ""),
    ("spricht", &["hier "], ""),
];

/// Where the introduction ends whose cue is at `at`.
fn introduction_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let (cue, before, more) = INTRODUCTIONS.iter().find(|(cue, ..)| starts_with(rest, cue))?;
    let start =
        before.iter().find_map(|before| at.checked_sub(before.len()).filter(|s| text.get(*s..).is_some_and(|t| starts_with(t, before))))?;
    if char_before(text, start).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let end = at + cue.len();
    let end = if !more.is_empty() && starts_with(text.get(end..)?, more) { end + more.len() } else { end };
    (!char_at(text, end).is_some_and(char::is_alphabetic)).then_some(end)
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|t| t.eq_ignore_ascii_case(beginning))
}

/// The name that begins behind `end`, a title left out.
fn name_after(text: &str, end: usize) -> Option<(usize, usize)> {
    let mut at = skip(text, end, &[' ', ':', ',', '"', '“'], 3);
    if at == end && char_before(text, end) != Some(' ') {
        return None;
    }
    if let Some(title) = word_end(text, at)
        && is_title(text.get(at..title)?)
    {
        at = skip(text, title, &['.', ' '], 2);
    }
    let (mut name_end, mut n_words) = (at, 0);
    let mut next = at;
    while n_words < 3 {
        let Some(word_end) = word_end(text, next) else { break };
        let word = text.get(next..word_end)?;
        if n_words > 0 && is_particle(word) {
            // "van der", "de la": part of a name when a capitalised word follows.
            next = skip(text, word_end, &[' '], 1);
            continue;
        }
        if !is_name(word) {
            break;
        }
        n_words += 1;
        name_end = word_end;
        let initial = word.chars().count() == 1 && char_at(text, word_end) == Some('.');
        let behind = word_end + usize::from(initial);
        next = skip(text, behind, &[' '], 1);
        if next == behind {
            break;
        }
    }
    (n_words > 0).then_some((at, name_end))
}

/// The name in "this is … speaking", when `speaking` is where its last word starts.
fn name_before(text: &str, speaking: usize) -> Option<(usize, usize)> {
    let end = speaking.checked_sub(1).filter(|e| text.get(*e..speaking) == Some(" "))?;
    let mut start = end;
    for _ in 0..3 {
        let word = word_start(text, start)?;
        if !is_name(text.get(word..start)?) {
            return None;
        }
        let before = word.checked_sub(1).filter(|b| text.get(*b..word) == Some(" "))?;
        if ends_with_introduction(text, before) {
            return Some((word, end));
        }
        start = before;
    }
    None
}

fn ends_with_introduction(text: &str, end: usize) -> bool {
    let start = end.checked_sub("this is".len());
    start.is_some_and(|s| {
        text.get(s..end).is_some_and(|t| t.eq_ignore_ascii_case("this is")) && !char_before(text, s).is_some_and(char::is_alphanumeric)
    })
}

/// A capitalised word that is not one of those that follow such cues when no name does, nor a mask.
fn is_name(word: &str) -> bool {
    let mut chars = word.chars();
    if !chars.next().is_some_and(char::is_uppercase) || chars.any(|c| c.is_ascii_digit()) {
        return false;
    }
    let mask = word.contains("XX") || word.eq_ignore_ascii_case("xx");
    let folded = Folded::new(word);
    !mask
        && !matches!(
            folded.as_str(),
            "i" | "not"
                | "on"
                | "in"
                | "the"
                | "and"
                | "a"
                | "an"
                | "at"
                | "from"
                | "still"
                | "also"
                | "is"
                | "was"
                | "but"
                | "my"
                | "to"
                | "for"
                | "of"
                | "or"
                | "no"
                | "it"
                | "so"
                | "as"
                | "with"
                | "this"
                | "that"
                | "im"
                | "i'm"
                | "i've"
                | "i?m"
                | "i?ve"
                | "ive"
                | "we"
                | "you"
                | "they"
                | "he"
                | "she"
                | "your"
                | "please"
                | "spelled"
                | "wrong"
                | "correct"
                | "incorrect"
                | "listed"
                | "being"
                | "now"
                | "never"
                | "only"
                | "very"
                | "just"
                | "sie"
                | "das"
                | "die"
                | "der"
                | "es"
                | "und"
                | "ich"
                | "nicht"
                | "euch"
                | "y"
                | "pas"
                | "et"
                | "je"
                | "que"
                | "who"
                | "have"
                | "has"
                | "had"
                | "am"
                | "are"
                | "were"
                | "be"
                | "been"
                | "if"
                | "when"
                | "because"
                | "by"
                | "out"
                | "up"
                | "all"
                | "here"
                | "there"
                | "calling"
                | "writing"
                | "speaking"
        )
}

fn is_title(word: &str) -> bool {
    matches!(
        Folded::new(word).as_str(),
        "mr" | "mrs"
            | "ms"
            | "miss"
            | "dr"
            | "prof"
            | "herr"
            | "frau"
            | "senor"
            | "senora"
            | "sr"
            | "sra"
            | "m"
            | "mme"
            | "monsieur"
            | "madame"
    )
}

fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "van" | "der" | "den" | "von" | "zu" | "de" | "la" | "del" | "di" | "da" | "dos" | "du" | "le" | "el" | "al" | "bin" | "ibn"
    )
}

/// The end of the word at `start`: letters, with inner apostrophes and hyphens.
fn word_end(text: &str, start: usize) -> Option<usize> {
    let mut end = start;
    while let Some(c) = char_at(text, end)
        && (c.is_alphanumeric() || is_joint(c) && end > start && char_at(text, end + c.len_utf8()).is_some_and(char::is_alphabetic))
        && end - start < MAX_WORD_BYTES
    {
        end += c.len_utf8();
    }
    (end > start).then_some(end)
}

fn word_start(text: &str, end: usize) -> Option<usize> {
    let mut start = end;
    while let Some(c) = char_before(text, start)
        && (c.is_alphanumeric() || is_joint(c) || c == '.')
        && end - start < MAX_WORD_BYTES
    {
        start -= c.len_utf8();
    }
    (start < end).then_some(start)
}

const MAX_WORD_BYTES: usize = 64;

fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '’' | '-')
}

/// Past at most `n` of these characters.
fn skip(text: &str, start: usize, these: &[char], n: usize) -> usize {
    let mut at = start;
    for _ in 0..n {
        match char_at(text, at) {
            Some(c) if these.contains(&c) => at += c.len_utf8(),
            _ => break,
        }
    }
    at
}
