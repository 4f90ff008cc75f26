//! What do the answers of one cell add up to, and which statistics follow?
//!
//! A cell is one measure in one window and one part of the responses. Sums are integers, so that the order of rows
//! cannot change a figure.

use super::cluster::Spread;
use super::interval::{self, Interval};
use super::significance;

/// Answers are summed in millionths of a point.
pub(super) const SCALE: f64 = 1e6;

/// A statistic of `kpi_month`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Statistic {
    BottomBox,
    Ces,
    Mean,
    Nps,
    Top2Box,
    TopBand,
    TopBox,
}

impl Statistic {
    pub(super) const ALL: [Self; 7] = [Self::BottomBox, Self::Ces, Self::Mean, Self::Nps, Self::Top2Box, Self::TopBand, Self::TopBox];

    /// As tables hold it; the order of the variants is that of these names.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::BottomBox => "bottom_box",
            Self::Ces => "ces",
            Self::Mean => "mean",
            Self::Nps => "nps",
            Self::Top2Box => "top_2_box",
            Self::TopBand => "top_band",
            Self::TopBox => "top_box",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
    }

    /// The statistics of a kind of measure.
    pub(super) fn of_kind(kind: &str) -> &'static [Self] {
        match kind {
            "nps" => &[Self::Nps],
            "ces" => &[Self::BottomBox, Self::Ces, Self::Top2Box, Self::TopBand, Self::TopBox],
            _ => &[Self::BottomBox, Self::Mean, Self::Top2Box, Self::TopBand, Self::TopBox],
        }
    }

    /// The statistic that a kind of measure is first judged by.
    pub(super) fn leading(kind: &str) -> Self {
        match kind {
            "nps" => Self::Nps,
            "ces" => Self::Ces,
            _ => Self::TopBox,
        }
    }

    /// Points of an initiative in one unit of the statistic: shares are told in percentage points.
    pub(super) fn points(self) -> f64 {
        if self.is_share() { 100.0 } else { 1.0 }
    }

    pub(super) fn is_share(self) -> bool {
        matches!(self, Self::BottomBox | Self::Top2Box | Self::TopBand | Self::TopBox)
    }

    /// Whether less of it is better.
    pub(super) fn lower_is_better(self) -> bool {
        self == Self::BottomBox
    }
}

/// One answer as it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    /// What it is pooled with.
    pub(super) series: u32,
    /// Millionths of a point, oriented.
    pub(super) value: i64,
    /// The boxes that it falls in.
    pub(super) boxes: Boxes,
}

/// Which boxes an answer falls in, as `score` says: one bit each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Boxes(pub(super) u8);

impl Boxes {
    pub(super) const TOP: u8 = 1;
    pub(super) const BAND: u8 = 2;
    pub(super) const HAS_TOP_2: u8 = 4;
    pub(super) const TOP_2: u8 = 8;
    pub(super) const BOTTOM: u8 = 16;

    fn count(self, bit: u8) -> i64 {
        i64::from(self.0 & bit != 0)
    }
}

/// Sums of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) base: i64,
    sum: i128,
    squares: i128,
    top: i64,
    band: i64,
    top_2_base: i64,
    top_2: i64,
    bottom: i64,
    promoters: i64,
    detractors: i64,
}

/// A change with its test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) change: f64,
    pub(super) interval: Interval,
    pub(super) p_value: f64,
}

impl Tally {
    pub(super) fn add(&mut self, answer: &Answer) {
        self.base += 1;
        self.sum += i128::from(answer.value);
        self.squares += i128::from(answer.value) * i128::from(answer.value);
        self.top += answer.boxes.count(Boxes::TOP);
        self.band += answer.boxes.count(Boxes::BAND);
        self.top_2_base += answer.boxes.count(Boxes::HAS_TOP_2);
        self.top_2 += answer.boxes.count(Boxes::TOP_2);
        self.bottom += answer.boxes.count(Boxes::BOTTOM);
        self.promoters += i64::from(answer.value >= 9 * SCALE as i64);
        self.detractors += i64::from(answer.value <= 6 * SCALE as i64);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.base += other.base;
        self.sum += other.sum;
        self.squares += other.squares;
        self.top += other.top;
        self.band += other.band;
        self.top_2_base += other.top_2_base;
        self.top_2 += other.top_2;
        self.bottom += other.bottom;
        self.promoters += other.promoters;
        self.detractors += other.detractors;
    }

    /// Answers that a statistic is taken over; zero where it does not apply.
    pub(super) fn base_of(&self, statistic: Statistic) -> i64 {
        if statistic == Statistic::Top2Box { self.top_2_base } else { self.base }
    }

    fn n_of(&self, statistic: Statistic) -> i64 {
        match statistic {
            Statistic::TopBox => self.top,
            Statistic::TopBand => self.band,
            Statistic::Top2Box => self.top_2,
            _ => self.bottom,
        }
    }

    fn mean(&self) -> f64 {
        self.sum as f64 / (self.base as f64 * SCALE)
    }

    /// Sample variance in points squared; zero below two answers.
    pub(super) fn variance(&self) -> f64 {
        if self.base < 2 {
            return 0.0;
        }
        let n = i128::from(self.base);
        let squares = self.squares * n - self.sum * self.sum;
        squares as f64 / (n * (n - 1)) as f64 / (SCALE * SCALE)
    }

    /// The statistic; `None` for a base of zero.
    pub(super) fn value(&self, statistic: Statistic) -> Option<f64> {
        let base = self.base_of(statistic);
        (base > 0).then(|| match statistic {
            Statistic::Mean | Statistic::Ces => self.mean(),
            Statistic::Nps => 100.0 * (self.promoters - self.detractors) as f64 / base as f64,
            _ => self.n_of(statistic) as f64 / base as f64,
        })
    }

    /// Sum of what the statistic is the mean of, and of its squares.
    pub(super) fn sums(&self, statistic: Statistic) -> (i128, i128) {
        match statistic {
            Statistic::Mean | Statistic::Ces => (self.sum, self.squares),
            Statistic::Nps => (i128::from(self.promoters - self.detractors), i128::from(self.promoters + self.detractors)),
            _ => (i128::from(self.n_of(statistic)), i128::from(self.n_of(statistic))),
        }
    }

    /// Its 95 % interval; a mean is clipped to the scale.
    pub(super) fn interval(&self, statistic: Statistic, spread: Spread, scale: Option<(f64, f64)>) -> Option<Interval> {
        match statistic {
            Statistic::Mean | Statistic::Ces => {
                let (error, df) = self.error_of_mean(spread)?;
                Some(interval::mean_of(self.mean(), error, df, scale))
            }
            Statistic::Nps => interval::nps_wider(self.promoters, self.detractors, self.base, spread.factor()?),
            _ => self.share(statistic, spread).map(|(_, interval)| interval),
        }
    }

    /// A share with its interval.
    fn share(&self, statistic: Statistic, spread: Spread) -> Option<(f64, Interval)> {
        let base = self.base_of(statistic);
        let factor = spread.factor()?;
        (base > 0).then(|| {
            let share = self.n_of(statistic) as f64 / base as f64;
            (share, interval::wilson_of(share, base as f64 / factor))
        })
    }

    /// Variance of the mean, and its degrees of freedom.
    fn error_of_mean(&self, spread: Spread) -> Option<(f64, f64)> {
        if self.base < 2 {
            return None;
        }
        let error = self.variance() / self.base as f64;
        match spread {
            Spread::Alone => Some((error, (self.base - 1) as f64)),
            Spread::Together { effect, df } => Some((error * effect, df)),
            Spread::OneAccount => None,
        }
    }

    /// Variance of the statistic over such answers; adjusted for small bases, so that it is not zero when all agree. `None`: all of one account.
    pub(super) fn error(&self, statistic: Statistic, spread: Spread) -> Option<f64> {
        let alone = match statistic {
            Statistic::Mean | Statistic::Ces => self.variance() / self.base.max(1) as f64,
            Statistic::Nps => 1e4 * interval::adjusted_nps(self.promoters, self.detractors, self.base).map_or(0.0, |(_, v)| v),
            _ => interval::share_error(self.n_of(statistic), self.base_of(statistic)),
        };
        spread.factor().map(|factor| alone * factor)
    }
}

/// A statistic now against the same before; `None` when either side cannot carry a test at all.
pub(super) fn change(now: (&Tally, Spread), before: (&Tally, Spread), statistic: Statistic) -> Option<Change> {
    let (value, earlier) = (now.0.value(statistic)?, before.0.value(statistic)?);
    let (p_value, interval) = match statistic {
        Statistic::Mean | Statistic::Ces => {
            let (error, df) = now.0.error_of_mean(now.1)?;
            let (earlier_error, earlier_df) = before.0.error_of_mean(before.1)?;
            significance::welch_of((value, error, df), (earlier, earlier_error, earlier_df))
        }
        Statistic::Nps => {
            let of = |(tally, spread): (&Tally, Spread)| {
                let (_, variance) = interval::adjusted_nps(tally.promoters, tally.detractors, tally.base)?;
                Some(variance * spread.factor()?)
            };
            significance::difference_of_nps(value - earlier, of(now)?, of(before)?)
        }
        _ => {
            let base = |(tally, spread): (&Tally, Spread)| Some(tally.base_of(statistic) as f64 / spread.factor()?);
            let p_value = significance::two_shares((value, base(now)?), (earlier, base(before)?));
            (p_value, interval::newcombe(now.0.share(statistic, now.1)?, before.0.share(statistic, before.1)?))
        }
    };
    Some(Change { change: value - earlier, interval, p_value })
}
