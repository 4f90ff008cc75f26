//! How many responses speak of a theme, how, and is it growing? The rows of `theme_month`.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::dimension::{Dimension, suppressed};
use super::impact::{Impacts, Outcome};
use super::interval::{Interval, wilson};
use super::response::{Mention, Response};
use super::significance::{MAX_Q, MIN_TESTED_BASE, Verdict, benjamini_hochberg, two_proportions};
use super::tallies::{AllTallies, ByPart, Codes};
use super::tally::SCALE;
use super::window::{HORIZON, Span, previous_wave};
use crate::error::Result;
use crate::month::Month;
use crate::schema::{Rows, THEME_MONTH, theme_month};

/// Months before the report month that a trend is taken against.
const TREND_MONTHS: i32 = 3;

/// Source and part of the responses.
type Place = (u32, Dimension, u32);

/// Source, theme and part of the responses: the order of the rows.
type CellKey = (u32, u32, Dimension, u32);

/// What one theme adds up to in one part of a month.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ThemeTally {
    pub(super) verbatims: i64,
    pub(super) responses: i64,
    hotlines: i64,
    sentiment: i64,
    scored: i64,
}

/// The themes of one month.
#[derive(Debug)]
pub(super) struct ThemeMonth {
    pub(super) month: Month,
    /// Responses with a meaningful verbatim.
    pub(super) bases: BTreeMap<Place, i64>,
    pub(super) cells: BTreeMap<CellKey, ThemeTally>,
    /// Parts whose base is not shown.
    hidden: BTreeSet<Place>,
}

/// The rows of each wanted month.
pub(super) fn theme_months(tallies: &AllTallies, wanted: &[Month]) -> Result<Vec<RecordBatch>> {
    let mut impacts = Impacts::new(tallies);
    let mut batches = Vec::with_capacity(wanted.len());
    for month in wanted {
        batches.push(write(tallies, *month, of_month(tallies, *month, &mut impacts)?));
    }
    Ok(batches)
}

/// The themes of a month while its responses pass; by source, names as the month numbers them.
#[derive(Debug, Default)]
pub(super) struct ThemeCounter {
    bases: Vec<ByPart<i64>>,
    themes: Vec<Vec<ByPart<ThemeTally>>>,
    mentions: Vec<Mention>,
}

impl ThemeCounter {
    pub(super) fn add(&mut self, response: &Response) {
        if !response.has_meaningful {
            return;
        }
        let source = response.source as usize;
        if self.bases.len() <= source {
            self.bases.resize_with(source + 1, ByPart::default);
            self.themes.resize_with(source + 1, Vec::new);
        }
        response.places().for_each(|(dimension, part)| *self.bases[source].at(dimension, part) += 1);
        self.mentions.clone_from(&response.mentions);
        self.mentions.sort_unstable();
        for of_theme in self.mentions.chunk_by(|a, b| a.theme == b.theme) {
            let theme = of_theme[0].theme as usize;
            let themes = &mut self.themes[source];
            if themes.len() <= theme {
                themes.resize_with(theme + 1, ByPart::default);
            }
            let tally = ThemeTally::of(of_theme, response.is_hotline);
            response.places().for_each(|(dimension, part)| themes[theme].at(dimension, part).merge(&tally));
        }
    }

    pub(super) fn finish(self, month: Month, codes: &Codes) -> ThemeMonth {
        let (mut bases, mut cells) = (BTreeMap::new(), BTreeMap::new());
        for (source, of_source) in codes.sources.iter().zip(self.bases) {
            for (dimension, part, base) in of_source.each().filter(|(_, _, base)| *base > 0) {
                bases.insert((*source, dimension, codes.part(dimension, part)), base);
            }
        }
        for (source, of_source) in codes.sources.iter().zip(self.themes) {
            for (theme, of_theme) in codes.themes.iter().zip(of_source) {
                for (dimension, part, tally) in of_theme.each().filter(|(_, _, tally)| tally.responses > 0) {
                    cells.insert((*source, *theme, dimension, codes.part(dimension, part)), tally);
                }
            }
        }
        let hidden = hidden_parts(&bases);
        ThemeMonth { month, bases, cells, hidden }
    }
}

impl ThemeTally {
    /// What one response says of one theme; mentions are sorted.
    fn of(mentions: &[Mention], is_hotline: bool) -> Self {
        let scored = || mentions.iter().filter(|m| m.sentiment != Mention::UNSCORED);
        Self {
            verbatims: mentions.chunk_by(|a, b| a.verbatim == b.verbatim).count() as i64,
            responses: 1,
            hotlines: i64::from(is_hotline),
            sentiment: scored().map(|m| i64::from(m.sentiment)).sum(),
            scored: scored().count() as i64,
        }
    }

    fn merge(&mut self, other: &Self) {
        self.verbatims += other.verbatims;
        self.responses += other.responses;
        self.hotlines += other.hotlines;
        self.sentiment += other.sentiment;
        self.scored += other.scored;
    }
}

/// One row.
struct Figure {
    key: CellKey,
    now: ThemeTally,
    base: i64,
    hidden: bool,
    share: Option<(f64, Interval)>,
    change: Option<f64>,
    p_value: Option<f64>,
    q_value: Option<f64>,
    verdict: Option<Verdict>,
    trend: Trend,
    impact: Option<(f64, Interval)>,
    top_box_impact: Option<(f64, Interval)>,
}

/// How a theme has moved over the last months.
#[derive(Clone, Copy)]
enum Trend {
    TooFewMonths,
    New,
    /// Against the share of the months before: the change, and its p-value where both bases carry a test.
    Against(f64, Option<f64>),
    Judged(&'static str),
}

fn of_month(tallies: &AllTallies, month: Month, impacts: &mut Impacts<'_>) -> Result<Vec<Figure>> {
    let reach = Span::ending(month, HORIZON);
    let inside: Vec<&ThemeMonth> = tallies.months.iter().map(|m| &m.themes).filter(|t| reach.holds(t.month)).collect();
    let Some(now) = inside.iter().find(|t| t.month == month) else { return Ok(Vec::new()) };
    let mut figures: Vec<Figure> = keys(&inside, now).into_par_iter().map(|key| figure(&inside, now, key)).collect();
    judge(&mut figures);
    for of_source in figures.chunk_by_mut(|a, b| a.key.0 == b.key.0) {
        let source = of_source[0].key.0;
        let on_nps = impacts.of(month, source, Outcome::Recommend)?;
        let on_top_box =
            impacts.overall(month, source).map_or_else(|| Ok(BTreeMap::new()), |overall| impacts.of(month, source, overall))?;
        for figure in of_source.iter_mut().filter(|f| f.key.2 == Dimension::All) {
            figure.impact = on_nps.get(&figure.key.1).copied();
            figure.top_box_impact = on_top_box.get(&figure.key.1).copied();
        }
    }
    Ok(figures)
}

/// Cells with a response, and every theme of the source's past in all responses: zeros show what faded.
fn keys(inside: &[&ThemeMonth], now: &ThemeMonth) -> Vec<CellKey> {
    let is_answered = |source: u32| now.bases.contains_key(&(source, Dimension::All, 0));
    let known = inside.iter().flat_map(|t| t.cells.keys()).filter(|(source, _, d, _)| *d == Dimension::All && is_answered(*source));
    let mut keys: Vec<CellKey> = now.cells.keys().chain(known).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn hidden_parts(bases: &BTreeMap<Place, i64>) -> BTreeSet<Place> {
    let parts: Vec<(&Place, &i64)> = bases.iter().filter(|((_, dimension, _), _)| *dimension != Dimension::All).collect();
    let mut hidden = BTreeSet::new();
    for run in parts.chunk_by(|a, b| (a.0.0, a.0.1) == (b.0.0, b.0.1)) {
        let is_hidden = suppressed(&run.iter().map(|(_, base)| **base).collect::<Vec<_>>());
        hidden.extend(run.iter().zip(is_hidden).filter(|(_, hide)| *hide).map(|((place, _), _)| **place));
    }
    hidden
}

fn figure(inside: &[&ThemeMonth], now: &ThemeMonth, key: CellKey) -> Figure {
    let (source, theme, dimension, part) = key;
    let place = (source, dimension, part);
    let count = |t: &ThemeMonth| (t.cells.get(&key).map_or(0, |c| c.responses), t.bases.get(&place).copied().unwrap_or(0));
    let (n, base) = count(now);
    let is_hidden = now.hidden.contains(&place);
    let mut figure = Figure {
        key,
        now: now.cells.get(&key).copied().unwrap_or_default(),
        base,
        hidden: is_hidden,
        share: wilson(n, base).filter(|_| !is_hidden).map(|interval| (n as f64 / base as f64, interval)),
        change: None,
        p_value: None,
        q_value: None,
        verdict: is_hidden.then_some(Verdict::BaseTooSmall),
        trend: Trend::TooFewMonths,
        impact: None,
        top_box_impact: None,
    };
    if is_hidden {
        return figure;
    }
    let months = || inside.iter().filter(|t| t.month < now.month && t.bases.contains_key(&(source, Dimension::All, 0)));
    if let Some(wave) = previous_wave(months().map(|t| t.month), now.month).and_then(|m| inside.iter().find(|t| t.month == m)) {
        compare(&mut figure, (n, base), count(wave), wave.hidden.contains(&place));
    }
    let seen_before = months().any(|t| t.cells.contains_key(&(source, theme, Dimension::All, 0)));
    let recent = Span::ending(now.month.plus(-1), TREND_MONTHS);
    let before = months().filter(|t| recent.holds(t.month)).map(|t| count(t)).fold((0, 0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
    figure.trend = match () {
        () if months().next().is_none() => Trend::TooFewMonths,
        () if !seen_before => Trend::New,
        () => trend((n, base), before),
    };
    figure
}

fn compare(figure: &mut Figure, now: (i64, i64), before: (i64, i64), hidden_before: bool) {
    if before.1 == 0 {
        return;
    }
    figure.verdict = Some(Verdict::BaseTooSmall);
    if hidden_before {
        return;
    }
    figure.change = Some(now.0 as f64 / now.1 as f64 - before.0 as f64 / before.1 as f64);
    if now.1 >= MIN_TESTED_BASE && before.1 >= MIN_TESTED_BASE {
        figure.p_value = Some(two_proportions(now, before));
    }
}

fn trend(now: (i64, i64), before: (i64, i64)) -> Trend {
    if now.1 == 0 || before.1 == 0 {
        return Trend::TooFewMonths;
    }
    let change = now.0 as f64 / now.1 as f64 - before.0 as f64 / before.1 as f64;
    let is_tested = now.1 >= MIN_TESTED_BASE && before.1 >= MIN_TESTED_BASE;
    Trend::Against(change, is_tested.then(|| two_proportions(now, before)))
}

/// Benjamini-Hochberg over all tests of the month and source: one family of changes, one of trends.
fn judge(figures: &mut [Figure]) {
    for of_source in figures.chunk_by_mut(|a, b| a.key.0 == b.key.0) {
        let mut tested: Vec<&mut Figure> = of_source.iter_mut().filter(|f| f.p_value.is_some()).collect();
        let p_values: Vec<f64> = tested.iter().filter_map(|f| f.p_value).collect();
        for (figure, q) in tested.iter_mut().zip(benjamini_hochberg(&p_values)) {
            figure.q_value = Some(q);
            figure.verdict = figure.change.map(|change| Verdict::of(change, q));
        }
        let p_values: Vec<f64> = of_source.iter().filter_map(|f| if let Trend::Against(_, p) = f.trend { p } else { None }).collect();
        let mut q_values = benjamini_hochberg(&p_values).into_iter();
        for figure in of_source {
            if let Trend::Against(change, p) = figure.trend {
                let q = p.and_then(|_| q_values.next()).unwrap_or(1.0);
                let word = if q > MAX_Q || change == 0.0 {
                    "steady"
                } else if change > 0.0 {
                    "growing"
                } else {
                    "fading"
                };
                figure.trend = Trend::Judged(word);
            }
        }
    }
}

fn write(tallies: &AllTallies, month: Month, figures: Vec<Figure>) -> RecordBatch {
    let mut out = Rows::new(&THEME_MONTH);
    for figure in figures {
        let (source, theme, dimension, part) = figure.key;
        let part = match dimension {
            Dimension::All => "all",
            _ => tallies.parts[dimension as usize - 1][part as usize].as_str(),
        };
        out.text(theme_month::source, tallies.sources[source as usize].as_str());
        out.text(theme_month::theme_id, tallies.themes[theme as usize].as_str());
        out.date(theme_month::report_month, month.days());
        out.text(theme_month::dimension, dimension.as_str());
        out.text(theme_month::dimension_value, part);
        out.int(theme_month::base, figure.base);
        if !figure.hidden {
            write_figures(&mut out, &figure);
        }
        out.text(theme_month::verdict, figure.verdict.map(Verdict::as_str));
        out.end_row();
    }
    out.finish()
}

fn write_figures(out: &mut Rows, figure: &Figure) {
    let now = &figure.now;
    out.int(theme_month::verbatims, now.verbatims);
    out.int(theme_month::responses, now.responses);
    out.float(theme_month::share, figure.share.map(|(share, _)| share));
    out.float(theme_month::share_low, figure.share.map(|(_, interval)| interval.low));
    out.float(theme_month::share_high, figure.share.map(|(_, interval)| interval.high));
    out.float(theme_month::sentiment, (now.scored > 0).then(|| now.sentiment as f64 / (now.scored as f64 * SCALE)));
    out.float(theme_month::share_change, figure.change);
    out.float(theme_month::p_value, figure.p_value);
    out.float(theme_month::q_value, figure.q_value);
    out.text(
        theme_month::trend,
        match figure.trend {
            Trend::New => Some("new"),
            Trend::Judged(word) => Some(word),
            Trend::TooFewMonths | Trend::Against(..) => None,
        },
    );
    out.float(theme_month::nps_impact, figure.impact.map(|(impact, _)| impact));
    out.float(theme_month::impact_low, figure.impact.map(|(_, interval)| interval.low));
    out.float(theme_month::impact_high, figure.impact.map(|(_, interval)| interval.high));
    out.int(theme_month::hotlines, now.hotlines);
    out.float(theme_month::top_box_impact, figure.top_box_impact.map(|(impact, _)| impact));
    out.float(theme_month::top_box_impact_low, figure.top_box_impact.map(|(_, interval)| interval.low));
    out.float(theme_month::top_box_impact_high, figure.top_box_impact.map(|(_, interval)| interval.high));
}
