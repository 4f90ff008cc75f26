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
//! with 1.96 standard errors of a Poisson bootstrap to either side: the weight of a response in a replicate is made from
//! a hash of its source and id, so that the order of rows cannot matter. It describes; it is not proof of cause.

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
        each_rated(month, source, outcome, |_, _, themes| {
            base += 1;
            themes.iter().for_each(|theme| *counts.entry(*theme).or_insert(0_i64) += 1);
        })?;
        let (themes, n_responses): (Vec<u32>, Vec<i64>) = counts.into_iter().unzip();
        let n_weighed = if base == 0 { 1 } else { n_replicates(base) as usize + 1 };
        let mut weighed: Vec<Sums> = (0..n_weighed).map(|_| Sums::new(themes.len())).collect();
        let mut block = Block::default();
        each_rated(month, source, outcome, |id_hash, class, of_response| {
            block.push(id_hash, class, of_response.iter().map(|theme| themes.binary_search(theme).expect("it was counted") as u32));
            if block.responses.len() == BLOCK {
                block.weigh(&mut weighed);
            }
        })?;
        block.weigh(&mut weighed);
        Ok(Self { month: month.month, base, themes, n_responses, weighed })
    }
}

/// Responses that wait to be weighed.
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

/// What the regression needs of the responses: whole numbers, so that their order cannot matter.
struct Sums {
    n: i64,
    class: i64,
    themes: Vec<i64>,
    classes: Vec<i64>,
    /// Lower triangle by rows: responses that have both themes.
    pairs: Vec<i64>,
}

/// Where a row of a lower triangle begins.
const fn triangle(row: usize) -> usize {
    row * (row + 1) / 2
}

impl Sums {
    fn new(n_columns: usize) -> Self {
        let pairs = vec![0; triangle(n_columns)];
        Self { n: 0, class: 0, themes: vec![0; n_columns], classes: vec![0; n_columns], pairs }
    }

    /// `columns` ascend.
    fn add(&mut self, weight: i64, class: i64, columns: &[u32]) {
        if weight == 0 {
            return;
        }
        self.n += weight;
        self.class += weight * class;
        for (place, column) in columns.iter().enumerate() {
            let row = *column as usize;
            self.themes[row] += weight;
            self.classes[row] += weight * class;
            for other in columns.iter().take(place + 1) {
                self.pairs[triangle(row) + *other as usize] += weight;
            }
        }
    }

    /// Adds sums over columns of the themes `theirs` to those of `ours`, both ascending; what is not ours is left out.
    fn merge(&mut self, other: &Self, theirs: &[u32], ours: &[u32]) {
        self.n += other.n;
        self.class += other.class;
        let shared: Vec<(usize, usize)> =
            theirs.iter().enumerate().filter_map(|(place, theme)| Some((place, ours.binary_search(theme).ok()?))).collect();
        for (place, (their, our)) in shared.iter().enumerate() {
            self.themes[*our] += other.themes[*their];
            self.classes[*our] += other.classes[*their];
            for (their_other, our_other) in shared.iter().take(place + 1) {
                self.pairs[triangle(*our) + our_other] += other.pairs[triangle(*their) + their_other];
            }
        }
    }

    fn impacts(&self) -> Vec<f64> {
        let n = self.n.max(1) as f64;
        let mut matrix = Vec::with_capacity(self.pairs.len());
        for (row, of_row) in self.themes.iter().enumerate() {
            for (column, of_column) in self.themes.iter().enumerate().take(row + 1) {
                let pairs = self.pairs[triangle(row) + column] as f64;
                let ridge = if row == column { RIDGE } else { 0.0 };
                matrix.push(pairs - *of_row as f64 * *of_column as f64 / n + ridge);
            }
        }
        let right = self.classes.iter().zip(&self.themes).map(|(c, t)| *c as f64 - *t as f64 * self.class as f64 / n).collect();
        let coefficients = solve(matrix, right);
        coefficients.iter().zip(&self.themes).map(|(coefficient, t)| 100.0 * coefficient * *t as f64 / n).collect()
    }
}

/// Solves a symmetric positive definite system by Cholesky; the matrix is its lower triangle by rows.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let n = right.len();
    for row in 0..n {
        let (above, this) = matrix.split_at_mut(triangle(row));
        for column in 0..row {
            let of_column = &above[triangle(column)..=triangle(column) + column];
            let sum: f64 = this.iter().zip(of_column).take(column).map(|(a, b)| a * b).sum();
            this[column] = (this[column] - sum) / of_column[column];
        }
        let squares: f64 = this.iter().take(row).map(|v| v * v).sum();
        this[row] = (this[row] - squares).sqrt();
    }
    for row in 0..n {
        let sum: f64 = (0..row).map(|column| matrix[triangle(row) + column] * right[column]).sum();
        right[row] = (right[row] - sum) / matrix[triangle(row) + row];
    }
    for row in (0..n).rev() {
        let sum: f64 = (row + 1..n).map(|below| matrix[triangle(below) + row] * right[below]).sum();
        right[row] = (right[row] - sum) / matrix[triangle(row) + row];
    }
    right
}

/// A Poisson weight of mean one, from the response's hash and the replicate.
fn poisson(id_hash: u64, replicate: u64) -> i64 {
    // 2^32 times the distribution function at 0, 1, 2, ...: 1/e, 2/e, 5/2e, 8/3e and so on.
    const UP_TO: [u32; 8] =
        [1_580_030_168, 3_160_060_337, 3_950_075_421, 4_213_413_783, 4_279_248_373, 4_292_415_291, 4_294_609_777, 4_294_923_276];
    let mut z = id_hash.wrapping_add((replicate + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let draw = ((z ^ (z >> 31)) >> 32) as u32;
    UP_TO.iter().take_while(|up_to| draw >= **up_to).count() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let found = solve(vec![4.0, 2.0, 5.0, 0.6, 1.0, 3.0], vec![1.0, 2.0, 3.0]);
        let residual = |row: [f64; 3], right: f64| row.iter().zip(&found).map(|(a, b)| a * b).sum::<f64>() - right;
        assert!(residual([4.0, 2.0, 0.6], 1.0).abs() < 1e-12);
        assert!(residual([2.0, 5.0, 1.0], 2.0).abs() < 1e-12);
        assert!(residual([0.6, 1.0, 3.0], 3.0).abs() < 1e-12);
    }

    #[test]
    fn weights_have_mean_and_variance_one() {
        let weights: Vec<f64> = (0_u64..200_000).map(|i| poisson(i.wrapping_mul(0x1234_5678_9abc_def1), i % 100) as f64).collect();
        let mean = weights.iter().sum::<f64>() / 2e5;
        let variance = weights.iter().map(|w| (w - mean) * (w - mean)).sum::<f64>() / 2e5;
        assert!((mean - 1.0).abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    }
}
