//! Which rules match a verbatim, and where?
//!
//! One pass over the words finds the sequences that are hits, or without which a branch of a rule cannot match; only where one stands,
//! with its companions near, is the branch evaluated. All memory is reused from verbatim to verbatim.

use std::ops::Range;

use super::condition::Facts;
use super::evaluate::{Occurrence, Span, Text};
use super::memo::{BESIDE, Known, LEADS, Lead, Memo, OWN_LEADS, REGEXES};
use super::program::{ANY, Branch, EVERY_LANGUAGE, Program, Target};
use super::rule::{Rule, Scope};
use super::settle::Settler;
use super::{Hit, Rules};
use crate::text::{Clause, Verbatim};

/// Matches rules; one for each worker and word table.
#[derive(Debug)]
pub struct Matcher<'e> {
    rules: &'e [Rule],
    program: &'e Program,
    memo: Memo,
    /// What must be kept from text to text, so that none is allocated for each.
    room: Room,
    settler: Settler,
    looked_at: Vec<u64>,
}

#[derive(Debug, Default)]
struct Room {
    words: Vec<Known>,
    /// For each word those of its sets of companions.
    sieves: Vec<u64>,
    found: Vec<Found>,
    triggers: Vec<Trigger>,
    /// Regular expressions, and the words that announce them.
    pending: Vec<(u32, u32)>,
    regexes: Vec<Occurrence>,
    stack: Vec<Span>,
}

impl Room {
    fn clear(&mut self) {
        self.words.clear();
        self.sieves.clear();
        self.found.clear();
        self.triggers.clear();
        self.pending.clear();
        self.regexes.clear();
    }
}

/// A place of a rule, or of a branch of it; a place of one phrase before an equal one that is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) rule: u32,
    pub(super) span: Span,
    /// Whether terms of the rule may leave out words of it.
    pub(super) has_gaps: bool,
}

/// A place where something stands without which a branch cannot match; in the order in which branches are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Trigger {
    branch: u32,
    start: u32,
}

/// Where the pass over the words is: the units of each scope that a word belongs to.
#[derive(Clone, Debug, Default)]
struct Units {
    clause: Range<u32>,
    sentence: Range<u32>,
    whole: Range<u32>,
}

impl Units {
    fn of(&self, scope: Scope) -> &Range<u32> {
        match scope {
            Scope::Clause => &self.clause,
            Scope::Sentence => &self.sentence,
            Scope::Verbatim => &self.whole,
        }
    }
}

impl<'e> Matcher<'e> {
    /// A matcher that knows no word yet.
    pub fn new(rules: &'e Rules) -> Self {
        let looked_at = vec![0; rules.rules.len()];
        let (memo, room, settler) = (Memo::default(), Room::default(), Settler::default());
        Self { rules: &rules.rules, program: &rules.program, memo, room, settler, looked_at }
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
        self.find(verbatim, &mut room);
        let Room { words, found, triggers, regexes, stack, .. } = &mut room;
        let text = Text { program: self.program, memo: &self.memo, words, regexes };
        if !triggers.is_empty() {
            triggers.sort_unstable();
            triggers.dedup();
            for of_branch in triggers.chunk_by(|a, b| a.branch == b.branch) {
                look(&text, of_branch, verbatim.clauses, stack, found);
            }
        }
        if !found.is_empty() {
            found.sort_unstable();
            found.dedup_by_key(|found| (found.rule, found.span));
            for of_rule in found.chunk_by(|a, b| a.rule == b.rule) {
                let rule = &self.rules[of_rule[0].rule as usize];
                // Their bit may be that of many languages.
                if rule.language.as_deref().is_some_and(|own| own != verbatim.language) {
                    continue;
                }
                self.settler.settle(rule, &text, of_rule, verbatim, facts, out);
            }
        }
        self.count(&room);
        self.room = room;
        if out.len() < 2 {
            return;
        }
        out.sort_by(|a, b| {
            let id = |hit: &Hit| &self.rules[hit.rule as usize].id;
            (a.start_byte, a.end_byte).cmp(&(b.start_byte, b.end_byte)).then_with(|| id(a).cmp(id(b)))
        });
    }

    /// Finds phrases that are hits, triggers of branches, and places of regular expressions.
    fn find(&self, verbatim: &Verbatim<'_>, room: &mut Room) {
        let memo = &self.memo;
        room.clear();
        room.words.extend(verbatim.words.iter().map(|word| memo.known[word.id.index()]));
        room.sieves.extend(room.words.iter().map(|word| memo.companions.sieve(word.profile())));
        let Room { words, sieves, found, triggers, pending, .. } = room;
        let text = Text { program: self.program, memo, words, regexes: &[] };
        let mut pass = Pass { text, sieves, units: Units::default(), languages: 0, found, triggers };
        pass.languages = self.program.languages_of(verbatim.language);
        pass.units.whole = 0..words.len() as u32;
        let flags = BESIDE[0] | BESIDE[1] | LEADS | REGEXES | if pass.languages == EVERY_LANGUAGE { 0 } else { OWN_LEADS };
        for (i, clause) in verbatim.clauses.iter().enumerate() {
            pass.units.clause = clause.first_word..clause.end_word;
            if pass.units.sentence.end < clause.end_word {
                pass.units.sentence = unit_of(Scope::Sentence, verbatim.clauses, i);
            }
            let own = words.get(clause.first_word as usize..clause.end_word as usize).unwrap_or_default();
            for (word, position) in own.iter().zip(clause.first_word..) {
                if !word.is(flags) {
                    continue;
                }
                let profile = word.profile();
                if word.is(BESIDE[0])
                    && let Some(other) = words.get((position as usize).wrapping_sub(1))
                {
                    memo.beside(0, profile, other.profile(), |lead| pass.lead(lead, position));
                }
                if word.is(BESIDE[1])
                    && let Some(other) = words.get(position as usize + 1)
                {
                    memo.beside(1, profile, other.profile(), |lead| pass.lead(lead, position));
                }
                if word.is(LEADS) {
                    memo.leads(profile).iter().for_each(|lead| pass.probe(lead, position));
                }
                if word.is(OWN_LEADS & flags) {
                    memo.own_leads(profile).iter().for_each(|lead| pass.probe(lead, position));
                }
                if word.is(REGEXES) {
                    pending.extend(memo.regexes(profile).iter().map(|regex| (*regex, position)));
                }
            }
        }
        if !self.program.regexes.is_empty() {
            pending.sort_unstable();
            find_regexes(&mut pass, verbatim, pending, &mut room.regexes);
        }
    }

    /// Counts the rules that were looked at.
    fn count(&mut self, room: &Room) {
        let mut last = None;
        for trigger in &room.triggers {
            let rule = self.program.branches[trigger.branch as usize].rule;
            if last != Some(rule) {
                self.looked_at[rule as usize] += 1;
            }
            last = Some(rule);
        }
        for of_rule in room.found.chunk_by(|a, b| a.rule == b.rule) {
            let rule = of_rule[0].rule;
            let is_counted = room.triggers.iter().any(|trigger| self.program.branches[trigger.branch as usize].rule == rule);
            self.looked_at[rule as usize] += u64::from(!is_counted);
        }
    }
}

/// One pass over the words of a verbatim.
struct Pass<'a> {
    text: Text<'a>,
    /// For each word those of its sets of companions.
    sieves: &'a [u64],
    units: Units,
    languages: u64,
    found: &'a mut Vec<Found>,
    triggers: &'a mut Vec<Trigger>,
}

impl Pass<'_> {
    /// Follows a lead whose other word was not looked at yet.
    #[inline]
    fn probe(&mut self, lead: &Lead, position: u32) {
        let other = || self.text.words.get(position.wrapping_add_signed(lead.offset) as usize);
        if lead.class == ANY || other().is_some_and(|other| self.text.memo.classes.has(other.profile(), lead.class)) {
            self.lead(lead, position);
        }
    }

    #[inline]
    fn lead(&mut self, lead: &Lead, position: u32) {
        let (memo, words) = (self.text.memo, self.text.words);
        let (offset, class) = lead.third;
        if class != ANY {
            let third = words.get(position.wrapping_add_signed(offset) as usize);
            if !third.is_some_and(|third| memo.classes.has(third.profile(), class)) {
                return;
            }
        }
        let Some(start) = position.checked_sub(lead.anchor) else { return };
        let span = Span { start, end: start + lead.length };
        if lead.is_all && span.end as usize <= words.len() || self.text.sequence(lead.sequence, position, &self.units.whole).is_some() {
            self.target(lead.target, span);
        }
    }

    #[inline]
    fn target(&mut self, target: Target, span: Span) {
        let is_in = |unit: &Range<u32>| unit.start <= span.start && span.end <= unit.end;
        match target {
            Target::Hit(rule) => {
                let compiled = &self.text.program.rules[rule as usize];
                if is_in(self.units.of(compiled.scope)) && compiled.languages & self.languages != 0 {
                    self.found.push(Found { rule, span, has_gaps: false });
                }
            }
            Target::Look(branch) => {
                let own = &self.text.program.branches[branch as usize];
                let unit = self.units.of(own.scope);
                let languages = || self.text.program.rules[own.rule as usize].languages;
                if is_in(unit) && self.is_accompanied(own, span, unit) && languages() & self.languages != 0 {
                    self.triggers.push(Trigger { branch, start: span.start });
                }
            }
        }
    }

    /// Whether words stand near without which the branch cannot match: most triggers end here.
    #[inline]
    fn is_accompanied(&self, branch: &Branch, span: Span, unit: &Range<u32>) -> bool {
        let from = span.start.saturating_sub(branch.before).max(unit.start);
        let to = span.end.saturating_add(branch.after).min(unit.end);
        let sieves = self.sieves.get(from as usize..to as usize).unwrap_or_default();
        sieves.iter().fold(0, |all, sieve| all | sieve) & branch.sieve == branch.sieve && self.has_companions(branch, span, unit)
    }

    #[inline(never)]
    fn has_companions(&self, branch: &Branch, span: Span, unit: &Range<u32>) -> bool {
        branch.companions.iter().take(branch.n_companions as usize).all(|companion| {
            let from = span.start.saturating_sub(companion.before).max(unit.start);
            let to = span.end.saturating_add(companion.after).min(unit.end);
            let holds = |from: u32, to: u32| {
                let words = self.text.words.get(from as usize..to as usize).unwrap_or_default();
                words.iter().any(|word| self.text.memo.companions.has(word.profile(), companion.set))
            };
            if companion.inside { holds(from, to) } else { holds(from, span.start) || holds(span.end, to) }
        })
    }
}

/// Finds the places of regular expressions, in the units where a word holds their literal: `pending`, by regex.
fn find_regexes(pass: &mut Pass<'_>, verbatim: &Verbatim<'_>, pending: &[(u32, u32)], out: &mut Vec<Occurrence>) {
    let program = pass.text.program;
    for (i, regex) in program.regexes.iter().enumerate() {
        let from = pending.partition_point(|(other, _)| *other < i as u32);
        let mut announced = pending.get(from..).unwrap_or_default().iter().take_while(|(other, _)| *other == i as u32);
        let mut end = 0;
        loop {
            // The next unit, or the next that is announced.
            let next = if regex.has_literal { announced.find(|(_, word)| *word >= end).map(|(_, word)| *word) } else { Some(end) };
            let Some(unit) = next.and_then(|word| unit_at(regex.scope, verbatim.clauses, word)) else { break };
            end = unit.end;
            (pass.units.clause, pass.units.sentence) = (unit.clone(), unit.clone());
            for span in regex_spans(&regex.regex, verbatim, unit) {
                out.push(Occurrence { atom: regex.atom, span });
                program.targets[regex.atom as usize].iter().for_each(|target| pass.target(*target, span));
            }
        }
    }
    out.sort_unstable();
    out.dedup();
}

/// Adds the spans of one branch, looked for around what triggered it.
fn look(text: &Text<'_>, triggers: &[Trigger], clauses: &[Clause], stack: &mut Vec<Span>, found: &mut Vec<Found>) {
    let branch = &text.program.branches[triggers[0].branch as usize];
    let mut rest = triggers;
    while let Some(first) = rest.first() {
        let unit = unit_of(branch.scope, clauses, clause_of(clauses, first.start) as usize);
        let n = rest.partition_point(|trigger| trigger.start < unit.end);
        let (here, behind) = rest.split_at(n);
        rest = behind;
        // Every trigger is a word of the span that it is part of.
        let (first, last) = (here[0].start, here[here.len() - 1].start);
        let window = first.saturating_sub(branch.width).max(unit.start)..last.saturating_add(branch.width).min(unit.end);
        stack.clear();
        text.spans(&branch.node, &unit, &window, stack);
        found.extend(stack.iter().map(|span| Found { rule: branch.rule, span: *span, has_gaps: true }));
    }
}

fn clause_of(clauses: &[Clause], word: u32) -> u32 {
    clauses.partition_point(|clause| clause.end_word <= word) as u32
}

/// The unit that a word belongs to.
pub(super) fn unit_around(scope: Scope, clauses: &[Clause], word: u32) -> Range<u32> {
    unit_of(scope, clauses, clause_of(clauses, word) as usize)
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
