//! What did the call centre count in these months?
//!
//! Beside what customers say, not because of it.

use std::collections::{BTreeMap, BTreeSet};

use super::areas;
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, plain, short_month};
use super::pack::Pack;
use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::{INDICATOR_MONTH, indicator_month as col};
use crate::sink::Version;

/// Months shown side by side.
const N_MONTHS: i32 = 4;

/// A figure from elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Indicator {
    pub(super) name: String,
    pub(super) month: Month,
    pub(super) area: Option<String>,
    pub(super) value: f64,
    pub(super) unit: Option<String>,
}

/// Those of the last months.
pub(super) fn load(version: &Version, month: Month) -> Result<Vec<Indicator>> {
    use col::*;
    let mut indicators = Vec::new();
    for of_month in version.months(&INDICATOR_MONTH)?.into_iter().filter(|m| (0..N_MONTHS).contains(&month.since(*m))) {
        each_row(version, of_month, &[indicator, area, value, unit], |row| {
            indicators.push(Indicator {
                name: row.owned(indicator),
                month: of_month,
                area: row.text(area).map(str::to_owned),
                value: row.float(value).unwrap_or_default(),
                unit: row.text(unit).map(str::to_owned),
            });
        })?;
    }
    Ok(indicators)
}

/// Writes them; nothing where there are none. `area`: only those of this one.
pub(super) fn write(html: &mut Html, pack: &Pack, area: Option<&str>) {
    let shown = || pack.indicators.iter().filter(|i| area.is_none_or(|area| i.area.as_deref() == Some(area)));
    if shown().next().is_none() {
        return;
    }
    html.raw(if area.is_none() {
        "<h2 id=\"indicators\">Beside it: what operations counts</h2>\n"
    } else {
        "<h3>Beside it: what operations counts</h3>\n"
    });
    let mut months: Vec<Month> = shown().map(|i| i.month).collect();
    months.sort_unstable();
    months.dedup();
    let mut by_name: BTreeMap<(String, Option<String>), BTreeMap<Month, &Indicator>> = BTreeMap::new();
    shown().for_each(|i| {
        by_name.entry((i.name.clone(), i.area.clone())).or_default().insert(i.month, i);
    });
    let origin = Origin::of(&INDICATOR_MONTH).term(col::report_month, &format!("<= DATE '{}'", pack.day()));
    let columns = [("Indicator", Align::Words), ("Area", Align::Words), ("Month by month", Align::Words), ("Unit", Align::Words)];
    let mut grid = Grid::new("Figures from elsewhere", origin, &columns);
    for ((name, area), values) in &by_name {
        let mut line = Html::default();
        for (idx, month) in months.iter().enumerate() {
            let value = values.get(month).map_or_else(|| NOT_GIVEN.to_owned(), |i| written(i.value));
            line.text(if idx > 0 { " → " } else { "" })
                .raw("<b>")
                .text(&value)
                .raw("</b> <span class=\"of\">")
                .text(&short_month(*month))
                .raw("</span>");
        }
        let unit = values.values().next_back().and_then(|i| i.unit.clone()).unwrap_or_default();
        grid.row(vec![Html::of_foreign(name), Html::of_foreign(area.as_deref().unwrap_or(NOT_GIVEN)), line, Html::of_foreign(&unit)]);
    }
    grid.write(html);
    html.raw("<p class=\"note\">Counted by operations and read from the file that the settings name: nobody's words stand behind these figures.</p>\n");
    if area.is_none() {
        let areas: BTreeSet<&str> = shown().filter_map(|i| i.area.as_deref()).collect();
        for area in areas.into_iter().filter(|area| !areas::is_only_rated(pack, area)) {
            areas::place(pack, area).write_as(html, &format!("What customers say of {area}"));
        }
    }
    html.raw("<p class=\"note\">That two figures move together does not say that one moves the other.</p>\n");
}

/// As many decimals as the size of the figure asks for.
fn written(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 1.0 => 1,
        v if v >= 0.1 => 2,
        _ => 3,
    };
    plain(value, decimals)
}
