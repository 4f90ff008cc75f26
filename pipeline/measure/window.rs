//! Which answers belong to a figure, and which to the one that it is compared with?
//!
//! A window of w months ends with the report month; the window before it is the w months before. A window of one
//! month is compared with the previous wave: the latest month with answers among the three before.

use super::tallies::{AllTallies, SeriesKey};
use crate::month::Month;

/// Lengths of windows in months.
pub(super) const WINDOWS: [i32; 3] = [1, 3, 12];

/// A wave may lie this many months back: a quarterly survey is compared with its last quarter.
pub(super) const MAX_WAVE_GAP: i32 = 3;

/// The twelve months of a window and the twelve before: no figure but that of an initiative reaches further back.
pub(super) const HORIZON: i32 = 24;

/// Months from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Span {
    pub(super) first: Month,
    pub(super) last: Month,
}

impl Span {
    pub(super) fn ending(last: Month, n_months: i32) -> Self {
        Self { first: last.plus(1 - n_months), last }
    }

    /// The same months of an earlier year.
    pub(super) fn years_before(self, n_years: i32) -> Self {
        Self { first: self.first.plus(-12 * n_years), last: self.last.plus(-12 * n_years) }
    }

    pub(super) fn holds(self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }
}

/// One window of one measure: which series is counted in it and what it is compared with.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// The report month, by its place among those wanted.
    pub(super) wanted: usize,
    pub(super) window_months: i32,
    pub(super) series: usize,
    pub(super) now: Span,
    pub(super) before: Option<Span>,
}

impl Frame {
    /// The same months of the year before.
    pub(super) fn last_year(&self) -> Span {
        self.now.years_before(1)
    }

    /// All that is counted for it.
    pub(super) fn spans(&self) -> impl Iterator<Item = (usize, Span)> + use<> {
        let series = self.series;
        [Some(self.now), self.before, Some(self.last_year())].into_iter().flatten().map(move |span| (series, span))
    }
}

/// The series of a measure that is counted in a span, if any has answers there.
pub(super) fn newest_series(tallies: &AllTallies, series: std::ops::Range<usize>, span: Span) -> Option<usize> {
    let bases: Vec<Bases> = series.clone().map(|s| bases(tallies, s)).collect();
    newest(&bases, span, &tallies.series[series.clone()]).map(|newest| series.start + newest)
}

/// Answers of a series by month, ascending, months without any left out.
type Bases = Vec<(Month, i64)>;

/// The frames of a measure: `series` are those of one source, measure and area, which differ by scale or kind.
pub(super) fn frames(tallies: &AllTallies, series: std::ops::Range<usize>, wanted: &[Month]) -> Vec<Frame> {
    let bases: Vec<Bases> = series.clone().map(|s| bases(tallies, s)).collect();
    let mut frames = Vec::new();
    for (idx, month) in wanted.iter().enumerate() {
        for window_months in WINDOWS {
            let now = Span::ending(*month, window_months);
            let Some(newest) = newest(&bases, now, &tallies.series[series.clone()]) else { continue };
            let reaches_back = bases[newest].iter().any(|(m, _)| now.holds(*m) && m < month);
            if window_months > 1 && !reaches_back {
                continue;
            }
            let before = match window_months {
                1 => previous_wave(bases.iter().flatten().map(|(m, _)| *m), *month).map(|wave| Span::ending(wave, 1)),
                _ => Some(Span::ending(month.plus(-window_months), window_months)),
            };
            frames.push(Frame { wanted: idx, window_months, series: series.start + newest, now, before });
        }
    }
    frames
}

fn bases(tallies: &AllTallies, series: usize) -> Bases {
    tallies.months.iter().map(|m| (m.month, m.base(series))).filter(|(_, base)| *base > 0).collect()
}

/// The latest month of `months` among the three before `month`.
pub(super) fn previous_wave(months: impl Iterator<Item = Month>, month: Month) -> Option<Month> {
    months.filter(|m| *m < month && month.since(*m) <= MAX_WAVE_GAP).max()
}

/// A scale that changed is a break: only the newest is counted. Newest is the one answered last in the window; of two
/// answered in that same month the one that began later, then the one with more answers, then the last in order.
fn newest(bases: &[Bases], span: Span, keys: &[SeriesKey]) -> Option<usize> {
    let rank = |series: usize| {
        let inside = || bases[series].iter().filter(|(m, _)| span.holds(*m));
        let last = inside().map(|(m, _)| *m).max()?;
        let began = bases[series].first().map(|(m, _)| *m)?;
        Some((last, began, inside().map(|(_, base)| base).sum::<i64>(), &keys[series]))
    };
    (0..bases.len()).filter_map(|s| rank(s).map(|r| (r, s))).max().map(|(_, s)| s)
}
