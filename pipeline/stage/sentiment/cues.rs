//! What is pending at a place of a clause: negators, boosters, wishes that have not met their term?

use crate::lexicon::{Meaning, Reach};
use crate::text::Word;

use super::items::Span;

/// A word that changes a later term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cue {
    pub span: Span,
    pub end_word: u32,
}

/// What is pending at a place of a clause.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pending {
    pub negation: Option<(Cue, Reach)>,
    /// The term that the negator is.
    pub negator: u32,
    /// The negation was used; it goes on only over "or" and "and".
    pub used_at_word: Option<u32>,
    pub joiner: Option<(Meaning, u32)>,
    pub boost: Option<(Cue, f64)>,
    pub wish: Option<Cue>,
    pub maybe: Option<Cue>,
    pub emotion_negation: Option<Cue>,
    pub emotion_until: u32,
}

impl Pending {
    /// The span of a negator that reaches `place`: near enough, and with no comma or bracket between.
    pub(super) fn reaches_negation(&self, place: &Place<'_>, reach: u32) -> Option<Span> {
        let (cue, _) = self.negation?;
        let from = self.used_at_word.unwrap_or(cue.end_word);
        if place.at as u32 > from + reach {
            return None;
        }
        let stops = self.used_at_word.is_none() && stops(place.text, cue.span.1, place.span().0);
        (!stops).then_some(cue.span)
    }
}

/// Whether a comma or bracket between two bytes ends what a negator reaches.
pub(super) fn stops(text: &str, from: u32, to: u32) -> bool {
    text.as_bytes()[from as usize..to as usize].iter().any(|b| matches!(b, b',' | b'(' | b')' | b':' | b';'))
}

/// Where a term stands.
pub(super) struct Place<'a> {
    pub text: &'a str,
    pub words: &'a [Word],
    pub at: usize,
    pub end: usize,
    /// First word of the clause.
    pub first: usize,
}

impl Place<'_> {
    pub(super) fn span(&self) -> Span {
        (self.words[self.at].start_byte, self.words[self.end - 1].end_byte)
    }
}
