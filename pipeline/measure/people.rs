//! How many people and accounts stand behind the answers of a window, and how many answers has the largest account?
//!
//! Sums cannot tell: the same person may answer in several months of a window. So who answered what is spooled, month by
//! month, and counted at the end; when there are too many for memory, bucket by bucket of people, which add up.

use std::collections::HashMap;

use super::Room;
use super::dimension::Dimension;
use super::distinct::Distinct;
use super::largest::Largest;
use super::response::Response;
use super::spool::Spool;
use super::tallies::{AllTallies, Codes, NONE};
use super::window::{Frame, WINDOWS};
use crate::error::Result;
use crate::month::Month;

/// Who answered what in a month.
#[derive(Debug)]
pub(super) struct People {
    spool: Spool,
    record: Vec<u8>,
}

impl People {
    pub(super) fn new(month: Month, room: Room<'_>, limit: usize) -> Self {
        Self { spool: Spool::new(room, &format!("people-{month}"), limit), record: Vec::new() }
    }

    pub(super) fn add(&mut self, response: &Response) -> Result<()> {
        if response.answers.is_empty() || (response.respondent == 0 && response.account == 0) {
            return Ok(());
        }
        self.record.clear();
        self.record.extend(response.respondent.to_le_bytes());
        self.record.extend(response.account.to_le_bytes());
        response.parts.iter().for_each(|part| self.record.extend(part.to_le_bytes()));
        self.record.extend((response.answers.len() as u32).to_le_bytes());
        response.answers.iter().for_each(|answer| self.record.extend(answer.series.to_le_bytes()));
        self.spool.write(&self.record)
    }

    pub(super) fn seal(&mut self) -> Result<()> {
        self.spool.seal()
    }

    pub(super) fn remove(self) -> Result<()> {
        self.spool.remove()
    }
}

/// Who stands behind the answers of a frame in one part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heads {
    pub(super) n_respondents: i64,
    pub(super) n_accounts: i64,
    /// Answers of the account with most of them.
    pub(super) n_largest: i64,
}

/// By the place of the frame, dimension and part.
pub(super) type AllHeads = HashMap<(usize, Dimension, u32), Heads>;

/// Counts the people of every frame; `frames` of one series ascend by month.
pub(super) fn count(tallies: &AllTallies, frames: &[Frame], room: Room<'_>) -> Result<AllHeads> {
    let mut counting = Counting::new(tallies, frames);
    for who in [Who::Respondents, Who::Accounts] {
        let n_bytes: u64 = tallies.months.iter().map(|month| month.people.spool.n_bytes()).sum();
        let n_buckets = n_bytes.div_ceil((room.budget_bytes as u64 / 8).max(1 << 10)).clamp(1, 1024);
        if n_buckets == 1 {
            let mut facts = Facts::default();
            each_fact(tallies, who, |month, who, parts, series| {
                facts.add(month, who, parts, series);
                Ok(())
            })?;
            counting.count(&facts, who);
        } else {
            for bucket in distribute(tallies, who, n_buckets, room)? {
                counting.count(&Facts::read(&bucket)?, who);
                bucket.remove()?;
            }
        }
    }
    Ok(counting.heads)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Respondents,
    Accounts,
}

/// Shows month, person or account, parts and series of each response with an answer; codes are those of all months.
fn each_fact(tallies: &AllTallies, who: Who, mut take: impl FnMut(u32, u64, [u32; 4], &[u32]) -> Result<()>) -> Result<()> {
    let mut series = Vec::new();
    for (idx, month) in (0..).zip(&tallies.months) {
        let mut spooled = month.people.spool.read()?;
        while !spooled.is_at_end() {
            let (respondent, account) = (spooled.u64()?, spooled.u64()?);
            let mut parts = [NONE; 4];
            for part in &mut parts {
                *part = spooled.u32()?;
            }
            series.clear();
            for _ in 0..spooled.u32()? {
                series.push(month.codes.series[spooled.u32()? as usize]);
            }
            let id = if who == Who::Respondents { respondent } else { account };
            if id != 0 {
                take(idx, id, recoded(parts, &month.codes), &series)?;
            }
        }
    }
    Ok(())
}

fn recoded(mut parts: [u32; 4], codes: &Codes) -> [u32; 4] {
    for (part, codes) in parts.iter_mut().zip(&codes.parts).filter(|(part, _)| **part != NONE) {
        *part = codes[*part as usize];
    }
    parts
}

/// Spreads the facts over buckets by who they are about.
fn distribute(tallies: &AllTallies, who: Who, n_buckets: u64, room: Room<'_>) -> Result<Vec<Spool>> {
    let limit = room.budget_bytes / 4 / n_buckets as usize;
    let mut buckets: Vec<Spool> = (0..n_buckets).map(|i| Spool::new(room, &format!("bucket-{who:?}-{i}"), limit)).collect();
    let mut record = Vec::new();
    each_fact(tallies, who, |month, id, parts, series| {
        record.clear();
        record.extend(month.to_le_bytes());
        record.extend(id.to_le_bytes());
        parts.iter().for_each(|part| record.extend(part.to_le_bytes()));
        record.extend((series.len() as u32).to_le_bytes());
        series.iter().for_each(|series| record.extend(series.to_le_bytes()));
        // The high bits: the low ones place an id in hash maps.
        let bucket = (u128::from(id) * u128::from(n_buckets)) >> 64;
        buckets[bucket as usize].write(&record)
    })?;
    buckets.iter_mut().try_for_each(Spool::seal)?;
    Ok(buckets)
}

/// One answer: its month, who gave it, and the parts that it belongs to.
#[derive(Clone, Copy)]
struct Fact {
    month: u32,
    who: u32,
    parts: [u32; 4],
}

impl Fact {
    fn part(&self, dimension: Dimension) -> u32 {
        if dimension == Dimension::All { 0 } else { self.parts[dimension as usize - 1] }
    }
}

/// Answers by series, ascending by month.
#[derive(Default)]
struct Facts {
    codes: HashMap<u64, u32>,
    by_series: Vec<Vec<Fact>>,
}

impl Facts {
    fn read(bucket: &Spool) -> Result<Self> {
        let mut facts = Self::default();
        let mut spooled = bucket.read()?;
        let mut series = Vec::new();
        while !spooled.is_at_end() {
            let (month, id) = (spooled.u32()?, spooled.u64()?);
            let mut parts = [NONE; 4];
            for part in &mut parts {
                *part = spooled.u32()?;
            }
            series.clear();
            for _ in 0..spooled.u32()? {
                series.push(spooled.u32()?);
            }
            facts.add(month, id, parts, &series);
        }
        Ok(facts)
    }

    fn add(&mut self, month: u32, id: u64, parts: [u32; 4], series: &[u32]) {
        let next = self.codes.len() as u32;
        let who = *self.codes.entry(id).or_insert(next);
        for series in series {
            let series = *series as usize;
            if self.by_series.len() <= series {
                self.by_series.resize_with(series + 1, Vec::new);
            }
            self.by_series[series].push(Fact { month, who, parts });
        }
    }
}

struct Counting<'a> {
    tallies: &'a AllTallies,
    frames: &'a [Frame],
    /// Places of the frames of each series.
    of_series: Vec<Vec<usize>>,
    heads: AllHeads,
}

impl<'a> Counting<'a> {
    fn new(tallies: &'a AllTallies, frames: &'a [Frame]) -> Self {
        let mut of_series = vec![Vec::new(); tallies.series.len()];
        frames.iter().enumerate().for_each(|(place, frame)| of_series[frame.series].push(place));
        Self { tallies, frames, of_series, heads: AllHeads::new() }
    }

    fn count(&mut self, facts: &Facts, who: Who) {
        let n = facts.codes.len();
        let (mut distinct, mut largest) = (Distinct::new(n, self.tallies.months.len()), Largest::new(n));
        let of_series = std::mem::take(&mut self.of_series);
        for (facts, frames) in facts.by_series.iter().zip(&of_series).filter(|(_, frames)| !frames.is_empty()) {
            for dimension in Dimension::EVERY {
                for (part, facts) in by_part(facts, dimension, self.tallies.n_parts(dimension)) {
                    let runs: Vec<&[(u32, u32)]> = facts.chunk_by(|a, b| a.0 == b.0).collect();
                    self.count_distinct(&mut distinct, &runs, frames, |frame, heads, n| {
                        let heads = heads.entry((frame, dimension, part)).or_default();
                        *(if who == Who::Respondents { &mut heads.n_respondents } else { &mut heads.n_accounts }) += n;
                    });
                    if who == Who::Accounts {
                        self.count_largest(&mut largest, &runs, frames, |frame, heads, n| {
                            let heads = heads.entry((frame, dimension, part)).or_default();
                            heads.n_largest = heads.n_largest.max(n);
                        });
                    }
                }
            }
        }
        self.of_series = of_series;
    }

    fn count_distinct(
        &mut self,
        distinct: &mut Distinct,
        runs: &[&[(u32, u32)]],
        frames: &[usize],
        found: impl Fn(usize, &mut AllHeads, i64),
    ) {
        distinct.clear();
        let month_of = |run: &[(u32, u32)]| self.tallies.months[run[0].0 as usize].month;
        let mut coming = runs.iter().peekable();
        for place in frames {
            let now = self.frames[*place].now;
            while let Some(run) = coming.next_if(|run| month_of(run) <= now.last) {
                run.iter().for_each(|(month, who)| distinct.see(*who, *month as usize));
            }
            let months = &self.tallies.months;
            let (from, to) = (months.partition_point(|m| m.month < now.first), months.partition_point(|m| m.month <= now.last));
            if let Some(last) = to.checked_sub(1) {
                found(*place, &mut self.heads, distinct.between(from, last));
            }
        }
    }

    fn count_largest(
        &mut self,
        largest: &mut Largest,
        runs: &[&[(u32, u32)]],
        frames: &[usize],
        found: impl Fn(usize, &mut AllHeads, i64),
    ) {
        let month_of = |run: &[(u32, u32)]| self.tallies.months[run[0].0 as usize].month;
        for window_months in WINDOWS {
            let (mut entered, mut left) = (0, 0);
            for place in frames.iter().filter(|place| self.frames[**place].window_months == window_months) {
                let now = self.frames[*place].now;
                while entered < runs.len() && month_of(runs[entered]) <= now.last {
                    runs[entered].iter().for_each(|(_, account)| largest.enter(*account));
                    entered += 1;
                }
                while left < entered && month_of(runs[left]) < now.first {
                    runs[left].iter().for_each(|(_, account)| largest.leave(*account));
                    left += 1;
                }
                found(*place, &mut self.heads, largest.answers());
            }
            runs[left..entered].iter().copied().flatten().for_each(|(_, account)| largest.leave(*account));
        }
    }
}

/// Month and person of the answers of each part that has any.
fn by_part(facts: &[Fact], dimension: Dimension, n_parts: u32) -> impl Iterator<Item = (u32, Vec<(u32, u32)>)> {
    let mut parts: Vec<Vec<(u32, u32)>> = vec![Vec::new(); n_parts as usize];
    for fact in facts {
        if let Some(of_part) = parts.get_mut(fact.part(dimension) as usize) {
            of_part.push((fact.month, fact.who));
        }
    }
    (0..).zip(parts).filter(|(_, facts)| !facts.is_empty())
}
