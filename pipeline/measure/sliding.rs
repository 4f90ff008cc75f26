//! How many people and accounts stand behind the answers of each window, and how do answers gather in accounts?
//!
//! A window slides over the months: the answers of an account that enter it are added to its standing, those that leave it are taken away.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;

use super::cluster::{Clusters, Standing, Sums, quantities};
use super::dimension::Dimension;
use super::distinct::Distinct;
use super::largest::Largest;
use super::people::Said;
use super::tallies::AllTallies;
use super::tally::{Answer, Boxes};
use super::window::WINDOWS;
use super::windows::{Behind, Found, Plan, Query};

/// One answer: when it counts, who gave it, and the parts that it belongs to.
#[derive(Clone, Copy)]
struct Fact {
    month: i32,
    until: i32,
    who: u32,
    parts: [u32; 4],
    value: i64,
    boxes: Boxes,
}

impl Fact {
    fn part(&self, dimension: Dimension) -> u32 {
        if dimension == Dimension::All { 0 } else { self.parts[dimension as usize - 1] }
    }
}

/// Answers by series.
#[derive(Default)]
pub(super) struct Facts {
    codes: HashMap<u64, u32, RandomState>,
    by_series: Vec<Vec<Fact>>,
}

impl Facts {
    /// Adds the answers of somebody, which count until a month (without it), for whoever `id` is.
    pub(super) fn add(&mut self, said: &Said, id: u64, answers: &[Answer], until: i32) {
        let next = self.codes.len() as u32;
        let who = *self.codes.entry(id).or_insert(next);
        for answer in answers {
            let series = answer.series as usize;
            if self.by_series.len() <= series {
                self.by_series.resize_with(series + 1, Vec::new);
            }
            let (value, boxes) = (answer.value, answer.boxes);
            self.by_series[series].push(Fact { month: said.month, until, who, parts: said.parts, value, boxes });
        }
    }

    fn sort(&mut self) {
        // By month; what comes first in a month cannot matter.
        self.by_series.par_iter_mut().for_each(|facts| facts.sort_by_key(|fact| fact.month));
    }

    /// Adds the people of each window.
    pub(super) fn count_people(mut self, tallies: &AllTallies, plan: &Plan, found: &mut Found) {
        self.sort();
        let n = self.codes.len();
        self.each_part(
            tallies,
            plan,
            found,
            || Distinct::new(n, plan.n_months),
            |distinct, facts, queries, out| {
                distinct.clear();
                let mut coming = facts.iter().peekable();
                for query in queries {
                    while let Some(fact) = coming.next_if(|fact| fact.month <= query.end) {
                        distinct.see(fact.who, fact.month as usize);
                    }
                    let from = (query.end + 1 - query.n_months).max(0);
                    if query.end >= 0 {
                        out(query, Behind { n_respondents: distinct.between(from as usize, query.end as usize), ..Behind::default() });
                    }
                }
            },
        );
    }

    /// Adds the accounts of each window.
    pub(super) fn count_accounts(mut self, tallies: &AllTallies, plan: &Plan, found: &mut Found) {
        self.sort();
        let n = self.codes.len();
        self.each_part(
            tallies,
            plan,
            found,
            || (Sliding::new(n), vec![(0, 0); n]),
            |(sliding, slots), facts, queries, out| {
                let cells = cells(facts, slots);
                for n_months in WINDOWS {
                    sliding.slide(&cells, n_months, queries.iter().filter(|query| query.n_months == n_months), out);
                }
            },
        );
    }

    /// Shows the facts of each part of each series with the windows asked for, in parallel over series; what comes out is added.
    fn each_part<S>(
        &self,
        tallies: &AllTallies,
        plan: &Plan,
        found: &mut Found,
        state: impl Fn() -> S + Sync,
        count: impl Fn(&mut S, &[&Fact], &[Query], &mut dyn FnMut(&Query, Behind)) + Sync,
    ) {
        let of_series = |(facts, queries): (&Vec<Fact>, &Vec<Query>)| {
            let mut counted = Vec::new();
            if facts.is_empty() || queries.is_empty() {
                return counted;
            }
            let mut state = state();
            for dimension in Dimension::EVERY {
                let mut parts: Vec<Vec<&Fact>> = vec![Vec::new(); tallies.n_parts(dimension) as usize];
                for fact in facts {
                    if let Some(part) = parts.get_mut(fact.part(dimension) as usize) {
                        part.push(fact);
                    }
                }
                for (part, facts) in (0..).zip(parts).filter(|(_, facts)| !facts.is_empty()) {
                    count(&mut state, &facts, queries, &mut |query, behind| {
                        if behind.is_something() {
                            counted.push(((query.place, dimension, part), behind));
                        }
                    });
                }
            }
            counted
        };
        let counted: Vec<Vec<_>> = self.by_series.par_iter().zip(&plan.of_series).map(of_series).collect();
        for (key, behind) in counted.into_iter().flatten() {
            found.entry(key).or_default().merge(&behind);
        }
    }
}

/// The answers of an account that begin and end to count together.
struct Cell {
    account: u32,
    month: i32,
    until: i32,
    sums: Sums,
}

/// Cells of facts that ascend by month; `slots`: for each account the month (from 1) and place of its last cell.
fn cells(facts: &[&Fact], slots: &mut [(i32, u32)]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    slots.fill((0, 0));
    for fact in facts {
        let sums = Sums::of(&quantities(&Answer { series: 0, value: fact.value, boxes: fact.boxes }));
        let slot = &mut slots[fact.who as usize];
        if slot.0 == fact.month + 1
            && let Some(cell) = cells.get_mut(slot.1 as usize).filter(|cell| cell.until == fact.until)
        {
            cell.sums.add(&sums, 1);
            continue;
        }
        *slot = (fact.month + 1, cells.len() as u32);
        cells.push(Cell { account: fact.who, month: fact.month, until: fact.until, sums });
    }
    cells
}

/// The accounts of a window that slides.
struct Sliding {
    accounts: Vec<Standing>,
    largest: Largest,
    clusters: Clusters,
}

impl Sliding {
    fn new(n: usize) -> Self {
        Self { accounts: vec![Standing::default(); n], largest: Largest::default(), clusters: Clusters::default() }
    }

    /// Slides a window of so many months over cells that ascend by month; ends with nothing in it.
    fn slide<'q>(&mut self, cells: &[Cell], n_months: i32, queries: impl Iterator<Item = &'q Query>, out: &mut dyn FnMut(&Query, Behind)) {
        let mut leaving: Vec<(i32, u32)> = (0..).zip(cells).map(|(idx, cell)| ((cell.month + n_months).min(cell.until), idx)).collect();
        leaving.sort_unstable();
        let (mut n_entered, mut n_left) = (0, 0);
        for query in queries {
            while let Some(cell) = cells.get(n_entered).filter(|cell| cell.month <= query.end) {
                self.change(cell, 1);
                n_entered += 1;
            }
            while let Some((_, idx)) = leaving.get(n_left).filter(|(month, _)| *month <= query.end) {
                self.change(&cells[*idx as usize], -1);
                n_left += 1;
            }
            out(query, Behind { n_respondents: 0, n_largest: self.largest.answers(), clusters: self.clusters });
        }
        for (_, idx) in leaving.iter().skip(n_left).filter(|(_, idx)| (*idx as usize) < n_entered) {
            self.change(&cells[*idx as usize], -1);
        }
    }

    fn change(&mut self, cell: &Cell, sign: i64) {
        let account = &mut self.accounts[cell.account as usize];
        let before = account.n;
        self.clusters.change(account, &cell.sums, sign);
        self.largest.change(before as usize, account.n as usize);
    }
}
