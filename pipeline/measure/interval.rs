//! Between which values does a figure lie, at 95 %?
//!
//! Every interval holds the figure that it belongs to. Worked examples are the tests.

use super::distribution::{Z_95, student_95};

/// A closed interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// Whether a value lies inside or on an end.
    pub fn holds(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    fn around(centre: f64, half: f64) -> Self {
        Self { low: centre - half, high: centre + half }
    }

    fn clipped(self, low: f64, high: f64) -> Self {
        Self { low: self.low.max(low), high: self.high.min(high) }
    }

    fn with(self, value: f64) -> Self {
        Self { low: self.low.min(value), high: self.high.max(value) }
    }
}

/// Wilson's score interval of a share, 0 to 1; `None` for a base of zero.
///
/// Wilson (1927). `wilson(8, 10)` is 0.4902 to 0.9433.
pub fn wilson(n: i64, base: i64) -> Option<Interval> {
    (base > 0).then(|| wilson_of(n as f64 / base as f64, base as f64))
}

/// Wilson's interval of a share over a base that need not be whole (an effective base).
pub(crate) fn wilson_of(share: f64, base: f64) -> Interval {
    let z2 = Z_95 * Z_95;
    let scale = 1.0 + z2 / base;
    let centre = (share + z2 / (2.0 * base)) / scale;
    let half = Z_95 / scale * (share * (1.0 - share) / base + z2 / (4.0 * base * base)).sqrt();
    Interval::around(centre, half).clipped(0.0, 1.0).with(share)
}

/// Variance of a share, with two counted and two not counted answers added (Agresti and Coull 1998).
pub(super) fn share_error(n: i64, base: i64) -> f64 {
    let share = (n as f64 + 2.0) / (base as f64 + 4.0);
    share * (1.0 - share) / (base as f64).max(1.0)
}

/// Newcombe's interval of the difference of two shares (`now` less `before`), -1 to 1, from their Wilson intervals.
///
/// Newcombe (1998), method 10.
pub fn newcombe(now: (f64, Interval), before: (f64, Interval)) -> Interval {
    let ((p1, i1), (p2, i2)) = (now, before);
    let reach = |a: f64, b: f64| (a * a + b * b).sqrt();
    let change = p1 - p2;
    Interval { low: change - reach(p1 - i1.low, i2.high - p2), high: change + reach(i1.high - p1, p2 - i2.low) }
}

/// Student's t interval of a mean, clipped to the scale; `None` below two answers.
pub fn mean(mean: f64, variance: f64, base: i64, scale: Option<(f64, f64)>) -> Option<Interval> {
    if base < 2 {
        return None;
    }
    Some(mean_of(mean, variance / base as f64, (base - 1) as f64, scale))
}

/// Student's t interval of a mean from the variance of that mean and its degrees of freedom, clipped to the scale.
pub(super) fn mean_of(mean: f64, error: f64, df: f64, scale: Option<(f64, f64)>) -> Interval {
    let interval = Interval::around(mean, student_95(df) * error.sqrt());
    scale.map_or(interval, |(low, high)| interval.clipped(low, high)).with(mean)
}

/// Mean change of pairs (before, after) with its 95 % interval: Student's t of the differences. `None` below two pairs.
///
/// Of the pairs (3, 5), (2, 4), (4, 4), (1, 3) the change is 1.5, and its interval -0.09 to 3.09.
pub fn paired(pairs: &[(f64, f64)]) -> Option<(f64, Interval)> {
    if pairs.len() < 2 {
        return None;
    }
    let n = pairs.len() as f64;
    let mean = pairs.iter().map(|(before, after)| after - before).sum::<f64>() / n;
    let variance = pairs.iter().map(|(before, after)| (after - before - mean) * (after - before - mean)).sum::<f64>() / (n - 1.0);
    Some((mean, mean_of(mean, variance / n, n - 1.0, None)))
}

/// Interval of an NPS, -100 to 100; `None` for a base of zero.
///
/// Adjusted Wald of Rocks (2016), "Interval Estimation for the Net Promoter Score": three answers are added, 3/4 a
/// promoter, 3/4 a detractor and 3/2 passive, and the multinomial variance is taken of the adjusted shares. The
/// interval is centred on the adjusted score, clipped to -100 and 100 and widened, if need be, to hold the score.
pub fn nps(n_promoters: i64, n_detractors: i64, base: i64) -> Option<Interval> {
    nps_wider(n_promoters, n_detractors, base, 1.0)
}

/// The interval of [`nps`] with a variance so many times larger.
pub(super) fn nps_wider(n_promoters: i64, n_detractors: i64, base: i64, factor: f64) -> Option<Interval> {
    let (score, variance) = adjusted_nps(n_promoters, n_detractors, base)?;
    let plain = 100.0 * (n_promoters - n_detractors) as f64 / base as f64;
    Some(Interval::around(100.0 * score, 100.0 * Z_95 * (variance * factor).sqrt()).clipped(-100.0, 100.0).with(plain))
}

/// The adjusted score of [`nps`] as a fraction of one, and the variance of its mean.
pub(super) fn adjusted_nps(n_promoters: i64, n_detractors: i64, base: i64) -> Option<(f64, f64)> {
    if base <= 0 {
        return None;
    }
    let n = base as f64 + 3.0;
    let (up, down) = ((n_promoters as f64 + 0.75) / n, (n_detractors as f64 + 0.75) / n);
    let score = up - down;
    Some((score, (up + down - score * score) / n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(found: Option<Interval>, low: f64, high: f64) {
        let found = found.unwrap();
        assert!((found.low - low).abs() < 1e-8 && (found.high - high).abs() < 1e-8, "{found:?}, expected {low} to {high}");
    }

    /// Figures of statsmodels 0.14, `proportion_confint(method="wilson")`.
    #[test]
    fn shares_have_wilson_intervals() {
        check(wilson(8, 10), 0.4901624715, 0.9433178485);
        check(wilson(0, 12), 0.0, 0.2424940067);
        check(wilson(12, 12), 0.7575059933, 1.0);
        check(wilson(41, 142), 0.2205387871, 0.3680555640);
        check(wilson(1, 5), 0.0362241086, 0.6244653702);
        assert_eq!(wilson(0, 0), None);
    }

    /// Figures of statsmodels, `confint_proportions_2indep(method="newcomb")`.
    #[test]
    fn differences_of_shares_have_newcombe_intervals() {
        let of = |n: i64, base: i64| (n as f64 / base as f64, wilson(n, base).unwrap());
        check(Some(newcombe(of(30, 60), of(20, 80))), 0.0886438621, 0.3975016836);
        check(Some(newcombe(of(0, 40), of(0, 50))), -0.0713475991, 0.0876216012);
        check(Some(newcombe(of(5, 40), of(0, 50))), 0.0247635616, 0.2611211984);
    }

    /// Figures of scipy, `t.interval`, for the answers 5, 4, 4, 3, 5, 1, 2.
    #[test]
    fn means_have_t_intervals() {
        let (value, variance) = (24.0 / 7.0, 16.0 / 7.0);
        check(mean(value, variance, 7, Some((1.0, 5.0))), 2.030336085060012, 4.826806772082845);
        check(mean(4.9, 2.0, 3, Some((1.0, 5.0))), 1.3868987572, 5.0);
        assert_eq!(mean(4.0, 0.0, 1, None), None);
    }

    /// Figures of scipy, `ttest_rel(...).confidence_interval()`.
    #[test]
    fn changes_of_pairs_have_t_intervals() {
        let (change, interval) = paired(&[(3.0, 5.0), (2.0, 4.0), (4.0, 4.0), (1.0, 3.0)]).unwrap();
        assert_eq!(change, 1.5);
        check(Some(interval), -0.0912231526, 3.0912231526);
        assert_eq!(paired(&[(1.0, 2.0)]), None);
    }

    /// Figures of the formula of Rocks (2016) worked in numpy.
    #[test]
    fn nps_has_an_adjusted_wald_interval() {
        check(nps(50, 20, 100), 14.0511301788, 44.2012970057);
        check(nps(0, 0, 5), -30.0056979772, 30.0056979772);
        check(nps(5, 0, 5), 17.4914530342, 100.0);
        check(nps(0, 3, 3), -100.0, 6.5792867038);
        check(nps(120, 130, 400), -10.1903832386, 5.2276040823);
    }

    proptest! {
        #[test]
        fn every_interval_holds_its_figure(n in 0_i64..500, others in 0_i64..500, passive in 1_i64..500) {
            let base = n + others + passive;
            prop_assert!(wilson(n, base).unwrap().holds(n as f64 / base as f64));
            prop_assert!(nps(n, others, base).unwrap().holds(100.0 * (n - others) as f64 / base as f64));
            let (a, b) = ((n as f64 / base as f64, wilson(n, base).unwrap()), (0.5, wilson(5, 10).unwrap()));
            prop_assert!(newcombe(a, b).holds(a.0 - b.0));
        }
    }
}
