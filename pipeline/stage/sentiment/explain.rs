//! How was a score made?

use serde::Serialize;

use crate::lexicon::EMOTIONS;
use crate::text::{CharIndex, Verbatim};

use super::Scored;
use super::items::{Item, Span};
use super::lexicons::Lexicons;
use super::terms::Reader;

/// A verbatim's score, taken apart. Spans count Unicode scalar values of the verbatim.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// ISO 639-1 code or `und`.
    pub language: String,
    /// Clauses in order.
    pub clauses: Vec<ClauseExplanation>,
    /// Terms of emotion and effort, in order.
    pub emotions: Vec<EmotionTerm>,
    /// From -1 to 1; none when the language has no lexicon or no term was found.
    pub sentiment: Option<f64>,
    /// `negative`, `neutral` or `positive`.
    pub label: Option<&'static str>,
    /// Classic VADER's compound.
    pub vader: Option<f64>,
    /// The emotion reported most.
    pub emotion: Option<&'static str>,
    /// Whether it tells of effort.
    pub effort: bool,
    /// From the clauses' sums to the score, as one line.
    pub arithmetic: String,
}

/// A clause's score, taken apart.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseExplanation {
    /// First character.
    pub start_char: i32,
    /// One past the last character.
    pub end_char: i32,
    /// The clause itself.
    pub text: String,
    /// Its terms in order.
    pub terms: Vec<TermExplanation>,
    /// From -1 to 1; none without a term.
    pub sentiment: Option<f64>,
    /// From the terms to the score, as one line.
    pub arithmetic: String,
}

/// A term in its place.
#[derive(Clone, Debug, Serialize)]
pub struct TermExplanation {
    /// First character.
    pub start_char: i32,
    /// One past the last character.
    pub end_char: i32,
    /// As it is written in the verbatim.
    pub text: String,
    /// Valence in the lexicon, from -4 to 4.
    pub valence: f64,
    /// What it counts here.
    pub value: f64,
    /// The layer that gave the valence.
    pub layer: String,
    /// File and line of its entry.
    pub place: String,
    /// What changed it, in order.
    pub changes: Vec<Change>,
}

/// Something that changed what a term says.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// `negated`, `boosted`, `lowered`, `wished`, `supposed`, `capitals`, `stretched` or `question`.
    pub what: &'static str,
    /// The words that did it, where words did.
    pub by: Option<String>,
}

/// A term of the emotion lexicon in its place.
#[derive(Clone, Debug, Serialize)]
pub struct EmotionTerm {
    /// First character.
    pub start_char: i32,
    /// One past the last character.
    pub end_char: i32,
    /// As it is written in the verbatim.
    pub text: String,
    /// The emotion that it counts for; none when negated or supposed.
    pub emotion: Option<&'static str>,
    /// File and line of its entry.
    pub place: String,
    /// The words that negate it.
    pub negated_by: Option<String>,
}

pub(super) fn explain(lexicons: &Lexicons, reader: &Reader, verbatim: &Verbatim<'_>, scored: &Scored) -> Explanation {
    let text = |span: Span| verbatim.slice(span.0, span.1).to_owned();
    let read = scored.clauses.len() == reader.clauses.len() && lexicons.language(verbatim.language).is_some();
    let mut chars = CharIndex::new(verbatim.text);
    let mut clauses = Vec::new();
    for (i, clause) in verbatim.clauses.iter().enumerate() {
        let reading = reader.clauses.get(i).copied().filter(|_| read).unwrap_or_default();
        let mut items: Vec<&Item> = reader.items[reading.first_item as usize..reading.end_item as usize].iter().collect();
        items.sort_by_key(|item| item.span);
        let start_char = chars.char_at(clause.start_byte);
        let terms: Vec<TermExplanation> = items.iter().map(|item| term(lexicons, verbatim, item, &mut chars)).collect();
        let sentiment = scored.clauses.get(i).copied().flatten();
        clauses.push(ClauseExplanation {
            start_char,
            end_char: chars.char_at(clause.end_byte),
            text: text((clause.start_byte, clause.end_byte)),
            arithmetic: clause_arithmetic(&terms, reading.n_exclamations, reading.sum, sentiment),
            terms,
            sentiment,
        });
    }
    let items = if read { reader.emotions.as_slice() } else { &[] };
    let mut chars = CharIndex::new(verbatim.text);
    let emotions: Vec<EmotionTerm> = items
        .iter()
        .map(|item| EmotionTerm {
            start_char: chars.char_at(item.span.0),
            end_char: chars.char_at(item.span.1),
            text: text(item.span),
            emotion: item.emotion.map(|e| EMOTIONS[e as usize]),
            place: place(lexicons, item.term).1,
            negated_by: item.negated_by.map(text),
        })
        .collect();
    Explanation {
        language: verbatim.language.to_owned(),
        clauses,
        emotions,
        sentiment: scored.sentiment,
        label: scored.label,
        vader: scored.vader,
        emotion: scored.emotion,
        effort: scored.effort,
        arithmetic: if read { arithmetic(reader, scored.sentiment) } else { "no lexicon for this language".to_owned() },
    }
}

/// Layer, and file with line, of a term.
fn place(lexicons: &Lexicons, term: u32) -> (String, String) {
    let term = lexicons.term(term);
    let (file, layer) = lexicons.file(term);
    (layer.to_owned(), format!("{file}:{}", term.line))
}

fn term(lexicons: &Lexicons, verbatim: &Verbatim<'_>, item: &Item, chars: &mut CharIndex<'_>) -> TermExplanation {
    let text = |span: Span| verbatim.slice(span.0, span.1).to_owned();
    let (layer, place) = item.term.map_or_else(|| ("emoticons".to_owned(), "built in".to_owned()), |term| place(lexicons, term));
    let mut changes = Vec::new();
    let mut change = |what, by: Option<Span>| changes.push(Change { what, by: by.map(text) });
    if let Some((span, factor)) = item.boosted_by {
        change(if factor < 1.0 { "lowered" } else { "boosted" }, Some(span));
    }
    for (what, happened) in [("capitals", item.capitals), ("stretched", item.stretched)] {
        if happened {
            change(what, None);
        }
    }
    for (what, by) in [("negated", item.negated_by), ("wished", item.wished_by), ("supposed", item.supposed_by)] {
        if by.is_some() {
            change(what, by);
        }
    }
    if item.question {
        change("question", None);
    }
    TermExplanation {
        start_char: chars.char_at(item.span.0),
        end_char: chars.char_at(item.span.1),
        text: text(item.span),
        valence: item.base,
        value: rounded(item.value),
        layer,
        place,
        changes,
    }
}

fn clause_arithmetic(terms: &[TermExplanation], n_exclamations: u32, sum: Option<f64>, score: Option<f64>) -> String {
    let (Some(sum), Some(score)) = (sum, score) else { return "no term".to_owned() };
    let parts: Vec<String> = terms.iter().map(|term| signed(term.value)).collect();
    let marks = if n_exclamations > 0 { format!(" with {n_exclamations} !") } else { String::new() };
    format!("{}{marks} = {} → {}", parts.join(" "), signed(sum), signed(score))
}

fn arithmetic(reader: &Reader, score: Option<f64>) -> String {
    let Some(score) = score else { return "no term".to_owned() };
    let parts: Vec<String> =
        reader.clauses.iter().filter_map(|clause| clause.sum.map(|sum| format!("{} × {}", signed(sum), rounded(clause.weight)))).collect();
    format!("{} → {}", parts.join(" + "), signed(score))
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0 + 0.0
}

fn signed(value: f64) -> String {
    format!("{:+}", rounded(value))
}
