//! What do customers answer, in all and by part, and did it move? The rows of `kpi_month`.

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::cell::{Cell, cells};
use super::dimension::{Dimension, suppressed};
use super::goals::{Goal, Goals};
use super::interval::Interval;
use super::significance::{MIN_TESTED_BASE, Verdict, benjamini_hochberg};
use super::tallies::{AllTallies, SeriesKey};
use super::tally::{SCALE, Statistic};
use super::window::{Frame, frames};
use super::windows::{Counted, Windows};
use crate::month::Month;
use crate::schema::{KPI_MONTH, Rows, kpi_month};

/// The windows of every measure in the wanted months, with what each is compared with.
pub(super) fn all_frames(tallies: &AllTallies, wanted: &[Month]) -> Vec<Frame> {
    measures(&tallies.series).into_iter().flat_map(|series| frames(tallies, series, wanted)).collect()
}

/// The rows of each wanted month.
pub(super) fn kpi_months(
    tallies: &AllTallies,
    windows: &Windows<'_>,
    frames: &[Frame],
    wanted: &[Month],
    goals: &Goals,
) -> Vec<RecordBatch> {
    let of_frames: Vec<Vec<Figure>> = frames.par_iter().map(|frame| of_frame(tallies, frame, &cells(tallies, windows, frame))).collect();
    let mut months: Vec<Vec<Figure>> = wanted.iter().map(|_| Vec::new()).collect();
    for figure in of_frames.into_iter().flatten() {
        months[figure.wanted].push(figure);
    }
    let batches = months.into_par_iter().zip(wanted).map(|(mut figures, month)| {
        judge(&mut figures, tallies);
        write(figures, tallies, *month, goals)
    });
    batches.collect()
}

/// One row.
struct Figure {
    wanted: usize,
    series: usize,
    window_months: i32,
    dimension: Dimension,
    part: u32,
    statistic: Statistic,
    base: i64,
    n_respondents: i64,
    n_accounts: i64,
    n_largest: i64,
    effective_base: f64,
    value: Option<f64>,
    interval: Option<Interval>,
    before: Comparison,
    last_year: Comparison,
}

/// A figure against an earlier one.
#[derive(Default)]
struct Comparison {
    earlier: Option<f64>,
    change: Option<f64>,
    interval: Option<Interval>,
    p_value: Option<f64>,
    q_value: Option<f64>,
    verdict: Option<Verdict>,
}

/// Runs of series that differ only by scale or kind: the measures.
pub(super) fn measures(series: &[SeriesKey]) -> Vec<std::ops::Range<usize>> {
    let mut start = 0;
    series
        .chunk_by(|a, b| (&a.source, &a.measure, &a.area) == (&b.source, &b.measure, &b.area))
        .map(|run| {
            let range = start..start + run.len();
            start = range.end;
            range
        })
        .collect()
}

fn of_frame(tallies: &AllTallies, frame: &Frame, cells: &[Cell]) -> Vec<Figure> {
    let key = &tallies.series[frame.series];
    let scale = key.scale.map(|(low, high)| (low as f64 / SCALE, high as f64 / SCALE));
    let mut figures = Vec::new();
    for of_dimension in cells.chunk_by(|a, b| a.dimension == b.dimension) {
        let hidden = |base: fn(&Cell) -> i64| match of_dimension.first() {
            Some(cell) if cell.dimension != Dimension::All => suppressed(&of_dimension.iter().map(base).collect::<Vec<_>>()),
            _ => vec![false; of_dimension.len()],
        };
        let hidden = [hidden(|c| c.now.tally.base), hidden(|c| c.before.tally.base), hidden(|c| c.last_year.tally.base)];
        for (idx, cell) in of_dimension.iter().enumerate().filter(|(_, c)| c.now.tally.base > 0) {
            for statistic in Statistic::of_kind(&key.kind).iter().filter(|s| cell.now.tally.base_of(**s) > 0) {
                let mut figure = bare(frame, cell, *statistic);
                if hidden[0][idx] {
                    figure.before.verdict = Some(Verdict::BaseTooSmall);
                    figure.last_year.verdict = Some(Verdict::BaseTooSmall);
                } else {
                    figure.value = cell.now.tally.value(*statistic);
                    figure.interval = cell.now.tally.interval(*statistic, cell.now.spread(*statistic), scale);
                    figure.before = compare(&cell.now, &cell.before, *statistic, hidden[1][idx]);
                    figure.last_year = compare(&cell.now, &cell.last_year, *statistic, hidden[2][idx]);
                }
                figures.push(figure);
            }
        }
    }
    figures
}

fn bare(frame: &Frame, cell: &Cell, statistic: Statistic) -> Figure {
    Figure {
        wanted: frame.wanted,
        series: frame.series,
        window_months: frame.window_months,
        dimension: cell.dimension,
        part: cell.part,
        statistic,
        base: cell.now.tally.base_of(statistic),
        n_respondents: cell.now.n_respondents,
        n_accounts: cell.now.clusters.n_accounts,
        n_largest: cell.now.n_largest,
        effective_base: cell.now.spread(statistic).effective_base(cell.now.tally.base_of(statistic)),
        value: None,
        interval: None,
        before: Comparison::default(),
        last_year: Comparison::default(),
    }
}

fn compare(now: &Counted, earlier: &Counted, statistic: Statistic, is_hidden: bool) -> Comparison {
    let base = now.tally.base_of(statistic).min(earlier.tally.base_of(statistic));
    if base == 0 {
        return Comparison::default();
    }
    if is_hidden {
        return Comparison { verdict: Some(Verdict::BaseTooSmall), ..Comparison::default() };
    }
    let tested = now.change(earlier, statistic);
    let p_value = tested.filter(|_| base >= MIN_TESTED_BASE).map(|c| c.p_value);
    Comparison {
        earlier: earlier.tally.value(statistic),
        change: now.tally.value(statistic).zip(earlier.tally.value(statistic)).map(|(now, earlier)| now - earlier),
        interval: tested.map(|c| c.interval),
        p_value,
        q_value: None,
        verdict: p_value.is_none().then_some(Verdict::BaseTooSmall),
    }
}

/// Benjamini-Hochberg over all tests of the month and source, one family a kind of comparison; then the verdicts.
fn judge(figures: &mut [Figure], tallies: &AllTallies) {
    figures.sort_by_key(|f| (f.series, f.window_months, f.dimension, f.part, f.statistic));
    for of_source in figures.chunk_by_mut(|a, b| tallies.series[a.series].source == tallies.series[b.series].source) {
        judge_family(of_source.iter_mut().map(|f| &mut f.before));
        judge_family(of_source.iter_mut().map(|f| &mut f.last_year));
    }
}

fn judge_family<'f>(family: impl Iterator<Item = &'f mut Comparison>) {
    let mut tested: Vec<&mut Comparison> = family.filter(|c| c.p_value.is_some()).collect();
    let p_values: Vec<f64> = tested.iter().filter_map(|c| c.p_value).collect();
    for (comparison, q) in tested.iter_mut().zip(benjamini_hochberg(&p_values)) {
        comparison.q_value = Some(q);
        comparison.verdict = comparison.change.map(|change| Verdict::of(change, q));
    }
}

fn write(mut figures: Vec<Figure>, tallies: &AllTallies, month: Month, goals: &Goals) -> RecordBatch {
    figures.sort_by(|a, b| {
        let key = |f: &Figure| (f.window_months, f.series, f.dimension, f.part, f.statistic);
        tallies.series[a.series].source.cmp(&tallies.series[b.series].source).then(key(a).cmp(&key(b)))
    });
    let mut out = Rows::new(&KPI_MONTH);
    for figure in &figures {
        write_row(&mut out, figure, tallies, month, goals);
    }
    out.finish()
}

fn write_row(out: &mut Rows, figure: &Figure, tallies: &AllTallies, month: Month, goals: &Goals) {
    let key = &tallies.series[figure.series];
    let part = match figure.dimension {
        Dimension::All => "all",
        dimension => tallies.parts[dimension as usize - 1][figure.part as usize].as_str(),
    };
    out.text(kpi_month::source, key.source.as_str());
    out.date(kpi_month::report_month, month.days());
    out.int(kpi_month::window_months, i64::from(figure.window_months));
    out.text(kpi_month::measure, key.measure.as_str());
    out.text(kpi_month::kind, key.kind.as_str());
    out.text(kpi_month::area, key.area.as_deref());
    out.text(kpi_month::dimension, figure.dimension.as_str());
    out.text(kpi_month::dimension_value, part);
    out.text(kpi_month::statistic, figure.statistic.as_str());
    out.int(kpi_month::base, figure.base);
    out.int(kpi_month::respondents, Some(figure.n_respondents).filter(|n| *n > 0));
    out.int(kpi_month::accounts, Some(figure.n_accounts).filter(|n| *n > 0));
    let largest = (figure.n_largest > 0).then(|| figure.n_largest as f64 / figure.base as f64);
    out.float(kpi_month::effective_base, figure.effective_base);
    out.float(kpi_month::largest_account_share, largest);
    out.float(kpi_month::value, figure.value);
    out.float(kpi_month::value_low, figure.interval.map(|i| i.low));
    out.float(kpi_month::value_high, figure.interval.map(|i| i.high));
    let before = &figure.before;
    out.float(kpi_month::previous_value, before.earlier);
    out.float(kpi_month::change, before.change);
    out.float(kpi_month::change_low, before.interval.map(|i| i.low));
    out.float(kpi_month::change_high, before.interval.map(|i| i.high));
    out.float(kpi_month::p_value, before.p_value);
    out.float(kpi_month::q_value, before.q_value);
    out.text(kpi_month::verdict, before.verdict.map(Verdict::as_str));
    let last_year = &figure.last_year;
    out.float(kpi_month::last_year_value, last_year.earlier);
    out.float(kpi_month::last_year_change, last_year.change);
    out.float(kpi_month::last_year_change_low, last_year.interval.map(|i| i.low));
    out.float(kpi_month::last_year_change_high, last_year.interval.map(|i| i.high));
    out.float(kpi_month::last_year_p_value, last_year.p_value);
    out.float(kpi_month::last_year_q_value, last_year.q_value);
    out.text(kpi_month::last_year_verdict, last_year.verdict.map(Verdict::as_str));
    if let Some(goal) = goals.goals.iter().find(|goal| is_of(goal, figure, key, part)) {
        let target = goal.of(month);
        out.float(kpi_month::goal, target);
        out.float(kpi_month::baseline, goal.baseline);
        out.text(kpi_month::owner, goal.owner.as_deref());
        out.text(kpi_month::status, target.and_then(|target| status(figure, target)));
    }
    out.end_row();
}

/// Whether a goal is that of a row.
fn is_of(goal: &Goal, figure: &Figure, key: &SeriesKey, part: &str) -> bool {
    let of_part = match &goal.part {
        Some((dimension, value)) => dimension == figure.dimension.as_str() && value == part,
        None => figure.dimension == Dimension::All,
    };
    of_part
        && goal.area.as_ref().zip(key.area.as_ref()).is_none_or(|(a, b)| a == b)
        && goal.measure == key.measure
        && goal.statistic == figure.statistic.as_str()
        && goal.source.as_ref().is_none_or(|source| *source == key.source)
}

fn status(figure: &Figure, goal: f64) -> Option<&'static str> {
    let value = figure.value?;
    let met = if figure.statistic.lower_is_better() { value <= goal } else { value >= goal };
    Some(match () {
        () if met => "met",
        () if figure.interval.is_some_and(|i| i.holds(goal)) => "near",
        () => "missed",
    })
}
