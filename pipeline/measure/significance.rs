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
    let share = |(n, base): (i64, i64)| (n as f64 / base as f64, base as f64);
    two_shares(share(now), share(before))
}

/// The same of shares with bases that need not be whole (effective bases).
pub(super) fn two_shares(now: (f64, f64), before: (f64, f64)) -> f64 {
    let ((share1, base1), (share2, base2)) = (now, before);
    let pooled = (share1 * base1 + share2 * base2) / (base1 + base2);
    let variance = pooled * (1.0 - pooled) * (1.0 / base1 + 1.0 / base2);
    if variance <= 0.0 {
        return 1.0;
    }
    normal_two_sided((share1 - share2) / variance.sqrt())
}

/// Mean, sample variance and base of answers.
pub type Sample = (f64, f64, i64);

/// Welch's test of two means: p-value and 95 % interval of the difference. `None` below two answers on either side.
pub fn welch(now: Sample, before: Sample) -> Option<(f64, Interval)> {
    if now.2 < 2 || before.2 < 2 {
        return None;
    }
    let of = |(mean, variance, base): Sample| (mean, variance / base as f64, (base - 1) as f64);
    Some(welch_of(of(now), of(before)))
}

/// The same from means, the variances of these means, and their degrees of freedom.
pub(super) fn welch_of(now: (f64, f64, f64), before: (f64, f64, f64)) -> (f64, Interval) {
    let ((mean1, s1, df1), (mean2, s2, df2)) = (now, before);
    let (change, variance) = (mean1 - mean2, s1 + s2);
    if variance <= 0.0 {
        let p = if change == 0.0 { 1.0 } else { 0.0 };
        return (p, Interval { low: change, high: change });
    }
    let df = variance * variance / (s1 * s1 / df1 + s2 * s2 / df2);
    let error = variance.sqrt();
    let half = student_95(df) * error;
    (student_two_sided(change / error, df), Interval { low: change - half, high: change + half })
}

/// Promoters, detractors and base.
pub type NpsCounts = (i64, i64, i64);

/// Test of two NPS: p-value and 95 % interval of the difference in points.
///
/// The difference is that of the scores as they are; its variance is the sum of the two variances of
/// [`super::interval::nps`], whose small-base adjustment keeps them above zero. `None` when a base is zero.
pub fn nps(now: NpsCounts, before: NpsCounts) -> Option<(f64, Interval)> {
    let score = |(up, down, base): NpsCounts| 100.0 * (up - down) as f64 / base as f64;
    let (_, variance1) = adjusted_nps(now.0, now.1, now.2)?;
    let (_, variance2) = adjusted_nps(before.0, before.1, before.2)?;
    Some(difference_of_nps(score(now) - score(before), variance1, variance2))
}

/// The same from the change in points and the variances of both scores, as fractions of one.
pub(super) fn difference_of_nps(change: f64, variance1: f64, variance2: f64) -> (f64, Interval) {
    let error = 100.0 * (variance1 + variance2).sqrt();
    let interval = Interval { low: change - Z_95 * error, high: change + Z_95 * error };
    (normal_two_sided(change / error), interval)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-8, "{found}, expected {expected}");
    }

    /// Figures of statsmodels 0.14, `proportions_ztest`.
    #[test]
    fn shares_are_compared_by_the_pooled_z_test() {
        near(two_proportions((30, 60), (20, 80)), 0.002250226568);
        near(two_proportions((5, 40), (0, 50)), 0.010097314648);
        near(two_proportions((300, 1000), (250, 1000)), 0.012282738972);
        near(two_proportions((0, 40), (0, 50)), 1.0);
        near(two_proportions((40, 40), (50, 50)), 1.0);
    }

    /// Figures of scipy 1.16, `ttest_ind_from_stats(equal_var=False)`.
    #[test]
    fn means_are_compared_by_welch() {
        for (now, before, p, low, high) in [
            ((4.2, 0.9, 40), (3.9, 1.4, 55), 0.174032844949, -0.1349198037, 0.7349198037),
            ((3.0, 0.0, 30), (3.5, 1.0, 31), 0.009208584267, -0.8668029613, -0.1331970387),
            ((7.1, 4.0, 500), (7.0, 4.4, 300), 0.506807769935, -0.1956718948, 0.3956718948),
        ] {
            let (found, interval) = welch(now, before).unwrap();
            near(found, p);
            near(interval.low, low);
            near(interval.high, high);
        }
        assert_eq!(welch((3.0, 0.0, 30), (3.0, 0.0, 30)).unwrap().0, 1.0);
        assert_eq!(welch((3.0, 0.0, 30), (4.0, 0.0, 30)).unwrap().0, 0.0);
        assert_eq!(welch((3.0, 0.0, 1), (4.0, 1.0, 30)), None);
    }

    /// Figures of the formula worked in numpy.
    #[test]
    fn nps_is_compared_by_its_own_variance() {
        let (p, interval) = nps((50, 20, 100), (40, 40, 120)).unwrap();
        near(p, 0.004775558124);
        near(interval.low, 9.162588401930);
        near(interval.high, 50.837411598070);
        near(nps((10, 0, 30), (0, 10, 30)).unwrap().0, 0.000000090257);
        assert_eq!(nps((0, 0, 0), (1, 1, 3)), None);
    }

    /// Figures of statsmodels, `multipletests(method="fdr_bh")`.
    #[test]
    fn false_discoveries_are_held_down_by_benjamini_hochberg() {
        let q_values = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.8, 0.04]);
        for (found, expected) in q_values.iter().zip([0.03, 0.048, 0.048, 0.03, 0.8, 0.048]) {
            near(*found, expected);
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}
