//! Which terms are there, in each language?
//!
//! Lexicon files are layered in order and compiled once into one trie over whole words for each language (module `trie`). Words that
//! occur in any term have a number of their own; what a worker keeps of a word of a text is that number and what it is good for.

use std::collections::{BTreeMap, HashMap};

use crate::lexicon::{self, Entry, LexiconFile, Meaning};
use crate::{Error, Result};

use super::trie::{Class, DETERMINER, Language, NUMBER, UNKNOWN};
use super::vader::Vader;

/// The lexicons shipped with the program, in the order of their layers.
const SHIPPED: &[(&str, &str)] = &[
    ("lexicons/sentiment/emoji.tsv", include_str!("../../../lexicons/sentiment/emoji.tsv")),
    ("lexicons/sentiment/en.base.tsv", include_str!("../../../lexicons/sentiment/en.base.tsv")),
    ("lexicons/sentiment/en.rules.tsv", include_str!("../../../lexicons/sentiment/en.rules.tsv")),
    ("lexicons/sentiment/en.words.tsv", include_str!("../../../lexicons/sentiment/en.words.tsv")),
    ("lexicons/sentiment/en.service.tsv", include_str!("../../../lexicons/sentiment/en.service.tsv")),
    ("lexicons/sentiment/en.spelling.tsv", include_str!("../../../lexicons/sentiment/en.spelling.tsv")),
    ("lexicons/sentiment/es.tsv", include_str!("../../../lexicons/sentiment/es.tsv")),
    ("lexicons/sentiment/fr.tsv", include_str!("../../../lexicons/sentiment/fr.tsv")),
    ("lexicons/sentiment/de.tsv", include_str!("../../../lexicons/sentiment/de.tsv")),
    ("lexicons/sentiment/pt.tsv", include_str!("../../../lexicons/sentiment/pt.tsv")),
    ("lexicons/sentiment/it.tsv", include_str!("../../../lexicons/sentiment/it.tsv")),
    ("lexicons/sentiment/nl.tsv", include_str!("../../../lexicons/sentiment/nl.tsv")),
    ("lexicons/emotion/en.tsv", include_str!("../../../lexicons/emotion/en.tsv")),
];

/// Compiled lexicons of all languages; immutable, shared by all workers.
#[derive(Debug)]
pub struct Lexicons {
    words: HashMap<String, u32>,
    /// In the order of their codes.
    pub(super) languages: Vec<(String, Language)>,
    terms: Vec<Term>,
    files: Vec<String>,
    layers: Vec<String>,
    fingerprint: String,
    default_language: String,
    vader: Vader,
}

/// A term as it was written, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term {
    pub meaning: Meaning,
    /// Index of its file.
    pub file: u16,
    pub line: u32,
}

impl Lexicons {
    /// The lexicons shipped with the program; an undecided text is read as English.
    pub fn shipped() -> Result<Self> {
        Self::with(&[], "en")
    }

    /// The files of the lexicons that come with the program, in the order of their layers: name and text.
    pub fn shipped_files() -> &'static [(&'static str, &'static str)] {
        SHIPPED
    }

    /// The shipped lexicons with `extra` files (name, text) as later layers, which win. An undecided text is read as
    /// `default_language`. Fails with [`Error::Lexicon`], which names file and line, when a file cannot be used.
    pub fn with(extra: &[(String, String)], default_language: &str) -> Result<Self> {
        let extra = extra.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let texts: Vec<(&str, &str)> = SHIPPED.iter().copied().chain(extra).collect();
        let mut files = Vec::new();
        for (name, text) in &texts {
            files.push(LexiconFile::read(name, text)?);
        }
        let mut lexicons = Self {
            words: HashMap::from([("#".to_owned(), NUMBER), ("%".to_owned(), DETERMINER)]),
            languages: Vec::new(),
            terms: Vec::new(),
            files: files.iter().map(|file| file.name.clone()).collect(),
            layers: files.iter().map(|file| file.layer.clone()).collect(),
            fingerprint: lexicon::fingerprint(texts.iter().copied()),
            default_language: default_language.to_owned(),
            vader: Vader::compile(),
        };
        let mut codes: Vec<&str> = files.iter().map(|file| file.language.as_str()).filter(|code| *code != "*").collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let language = lexicons.compile(&files, code)?;
            lexicons.languages.push((code.to_owned(), language));
        }
        Ok(lexicons)
    }

    /// Names what the lexicons say: equal for equal files in equal order.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    pub(super) fn vader(&self) -> &Vader {
        &self.vader
    }

    /// The number of the lexicon of a language, if there is one; `und` has that of the default language.
    pub(super) fn language(&self, code: &str) -> Option<usize> {
        let wanted = if code == "und" { self.default_language.as_str() } else { code };
        self.languages.iter().position(|(code, _)| code == wanted)
    }

    pub(super) fn term(&self, index: u32) -> &Term {
        &self.terms[index as usize]
    }

    /// Name and layer of a term's file.
    pub(super) fn file(&self, term: &Term) -> (&str, &str) {
        (&self.files[term.file as usize], &self.layers[term.file as usize])
    }

    /// The number of a folded word, or [`UNKNOWN`].
    pub(super) fn word(&self, folded: &str) -> u32 {
        self.words.get(folded).copied().unwrap_or(UNKNOWN)
    }

    /// The stand-in for a number written in digits.
    pub(super) fn digits(&self) -> u32 {
        NUMBER
    }

    fn number(&mut self, word: &str) -> u32 {
        let next = self.words.len() as u32;
        *self.words.entry(word.to_owned()).or_insert(next)
    }

    fn compile(&mut self, files: &[LexiconFile], code: &str) -> Result<Language> {
        let mut paths: BTreeMap<Vec<u32>, [u32; 3]> = BTreeMap::new();
        let mut classes: BTreeMap<u32, Class> = BTreeMap::new();
        for (index, file) in files.iter().enumerate().filter(|(_, file)| file.language == code || file.language == "*") {
            for entry in &file.entries {
                let path: Vec<u32> = entry.words.iter().map(|word| self.number(word)).collect();
                match (entry.meaning, path.as_slice()) {
                    (Meaning::Number, [word]) => _ = classes.insert(*word, Class::Number),
                    (Meaning::Determiner, [word]) => _ = classes.insert(*word, Class::Determiner),
                    _ => {
                        let meaning = self.meaning(file, entry, &paths)?;
                        let term = Term { meaning, file: index as u16, line: entry.line };
                        self.terms.push(term);
                        let end = paths.entry(path).or_default();
                        let slot = match meaning {
                            Meaning::Emotion(..) => 1,
                            Meaning::Effort => 2,
                            _ => 0,
                        };
                        end[slot] = self.terms.len() as u32;
                    }
                }
            }
        }
        let is_cue = |term: u32| matches!(self.terms[term as usize].meaning, Meaning::Negator(_) | Meaning::Stop | Meaning::Contrast);
        let mut language = Language::build(&paths, &classes, self.words.len(), is_cue);
        language.cancels = matches!(code, "en" | "de" | "nl");
        Ok(language)
    }

    fn meaning(&mut self, file: &LexiconFile, entry: &Entry, paths: &BTreeMap<Vec<u32>, [u32; 3]>) -> Result<Meaning> {
        let Some(word) = &entry.spelling_of else { return Ok(entry.meaning) };
        let number = self.number(word);
        let term = paths.get([number].as_slice()).and_then(|[sentiment, ..]| sentiment.checked_sub(1));
        term.map(|term| self.terms[term as usize].meaning).ok_or_else(|| Error::Lexicon {
            place: format!("{}:{}", file.name, entry.line),
            what: format!("`{word}` is in no lexicon before this one"),
            hint: Some("a misspelling is one of a word that has a meaning".to_owned()),
        })
    }
}
