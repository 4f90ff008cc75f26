//! Which terms are there, in each language?
//!
//! Lexicon files are layered in order and compiled once into one trie over whole words for each language. Words that occur in
//! any term have a number of their own; what a worker keeps of a word of a text is that number.

use std::collections::{BTreeMap, HashMap};

use crate::lexicon::{self, Entry, LexiconFile, Meaning};
use crate::{Error, Result};

use super::vader::Vader;

/// The lexicons shipped with the program, in the order of their layers.
const SHIPPED: &[(&str, &str)] = &[
    ("lexicons/sentiment/emoji.tsv", include_str!("../../../lexicons/sentiment/emoji.tsv")),
    ("lexicons/sentiment/en.base.tsv", include_str!("../../../lexicons/sentiment/en.base.tsv")),
    ("lexicons/sentiment/en.rules.tsv", include_str!("../../../lexicons/sentiment/en.rules.tsv")),
    ("lexicons/sentiment/en.words.tsv", include_str!("../../../lexicons/sentiment/en.words.tsv")),
    ("lexicons/sentiment/en.service.tsv", include_str!("../../../lexicons/sentiment/en.service.tsv")),
    ("lexicons/sentiment/en.spelling.tsv", include_str!("../../../lexicons/sentiment/en.spelling.tsv")),
    ("lexicons/sentiment/es.tsv", include_str!("../../../lexicons/sentiment/es.tsv")),
    ("lexicons/sentiment/fr.tsv", include_str!("../../../lexicons/sentiment/fr.tsv")),
    ("lexicons/sentiment/de.tsv", include_str!("../../../lexicons/sentiment/de.tsv")),
    ("lexicons/sentiment/pt.tsv", include_str!("../../../lexicons/sentiment/pt.tsv")),
    ("lexicons/sentiment/it.tsv", include_str!("../../../lexicons/sentiment/it.tsv")),
    ("lexicons/sentiment/nl.tsv", include_str!("../../../lexicons/sentiment/nl.tsv")),
    ("lexicons/emotion/en.tsv", include_str!("../../../lexicons/emotion/en.tsv")),
];

/// Compiled lexicons of all languages; immutable, shared by all workers.
#[derive(Debug)]
pub struct Lexicons {
    words: HashMap<String, u32>,
    languages: BTreeMap<String, Language>,
    terms: Vec<Term>,
    files: Vec<String>,
    layers: Vec<String>,
    fingerprint: String,
    default_language: String,
    vader: Vader,
}

/// A term as it was written, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term {
    pub meaning: Meaning,
    /// Index of its file.
    pub file: u16,
    pub line: u32,
}

/// The trie of one language.
#[derive(Debug, Default)]
pub(super) struct Language {
    /// By number of a word; 0 where no term begins with it.
    first: Vec<u32>,
    /// By number of a word: what it counts as.
    class: Vec<Class>,
    nodes: Vec<Node>,
    edges: Vec<(u32, u32)>,
    /// Bits of pairs of words that a term may begin with: what spares most searches, as most words that open a term ("the", "not")
    /// are followed by a word that no term goes on with.
    pairs: Vec<u64>,
    /// Whether a second negator undoes the first, as it does not in Romance languages ("no vale nada").
    pub(super) cancels: bool,
}

/// What a word may stand for inside a term.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Class {
    #[default]
    None,
    Number,
    Determiner,
}

/// A place in the trie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Node {
    /// The term of sentiment that ends here, plus one.
    sentiment: u32,
    /// The term of emotion that ends here, plus one.
    emotion: u32,
    /// The term of effort that ends here, plus one.
    effort: u32,
    first_edge: u32,
    n_edges: u32,
}

/// The longest terms that begin at a word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Match {
    /// Index of the term and number of words.
    pub sentiment: Option<(u32, u32)>,
    /// The same for emotion.
    pub emotion: Option<(u32, u32)>,
    /// The same for effort.
    pub effort: Option<(u32, u32)>,
    /// The term of sentiment that the first word is alone.
    pub alone: Option<u32>,
}

/// The number of a word that is in no term.
pub(super) const UNKNOWN: u32 = u32::MAX;

const PAIR_BITS: u32 = 17;

#[inline]
fn pair(first: u32, next: u32) -> usize {
    let mixed = (u64::from(first) << 32 | u64::from(next)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - PAIR_BITS)) as usize
}

/// Numbers of the stand-ins for a number and a determiner.
const NUMBER: u32 = 0;
const DETERMINER: u32 = 1;

impl Lexicons {
    /// The lexicons shipped with the program; an undecided text is read as English.
    pub fn shipped() -> Result<Self> {
        Self::with(&[], "en")
    }

    /// The files of the lexicons that come with the program, in the order of their layers: name and text.
    pub fn shipped_files() -> &'static [(&'static str, &'static str)] {
        SHIPPED
    }

    /// The shipped lexicons with `extra` files (name, text) as later layers, which win. An undecided text is read as
    /// `default_language`. Fails with [`Error::Lexicon`], which names file and line, when a file cannot be used.
    pub fn with(extra: &[(String, String)], default_language: &str) -> Result<Self> {
        let extra = extra.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let texts: Vec<(&str, &str)> = SHIPPED.iter().copied().chain(extra).collect();
        let mut files = Vec::new();
        for (name, text) in &texts {
            files.push(LexiconFile::read(name, text)?);
        }
        let mut lexicons = Self {
            words: HashMap::from([("#".to_owned(), NUMBER), ("%".to_owned(), DETERMINER)]),
            languages: BTreeMap::new(),
            terms: Vec::new(),
            files: files.iter().map(|file| file.name.clone()).collect(),
            layers: files.iter().map(|file| file.layer.clone()).collect(),
            fingerprint: lexicon::fingerprint(texts.iter().copied()),
            default_language: default_language.to_owned(),
            vader: Vader::compile(),
        };
        let mut codes: Vec<&str> = files.iter().map(|file| file.language.as_str()).filter(|code| *code != "*").collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let language = lexicons.compile(&files, code)?;
            lexicons.languages.insert(code.to_owned(), language);
        }
        Ok(lexicons)
    }

    /// Names what the lexicons say: equal for equal files in equal order.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    pub(super) fn vader(&self) -> &Vader {
        &self.vader
    }

    /// The lexicon of a language, if there is one; `und` has that of the default language.
    pub(super) fn language(&self, code: &str) -> Option<&Language> {
        self.languages.get(if code == "und" { self.default_language.as_str() } else { code })
    }

    pub(super) fn term(&self, index: u32) -> &Term {
        &self.terms[index as usize]
    }

    /// Name and layer of a term's file.
    pub(super) fn file(&self, term: &Term) -> (&str, &str) {
        (&self.files[term.file as usize], &self.layers[term.file as usize])
    }

    /// The number of a folded word, or [`UNKNOWN`].
    pub(super) fn word(&self, folded: &str) -> u32 {
        self.words.get(folded).copied().unwrap_or(UNKNOWN)
    }

    /// The stand-in for a number written in digits.
    pub(super) fn digits(&self) -> u32 {
        NUMBER
    }

    fn number(&mut self, word: &str) -> u32 {
        let next = self.words.len() as u32;
        *self.words.entry(word.to_owned()).or_insert(next)
    }

    fn compile(&mut self, files: &[LexiconFile], code: &str) -> Result<Language> {
        let mut paths: BTreeMap<Vec<u32>, [u32; 3]> = BTreeMap::new();
        let mut classes: BTreeMap<u32, Class> = BTreeMap::new();
        for (index, file) in files.iter().enumerate().filter(|(_, file)| file.language == code || file.language == "*") {
            for entry in &file.entries {
                let path: Vec<u32> = entry.words.iter().map(|word| self.number(word)).collect();
                match (entry.meaning, path.as_slice()) {
                    (Meaning::Number, [word]) => _ = classes.insert(*word, Class::Number),
                    (Meaning::Determiner, [word]) => _ = classes.insert(*word, Class::Determiner),
                    _ => {
                        let meaning = self.meaning(file, entry, &paths)?;
                        let term = Term { meaning, file: index as u16, line: entry.line };
                        self.terms.push(term);
                        let end = paths.entry(path).or_default();
                        let slot = match meaning {
                            Meaning::Emotion(..) => 1,
                            Meaning::Effort => 2,
                            _ => 0,
                        };
                        end[slot] = self.terms.len() as u32;
                    }
                }
            }
        }
        let cancels = matches!(code, "en" | "de" | "nl");
        Ok(Language { cancels, ..Language::build(&paths, &classes, self.words.len()) })
    }

    fn meaning(&mut self, file: &LexiconFile, entry: &Entry, paths: &BTreeMap<Vec<u32>, [u32; 3]>) -> Result<Meaning> {
        let Some(word) = &entry.spelling_of else { return Ok(entry.meaning) };
        let number = self.number(word);
        let term = paths.get([number].as_slice()).and_then(|[sentiment, ..]| sentiment.checked_sub(1));
        term.map(|term| self.terms[term as usize].meaning).ok_or_else(|| Error::Lexicon {
            place: format!("{}:{}", file.name, entry.line),
            what: format!("`{word}` is in no lexicon before this one"),
            hint: Some("a misspelling is one of a word that has a meaning".to_owned()),
        })
    }
}

impl Language {
    fn build(paths: &BTreeMap<Vec<u32>, [u32; 3]>, classes: &BTreeMap<u32, Class>, n_words: usize) -> Self {
        let mut class = vec![Class::None; n_words];
        for (word, c) in classes {
            class[*word as usize] = *c;
        }
        let mut language = Self { first: vec![0; n_words], class, nodes: vec![Node::default()], ..Self::default() };
        let mut children: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new()];
        for (path, [sentiment, emotion, effort]) in paths {
            let mut at = 0_usize;
            for word in path {
                let next = language.nodes.len() as u32;
                at = *children[at].entry(*word).or_insert(next) as usize;
                if at == language.nodes.len() {
                    language.nodes.push(Node::default());
                    children.push(BTreeMap::new());
                }
            }
            let node = &mut language.nodes[at];
            (node.sentiment, node.emotion, node.effort) = (*sentiment, *emotion, *effort);
        }
        for (word, node) in &children[0] {
            language.first[*word as usize] = *node;
        }
        for (node, children) in language.nodes.iter_mut().zip(&children).skip(1) {
            (node.first_edge, node.n_edges) = (language.edges.len() as u32, children.len() as u32);
            language.edges.extend(children.iter().map(|(word, child)| (*word, *child)));
        }
        language.enter_pairs();
        language
    }

    /// Enters the pairs that terms begin with, words in place of stand-ins included.
    fn enter_pairs(&mut self) {
        self.pairs = vec![0; 1 << (PAIR_BITS - 6)];
        let members = |stand_in: u32| -> Vec<u32> {
            let class = match stand_in {
                NUMBER => Class::Number,
                DETERMINER => Class::Determiner,
                word => return vec![word],
            };
            let of_class = self.class.iter().enumerate().filter(|(_, c)| **c == class).map(|(word, _)| word as u32);
            std::iter::once(stand_in).chain(of_class).collect()
        };
        let mut pairs = Vec::new();
        for (word, node) in self.first.iter().enumerate().filter(|(_, node)| **node != 0) {
            let node = &self.nodes[*node as usize];
            for (next, _) in &self.edges[node.first_edge as usize..(node.first_edge + node.n_edges) as usize] {
                for first in members(word as u32) {
                    pairs.extend(members(*next).into_iter().map(|next| pair(first, next)));
                }
            }
        }
        for bit in pairs {
            self.pairs[bit >> 6] |= 1 << (bit & 63);
        }
    }

    /// Whether some term may begin with these two words.
    #[inline]
    fn may_go_on(&self, first: u32, next: u32) -> bool {
        let bit = pair(first, next);
        self.pairs[bit >> 6] & 1 << (bit & 63) != 0
    }

    /// Where terms that begin with `word` go on; 0 if none does.
    #[inline]
    fn first(&self, word: u32) -> u32 {
        self.first.get(word as usize).copied().unwrap_or(0)
    }

    fn class(&self, word: u32) -> Class {
        self.class.get(word as usize).copied().unwrap_or_default()
    }

    fn child(&self, node: &Node, word: u32) -> Option<u32> {
        let edges = &self.edges[node.first_edge as usize..(node.first_edge + node.n_edges) as usize];
        edges.binary_search_by_key(&word, |(word, _)| *word).ok().map(|at| edges[at].1)
    }
}

impl Language {
    /// The longest terms that begin with the word at `at` and stay before `end`; `word` gives the number of a word.
    #[inline]
    pub(super) fn longest(&self, at: usize, end: usize, word: &impl Fn(usize) -> u32) -> Match {
        let first = word(at);
        let next = if at + 1 < end { word(at + 1) } else { UNKNOWN };
        if next != UNKNOWN && self.may_go_on(first, next) {
            return self.search(first, at, end, word);
        }
        let node = &self.nodes[self.first(first) as usize];
        let alone = |term: u32| term.checked_sub(1).map(|term| (term, 1));
        let sentiment = alone(node.sentiment);
        Match { sentiment, emotion: alone(node.emotion), effort: alone(node.effort), alone: sentiment.map(|(term, _)| term) }
    }

    fn search(&self, first: u32, at: usize, end: usize, word: &impl Fn(usize) -> u32) -> Match {
        let mut found = Match::default();
        for number in [Some(first), self.stand_in(first)].into_iter().flatten() {
            let node = self.first(number);
            if node != 0 {
                self.walk(node, at, at + 1, end, word, &mut found);
            }
        }
        found
    }

    /// What the word may be besides itself.
    fn stand_in(&self, word: u32) -> Option<u32> {
        match self.class(word) {
            Class::None => None,
            Class::Number => Some(NUMBER),
            Class::Determiner => Some(DETERMINER),
        }
    }

    fn walk(&self, node: u32, from: usize, at: usize, end: usize, word: &impl Fn(usize) -> u32, found: &mut Match) {
        let node = &self.nodes[node as usize];
        let n_words = (at - from) as u32;
        let longer = |before: Option<(u32, u32)>| before.is_none_or(|(_, n)| n < n_words);
        if n_words == 1 && found.alone.is_none() {
            found.alone = node.sentiment.checked_sub(1);
        }
        if node.sentiment != 0 && longer(found.sentiment) {
            found.sentiment = Some((node.sentiment - 1, n_words));
        }
        if node.emotion != 0 && longer(found.emotion) {
            found.emotion = Some((node.emotion - 1, n_words));
        }
        if node.effort != 0 && longer(found.effort) {
            found.effort = Some((node.effort - 1, n_words));
        }
        if node.n_edges == 0 || at >= end {
            return;
        }
        let number = word(at);
        if number == UNKNOWN {
            return;
        }
        for number in [Some(number), self.stand_in(number)].into_iter().flatten() {
            if let Some(child) = self.child(node, number) {
                self.walk(child, from, at + 1, end, word, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static LEXICONS: std::sync::OnceLock<Lexicons> = std::sync::OnceLock::new();

    proptest! {
        /// Passing over pairs that no term begins with never loses a term.
        #[test]
        fn the_bitmap_of_pairs_loses_nothing(numbers in prop::collection::vec(0_u32..9_000, 1..6), common in prop::collection::vec(0_usize..12, 1..6)) {
            let lexicons = LEXICONS.get_or_init(|| Lexicons::shipped().unwrap());
            let words = ["not", "my", "3", "on", "hold", "for", "two", "hours", "the", "run", "around", "again"];
            let mut sequence: Vec<u32> = common.iter().map(|i| lexicons.word(words[*i])).collect();
            sequence.extend(&numbers);
            for language in lexicons.languages.values() {
                let word = |at: usize| sequence[at];
                for at in (0..sequence.len()).filter(|at| sequence[*at] != UNKNOWN) {
                    let (fast, slow) = (language.longest(at, sequence.len(), &word), language.search(sequence[at], at, sequence.len(), &word));
                    prop_assert_eq!(format!("{fast:?}"), format!("{slow:?}"));
                }
            }
        }
    }
}
