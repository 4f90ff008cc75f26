//! Did an initiative do what was said? The rows of `initiative_month`.
//!
//! The month is held against the twelve months before the work began, or against the baseline that the
//! initiative names, which is then taken as exact. Changes of shares are told in percentage points.

use arrow_array::RecordBatch;

use super::dimension::{Dimension, MIN_SHOWN_BASE};
use super::distribution::{Z_80_POWER, Z_95};
use super::goals::{Goals, Initiative};
use super::interval::{self, Interval, newcombe, wilson};
use super::kpi::measures;
use super::significance::MIN_TESTED_BASE;
use super::tallies::AllTallies;
use super::tally::{SCALE, Statistic};
use super::theme_month::ThemeMonth;
use super::window::{HORIZON, Span, newest_series};
use super::windows::{Counted, Windows};
use crate::month::Month;
use crate::schema::{INITIATIVE_MONTH, Rows, initiative_month};

/// Months before the work that the baseline is measured over.
const BASELINE_MONTHS: i32 = 12;

/// Months after the full effect for which an initiative still has tallies.
const MONTHS_AFTER: i32 = 12;

/// How many answers a month would need to show the expected change with 80 % power, had each month as many; `None`
/// when no change is expected. Exact for a baseline that was named; a measured one asks for somewhat more.
pub fn answers_needed(base: i64, detectable_change: f64, expected_change: f64) -> Option<i64> {
    let ratio = detectable_change / expected_change;
    let needed = (base as f64 * ratio * ratio).ceil();
    (needed.is_finite() && needed < 1e15).then_some(needed as i64)
}

/// The windows that the months of the initiatives are told by: any that may be, since a measure may be taken from another source in another month.
pub(super) fn spans(tallies: &AllTallies, wanted: &[Month], goals: &Goals) -> Vec<(usize, Span)> {
    let mut spans = Vec::new();
    for initiative in goals.initiatives.iter().filter(|initiative| initiative.measure.is_some()) {
        for month in wanted.iter().filter(|month| has_row(initiative, **month)) {
            let now = Span::ending(*month, 1);
            for series in measures(&tallies.series).into_iter().filter_map(|series| newest_series(tallies, series, now)) {
                spans.extend([Some(now), baseline_span(initiative)].into_iter().flatten().map(|span| (series, span)));
            }
        }
    }
    spans
}

/// The rows of each wanted month.
pub(super) fn initiative_months(tallies: &AllTallies, windows: &Windows<'_>, wanted: &[Month], goals: &Goals) -> Vec<RecordBatch> {
    let of_month = |month: &Month| {
        let mut out = Rows::new(&INITIATIVE_MONTH);
        for initiative in goals.initiatives.iter().filter(|i| has_row(i, *month)) {
            write(&mut out, initiative, *month, &outcome(tallies, windows, initiative, *month));
        }
        out.finish()
    };
    wanted.iter().map(of_month).collect()
}

/// The months that the baselines of all initiatives are measured over.
pub(super) fn is_baseline(goals: &Goals, month: Month) -> bool {
    goals.initiatives.iter().filter_map(baseline_span).any(|span| span.holds(month))
}

fn start(initiative: &Initiative) -> Option<Month> {
    let month = |day: jiff::civil::Date| Month::new(day.year(), day.month());
    initiative
        .work_start
        .map(month)
        .or_else(|| initiative.felt_from.map(month))
        .or_else(|| initiative.expected_change.keys().next().copied())
}

fn baseline_span(initiative: &Initiative) -> Option<Span> {
    start(initiative).map(|month| Span::ending(month.plus(-1), BASELINE_MONTHS))
}

fn has_row(initiative: &Initiative, month: Month) -> bool {
    start(initiative).is_none_or(|start| start <= month)
        && initiative.full_effect_month.is_none_or(|full| month.since(full) <= MONTHS_AFTER)
}

/// What the month shows, in the unit of the table; `points` turns it into points.
#[derive(Default)]
struct Outcome {
    points: f64,
    baseline: Option<f64>,
    base: Option<i64>,
    change: Option<f64>,
    interval: Option<Interval>,
    comparison: Option<f64>,
    detectable: Option<f64>,
}

fn outcome(tallies: &AllTallies, windows: &Windows<'_>, initiative: &Initiative, month: Month) -> Outcome {
    match &initiative.theme_id {
        Some(theme) => of_theme(tallies, initiative, theme, month),
        None => of_measure(tallies, windows, initiative, month).unwrap_or(Outcome { baseline: initiative.baseline, ..Outcome::default() }),
    }
}

/// A measure, and the part of the responses, that an initiative aims at.
struct Aim<'r> {
    tallies: &'r AllTallies,
    windows: &'r Windows<'r>,
    series: std::ops::Range<usize>,
    dimension: Dimension,
    part: u32,
    statistic: Statistic,
}

impl Aim<'_> {
    /// Answers of the newest scale of the month, now and before the work.
    fn counted(&self, month: Month, before: Option<Span>) -> Option<(usize, Counted, Counted)> {
        let now = Span::ending(month, 1);
        let series = newest_series(self.tallies, self.series.clone(), now)?;
        let of = |span: Span| self.windows.of(series, span, self.dimension, self.part);
        Some((series, of(now), before.map(of).unwrap_or_default()))
    }

    fn change(&self, month: Month, before: Option<Span>) -> Option<f64> {
        let (_, now, before) = self.counted(month, before)?;
        let is_shown = now.tally.base >= MIN_SHOWN_BASE && before.tally.base >= MIN_SHOWN_BASE;
        let values = now.tally.value(self.statistic).zip(before.tally.value(self.statistic));
        values.filter(|_| is_shown).map(|(now, before)| now - before)
    }
}

fn of_measure(tallies: &AllTallies, windows: &Windows<'_>, initiative: &Initiative, month: Month) -> Option<Outcome> {
    let aim = aim(tallies, windows, initiative, month)?;
    let before_work = baseline_span(initiative);
    let (series, now, before) = aim.counted(month, before_work)?;
    let scale = tallies.series[series].scale.map(|(low, high)| (low as f64 / SCALE, high as f64 / SCALE));
    let statistic = aim.statistic;
    let value = now.tally.value(statistic).filter(|_| aim.dimension == Dimension::All || now.tally.base >= MIN_SHOWN_BASE);
    let baseline = initiative.baseline.or_else(|| before.tally.value(statistic));
    let interval = match initiative.baseline {
        Some(baseline) => {
            let around = now.tally.interval(statistic, now.spread(statistic), scale);
            around.map(|i| Interval { low: i.low - baseline, high: i.high - baseline })
        }
        None => now.change(&before, statistic).map(|c| c.interval),
    };
    let error = |counted: &Counted| counted.tally.error(statistic, counted.spread(statistic));
    let variance = if initiative.baseline.is_some() { error(&now) } else { error(&now).zip(error(&before)).map(|(a, b)| a + b) };
    let others: Vec<f64> = others(tallies, &aim).iter().filter_map(|other| other.change(month, before_work)).collect();
    Some(Outcome {
        points: statistic.points(),
        baseline,
        base: Some(now.tally.base_of(statistic)),
        change: value.zip(baseline).map(|(value, baseline)| value - baseline),
        interval: interval.filter(|_| value.is_some()),
        comparison: (!others.is_empty()).then(|| others.iter().sum::<f64>() / others.len() as f64),
        detectable: variance.filter(|_| now.tally.base > 1 && baseline.is_some()).map(|v| (Z_95 + Z_80_POWER) * v.sqrt()),
    })
}

/// The measure that the initiative names, of its area if it is of one: in the source that it names, else in the
/// one with most answers in the two years up to the month.
fn aim<'r>(tallies: &'r AllTallies, windows: &'r Windows<'r>, initiative: &Initiative, month: Month) -> Option<Aim<'r>> {
    let reach = Span::ending(month, HORIZON);
    let n_answers = |series: &std::ops::Range<usize>| -> i64 {
        tallies.months.iter().filter(|m| reach.holds(m.month)).flat_map(|m| series.clone().map(|s| m.base(s))).sum()
    };
    let (_, series) = measures(&tallies.series)
        .into_iter()
        .filter(|series| {
            let key = &tallies.series[series.start];
            initiative.measure.as_ref() == Some(&key.measure)
                && initiative.source.as_ref().is_none_or(|source| *source == key.source)
                && initiative.area.as_ref().zip(key.area.as_ref()).is_none_or(|(a, b)| a == b)
        })
        .map(|series| (n_answers(&series), series))
        .filter(|(n, _)| *n > 0)
        .min_by_key(|(n, series)| (std::cmp::Reverse(*n), series.start))?;
    let statistic = match &initiative.statistic {
        Some(name) => Statistic::named(name)?,
        None => Statistic::leading(&tallies.series[series.start].kind),
    };
    let (dimension, part) = tallies.part_named(initiative.part.as_ref())?;
    Some(Aim { tallies, windows, series, dimension, part, statistic })
}

/// What the initiative did not touch: the other parts of its dimension, else the same question about other areas.
fn others<'r>(tallies: &'r AllTallies, aim: &Aim<'r>) -> Vec<Aim<'r>> {
    let like = |series: std::ops::Range<usize>, part: u32| Aim {
        tallies,
        windows: aim.windows,
        series,
        part,
        dimension: aim.dimension,
        statistic: aim.statistic,
    };
    if aim.dimension != Dimension::All {
        let n_parts = tallies.parts[aim.dimension as usize - 1].len() as u32;
        return (0..n_parts).filter(|part| *part != aim.part).map(|part| like(aim.series.clone(), part)).collect();
    }
    let own = &tallies.series[aim.series.start];
    let is_other = |series: &std::ops::Range<usize>| {
        let key = &tallies.series[series.start];
        key.source == own.source && key.kind == own.kind && own.area.is_some() && key.area.is_some() && key.area != own.area
    };
    measures(&tallies.series).into_iter().filter(is_other).map(|series| like(series, aim.part)).collect()
}

fn of_theme(tallies: &AllTallies, initiative: &Initiative, theme: &str, month: Month) -> Outcome {
    let named = Outcome { points: 100.0, baseline: initiative.baseline, ..Outcome::default() };
    let Some((dimension, part)) = tallies.part_named(initiative.part.as_ref()) else { return named };
    let reach = Span::ending(month, HORIZON);
    let sum = |span: Span, source: u32| {
        let theme = tallies.themes.iter().position(|id| id == theme);
        let of_month = |t: &ThemeMonth| {
            let n = theme.and_then(|theme| t.cells.get(&(source, theme as u32, dimension, part))).map_or(0, |c| c.responses);
            (n, t.bases.get(&(source, dimension, part)).copied().unwrap_or(0))
        };
        tallies.months.iter().map(|m| &m.themes).filter(|t| span.holds(t.month)).map(of_month).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    };
    let sources = (0..tallies.sources.len() as u32)
        .filter(|s| initiative.source.as_ref().is_none_or(|name| *name == tallies.sources[*s as usize]))
        .map(|s| (sum(reach, s).0, s));
    let Some((_, source)) = sources.min_by_key(|(n, s)| (std::cmp::Reverse(*n), *s)) else { return named };
    let now = sum(Span::ending(month, 1), source);
    let before = baseline_span(initiative).map_or((0, 0), |span| sum(span, source));
    let share = |(n, base): (i64, i64)| wilson(n, base).map(|interval| (n as f64 / base as f64, interval));
    let Some((value, around)) = share(now).filter(|_| dimension == Dimension::All || now.1 >= MIN_SHOWN_BASE) else { return named };
    let baseline = initiative.baseline.or_else(|| share(before).map(|(share, _)| share));
    let interval = match initiative.baseline {
        Some(baseline) => Some(Interval { low: around.low - baseline, high: around.high - baseline }),
        None => share(before).map(|before| newcombe((value, around), before)),
    };
    let error = |(n, base): (i64, i64)| interval::share_error(n, base);
    let variance = error(now) + if initiative.baseline.is_none() { error(before) } else { 0.0 };
    Outcome {
        baseline,
        base: Some(now.1),
        change: baseline.map(|baseline| value - baseline),
        interval,
        detectable: baseline.map(|_| (Z_95 + Z_80_POWER) * variance.sqrt()),
        ..named
    }
}

/// On track: the interval holds the expected change, or the change is beyond it, and the interval does not hold
/// zero. Short: the interval ends before the expected change. Otherwise the answers cannot tell the two apart.
fn verdict(outcome: &Outcome, expected: f64) -> Option<&'static str> {
    if expected == 0.0 {
        return None;
    }
    let expected = expected / outcome.points;
    let told = outcome.interval.filter(|_| outcome.base.is_some_and(|base| base >= MIN_TESTED_BASE));
    let Some(interval) = told else { return Some("cannot_be_told") };
    let (falls_short, holds_nothing) =
        if expected > 0.0 { (interval.high < expected, interval.low <= 0.0) } else { (interval.low > expected, interval.high >= 0.0) };
    Some(match () {
        () if falls_short => "short",
        () if holds_nothing => "cannot_be_told",
        () => "on_track",
    })
}

fn write(out: &mut Rows, initiative: &Initiative, month: Month, outcome: &Outcome) {
    let days = |day: jiff::civil::Date| Month::new(day.year(), day.month()).days() + i32::from(day.day()) - 1;
    let points = |figure: Option<f64>| figure.map(|f| f * outcome.points);
    let is_felt = initiative.felt_from.is_none_or(|day| Month::new(day.year(), day.month()) <= month);
    let expected = initiative.expected(month).filter(|_| is_felt);
    out.text(initiative_month::initiative_id, initiative.id.as_str());
    out.text(initiative_month::title, initiative.title.as_deref());
    out.text(initiative_month::area, initiative.area.as_deref());
    out.text(initiative_month::owner, initiative.owner.as_deref());
    out.text(initiative_month::measure, initiative.measure.as_deref());
    out.text(initiative_month::theme_id, initiative.theme_id.as_deref());
    out.date(initiative_month::report_month, month.days());
    out.text(initiative_month::status, initiative.status.as_deref());
    out.date(initiative_month::work_start, initiative.work_start.map(days));
    out.date(initiative_month::felt_from, initiative.felt_from.map(days));
    out.date(initiative_month::full_effect_month, initiative.full_effect_month.map(Month::days));
    out.float(initiative_month::baseline, outcome.baseline);
    out.float(initiative_month::expected_change, expected);
    out.float(initiative_month::actual_change, points(outcome.change));
    out.float(initiative_month::actual_low, points(outcome.interval.map(|i| i.low)));
    out.float(initiative_month::actual_high, points(outcome.interval.map(|i| i.high)));
    out.float(initiative_month::comparison_change, points(outcome.comparison));
    out.int(initiative_month::base, outcome.base);
    out.float(initiative_month::detectable_change, points(outcome.detectable));
    out.text(initiative_month::verdict, expected.and_then(|expected| verdict(outcome, expected)));
    out.text(initiative_month::approved_by, initiative.approved_by.as_deref());
    out.text(initiative_month::displaces, initiative.displaces.as_deref());
    out.end_row();
}
