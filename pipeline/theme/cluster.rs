//! Which clauses belong together?
//!
//! Spherical k-means with more centres than themes are wanted, begun by k-means++ from a generator that is seeded with the
//! clauses' own hashes; near-equal clusters are merged, then the pair whose merger costs least (Ward) until the
//! bound holds, and the centres settle again. Sums are of integers, so that neither order nor threads can change them.

use rayon::prelude::*;

use super::material::Matrix;
use crate::stage::embed::{UNIT, Vector, dot};
use crate::stage::theme::Centres;

/// Clauses to be clustered: rows of a matrix with their weights.
#[derive(Clone, Copy)]
pub(super) struct Points<'m> {
    pub(super) matrix: &'m Matrix,
    /// Which rows; increasing.
    pub(super) rows: &'m [usize],
    /// Weight of each of `rows`.
    pub(super) weights: &'m [u32],
}

/// A group of rows.
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    /// Rows of the matrix, increasing.
    pub(super) rows: Vec<usize>,
    /// Direction of the weighed sum of its rows.
    pub(super) centre: Vector,
    /// Mean cosine of its rows with the centre.
    pub(super) tightness: f32,
}

/// Rounds of k-means at most; not tuned.
const ROUNDS: usize = 10;
const LAST_ROUNDS: usize = 4;

/// Clusters with at least this cosine between their centres are one, whatever the bound. At 0.78 NMI on Banking77 falls by
/// .014: questions about a card's arrival and its activation are nearer than that.
const NEAR_EQUAL: f64 = 0.90;

/// Groups `points` into at most `max` clusters, each with at least a few rows. `seed` fixes every choice.
pub(super) fn clusters(points: Points<'_>, max: usize, seed: u64) -> Vec<Cluster> {
    if points.rows.is_empty() || max == 0 {
        return Vec::new();
    }
    // A dozen distinct clauses a centre; three centres for each theme that is allowed.
    let n_centres = (points.rows.len() / 12).clamp(1, max * 3);
    let centres = settle(points, spread(points, n_centres, seed), ROUNDS);
    let merged = merge(points, &centres, max);
    let centres = settle(points, merged, LAST_ROUNDS);
    group(points, &centres)
}

/// Groups `points`, which lie near to one another, into at most `n` clusters: near-equal ones are not taken for one.
pub(super) fn parted(points: Points<'_>, n: usize, seed: u64) -> Vec<Cluster> {
    if points.rows.is_empty() || n == 0 {
        return Vec::new();
    }
    let n_centres = (points.rows.len() / 4).clamp(1, n * 3);
    let centres = settle(points, spread(points, n_centres, seed), ROUNDS);
    let nearest = nearest(points, &centres);
    let parts: Vec<Part> = sums(points, &nearest, centres.len()).into_iter().filter_map(Part::new).collect();
    let merged = merge_while(parts, |a, b| -a.cost(b), |_, n_left| n_left > n);
    let merged: Vec<Vector> = merged.iter().filter_map(|part| Vector::unit(&part.sum, points.matrix.dimensions)).collect();
    group(points, &settle(points, merged, LAST_ROUNDS))
}

/// Centres far from one another (k-means++): each next one is drawn with a chance that grows with its distance from
/// the nearest chosen one.
fn spread(points: Points<'_>, n_centres: usize, seed: u64) -> Vec<Vector> {
    let mut state = seed;
    let mut far: Vec<i64> = vec![i64::from(UNIT) * i64::from(UNIT); points.rows.len()];
    let mut centres = Vec::with_capacity(n_centres);
    while centres.len() < n_centres {
        let chance = |(far, weight): (&i64, &u32)| *far as u128 * u128::from(*weight);
        let total: u128 = far.iter().zip(points.weights).map(chance).sum();
        if total == 0 {
            break;
        }
        let mut left = (u128::from(next(&mut state)) * total) >> 64;
        let chosen = far.iter().zip(points.weights).map(chance).position(|chance| {
            let here = left < chance;
            left = left.saturating_sub(chance);
            here
        });
        let centre = points.matrix.vector(points.rows[chosen.expect("what is left is below the total")]);
        far.par_iter_mut().zip(points.rows).for_each(|(far, row)| {
            let distance = i64::from(UNIT) * i64::from(UNIT) - i64::from(dot(points.matrix.row(*row), centre.padded()));
            *far = (*far).min(distance.max(0));
        });
        centres.push(centre);
    }
    centres
}

/// SplitMix64: a small generator with a published constant for every step.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// The nearest of `centres` for each row, and the dot product with it; the first of equally near ones.
fn nearest(points: Points<'_>, centres: &[Vector]) -> Vec<(u32, i32)> {
    let centres = Centres::new(points.matrix.dimensions, centres.iter());
    let of_row = |products: &mut Vec<[i32; 16]>, row: &usize| {
        let found = centres.nearest(points.matrix.row(*row), i32::MIN, products);
        found.map_or((0, i32::MIN), |(centre, product)| (centre as u32, product))
    };
    points.rows.par_iter().with_min_len(256).map_init(Vec::new, of_row).collect()
}

/// Sum of the rows of each cluster and its weight.
fn sums(points: Points<'_>, nearest: &[(u32, i32)], n_centres: usize) -> Vec<(Vec<i64>, u64)> {
    let width = points.matrix.row(points.rows[0]).len();
    let mut sums = vec![(vec![0_i64; width], 0_u64); n_centres];
    for ((row, weight), (centre, _)) in points.rows.iter().zip(points.weights).zip(nearest) {
        let (sum, total) = &mut sums[*centre as usize];
        *total += u64::from(*weight);
        for (sum, value) in sum.iter_mut().zip(points.matrix.row(*row)) {
            *sum += i64::from(*value) * i64::from(*weight);
        }
    }
    sums
}

fn settle(points: Points<'_>, mut centres: Vec<Vector>, rounds: usize) -> Vec<Vector> {
    for _ in 0..rounds {
        let nearest = nearest(points, &centres);
        let sums = sums(points, &nearest, centres.len());
        let next: Vec<Vector> = sums.iter().filter_map(|(sum, _)| Vector::unit(sum, points.matrix.dimensions)).collect();
        if next == centres {
            break;
        }
        centres = next;
    }
    centres
}

/// Merges near-equal clusters, then the cheapest pairs until at most `max` are left; gives the centres.
fn merge(points: Points<'_>, centres: &[Vector], max: usize) -> Vec<Vector> {
    let nearest = nearest(points, centres);
    let mut parts: Vec<Part> = sums(points, &nearest, centres.len()).into_iter().filter_map(Part::new).collect();
    parts = merge_while(parts, Part::similarity, |similarity, _| similarity >= NEAR_EQUAL);
    parts = merge_while(parts, |a, b| -a.cost(b), |_, n_left| n_left > max);
    parts.iter().filter_map(|part| Vector::unit(&part.sum, points.matrix.dimensions)).collect()
}

/// Merges the pair with the greatest measure, the first of equal ones, while `go_on` says so of it and of how many are left.
fn merge_while(parts: Vec<Part>, measure: impl Fn(&Part, &Part) -> f64, go_on: impl Fn(f64, usize) -> bool) -> Vec<Part> {
    let n = parts.len();
    let mut parts: Vec<Option<Part>> = parts.into_iter().map(Some).collect();
    let between = |parts: &[Option<Part>], i: usize, j: usize| match (&parts[i], &parts[j]) {
        (Some(a), Some(b)) if i != j => measure(a, b),
        _ => f64::NEG_INFINITY,
    };
    let mut measures: Vec<f64> =
        (0..n * n).map(|at| if at / n < at % n { between(&parts, at / n, at % n) } else { f64::NEG_INFINITY }).collect();
    let best_of =
        |row: &[f64]| row.iter().enumerate().fold((f64::NEG_INFINITY, 0), |best, (j, m)| if *m > best.0 { (*m, j) } else { best });
    let mut best: Vec<(f64, usize)> = measures.chunks_exact(n.max(1)).map(best_of).collect();
    let mut n_left = n;
    while let Some((i, (value, j))) = best.iter().copied().enumerate().reduce(|most, next| if next.1.0 > most.1.0 { next } else { most }) {
        if value == f64::NEG_INFINITY || !go_on(value, n_left) {
            break;
        }
        parts[i] = parts[i].as_ref().zip(parts[j].as_ref()).and_then(|(a, b)| a.with(b));
        parts[j] = None;
        n_left -= 1;
        for other in 0..n {
            for changed in [i, j] {
                let at = changed.min(other) * n + changed.max(other);
                if changed != other {
                    measures[at] = between(&parts, changed, other);
                }
            }
        }
        for (row, best) in best.iter_mut().enumerate() {
            *best = best_of(&measures[row * n..(row + 1) * n]);
        }
    }
    parts.into_iter().flatten().collect()
}

struct Part {
    sum: Vec<i64>,
    weight: u64,
    mean: Vec<f64>,
    length: f64,
}

impl Part {
    fn new((sum, weight): (Vec<i64>, u64)) -> Option<Self> {
        if weight == 0 {
            return None;
        }
        let mean: Vec<f64> = sum.iter().map(|value| *value as f64 / weight as f64 / f64::from(UNIT)).collect();
        let length = mean.iter().map(|value| value * value).sum::<f64>().sqrt();
        Some(Self { sum, weight, mean, length })
    }

    fn product(&self, other: &Self) -> f64 {
        self.mean.iter().zip(&other.mean).map(|(a, b)| a * b).sum()
    }

    /// Cosine between the means.
    fn similarity(&self, other: &Self) -> f64 {
        if self.length == 0.0 || other.length == 0.0 { -1.0 } else { self.product(other) / (self.length * other.length) }
    }

    /// By how much the summed squares of distances grow when both become one (Ward).
    fn cost(&self, other: &Self) -> f64 {
        let (a, b) = (self.weight as f64, other.weight as f64);
        a * b / (a + b) * (self.length * self.length + other.length * other.length - 2.0 * self.product(other))
    }

    fn with(&self, other: &Self) -> Option<Self> {
        Self::new((self.sum.iter().zip(&other.sum).map(|(a, b)| a + b).collect(), self.weight + other.weight))
    }
}

fn group(points: Points<'_>, centres: &[Vector]) -> Vec<Cluster> {
    let mut groups = vec![(Vec::new(), 0_i64); centres.len()];
    for (row, (centre, product)) in points.rows.iter().zip(nearest(points, centres)) {
        let (rows, products) = &mut groups[centre as usize];
        rows.push(*row);
        *products += i64::from(product);
    }
    let unit = f64::from(UNIT) * f64::from(UNIT);
    let cluster = |((rows, products), centre): ((Vec<usize>, i64), &Vector)| {
        let tightness = (products as f64 / rows.len() as f64 / unit) as f32;
        (!rows.is_empty()).then(|| Cluster { tightness, rows, centre: centre.clone() })
    };
    groups.into_iter().zip(centres).filter_map(cluster).collect()
}
