//! Which rules are slow, and why?
//!
//! Told from a rule's text alone: how many word sequences its phrases stand for, on which words it is looked up, and how many
//! spans it could look at for each word of a text made of its terms. What a rule really costs depends on how often its
//! words occur; [`Matcher::looked_at`](super::Matcher::looked_at) counts that.

use super::program;
use super::rule::{MAX_WORK, Rule};

/// What a rule costs, told without any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Sequences of words that its phrases stand for, written out.
    pub n_sequences: usize,
    /// Spans and pairs it could look at for each word of a text made of its terms only.
    pub work: u64,
    /// Over this the rule is refused.
    pub max_work: u64,
    /// What makes it slow, in words; empty: nothing does.
    pub reasons: Vec<String>,
}

/// Sequences beyond this cost memory and a look-up each whenever their rarest word occurs.
const MANY_SEQUENCES: usize = 5_000;
/// A share of the limit that only nested NEAR and BEFORE come to; most shipped rules stay below.
const MUCH_WORK: u64 = MAX_WORK / 2;
/// So many examples of a reason are told.
const SHOWN: usize = 5;

/// The cost of one rule.
pub(super) fn of(rule: &Rule) -> Cost {
    let look = program::look_up_of(rule);
    let mut reasons = Vec::new();
    let mut tell = |words: &[String], why: &str| {
        if !words.is_empty() {
            let more = words.len().saturating_sub(SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let shown: Vec<&str> = words.iter().take(SHOWN).map(String::as_str).collect();
            reasons.push(format!("{why}: {}{more}", shown.join(", ")));
        }
    };
    tell(&look.everywhere, "looked up on words of nearly every sentence, since their phrases hold no rarer one");
    tell(&look.common, "looked up on words of most texts");
    tell(&look.regexes, "regular expressions without a literal of 3 letters run over every text");
    if rule.work > MUCH_WORK {
        reasons.push(format!("nested NEAR and BEFORE could look at {} spans a word; over {MAX_WORK} is refused", rule.work));
    }
    if look.n_sequences > MANY_SEQUENCES {
        reasons.push(format!("its phrases stand for {} sequences of words", look.n_sequences));
    }
    Cost { n_sequences: look.n_sequences, work: rule.work, max_work: MAX_WORK, reasons }
}
