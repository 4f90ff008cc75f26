//! Which words is a verbatim found by?
//!
//! Words are cut as everywhere in the program. Each is kept twice: as written (lower case, without accents: what quotes, prefixes and fuzzy
//! words are matched with) and stemmed by the Snowball rules of its language, accents taken off after that. Both are kept by the word's
//! number, so that a distinct word is stemmed once.

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization as _;

use crate::text::{Word, WordTable};

/// Words longer than this are cut: nobody types them, and the index takes none over 64 KiB.
const MAX_CHARS: usize = 64;

/// Cuts texts into words and keeps what each becomes.
#[derive(Default)]
pub(super) struct Words {
    table: WordTable,
    words: Vec<Word>,
    generation: u32,
    kept: Vec<Option<Kept>>,
}

#[derive(Clone)]
struct Kept {
    plain: Box<str>,
    /// By stemmer; a word is rarely met in more than one or two languages.
    stems: Vec<(usize, Box<str>)>,
}

impl Words {
    /// Cuts a text; `take` gets each word with its place, its form as written, and its stem (none: a language without a stemmer).
    pub(super) fn each(&mut self, text: &str, language: &str, mut take: impl FnMut(Word, &str, Option<&str>)) {
        crate::text::cut_words(text, &mut self.table, &mut self.words);
        if self.table.generation() != self.generation {
            self.generation = self.table.generation();
            self.kept.clear();
        }
        self.kept.resize(self.table.len(), None);
        let stemmer = stemmer(language);
        for word in &self.words {
            let folded = self.table.folded(word.id);
            let kept = self.kept[word.id.index()].get_or_insert_with(|| Kept { plain: plain(folded).into(), stems: Vec::new() });
            let Some(idx) = stemmer else {
                take(*word, &kept.plain, None);
                continue;
            };
            if !kept.stems.iter().any(|(known, _)| *known == idx) {
                kept.stems.push((idx, stem(idx, folded).into()));
            }
            let stem = kept.stems.iter().find(|(known, _)| *known == idx).map(|(_, stem)| &**stem);
            take(*word, &kept.plain, stem);
        }
    }

    /// The words of a short text as written.
    pub(super) fn plain(&mut self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        self.each(text, "", |_, plain, _| words.push(plain.to_owned()));
        words
    }
}

/// What a word may be stemmed to in one of these languages; each stem once, in order.
pub(super) fn stems<'a>(folded: &str, languages: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut stems: Vec<String> = languages.filter_map(|language| Some(stem(stemmer(language)?, folded))).collect();
    stems.sort();
    stems.dedup();
    stems
}

/// Lower case without accents, not too long: `Crédit` and `credit` are one.
pub(super) fn plain(folded: &str) -> String {
    let cut = folded.chars().take(MAX_CHARS);
    if folded.is_ascii() {
        return cut.collect();
    }
    // Marks are taken off Latin, Greek and Cyrillic only: in other scripts they are vowels.
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let bare: String = cut.nfd().filter(|c| !is_accent(c)).nfc().collect();
    if bare.is_empty() { folded.chars().take(MAX_CHARS).collect() } else { bare }
}

fn stem(idx: usize, folded: &str) -> String {
    if folded.chars().count() > MAX_CHARS {
        return plain(folded);
    }
    let stemmed = Stemmer::new(STEMMERS[idx].1).stem(folded).into_owned();
    plain(if stemmed.is_empty() { folded } else { &stemmed })
}

fn stemmer(language: &str) -> Option<usize> {
    // A text too short for its language to be told is most often of the language that most texts are of.
    let language = if language == "und" { "en" } else { language };
    STEMMERS.iter().position(|(code, _)| *code == language)
}

const STEMMERS: [(&str, Algorithm); 19] = [
    ("ar", Algorithm::Arabic),
    ("da", Algorithm::Danish),
    ("de", Algorithm::German),
    ("el", Algorithm::Greek),
    ("en", Algorithm::English),
    ("es", Algorithm::Spanish),
    ("fi", Algorithm::Finnish),
    ("fr", Algorithm::French),
    ("hu", Algorithm::Hungarian),
    ("it", Algorithm::Italian),
    ("nb", Algorithm::Norwegian),
    ("nl", Algorithm::Dutch),
    ("no", Algorithm::Norwegian),
    ("pt", Algorithm::Portuguese),
    ("ro", Algorithm::Romanian),
    ("ru", Algorithm::Russian),
    ("sv", Algorithm::Swedish),
    ("ta", Algorithm::Tamil),
    ("tr", Algorithm::Turkish),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_kept_as_written_and_stemmed() {
        let check = |text: &str, language: &str, expected: &[(&str, &str)]| {
            let mut found = Vec::new();
            Words::default().each(text, language, |_, plain, stem| found.push((plain.to_owned(), stem.unwrap_or_default().to_owned())));
            let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("Refunds REFUNDED", "en", &[("refunds", "refund"), ("refunded", "refund")]);
        check("Crédits", "fr", &[("credits", "credit")]);
        check("返金", "zh", &[("返金", "")]);
        check("क्या", "hi", &[("क्या", "")]);
        check("refunds", "und", &[("refunds", "refund")]);
        let long = "x".repeat(1 << 20);
        check(&long, "en", &[("x".repeat(MAX_CHARS).as_str(), "x".repeat(MAX_CHARS).as_str())]);
    }
}
