//! Does every answer of a person count, or only the newest?
//!
//! With [`OnePer::Contact`], in each window only the newest answer of a person to a question counts: the one received last, and of two received
//! in the same instant the one whose hash of source and id is higher. It counts where it was given (its area, channel, product, segment). A
//! response whose person is not known stands for a person of its own.
//!
//! An answer counts in a window that ends with a month from its own to the one before the person's next answer, as long as the window
//! reaches back to it. So what each window adds up to is a sum over months in which answers begin to count less those that end.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Room;
use super::dimension::Dimension;
use super::people::{Buckets, Said, each_said};
use super::sliding::Facts;
use super::tallies::AllTallies;
use super::tally::{Answer, Tally};
use super::windows::Plan;
use crate::error::Result;

/// What one answer stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnePer {
    /// Every response counts.
    #[default]
    Response,
    /// In each window the newest answer of each person counts.
    Contact,
}

/// What the newest answers of a window add up to, and how many of them are of people who are known.
pub(super) type Newest = HashMap<(usize, Dimension, u32), (Tally, i64)>;

/// The newest answers of every window, and, in buckets of accounts, how long each counts.
pub(super) fn newest(tallies: &AllTallies, plan: &Plan, room: Room<'_>) -> Result<(Newest, Buckets)> {
    let mut people = Buckets::new(tallies, room, "person", person);
    each_said(tallies, |said, answers| people.write(said, answers))?;
    let mut accounts = Buckets::new(tallies, room, "account", |said| said.account);
    let mut found = Newest::new();
    people.each(
        |given: &mut Vec<Given>, said, answers| given.extend(answers.iter().map(|answer| Given { said: *said, answer: *answer })),
        |mut given| {
            given.par_sort_unstable_by_key(|g| (g.answer.series, person(&g.said), g.said.month, g.said.rank));
            let mut lasting = Vec::with_capacity(given.len());
            for (idx, this) in given.iter().enumerate() {
                let next =
                    given.get(idx + 1).filter(|next| next.answer.series == this.answer.series && person(&next.said) == person(&this.said));
                let until = next.map_or(i32::MAX, |next| next.said.month);
                if until > this.said.month {
                    lasting.push((*this, until));
                    if this.said.account != 0 {
                        // The rank has done its work: its place takes the month in which the answer ends to count.
                        let said = Said { rank: (i64::from(until), 0), ..this.said };
                        accounts.write(&said, std::slice::from_ref(&this.answer))?;
                    }
                }
            }
            add(&mut found, tallies, plan, &lasting);
            Ok(())
        },
    )?;
    Ok((found, accounts))
}

/// Facts of a bucket of accounts that [`newest`] filled.
pub(super) fn fill(facts: &mut Facts, said: &Said, answers: &[Answer]) {
    facts.add(said, said.account, answers, i32::try_from(said.rank.0).unwrap_or(i32::MAX));
}

#[derive(Clone, Copy)]
struct Given {
    said: Said,
    answer: Answer,
}

/// A person who is not known is told by the response.
fn person(said: &Said) -> u64 {
    if said.respondent == 0 { said.rank.1 } else { said.respondent }
}

/// Adds a bucket of people to the windows; answers ascend by series.
fn add(found: &mut Newest, tallies: &AllTallies, plan: &Plan, lasting: &[(Given, i32)]) {
    let of_series: Vec<&[(Given, i32)]> = lasting.chunk_by(|a, b| a.0.answer.series == b.0.answer.series).collect();
    let sums: Vec<Vec<_>> = of_series.into_par_iter().map(|given| of_one_series(tallies, plan, given)).collect();
    for (key, (tally, n_known)) in sums.into_iter().flatten() {
        let sum = found.entry(key).or_default();
        sum.0.merge(&tally);
        sum.1 += n_known;
    }
}

type Sum = ((usize, Dimension, u32), (Tally, i64));

fn of_one_series(tallies: &AllTallies, plan: &Plan, given: &[(Given, i32)]) -> Vec<Sum> {
    let Some((first, _)) = given.first() else { return Vec::new() };
    let queries = &plan.of_series[first.answer.series as usize];
    let mut sums: Vec<Sum> = Vec::new();
    for dimension in Dimension::EVERY {
        let part_of = |g: &Given| if dimension == Dimension::All { 0 } else { g.said.parts[dimension as usize - 1] };
        let mut parts: Vec<Vec<&(Given, i32)>> = vec![Vec::new(); tallies.n_parts(dimension) as usize];
        for one in given {
            if let Some(part) = parts.get_mut(part_of(&one.0) as usize) {
                part.push(one);
            }
        }
        for (part, of_part) in (0..).zip(parts).filter(|(_, of_part)| !of_part.is_empty()) {
            for query in queries {
                let mut tally = Tally::default();
                let mut n_known = 0;
                for (one, _) in of_part.iter().filter(|(one, until)| query.holds(one.said.month, *until)) {
                    tally.add(&one.answer);
                    n_known += i64::from(one.said.respondent != 0);
                }
                if tally.base > 0 {
                    sums.push(((query.place, dimension, part), (tally, n_known)));
                }
            }
        }
    }
    sums
}
