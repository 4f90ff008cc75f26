//! Do initiatives and goals get where they should?

use super::super::answer::Answer;
use super::super::export;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, title};
use super::overview::{named, verbatims_of};
use crate::error::Result;
use crate::month::Month;
use crate::report::html::Html;
use crate::report::number::{count_or_dash, month_name, signed};
use crate::report::row::each_row;
use crate::schema::initiative_month as col;

/// The page.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    let month = view.month()?;
    let (initiatives, goals) = (initiatives(view, month)?, goals(view, month)?);
    let asked = view.ask.query.get("as");
    let of = if view.ask.query.get("list") == Some("goals") { &goals } else { &initiatives };
    if let Some(file) = export::file(of, asked) {
        return Ok(file);
    }
    let mut html = Html::default();
    title(&mut html, "Initiatives and goals", &month_name(month));
    view.choose_month(&mut html, "/initiatives", month);
    html.raw("<h2>Initiatives</h2>\n");
    initiatives.write(&mut html, Some(&format!("/initiatives?month={month}")));
    html.raw("<h2>Goals</h2>\n");
    goals.write(&mut html, Some(&format!("/initiatives?month={month}&list=goals")));
    Ok(view.page(Menu::Initiatives, "Initiatives and goals", &html))
}

fn initiatives(view: &View<'_>, month: Month) -> Result<List> {
    use col::*;
    let columns = [
        ("Initiative", Align::Words),
        ("Area", Align::Words),
        ("Owner", Align::Words),
        ("Aims at", Align::Words),
        ("Status", Align::Words),
        ("Expected", Align::Figures),
        ("Measured", Align::Figures),
        ("95 % interval", Align::Figures),
        ("Elsewhere", Align::Figures),
        ("Base", Align::Figures),
        ("Verdict", Align::Words),
    ];
    let mut list = List::new("initiatives", "Initiatives", &columns, "No initiative is known in this month: the goals file names them.");
    let asked = [
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
        verdict,
    ];
    each_row(&view.tables.version, month, &asked, |row| {
        let points = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| signed(v, 1));
        let interval = match (row.float(actual_low), row.float(actual_high)) {
            (Some(low), Some(high)) => format!("{} to {}", signed(low, 1), signed(high, 1)),
            _ => "–".to_owned(),
        };
        let aim = match row.text(theme_id) {
            Some(id) => Cell::link(view.tables.themes.label(id), &link::theme(id)),
            None => Cell::given(row.text(measure).map(|m| m.replace('_', " ")).as_deref()),
        };
        list.row(vec![
            Cell::text(row.text(title).or(row.text(initiative_id)).unwrap_or_default()),
            Cell::given(row.text(area)),
            Cell::given(row.text(owner)),
            aim,
            Cell::given(row.text(status)),
            Cell::figure(row.float(expected_change), &points(row.float(expected_change))),
            Cell::figure(row.float(actual_change), &points(row.float(actual_change))),
            Cell::html(Html::of(&interval), &interval),
            Cell::figure(row.float(comparison_change), &points(row.float(comparison_change))),
            Cell::figure(row.int(base).map(|n| n as f64), &count_or_dash(row.int(base))),
            Cell::given(row.text(verdict).map(|v| v.replace('_', " ")).as_deref()),
        ]);
    })?;
    Ok(list)
}

fn goals(view: &View<'_>, month: Month) -> Result<List> {
    let columns = [
        ("Measure", Align::Words),
        ("Source", Align::Words),
        ("Now", Align::Figures),
        ("95 % interval", Align::Figures),
        ("Goal", Align::Figures),
        ("Status", Align::Words),
        ("Owner", Align::Words),
        ("Base", Align::Figures),
    ];
    let mut list = List::new("goals", "Goals", &columns, "No goal is set for this month.");
    for kpi in view.tables.kpis()?.iter().filter(|k| k.month == month && k.goal.is_some()) {
        let unit = kpi.unit();
        let interval = unit.interval(kpi.low, kpi.high);
        list.row(vec![
            Cell::text(&named(kpi)),
            Cell::text(&kpi.source),
            Cell::figure(kpi.value, &unit.value(kpi.value)),
            Cell::html(Html::of(&interval), &interval),
            Cell::figure(kpi.goal, &unit.value(kpi.goal)),
            Cell::given(kpi.status.as_deref()),
            Cell::given(kpi.owner.as_deref()),
            Cell::counted(kpi.base, &verbatims_of(kpi)),
        ]);
    }
    Ok(list)
}
