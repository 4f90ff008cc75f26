//! What do the rules look for that a distinct word bears on?
//!
//! Asked of the vocabulary once for each distinct word of a word table; the pass over the words of a text only reads.

use super::cues::{Cue, LANGUAGES, cue};
use super::program::Program;
use super::words::forms;
use crate::text::{Word, WordId, WordTable};

/// A sequence of an atom that a word is the anchor of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) atom: u32,
    pub(super) sequence: u32,
}

/// A place at which branches are looked at, with the one other word that is asked for before the sequence is read at all: of the
/// sequences that a common word is the anchor of, nearly all end there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lead {
    pub(super) place: Place,
    /// How many words behind the anchor it stands.
    pub(super) offset: i32,
    /// Its class; [`ANY`](super::program::ANY): the anchor stands alone.
    pub(super) class: u32,
}

/// What is known of each distinct word, by its id.
#[derive(Debug, Default)]
pub(super) struct Memo {
    generation: u32,
    /// Whether a word may trigger anything: one byte a word, so that the pass over all words stays in the cache.
    pub(super) is_active: Vec<bool>,
    /// By language, then by word.
    pub(super) cues: [Vec<Cue>; LANGUAGES.len()],
    /// The classes that a word belongs to.
    pub(super) classes: Members,
    /// The atoms that have a sequence which the word is the anchor of.
    pub(super) atoms: Members,
    places: Lists<Place>,
    /// Places of atoms that trigger branches.
    triggers: Lists<Lead>,
    regexes: Lists<u32>,
}

impl Memo {
    /// Learns the words that have been added to the table.
    pub(super) fn update(&mut self, table: &WordTable, program: &Program) {
        if self.generation != table.generation() || self.is_active.len() > table.len() {
            *self = Self { generation: table.generation(), ..Self::default() };
        }
        while self.is_active.len() < table.len() {
            let word = table.folded(WordId(self.is_active.len() as u32));
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
        let anchored = classes.iter().flat_map(|class| &program.anchored[*class as usize]);
        let mut places: Vec<Place> =
            anchored.flat_map(|id| program.sequences[*id as usize].atoms.iter().map(|atom| Place { atom: *atom, sequence: *id })).collect();
        places.sort_unstable();
        let mut atoms: Vec<u32> = places.iter().map(|place| place.atom).collect();
        atoms.dedup();
        let leading = places.iter().filter(|place| !program.triggers[place.atom as usize].is_empty());
        self.triggers.push(leading.map(|place| {
            let (offset, class) = program.sequences[place.sequence as usize].probe;
            Lead { place: *place, offset, class }
        }));
        self.classes.push(&classes, program.n_classes);
        self.atoms.push(&atoms, program.lengths.len());
        self.places.push(places.into_iter());
        self.regexes.push(regexes.into_iter());
        let word = self.is_active.len();
        self.is_active.push(!self.triggers.of(word).is_empty() || !self.regexes.of(word).is_empty());
    }

    /// The sequences of one atom that a word is the anchor of.
    pub(super) fn places_of(&self, word: usize, atom: u32) -> &[Place] {
        let all = self.places.of(word);
        let from = all.partition_point(|place| place.atom < atom);
        let n = all.get(from..).unwrap_or_default().iter().take_while(|place| place.atom == atom).count();
        all.get(from..from + n).unwrap_or_default()
    }

    /// Sequences of a word at which branches are looked at.
    pub(super) fn triggers(&self, word: usize) -> &[Lead] {
        self.triggers.of(word)
    }

    /// The regular expressions that run only on texts with such a word.
    pub(super) fn regexes(&self, word: usize) -> &[u32] {
        self.regexes.of(word)
    }
}

/// A list for each word.
#[derive(Debug)]
struct Lists<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { ends: Vec::new(), items: Vec::new() }
    }
}

impl<T> Lists<T> {
    fn push(&mut self, items: impl Iterator<Item = T>) {
        self.items.extend(items);
        self.ends.push(self.items.len() as u32);
    }

    fn of(&self, word: usize) -> &[T] {
        let start = word.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start as usize..self.ends[word] as usize]
    }
}

/// A set of small numbers for each word: short sets as lists, those of common words, with hundreds, as bits.
#[derive(Debug, Default)]
pub(super) struct Members {
    lists: Lists<u32>,
    /// By word: where its bits begin.
    starts: Vec<u32>,
    bits: Vec<u64>,
}

/// Longer lists than this become bits.
const LONG_LIST: usize = 6;
const IS_LIST: u32 = u32::MAX;

impl Members {
    /// Adds the set of the next word: sorted numbers below `n`.
    fn push(&mut self, members: &[u32], n: usize) {
        let is_long = members.len() > LONG_LIST;
        self.lists.push(members.iter().copied().filter(|_| !is_long));
        if !is_long {
            self.starts.push(IS_LIST);
            return;
        }
        let start = self.bits.len();
        self.starts.push(start as u32);
        self.bits.resize(start + n.div_ceil(64), 0);
        for member in members {
            self.bits[start + *member as usize / 64] |= 1 << (member % 64);
        }
    }

    /// Adds the set of a word to `out`.
    pub(super) fn add_to(&self, word: usize, out: &mut Bits) {
        match self.starts[word] {
            IS_LIST => {
                for member in self.lists.of(word) {
                    out.words[*member as usize / 64] |= 1 << (member % 64);
                }
            }
            start => {
                let n = out.words.len();
                let own = self.bits.get(start as usize..start as usize + n).unwrap_or_default();
                out.words.iter_mut().zip(own).for_each(|(all, own)| *all |= own);
            }
        }
    }

    /// Whether a number is in the set of a word.
    pub(super) fn has(&self, word: usize, member: u32) -> bool {
        match self.starts[word] {
            IS_LIST => self.lists.of(word).contains(&member),
            start => self.bits[start as usize + member as usize / 64] >> (member % 64) & 1 == 1,
        }
    }
}

/// A set of small numbers as bits.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Empties it; it can then hold numbers below `n`.
    pub(super) fn clear(&mut self, n: usize) {
        self.words.clear();
        self.words.resize(n.div_ceil(64), 0);
    }

    /// Whether a number is in it.
    pub(super) fn has(&self, member: u32) -> bool {
        self.words.get(member as usize / 64).is_some_and(|word| word >> (member % 64) & 1 == 1)
    }
}

/// What stands in each sentence of one verbatim, and in all of it; found when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Presence {
    rows: Vec<(bool, Bits)>,
    n_atoms: usize,
}

impl Presence {
    /// Forgets the last verbatim. The last row is that of the whole.
    pub(super) fn clear(&mut self, n_rows: usize, n_atoms: usize) {
        self.n_atoms = n_atoms;
        self.rows.iter_mut().for_each(|(is_known, _)| *is_known = false);
        if self.rows.len() < n_rows {
            self.rows.resize_with(n_rows, Default::default);
        }
    }

    /// The atoms that some of `words` is an anchor of.
    pub(super) fn of(&mut self, row: usize, words: &[Word], memo: &Memo) -> &Bits {
        let (is_known, bits) = &mut self.rows[row];
        if !*is_known {
            *is_known = true;
            bits.clear(self.n_atoms);
            words.iter().for_each(|word| memo.atoms.add_to(word.id.index(), bits));
        }
        bits
    }
}
