//! How positive or negative is a verbatim, and which emotion does it report?
//!
//! In goes a verbatim with its words, clauses and language; out come a score from -1 to 1 for it and for each of its clauses, a
//! label, the emotion that it reports most, whether it tells of effort, and beside them the compound of classic [`vader`].
//! Everything comes from lexicons that a coordinator can read and change: terms are matched longest first over whole words
//! ([`Lexicons`]), negators, boosters, wishes and contrast change what they say (module `terms`), and the clauses' sums are
//! weighed into one (module `weigh`). A text without a term, or in a language without a lexicon, has no score: that is not zero.
//! It neither detects the language nor irony.

mod cues;
mod emoticons;
mod explain;
mod items;
mod lexicons;
mod terms;
mod trie;
pub mod vader;
mod weigh;

use crate::text::Verbatim;

pub use explain::{Change, ClauseExplanation, EmotionTerm, Explanation, TermExplanation};
pub use lexicons::Lexicons;

use terms::Reader;

/// The label of a score: `negative`, `neutral` or `positive`.
pub(crate) fn label_of(score: f64) -> &'static str {
    weigh::label(score)
}

/// What is said of one verbatim; reused from verbatim to verbatim.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scored {
    /// One for each clause, from -1 to 1; none where the clause has no term.
    pub clauses: Vec<Option<f64>>,
    /// From -1 to 1; none when the language has no lexicon or no term was found.
    pub sentiment: Option<f64>,
    /// `negative`, `neutral` or `positive`; none when `sentiment` is.
    pub label: Option<&'static str>,
    /// Compound of classic VADER; only for English and undecided texts.
    pub vader: Option<f64>,
    /// The emotion reported most, one of [`crate::lexicon::EMOTIONS`].
    pub emotion: Option<&'static str>,
    /// Whether the verbatim tells that something took effort: repeated calls, long waits, chasing.
    pub effort: bool,
}

/// Scores verbatims: the lexicons, shared, and the memory of one worker.
#[derive(Debug)]
pub struct Scorer<'e> {
    lexicons: &'e Lexicons,
    reader: Reader,
    vader: vader::Scratch,
}

impl<'e> Scorer<'e> {
    /// A scorer for one worker: all verbatims given to it must be cut with the same word table.
    pub fn new(lexicons: &'e Lexicons) -> Self {
        Self { lexicons, reader: Reader::default(), vader: vader::Scratch::default() }
    }

    /// Scores `verbatim` into `out`, which is overwritten. Depends on nothing but the verbatim and the lexicons.
    pub fn score(&mut self, verbatim: &Verbatim<'_>, out: &mut Scored) {
        out.clauses.clear();
        *out = Scored { clauses: std::mem::take(&mut out.clauses), ..Scored::default() };
        if matches!(verbatim.language, "en" | "und") {
            out.vader = Some(self.lexicons.vader().compound_of(verbatim, &mut self.vader));
        }
        let Some(language) = self.lexicons.language(verbatim.language) else {
            out.clauses.resize(verbatim.clauses.len(), None);
            return;
        };
        self.reader.read(self.lexicons, language, verbatim);
        let sum = weigh::verbatim(&self.reader.clauses);
        out.clauses.extend(self.reader.clauses.iter().map(|clause| clause.sum.map(weigh::squash)));
        out.sentiment = sum.map(weigh::squash);
        out.label = out.sentiment.map(weigh::label);
        out.emotion = weigh::emotion(&self.reader);
        out.effort = self.reader.effort;
    }

    /// Scores `verbatim` and tells how the score was made.
    pub fn explain(&mut self, verbatim: &Verbatim<'_>) -> Explanation {
        let mut scored = Scored::default();
        self.score(verbatim, &mut scored);
        explain::explain(self.lexicons, &self.reader, verbatim, &scored)
    }
}
