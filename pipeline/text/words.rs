//! Which words does a text have, and which distinct word is each?
//!
//! One pass over the text; each word is folded into a small buffer and looked up once in the table
//! of its worker. Ids are only names inside one worker: nothing that is written depends on them.

use xxhash_rust::xxh3::xxh3_64;

use super::clauses::{self, Kind};

/// The number of a distinct folded word in a [`WordTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WordId(pub u32);

impl WordId {
    /// For arrays by word.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// No upper-case letter.
    Lower,
    /// The first letter only, or a single letter such as "I".
    Capitalised,
    /// Two or more letters, all upper case.
    Upper,
    /// Anything else, "iPhone".
    Mixed,
    /// Digits without a letter.
    Digits,
    /// One emoji, with its modifiers and joiners.
    Emoji,
}

/// A word in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// First byte in the text.
    pub start_byte: u32,
    /// One past the last byte.
    pub end_byte: u32,
    /// Which distinct word it is.
    pub id: WordId,
    /// How it is written here.
    pub case: Case,
}

/// The distinct words that one worker has seen.
///
/// Memory is bounded: past [`WordTable::MAX_WORDS`] distinct words the table starts anew between two
/// verbatims and its generation goes up, which tells stages to forget what they kept by id.
#[derive(Debug)]
pub struct WordTable {
    slots: Vec<u32>,
    hashes: Vec<u64>,
    arena: String,
    ends: Vec<u32>,
    kinds: Vec<Kind>,
    generation: u32,
    buffer: String,
}

impl Default for WordTable {
    fn default() -> Self {
        Self {
            // Small: rules and lexicons are read with a table each.
            slots: vec![EMPTY; 1 << 6],
            hashes: Vec::new(),
            arena: String::new(),
            ends: Vec::new(),
            kinds: Vec::new(),
            generation: 0,
            buffer: String::new(),
        }
    }
}

const EMPTY: u32 = u32::MAX;

impl WordTable {
    /// 400,000 words with a 128-dimensional vector each are about 120 MB a worker; an English corpus of a
    /// million comments has fewer than 200,000 distinct words, misspellings included.
    pub const MAX_WORDS: usize = 400_000;

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
        let hash = xxh3_64(folded.as_bytes());
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let found = self.slots[slot];
            if found == EMPTY {
                break;
            }
            if self.hashes[found as usize] == hash && self.folded(WordId(found)) == folded {
                return WordId(found);
            }
            slot = (slot + 1) & mask;
        }
        let id = u32::try_from(self.ends.len()).expect("MAX_WORDS is far below 2^32");
        self.slots[slot] = id;
        self.hashes.push(hash);
        self.kinds.push(clauses::kind(folded));
        self.arena.push_str(folded);
        self.ends.push(u32::try_from(self.arena.len()).expect("MAX_WORDS words of at most 256 bytes"));
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        WordId(id)
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let mask = size - 1;
        let mut slots = vec![EMPTY; size];
        for (id, hash) in self.hashes.iter().enumerate() {
            let mut slot = *hash as usize & mask;
            while slots[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            slots[slot] = id as u32;
        }
        self.slots = slots;
    }

    fn forget(&mut self) {
        *self = Self { generation: self.generation + 1, buffer: std::mem::take(&mut self.buffer), ..Self::default() };
    }
}

/// Folded words longer than this keep only their beginning in the table: nobody's lexicon has them.
const MAX_WORD_BYTES: usize = 256;

/// Cuts `text` into `words`, entering new ones in `table`.
pub(super) fn cut(text: &str, table: &mut WordTable, words: &mut Vec<Word>) {
    words.clear();
    if table.len() >= WordTable::MAX_WORDS {
        table.forget();
    }
    let mut buffer = std::mem::take(&mut table.buffer);
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        buffer.clear();
        if is_emoji(first) {
            buffer.push(first);
            let mut end = start + first.len_utf8();
            while let Some(&(at, c)) = chars.peek() {
                let joined = text.get(..at).is_some_and(|before| before.ends_with('\u{200d}'));
                if !(is_emoji_part(c) || joined && is_emoji(c)) {
                    break;
                }
                if !matches!(c, '\u{fe0e}' | '\u{fe0f}') {
                    buffer.push(c);
                }
                end = at + c.len_utf8();
                chars.next();
            }
            words.push(word(start, end, table.intern(&buffer), Case::Emoji));
            continue;
        }
        if !first.is_alphanumeric() {
            continue;
        }
        let mut shape = Letters::default();
        let mut end = start;
        let mut next = Some((start, first));
        while let Some((at, c)) = next {
            shape.see(c);
            fold(c, &mut buffer);
            end = at + c.len_utf8();
            next = match chars.peek().copied() {
                Some((_, c)) if c.is_alphanumeric() || is_mark(c) => chars.next(),
                Some((at, c)) if is_apostrophe(c) && letter_follows(text, at + c.len_utf8()) => {
                    buffer.push('\'');
                    chars.next();
                    chars.next()
                }
                _ => None,
            };
        }
        let mut keep = buffer.len().min(MAX_WORD_BYTES);
        while !buffer.is_char_boundary(keep) {
            keep -= 1;
        }
        let id = table.intern(buffer.get(..keep).expect("a character boundary"));
        words.push(word(start, end, id, shape.case()));
    }
    table.buffer = buffer;
}

fn word(start: usize, end: usize, id: WordId, case: Case) -> Word {
    Word { start_byte: start as u32, end_byte: end as u32, id, case }
}

fn fold(c: char, buffer: &mut String) {
    if c.is_ascii() {
        buffer.push(c.to_ascii_lowercase());
    } else {
        buffer.extend(c.to_lowercase());
    }
}

fn letter_follows(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphabetic)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02bc}' | '\u{ff07}')
}

/// Marks that stay with the letter before: combining accents, vowel signs of Indic scripts, Arabic points.
fn is_mark(c: char) -> bool {
    !c.is_ascii() && unicode_normalization::char::is_combining_mark(c) && !matches!(c, '\u{fe0e}' | '\u{fe0f}')
}

fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{203c}' | '\u{2049}' | '\u{2139}' | '\u{231a}'..='\u{231b}' | '\u{2328}' | '\u{23cf}'..='\u{23f3}'
        | '\u{2600}'..='\u{27bf}' | '\u{2934}'..='\u{2935}' | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}'..='\u{2b1c}'
        | '\u{2b50}' | '\u{2b55}' | '\u{1f000}'..='\u{1faff}')
}

/// Variation selectors, the joiner, skin tones and key caps: parts of the emoji before.
fn is_emoji_part(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[derive(Default)]
struct Letters {
    n_upper: u32,
    n_lower: u32,
    upper_first: bool,
    any: bool,
}

impl Letters {
    fn see(&mut self, c: char) {
        if c.is_uppercase() {
            self.upper_first |= !self.any;
            self.n_upper += 1;
            self.any = true;
        } else if c.is_alphabetic() {
            self.n_lower += 1;
            self.any = true;
        }
    }

    fn case(&self) -> Case {
        match (self.any, self.n_upper, self.n_lower) {
            (false, ..) => Case::Digits,
            (_, 0, _) => Case::Lower,
            (_, 1, _) if self.upper_first => Case::Capitalised,
            (_, 2.., 0) => Case::Upper,
            _ => Case::Mixed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Case)]) {
        let mut table = WordTable::default();
        let mut words = Vec::new();
        cut(text, &mut table, &mut words);
        let found: Vec<_> = words.iter().map(|w| (table.folded(w.id), w.case)).collect();
        assert_eq!(found, expected, "{text}");
        for w in &words {
            assert!(text.get(w.start_byte as usize..w.end_byte as usize).is_some());
        }
    }

    #[test]
    fn words_are_runs_of_letters_with_inner_apostrophes() {
        use Case::*;
        check("I can’t CANCEL it!", &[("i", Capitalised), ("can't", Lower), ("cancel", Upper), ("it", Lower)]);
        check("'quoted' rock'n'roll", &[("quoted", Lower), ("rock'n'roll", Lower)]);
        check("run-around 24/7 iPhone", &[("run", Lower), ("around", Lower), ("24", Digits), ("7", Digits), ("iphone", Mixed)]);
        check("Straße ÉCOLE", &[("straße", Capitalised), ("école", Upper)]);
        check("", &[]);
        check("... !!", &[]);
    }

    #[test]
    fn emoji_are_words_without_their_variation_selectors() {
        use Case::Emoji;
        check("❤️👍🏽", &[("❤", Emoji), ("👍🏽", Emoji)]);
        check("👨‍👩‍👧bad", &[("👨‍👩‍👧", Emoji), ("bad", Case::Lower)]);
    }

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
