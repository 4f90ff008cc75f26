//! Which classes does a distinct word belong to, and how common is a class?
//!
//! Answered by one table of exact words and one aho-corasick automaton over the fixed pieces of all wildcards, misspellings and
//! regular expressions; asked once for each distinct word.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
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

/// Puts the words of all classes and the literals of all regexes into one.
pub(super) fn vocabulary(classes: &[Arc<[WordPattern]>], literals: &[Option<String>]) -> Vocabulary {
    let mut out = Vocabulary::default();
    let mut inexact_ids: HashMap<&WordPattern, usize> = HashMap::new();
    for (class, patterns) in classes.iter().enumerate() {
        for pattern in patterns.iter() {
            if let WordPattern::Exact(word) = pattern {
                out.exact.entry(word.clone()).or_default().push(class as u32);
                continue;
            }
            let id = *inexact_ids.entry(pattern).or_insert_with(|| {
                out.inexact.push((pattern.clone(), Vec::new()));
                out.inexact.len() - 1
            });
            out.inexact[id].1.push(class as u32);
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

/// How common a class is: the sum over its words, so that a sequence is anchored on its rarest slot.
pub(super) fn class_weight(patterns: &[WordPattern]) -> u64 {
    patterns.iter().map(pattern_weight).sum()
}

fn pattern_weight(pattern: &WordPattern) -> u64 {
    match pattern {
        WordPattern::Exact(word) if is_everywhere(word) => 1_000_000,
        WordPattern::Exact(word) if is_common(word) => 100_000,
        WordPattern::Exact(word) => letters_weight(word.chars().count()),
        WordPattern::Misspelt(_) => 200,
        WordPattern::Wild(glob, _) => 4 * letters_weight(longest_piece(glob).chars().count()),
    }
}

/// Shorter words are more common: halves with each letter, as in any Zipf-like vocabulary.
fn letters_weight(n_letters: usize) -> u64 {
    20_000 >> n_letters.min(8)
}

/// Words that stand in nearly every sentence: never an anchor when anything else is there.
pub(super) fn is_everywhere(word: &str) -> bool {
    const EVERYWHERE: [&str; 40] = [
        "a", "and", "are", "as", "at", "be", "but", "can", "do", "for", "from", "had", "have", "he", "i", "in", "is", "it", "me", "my",
        "no", "not", "of", "on", "or", "our", "so", "that", "the", "their", "they", "this", "to", "was", "we", "were", "will", "with",
        "you", "your",
    ];
    // Asked for every word of every rule when rules are loaded.
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| EVERYWHERE.into_iter().collect());
    SET.contains(word)
}

/// Words that stand in most texts: an anchor of last resort.
pub(super) fn is_common(word: &str) -> bool {
    const COMMON: &[&str] = &[
        "a", "about", "after", "again", "all", "am", "an", "and", "any", "are", "as", "ask", "at", "back", "be", "because", "been",
        "before", "bank", "but", "by", "call", "called", "can", "can't", "card", "could", "credit", "customer", "day", "days", "did",
        "didn't", "do", "does", "doesn't", "don't", "even", "every", "ever", "first", "for", "from", "get", "go", "going", "got", "had",
        "has", "have", "he", "her", "here", "him", "his", "how", "i", "i'm", "i've", "if", "in", "into", "is", "it", "its", "just", "know",
        "like", "make", "me", "month", "months", "more", "my", "need", "never", "new", "no", "not", "now", "of", "off", "on", "one",
        "only", "or", "order", "other", "our", "out", "over", "people", "phone", "please", "product", "really", "said", "same", "see",
        "service", "she", "should", "since", "so", "some", "still", "take", "than", "that", "the", "their", "them", "then", "there",
        "they", "this", "time", "times", "to", "told", "too", "two", "up", "us", "use", "very", "wait", "want", "was", "way", "we", "week",
        "weeks", "well", "were", "what", "when", "where", "which", "while", "who", "why", "will", "with", "without", "won't", "work",
        "would", "year", "years", "you", "your", "account", "company", "money", "flight", "de", "la", "el", "que", "en", "y", "no", "mi",
        "un", "una", "por", "con", "me", "le", "les", "je", "ne", "pas", "et", "vous", "ich", "sie", "nicht", "und", "der", "die", "das",
        "zu", "ein", "o", "e", "da", "não", "um", "uma", "com", "para", "se",
    ];
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.iter().copied().collect());
    SET.contains(word)
}
