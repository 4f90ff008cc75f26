//! What do the answers of each window add up to, and who stands behind them?
//!
//! Every figure of a measure is one of a window: the answers of a series in some months that end with a month. All windows that figures need
//! are asked for at once ([`Windows::count`]) and counted together.

use std::collections::{BTreeMap, HashMap};

use super::Room;
use super::cluster::{Clusters, Spread};
use super::dimension::Dimension;
use super::one_per::{self, Newest, OnePer};
use super::people::{Buckets, Said, each_said};
use super::sliding::Facts;
use super::tallies::AllTallies;
use super::tally::{Answer, Change, Statistic, Tally, change};
use super::window::Span;
use crate::error::Result;

/// One part of the responses in one window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    pub(super) tally: Tally,
    pub(super) n_respondents: i64,
    /// Answers of the account with most of them.
    pub(super) n_largest: i64,
    pub(super) clusters: Clusters,
}

impl Counted {
    /// How far its answers stand together.
    pub(super) fn spread(&self, statistic: Statistic) -> Spread {
        self.clusters.spread(&self.tally, statistic)
    }

    /// Against `before`.
    pub(super) fn change(&self, before: &Self, statistic: Statistic) -> Option<Change> {
        change((&self.tally, self.spread(statistic)), (&before.tally, before.spread(statistic)), statistic)
    }
}

/// Windows that were counted.
pub(super) struct Windows<'a> {
    tallies: &'a AllTallies,
    places: BTreeMap<(usize, Span), usize>,
    found: Found,
    /// Where only the newest answers count.
    newest: Option<Newest>,
}

/// By the place of the window, dimension and part.
pub(super) type Found = HashMap<(usize, Dimension, u32), Behind>;

/// Who stands behind the answers of one part in one window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Behind {
    pub(super) n_respondents: i64,
    pub(super) n_largest: i64,
    pub(super) clusters: Clusters,
}

impl Behind {
    pub(super) fn is_something(&self) -> bool {
        self.n_respondents > 0 || self.clusters.n_accounts > 0
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.n_respondents += other.n_respondents;
        self.n_largest = self.n_largest.max(other.n_largest);
        self.clusters.merge(&other.clusters);
    }
}

/// The windows of each series, by their last month.
pub(super) struct Plan {
    pub(super) of_series: Vec<Vec<Query>>,
    /// From the first month with tallies to the last.
    pub(super) n_months: usize,
}

/// A window that is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Query {
    pub(super) place: usize,
    pub(super) n_months: i32,
    /// Its last month, since the first month with tallies.
    pub(super) end: i32,
}

impl Query {
    /// Whether an answer of a month that counts until another (without it) counts here.
    pub(super) fn holds(&self, month: i32, until: i32) -> bool {
        month <= self.end && month > self.end - self.n_months && until > self.end
    }
}

impl<'a> Windows<'a> {
    /// Counts the windows asked for: series and months. Their lengths are those of [`super::window::WINDOWS`].
    pub(super) fn count(
        tallies: &'a AllTallies,
        asked: impl IntoIterator<Item = (usize, Span)>,
        one_per: OnePer,
        room: Room<'_>,
    ) -> Result<Self> {
        let mut places: BTreeMap<(usize, Span), usize> = asked.into_iter().map(|key| (key, 0)).collect();
        places.values_mut().zip(0..).for_each(|(place, number)| *place = number);
        let plan = plan(tallies, &places);
        let (mut found, mut newest) = (Found::new(), None);
        match one_per {
            OnePer::Response => count_all(tallies, &plan, room, &mut found)?,
            OnePer::Contact => {
                let (sums, accounts) = one_per::newest(tallies, &plan, room)?;
                accounts.each(one_per::fill, |facts| {
                    facts.count_accounts(tallies, &plan, &mut found);
                    Ok(())
                })?;
                newest = Some(sums);
            }
        }
        Ok(Self { tallies, places, found, newest })
    }

    /// One part in one window; nothing where nobody answered, or nobody asked.
    pub(super) fn of(&self, series: usize, span: Span, dimension: Dimension, part: u32) -> Counted {
        let Some(place) = self.places.get(&(series, span)) else { return Counted::default() };
        let key = (*place, dimension, part);
        let Behind { mut n_respondents, n_largest, clusters } = self.found.get(&key).copied().unwrap_or_default();
        let tally = match &self.newest {
            Some(newest) => {
                let (tally, n_known) = newest.get(&key).copied().unwrap_or_default();
                n_respondents = n_known;
                tally
            }
            None => {
                let mut sum = Tally::default();
                let months = self.tallies.months.iter().filter(|m| span.holds(m.month));
                months.filter_map(|m| m.answers[series].get(dimension, part)).for_each(|tally| sum.merge(tally));
                sum
            }
        };
        Counted { tally, n_respondents, n_largest, clusters }
    }
}

fn plan(tallies: &AllTallies, places: &BTreeMap<(usize, Span), usize>) -> Plan {
    let mut of_series = vec![Vec::new(); tallies.series.len()];
    let Some((first, last)) = tallies.months.first().zip(tallies.months.last()).map(|(a, b)| (a.month, b.month)) else {
        return Plan { of_series, n_months: 0 };
    };
    // A window that ends before the first month, or after the last, ends with it for counting.
    for ((series, span), place) in places.iter().filter(|((_, span), _)| span.last >= first) {
        of_series[*series].push(Query { place: *place, n_months: span.last.since(span.first) + 1, end: span.last.since(first) });
    }
    of_series.iter_mut().for_each(|queries: &mut Vec<Query>| queries.sort_by_key(|query| (query.end, query.n_months)));
    Plan { of_series, n_months: last.since(first) as usize + 1 }
}

/// People, then accounts: side by side they would take twice the memory, where the most of it is taken.
fn count_all(tallies: &AllTallies, plan: &Plan, room: Room<'_>, found: &mut Found) -> Result<()> {
    each_filled(tallies, room, "person", |said| said.respondent, |facts| facts.count_people(tallies, plan, found))?;
    each_filled(tallies, room, "account", |said| said.account, |facts| facts.count_accounts(tallies, plan, found))
}

/// Shows what those who are known said: all at once where that has room, else a bucket of them after the other.
fn each_filled(tallies: &AllTallies, room: Room<'_>, name: &str, who: fn(&Said) -> u64, mut take: impl FnMut(Facts)) -> Result<()> {
    let mut buckets = Buckets::new(tallies, room, name, who);
    if buckets.is_one() {
        let mut facts = Facts::default();
        each_said(tallies, |said, answers| {
            if who(said) != 0 {
                facts.add(said, who(said), answers, i32::MAX);
            }
            Ok(())
        })?;
        take(facts);
        return Ok(());
    }
    each_said(tallies, |said, answers| if who(said) == 0 { Ok(()) } else { buckets.write(said, answers) })?;
    let fill = |facts: &mut Facts, said: &Said, answers: &[Answer]| facts.add(said, who(said), answers, i32::MAX);
    buckets.each(fill, |facts| {
        take(facts);
        Ok(())
    })
}
