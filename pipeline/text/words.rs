//! Which words does a text have, and which distinct word is each?
//!
//! One pass over the text; each word is folded into a small buffer and looked up once in the table
//! of its worker. Ids are only names inside one worker: nothing that is written depends on them.

use std::collections::HashMap;

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
    /// Words of up to 16 bytes, found without a look at the arena: an open table.
    slots: Vec<Slot>,
    /// Longer ones, one in a hundred.
    long: HashMap<Box<str>, u32>,
    n_short: usize,
    arena: String,
    ends: Vec<u32>,
    kinds: Vec<Kind>,
    generation: u32,
    buffer: String,
}

/// A word of up to 16 bytes with zeros behind it; zero: nobody's slot.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: u128,
    id: u32,
}

/// Bytes that a [`Slot`] takes.
const SHORT_BYTES: usize = 16;

impl Default for WordTable {
    fn default() -> Self {
        Self {
            // Small: rules and lexicons are read with a table each.
            slots: vec![Slot::default(); 1 << 6],
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
            Some(key) => self.intern_short(key, || folded),
            None => {
                if let Some(id) = self.long.get(folded) {
                    return WordId(*id);
                }
                let id = self.enter(folded);
                self.long.insert(folded.into(), id.0);
                id
            }
        }
    }

    /// The id of the word whose bytes are `key`, entered as `folded` has it if it is new.
    #[inline]
    fn intern_short<'f>(&mut self, key: u128, folded: impl FnOnce() -> &'f str) -> WordId {
        let mask = self.slots.len() - 1;
        let mut at = slot_of(key) & mask;
        loop {
            let slot = self.slots[at];
            if slot.key == key {
                return WordId(slot.id);
            }
            if slot.key == 0 {
                break;
            }
            at = (at + 1) & mask;
        }
        let id = self.enter(folded());
        self.slots[at] = Slot { key, id: id.0 };
        self.n_short += 1;
        if self.n_short * 2 > self.slots.len() {
            self.grow();
        }
        id
    }

    fn enter(&mut self, folded: &str) -> WordId {
        let id = u32::try_from(self.ends.len()).expect("MAX_WORDS is far below 2^32");
        self.kinds.push(clauses::kind(folded));
        self.arena.push_str(folded);
        self.ends.push(u32::try_from(self.arena.len()).expect("MAX_WORDS words of at most 256 bytes"));
        WordId(id)
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let mask = size - 1;
        let mut slots = vec![Slot::default(); size];
        for slot in self.slots.iter().filter(|slot| slot.key != 0) {
            let mut at = slot_of(slot.key) & mask;
            while slots[at].key != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }

    fn forget(&mut self) {
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

/// A number whose low bits depend on all of `key`: two multiplications, each folded.
fn slot_of(key: u128) -> usize {
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    };
    fold(key as u64 ^ 0x9e37_79b9_7f4a_7c15, (key >> 64) as u64 ^ 0xbf58_476d_1ce4_e5b9) as usize
        ^ fold(key as u64, 0x94d0_49bb_1331_11eb) as usize
}

/// Folded words longer than this keep only their beginning in the table: nobody's lexicon has them.
const MAX_WORD_BYTES: usize = 256;

/// What a byte can be in a word: a bit each, none for bytes that part words.
const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
/// A byte of a character beyond ASCII.
const BEYOND: u8 = 8;
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            0x80.. => BEYOND,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Cuts `text` into `words`, entering new ones in `table`.
pub(super) fn cut(text: &str, table: &mut WordTable, words: &mut Vec<Word>) {
    words.clear();
    if table.len() >= WordTable::MAX_WORDS {
        table.forget();
    }
    let mut buffer = std::mem::take(&mut table.buffer);
    let bytes = text.as_bytes();
    let class = |at: usize| bytes.get(at).map_or(0, |byte| CLASSES[usize::from(*byte)]);
    let mut at = 0;
    while at < bytes.len() {
        let first = class(at);
        if first == 0 {
            at += 1;
            continue;
        }
        let (mut end, mut seen, mut next) = (at, 0, first);
        while next & (LOWER | UPPER | DIGIT) != 0 {
            seen |= next;
            end += 1;
            next = class(end);
        }
        if next == BEYOND || bytes.get(end) == Some(&b'\'') {
            at = cut_one(text, at, table, &mut buffer, words);
            continue;
        }
        let case = match seen {
            LOWER => Case::Lower,
            DIGIT => Case::Digits,
            _ => case_of(text.get(at..end).unwrap_or_default()),
        };
        let id = if end - at <= SHORT_BYTES {
            let key = lower(bytes_at(bytes, at, end));
            let folded = key.to_le_bytes();
            table.intern_short(key, || folded.get(..end - at).and_then(|word| std::str::from_utf8(word).ok()).unwrap_or_default())
        } else {
            buffer.clear();
            buffer.push_str(text.get(at..end.min(at + MAX_WORD_BYTES)).unwrap_or_default());
            buffer.make_ascii_lowercase();
            table.intern(&buffer)
        };
        words.push(word(at, end, id, case));
        at = end;
    }
    table.buffer = buffer;
}

/// Bytes `from..to` of ASCII letters and digits, at most 16, the first in the lowest place.
fn bytes_at(bytes: &[u8], from: usize, to: usize) -> u128 {
    match bytes.get(from..).and_then(|rest| rest.first_chunk::<SHORT_BYTES>()) {
        Some(chunk) => u128::from_le_bytes(*chunk) & (u128::MAX >> (8 * (SHORT_BYTES - (to - from)))),
        None => bytes.get(from..to).and_then(packed).unwrap_or_default(),
    }
}

/// Lower case, for ASCII letters, digits and zeros: upper-case letters alone have the sixth bit set and the fifth clear.
fn lower(word: u128) -> u128 {
    const FIFTH: u128 = u128::from_le_bytes([0x20; SHORT_BYTES]);
    word | (word >> 1 & !word & FIFTH)
}

fn case_of(word: &str) -> Case {
    let mut letters = Letters::default();
    word.chars().for_each(|c| letters.see(c));
    letters.case()
}

/// Cuts one word, emoji or character between words, whatever its script; gives where the next begins.
fn cut_one(text: &str, start: usize, table: &mut WordTable, buffer: &mut String, words: &mut Vec<Word>) -> usize {
    let mut chars = text.get(start..).unwrap_or_default().char_indices().map(|(at, c)| (start + at, c)).peekable();
    let Some((_, first)) = chars.next() else { return text.len() };
    let mut end = start + first.len_utf8();
    buffer.clear();
    if is_emoji(first) {
        buffer.push(first);
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
        words.push(word(start, end, table.intern(buffer), Case::Emoji));
        return end;
    }
    if !first.is_alphanumeric() {
        return end;
    }
    let mut shape = Letters::default();
    let mut next = Some((start, first));
    while let Some((at, c)) = next {
        shape.see(c);
        fold(c, buffer);
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
    end
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
    use proptest::prelude::*;

    /// Every word by the way that takes any script.
    fn cut_slowly(text: &str, table: &mut WordTable) -> Vec<Word> {
        let (mut words, mut buffer, mut at) = (Vec::new(), String::new(), 0);
        while at < text.len() {
            at = cut_one(text, at, table, &mut buffer, &mut words);
        }
        words
    }

    proptest! {
        #[test]
        fn ascii_is_cut_as_any_script_is(text in "([a-zA-Z0-9'’ .,-]|[a-z]{1,20}|[A-Z][a-z]{2,9}|é|ß|❤️|\\PC){0,60}") {
            let (mut fast, mut slow, mut words) = (WordTable::default(), WordTable::default(), Vec::new());
            cut(&text, &mut fast, &mut words);
            let expected = cut_slowly(&text, &mut slow);
            prop_assert_eq!(&words, &expected);
            for word in &words {
                prop_assert_eq!(fast.folded(word.id), slow.folded(word.id));
            }
        }
    }

    #[test]
    fn a_very_long_word_keeps_its_beginning_in_the_table() {
        for letter in ["A", "é"] {
            let (mut table, mut words) = (WordTable::default(), Vec::new());
            cut(&letter.repeat(1_000), &mut table, &mut words);
            assert_eq!(table.folded(words[0].id).len(), MAX_WORD_BYTES);
            assert_eq!(words[0].end_byte as usize, 1_000 * letter.len());
        }
    }

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
