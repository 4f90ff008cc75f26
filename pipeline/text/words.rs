//! Which words does a text have, and which distinct word is each?
//!
//! One pass over the text, 64 bytes at a time: which of them are of words is one number, whose runs of ones are the words. A word of
//! ASCII is folded inside a register and looked up once in the table of its worker; others go character by character. Ids are
//! only names inside one worker: nothing that is written depends on them.

use super::blocks::{self, Block};
use super::clauses::Kind;
use super::marks::{Gap, Marks};
use super::table::{SHORT_BYTES, WordTable, halves};

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
    /// What stands around it.
    pub(crate) marks: Marks,
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
    let bytes = text.as_bytes();
    let (mut base, mut padded, mut gap_before) = (0, [0; blocks::BYTES], Gap::Space as u8);
    let mut short = Short { keys: [[0; 2]; blocks::STEP / 2], guesses: [0; blocks::STEP / 2] };
    while base < bytes.len() {
        let block = Block::at(bytes, base, &mut padded);
        let (mut rest, mut next) = (block.words(), blocks::STEP);
        while rest != 0 {
            rest = short.cut(&block, rest, base, table, words, &mut gap_before);
            if rest == 0 {
                break;
            }
            let start = rest.trailing_zeros() as usize;
            if start > 0 && block.is_cut_off(start) {
                next = start;
                break;
            }
            let behind = cut_one(text, base + start, table, &mut buffer, words, &mut gap_before) - base;
            if behind >= blocks::STEP {
                next = behind;
                break;
            }
            rest = rest >> behind << behind;
        }
        base += next;
    }
    table.buffer = buffer;
}

/// The words of a block while they are looked up: first all are cut, then all are found, so that no look-up waits for another.
struct Short {
    keys: [[u64; 2]; blocks::STEP / 2],
    /// What stands in the table where each is looked for first.
    guesses: [u32; blocks::STEP / 2],
}

impl Short {
    /// Cuts the words of ASCII and at most 16 bytes that come first among the places `rest`; gives the places that are left.
    #[inline]
    fn cut(
        &mut self,
        block: &Block<'_>,
        mut rest: u64,
        base: usize,
        table: &mut WordTable,
        words: &mut Vec<Word>,
        gap_before: &mut u8,
    ) -> u64 {
        let first = words.len();
        for (key, guess) in self.keys.iter_mut().zip(&mut self.guesses) {
            if rest == 0 {
                break;
            }
            let start = rest.trailing_zeros() as usize;
            let end = start + (!(rest >> start)).trailing_zeros() as usize;
            if end > blocks::LAST_END || block.is_special(start, end) || end - start > SHORT_BYTES {
                break;
            }
            rest = rest >> end << end;
            let word = block.key(start, end);
            let folded = lower(word);
            *key = halves(folded);
            *guess = table.guess(*key);
            let (case, capitals) = case_of(word, folded);
            let gap = block.gap(end);
            let marks = Marks::new(gap, capitals, Kind::Plain, std::mem::replace(gap_before, gap));
            words.push(Word { start_byte: (base + start) as u32, end_byte: (base + end) as u32, id: WordId(0), case, marks });
        }
        for ((word, key), guess) in words.iter_mut().skip(first).zip(&self.keys).zip(&self.guesses) {
            let (id, kind) = table.find(*key, *guess);
            word.id = id;
            word.marks = word.marks.of_kind(kind);
        }
        rest
    }
}

/// The sixth bit of every byte: in ASCII it parts upper from lower case.
const CASE_BITS: u128 = u128::from_le_bytes([0x20; SHORT_BYTES]);

/// Lower case, for ASCII letters, digits, apostrophes and zeros: upper-case letters alone have the seventh bit set and the sixth clear.
#[inline]
fn lower(word: u128) -> u128 {
    word | (word >> 1 & !word & CASE_BITS)
}

/// How a word of ASCII letters, digits and apostrophes is written, and whether it has capitals and no small letter.
#[inline]
fn case_of(word: u128, folded: u128) -> (Case, bool) {
    let letters = folded >> 1 & CASE_BITS;
    let upper = word ^ folded;
    if upper == 0 {
        return (if letters == 0 { Case::Digits } else { Case::Lower }, false);
    }
    let first = letters & letters.wrapping_neg();
    let case = if upper == first {
        Case::Capitalised
    } else if upper == letters {
        Case::Upper
    } else {
        Case::Mixed
    };
    (case, upper == letters)
}

/// Cuts one word, emoji or character between words, whatever its script; gives where the next begins. The slow twin of the loop in [`cut`].
fn cut_one(text: &str, start: usize, table: &mut WordTable, buffer: &mut String, words: &mut Vec<Word>, gap_before: &mut u8) -> usize {
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
        let id = table.intern(buffer);
        words.push(Word::new(text, (start, end), (id, table.kind(id)), (Case::Emoji, false), gap_before));
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
    words.push(Word::new(text, (start, end), (id, table.kind(id)), (shape.case(), shape.is_capitals()), gap_before));
    end
}

impl Word {
    fn new(text: &str, span: (usize, usize), known: (WordId, Kind), written: (Case, bool), gap_before: &mut u8) -> Self {
        let bytes = text.as_bytes();
        let gap = Gap::bits_behind(bytes, span.1);
        let marks = Marks::new(gap, written.1, known.1, std::mem::replace(gap_before, gap));
        let is_wide = bytes.get(span.0..span.1).is_some_and(|word| !word.is_ascii());
        Self {
            start_byte: span.0 as u32,
            end_byte: span.1 as u32,
            id: known.0,
            case: written.0,
            marks: if is_wide { marks.wide() } else { marks },
        }
    }
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

    fn is_capitals(&self) -> bool {
        self.n_upper > 0 && self.n_lower == 0
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
        let (mut words, mut buffer, mut at, mut gap_before) = (Vec::new(), String::new(), 0, Gap::Space as u8);
        while at < text.len() {
            at = cut_one(text, at, table, &mut buffer, &mut words, &mut gap_before);
        }
        words
    }

    proptest! {
        #[test]
        fn ascii_is_cut_as_any_script_is(text in "([a-zA-Z0-9'’ .,!?-]|[a-z]{1,20}|[A-Z][a-z]{2,9}|[A-Z']{1,9} |[, .!?] |[a-z]{50,80}|é|ß|❤️|\\PC){0,60}") {
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
}
