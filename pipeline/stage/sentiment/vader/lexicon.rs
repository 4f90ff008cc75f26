//! What does classic VADER know of a token?
//!
//! Words with a valence, words that boost or negate and words of idioms share one table; a token is found by its lower-case
//! bytes packed into three machine words.

use std::collections::BTreeMap;
use std::ops::Range;

const VALENCES: &str = include_str!("../../../../lexicons/vader/valences.tsv");
const EMOJI: &str = include_str!("../../../../lexicons/vader/emoji.tsv");
const WORDS: &str = include_str!("../../../../lexicons/vader/words.tsv");

/// The rows of a data file: fields between tabs, header lines left out. No term begins with "# ".
pub(super) fn rows(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    file.lines().filter(|line| !line.starts_with("# ") && !line.is_empty()).map(|line| {
        let mut fields = line.split('\t');
        let mut field = || fields.next().unwrap_or("");
        (field(), field(), field())
    })
}

/// Rows of valences, emoji and words, for the literal port of the tests.
#[cfg(test)]
pub(super) const FILES: [&str; 3] = [VALENCES, EMOJI, WORDS];

/// What is known of one word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub valence: f64,
    pub boost: f64,
    pub in_lexicon: bool,
    pub is_booster: bool,
    pub negates: bool,
    /// Opens an idiom or a booster of several words.
    pub opens_phrase: bool,
    /// Is the second word of one.
    pub goes_on: bool,
}

/// Entries of words that rules name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Named {
    pub no: u16,
    pub or: u16,
    pub nor: u16,
    pub never: u16,
    pub so: u16,
    pub this: u16,
    pub without: u16,
    pub doubt: u16,
    pub least: u16,
    pub at: u16,
    pub very: u16,
    pub but: u16,
    pub kind: u16,
    pub of: u16,
}

/// Words in order, and the value that they have together.
pub(super) type Phrase = (Vec<u16>, f64);

/// A token that is in no list.
pub(super) const OTHER: u16 = 0;
/// A token that is in no list and holds "n't".
pub(super) const OTHER_NEGATED: u16 = 1;
/// No word of the data is longer; checked when it is compiled.
pub(super) const MAX_BYTES: usize = 24;

/// Lower-case bytes, padded with zeros, read as little-endian numbers.
pub(super) type Key = [u64; 3];

#[derive(Debug)]
pub(super) struct Lexicon {
    entries: Vec<Entry>,
    keys: Vec<Key>,
    slots: Vec<u16>,
    bitmap: Vec<u64>,
    pub named: Named,
    /// Numbers of the words that open a phrase.
    openers: Range<u16>,
    /// Numbers of the words with a valence.
    rated: Range<u16>,
    /// Idioms; their valence replaces that of the word.
    pub idioms: Vec<Phrase>,
    /// Boosters of two words.
    pub boosters: Vec<Phrase>,
    emoji: Vec<(char, &'static str)>,
    emoji_bitmap: Vec<u64>,
}

const SLOT_BITS: u32 = 15;

impl Lexicon {
    pub(super) fn compile() -> Self {
        let mut words: BTreeMap<&str, Entry> = BTreeMap::new();
        for (term, valence, _) in rows(VALENCES) {
            let entry = words.entry(term).or_default();
            (entry.valence, entry.in_lexicon) = (number(valence), true);
        }
        let (mut idioms, mut boosters) = (Vec::new(), Vec::new());
        for (term, role, value) in rows(WORDS) {
            let value = number(value);
            if term.contains(' ') {
                for (i, word) in term.split(' ').enumerate() {
                    let entry = words.entry(word).or_default();
                    entry.opens_phrase |= i == 0;
                    entry.goes_on |= i == 1;
                }
                if role == "boost" {
                    boosters.push((term, value))
                } else {
                    idioms.push((term, value))
                }
                continue;
            }
            match role {
                "negate" => words.entry(term).or_default().negates = true,
                "boost" => {
                    let entry = words.entry(term).or_default();
                    (entry.boost, entry.is_booster) = (value, true);
                }
                // An idiom of one word is never met: the reference joins two or three words before it looks.
                _ => {}
            }
        }
        for word in ["no", "or", "nor", "never", "so", "this", "without", "doubt", "least", "at", "very", "but", "kind", "of"] {
            words.entry(word).or_default();
        }
        Self::index(&words, &idioms, &boosters)
    }

    fn index(words: &BTreeMap<&str, Entry>, idioms: &[(&str, f64)], boosters: &[(&str, f64)]) -> Self {
        let mut lexicon = Self {
            entries: vec![Entry::default(), Entry { negates: true, ..Entry::default() }],
            keys: vec![[0; 3]; 2],
            slots: vec![OTHER; 1 << SLOT_BITS],
            bitmap: vec![0; 1 << 10],
            named: Named::default(),
            openers: 0..0,
            rated: 0..0,
            idioms: Vec::new(),
            boosters: Vec::new(),
            emoji: Vec::new(),
            emoji_bitmap: Vec::new(),
        };
        // Words that open a phrase come first and words with a valence lie together, so that both are told by number alone.
        for (opens, rated) in [(true, false), (true, true), (false, true), (false, false)] {
            let end = lexicon.entries.len() as u16;
            match (opens, rated) {
                (true, true) => lexicon.rated.start = end,
                (false, true) => lexicon.openers = OTHER_NEGATED + 1..end,
                (false, false) => lexicon.rated.end = end,
                (true, false) => {}
            }
            for (word, entry) in words.iter().filter(|(_, entry)| entry.opens_phrase == opens && entry.in_lexicon == rated) {
                let negates = entry.negates || word.contains("n't");
                lexicon.insert(word, Entry { negates, ..*entry });
            }
        }
        let find = |word: &str| lexicon.find(&key(word.as_bytes()));
        lexicon.named = Named {
            no: find("no"),
            or: find("or"),
            nor: find("nor"),
            never: find("never"),
            so: find("so"),
            this: find("this"),
            without: find("without"),
            doubt: find("doubt"),
            least: find("least"),
            at: find("at"),
            very: find("very"),
            but: find("but"),
            kind: find("kind"),
            of: find("of"),
        };
        let phrases = |list: &[(&str, f64)]| -> Vec<Phrase> {
            list.iter().map(|(term, value)| (term.split(' ').map(|w| lexicon.find(&key(w.as_bytes()))).collect(), *value)).collect()
        };
        (lexicon.idioms, lexicon.boosters) = (phrases(idioms), phrases(boosters));
        for (emoji, words, _) in rows(EMOJI) {
            lexicon.insert_emoji(emoji.chars().next().expect("a row of emoji.tsv begins with one"), words);
        }
        lexicon.emoji.sort_unstable_by_key(|(c, _)| *c);
        lexicon
    }

    fn insert(&mut self, word: &str, entry: Entry) {
        assert!(word.len() <= MAX_BYTES || !word.is_ascii(), "words of classic VADER have at most {MAX_BYTES} bytes");
        if !word.is_ascii() {
            return; // none in 3.3.2: its two terms with "Þ" are upper case, which is never looked up
        }
        let key = key(word.as_bytes());
        let id = u16::try_from(self.entries.len()).expect("fewer than 2^15 words");
        assert!(id < 1 << 15, "ids leave one bit for upper case");
        self.entries.push(entry);
        self.keys.push(key);
        let hash = hash(&key);
        self.bitmap[bitmap_word(hash)] |= 1 << (hash & 63);
        let mut slot = slot(hash);
        while self.slots[slot] != OTHER {
            slot = (slot + 1) & (self.slots.len() - 1);
        }
        self.slots[slot] = id;
    }

    fn insert_emoji(&mut self, emoji: char, words: &'static str) {
        let at = emoji as usize / 64;
        if self.emoji_bitmap.len() <= at {
            self.emoji_bitmap.resize(at + 1, 0);
        }
        self.emoji_bitmap[at] |= 1 << (emoji as u32 % 64);
        self.emoji.push((emoji, words));
    }

    /// The entry of a lower-case token, or [`OTHER`].
    #[inline]
    pub(super) fn find(&self, key: &Key) -> u16 {
        let hash = hash(key);
        if self.bitmap[bitmap_word(hash)] & 1 << (hash & 63) == 0 {
            return OTHER;
        }
        let mut slot = slot(hash);
        loop {
            let id = self.slots[slot];
            if id == OTHER || self.keys[id as usize] == *key {
                return id;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    #[inline]
    pub(super) fn entry(&self, id: u16) -> &Entry {
        &self.entries[id as usize]
    }

    #[inline]
    pub(super) fn opens_phrase(&self, id: u16) -> bool {
        self.openers.contains(&id)
    }

    #[inline]
    pub(super) fn in_lexicon(&self, id: u16) -> bool {
        self.rated.contains(&id)
    }

    /// The words that replace a character, if it is an emoji that the data knows.
    pub(super) fn emoji(&self, c: char) -> Option<&'static str> {
        let bits = self.emoji_bitmap.get(c as usize / 64)?;
        if bits & 1 << (c as u32 % 64) == 0 {
            return None;
        }
        let at = self.emoji.binary_search_by_key(&c, |(emoji, _)| *emoji).ok()?;
        Some(self.emoji[at].1)
    }
}

fn number(field: &str) -> f64 {
    field.parse().expect("make.py writes numbers")
}

/// Packs at most [`MAX_BYTES`] bytes.
pub(super) fn key(bytes: &[u8]) -> Key {
    let mut padded = [0_u8; MAX_BYTES];
    padded[..bytes.len()].copy_from_slice(bytes);
    let mut key = [0; 3];
    for (word, chunk) in key.iter_mut().zip(padded.chunks_exact(8)) {
        *word = u64::from_le_bytes(chunk.try_into().expect("chunks of eight"));
    }
    key
}

#[inline]
fn hash(key: &Key) -> u64 {
    let mixed = key[0] ^ key[1].rotate_left(23) ^ key[2].rotate_left(47);
    let wide = u128::from(mixed ^ 0x2d35_8dcc_aa6c_78a5) * 0x9e37_79b9_7f4a_7c15_u128;
    (wide >> 64) as u64 ^ wide as u64
}

#[inline]
fn slot(hash: u64) -> usize {
    (hash >> (64 - SLOT_BITS)) as usize
}

#[inline]
fn bitmap_word(hash: u64) -> usize {
    (hash >> 6) as usize & 0x3ff
}
