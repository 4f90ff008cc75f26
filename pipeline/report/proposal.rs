//! Which goals could be set from a first month?
//!
//! A first month is a baseline month: nothing can have moved, so it is for setting goals. Proposed is the upper end of the interval, rounded up: a figure below it could come from the same
//! customers by chance, and a goal met by chance teaches nothing. Over fewer than thirty answers nothing is proposed.

use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::kpi::Kpi;
use super::number::{Unit, count};
use super::pack::Pack;
use super::tiles::of_all;
use crate::casework::wording;
use crate::schema::{KPI_MONTH, kpi_month as col};

/// Answers below which no goal is proposed: below it no change is tested either.
const MIN_BASE: i64 = 30;

/// Months until a proposed goal counts: a quarter, in which something can be done and felt.
const MONTHS_AHEAD: i32 = 3;

/// Writes the proposed goals of a first month; nothing in a later one, and nothing for what has a goal.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    let open: Vec<&Kpi> = pack.kpis_now().filter(|kpi| kpi.goal.is_none()).collect();
    if !pack.is_first_month || open.is_empty() {
        return;
    }
    let due = pack.month.plus(MONTHS_AHEAD);
    html.raw("<h3>A baseline month: goals that could be set</h3>\n<p class=\"note\">Nothing can have moved in a first month. Proposed is the first round figure above the interval: what lies below could come from the same customers by chance. ");
    html.text(&format!("No goal over fewer than {MIN_BASE} answers. Owners and months are for the meeting to set.")).raw("</p>\n");
    let origin = of_all(Origin::of(&KPI_MONTH).day(col::report_month, &pack.day()));
    let columns = [
        ("Measure", Align::Words),
        ("Baseline", Align::Figures),
        ("95% interval", Align::Figures),
        ("Base", Align::Figures),
        ("Proposed goal", Align::Figures),
    ];
    let mut grid = Grid::new("Baselines and proposed goals", origin, &columns);
    let mut lines: Vec<[String; 6]> = Vec::new();
    for kpi in &open {
        let unit = kpi.unit();
        let goal = proposed(kpi);
        let mut name = Html::default();
        name.raw("<b>")
            .foreign(&wording::sentence_case(&kpi.name()))
            .raw("</b> <span class=\"of\">")
            .foreign(&wording::plain(&kpi.source))
            .raw("</span>");
        grid.row(vec![
            name,
            Html::of(&unit.value(kpi.value)),
            Html::of(&unit.interval(kpi.low, kpi.high)),
            Html::of(&count(kpi.base)),
            Html::of(&goal.map_or_else(|| "base too small".to_owned(), |goal| unit.value(Some(goal)))),
        ]);
        if let (Some(goal), Some(value)) = (goal, kpi.value) {
            let decimals = decimals(unit);
            lines.push([
                "[[goal]]".to_owned(),
                format!("source = {}", quoted(&kpi.source)),
                format!("measure = {}", quoted(&kpi.measure)),
                format!("statistic = {}", quoted(&kpi.statistic)),
                format!("baseline = {value:.decimals$}"),
                format!("goal = {{ \"{due}\" = {goal:.decimals$} }}"),
            ]);
        }
    }
    grid.write(html);
    if lines.is_empty() {
        return;
    }
    html.raw("<details><summary>As lines of goals.toml</summary>\n<div class=\"lines\">\n");
    for goal in &lines {
        html.raw("<p>");
        for line in goal {
            html.element("code", "", line).raw("<br>");
        }
        html.raw("</p>\n");
    }
    html.raw("</div>\n</details>\n");
}

/// The first round figure above the interval; none over too few answers, without an interval, or past the end of the scale.
fn proposed(kpi: &Kpi) -> Option<f64> {
    let high = kpi.high.filter(|_| kpi.base >= MIN_BASE)?;
    let step = match kpi.unit() {
        Unit::Nps => 1.0,
        Unit::Share => 0.01,
        Unit::Points => 0.1,
    };
    let goal = (high / step).ceil() * step;
    let end = match kpi.unit() {
        Unit::Nps => 100.0,
        Unit::Share => 1.0,
        Unit::Points => f64::INFINITY,
    };
    (goal <= end).then_some(goal)
}

fn decimals(unit: Unit) -> usize {
    match unit {
        Unit::Nps => 1,
        Unit::Share => 3,
        Unit::Points => 2,
    }
}

/// As TOML writes a text.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_for_toml() {
        assert_eq!(quoted("plain"), "\"plain\"");
        let hostile = "a \" b \\ \n c";
        let table: toml::Table = format!("x = {}", quoted(hostile)).parse().unwrap();
        assert_eq!(table["x"].as_str(), Some(hostile));
    }
}
