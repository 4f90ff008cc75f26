//! What do rules make of a distinct word, and of two that stand side by side?
//!
//! Answers are kept by the ids of a worker's word table. Common words belong to hundreds of classes and anchor hundreds of sequences;
//! of pairs of neighbours only a few go on to anything, and the same pairs come again and again.

use super::cues::{Cue, LANGUAGES, cue};
use super::program::Program;
use super::words::forms;
use crate::text::{WordId, WordTable};

/// What is known of each distinct word, by its id.
#[derive(Debug, Default)]
pub(super) struct Memo {
    generation: u32,
    /// One byte a word, so that the pass over all words stays in the cache.
    flags: Vec<u8>,
    /// By language, then by word.
    cues: [Vec<Cue>; LANGUAGES.len()],
    classes: Lists<u32>,
    /// Atoms that the word alone is a place of.
    singles: Lists<u32>,
    regexes: Lists<u32>,
    /// Sequences that it anchors and that no neighbour is known of.
    unpaired: Lists<u32>,
    /// Sequences that it anchors as the first of a pair, and as the second: in order of the class that the neighbour must be of.
    firsts: Lists<(u32, u32)>,
    seconds: Lists<(u32, u32)>,
    pairs: Pairs,
}

/// The word is a place of something by itself.
const ALONE: u8 = 1;
/// It anchors sequences as the first, the second of a pair.
const FIRST: u8 = 2;
const SECOND: u8 = 4;
/// It belongs to a class: what belongs to none is nobody's neighbour.
const CLASSED: u8 = 8;

impl Memo {
    /// Learns the words that entered the table since the last verbatim.
    pub(super) fn update(&mut self, table: &WordTable, program: &Program) {
        if self.generation != table.generation() || self.flags.len() > table.len() {
            *self = Self { generation: table.generation(), ..Self::default() };
        }
        while self.flags.len() < table.len() {
            let word = table.folded(WordId(self.flags.len() as u32));
            self.add(word, program);
        }
    }

    fn add(&mut self, folded: &str, program: &Program) {
        let (mut classes, mut regexes) = (Vec::new(), Vec::new());
        let forms = forms(folded);
        program.vocabulary.look_up(&forms, &mut classes, &mut regexes);
        for (language, cues) in LANGUAGES.iter().zip(&mut self.cues) {
            cues.push(cue(&forms[0], language));
        }
        let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
        for id in classes.iter().flat_map(|class| &program.anchored[*class as usize]) {
            let sequence = &program.sequences[*id as usize];
            match sequence.pair {
                _ if sequence.slots.len() == 1 => self.singles.extend(&sequence.atoms),
                None => self.unpaired.extend(&[*id]),
                Some(first) if first == sequence.anchor => firsts.push((sequence.slots[first as usize + 1], *id)),
                Some(first) => seconds.push((sequence.slots[first as usize], *id)),
            }
        }
        for (list, found) in [(&mut self.firsts, &mut firsts), (&mut self.seconds, &mut seconds)] {
            found.sort_unstable();
            list.extend(found);
        }
        self.regexes.extend(&regexes);
        self.classes.extend(&classes);
        let classed = self.classes.end();
        let alone = [&mut self.singles, &mut self.regexes, &mut self.unpaired].map(Lists::end).contains(&true);
        let (firsts, seconds) = (self.firsts.end(), self.seconds.end());
        let flag = |any: bool, flag: u8| if any { flag } else { 0 };
        self.flags.push(flag(alone, ALONE) | flag(firsts, FIRST) | flag(seconds, SECOND) | flag(classed, CLASSED));
    }

    /// Whether a word by itself is a place of anything.
    pub(super) fn stands_alone(&self, word: usize) -> bool {
        self.flags[word] & ALONE != 0
    }

    /// Atoms that a word alone is a place of.
    pub(super) fn singles(&self, word: usize) -> &[u32] {
        self.singles.of(word)
    }

    /// Regular expressions whose literal the word holds.
    pub(super) fn regexes(&self, word: usize) -> &[u32] {
        self.regexes.of(word)
    }

    /// Sequences that a word anchors between slots that any word fits.
    pub(super) fn unpaired(&self, word: usize) -> &[u32] {
        self.unpaired.of(word)
    }

    /// By word: what it does to assertions in a language.
    pub(super) fn cues(&self, language: usize) -> &[Cue] {
        &self.cues[language]
    }

    /// Whether a word belongs to a class; common words belong to hundreds.
    pub(super) fn is_of(&self, word: usize, class: u32) -> bool {
        let classes = self.classes.of(word);
        if classes.len() <= 8 { classes.contains(&class) } else { classes.binary_search(&class).is_ok() }
    }

    /// Where the sequences are kept whose pair of slots two neighbours fit; see [`Memo::kept`].
    pub(super) fn pair(&mut self, first: usize, second: usize) -> (u32, u32) {
        let (before, behind) = (self.flags[first], self.flags[second]);
        if (before & FIRST == 0 || behind & CLASSED == 0) && (behind & SECOND == 0 || before & CLASSED == 0) {
            return (0, 0);
        }
        let key = (first as u64) << 32 | second as u64;
        if let Some(place) = self.pairs.find(key) {
            return place;
        }
        let mut found = Vec::new();
        for (own, other) in [(self.firsts.of(first), second), (self.seconds.of(second), first)] {
            for class in self.classes.of(other) {
                let from = own.partition_point(|(wanted, _)| wanted < class);
                let of_class = own.get(from..).unwrap_or_default().iter().take_while(|(wanted, _)| wanted == class);
                found.extend(of_class.map(|(_, sequence)| *sequence));
            }
        }
        self.pairs.keep(key, &found)
    }

    /// The sequences at a place that [`Memo::pair`] gave for the neighbours asked last.
    pub(super) fn kept(&self, (start, end): (u32, u32)) -> &[u32] {
        self.pairs.sequences.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// A list for each word, one behind the other.
#[derive(Debug)]
struct Lists<T> {
    all: Vec<T>,
    ends: Vec<u32>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { all: Vec::new(), ends: Vec::new() }
    }
}

impl<T: Copy> Lists<T> {
    /// Adds to the list of the word at hand.
    fn extend(&mut self, values: &[T]) {
        self.all.extend_from_slice(values);
    }

    /// Ends the list of the word at hand; whether it holds anything.
    fn end(&mut self) -> bool {
        let start = self.ends.last().copied().unwrap_or(0);
        self.ends.push(self.all.len() as u32);
        self.all.len() as u32 > start
    }

    fn of(&self, word: usize) -> &[T] {
        let start = word.checked_sub(1).map_or(0, |previous| self.ends[previous]);
        &self.all[start as usize..self.ends[word] as usize]
    }
}

/// What pairs of neighbours go on to, for the pairs met last: each has one place in which it can be kept.
#[derive(Debug, Default)]
struct Pairs {
    slots: Vec<Kept>,
    sequences: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    key: u64,
    start: u32,
    end: u32,
}

/// No pair: ids of words stay below it.
const NO_PAIR: Kept = Kept { key: u64::MAX, start: 0, end: 0 };
/// 1 MB a worker.
const PAIRS_BITS: u32 = 16;
/// Sequences kept at most, 4 MB; then all is forgotten.
const MAX_SEQUENCES: usize = 1 << 20;

impl Pairs {
    fn slot(key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - PAIRS_BITS)) as usize
    }

    fn find(&self, key: u64) -> Option<(u32, u32)> {
        self.slots.get(Self::slot(key)).filter(|kept| kept.key == key).map(|kept| (kept.start, kept.end))
    }

    fn keep(&mut self, key: u64, sequences: &[u32]) -> (u32, u32) {
        if self.slots.is_empty() || self.sequences.len() + sequences.len() > MAX_SEQUENCES {
            self.slots.clear();
            self.slots.resize(1 << PAIRS_BITS, NO_PAIR);
            self.sequences.clear();
        }
        let start = self.sequences.len() as u32;
        self.sequences.extend_from_slice(sequences);
        let end = self.sequences.len() as u32;
        self.slots[Self::slot(key)] = Kept { key, start, end };
        (start, end)
    }
}
