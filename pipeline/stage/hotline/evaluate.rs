//! Where does an expression match inside one unit of text?
//!
//! Operands are lists of spans in words, sorted and without repetition, on one stack that is kept from text to text. The pairs of
//! NEAR and BEFORE are all pairs in reach; AND joins each span of its first member with the nearest of every other. The rarer operand
//! of a pair is looked for first, the other one only around what was found of it. How many spans there can be is bounded when a rule
//! is compiled ([`cost`]).

use std::ops::Range;

use super::expression::{Expr, Relation};
use super::memo::{Known, Memo};
use super::program::{ANY, Node, Pair, Program, UNBOUNDED};

/// A half-open range of words of the verbatim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Span {
    fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// One place of an atom that was found before anything was evaluated: those of regular expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    pub(super) atom: u32,
    pub(super) span: Span,
}

/// One verbatim, to look for atoms in.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) program: &'a Program,
    pub(super) memo: &'a Memo,
    /// What is known of each word.
    pub(super) words: &'a [Known],
    /// Sorted.
    pub(super) regexes: &'a [Occurrence],
}

impl Text<'_> {
    /// Puts the spans of `node` that lie in `window` on the stack: sorted, each once. `unit` is all that the expression may look at;
    /// expressions of unbounded width are asked for all of it.
    pub(super) fn spans(&self, node: &Node, unit: &Range<u32>, window: &Range<u32>, stack: &mut Vec<Span>) {
        match node {
            Node::Leaf(atom) => self.atom(*atom, window, stack),
            Node::Or(members) => {
                let base = stack.len();
                members.iter().for_each(|member| self.spans(member, unit, window, stack));
                sort(stack, base);
            }
            Node::And(present, absent) => self.all(present, absent, unit, stack),
            Node::AtLeast(k, members) => self.at_least(*k, members, unit, stack),
            Node::Pair(pair) => self.pair(pair, unit, window, stack),
        }
    }

    /// Puts the places of one atom in `window` on the stack.
    pub(super) fn atom(&self, atom: u32, window: &Range<u32>, stack: &mut Vec<Span>) {
        let base = stack.len();
        if self.program.lengths[atom as usize] == UNBOUNDED {
            let from = self.regexes.partition_point(|o| (o.atom, o.span.start) < (atom, window.start));
            let own = self.regexes.get(from..).unwrap_or_default().iter().take_while(|o| o.atom == atom && o.span.start < window.end);
            stack.extend(own.map(|o| o.span).filter(|span| span.end <= window.end));
            return;
        }
        let words = self.words.get(window.start as usize..window.end as usize).unwrap_or_default();
        for (i, word) in words.iter().enumerate() {
            if self.memo.atoms.has(word.profile(), atom) {
                let places = self.memo.places_of(word.profile(), atom).iter();
                stack.extend(places.filter_map(|place| self.sequence(place.sequence, window.start + i as u32, window)));
            }
        }
        sort(stack, base);
    }

    /// The span of a sequence whose anchor is at `position`, if it lies in `window`.
    pub(super) fn sequence(&self, id: u32, position: u32, window: &Range<u32>) -> Option<Span> {
        let sequence = &self.program.sequences[id as usize];
        let start = position.checked_sub(sequence.anchor).filter(|start| *start >= window.start)?;
        let span = Span { start, end: start + sequence.slots.len() as u32 };
        if span.end > window.end {
            return None;
        }
        let words = self.words.get(span.start as usize..span.end as usize)?;
        let fits = |(k, (class, word)): (usize, (&u32, &Known))| {
            k as u32 == sequence.anchor || *class == ANY || self.memo.classes.has(word.profile(), *class)
        };
        sequence.slots.iter().zip(words).enumerate().all(fits).then_some(span)
    }

    fn all(&self, present: &[Node], absent: &[Node], unit: &Range<u32>, stack: &mut Vec<Span>) {
        let base = stack.len();
        for (i, member) in present.iter().enumerate() {
            let from = stack.len();
            self.spans(member, unit, unit, stack);
            if stack.len() == from {
                stack.truncate(base);
                return;
            }
            if i > 0 {
                for k in base..from {
                    let near = nearest(stack[k], &stack[from..]);
                    stack[k] = stack[k].hull(near);
                }
                stack.truncate(from);
                sort(stack, base);
            }
        }
        for member in absent {
            let from = stack.len();
            self.spans(member, unit, unit, stack);
            let is_there = stack.len() > from;
            stack.truncate(if is_there { base } else { from });
            if is_there {
                return;
            }
        }
    }

    fn at_least(&self, k: usize, members: &[Node], unit: &Range<u32>, stack: &mut Vec<Span>) {
        let base = stack.len();
        for member in members {
            let from = stack.len();
            self.spans(member, unit, unit, stack);
            // The first of each is what counts.
            stack.truncate((from + 1).min(stack.len()));
        }
        let enough = stack.len() - base >= k;
        let firsts = &mut stack[base..];
        firsts.sort_unstable();
        let joined = firsts.iter().take(k).copied().reduce(Span::hull).filter(|_| enough);
        stack.truncate(base);
        stack.extend(joined);
    }

    fn pair(&self, pair: &Pair, unit: &Range<u32>, window: &Range<u32>, stack: &mut Vec<Span>) {
        let base = stack.len();
        let (first, last) = if pair.right_first { (&pair.right, &pair.left) } else { (&pair.left, &pair.right) };
        self.spans(first, unit, window, stack);
        let found = &stack[base..];
        let (Some(start), Some(end)) = (found.first().map(|span| span.start), found.iter().map(|span| span.end).max()) else { return };
        let middle = stack.len();
        let reach = pair.reach.saturating_add(pair.n);
        let (mut from, mut to) = (start.saturating_sub(reach), end.saturating_add(reach));
        match pair.relation {
            Relation::Before if pair.right_first => to = stack[base..middle].last().map_or(to, |span| span.start),
            Relation::Before => from = stack[base..middle].iter().map(|span| span.end).min().unwrap_or(from),
            Relation::Near | Relation::NotNear => {}
        }
        // What must not be near may lie outside of the window, which bears on the spans that are asked for.
        let bounds = if pair.relation == Relation::NotNear { unit } else { window };
        let around = from.max(bounds.start)..to.min(bounds.end);
        if around.start < around.end {
            self.spans(last, unit, &around, stack);
        }
        let end = stack.len();
        pairs(stack, base, middle, pair);
        stack.drain(base..end);
        sort(stack, base);
    }
}

/// Puts the spans of a pair behind those of its operands, which are at `base..middle` and `middle..`, the rarer one first.
fn pairs(stack: &mut Vec<Span>, base: usize, middle: usize, pair: &Pair) {
    let end = stack.len();
    let (left, right) = if pair.right_first { (middle..end, base..middle) } else { (base..middle, middle..end) };
    let n = pair.n;
    // No span of the right operand is longer than this, so what starts earlier cannot reach.
    let longest = stack[right.clone()].iter().map(|span| span.end - span.start).max().unwrap_or(0);
    for i in left {
        let a = stack[i];
        let from = right.start + stack[right.clone()].partition_point(|b| b.start.saturating_add(longest).saturating_add(n) < a.start);
        let mut is_near = false;
        for k in from..right.end {
            let b = stack[k];
            if b.start > a.end.saturating_add(n) {
                break;
            }
            let before = b.start >= a.end && b.start - a.end <= n;
            let after = a.start >= b.end && a.start - b.end <= n;
            match pair.relation {
                Relation::Near if before || after => stack.push(a.hull(b)),
                Relation::Before if before => stack.push(a.hull(b)),
                Relation::NotNear => is_near |= before || after || a.overlaps(b),
                _ => {}
            }
        }
        if pair.relation == Relation::NotNear && !is_near {
            stack.push(a);
        }
    }
}

/// Puts what is on the stack from `base` on in order, each once.
fn sort(stack: &mut Vec<Span>, base: usize) {
    if stack.len() < base + 2 || stack[base..].is_sorted_by(|a, b| a < b) {
        return;
    }
    stack[base..].sort_unstable();
    let mut kept = base + 1;
    for i in base + 1..stack.len() {
        if stack[i] != stack[kept - 1] {
            stack[kept] = stack[i];
            kept += 1;
        }
    }
    stack.truncate(kept);
}

/// The span that starts nearest to the start of `span`; the earlier one of two as near.
fn nearest(span: Span, others: &[Span]) -> Span {
    let after = others.partition_point(|other| other.start < span.start);
    let before = after.checked_sub(1).map(|last| {
        let start = others[last].start;
        others[others.partition_point(|other| other.start < start)]
    });
    match (before, others.get(after)) {
        (Some(before), Some(after)) if after.start - span.start < span.start - before.start => *after,
        (Some(before), _) => before,
        (None, Some(after)) => *after,
        (None, None) => unreachable!("an operand without spans ends AND"),
    }
}

/// What evaluating an expression can take for each word of the text, at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Spans that begin at one word; never more than the longest has words, since equal ones are kept once.
    spans: u64,
    /// Words of the longest span; unbounded for AND and `2 of`, which have one span for each of their first member.
    width: u64,
    /// Spans and pairs looked at.
    pub(super) work: u64,
}

impl Cost {
    /// The cost of sequences of these lengths.
    pub(super) fn of_lengths(lengths: &[usize]) -> Self {
        let width = lengths.iter().copied().max().unwrap_or(1) as u64;
        Self { spans: lengths.len() as u64, width, work: lengths.len() as u64 }
    }

    fn or(self, other: Self) -> Self {
        let width = self.width.max(other.width);
        let spans = self.spans.saturating_add(other.spans).min(width);
        Self { spans, width, work: self.work.saturating_add(other.work) }
    }
}

/// The cost of an expression, given that of its leaves.
pub(super) fn cost<L>(expr: &Expr<L>, of_leaf: &impl Fn(&L) -> Cost) -> Cost {
    let sum = |members: &[Expr<L>]| members.iter().map(|member| cost(member, of_leaf)).fold(Cost::default(), Cost::or);
    match expr {
        Expr::Leaf(leaf) => of_leaf(leaf),
        Expr::Or(members) => sum(members),
        Expr::And(members) | Expr::AtLeast(_, members) => Cost { width: u64::MAX, ..sum(members) },
        Expr::Not(inside) => cost(inside, of_leaf),
        Expr::Pair(left, relation, n, right) => {
            let (left, right) = (cost(left, of_leaf), cost(right, of_leaf));
            let reach = u64::from(*n).saturating_add(right.width.min(1_000));
            let pairs = left.spans.saturating_mul(right.spans).saturating_mul(reach);
            let work = left.work.saturating_add(right.work).saturating_add(pairs);
            if *relation == Relation::NotNear {
                return Cost { work, ..left };
            }
            let width = left.width.saturating_add(right.width).saturating_add(u64::from(*n));
            Cost { spans: pairs.min(width), width, work }
        }
    }
}
