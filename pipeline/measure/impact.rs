//! What does each theme add to NPS and to the best point of overall satisfaction, or take from them, when themes come together?
//!
//! Over the rated responses with a meaningful verbatim of the three months that end with the report month, the class
//! of a response (promoter 1, passive 0, detractor -1; or: best point 1, any other 0) is regressed on which themes it has, all at
//! once, by ridge regression with an intercept that is not shrunk:
//!
//! ```text
//! impact of a theme = 100 * coefficient * share of these responses that have the theme
//! coefficients      = (X'X + 10 I)^-1 X'y, X and y less their means
//! ```
//!
//! The ridge of ten shrinks a theme of ten responses to about half and one of a hundred by a tenth. Themes of fewer than
//! five responses are left out, and with fewer than thirty responses nothing is computed. The interval is the impact
//! with 1.96 standard errors of a Poisson bootstrap to either side ([`weights`]): weights are made from hashes of the responses' sources
//! and ids, so that the order of rows cannot matter. It describes; it is not proof of cause.

mod sums;
mod weights;

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

use rayon::prelude::*;

use super::Room;
use super::dimension::MIN_SHOWN_BASE;
use super::distribution::Z_95;
use super::interval::Interval;
use super::kpi::measures;
use super::response::Response;
use super::significance::MIN_TESTED_BASE;
use super::spool::Spool;
use super::tallies::{AllTallies, MonthTallies, NONE};
use super::window::{Span, newest_series};
use crate::error::Result;
use crate::month::Month;
use sums::Sums;
use weights::{Cells, poisson};

/// Months that the regression is taken over.
const IMPACT_MONTHS: i32 = 3;

/// Added to the diagonal: as many responses pull each coefficient to zero.
const RIDGE: f64 = 10.0;

/// Replicates of the bootstrap. A hundred give a standard error to within 7 %, fifty to within 10 %, which is enough
/// where the base is large and each replicate dear.
const fn n_replicates(base: i64) -> u64 {
    if base > 20_000 { 50 } else { 100 }
}

/// Responses whose weights are added to one replicate before the next comes: a replicate's sums stay in the cache meanwhile.
const BLOCK: usize = 4096;

/// What a theme weighs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// The recommend question: promoter 1, passive 0, detractor -1.
    Recommend,
    /// Overall satisfaction, the series of this code: the best point 1, any other 0.
    BestPoint(u32),
}

/// Stands for a class that is not known.
const NO_CLASS: u8 = 3;

/// The rated responses of a month with a meaningful verbatim, with their themes.
#[derive(Debug)]
pub(super) struct Rated {
    spool: Spool,
    record: Vec<u8>,
    themes: Vec<u32>,
}

impl Rated {
    pub(super) fn new(month: Month, room: Room<'_>, limit: usize) -> Self {
        Self { spool: Spool::new(room, &format!("rated-{month}"), limit), record: Vec::new(), themes: Vec::new() }
    }

    pub(super) fn add(&mut self, response: &Response) -> Result<()> {
        if !response.has_meaningful || (response.nps_class.is_none() && response.overall.is_none()) {
            return Ok(());
        }
        self.themes.clear();
        self.themes.extend(response.mentions.iter().map(|mention| mention.theme));
        self.themes.sort_unstable();
        self.themes.dedup();
        self.record.clear();
        self.record.extend(response.source.to_le_bytes());
        self.record.extend(response.id_hash.to_le_bytes());
        self.record.push(response.nps_class.map_or(NO_CLASS, |class| (class + 1) as u8));
        let (series, is_best) = response.overall.unwrap_or((NONE, false));
        self.record.extend(series.to_le_bytes());
        self.record.push(u8::from(is_best));
        self.record.extend((self.themes.len() as u32).to_le_bytes());
        self.themes.iter().for_each(|theme| self.record.extend(theme.to_le_bytes()));
        self.spool.write(&self.record)
    }

    pub(super) fn seal(&mut self) -> Result<()> {
        self.spool.seal()
    }

    pub(super) fn remove(self) -> Result<()> {
        self.spool.remove()
    }
}

/// Shows the rated responses of a source: hash, class and themes by the codes of all months, ascending.
fn each_rated(month: &MonthTallies, source: u32, outcome: Outcome, mut take: impl FnMut(u64, i64, &[u32])) -> Result<()> {
    let mut themes = Vec::new();
    let mut spooled = month.rated.spool.read()?;
    while !spooled.is_at_end() {
        let of_source = month.codes.sources[spooled.u32()? as usize];
        let (id_hash, class) = (spooled.u64()?, spooled.u8()?);
        let (series, is_best) = (spooled.u32()?, spooled.u8()?);
        let class = match outcome {
            Outcome::Recommend => (class != NO_CLASS).then(|| i64::from(class) - 1),
            Outcome::BestPoint(wanted) => {
                let is_wanted = series != NONE && month.codes.series[series as usize] == wanted;
                is_wanted.then(|| i64::from(is_best))
            }
        };
        themes.clear();
        for _ in 0..spooled.u32()? {
            themes.push(month.codes.themes[spooled.u32()? as usize]);
        }
        if let Some(class) = class.filter(|_| of_source == source) {
            themes.sort_unstable();
            take(id_hash, class, &themes);
        }
    }
    Ok(())
}

/// The impacts of all themes, month after month.
pub(super) struct Impacts<'a> {
    tallies: &'a AllTallies,
    /// Sums of source, outcome and month: at most those of the last months.
    known: BTreeMap<(u32, Outcome), VecDeque<MonthSums>>,
}

impl<'a> Impacts<'a> {
    pub(super) fn new(tallies: &'a AllTallies) -> Self {
        Self { tallies, known: BTreeMap::new() }
    }

    /// The impact of each theme of a source, in points, with its interval; months are asked for in ascending order.
    pub(super) fn of(&mut self, month: Month, source: u32, outcome: Outcome) -> Result<BTreeMap<u32, (f64, Interval)>> {
        let inside = |m: Month| (0..IMPACT_MONTHS).contains(&month.since(m));
        let known = self.known.entry((source, outcome)).or_default();
        known.retain(|sums| inside(sums.month));
        for of_month in self.tallies.months.iter().filter(|m| inside(m.month)) {
            if known.back().is_none_or(|last| last.month < of_month.month) {
                known.push_back(MonthSums::of(of_month, source, outcome)?);
            }
        }
        Ok(impacts(known.make_contiguous()))
    }

    /// Overall satisfaction of a source as the month asks it: of measures that a month may have the first in order, on the scale that began last.
    pub(super) fn overall(&self, month: Month, source: u32) -> Option<Outcome> {
        let tallies = self.tallies;
        let now = tallies.months.iter().find(|m| m.month == month)?;
        let of_source = tallies.series.iter().enumerate().filter(|(_, key)| key.source == tallies.sources[source as usize]);
        let asked = of_source.filter(|(series, key)| key.overall_rank() > 0 && now.base(*series) > 0);
        let (first, _) = asked.min_by_key(|(series, key)| (Reverse(key.overall_rank()), &key.measure, *series))?;
        let scales = measures(&tallies.series).into_iter().find(|range| range.contains(&first))?;
        let newest = newest_series(tallies, scales, Span::ending(month, 1))?;
        (tallies.series[newest].overall_rank() > 0).then_some(Outcome::BestPoint(newest as u32))
    }
}

/// What the regression needs of a month: plain, and once for each replicate of the bootstrap.
struct MonthSums {
    month: Month,
    base: i64,
    /// Themes of the columns, ascending.
    themes: Vec<u32>,
    /// Responses of each column.
    n_responses: Vec<i64>,
    /// The first has weights of one.
    weighed: Vec<Sums>,
}

impl MonthSums {
    fn of(month: &MonthTallies, source: u32, outcome: Outcome) -> Result<Self> {
        let mut counts = BTreeMap::new();
        let mut base = 0;
        let mut cells = Cells::default();
        each_rated(month, source, outcome, |id_hash, class, themes| {
            base += 1;
            themes.iter().for_each(|theme| *counts.entry(*theme).or_insert(0_i64) += 1);
            cells.see(id_hash, class, themes);
        })?;
        let (themes, n_responses): (Vec<u32>, Vec<i64>) = counts.into_iter().unzip();
        let n_weighed = if base == 0 { 1 } else { n_replicates(base) as usize + 1 };
        let mut weighed: Vec<Sums> = (0..n_weighed).map(|_| Sums::new(themes.len())).collect();
        let column = |theme: &u32| themes.binary_search(theme).expect("it was counted") as u32;
        if let Some(cells) = cells.all(column) {
            weighed.par_iter_mut().enumerate().for_each(|(number, sums)| {
                for cell in &cells {
                    let weight = number.checked_sub(1).map_or(cell.n, |replicate| cell.weight(replicate as u64));
                    sums.add(weight, cell.class, &cell.columns);
                }
            });
            return Ok(Self { month: month.month, base, themes, n_responses, weighed });
        }
        let mut block = Block::default();
        each_rated(month, source, outcome, |id_hash, class, of_response| {
            block.push(id_hash, class, of_response.iter().map(column));
            if block.responses.len() == BLOCK {
                block.weigh(&mut weighed);
            }
        })?;
        block.weigh(&mut weighed);
        Ok(Self { month: month.month, base, themes, n_responses, weighed })
    }
}

/// Responses that wait to be weighed, where nearly every one has themes of its own.
#[derive(Default)]
struct Block {
    /// Hash, class and where its columns end.
    responses: Vec<(u64, i64, usize)>,
    columns: Vec<u32>,
}

impl Block {
    fn push(&mut self, id_hash: u64, class: i64, columns: impl Iterator<Item = u32>) {
        self.columns.extend(columns);
        self.responses.push((id_hash, class, self.columns.len()));
    }

    fn weigh(&mut self, weighed: &mut [Sums]) {
        weighed.par_iter_mut().enumerate().for_each(|(number, sums)| {
            let mut start = 0;
            for (id_hash, class, end) in &self.responses {
                let weight = number.checked_sub(1).map_or(1, |replicate| poisson(*id_hash, replicate as u64));
                sums.add(weight, *class, &self.columns[start..*end]);
                start = *end;
            }
        });
        self.responses.clear();
        self.columns.clear();
    }
}

/// The impacts over the months together.
fn impacts(months: &[MonthSums]) -> BTreeMap<u32, (f64, Interval)> {
    let base: i64 = months.iter().map(|month| month.base).sum();
    let mut counts: BTreeMap<u32, i64> = BTreeMap::new();
    for month in months {
        month.themes.iter().zip(&month.n_responses).for_each(|(theme, n)| *counts.entry(*theme).or_default() += n);
    }
    let themes: Vec<u32> = counts.into_iter().filter(|(_, n)| *n >= MIN_SHOWN_BASE).map(|(theme, _)| theme).collect();
    if base < MIN_TESTED_BASE || themes.is_empty() {
        return BTreeMap::new();
    }
    let of = |weighed: usize| {
        let mut sums = Sums::new(themes.len());
        for month in months.iter().filter(|month| month.base > 0) {
            sums.merge(&month.weighed[weighed], &month.themes, &themes);
        }
        sums.impacts()
    };
    let found = of(0);
    let replicates: Vec<Vec<f64>> = (0..n_replicates(base) as usize).into_par_iter().map(|replicate| of(replicate + 1)).collect();
    let mut squares = vec![(0.0, 0.0); found.len()];
    for replicate in &replicates {
        for ((sum, square), impact) in squares.iter_mut().zip(replicate) {
            *sum += impact;
            *square += impact * impact;
        }
    }
    let n = replicates.len() as f64;
    let half = squares.iter().map(|(sum, square): &(f64, f64)| Z_95 * ((square - sum * sum / n) / (n - 1.0)).max(0.0).sqrt());
    let figures = found.iter().zip(half).map(|(impact, half)| (*impact, Interval { low: impact - half, high: impact + half }));
    themes.into_iter().zip(figures).collect()
}
