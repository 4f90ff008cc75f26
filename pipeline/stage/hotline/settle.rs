//! Does a place that a rule matches fire, and if not, why?
//!
//! Places that overlap become one hit. Its assertion is settled, then what pre-empts it is looked for around it. What comes in is
//! sorted, what goes out is in the same order.

use std::ops::Range;

use super::assertion::{self, Manner};
use super::condition::Facts;
use super::cues::language_index;
use super::evaluate::{Span, Text};
use super::matcher::{Found, unit_around};
use super::rule::Rule;
use super::{Hit, Suppressed};
use crate::text::Verbatim;

/// Settles hits; keeps its memory from hit to hit.
#[derive(Debug, Default)]
pub(super) struct Settler {
    entries: Vec<u32>,
    stack: Vec<Span>,
}

impl Settler {
    /// Adds the hits of one rule, whose places are sorted and each there once.
    pub(super) fn settle(
        &mut self,
        rule: &Rule,
        text: &Text<'_>,
        places: &[Found],
        verbatim: &Verbatim<'_>,
        facts: &Facts<'_>,
        out: &mut Vec<Hit>,
    ) {
        // Overlapping places become one: the longest of a chain, the first of those as long. Units do not overlap, so neither do chains.
        let mut rest = places;
        while let Some((first, others)) = rest.split_first() {
            let (mut best, mut end, mut n) = (*first, first.span.end, 0);
            for other in others {
                if other.span.start >= end {
                    break;
                }
                if other.span.end - other.span.start > best.span.end - best.span.start {
                    best = *other;
                }
                end = end.max(other.span.end);
                n += 1;
            }
            rest = others.get(n..).unwrap_or_default();
            out.push(self.hit(rule, best, text, verbatim, facts));
        }
    }

    fn hit(&mut self, rule: &Rule, place: Found, text: &Text<'_>, verbatim: &Verbatim<'_>, facts: &Facts<'_>) -> Hit {
        let span = place.span;
        let unit = unit_around(rule.scope, verbatim.clauses, span.start);
        let covered = |word: u32| !place.has_gaps || is_covered(word, place.rule, &unit, text);
        let manner = Manner { cannot: rule.cannot, subject: rule.subject };
        let (assertion, cue) = assertion::of(verbatim, &text.memo.cues[language_index(verbatim.language)], span, &covered, manner);
        let suppressed_by = if let Some(i) = self.unless(place, &unit, text) {
            Some(Suppressed::Unless(rule.unless[i].clone()))
        } else if !rule.accept.contains(&assertion) && !rule.always_fires() {
            Some(Suppressed::Assertion)
        } else {
            let failing = rule.conditions.iter().position(|condition| !condition.holds(facts, verbatim.language));
            failing.map(|i| Suppressed::When(rule.when[i].clone()))
        };
        let (start_byte, end_byte) = bytes(verbatim, span);
        let cue = cue.map(|cue| bytes(verbatim, cue));
        Hit { rule: place.rule, start_byte, end_byte, assertion, cue, fired: suppressed_by.is_none(), suppressed_by }
    }

    /// The first entry of `unless` with a span that overlaps the hit.
    fn unless(&mut self, place: Found, unit: &Range<u32>, text: &Text<'_>) -> Option<usize> {
        let (span, compiled) = (place.span, &text.program.rules[place.rule as usize]);
        let entries = compiled.first_unless..compiled.first_unless + compiled.unless.len() as u32;
        if entries.is_empty() {
            return None;
        }
        // What overlaps the hit is no farther from it than the expression is wide.
        let around = |width: u32| span.start.saturating_sub(width).max(unit.start)..span.end.saturating_add(width).min(unit.end);
        self.entries.clear();
        self.entries.extend(&compiled.unannounced);
        let window = around(compiled.unless_width);
        for word in text.words.get(window.start as usize..window.end as usize).unwrap_or_default() {
            let all = text.memo.unless(word.profile(), place.rule);
            if all.is_empty() {
                continue;
            }
            let from = all.partition_point(|entry| *entry < entries.start);
            self.entries.extend(all.get(from..).unwrap_or_default().iter().take_while(|entry| **entry < entries.end));
        }
        self.entries.sort_unstable();
        self.entries.dedup();
        let stack = &mut self.stack;
        self.entries.iter().map(|entry| (entry - entries.start) as usize).find(|i| {
            let (node, width) = &compiled.unless[*i];
            stack.clear();
            text.spans(node, unit, &around(*width), stack);
            stack.iter().any(|other| other.overlaps(span))
        })
    }
}

/// Whether a term of the rule holds the word.
fn is_covered(word: u32, rule: u32, unit: &Range<u32>, text: &Text<'_>) -> bool {
    let compiled = &text.program.rules[rule as usize];
    let holds = |span: &Span| (span.start..span.end).contains(&word);
    let mut found = Vec::new();
    compiled.regexes.iter().for_each(|atom| text.atom(*atom, unit, &mut found));
    if found.iter().any(holds) {
        return true;
    }
    let window = word.saturating_sub(compiled.longest).max(unit.start)..word.saturating_add(compiled.longest).min(unit.end);
    window.into_iter().any(|position| {
        let mut covers = text.memo.covers(text.words[position as usize].profile(), rule);
        covers.any(|cover| text.sequence(cover.sequence, position, unit).as_ref().is_some_and(holds))
    })
}

impl Rule {
    /// Severity 1 in safety and legal matters: somebody looks, however it was said.
    fn always_fires(&self) -> bool {
        self.severity == 1 && matches!(self.category.as_str(), "safety" | "legal_regulatory")
    }
}

fn bytes(verbatim: &Verbatim<'_>, span: Span) -> (u32, u32) {
    (verbatim.words[span.start as usize].start_byte, verbatim.words[span.end as usize - 1].end_byte)
}
