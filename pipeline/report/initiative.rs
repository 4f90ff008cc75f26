//! Which initiatives are measured this month?

use super::number::{NOT_GIVEN, count, signed};
use super::row::each_row;
use crate::error::Result;
use crate::measure::answers_needed;
use crate::month::Month;
use crate::schema::initiative_month as col;
use crate::sink::Version;

/// A row of `initiative_month`; changes are in points.
#[derive(Clone, Debug)]
pub(crate) struct Initiative {
    pub(crate) id: String,
    pub(crate) title: Option<String>,
    pub(crate) area: Option<String>,
    pub(crate) owner: Option<String>,
    /// A measure, or the id of a theme.
    pub(crate) aim: String,
    pub(crate) aims_at_theme: bool,
    pub(crate) status: Option<String>,
    /// The measure before the work.
    pub(crate) baseline: Option<f64>,
    pub(crate) expected: Option<f64>,
    pub(crate) actual: Option<f64>,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    pub(crate) comparison: Option<f64>,
    pub(crate) base: Option<i64>,
    pub(crate) detectable: Option<f64>,
    pub(crate) verdict: Option<String>,
    pub(crate) full_effect: Option<Month>,
    pub(crate) approved_by: Option<String>,
    pub(crate) displaces: Option<String>,
}

impl Initiative {
    /// Its name for people.
    pub(crate) fn name(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.id)
    }

    /// The interval of the actual change, in points.
    pub(crate) fn interval(&self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("{} to {}", signed(low, DECIMALS), signed(high, DECIMALS)),
            _ => NOT_GIVEN.to_owned(),
        }
    }

    /// What can be told, and how many answers it would take where nothing can.
    pub(crate) fn verdict_words(&self) -> String {
        match self.verdict.as_deref() {
            Some("on_track") => "on track".to_owned(),
            Some("short") => "falls short".to_owned(),
            Some("cannot_be_told") => self.cannot_be_told(),
            _ if self.expected.is_none() => "not to be felt yet".to_owned(),
            _ => NOT_GIVEN.to_owned(),
        }
    }

    fn cannot_be_told(&self) -> String {
        let base = self.base.unwrap_or_default();
        let needed = self.detectable.zip(self.expected).and_then(|(detectable, expected)| answers_needed(base, detectable, expected));
        match needed.filter(|needed| *needed > base) {
            Some(needed) => format!("cannot be told with {} answers, needs about {}", count(base), count(needed)),
            None => format!("cannot be told with {} answers", count(base)),
        }
    }
}

/// A change in points, with its sign.
pub(crate) fn points(change: Option<f64>) -> String {
    change.map_or_else(|| NOT_GIVEN.to_owned(), |change| signed(change, DECIMALS))
}

/// Changes of means are fractions of a point.
const DECIMALS: usize = 2;

/// The initiatives of a month, in the order of their areas.
pub(crate) fn load(version: &Version, month: Month) -> Result<Vec<Initiative>> {
    use col::*;
    let columns = [
        initiative_id,
        title,
        area,
        owner,
        measure,
        theme_id,
        status,
        baseline,
        expected_change,
        actual_change,
        actual_low,
        actual_high,
        comparison_change,
        base,
        detectable_change,
        verdict,
        full_effect_month,
        approved_by,
        displaces,
    ];
    let mut initiatives = Vec::new();
    each_row(version, month, &columns, |row| {
        let owned = |column| row.text(column).map(str::to_owned);
        initiatives.push(Initiative {
            id: row.owned(initiative_id),
            title: owned(title),
            area: owned(area),
            owner: owned(owner),
            aim: owned(measure).or_else(|| owned(theme_id)).unwrap_or_default(),
            aims_at_theme: row.text(measure).is_none(),
            status: owned(status),
            baseline: row.float(baseline),
            expected: row.float(expected_change),
            actual: row.float(actual_change),
            low: row.float(actual_low),
            high: row.float(actual_high),
            comparison: row.float(comparison_change),
            base: row.int(base),
            detectable: row.float(detectable_change),
            verdict: owned(verdict),
            full_effect: row.month(full_effect_month),
            approved_by: owned(approved_by),
            displaces: owned(displaces),
        });
    })?;
    initiatives.sort_by(|a, b| (&a.area, &a.id).cmp(&(&b.area, &b.id)));
    Ok(initiatives)
}
