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
pub(super) struct Label {
    pub(super) label: String,
    pub(super) keywords: String,
    pub(super) first_month: Option<Month>,
}

/// A row of `theme_month`, all responses.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    pub(super) source: String,
    pub(super) theme_id: String,
    pub(super) responses: i64,
    pub(super) base: i64,
    pub(super) share: Option<f64>,
    pub(super) share_low: Option<f64>,
    pub(super) share_high: Option<f64>,
    pub(super) sentiment: Option<f64>,
    pub(super) change: Option<f64>,
    pub(super) verdict: Verdict,
    pub(super) trend: Option<String>,
    pub(super) hotlines: Option<i64>,
}

/// Every theme by its id.
pub(super) fn labels(version: &Version, month: Month) -> Result<BTreeMap<String, Label>> {
    use theme::*;
    let mut labels = BTreeMap::new();
    each_row(version, month, &[theme_id, label, keywords, first_month], |row| {
        let id = row.owned(theme_id);
        let name = row.text(label).filter(|l| !l.trim().is_empty()).unwrap_or(&id).to_owned();
        labels.insert(id, Label { label: name, keywords: row.owned(keywords), first_month: row.month(first_month) });
    })?;
    Ok(labels)
}

/// The themes that somebody spoke of in the month, of each source the most frequent first.
pub(super) fn figures(version: &Version, month: Month) -> Result<Vec<Figures>> {
    use theme_month::*;
    let columns =
        [source, theme_id, dimension, responses, base, share, share_low, share_high, sentiment, share_change, verdict, trend, hotlines];
    let mut figures = Vec::new();
    each_row(version, month, &columns, |row| {
        let n_responses = row.int(responses).unwrap_or_default();
        if row.text(dimension) != Some("all") || n_responses == 0 {
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
        });
    })?;
    figures.sort_by(|a, b| (&a.source, b.responses, &a.theme_id).cmp(&(&b.source, a.responses, &b.theme_id)));
    Ok(figures)
}
