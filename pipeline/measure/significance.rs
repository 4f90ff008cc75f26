//! Did a figure move, or is it noise?
//!
//! One test for each kind of figure, two-sided; false discoveries are held down by Benjamini and Hochberg.

use super::distribution::{Z_95, normal_two_sided, student_95, student_two_sided};
use super::interval::{Interval, adjusted_nps};

/// Below this base, now or before, a change is not tested: [`Verdict::BaseTooSmall`].
///
/// At 30 answers a share must move by some 35 points to be seen; tests on fewer mostly report noise.
pub const MIN_TESTED_BASE: i64 = 30;

/// A change is called one when its q-value is at most this.
pub const MAX_Q: f64 = 0.05;

/// The plain word for a change. Up and down are directions of the figure, not praise: a bottom box that goes up is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The figure rose.
    Up,
    /// The figure fell.
    Down,
    /// The data show no change.
    NoEvidence,
    /// Fewer than [`MIN_TESTED_BASE`] answers, now or before, or suppressed.
    BaseTooSmall,
}

impl Verdict {
    /// As tables hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::NoEvidence => "no_evidence",
            Self::BaseTooSmall => "base_too_small",
        }
    }

    /// From a tested change and its q-value.
    pub fn of(change: f64, q: f64) -> Self {
        match () {
            () if q > MAX_Q || change == 0.0 => Self::NoEvidence,
            () if change > 0.0 => Self::Up,
            () => Self::Down,
        }
    }
}

/// Two-sided p-value of no difference between two shares: the pooled two-proportion z-test.
///
/// 1 when nobody, or everybody, of both bases counts. Both bases must be above zero.
pub fn two_proportions(now: (i64, i64), before: (i64, i64)) -> f64 {
    let ((n1, base1), (n2, base2)) = ((now.0 as f64, now.1 as f64), (before.0 as f64, before.1 as f64));
    let pooled = (n1 + n2) / (base1 + base2);
    let variance = pooled * (1.0 - pooled) * (1.0 / base1 + 1.0 / base2);
    if variance <= 0.0 {
        return 1.0;
    }
    normal_two_sided((n1 / base1 - n2 / base2) / variance.sqrt())
}

/// Mean, sample variance and base of answers.
pub type Sample = (f64, f64, i64);

/// Welch's test of two means: p-value and 95 % interval of the difference. `None` below two answers on either side.
pub fn welch(now: Sample, before: Sample) -> Option<(f64, Interval)> {
    let ((mean1, variance1, base1), (mean2, variance2, base2)) = (now, before);
    if base1 < 2 || base2 < 2 {
        return None;
    }
    let (s1, s2) = (variance1 / base1 as f64, variance2 / base2 as f64);
    let (change, variance) = (mean1 - mean2, s1 + s2);
    if variance <= 0.0 {
        let p = if change == 0.0 { 1.0 } else { 0.0 };
        return Some((p, Interval { low: change, high: change }));
    }
    let df = variance * variance / (s1 * s1 / (base1 - 1) as f64 + s2 * s2 / (base2 - 1) as f64);
    let error = variance.sqrt();
    let half = student_95(df) * error;
    Some((student_two_sided(change / error, df), Interval { low: change - half, high: change + half }))
}

/// Promoters, detractors and base.
pub type NpsCounts = (i64, i64, i64);

/// Test of two NPS: p-value and 95 % interval of the difference in points.
///
/// The difference is that of the scores as they are; its variance is the sum of the two variances of
/// [`super::interval::nps`], whose small-base adjustment keeps them above zero. `None` when a base is zero.
pub fn nps(now: NpsCounts, before: NpsCounts) -> Option<(f64, Interval)> {
    let score = |(up, down, base): NpsCounts| (up - down) as f64 / base as f64;
    let (_, variance1) = adjusted_nps(now.0, now.1, now.2)?;
    let (_, variance2) = adjusted_nps(before.0, before.1, before.2)?;
    let (change, error) = (score(now) - score(before), (variance1 + variance2).sqrt());
    let interval = Interval { low: 100.0 * (change - Z_95 * error), high: 100.0 * (change + Z_95 * error) };
    Some((normal_two_sided(change / error), interval))
}

/// Benjamini and Hochberg's adjusted p-values (1995), in the order given.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut q_values = vec![1.0; p_values.len()];
    let mut least: f64 = 1.0;
    for (rank, idx) in order.iter().enumerate().rev() {
        least = least.min(p_values[*idx] * p_values.len() as f64 / (rank + 1) as f64);
        q_values[*idx] = least;
    }
    q_values
}
