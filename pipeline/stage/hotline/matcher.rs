//! Which rules match a verbatim, where, and do they fire?
//!
//! One pass over the words finds the sequences without which a branch of a rule cannot match; only where one stands is the branch
//! looked at, and only there are its other terms looked for. All memory is reused from verbatim to verbatim.

use std::ops::Range;

use super::assertion::{self, Manner};
use super::condition::Facts;
use super::cues::language_index;
use super::evaluate::{Occurrence, Span, Text, collapse};
use super::memo::{Bits, Lead, Memo, Presence};
use super::program::{ANY, Compiled, Program};
use super::rule::{Rule, Scope};
use super::{Hit, Rules, Suppressed};
use crate::text::{Clause, Verbatim};

/// Matches rules; one for each worker and word table.
#[derive(Debug)]
pub struct Matcher<'e> {
    rules: &'e [Rule],
    program: &'e Program,
    memo: Memo,
    /// What must be kept from text to text, so that none is allocated for each.
    room: Room,
    looked_at: Vec<u64>,
}

#[derive(Debug, Default)]
struct Room {
    triggers: Vec<Trigger>,
    pending: Vec<u32>,
    regexes: Vec<Occurrence>,
    branches: Vec<u32>,
    presence: Presence,
    stack: Vec<Span>,
    hits: Vec<Span>,
}

/// A place where something stands without which a branch cannot match; in the order in which branches are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Trigger {
    rule: u32,
    start: u32,
    branch: u32,
}

impl<'e> Matcher<'e> {
    /// A matcher that knows no word yet.
    pub fn new(rules: &'e Rules) -> Self {
        let looked_at = vec![0; rules.rules.len()];
        Self { rules: &rules.rules, program: &rules.program, memo: Memo::default(), room: Room::default(), looked_at }
    }

    /// By rule: verbatims in which something stood without which the rule cannot match, so that it was looked at.
    pub fn looked_at(&self) -> &[u64] {
        &self.looked_at
    }

    /// Puts every hit of the verbatim into `out`, which is cleared first: in order of start, end and rule id,
    /// fired or not. `facts` bear on [`Hit::fired`] and [`Hit::suppressed_by`] only. All verbatims given to one
    /// matcher share one word table.
    pub fn matches(&mut self, verbatim: &Verbatim<'_>, facts: &Facts<'_>, out: &mut Vec<Hit>) {
        out.clear();
        self.memo.update(verbatim.table, self.program);
        let mut room = std::mem::take(&mut self.room);
        room.triggers.clear();
        self.find_words(verbatim, &mut room);
        self.find_regexes(verbatim, &mut room);
        room.triggers.sort_unstable();
        let Room { triggers, regexes, branches, presence, stack, hits, .. } = &mut room;
        let whole = verbatim.clauses.last().map_or(0, |clause| clause.sentence as usize + 1);
        presence.clear(whole + 1, self.program.lengths.len());
        for of_rule in triggers.chunk_by(|a, b| a.rule == b.rule) {
            let index = of_rule[0].rule;
            let rule = &self.rules[index as usize];
            if rule.language.as_deref().is_some_and(|own| own != verbatim.language) {
                continue;
            }
            self.looked_at[index as usize] += 1;
            let mut rest = of_rule;
            while let Some(first) = rest.first() {
                let own = clause_of(verbatim.clauses, first.start) as usize;
                let unit = unit_of(rule.scope, verbatim.clauses, own);
                let n = rest.partition_point(|trigger| trigger.start < unit.end);
                let (here, behind) = rest.split_at(n);
                rest = behind;
                let (row, of_row) = match rule.scope {
                    Scope::Verbatim => (whole, unit.clone()),
                    Scope::Sentence | Scope::Clause => {
                        (verbatim.clauses[own].sentence as usize, unit_of(Scope::Sentence, verbatim.clauses, own))
                    }
                };
                let words = verbatim.words.get(of_row.start as usize..of_row.end as usize).unwrap_or_default();
                let present = presence.of(row, words, &self.memo);
                let text = Text { program: self.program, memo: &self.memo, words: verbatim.words, regexes, present };
                spans_of_rule(&text, here, &unit, branches, stack);
                if stack.is_empty() {
                    continue;
                }
                collapse(stack, hits);
                for span in hits.iter() {
                    stack.clear();
                    out.push(self.hit(index, *span, &unit, &text, verbatim, facts, stack));
                }
            }
        }
        self.room = room;
        if out.len() < 2 {
            return;
        }
        out.sort_by(|a, b| {
            let id = |hit: &Hit| &self.rules[hit.rule as usize].id;
            (a.start_byte, a.end_byte).cmp(&(b.start_byte, b.end_byte)).then_with(|| id(a).cmp(id(b)))
        });
    }

    fn find_words(&self, verbatim: &Verbatim<'_>, room: &mut Room) {
        room.pending.clear();
        let nothing = Bits::default();
        let text = Text { program: self.program, memo: &self.memo, words: verbatim.words, regexes: &[], present: &nothing };
        let whole = 0..verbatim.words.len() as u32;
        for (i, word) in verbatim.words.iter().enumerate() {
            if !self.memo.is_active[word.id.index()] {
                continue;
            }
            room.pending.extend_from_slice(self.memo.regexes(word.id.index()));
            let mut same: Option<(u32, Option<Span>)> = None;
            for Lead { place, offset, class } in self.memo.triggers(word.id.index()) {
                if *class != ANY {
                    let other = i.checked_add_signed(*offset as isize).and_then(|at| verbatim.words.get(at));
                    if !other.is_some_and(|other| self.memo.classes.has(other.id.index(), *class)) {
                        continue;
                    }
                }
                let span = match same {
                    Some((sequence, span)) if sequence == place.sequence => span,
                    _ => text.sequence(place.sequence, i as u32, &whole),
                };
                same = Some((place.sequence, span));
                if let Some(span) = span {
                    self.trigger(place.atom, span.start, &mut room.triggers);
                }
            }
        }
    }

    fn trigger(&self, atom: u32, start: u32, out: &mut Vec<Trigger>) {
        let branches = self.program.triggers[atom as usize].iter();
        out.extend(branches.map(|branch| Trigger { rule: self.program.branches[*branch as usize].rule, start, branch: *branch }));
    }

    fn find_regexes(&self, verbatim: &Verbatim<'_>, room: &mut Room) {
        room.regexes.clear();
        if self.program.regexes.is_empty() {
            return;
        }
        room.pending.sort_unstable();
        room.pending.dedup();
        for (i, regex) in self.program.regexes.iter().enumerate() {
            if regex.has_literal && room.pending.binary_search(&(i as u32)).is_err() {
                continue;
            }
            let mut unit = 0;
            while let Some(range) = unit_at(regex.scope, verbatim.clauses, unit) {
                unit = range.end;
                for span in regex_spans(&regex.regex, verbatim, range) {
                    room.regexes.push(Occurrence { atom: regex.atom, span });
                    self.trigger(regex.atom, span.start, &mut room.triggers);
                }
            }
        }
        room.regexes.sort_unstable();
        room.regexes.dedup();
    }

    #[expect(clippy::too_many_arguments, reason = "what a hit is made of, and room to work in")]
    fn hit(
        &self,
        index: u32,
        span: Span,
        unit: &Range<u32>,
        text: &Text<'_>,
        verbatim: &Verbatim<'_>,
        facts: &Facts<'_>,
        stack: &mut Vec<Span>,
    ) -> Hit {
        let (rule, compiled) = (&self.rules[index as usize], &self.program.rules[index as usize]);
        let covered = |word: u32| is_covered(word, compiled, unit, text);
        let manner = Manner { cannot: rule.cannot, subject: rule.subject };
        let (assertion, cue) = assertion::of(verbatim, &self.memo.cues[language_index(verbatim.language)], span, &covered, manner);
        let unless = compiled.unless.iter().position(|(node, width)| {
            if !text.is_possible(node) {
                return false;
            }
            stack.clear();
            // What overlaps the hit is no farther from it than the expression is wide.
            let window = span.start.saturating_sub(*width).max(unit.start)..span.end.saturating_add(*width).min(unit.end);
            text.spans(node, unit, &window, stack);
            stack.iter().any(|other| other.overlaps(span))
        });
        let suppressed_by = if let Some(i) = unless {
            Some(Suppressed::Unless(rule.unless[i].clone()))
        } else if !rule.accept.contains(&assertion) && !rule.always_fires() {
            Some(Suppressed::Assertion)
        } else {
            let failing = rule.conditions.iter().position(|condition| !condition.holds(facts, verbatim.language));
            failing.map(|i| Suppressed::When(rule.when[i].clone()))
        };
        let (start_byte, end_byte) = bytes(verbatim, span);
        let cue = cue.map(|cue| bytes(verbatim, cue));
        Hit { rule: index, start_byte, end_byte, assertion, cue, fired: suppressed_by.is_none(), suppressed_by }
    }
}

/// The spans of all branches of a rule that something in `unit` triggered: sorted, each once.
fn spans_of_rule(text: &Text<'_>, triggers: &[Trigger], unit: &Range<u32>, branches: &mut Vec<u32>, stack: &mut Vec<Span>) {
    branches.clear();
    branches.extend(triggers.iter().map(|trigger| trigger.branch));
    branches.sort_unstable();
    branches.dedup();
    stack.clear();
    // Every trigger is a word of the span that it is part of.
    let (first, last) = (triggers[0].start, triggers[triggers.len() - 1].start);
    for branch in branches.iter() {
        let branch = &text.program.branches[*branch as usize];
        if !text.is_possible(&branch.node) {
            continue;
        }
        let window = first.saturating_sub(branch.width).max(unit.start)..last.saturating_add(branch.width).min(unit.end);
        text.spans(&branch.node, unit, &window, stack);
    }
    if branches.len() > 1 {
        stack.sort_unstable();
        stack.dedup();
    }
}

/// Whether a term of the rule holds the word.
fn is_covered(word: u32, compiled: &Compiled, unit: &Range<u32>, text: &Text<'_>) -> bool {
    let mut found = Vec::new();
    compiled.atoms.iter().any(|atom| {
        found.clear();
        let length = text.program.lengths[*atom as usize];
        let window = word.saturating_sub(length).max(unit.start)..word.saturating_add(length).min(unit.end);
        text.atom(*atom, &window, &mut found);
        found.iter().any(|span| (span.start..span.end).contains(&word))
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

fn clause_of(clauses: &[Clause], word: u32) -> u32 {
    clauses.partition_point(|clause| clause.end_word <= word) as u32
}

/// The words of the unit that clause `own` belongs to.
pub(super) fn unit_of(scope: Scope, clauses: &[Clause], own: usize) -> Range<u32> {
    match scope {
        Scope::Clause => clauses[own].first_word..clauses[own].end_word,
        Scope::Verbatim => 0..clauses.last().map_or(0, |clause| clause.end_word),
        Scope::Sentence => {
            let sentence = clauses[own].sentence;
            let first = clauses.partition_point(|clause| clause.sentence < sentence);
            let end = clauses.partition_point(|clause| clause.sentence <= sentence);
            clauses[first].first_word..clauses[end - 1].end_word
        }
    }
}

/// The unit that begins at `word`, if the text goes on there.
pub(super) fn unit_at(scope: Scope, clauses: &[Clause], word: u32) -> Option<Range<u32>> {
    let own = clause_of(clauses, word) as usize;
    (own < clauses.len()).then(|| unit_of(scope, clauses, own))
}

/// The words that each match of a regex touches; a match of punctuation only is at the word before it.
pub(super) fn regex_spans(regex: &regex::Regex, verbatim: &Verbatim<'_>, unit: Range<u32>) -> Vec<Span> {
    let words = &verbatim.words[unit.start as usize..unit.end as usize];
    let (first, last) = (clause_of(verbatim.clauses, unit.start) as usize, clause_of(verbatim.clauses, unit.end - 1) as usize);
    let (from, to) = (verbatim.clauses[first].start_byte, verbatim.clauses[last].end_byte);
    let mut found = Vec::new();
    for hit in regex.find_iter(verbatim.slice(from, to)) {
        let (start_byte, end_byte) = (from + hit.start() as u32, from + hit.end() as u32);
        let start = words.partition_point(|word| word.end_byte <= start_byte);
        let end = words.partition_point(|word| word.start_byte < end_byte);
        let (start, end) = if start < end { (start, end) } else { (end.saturating_sub(1), end.max(1)) };
        found.push(Span { start: unit.start + start as u32, end: unit.start + end as u32 });
    }
    found
}
