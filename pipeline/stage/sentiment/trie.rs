//! Which terms begin at a word?
//!
//! Terms of one language in a trie over the numbers of whole words. Most words of a text are in some term ("the", "for") and begin
//! none there: what a word can be good for is kept beside its number ([`Language::record`]), and the beginnings of
//! terms are bits, so that a search is started only where it finds something.

use std::collections::BTreeMap;

/// Numbers of the stand-ins for a number and a determiner.
pub(super) const NUMBER: u32 = 0;
pub(super) const DETERMINER: u32 = 1;

/// The number of a word that is in no term: the highest that a record has room for.
pub(super) const UNKNOWN: u32 = (1 << 28) - 1;

/// What a worker keeps of a distinct word: its number, and what it is good for.
pub(super) type Record = u32;

/// Says something without the words behind it.
const ALONE: u32 = 28;
/// Begins a term of several words.
const OPENS: u32 = 29;
/// Is known only when letters that are repeated in it are left out.
const STRETCHED: u32 = 30;

/// The number of the word of a record.
#[inline]
pub(super) fn number(record: Record) -> u32 {
    record & UNKNOWN
}

#[inline]
fn alone(record: Record) -> bool {
    record >> ALONE & 1 != 0
}

#[inline]
fn opens(record: Record) -> bool {
    record >> OPENS & 1 != 0
}

/// Whether a term may begin with the word of a record.
#[inline]
pub(super) fn may_begin(record: Record) -> bool {
    record & (1 << ALONE | 1 << OPENS) != 0
}

/// Whether a word is known only when letters that are repeated in it are left out.
pub(super) fn is_stretched(record: Record) -> bool {
    record >> STRETCHED & 1 != 0
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
    /// Bits of the terms of two words and of the first three words of longer ones: what spares nearly all searches in vain, as most
    /// words that open a term ("the", "not") are followed by words that no term goes on with.
    begins: Vec<u64>,
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
    /// The term of sentiment that ends here, plus one, if it is a cue: a word that negates, or ends what a negator reaches.
    cue: u32,
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
    /// The term that the first word is alone, if it is a cue.
    pub cue: Option<u32>,
}

/// As many words of 64 bits have the beginnings: 12,000 in English, so that of two words in no term one in a hundred seems to begin one.
const N_BEGINS: u32 = 12;

/// The place of two words and of three, each with two bits.
#[inline]
fn begins_of(first: u32, second: u32, third: u32) -> [(usize, u64); 2] {
    let two = (u64::from(first) << 32 | u64::from(second)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let three = (two ^ u64::from(third)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    [two, three].map(|mixed| {
        let bits = 1 << (mixed >> 46 & 63) | 1 << (mixed >> 40 & 63);
        ((mixed >> (64 - N_BEGINS)) as usize, bits)
    })
}

impl Language {
    /// `is_cue`: whether a term of sentiment, by index, is a cue.
    pub(super) fn build(
        paths: &BTreeMap<Vec<u32>, [u32; 3]>,
        classes: &BTreeMap<u32, Class>,
        n_words: usize,
        is_cue: impl Fn(u32) -> bool,
    ) -> Self {
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
            node.cue = if sentiment.checked_sub(1).is_some_and(&is_cue) { *sentiment } else { 0 };
        }
        for (word, node) in &children[0] {
            language.first[*word as usize] = *node;
        }
        for (node, children) in language.nodes.iter_mut().zip(&children).skip(1) {
            (node.first_edge, node.n_edges) = (language.edges.len() as u32, children.len() as u32);
            language.edges.extend(children.iter().map(|(word, child)| (*word, *child)));
        }
        language.enter_begins();
        language
    }

    /// Enters how terms begin, words in place of stand-ins included.
    fn enter_begins(&mut self) {
        self.begins = vec![0; 1 << N_BEGINS];
        let members = |stand_in: u32| -> Vec<u32> {
            let class = match stand_in {
                NUMBER => Class::Number,
                DETERMINER => Class::Determiner,
                word => return vec![word],
            };
            let of_class = self.class.iter().enumerate().filter(|(_, c)| **c == class).map(|(word, _)| word as u32);
            std::iter::once(stand_in).chain(of_class).collect()
        };
        let mut bits = Vec::new();
        for (word, node) in self.first.iter().enumerate().filter(|(_, node)| **node != 0) {
            for first in members(word as u32) {
                for (second, after_two) in self.children(&self.nodes[*node as usize]) {
                    let after_two = &self.nodes[*after_two as usize];
                    let thirds: Vec<u32> = self.children(after_two).iter().flat_map(|(third, _)| members(*third)).collect();
                    for second in members(*second) {
                        if after_two.sentiment | after_two.emotion | after_two.effort != 0 {
                            bits.push(begins_of(first, second, 0)[0]);
                        }
                        bits.extend(thirds.iter().map(|third| begins_of(first, second, *third)[1]));
                    }
                }
            }
        }
        for (place, bits) in bits {
            self.begins[place] |= bits;
        }
    }

    /// Whether some term of several words may begin with these.
    #[inline]
    fn goes_on(&self, first: u32, second: u32, third: u32) -> bool {
        let [two, three] = begins_of(first, second, third).map(|(place, bits)| self.begins[place] & bits == bits);
        two | three
    }

    /// Where terms that begin with `word` go on; 0 if none does.
    #[inline]
    fn first(&self, word: u32) -> u32 {
        self.first.get(word as usize).copied().unwrap_or(0)
    }

    fn class(&self, word: u32) -> Class {
        self.class.get(word as usize).copied().unwrap_or_default()
    }

    fn children(&self, node: &Node) -> &[(u32, u32)] {
        &self.edges[node.first_edge as usize..(node.first_edge + node.n_edges) as usize]
    }

    fn child(&self, node: &Node, word: u32) -> Option<u32> {
        let edges = self.children(node);
        edges.binary_search_by_key(&word, |(word, _)| *word).ok().map(|at| edges[at].1)
    }
}

impl Language {
    /// What is kept of the word with this number.
    pub(super) fn record(&self, number: u32, stretched: bool) -> Record {
        let node = |word: u32| &self.nodes[self.first(word) as usize];
        let own = node(number);
        let alone = own.sentiment | own.emotion | own.effort != 0;
        let opens = own.n_edges > 0 || self.stand_in(number).is_some_and(|stand_in| node(stand_in).n_edges > 0);
        number | u32::from(alone) << ALONE | u32::from(opens) << OPENS | u32::from(stretched) << STRETCHED
    }

    /// Whether a term begins with the first of three words; almost always right. No branch, for loops over words.
    #[inline]
    pub(super) fn begins(&self, words: [Record; 3]) -> bool {
        let [first, second, third] = words.map(number);
        alone(words[0]) | opens(words[0]) & self.goes_on(first, second, third)
    }

    /// The longest terms that begin with the first of `words`, which is known, and stay among them.
    #[inline]
    pub(super) fn longest(&self, words: &[Record]) -> Match {
        let [record, second, third] = [0, 1, 2].map(|at| words.get(at).copied().unwrap_or(UNKNOWN));
        let first = number(record);
        if opens(record) && self.goes_on(first, number(second), number(third)) {
            return self.search(first, words);
        }
        let node = &self.nodes[self.first(first) as usize];
        let alone = |term: u32| term.checked_sub(1).map(|term| (term, 1));
        Match { sentiment: alone(node.sentiment), emotion: alone(node.emotion), effort: alone(node.effort), cue: node.cue.checked_sub(1) }
    }

    fn search(&self, first: u32, words: &[Record]) -> Match {
        let mut found = Match::default();
        for number in [Some(first), self.stand_in(first)].into_iter().flatten() {
            let node = self.first(number);
            if node != 0 {
                self.walk(node, 1, words, &mut found);
            }
        }
        found
    }

    /// What the word may be besides itself.
    #[inline]
    fn stand_in(&self, word: u32) -> Option<u32> {
        match self.class(word) {
            Class::None => None,
            Class::Number => Some(NUMBER),
            Class::Determiner => Some(DETERMINER),
        }
    }

    /// Goes on from a node that is reached after `n_words`.
    fn walk(&self, mut at: u32, mut n_words: u32, words: &[Record], found: &mut Match) {
        loop {
            let node = &self.nodes[at as usize];
            if n_words == 1 && found.cue.is_none() {
                found.cue = node.cue.checked_sub(1);
            }
            let longer = |before: Option<(u32, u32)>| before.is_none_or(|(_, n)| n < n_words);
            for (term, slot) in
                [(node.sentiment, &mut found.sentiment), (node.emotion, &mut found.emotion), (node.effort, &mut found.effort)]
            {
                if term != 0 && longer(*slot) {
                    *slot = Some((term - 1, n_words));
                }
            }
            let Some(word) = words.get(n_words as usize).map(|word| number(*word)) else { return };
            if node.n_edges == 0 || word == UNKNOWN {
                return;
            }
            let stand_in = self.stand_in(word).and_then(|stand_in| self.child(node, stand_in));
            n_words += 1;
            at = match (self.child(node, word), stand_in) {
                (None, None) => return,
                (Some(child), None) | (None, Some(child)) => child,
                (Some(child), Some(stand_in)) => {
                    self.walk(child, n_words, words, found);
                    stand_in
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::lexicons::Lexicons;
    use super::*;

    static LEXICONS: std::sync::OnceLock<Lexicons> = std::sync::OnceLock::new();

    proptest! {
        /// Passing over words that no term begins with never loses a term.
        #[test]
        fn the_bits_of_beginnings_lose_nothing(numbers in prop::collection::vec(0_u32..9_000, 1..6), common in prop::collection::vec(0_usize..12, 1..6)) {
            let lexicons = LEXICONS.get_or_init(|| Lexicons::shipped().unwrap());
            let words = ["not", "my", "3", "on", "hold", "for", "two", "hours", "the", "run", "around", "again"];
            let mut sequence: Vec<u32> = common.iter().map(|i| lexicons.word(words[*i])).collect();
            sequence.extend(&numbers);
            for (_, language) in &lexicons.languages {
                let records: Vec<Record> = sequence.iter().map(|word| language.record((*word).min(UNKNOWN), false)).collect();
                for at in (0..sequence.len()).filter(|at| number(records[*at]) != UNKNOWN) {
                    let [second, third] = [1, 2].map(|n| records.get(at + n).copied().unwrap_or(UNKNOWN));
                    let (fast, slow) = (language.longest(&records[at..]), language.search(number(records[at]), &records[at..]));
                    prop_assert_eq!(format!("{fast:?}"), format!("{slow:?}"));
                    let nothing = format!("{fast:?}") == format!("{:?}", Match::default());
                    prop_assert!(nothing || language.begins([records[at], second, third]));
                }
            }
        }
    }
}
