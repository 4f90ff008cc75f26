//! What was found in a verbatim, in its place?

/// A clause's items and what they come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ClauseReading {
    pub first_item: u32,
    pub end_item: u32,
    /// None without items.
    pub sum: Option<f64>,
    pub n_exclamations: u32,
    pub is_question: bool,
    /// Begins with a word of contrast that counts.
    pub contrast: bool,
    /// Begins with a word of concession.
    pub concession: bool,
    pub sentence: u32,
    /// How much its sum counts.
    pub weight: f64,
}

/// A span of bytes of the verbatim.
pub(super) type Span = (u32, u32);

/// A term with a valence, in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub span: Span,
    /// None for an emoticon.
    pub term: Option<u32>,
    /// Valence as the lexicon has it.
    pub base: f64,
    /// What it says here.
    pub value: f64,
    pub negated_by: Option<Span>,
    pub boosted_by: Option<(Span, f64)>,
    pub wished_by: Option<Span>,
    pub supposed_by: Option<Span>,
    pub capitals: bool,
    pub stretched: bool,
    pub question: bool,
    /// One past the index of its last word.
    pub end_word: u32,
}

/// An emotion, in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmotionItem {
    pub span: Span,
    pub term: u32,
    /// Index in [`crate::lexicon::EMOTIONS`]; none when it was negated away.
    pub emotion: Option<u8>,
    pub negated_by: Option<Span>,
}

impl Item {
    pub(super) fn new(span: Span, term: Option<u32>, base: f64) -> Self {
        Self {
            span,
            term,
            base,
            value: base,
            negated_by: None,
            boosted_by: None,
            wished_by: None,
            supposed_by: None,
            capitals: false,
            stretched: false,
            question: false,
            end_word: 0,
        }
    }
}
