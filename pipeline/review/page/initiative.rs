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
use crate::report::initiative::{self, points};
use crate::report::number::{count_or_dash, month_name};

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
        ("What can be told", Align::Words),
    ];
    let mut list = List::new("initiatives", "Initiatives", &columns, "No initiative is known in this month: the goals file names them.");
    for initiative in initiative::load(&view.tables.version, month)? {
        let aim = if initiative.aims_at_theme {
            Cell::link(view.tables.themes.label(&initiative.aim), &link::theme(&initiative.aim))
        } else {
            Cell::text(&initiative.aim.replace('_', " "))
        };
        let interval = initiative.interval();
        list.row(vec![
            Cell::text(initiative.name()),
            Cell::given(initiative.area.as_deref()),
            Cell::given(initiative.owner.as_deref()),
            aim,
            Cell::given(initiative.status.as_deref()),
            Cell::figure(initiative.expected, &points(initiative.expected)),
            Cell::figure(initiative.actual, &points(initiative.actual)),
            Cell::html(Html::of(&interval), &interval),
            Cell::figure(initiative.comparison, &points(initiative.comparison)),
            Cell::figure(initiative.base.map(|n| n as f64), &count_or_dash(initiative.base)),
            Cell::text(&initiative.verdict_words()),
        ]);
    }
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
