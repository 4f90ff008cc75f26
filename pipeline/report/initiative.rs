//! Which initiatives are measured this month?

use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::initiative_month as col;
use crate::sink::Version;

/// A row of `initiative_month`; changes are in points.
#[derive(Clone, Debug)]
pub(super) struct Initiative {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) area: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) aim: String,
    pub(super) status: Option<String>,
    pub(super) expected: Option<f64>,
    pub(super) actual: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) comparison: Option<f64>,
    pub(super) base: Option<i64>,
    pub(super) detectable: Option<f64>,
    pub(super) verdict: Option<String>,
}

/// The initiatives of a month, in the order of their areas.
pub(super) fn load(version: &Version, month: Month) -> Result<Vec<Initiative>> {
    use col::*;
    let columns = [
        initiative_id,
        title,
        area,
        owner,
        measure,
        theme_id,
        status,
        expected_change,
        actual_change,
        actual_low,
        actual_high,
        comparison_change,
        base,
        detectable_change,
        verdict,
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
            status: owned(status),
            expected: row.float(expected_change),
            actual: row.float(actual_change),
            low: row.float(actual_low),
            high: row.float(actual_high),
            comparison: row.float(comparison_change),
            base: row.int(base),
            detectable: row.float(detectable_change),
            verdict: owned(verdict),
        });
    })?;
    initiatives.sort_by(|a, b| (&a.area, &a.id).cmp(&(&b.area, &b.id)));
    Ok(initiatives)
}
