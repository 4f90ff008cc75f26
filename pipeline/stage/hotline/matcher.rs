//! Which rules match a verbatim, where, and do they fire?
//!
//! One pass over the words finds sequences at their anchors; rules are looked at only when something without
//! which they cannot match was found. All memory is reused from verbatim to verbatim.

use std::ops::Range;

use super::assertion::{self, Manner};
use super::condition::Facts;
use super::cues::language_index;
use super::evaluate::{Found, Span, collapse, is_possible, of_atom, spans};
use super::memo::Memo;
use super::program::{ANY, Compiled, Program, Sequence};
use super::rule::{Rule, Scope};
use super::{Hit, Rules, Suppressed};
use crate::text::{Clause, Verbatim, Word};

/// Matches rules; one for each worker and word table.
#[derive(Debug)]
pub struct Matcher<'e> {
    rules: &'e [Rule],
    program: &'e Program,
    memo: Memo,
    found: Found,
    pending: Vec<u32>,
    candidates: Vec<u32>,
    units: Vec<u32>,
    /// By rule: the verbatim, counted, that it was last a candidate of.
    seen: Vec<u64>,
    n_verbatims: u64,
    looked_at: Vec<u64>,
}

impl<'e> Matcher<'e> {
    /// A matcher that knows no word yet.
    pub fn new(rules: &'e Rules) -> Self {
        Self {
            rules: &rules.rules,
            program: &rules.program,
            memo: Memo::default(),
            found: Found::default(),
            pending: Vec::new(),
            candidates: Vec::new(),
            units: Vec::new(),
            seen: vec![0; rules.rules.len()],
            n_verbatims: 0,
            looked_at: vec![0; rules.rules.len()],
        }
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
        self.find_sequences(verbatim);
        self.find_regexes(verbatim);
        if self.found.atoms().is_empty() {
            return;
        }
        self.found.settle();
        self.find_candidates(verbatim.language);
        for i in 0..self.candidates.len() {
            self.evaluate(self.candidates[i], verbatim, facts, out);
        }
        if out.len() < 2 {
            return;
        }
        out.sort_by(|a, b| {
            let id = |hit: &Hit| &self.rules[hit.rule as usize].id;
            (a.start_byte, a.end_byte).cmp(&(b.start_byte, b.end_byte)).then_with(|| id(a).cmp(id(b)))
        });
    }

    fn find_sequences(&mut self, verbatim: &Verbatim<'_>) {
        self.found.clear(self.program.postings.len());
        self.pending.clear();
        let words = verbatim.words;
        for (i, word) in words.iter().enumerate() {
            let id = word.id.index();
            if self.memo.stands_alone(id) {
                self.pending.extend_from_slice(self.memo.regexes(id));
                let own = Span { start: i as u32, end: i as u32 + 1 };
                self.memo.singles(id).iter().for_each(|atom| self.found.push(*atom, own));
                for sequence in self.memo.unpaired(id) {
                    let sequence = &self.program.sequences[*sequence as usize];
                    place(sequence, sequence.anchor..sequence.anchor + 1, i, words, &self.memo, &mut self.found);
                }
            }
            let Some(next) = words.get(i + 1) else { break };
            let pair = self.memo.pair(id, next.id.index());
            for sequence in self.memo.kept(pair) {
                let sequence = &self.program.sequences[*sequence as usize];
                let first = sequence.pair.unwrap_or_default();
                place(sequence, first..first + 2, i, words, &self.memo, &mut self.found);
            }
        }
    }

    fn find_regexes(&mut self, verbatim: &Verbatim<'_>) {
        if self.program.regexes.is_empty() {
            return;
        }
        self.pending.sort_unstable();
        self.pending.dedup();
        for (i, regex) in self.program.regexes.iter().enumerate() {
            if regex.has_literal && self.pending.binary_search(&(i as u32)).is_err() {
                continue;
            }
            let mut unit = 0;
            while let Some(range) = unit_at(regex.scope, verbatim.clauses, unit) {
                unit = range.end;
                for span in regex_spans(&regex.regex, verbatim, range) {
                    self.found.push(regex.atom, span);
                }
            }
        }
    }

    /// In no particular order: hits are put in order at the end.
    fn find_candidates(&mut self, language: &str) {
        self.candidates.clear();
        self.n_verbatims += 1;
        for atom in self.found.atoms() {
            for rule in &self.program.postings[*atom as usize] {
                let seen = &mut self.seen[*rule as usize];
                let is_of_language = || self.rules[*rule as usize].language.as_deref().is_none_or(|own| own == language);
                if std::mem::replace(seen, self.n_verbatims) != self.n_verbatims && is_of_language() {
                    self.candidates.push(*rule);
                }
            }
        }
    }

    fn evaluate(&mut self, index: u32, verbatim: &Verbatim<'_>, facts: &Facts<'_>, out: &mut Vec<Hit>) {
        let (rule, compiled) = (&self.rules[index as usize], &self.program.rules[index as usize]);
        self.looked_at[index as usize] += 1;
        if !is_possible(&compiled.expr, &self.found) {
            return;
        }
        self.units.clear();
        for atom in &compiled.required {
            self.units.extend(self.found.of(*atom).iter().map(|span| clause_of(verbatim.clauses, span.start)));
        }
        self.units.sort_unstable();
        let mut done = 0;
        for i in 0..self.units.len() {
            let unit = unit_of(rule.scope, verbatim.clauses, self.units[i] as usize);
            if unit.start < done {
                continue;
            }
            done = unit.end;
            let found = collapse(&spans(&compiled.expr, &self.found, &unit));
            if found.is_empty() {
                continue;
            }
            let about = About::new(compiled, &self.found, &unit);
            out.extend(found.into_iter().map(|span| self.hit(index, span, &about, verbatim, facts)));
        }
    }

    fn hit(&self, index: u32, span: Span, about: &About, verbatim: &Verbatim<'_>, facts: &Facts<'_>) -> Hit {
        let rule = &self.rules[index as usize];
        let terms = reaching(&about.terms, about.longest, span);
        let covered = |word: u32| terms.iter().any(|term| (term.start..term.end).contains(&word));
        let manner = Manner { cannot: rule.cannot, subject: rule.subject };
        let (assertion, cue) = assertion::of(verbatim, self.memo.cues(language_index(verbatim.language)), span, &covered, manner);
        let unless =
            about.unless.iter().position(|(others, longest)| reaching(others, *longest, span).iter().any(|other| other.overlaps(span)));
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

/// Puts the places of a sequence into `found` if the words around word `at` fit; `known` are slots that do, the first of them there.
fn place(sequence: &Sequence, known: Range<u32>, at: usize, words: &[Word], memo: &Memo, found: &mut Found) {
    let Some(start) = at.checked_sub(known.start as usize) else { return };
    let Some(place) = words.get(start..start + sequence.slots.len()) else { return };
    let fits = |(k, (class, word)): (u32, (&u32, &Word))| known.contains(&k) || *class == ANY || memo.is_of(word.id.index(), *class);
    if (0..).zip(sequence.slots.iter().zip(place)).all(fits) {
        let span = Span { start: start as u32, end: (start + sequence.slots.len()) as u32 };
        sequence.atoms.iter().for_each(|atom| found.push(*atom, span));
    }
}

/// What stands in one unit besides a rule's hits; found once for all of them.
struct About {
    /// Every term of the rule, in order.
    terms: Vec<Span>,
    longest: u32,
    /// By `unless` entry: its spans in order, and the words of the longest.
    unless: Vec<(Vec<Span>, u32)>,
}

impl About {
    fn new(compiled: &Compiled, occurrences: &Found, unit: &Range<u32>) -> Self {
        let longest = |spans: &[Span]| spans.iter().map(|span| span.end - span.start).max().unwrap_or(0);
        let mut terms: Vec<Span> = compiled.atoms.iter().flat_map(|atom| of_atom(*atom, occurrences, unit)).collect();
        terms.sort_unstable();
        let unless = compiled.unless.iter().map(|expr| spans(expr, occurrences, unit)).map(|spans| {
            let longest = longest(&spans);
            (spans, longest)
        });
        Self { longest: longest(&terms), unless: unless.collect(), terms }
    }
}

/// Those of `spans`, none longer than `longest`, that can overlap `span`.
fn reaching(spans: &[Span], longest: u32, span: Span) -> &[Span] {
    let from = spans.partition_point(|other| other.start.saturating_add(longest) <= span.start);
    let to = spans.partition_point(|other| other.start < span.end);
    spans.get(from..to).unwrap_or_default()
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
