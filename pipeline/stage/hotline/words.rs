//! Which words does a word of a rule stand for?
//!
//! Each item of a phrase becomes one or more sequences of slots: contractions stand for their split and
//! unsplit forms ("can't": "cant", "cannot", "can not", "ca n't"), `stem:` for the inflections of an English
//! word, `a|b` for either, `[a]` for a word that may be missing, `_` for any word, `going_to` for words joined
//! as one alternative. All are written out when the rules are compiled, so that matching compares classes only.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::expression::List;

/// What stands at one position of a sequence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Slot {
    Any,
    /// Sorted, without repetition, not empty. Shared: one slot of a phrase stands in all its sequences.
    OneOf(Arc<[WordPattern]>),
}

/// Which distinct words are meant. All text is `plain`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum WordPattern {
    Exact(String),
    /// With `*` and `?`, and the words that it does not mean.
    Wild(String, Vec<String>),
    /// At most one letter wrong, missing, added or swapped with its neighbour.
    Misspelt(String),
}

/// What is wrong with a word or phrase; the byte is counted in the phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WordError {
    pub(super) at_byte: usize,
    pub(super) what: String,
    pub(super) accepted: String,
}

/// A phrase may stand for this many sequences. The shipped rules stay below 200; each costs about 60 bytes.
const MAX_SEQUENCES: usize = 1_024;

/// The sequences that a phrase (the text between quotes) stands for: sorted, at least one.
pub(super) fn sequences(phrase: &str, lists: &[List]) -> Result<Vec<Vec<Slot>>, WordError> {
    let mut found: Vec<Vec<Slot>> = vec![Vec::new()];
    let mut at = 0;
    for item in phrase.split(char::is_whitespace) {
        let start = at;
        at += item.len() + phrase.get(at + item.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        if item.is_empty() {
            continue;
        }
        let (inside, optional) = match item.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')) {
            Some(inside) => (inside, true),
            None => (item, false),
        };
        let mut choices = alternatives(inside, lists).map_err(|e| WordError { at_byte: start + e.at_byte, ..e })?;
        if optional {
            choices.push(Vec::new());
        }
        found = found.iter().flat_map(|head| choices.iter().map(|tail| [head.as_slice(), tail].concat())).collect();
        if found.len() > MAX_SEQUENCES {
            let what = format!("the phrase stands for over {MAX_SEQUENCES} sequences of words");
            return Err(WordError { at_byte: start, what, accepted: "fewer alternatives, or NEAR/n between shorter phrases".to_owned() });
        }
    }
    let ends_open = |slots: &Vec<Slot>| slots.first() == Some(&Slot::Any) || slots.last() == Some(&Slot::Any);
    // `[_]` at an end adds nothing to what is found without it.
    found.retain(|slots| !ends_open(slots));
    if found.is_empty() {
        return Err(WordError { at_byte: 0, what: "a phrase cannot begin or end with `_`".to_owned(), accepted: "a word".to_owned() });
    }
    if found.iter().any(Vec::is_empty) {
        return Err(WordError {
            at_byte: 0,
            what: "the phrase can be empty".to_owned(),
            accepted: "at least one word that is not optional".to_owned(),
        });
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The sequences that one item stands for: `a|b|going_to`. Words of one slot share it.
pub(super) fn alternatives(item: &str, lists: &[List]) -> Result<Vec<Vec<Slot>>, WordError> {
    let mut single: Vec<WordPattern> = Vec::new();
    let mut longer: Vec<Vec<Slot>> = Vec::new();
    let mut at_byte = 0;
    for choice in item.split('|') {
        if is_one_plain_word(choice) {
            single.push(WordPattern::Exact(choice.to_owned()));
            at_byte += choice.len() + 1;
            continue;
        }
        for slots in joined(choice, lists).map_err(|e| WordError { at_byte, ..e })? {
            match slots.as_slice() {
                [Slot::OneOf(patterns)] => single.extend(patterns.iter().cloned()),
                _ => longer.push(slots),
            }
        }
        at_byte += choice.len() + 1;
    }
    if !single.is_empty() {
        single.sort_unstable();
        single.dedup();
        longer.push(vec![Slot::OneOf(single.into())]);
    }
    longer.sort_unstable();
    longer.dedup();
    Ok(longer)
}

/// Whether a choice stands for itself and nothing else, as nearly all do: writing those out the long way is half of the time to
/// load the shipped rules.
fn is_one_plain_word(choice: &str) -> bool {
    !choice.is_empty() && choice != "cannot" && choice.bytes().all(|b| b.is_ascii_lowercase())
}

fn joined(choice: &str, lists: &[List]) -> Result<Vec<Vec<Slot>>, WordError> {
    if choice == "_" {
        return Ok(vec![vec![Slot::Any]]);
    }
    if let Some(name) = choice.strip_prefix('@') {
        return listed(name, lists);
    }
    let mut found: Vec<Vec<Slot>> = vec![Vec::new()];
    for part in choice.split('_') {
        let choices = part_sequences(part)?;
        found = found.iter().flat_map(|head| choices.iter().map(|tail| [head.as_slice(), tail].concat())).collect();
    }
    Ok(found)
}

fn listed(name: &str, lists: &[List]) -> Result<Vec<Vec<Slot>>, WordError> {
    let Some(list) = lists.iter().find(|list| list.name == name) else {
        let names: Vec<String> = lists.iter().map(|list| format!("@{}", list.name)).collect();
        let accepted = if names.is_empty() { "a [[list]] with that name".to_owned() } else { names.join(", ") };
        return Err(WordError { at_byte: 0, what: format!("there is no list `@{name}`"), accepted });
    };
    let found = list.sequences.get_or_init(|| {
        let mut found = Vec::new();
        for term in &list.terms {
            found.extend(sequences(term, &[])?);
        }
        Ok(found)
    });
    found.clone().map_err(|e| WordError { at_byte: 0, what: format!("list `@{name}`: {}", e.what), ..e })
}

fn part_sequences(part: &str) -> Result<Vec<Vec<Slot>>, WordError> {
    let error = |what: &str, accepted: &str| Err(WordError { at_byte: 0, what: what.to_owned(), accepted: accepted.to_owned() });
    if let Some(word) = part.strip_prefix("stem:") {
        let word = plain(word);
        if word.len() < 2 || !word.chars().all(char::is_alphabetic) {
            return error("stem: needs a word of letters", "stem:cancel");
        }
        return Ok(vec![vec![one_of(inflections(&word))]]);
    }
    if let Some(word) = part.strip_suffix("~1") {
        let word = plain(word);
        if word.chars().count() < 6 || !word.chars().all(char::is_alphabetic) {
            return error("~1 needs a word of at least 6 letters", "a longer word, or the misspellings as they are: word|wrod");
        }
        return Ok(vec![vec![Slot::OneOf([WordPattern::Misspelt(word)].into())]]);
    }
    if part.contains(['*', '?']) {
        let mut pieces = part.split('!').map(plain);
        let glob = pieces.next().unwrap_or_default();
        if longest_piece(&glob).chars().count() < 2 {
            return error("a wildcard needs at least 2 letters in a row", "cancel*, *fund, colo?r, cancel*!cancellation");
        }
        if glob.chars().any(|c| !c.is_alphanumeric() && !matches!(c, '*' | '?' | '\'')) {
            return error("a wildcard stands for one word", "letters, digits, `*`, `?`; exclusions as `!word`");
        }
        return Ok(vec![vec![Slot::OneOf([WordPattern::Wild(glob, pieces.collect())].into())]]);
    }
    let words = cut(&plain(part));
    if words.is_empty() {
        return error("there is no word here", "letters, digits or an emoji");
    }
    let mut found: Vec<Vec<Slot>> = vec![Vec::new()];
    for word in &words {
        let choices = contractions(word);
        found = found.iter().flat_map(|head| choices.iter().map(|tail| [head.as_slice(), tail].concat())).collect();
    }
    Ok(found)
}

/// The words of a plain piece of a rule, parted as [`crate::text::Tokens`] parts them.
fn cut(piece: &str) -> Vec<String> {
    // Nearly every piece is one plain word, which needs no cutting: half of the time to load the shipped rules.
    if !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_lowercase()) {
        return vec![piece.to_owned()];
    }
    let mut table = crate::text::WordTable::default();
    let mut tokens = crate::text::Tokens::default();
    tokens.cut(piece, &mut table);
    tokens.words.iter().map(|word| table.folded(word.id).to_owned()).collect()
}

/// How words are compared: lower case, straight apostrophes, no accents, long s as s.
pub(super) fn plain(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let straight = |c: char| if matches!(c, '\u{2019}' | '\u{2018}' | '\u{02bc}' | '\u{ff07}') { '\'' } else { c };
    let kept = |c: &char| !is_combining_mark(*c) || *c == '\u{200d}';
    word.nfd().filter(kept).flat_map(char::to_lowercase).map(straight).map(|c| if c == 'ſ' { 's' } else { c }).collect()
}

/// The longest run of literal letters of a wildcard: the first of those as long.
pub(super) fn longest_piece(glob: &str) -> &str {
    glob.split(['*', '?']).rev().max_by_key(|piece| piece.len()).unwrap_or_default()
}

fn one_of(mut words: Vec<String>) -> Slot {
    words.sort_unstable();
    words.dedup();
    Slot::OneOf(words.into_iter().map(WordPattern::Exact).collect())
}

/// Words that are something else without their apostrophe ("he'll": "hell").
const COLLIDES: [&str; 9] = ["ill", "well", "shell", "hell", "id", "wed", "shed", "were", "hed"];

/// A word with an apostrophe also stands for how people write it: without, split, or in full.
fn contractions(word: &str) -> Vec<Vec<Slot>> {
    let owned = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let word = if word == "cannot" { "can't" } else { word };
    let bare = word.replace('\'', "");
    let mut single = vec![word.to_owned()];
    if !COLLIDES.contains(&bare.as_str()) {
        single.push(bare);
    }
    let split = if let Some(base) = word.strip_suffix("n't") {
        let heads = match base {
            "ca" => {
                single.push("cannot".to_owned());
                owned(&["can", "ca"])
            }
            "wo" => owned(&["will", "wo"]),
            _ => owned(&[base]),
        };
        Some((heads, owned(&["not", "n't", "nt"])))
    } else {
        let tails = [
            ("'ll", &["will", "ll"] as &[&str]),
            ("'m", &["am", "m"]),
            ("'ve", &["have", "ve"]),
            ("'re", &["are", "re"]),
            ("'d", &["would", "had", "d"]),
        ];
        tails.iter().find_map(|(suffix, full)| Some((owned(&[word.strip_suffix(suffix)?]), owned(full))))
    };
    let mut found = vec![vec![one_of(single)]];
    if let Some((heads, tails)) = split {
        found.push(vec![one_of(heads), one_of(tails)]);
    }
    found
}

/// The regular inflections of an English word, in both spellings: cancel, cancels, canceled, cancelled, …
fn inflections(word: &str) -> Vec<String> {
    let mut found = vec![word.to_owned(), format!("{word}s")];
    let mut with = |stem: &str, endings: &[&str]| found.extend(endings.iter().map(|ending| format!("{stem}{ending}")));
    let last = word.chars().last().unwrap_or_default();
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    match last {
        'e' => with(word.strip_suffix('e').unwrap_or(word), &["ed", "ing", "es"]),
        'y' => {
            with(word.strip_suffix('y').unwrap_or(word), &["ies", "ied"]);
            with(word, &["ed", "ing"]);
        }
        _ => {
            with(word, &["es", "ed", "ing"]);
            let before = word.chars().rev().nth(1).unwrap_or_default();
            if !vowel(last) && vowel(before) {
                with(&format!("{word}{last}"), &["ed", "ing"]);
            }
        }
    }
    found
}

/// Whether a plain word matches a wildcard of plain letters.
pub(super) fn matches_glob(glob: &str, word: &str) -> bool {
    let (glob, word): (Vec<char>, Vec<char>) = (glob.chars().collect(), word.chars().collect());
    let (mut g, mut w) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while w < word.len() {
        match glob.get(g) {
            Some('*') => {
                retry = Some((g + 1, w));
                g += 1;
            }
            Some(c) if *c == '?' || *c == word[w] => {
                g += 1;
                w += 1;
            }
            _ => {
                let Some((after_star, from)) = retry else { return false };
                retry = Some((after_star, from + 1));
                g = after_star;
                w = from + 1;
            }
        }
    }
    glob.get(g..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

/// Whether two words are at most one letter apart: wrong, missing, added, or two neighbours swapped.
pub(super) fn one_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = |a_from: usize, b_from: usize| a.get(a_from..) == b.get(b_from..);
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Less => tail(head, head + 1),
        std::cmp::Ordering::Greater => tail(head + 1, head),
        std::cmp::Ordering::Equal if head == a.len() => true,
        std::cmp::Ordering::Equal => {
            let swapped = head + 1 < a.len() && a[head] == b[head + 1] && a[head + 1] == b[head];
            tail(head + 1, head + 1) || swapped && tail(head + 2, head + 2)
        }
    }
}

impl WordPattern {
    /// Whether one of a word's forms is meant: what the memo's automaton must agree with.
    pub(super) fn matches(&self, forms: &[String]) -> bool {
        forms.iter().any(|form| match self {
            Self::Exact(word) => word == form,
            Self::Wild(glob, except) => matches_glob(glob, form) && !except.iter().any(|other| forms.contains(other)),
            Self::Misspelt(word) => one_apart(word, form),
        })
    }
}

/// The forms of a folded word that patterns are compared with, the plain one first: without a possessive
/// ending, without a French article, and with letters that are repeated for emphasis taken back.
pub(super) fn forms(folded: &str) -> Vec<String> {
    let word = plain(folded);
    let mut found = vec![word.clone()];
    if let Some(owner) = word.strip_suffix("'s") {
        found.push(owner.to_owned());
    }
    if let Some((article, noun)) = word.split_once('\'')
        && matches!(article, "l" | "d" | "j" | "m" | "t" | "s" | "n" | "c" | "qu")
        && noun.len() > 2
    {
        found.push(noun.to_owned());
    }
    for keep in [2, 1] {
        if let Some(short) = squeeze(&word, keep) {
            found.push(short);
        }
    }
    found
}

/// Runs of three and more equal letters cut to `keep`; none if there is no such run.
fn squeeze(word: &str, keep: usize) -> Option<String> {
    let mut out = String::with_capacity(word.len());
    let mut squeezed = false;
    let letters: Vec<char> = word.chars().collect();
    for run in letters.chunk_by(|a, b| a == b) {
        let long = run.len() > 2 && run[0].is_alphabetic();
        squeezed |= long;
        out.extend(run.iter().take(if long { keep } else { run.len() }));
    }
    squeezed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(item: &str, text: &str, expected: bool) {
        let words: Vec<Vec<String>> = cut(text).iter().map(|w| forms(w)).collect();
        let fits = |slots: &Vec<Slot>| {
            slots.len() == words.len()
                && slots.iter().zip(&words).all(|(slot, forms)| match slot {
                    Slot::Any => true,
                    Slot::OneOf(patterns) => patterns.iter().any(|p| p.matches(forms)),
                })
        };
        assert_eq!(sequences(item, &[]).unwrap().iter().any(fits), expected, "{item} / {text}");
    }

    #[test]
    fn words_stand_for_how_people_write_them() {
        for text in ["can't", "CAN’T", "cant", "cannot", "can not", "ca n't"] {
            check("can't", text, true);
        }
        check("won't", "will not", true);
        check("didn't", "did n't", true);
        check("i'll", "ill", false);
        check("i'll", "I will", true);
        check("he'll", "hell", false);
        check("stem:cancel", "Cancelling", true);
        check("stem:cancel", "canceled", true);
        check("stem:cancel", "cancellation", false);
        check("stem:file", "filing", true);
        check("cancel*!cancellation", "cancellation", false);
        check("cancel*!cancellation", "cancelled", true);
        check("terrible~1", "terible", true);
        check("terrible~1", "terribel", true);
        check("terrible~1", "teribel", false);
        check("never", "neverrrr", true);
        check("worst", "WOOOORST", true);
        check("kündigen", "KUNDIGEN", true);
        check("avocat", "l’avocat", true);
        check("bank", "bank's", true);
        check("run-around", "run around", true);
        check("going_to|gonna cancel", "gonna cancel", true);
        check("going_to|gonna cancel", "going to cancel", true);
        check("close [my|our] account", "close account", true);
        check("close _ account", "close that account", true);
    }

    #[test]
    fn a_plain_word_stands_for_itself_as_if_it_were_written_out() {
        for word in ["a", "ill", "cancel", "cant", "hed", "zzzzzz"] {
            assert!(is_one_plain_word(word));
            assert_eq!(alternatives(word, &[]).unwrap(), joined(word, &[]).unwrap(), "{word}");
        }
        assert!(["", "cannot", "can't", "_", "going_to", "café", "R2D2"].iter().all(|choice| !is_one_plain_word(choice)));
    }

    #[test]
    fn wildcards() {
        for (glob, word, expected) in [
            ("a*b*c", "axxbyyc", true),
            ("a*b", "abc", false),
            ("*ab", "aab", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("ab*", "ab", true),
        ] {
            assert_eq!(matches_glob(glob, word), expected, "{glob} {word}");
        }
    }
}
