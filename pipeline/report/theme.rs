//! Which themes does the pack show, with which figures?

use std::collections::BTreeMap;

use super::kpi::Verdict;
use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::{theme, theme_month};
use crate::sink::Version;

/// What a theme is called.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) label: String,
    pub(crate) keywords: String,
    pub(crate) first_month: Option<Month>,
    pub(crate) area: Option<String>,
}

/// A row of `theme_month`, all responses.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    pub(crate) source: String,
    pub(crate) theme_id: String,
    pub(crate) responses: i64,
    pub(crate) base: i64,
    pub(crate) share: Option<f64>,
    pub(crate) share_low: Option<f64>,
    pub(crate) share_high: Option<f64>,
    pub(crate) sentiment: Option<f64>,
    pub(crate) change: Option<f64>,
    pub(crate) verdict: Verdict,
    pub(crate) trend: Option<String>,
    pub(crate) hotlines: Option<i64>,
    pub(crate) impact: Option<f64>,
    pub(crate) impact_low: Option<f64>,
    pub(crate) impact_high: Option<f64>,
    /// On the top box of overall satisfaction, in percentage points, with its interval.
    pub(crate) top_box_impact: [Option<f64>; 3],
}

/// Every theme by its id.
pub(crate) fn labels(version: &Version, month: Month) -> Result<BTreeMap<String, Label>> {
    use theme::*;
    let mut labels = BTreeMap::new();
    each_row(version, month, &[theme_id, label, keywords, first_month, area], |row| {
        let id = row.owned(theme_id);
        let name = row.text(label).filter(|l| !l.trim().is_empty()).unwrap_or(&id).to_owned();
        let of_area = row.text(area).map(str::to_owned);
        labels.insert(id, Label { label: name, keywords: row.owned(keywords), first_month: row.month(first_month), area: of_area });
    })?;
    Ok(labels)
}

/// The themes that somebody spoke of in the month, of each source the most frequent first.
pub(crate) fn figures(version: &Version, month: Month) -> Result<Vec<Figures>> {
    figures_of(version, month, ("all", "all"))
}

/// The same in one part of the responses: dimension and value.
pub(crate) fn figures_of(version: &Version, month: Month, part: (&str, &str)) -> Result<Vec<Figures>> {
    use theme_month::*;
    let columns = [
        source,
        theme_id,
        dimension,
        dimension_value,
        responses,
        base,
        share,
        share_low,
        share_high,
        sentiment,
        share_change,
        verdict,
        trend,
        hotlines,
        nps_impact,
        impact_low,
        impact_high,
        top_box_impact,
        top_box_impact_low,
        top_box_impact_high,
    ];
    let mut figures = Vec::new();
    each_row(version, month, &columns, |row| {
        let n_responses = row.int(responses).unwrap_or_default();
        if (row.text(dimension), row.text(dimension_value)) != (Some(part.0), Some(part.1)) || n_responses == 0 {
            return;
        }
        figures.push(Figures {
            source: row.owned(source),
            theme_id: row.owned(theme_id),
            responses: n_responses,
            base: row.int(base).unwrap_or_default(),
            share: row.float(share),
            share_low: row.float(share_low),
            share_high: row.float(share_high),
            sentiment: row.float(sentiment),
            change: row.float(share_change),
            verdict: Verdict::parse(row.text(verdict)),
            trend: row.text(trend).map(str::to_owned),
            hotlines: row.int(hotlines),
            impact: row.float(nps_impact),
            impact_low: row.float(impact_low),
            impact_high: row.float(impact_high),
            top_box_impact: [top_box_impact, top_box_impact_low, top_box_impact_high].map(|column| row.float(column)),
        });
    })?;
    figures.sort_by(|a, b| (&a.source, b.responses, &a.theme_id).cmp(&(&b.source, a.responses, &b.theme_id)));
    Ok(figures)
}
