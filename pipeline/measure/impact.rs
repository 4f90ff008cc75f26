//! What does each theme add to NPS, or take from it, when themes come together?
//!
//! Over the rated responses with a meaningful verbatim of the three months that end with the report month, the class
//! of a response (promoter 1, passive 0, detractor -1) is regressed on which themes it has, all at once, by ridge
//! regression with an intercept that is not shrunk:
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

use std::collections::BTreeMap;

use super::dimension::MIN_SHOWN_BASE;
use super::distribution::Z_95;
use super::interval::Interval;
use super::rows::{MonthRows, NONE};
use super::significance::MIN_TESTED_BASE;

/// Months that the regression is taken over.
pub(super) const IMPACT_MONTHS: i32 = 3;

/// Added to the diagonal: as many responses pull each coefficient to zero.
const RIDGE: f64 = 10.0;

/// Replicates of the bootstrap. A hundred give a standard error to within 7 %, fifty to within 10 %, which is enough
/// where the base is large and each replicate dear.
const fn n_replicates(base: usize) -> u64 {
    if base > 20_000 { 50 } else { 100 }
}

/// A rated response with a meaningful verbatim.
#[derive(Debug)]
struct Rated {
    source: u32,
    id_hash: u64,
    class: i64,
    themes: std::ops::Range<usize>,
}

/// The rated responses of a month with their themes.
#[derive(Debug)]
pub(super) struct RatedMonth {
    responses: Vec<Rated>,
    themes: Vec<u32>,
}

impl RatedMonth {
    pub(super) fn of(month: &MonthRows) -> Self {
        let mut mentions: Vec<(u32, u32)> = month.mentions.iter().map(|m| (m.response, m.theme)).collect();
        mentions.sort_unstable();
        mentions.dedup();
        let mut rated = Self { responses: Vec::new(), themes: Vec::new() };
        let mut rest = mentions.as_slice();
        for response in 0..month.responses.source.len() {
            let n_own = rest.iter().take_while(|(r, _)| *r as usize == response).count();
            let (own, after) = rest.split_at(n_own);
            rest = after;
            let (true, Some(class)) = (month.responses.has_meaningful[response], month.responses.nps_class[response]) else { continue };
            let start = rated.themes.len();
            rated.themes.extend(own.iter().map(|(_, theme)| *theme));
            rated.responses.push(Rated {
                source: month.responses.source[response],
                id_hash: month.responses.id_hash[response],
                class: i64::from(class),
                themes: start..rated.themes.len(),
            });
        }
        rated
    }
}

/// The impact of each theme of a source, in NPS points, with its interval.
pub(super) fn impacts(months: &[&RatedMonth], source: u32, n_themes: usize) -> BTreeMap<u32, (f64, Interval)> {
    let own = || months.iter().flat_map(|m| m.responses.iter().filter(move |r| r.source == source).map(move |r| (*m, r)));
    let base = own().count();
    let columns = Columns::new(own().map(|(m, r)| &m.themes[r.themes.clone()]), n_themes);
    if (base as i64) < MIN_TESTED_BASE || columns.themes.is_empty() {
        return BTreeMap::new();
    }
    let rows: Vec<(u64, i64, Vec<u32>)> = own().map(|(m, r)| (r.id_hash, r.class, columns.of(&m.themes[r.themes.clone()]))).collect();
    let weighed = |weight: &dyn Fn(u64) -> i64| {
        let mut sums = Sums::new(columns.themes.len());
        for (id_hash, class, themes) in &rows {
            sums.add(weight(*id_hash), *class, themes);
        }
        sums.impacts()
    };
    let found = weighed(&|_| 1);
    let n_replicates = n_replicates(base);
    let mut squares = vec![(0.0, 0.0); found.len()];
    for replicate in 0..n_replicates {
        for ((sum, square), impact) in squares.iter_mut().zip(weighed(&|id_hash| poisson(id_hash, replicate))) {
            *sum += impact;
            *square += impact * impact;
        }
    }
    let n = n_replicates as f64;
    let half = squares.iter().map(|(sum, square)| Z_95 * ((square - sum * sum / n) / (n - 1.0)).max(0.0).sqrt());
    let figures = found.iter().zip(half).map(|(impact, half)| (*impact, Interval { low: impact - half, high: impact + half }));
    columns.themes.into_iter().zip(figures).collect()
}

/// The themes of the regression, those of enough responses.
struct Columns {
    themes: Vec<u32>,
    column_of: Vec<u32>,
}

impl Columns {
    fn new<'r>(responses: impl Iterator<Item = &'r [u32]>, n_themes: usize) -> Self {
        let mut n_responses = vec![0; n_themes];
        responses.flatten().for_each(|theme| n_responses[*theme as usize] += 1);
        let themes: Vec<u32> = (0..n_themes as u32).filter(|t| n_responses[*t as usize] >= MIN_SHOWN_BASE).collect();
        let mut column_of = vec![NONE; n_themes];
        themes.iter().zip(0..).for_each(|(theme, column)| column_of[*theme as usize] = column);
        Self { themes, column_of }
    }

    fn of(&self, themes: &[u32]) -> Vec<u32> {
        themes.iter().map(|theme| self.column_of[*theme as usize]).filter(|column| *column != NONE).collect()
    }
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

impl Sums {
    fn new(n_columns: usize) -> Self {
        let pairs = vec![0; n_columns * (n_columns + 1) / 2];
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
                self.pairs[row * (row + 1) / 2 + *other as usize] += weight;
            }
        }
    }

    fn impacts(&self) -> Vec<f64> {
        let n = self.n.max(1) as f64;
        let mut matrix = Vec::with_capacity(self.pairs.len());
        for (row, of_row) in self.themes.iter().enumerate() {
            for (column, of_column) in self.themes.iter().enumerate().take(row + 1) {
                let pairs = self.pairs[row * (row + 1) / 2 + column] as f64;
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
    let start = |row: usize| row * (row + 1) / 2;
    for row in 0..n {
        let (above, this) = matrix.split_at_mut(start(row));
        for column in 0..row {
            let of_column = &above[start(column)..=start(column) + column];
            let sum: f64 = this.iter().zip(of_column).take(column).map(|(a, b)| a * b).sum();
            this[column] = (this[column] - sum) / of_column[column];
        }
        let squares: f64 = this.iter().take(row).map(|v| v * v).sum();
        this[row] = (this[row] - squares).sqrt();
    }
    for row in 0..n {
        let sum: f64 = (0..row).map(|column| matrix[start(row) + column] * right[column]).sum();
        right[row] = (right[row] - sum) / matrix[start(row) + row];
    }
    for row in (0..n).rev() {
        let sum: f64 = (row + 1..n).map(|below| matrix[start(below) + row] * right[below]).sum();
        right[row] = (right[row] - sum) / matrix[start(row) + row];
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
