//! Which classes does a distinct word belong to, and how common is a class?
//!
//! Answered by one table of exact words and one aho-corasick automaton over the fixed pieces of all wildcards, misspellings and
//! regular expressions; asked once for each distinct word.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::words::{WordPattern, longest_piece};

/// Which classes and regexes does a distinct word bear on?
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Plain word → classes.
    exact: HashMap<String, Vec<u32>>,
    /// Patterns with a piece, and the classes that they belong to.
    inexact: Vec<(WordPattern, Vec<u32>)>,
    /// Finds pieces in plain words; pattern → inexact patterns and regexes that have the piece.
    pieces: Option<AhoCorasick>,
    of_piece: Vec<Vec<Bearer>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bearer {
    Pattern(u32),
    Regex(u32),
}

impl Vocabulary {
    /// Adds the classes and regexes of a word, given by its forms, to the two lists; each sorted, without repetition.
    pub(super) fn look_up(&self, forms: &[String], classes: &mut Vec<u32>, regexes: &mut Vec<u32>) {
        for form in forms {
            if let Some(found) = self.exact.get(form) {
                classes.extend_from_slice(found);
            }
            let Some(pieces) = &self.pieces else { continue };
            for hit in pieces.find_overlapping_iter(form) {
                for bearer in &self.of_piece[hit.pattern().as_usize()] {
                    match bearer {
                        Bearer::Regex(regex) => regexes.push(*regex),
                        Bearer::Pattern(i) => {
                            let (pattern, found) = &self.inexact[*i as usize];
                            if pattern.matches(forms) {
                                classes.extend_from_slice(found);
                            }
                        }
                    }
                }
            }
        }
        for list in [classes, regexes] {
            list.sort_unstable();
            list.dedup();
        }
    }
}

/// Puts the words of all classes, given with their numbers, and the literals of all regexes into one.
pub(super) fn vocabulary<'p>(classes: impl Iterator<Item = (&'p [WordPattern], u32)>, literals: &[Option<String>]) -> Vocabulary {
    let mut out = Vocabulary::default();
    let mut inexact_ids: HashMap<&WordPattern, usize> = HashMap::new();
    for (patterns, class) in classes {
        for pattern in patterns.iter() {
            if let WordPattern::Exact(word) = pattern {
                out.exact.entry(word.clone()).or_default().push(class);
                continue;
            }
            let id = *inexact_ids.entry(pattern).or_insert_with(|| {
                out.inexact.push((pattern.clone(), Vec::new()));
                out.inexact.len() - 1
            });
            out.inexact[id].1.push(class);
        }
    }
    let mut pieces: Vec<(String, Bearer)> = Vec::new();
    for (i, (pattern, _)) in out.inexact.iter().enumerate() {
        let bearer = Bearer::Pattern(i as u32);
        match pattern {
            WordPattern::Wild(glob, _) => pieces.push((longest_piece(glob).to_owned(), bearer)),
            WordPattern::Misspelt(word) => pieces.extend(thirds(word).map(|piece| (piece, bearer))),
            WordPattern::Exact(_) => unreachable!("exact words are in the table"),
        }
    }
    pieces.extend(literals.iter().enumerate().filter_map(|(i, literal)| Some((literal.clone()?, Bearer::Regex(i as u32)))));
    pieces.sort_unstable();
    let mut texts: Vec<String> = Vec::new();
    for (text, bearer) in pieces {
        if texts.last() != Some(&text) {
            texts.push(text);
            out.of_piece.push(Vec::new());
        }
        out.of_piece.last_mut().expect("one was pushed with the text").push(bearer);
    }
    if !texts.is_empty() {
        out.pieces = Some(AhoCorasick::new(&texts).expect("pieces of rules are far below the automaton's limits"));
    }
    out
}

/// Three parts of a word: one edit touches at most two of them (a swap across a border), so one stays whole.
fn thirds(word: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = word.chars().collect();
    let n = letters.len();
    (0..3).map(move |i| letters.get(i * n / 3..(i + 1) * n / 3).unwrap_or_default().iter().collect())
}

/// How often words of a class stand in a million words of feedback, so that a sequence is looked up by its rarest slot.
pub(super) fn class_weight(patterns: &[WordPattern]) -> u64 {
    patterns.iter().map(pattern_weight).sum()
}

fn pattern_weight(pattern: &WordPattern) -> u64 {
    let common = common();
    match pattern {
        WordPattern::Exact(word) => common.of(word).unwrap_or(rare(word)),
        // Misspellings of a word are together about as common as a rare word.
        WordPattern::Misspelt(word) => common.of(word).unwrap_or(0) + RARE,
        WordPattern::Wild(glob, _) => {
            let piece = longest_piece(glob);
            let begins_so = if glob.starts_with(piece) { common.beginning_with(piece) } else { 0 };
            4 * rare(piece) + begins_so
        }
    }
}

/// Words that are not in the table stand less often than this in a million words.
const RARE: u64 = 8;

/// A guess for words that are not in the table, which may be in a language of its own: the shorter the more common.
fn rare(word: &str) -> u64 {
    1 + ((RARE * 4) >> word.chars().count().min(6))
}

/// Words that stand in nearly every sentence: never an anchor when anything else is there.
pub(super) fn is_everywhere(word: &str) -> bool {
    common().of(word).is_some_and(|n| n >= 4_096)
}

/// Words that stand in most texts: an anchor of last resort.
pub(super) fn is_common(word: &str) -> bool {
    common().of(word).is_some_and(|n| n >= 512)
}

/// Common words, sorted, with how often each stands in a million words.
struct Common(Vec<(&'static str, u64)>);

impl Common {
    fn of(&self, word: &str) -> Option<u64> {
        self.0.binary_search_by_key(&word, |(word, _)| *word).ok().map(|i| self.0[i].1)
    }

    fn beginning_with(&self, piece: &str) -> u64 {
        let from = self.0.partition_point(|(word, _)| *word < piece);
        self.0.get(from..).unwrap_or_default().iter().take_while(|(word, _)| word.starts_with(piece)).map(|(_, n)| n).sum()
    }
}

fn common() -> &'static Common {
    static COMMON: LazyLock<Common> = LazyLock::new(|| {
        let mut words = Vec::new();
        for line in include_str!("../../../lexicons/hotline/common_words.txt").lines().filter(|line| !line.starts_with('#')) {
            let mut parts = line.split(' ');
            let n = parts.next().and_then(|n| n.parse().ok()).expect("a line of the table begins with a number");
            words.extend(parts.map(|word| (word, n)));
        }
        words.sort_unstable();
        Common(words)
    });
    &COMMON
}
