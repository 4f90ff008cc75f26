//! Where does an expression match inside one unit of text?
//!
//! Operands are lists of spans in words, sorted and without repetition. The pairs of NEAR and BEFORE are all
//! pairs in reach; AND joins each span of its first member with the nearest of every other. How many spans
//! there can be is bounded when a rule is compiled ([`cost`]).

use std::ops::Range;

use super::expression::{Expr, Relation};

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

/// All places of all atoms in one verbatim: most leaves of most rules are not there.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By atom; in order, without repetition, once [`Found::settle`] has run.
    places: Vec<Vec<Span>>,
    /// Atoms that have a place.
    touched: Vec<u32>,
}

impl Found {
    /// Forgets the last verbatim.
    pub(super) fn clear(&mut self, n_atoms: usize) {
        self.places.resize_with(n_atoms, Vec::new);
        for atom in self.touched.drain(..) {
            self.places[atom as usize].clear();
        }
    }

    /// Adds a place of an atom.
    pub(super) fn push(&mut self, atom: u32, span: Span) {
        let places = &mut self.places[atom as usize];
        if places.is_empty() {
            self.touched.push(atom);
        }
        places.push(span);
    }

    /// Puts what was found in order: nearly all of it is.
    pub(super) fn settle(&mut self) {
        for atom in &self.touched {
            let places = &mut self.places[*atom as usize];
            if !places.is_sorted() {
                places.sort_unstable();
            }
            places.dedup();
        }
    }

    /// The atoms that have a place.
    pub(super) fn atoms(&self) -> &[u32] {
        &self.touched
    }

    /// Every place of an atom, in order.
    pub(super) fn of(&self, atom: u32) -> &[Span] {
        &self.places[atom as usize]
    }
}

/// Whether what `expr` needs stands anywhere in the verbatim: most rules that are looked at end here, without any memory.
pub(super) fn is_possible(expr: &Expr<u32>, found: &Found) -> bool {
    match expr {
        Expr::Leaf(atom) => !found.of(*atom).is_empty(),
        Expr::Or(members) => members.iter().any(|member| is_possible(member, found)),
        // What must be absent bears on units, not on the verbatim.
        Expr::Not(_) => true,
        Expr::And(members) => members.iter().all(|member| is_possible(member, found)),
        Expr::AtLeast(k, members) => members.iter().filter(|member| is_possible(member, found)).take(*k).count() == *k,
        Expr::Pair(left, Relation::NotNear, _, _) => is_possible(left, found),
        Expr::Pair(left, _, _, right) => is_possible(left, found) && is_possible(right, found),
    }
}

/// The spans of `expr` inside `unit`.
pub(super) fn spans(expr: &Expr<u32>, occurrences: &Found, unit: &Range<u32>) -> Vec<Span> {
    match expr {
        Expr::Leaf(atom) => of_atom(*atom, occurrences, unit),
        Expr::Or(members) => {
            let mut found = Vec::new();
            for member in members {
                match member {
                    Expr::Leaf(atom) if occurrences.of(*atom).is_empty() => {}
                    _ => found.extend(spans(member, occurrences, unit)),
                }
            }
            sorted(found)
        }
        Expr::Not(_) => Vec::new(),
        Expr::And(members) => all(members, occurrences, unit),
        Expr::AtLeast(k, members) => at_least(*k, members, occurrences, unit),
        Expr::Pair(left, relation, n, right) => {
            let left = spans(left, occurrences, unit);
            if left.is_empty() {
                return left;
            }
            pairs(&left, *relation, *n, &spans(right, occurrences, unit))
        }
    }
}

/// The spans of one atom inside `unit`.
pub(super) fn of_atom(atom: u32, occurrences: &Found, unit: &Range<u32>) -> Vec<Span> {
    let own = occurrences.of(atom);
    let from = own.partition_point(|span| span.start < unit.start);
    let inside = own.get(from..).unwrap_or_default().iter().take_while(|span| span.start < unit.end);
    inside.copied().filter(|span| span.end <= unit.end).collect()
}

fn all(members: &[Expr<u32>], occurrences: &Found, unit: &Range<u32>) -> Vec<Span> {
    let mut found: Option<Vec<Span>> = None;
    for member in members {
        if let Expr::Not(absent) = member {
            if !spans(absent, occurrences, unit).is_empty() {
                return Vec::new();
            }
            continue;
        }
        let next = spans(member, occurrences, unit);
        if next.is_empty() {
            return next;
        }
        found = Some(match found {
            None => next,
            Some(before) => sorted(before.iter().map(|span| span.hull(nearest(*span, &next))).collect()),
        });
    }
    found.unwrap_or_default()
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

fn at_least(k: usize, members: &[Expr<u32>], occurrences: &Found, unit: &Range<u32>) -> Vec<Span> {
    let first = |member: &Expr<u32>| spans(member, occurrences, unit).first().copied();
    let mut firsts: Vec<Span> = members.iter().filter_map(first).collect();
    if firsts.len() < k {
        return Vec::new();
    }
    firsts.sort_unstable();
    firsts.truncate(k);
    firsts.into_iter().reduce(Span::hull).into_iter().collect()
}

fn pairs(left: &[Span], relation: Relation, n: u32, right: &[Span]) -> Vec<Span> {
    // No span of the right operand is longer than this, so what starts earlier cannot reach.
    let longest = right.iter().map(|span| span.end - span.start).max().unwrap_or(0);
    let mut found = Vec::new();
    for a in left {
        let from = right.partition_point(|b| b.start.saturating_add(longest + n) < a.start);
        let in_reach = right.get(from..).unwrap_or_default().iter().take_while(|b| b.start <= a.end.saturating_add(n));
        let near = |b: &Span| if b.start >= a.end { b.start - a.end <= n } else { a.start >= b.end && a.start - b.end <= n };
        match relation {
            Relation::Near => found.extend(in_reach.filter(|b| near(b)).map(|b| a.hull(*b))),
            Relation::Before => found.extend(in_reach.filter(|b| b.start >= a.end).map(|b| a.hull(*b))),
            Relation::NotNear => {
                if !in_reach.into_iter().any(|b| near(b) || a.overlaps(*b)) {
                    found.push(*a);
                }
            }
        }
    }
    sorted(found)
}

fn sorted(mut spans: Vec<Span>) -> Vec<Span> {
    if spans.len() < 2 {
        return spans;
    }
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// Overlapping spans become one: the longest of a chain, the first of those as long.
pub(super) fn collapse(spans: &[Span]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut chain: Option<(Span, u32)> = None;
    for span in spans {
        chain = Some(match chain {
            Some((best, end)) if span.start < end => {
                let longer = span.end - span.start > best.end - best.start;
                (if longer { *span } else { best }, end.max(span.end))
            }
            Some((best, _)) => {
                out.push(best);
                (*span, span.end)
            }
            None => (*span, span.end),
        });
    }
    out.extend(chain.map(|(best, _)| best));
    out
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
