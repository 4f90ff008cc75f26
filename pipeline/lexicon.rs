//! What does a lexicon file say?
//!
//! Lexicons are tab-separated text that people edit. A file begins with a header, one `# key: value` a line (`lexicon`,
//! `language`, `layer`, `source`, `licence`), then one entry a line: the term, what it is, and, where that makes sense, what it is
//! when negated. In a term, `a/b` stands for either word, `a?` for a word that may be missing, `#` for a number and `%`
//! for an article or possessive. Reading checks every line and names the first that cannot be used; layering and compiling are
//! left to the stage that uses the terms.

pub mod check;
mod pattern;

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

use xxhash_rust::xxh3::xxh3_128;

use crate::{Error, Result};

/// What a lexicon is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Valences, negators, boosters.
    Sentiment,
    /// Emotions and effort.
    Emotion,
}

/// What a term is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// It has a valence from -4 to 4; the second is its valence when negated, if that is not a matter of rule.
    Valence(f64, Option<f64>),
    /// `not`: turns what follows; `not<` also what came before ("gefällt mir nicht").
    Negator(Reach),
    /// `x1.3` or `x0.6`: raises or lowers what follows; `x1.3<` what came before ("very much").
    Booster(f64, Reach),
    /// `or`: carries a negation on to the next term.
    Or,
    /// `and`: carries a negation on to the next term if that points the same way.
    And,
    /// `maybe`: what follows is supposed or asked for, not told.
    Maybe,
    /// `stop`: a negation does not reach beyond it.
    Stop,
    /// `wish`: what follows did not happen.
    Wish,
    /// `but`: what follows weighs more than what came before.
    Contrast,
    /// `although`: what follows weighs less than the rest of the sentence.
    Concession,
    /// `both`: "not only", which negates nothing and takes the weight off a "but".
    Both,
    /// `#`: counts as a number.
    Number,
    /// `%`: counts as an article or possessive.
    Determiner,
    /// An emotion by its index in [`EMOTIONS`], and the one reported when negated.
    Emotion(u8, Option<u8>),
    /// `effort`: the respondent had to work for it.
    Effort,
}

/// Where a negator or booster looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At what follows.
    Forward,
    /// At what came before, too (a negator) or only (a booster).
    Backward,
}

/// Emotions that customers report after an experience, in the order of their indexes.
pub const EMOTIONS: [&str; 11] =
    ["pleased", "comfortable", "appreciated", "delighted", "relieved", "frustrated", "let_down", "angry", "anxious", "ignored", "confused"];

/// One term of a file, written out: alternatives and optional words are entries of their own.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Folded words; `#` and `%` stand for a number and a determiner.
    pub words: Vec<String>,
    /// What it is.
    pub meaning: Meaning,
    /// For a misspelling, the folded word that is meant; the meaning is then that word's.
    pub spelling_of: Option<String>,
    /// Line in the file, from 1.
    pub line: u32,
    /// How many sequences of words its line stands for: of two lines the one that says less at once wins.
    n_sequences: usize,
}

/// A lexicon file, read and checked.
#[derive(Clone, Debug)]
pub struct LexiconFile {
    /// Name, for messages and explanations.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// ISO 639-1 code, or `*` for every language.
    pub language: String,
    /// Name of the layer that its terms belong to; later layers win.
    pub layer: String,
    /// Its entries in order of lines.
    pub entries: Vec<Entry>,
}

impl LexiconFile {
    /// Reads a file. Fails with [`Error::Lexicon`], which names the line, on an unknown header key, a missing language, an
    /// entry that cannot be read, or a term that is given twice with different meanings by lines that stand for equally many
    /// sequences of words; else the line that stands for fewer wins.
    pub fn read(name: &str, text: &str) -> Result<Self> {
        let mut header: BTreeMap<&str, &str> = BTreeMap::new();
        let mut entries: Vec<Entry> = Vec::with_capacity(text.len() / 16);
        let mut seen: HashMap<(Vec<String>, bool), usize, RandomState> = HashMap::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, content) in (1_u32..).zip(text.lines()) {
            if let Some(comment) = content.strip_prefix('#').filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
                if let Some((key, value)) = comment.split_once(':')
                    && entries.is_empty()
                    && KEYS.contains(&key.trim())
                {
                    header.insert(key.trim(), value.trim());
                }
                continue;
            }
            if content.trim().is_empty() {
                continue;
            }
            let place = |what: String, hint: Option<String>| Error::Lexicon { place: format!("{name}:{line}"), what, hint };
            let mut fields = content.split('\t').map(str::trim);
            let (term, what, negated) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""), fields.next().unwrap_or(""));
            let purpose = purpose_of(header.get("lexicon").copied(), name)?;
            let (meaning, spelling_of) = meaning(purpose, what, negated)
                .map_err(|hint| place("the second or third field is not one that is known".to_owned(), Some(hint.to_owned())))?;
            let sequences = pattern::expand(term).map_err(|what| place(what, None))?;
            let n_sequences = sequences.len();
            for words in sequences {
                let entry = Entry { words, meaning, spelling_of: spelling_of.clone(), line, n_sequences };
                // A term may both be an emotion and tell of effort.
                let key = (entry.words.clone(), meaning == Meaning::Effort);
                match seen.get(&key).map(|at| &mut entries[*at]) {
                    None => {
                        seen.insert(key, entries.len());
                        entries.push(entry);
                    }
                    Some(first) if first.meaning == entry.meaning && first.spelling_of == entry.spelling_of => {}
                    Some(first) if first.n_sequences < n_sequences => {}
                    Some(first) if first.n_sequences > n_sequences => *first = entry,
                    Some(first) => {
                        let what = format!("`{}` was given another meaning on line {}", entry.words.join(" "), first.line);
                        return Err(place(what, Some("keep one of them; a later layer may change it".to_owned())));
                    }
                }
            }
        }
        let missing = |key: &str| Error::Lexicon {
            place: name.to_owned(),
            what: format!("the header has no `# {key}: …`"),
            hint: Some("a lexicon begins with `# lexicon: sentiment`, `# language: en` and `# layer: …`".to_owned()),
        };
        Ok(Self {
            name: name.to_owned(),
            purpose: purpose_of(header.get("lexicon").copied(), name)?,
            language: (*header.get("language").ok_or_else(|| missing("language"))?).to_owned(),
            layer: (*header.get("layer").ok_or_else(|| missing("layer"))?).to_owned(),
            entries,
        })
    }
}

/// A name for the content of files, in hexadecimal: the same for the same names and texts in the same order.
pub fn fingerprint<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut all = String::new();
    for (name, text) in files {
        all.push_str(name);
        all.push('\0');
        all.push_str(text);
        all.push('\0');
    }
    format!("{:032x}", xxh3_128(all.as_bytes()))
}

const KEYS: [&str; 6] = ["lexicon", "language", "layer", "source", "licence", "note"];

fn purpose_of(value: Option<&str>, name: &str) -> Result<Purpose> {
    match value {
        Some("sentiment") => Ok(Purpose::Sentiment),
        Some("emotion") => Ok(Purpose::Emotion),
        _ => Err(Error::Lexicon {
            place: name.to_owned(),
            what: "the header does not say what the lexicon is for".to_owned(),
            hint: Some("begin with `# lexicon: sentiment` or `# lexicon: emotion`".to_owned()),
        }),
    }
}

/// The meaning of an entry's fields, and the word that it is a spelling of; or what would be accepted.
fn meaning(purpose: Purpose, what: &str, negated: &str) -> Result<(Meaning, Option<String>), &'static str> {
    let known = match purpose {
        Purpose::Sentiment => sentiment(what, negated),
        Purpose::Emotion => emotion(what, negated).map(|meaning| (meaning, None)),
    };
    known.ok_or(match purpose {
        Purpose::Sentiment => {
            "a number from -4 to 4, not, not<, x1.3, x1.3<, or, and, stop, wish, maybe, but, although, both, #, % or =word"
        }
        Purpose::Emotion => {
            "one of pleased, comfortable, appreciated, delighted, relieved, frustrated, let_down, angry, anxious, ignored, confused, effort"
        }
    })
}

fn sentiment(what: &str, negated: &str) -> Option<(Meaning, Option<String>)> {
    if let Some(word) = what.strip_prefix('=') {
        let words = pattern::expand(word).ok()?;
        let [words] = words.as_slice() else { return None };
        let [word] = words.as_slice() else { return None };
        return Some((Meaning::Valence(0.0, None), Some(word.clone())));
    }
    let meaning = match what {
        "not" => Meaning::Negator(Reach::Forward),
        "not<" => Meaning::Negator(Reach::Backward),
        "or" => Meaning::Or,
        "and" => Meaning::And,
        "maybe" => Meaning::Maybe,
        "stop" => Meaning::Stop,
        "wish" => Meaning::Wish,
        "but" => Meaning::Contrast,
        "although" => Meaning::Concession,
        "both" => Meaning::Both,
        "#" => Meaning::Number,
        "%" => Meaning::Determiner,
        _ => match what.strip_prefix('x') {
            Some(factor) => {
                let (factor, reach) = factor.strip_suffix('<').map_or((factor, Reach::Forward), |f| (f, Reach::Backward));
                Meaning::Booster(number(factor).filter(|f| (0.0..=3.0).contains(f))?, reach)
            }
            None => Meaning::Valence(valence(what)?, if negated.is_empty() { None } else { Some(valence(negated)?) }),
        },
    };
    Some((meaning, None))
}

fn emotion(what: &str, negated: &str) -> Option<Meaning> {
    let index = |name: &str| EMOTIONS.iter().position(|e| *e == name).map(|i| i as u8);
    match what {
        "effort" => Some(Meaning::Effort),
        _ => Some(Meaning::Emotion(index(what)?, if negated.is_empty() { None } else { Some(index(negated)?) })),
    }
}

fn valence(field: &str) -> Option<f64> {
    number(field).filter(|v| (-4.0..=4.0).contains(v))
}

fn number(field: &str) -> Option<f64> {
    field.parse::<f64>().ok().filter(|v| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: Result<usize, &str>) {
        let text = format!("# lexicon: sentiment\n# language: en\n# layer: test\n{body}");
        let found = LexiconFile::read("x.tsv", &text).map(|f| f.entries.len()).map_err(|e| e.to_string());
        assert_eq!(found, expected.map_err(str::to_owned), "{body}");
    }

    #[test]
    fn entries_are_read_and_checked() {
        check("good\t1.9\nbad\t-2\t0.8\tnote\n\n# a comment\nnot\tnot\nvery\tx1.3", Ok(4));
        check("hang/hung up on me/us\t-2.5", Ok(4));
        check("a? total rip-off\t-3", Ok(2));
        check("good\t9", Err("x.tsv:4: the second or third field is not one that is known"));
        check("good\t1\ngood\t2", Err("x.tsv:5: `good` was given another meaning on line 4"));
        check("good\t1\nGood\t1", Ok(1));
        check("no reply/answer\t-1\nno answer\t-2", Ok(2));
        check("…\t1", Err("x.tsv:4: the term has no word"));
    }
}
