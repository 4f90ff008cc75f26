//! Which tokens does classic VADER see in a text?
//!
//! Those that Python sees: `str.split`, then `strip(string.punctuation)` unless two or fewer characters would be left. Emoji
//! are replaced by their names first, one code point at a time.

use crate::text::{Gap, Verbatim};

use super::lexicon::{Key, Lexicon, MAX_BYTES, OTHER, OTHER_NEGATED};

/// A token: the entry of its lower-case form, and whether it is in capitals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token(u16);

const UPPER: u16 = 1 << 15;

impl Token {
    fn new(entry: u16, upper: bool) -> Self {
        Self(entry | if upper { UPPER } else { 0 })
    }

    #[inline]
    pub(super) fn entry(self) -> u16 {
        self.0 & !UPPER
    }

    #[inline]
    pub(super) fn is_upper(self) -> bool {
        self.0 & UPPER != 0
    }
}

/// Memory of one worker, used again for each text.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) tokens: Vec<Token>,
    /// Positions of the tokens that have a valence.
    pub(super) items: Vec<u32>,
    /// Position of the first "but".
    pub(super) but: Option<u32>,
    pub(super) n_upper: usize,
    pub(super) n_exclamation: usize,
    pub(super) n_question: usize,
    /// Valences of `items`, and what is needed to weigh them around "but".
    pub(super) sentiments: Vec<f64>,
    /// The text with its emoji replaced.
    replaced: String,
    /// Entry by word id, for one generation of a word table.
    entry_of_word: Vec<u16>,
    generation: u32,
    lower: String,
}

impl Scratch {
    /// Reads the tokens of any text.
    pub(super) fn read(&mut self, lexicon: &Lexicon, text: &str) {
        self.clear();
        if text.is_ascii() || !has_emoji(lexicon, text) {
            self.read_plain(lexicon, text);
            return;
        }
        let mut replaced = std::mem::take(&mut self.replaced);
        replaced.clear();
        let mut after_space = true;
        for c in text.chars() {
            if let Some(words) = lexicon.emoji(c) {
                if !after_space {
                    replaced.push(' ');
                }
                replaced.push_str(words);
                after_space = false;
            } else {
                replaced.push(c);
                after_space = c == ' ';
            }
        }
        self.read_plain(lexicon, &replaced);
        self.replaced = replaced;
    }

    /// Reads the tokens of a verbatim from the words that were cut already. Most words stand between white space, or with one mark
    /// behind them, and are tokens as they are; around the others tokens are cut again, byte by byte.
    pub(super) fn read_words(&mut self, lexicon: &Lexicon, verbatim: &Verbatim<'_>) {
        let text = verbatim.text;
        if !text.is_ascii() && has_emoji(lexicon, text) {
            self.read(lexicon, text);
            return;
        }
        self.clear();
        self.learn(lexicon, verbatim);
        self.count_marks(text);
        let bytes = text.as_bytes();
        // Where the next token begins if white space ends where it seems to.
        let mut next = 0;
        for word in verbatim.words {
            let (start, end) = (word.start_byte as usize, word.end_byte as usize);
            if start != next {
                let at = self.read_until(lexicon, text, next.saturating_sub(1), start);
                if at > start {
                    next = at + 1;
                    continue; // it was part of a token that began before it
                }
            }
            let is_short = end - start <= 2;
            let token_end = match word.marks.gap() {
                Gap::Space => Some(end),
                Gap::Pause | Gap::Outcry => Some(end + 1),
                // Of longer words all marks are taken off.
                Gap::Other => end_of_marks(bytes, end).filter(|marks| *marks == end || !is_short),
            };
            match token_end.filter(|_| end - start <= MAX_BYTES && !word.marks.is_wide()) {
                Some(token_end) => {
                    // A short word keeps its mark, and no word of the data is so written.
                    let is_other = is_short && token_end > end;
                    let entry = if is_other { OTHER } else { self.entry_of_word[word.id.index()] };
                    self.tokens.push(Token::new(entry, word.marks.is_capitals()));
                    next = token_end + 1;
                }
                None => next = self.read_token(lexicon, text, start) + 1,
            }
        }
        self.read_until(lexicon, text, next.saturating_sub(1), bytes.len());
        self.count(lexicon);
    }

    fn clear(&mut self) {
        self.tokens.clear();
    }

    fn count_marks(&mut self, text: &str) {
        (self.n_exclamation, self.n_question) = (0, 0);
        for at in memchr::memchr2_iter(b'!', b'?', text.as_bytes()) {
            if text.as_bytes()[at] == b'!' { self.n_exclamation += 1 } else { self.n_question += 1 }
        }
    }

    fn learn(&mut self, lexicon: &Lexicon, verbatim: &Verbatim<'_>) {
        if self.generation != verbatim.table.generation() {
            self.generation = verbatim.table.generation();
            self.entry_of_word.clear();
        }
        for id in self.entry_of_word.len()..verbatim.table.len() {
            let folded = verbatim.table.folded(crate::text::WordId(id as u32));
            let entry = if folded.is_ascii() { classify(lexicon, folded.as_bytes(), 0, folded.len()).entry() } else { OTHER };
            self.entry_of_word.push(entry);
        }
    }

    /// Reads what stands before `until`: returns where the next token begins, or the end of one that goes beyond it.
    fn read_until(&mut self, lexicon: &Lexicon, text: &str, mut at: usize, until: usize) -> usize {
        let bytes = text.as_bytes();
        while at < until {
            match space_at(bytes, at) {
                0 => at = self.read_token(lexicon, text, at),
                n_bytes => at += n_bytes,
            }
        }
        at
    }

    /// Reads the token that begins at `at`: returns its end.
    fn read_token(&mut self, lexicon: &Lexicon, text: &str, start: usize) -> usize {
        let bytes = text.as_bytes();
        let (mut at, mut ascii) = (start, true);
        while at < bytes.len() && space_at(bytes, at) == 0 {
            ascii &= bytes[at].is_ascii();
            at += 1;
        }
        let token = if ascii { strip(lexicon, bytes, start, at) } else { self.wide_token(lexicon, text, start, at) };
        self.tokens.push(token);
        at
    }

    fn read_plain(&mut self, lexicon: &Lexicon, text: &str) {
        self.count_marks(text);
        self.read_until(lexicon, text, 0, text.len());
        self.count(lexicon);
    }

    /// Finds what matters among the tokens, without a branch: where the next word with a valence comes is hard to guess.
    fn count(&mut self, lexicon: &Lexicon) {
        self.items.clear();
        self.items.resize(self.tokens.len(), 0);
        let (mut n_items, mut n_upper, mut first_but) = (0, 0, u32::MAX);
        for (at, token) in (0_u32..).zip(&self.tokens) {
            self.items[n_items] = at;
            n_items += usize::from(lexicon.in_lexicon(token.entry()));
            n_upper += usize::from(token.is_upper());
            first_but = first_but.min(if token.entry() == lexicon.named.but { at } else { u32::MAX });
        }
        self.items.truncate(n_items);
        self.n_upper = n_upper;
        self.but = (first_but != u32::MAX).then_some(first_but);
    }

    /// A token with characters beyond ASCII: rare, so it goes the long way.
    fn wide_token(&mut self, lexicon: &Lexicon, text: &str, start: usize, end: usize) -> Token {
        let token = text.get(start..end).expect("white space is whole characters");
        let stripped = token.trim_matches(|c: char| c.is_ascii_punctuation());
        let word = if stripped.chars().nth(2).is_none() { token } else { stripped };
        self.lower.clear();
        self.lower.extend(word.chars().flat_map(char::to_lowercase));
        let entry = match self.lower.is_ascii() {
            true => classify(lexicon, self.lower.as_bytes(), 0, self.lower.len()).entry(),
            false if self.lower.contains("n't") => OTHER_NEGATED,
            false => OTHER,
        };
        Token::new(entry, is_upper_text(word))
    }
}

/// The end of the marks that follow a word; none when something else follows them than white space of ASCII or the end.
fn end_of_marks(bytes: &[u8], from: usize) -> Option<usize> {
    let n_marks = bytes.get(from..)?.iter().take_while(|b| b.is_ascii_punctuation()).count();
    bytes.get(from + n_marks).is_none_or(|b| is_space(*b)).then_some(from + n_marks)
}

/// `str.isspace` for ASCII.
#[inline]
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | 9..=13 | 28..=31)
}

/// Whether the data knows a character of a text.
fn has_emoji(lexicon: &Lexicon, text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii() && lexicon.emoji(c).is_some())
}

/// How many bytes the white space at `at` has; 0 when there is none.
#[inline]
fn space_at(bytes: &[u8], at: usize) -> usize {
    if bytes[at].is_ascii() { usize::from(is_space(bytes[at])) } else { wide_space(bytes, at) }
}

/// How many bytes the white-space character at `at` has that is not ASCII; 0 when it is none.
fn wide_space(bytes: &[u8], at: usize) -> usize {
    match (bytes[at], bytes.get(at + 1), bytes.get(at + 2)) {
        (0xc2, Some(0x85 | 0xa0), _) => 2,
        (0xe1, Some(0x9a), Some(0x80)) | (0xe3, Some(0x80), Some(0x80)) => 3,
        (0xe2, Some(0x80), Some(0x80..=0x8a | 0xa8 | 0xa9 | 0xaf)) | (0xe2, Some(0x81), Some(0x9f)) => 3,
        _ => 0,
    }
}

/// A token of ASCII characters without the punctuation around it, if more than two characters are left.
fn strip(lexicon: &Lexicon, bytes: &[u8], start: usize, end: usize) -> Token {
    let (mut from, mut to) = (start, end);
    while from < to && bytes[from].is_ascii_punctuation() {
        from += 1;
    }
    while to > from && bytes[to - 1].is_ascii_punctuation() {
        to -= 1;
    }
    if to - from <= 2 { classify(lexicon, bytes, start, end) } else { classify(lexicon, bytes, from, to) }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte that lies in `first..=last`; all bytes are ASCII.
#[inline]
fn between(word: u64, first: u8, last: u8) -> u64 {
    (word + ONES * u64::from(0x80 - first)) & !(word + ONES * u64::from(0x7f - last)) & HIGHS
}

/// Looks up `bytes[from..to]`, all ASCII.
#[inline]
fn classify(lexicon: &Lexicon, bytes: &[u8], from: usize, to: usize) -> Token {
    let length = to - from;
    if length > MAX_BYTES {
        return classify_long(&bytes[from..to]);
    }
    let mut key: Key = [0; 3];
    let (mut upper, mut lower, mut apostrophe) = (0, 0, 0);
    for (i, packed) in key.iter_mut().enumerate().take(length.div_ceil(8)) {
        let n_bytes = (length - i * 8).min(8);
        let word = load(bytes, from + i * 8, n_bytes);
        let is_upper = between(word, b'A', b'Z');
        upper |= is_upper;
        lower |= between(word, b'a', b'z');
        apostrophe |= between(word, b'\'', b'\'');
        *packed = word | is_upper >> 2;
    }
    let mut entry = lexicon.find(&key);
    if entry == OTHER && apostrophe != 0 && has_not(&bytes[from..to]) {
        entry = OTHER_NEGATED;
    }
    Token::new(entry, upper != 0 && lower == 0)
}

#[inline]
fn load(bytes: &[u8], from: usize, n_bytes: usize) -> u64 {
    if let Some(chunk) = bytes.get(from..from + 8) {
        let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        // What lies behind the token may be of any kind; only its own bytes are kept.
        return word & u64::MAX >> (64 - 8 * n_bytes);
    }
    bytes[from..from + n_bytes].iter().rev().fold(0, |word, b| word << 8 | u64::from(*b))
}

fn classify_long(bytes: &[u8]) -> Token {
    let upper = bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase);
    Token::new(if has_not(bytes) { OTHER_NEGATED } else { OTHER }, upper)
}

fn has_not(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|w| w.eq_ignore_ascii_case(b"n't"))
}

/// `str.isupper`: a cased character, and none that is lower or title case.
fn is_upper_text(text: &str) -> bool {
    let mut cased = false;
    for c in text.chars() {
        if c.is_lowercase() || is_title(c) {
            return false;
        }
        cased |= c.is_uppercase();
    }
    cased
}

/// General category Lt.
fn is_title(c: char) -> bool {
    matches!(c, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | '\u{1f88}'..='\u{1f8f}' | '\u{1f98}'..='\u{1f9f}' | '\u{1fa8}'..='\u{1faf}' | 'ᾼ' | 'ῌ' | 'ῼ')
}
