//! Which distinct words has a worker seen?
//!
//! An open table of numbers for words of up to 16 bytes, which are nearly all, and a map for longer ones. Ids are only names inside one
//! worker: nothing that is written depends on them.

use std::collections::HashMap;

use super::clauses::{self, Kind};
use super::words::WordId;

/// The distinct words that one worker has seen.
///
/// Memory is bounded: past [`WordTable::MAX_WORDS`] distinct words the table starts anew between two
/// verbatims and its generation goes up, which tells stages to forget what they kept by id.
#[derive(Debug)]
pub struct WordTable {
    /// Numbers of the words of up to 16 bytes, plus one: an open table. Common words are seen early, so that what is known of them lies
    /// together; with the words themselves in the table each would take a cache line of its own.
    slots: Vec<u32>,
    /// By id: the bytes of a word of up to 16 with zeros behind it, as two numbers; zeros for longer ones.
    keys: Vec<[u64; 2]>,
    /// Longer ones, one in a hundred.
    long: HashMap<Box<str>, u32>,
    n_short: usize,
    arena: String,
    ends: Vec<u32>,
    kinds: Vec<Kind>,
    generation: u32,
    pub(super) buffer: String,
}

/// Bytes of the words that are found by number.
pub(super) const SHORT_BYTES: usize = 16;

impl Default for WordTable {
    fn default() -> Self {
        Self {
            // Small: rules and lexicons are read with a table each.
            slots: vec![0; 1 << 6],
            keys: Vec::new(),
            long: HashMap::new(),
            n_short: 0,
            arena: String::new(),
            ends: Vec::new(),
            kinds: Vec::new(),
            generation: 0,
            buffer: String::new(),
        }
    }
}

impl WordTable {
    /// With a 128-dimensional vector each they take about 45 MB a worker. An English corpus of a million comments has
    /// up to 200,000 distinct words, misspellings included; those that most of its text is made of are learnt again in a moment.
    pub const MAX_WORDS: usize = 1 << 17;

    /// How many distinct words there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no word was seen yet.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Goes up each time that ids lose their meaning.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The folded form: Unicode lower case, curly apostrophes straight, emoji without variation selectors.
    pub fn folded(&self, id: WordId) -> &str {
        let end = self.ends[id.index()] as usize;
        let start = id.index().checked_sub(1).map_or(0, |previous| self.ends[previous] as usize);
        self.arena.get(start..end).expect("ends are ends of whole words")
    }

    /// What the word means for clauses.
    pub(super) fn kind(&self, id: WordId) -> Kind {
        self.kinds[id.index()]
    }

    /// The id of a folded word, entered if it is new.
    pub fn intern(&mut self, folded: &str) -> WordId {
        match packed(folded.as_bytes()) {
            Some(key) => self.find(halves(key), self.guess(halves(key))).0,
            None => {
                if let Some(id) = self.long.get(folded) {
                    return WordId(*id);
                }
                let id = self.enter(folded, [0; 2]);
                self.long.insert(folded.into(), id.0);
                id
            }
        }
    }

    /// What stands in the table where a word is looked for first.
    #[inline]
    pub(super) fn guess(&self, key: [u64; 2]) -> u32 {
        self.slots[slot_of(key) & (self.slots.len() - 1)]
    }

    /// The id of the word whose bytes are `key`, and its kind; entered if it is new. Four in five are where they are looked for first.
    #[inline]
    pub(super) fn find(&mut self, key: [u64; 2], guess: u32) -> (WordId, Kind) {
        let known = guess.wrapping_sub(1) as usize;
        match self.keys.get(known) {
            Some(found) if *found == key => (WordId(known as u32), self.kinds[known]),
            _ => self.search(key),
        }
    }

    #[inline(never)]
    fn search(&mut self, key: [u64; 2]) -> (WordId, Kind) {
        let mask = self.slots.len() - 1;
        let mut at = slot_of(key) & mask;
        while let Some(id) = self.slots[at].checked_sub(1) {
            if self.keys[id as usize] == key {
                return (WordId(id), self.kinds[id as usize]);
            }
            at = (at + 1) & mask;
        }
        let bytes = (u128::from(key[1]) << 64 | u128::from(key[0])).to_le_bytes();
        let length = bytes.iter().position(|byte| *byte == 0).unwrap_or(SHORT_BYTES);
        let folded = bytes.get(..length).and_then(|word| std::str::from_utf8(word).ok()).expect("keys are made of whole words");
        self.enter_short(key, folded, at)
    }

    fn enter_short(&mut self, key: [u64; 2], folded: &str, at: usize) -> (WordId, Kind) {
        let id = self.enter(folded, key);
        self.slots[at] = id.0 + 1;
        self.n_short += 1;
        if self.n_short * 2 > self.slots.len() {
            self.grow();
        }
        (id, self.kind(id))
    }

    fn enter(&mut self, folded: &str, key: [u64; 2]) -> WordId {
        let id = u32::try_from(self.ends.len()).expect("MAX_WORDS is far below 2^32");
        self.kinds.push(clauses::kind(folded));
        self.keys.push(key);
        self.arena.push_str(folded);
        self.ends.push(u32::try_from(self.arena.len()).expect("MAX_WORDS words of at most 256 bytes"));
        WordId(id)
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let mask = size - 1;
        let mut slots = vec![0; size];
        for word in self.slots.iter().filter(|word| **word != 0) {
            let mut at = slot_of(self.keys[*word as usize - 1]) & mask;
            while slots[at] != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *word;
        }
        self.slots = slots;
    }

    pub(super) fn forget(&mut self) {
        *self = Self { generation: self.generation + 1, buffer: std::mem::take(&mut self.buffer), ..Self::default() };
    }
}

/// The bytes of a word of up to 16, first in the lowest place; none for longer ones, for the empty one and where a zero byte would be
/// taken for an end (no word has one).
fn packed(word: &[u8]) -> Option<u128> {
    if word.len() > SHORT_BYTES || word.is_empty() || word.contains(&0) {
        return None;
    }
    let mut bytes = [0; SHORT_BYTES];
    bytes.get_mut(..word.len())?.copy_from_slice(word);
    Some(u128::from_le_bytes(bytes))
}

/// The lower and the higher eight bytes.
pub(super) fn halves(key: u128) -> [u64; 2] {
    [key as u64, (key >> 64) as u64]
}

/// A number whose low bits depend on all of `key`: one multiplication, folded.
#[inline]
fn slot_of(key: [u64; 2]) -> usize {
    let product = u128::from(key[0] ^ 0x9e37_79b9_7f4a_7c15) * u128::from(key[1] ^ 0xbf58_476d_1ce4_e5b9);
    (product as u64 ^ (product >> 64) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gives_one_id_to_one_word_as_it_grows() {
        let mut table = WordTable::default();
        let ids: Vec<_> = (0..30_000).map(|i| table.intern(&format!("w{i}"))).collect();
        for (i, id) in ids.iter().enumerate() {
            assert_eq!(table.folded(*id), format!("w{i}"));
            assert_eq!(table.intern(&format!("w{i}")), *id);
        }
    }
}
