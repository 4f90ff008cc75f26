//! Is what a hit says so, denied, threatened, past, asked, or of somebody else?
//!
//! Decided from cues in the hit's clause, and in its sentence for "if", "until" and the question mark. The
//! nearest cue that reaches the hit counts; a denial reaches until a new subject or a conjunction begins
//! another statement. After the negation scopes of NegEx (Chapman et al., 2001), with the cue kept.

use super::cues::{Cue, is_anybody, is_intention, is_permission, opens_question};
use super::evaluate::Span;
use super::rule::{Cannot, Subject};
use crate::text::{Clause, Verbatim};

/// How a hit is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assertion {
    /// Said as so.
    Affirmed,
    /// Denied: "I would never cancel".
    Negated,
    /// Depends on something: "if … I will cancel".
    Conditional,
    /// Past, and not said of now: "until I threatened to cancel".
    Historical,
    /// Asked: "can I cancel?".
    Question,
    /// Said of somebody else: "my sister cancelled".
    OtherParty,
}

impl Assertion {
    /// All, in the order of the contract.
    pub const ALL: [Self; 6] = [Self::Affirmed, Self::Negated, Self::Conditional, Self::Historical, Self::Question, Self::OtherParty];

    /// The value of the column `assertion`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Affirmed => "affirmed",
            Self::Negated => "negated",
            Self::Conditional => "conditional",
            Self::Historical => "historical",
            Self::Question => "question",
            Self::OtherParty => "other_party",
        }
    }
}

/// What about a rule bears on assertion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) cannot: Cannot,
    pub(super) subject: Subject,
}

/// The assertion of a hit and the words of its cue. `covered` tells which words a matched term holds: those
/// are what is said, not cues of it. `cues` holds the cue of every word of the table.
pub(super) fn of(
    verbatim: &Verbatim<'_>,
    cues: &[Cue],
    hit: Span,
    covered: &dyn Fn(u32) -> bool,
    manner: Manner,
) -> (Assertion, Option<Span>) {
    decide(&Scene::new(verbatim, cues, hit, covered), manner)
}

/// The same without a shortcut.
#[cfg(test)]
pub(super) fn slowly(
    verbatim: &Verbatim<'_>,
    cues: &[Cue],
    hit: Span,
    covered: &dyn Fn(u32) -> bool,
    manner: Manner,
) -> (Assertion, Option<Span>) {
    decide(&Scene { present: u32::MAX, ..Scene::new(verbatim, cues, hit, covered) }, manner)
}

fn decide(scene: &Scene<'_>, manner: Manner) -> (Assertion, Option<Span>) {
    let one = |position: u32| Span { start: position, end: position + 1 };
    if let Some(cue) = scene.negation(manner.cannot) {
        return (Assertion::Negated, Some(cue));
    }
    if manner.subject == Subject::Customer
        && let Some(cue) = scene.other_party()
    {
        return (Assertion::OtherParty, Some(one(cue)));
    }
    if let Some(cue) = scene.historical() {
        return (Assertion::Historical, Some(cue));
    }
    if let Some(cue) = scene.question() {
        return (Assertion::Question, Some(cue));
    }
    if let Some(cue) = scene.conditional() {
        return (Assertion::Conditional, Some(one(cue)));
    }
    (Assertion::Affirmed, None)
}

struct Scene<'a> {
    verbatim: &'a Verbatim<'a>,
    /// By word id, in the verbatim's language.
    cues: &'a [Cue],
    /// The first word of the sentence, or the first in reach.
    base: u32,
    /// One past the last word of the sentence, or the last in reach.
    until: u32,
    /// The first word of the clause.
    clause: u32,
    hit: Span,
    covered: &'a dyn Fn(u32) -> bool,
    last_clause: Clause,
    /// The cues of the sentence as far as it is in reach, as bits.
    present: u32,
}

/// A denial reaches over this many words: "would never in a million years think of" has seven.
const REACH: u32 = 8;
/// A subject stands at most this far before its verb: "they have already gone and" is four.
const SUBJECT_REACH: u32 = 5;
/// Sentences without any punctuation are cut here, so that one hit costs a bounded look around.
const SENTENCE_REACH: u32 = 40;

impl<'a> Scene<'a> {
    fn new(verbatim: &'a Verbatim<'a>, cues: &'a [Cue], hit: Span, covered: &'a dyn Fn(u32) -> bool) -> Self {
        let clauses = verbatim.clauses;
        let of_word = |word: u32| clauses.partition_point(|clause| clause.end_word <= word).min(clauses.len() - 1);
        let (own, end) = (of_word(hit.start), of_word(hit.end - 1));
        let same = |clause: &&Clause, as_of: usize| clause.sentence == clauses[as_of].sentence;
        let first = clauses
            .get(..own)
            .unwrap_or_default()
            .iter()
            .rev()
            .take(SENTENCE_REACH as usize)
            .take_while(|c| same(c, own))
            .last()
            .unwrap_or(&clauses[own]);
        let last = clauses
            .get(end..)
            .unwrap_or_default()
            .iter()
            .take(SENTENCE_REACH as usize)
            .take_while(|c| same(c, end))
            .last()
            .unwrap_or(&clauses[end]);
        let base = first.first_word.max(hit.start.saturating_sub(SENTENCE_REACH));
        let until = last.end_word.min(hit.end + SENTENCE_REACH);
        let clause = clauses[own].first_word.max(base);
        let words = verbatim.words.get(base as usize..until as usize).unwrap_or_default();
        let present = words.iter().fold(0, |all, word| all | 1 << cues[word.id.index()] as u32);
        Self { verbatim, cues, base, until, clause, hit, covered, last_clause: *last, present }
    }

    /// Whether any of these cues stands in reach: most sentences have none of most kinds.
    fn has(&self, cues: &[Cue]) -> bool {
        cues.iter().any(|cue| self.present >> *cue as u32 & 1 == 1)
    }

    /// The folded word at a position of the sentence; empty beyond it.
    fn word(&self, position: u32) -> &str {
        if !(self.base..self.until).contains(&position) {
            return "";
        }
        self.verbatim.folded(&self.verbatim.words[position as usize])
    }

    fn cue(&self, position: u32) -> Cue {
        if !(self.base..self.end()).contains(&position) {
            return Cue::None;
        }
        self.cues[self.verbatim.words[position as usize].id.index()]
    }

    /// Positions before the hit in its clause, nearest first, then words inside that no term matched.
    fn before(&self, reach: u32) -> impl Iterator<Item = u32> {
        let first = self.clause.max(self.hit.start.saturating_sub(reach));
        let is_cue = |position: &u32| self.cue(*position) != Cue::None && !(self.covered)(*position);
        let inside = (self.hit.start..self.hit.end).rev().filter(is_cue);
        inside.chain((first..self.hit.start).rev())
    }

    /// A denial; a comma right before the hit parts it from what was denied before: "no refund, worst service ever".
    fn negation(&self, cannot: Cannot) -> Option<Span> {
        let parted = self.follows_comma();
        // "not fixed I'll switch": a term that holds its subject is a statement of its own.
        let (mut subject, mut raised) = (self.has_subject(), false);
        for position in self.before(REACH) {
            let inside = position >= self.hit.start;
            if parted && position + 1 < self.hit.start {
                return None;
            }
            match self.cue(position) {
                Cue::Negation if inside && !self.is_idle(position) && !self.denies_ability(position) => {
                    return Some(Span { start: position, end: position + 1 });
                }
                Cue::FirstPerson | Cue::ThirdPerson | Cue::SecondPerson => subject = true,
                Cue::Raising => raised = true,
                Cue::Break | Cue::Until => return None,
                Cue::Negation if subject && !raised => return None,
                Cue::Determiner if !self.denies_noun(position) => {}
                Cue::Negation if self.is_idle(position) => {}
                Cue::Negation | Cue::Determiner => {
                    if self.denies_ability(position) && cannot == Cannot::Wish {
                        return None;
                    }
                    return Some(Span { start: position, end: position + 1 });
                }
                Cue::Inability if cannot == Cannot::Wish => return None,
                Cue::Inability if !subject => return Some(Span { start: position, end: position + 1 }),
                _ => {}
            }
        }
        None
    }

    fn follows_comma(&self) -> bool {
        let words = self.verbatim.words;
        let Some(before) = self.hit.start.checked_sub(1).and_then(|p| words.get(p as usize)) else { return false };
        let between = self.verbatim.text.get(before.end_byte as usize..words[self.hit.start as usize].start_byte as usize);
        between.is_some_and(|text| text.contains([',', '\u{60c}', '\u{ff0c}']))
    }

    /// "no reason to cancel", "no complaints", but not "no reply cancelling now".
    fn denies_noun(&self, position: u32) -> bool {
        let next = self.word(position + 1);
        let distance = self.hit.start.saturating_sub(position);
        distance <= 2 && self.hit.start > position || is_intention(next) || position >= self.hit.start
    }

    /// "not only", "not just", "nothing but", "why not", "if not": no denial of what follows.
    fn is_idle(&self, position: u32) -> bool {
        let next = self.word(position + 1);
        let before = position.checked_sub(1).map_or("", |p| self.word(p));
        let conditional = position.checked_sub(1).is_some_and(|p| self.cue(p) == Cue::Condition);
        conditional
            || matches!(next, "only" | "just" | "surprisingly" | "solo" | "seulement" | "nur" | "so" | "sure")
            || matches!((self.word(position), next), ("nothing", "but") | ("none", "other"))
            || before == "why"
            || next == "hesitate"
            || matches!(next, "to") && matches!(self.word(position + 2), "mention")
    }

    /// "can not", "could not", "not able", "won't let", "not allowed", "refuse to let".
    fn denies_ability(&self, position: u32) -> bool {
        let before = position.checked_sub(1).map_or("", |p| self.word(p));
        matches!(
            before,
            "can" | "could" | "ca" | "puedo" | "peux" | "kann" | "posso" | "podemos" | "pude" | "deja" | "dejan" | "deixa" | "deixam"
        ) || (position + 1..position + 4).any(|p| is_permission(self.word(p)))
    }

    /// Whether the hit itself names the customer as its subject.
    fn has_subject(&self) -> bool {
        (self.hit.start..self.hit.end).any(|position| self.cue(position) == Cue::FirstPerson)
    }

    fn other_party(&self) -> Option<u32> {
        if self.has_subject() {
            return None;
        }
        let first = self.clause.max(self.hit.start.saturating_sub(SUBJECT_REACH));
        for position in (first..self.hit.start).rev() {
            let distance = self.hit.start - position;
            match self.cue(position) {
                Cue::FirstPerson | Cue::FirstObject => return None,
                Cue::ThirdPerson if distance <= 2 || !is_anybody(self.word(position)) => return Some(position),
                Cue::SecondPerson if distance <= 3 => return Some(position),
                Cue::Relation => return Some(position),
                Cue::Company if distance <= 3 => return Some(position),
                _ => {}
            }
        }
        None
    }

    fn historical(&self) -> Option<Span> {
        if !self.has(&[Cue::Until, Cue::Almost, Cue::Past]) {
            return None;
        }
        let pair = |position: u32, n: u32| Some(Span { start: position, end: position + n });
        for position in (self.base..self.hit.start).rev() {
            let same_clause = position >= self.clause;
            let near = self.hit.start - position <= REACH;
            match self.cue(position) {
                Cue::Until if !self.is_counter(position) && !self.is_deadline(position) => return pair(position, 1),
                Cue::Almost if same_clause && near => return pair(position, 1),
                Cue::Past if same_clause && near => {}
                _ => continue,
            }
            match (self.word(position), self.word(position + 1)) {
                ("used", "to") | ("back", "in" | "when") | ("had", "to") | ("last", "year") | ("years" | "months" | "year", "ago") => {
                    return pair(position, 2);
                }
                (
                    "was" | "were" | "had",
                    "going" | "about" | "planning" | "thinking" | "ready" | "planned" | "wanted" | "considered" | "thought",
                ) => return pair(position, 2),
                _ => {}
            }
        }
        // "nobody helped until I threatened": it ended.
        if self.cue(self.hit.end) == Cue::Until && !self.is_counter(self.hit.end) {
            return pair(self.hit.end, 1);
        }
        let ago = (self.hit.end..(self.hit.end + REACH).min(self.end())).find(|p| {
            self.cue(*p) == Cue::Past
                && matches!((self.word(*p), self.word(p + 1)), ("years" | "year", "ago") | ("back", "in" | "when") | ("last", "year"))
        });
        ago.and_then(|position| pair(position, 2))
    }

    /// The till of a shop: "a second till", "the tills".
    fn is_counter(&self, position: u32) -> bool {
        let before = position.checked_sub(1).map_or("", |p| self.word(p));
        self.word(position) == "till"
            && matches!(before, "a" | "the" | "our" | "second" | "third" | "new" | "another" | "each" | "per" | "one")
    }

    /// "You have until Friday": a time that is given, not one that has passed.
    fn is_deadline(&self, position: u32) -> bool {
        position.checked_sub(1).is_some_and(|before| matches!(self.word(before), "have" | "has" | "got" | "give" | "given"))
    }

    fn end(&self) -> u32 {
        self.until
    }

    fn question(&self) -> Option<Span> {
        let last = self.verbatim.words.get(self.last_clause.end_word as usize - 1)?;
        let closing = self.verbatim.text.get(last.end_byte as usize..self.last_clause.end_byte as usize).unwrap_or_default();
        let first = self.base;
        if closing.contains(['?', '？', '؟']) {
            return Some(Span { start: self.last_clause.end_word - 1, end: self.last_clause.end_word });
        }
        opens_question(self.word(first), self.word(first + 1), self.word(first + 2)).then_some(Span { start: first, end: first + 1 })
    }

    fn conditional(&self) -> Option<u32> {
        if !self.has(&[Cue::Condition, Cue::Or]) {
            return None;
        }
        (self.base..self.end()).find(|position| {
            let cue = self.cue(*position);
            let is_inside = (self.hit.start..self.hit.end).contains(position);
            match cue {
                Cue::Condition | Cue::Or if is_inside && (self.covered)(*position) => false,
                Cue::Condition => {
                    let before = position.checked_sub(1).map_or("", |p| self.word(p));
                    let idle = matches!(
                        before,
                        "even"
                            | "as"
                            | "wonder"
                            | "wondering"
                            | "see"
                            | "ask"
                            | "asked"
                            | "asking"
                            | "know"
                            | "sure"
                            | "check"
                            | "wondered"
                            | "doubt"
                            | "like"
                    );
                    // "having provided proof" is no condition, "provided that" is.
                    let given = self.word(*position) == "provided" && !matches!(self.word(position + 1), "that" | "you");
                    !idle && !given && !matches!(self.word(position + 1), "so" | "any" | "only" | "ever" | "anything")
                }
                // "Fix this or I'll leave."
                Cue::Or => {
                    *position < self.hit.start
                        && (matches!(self.word(position + 1), "i'll" | "we'll" | "else")
                            || matches!((self.word(position + 1), self.word(position + 2)), ("i" | "we", "will" | "am" | "are")))
                }
                _ => false,
            }
        })
    }
}
