//! How is the month, at a glance?

use super::super::answer::Answer;
use super::super::link;
use super::super::list::{Align, Cell, List, anchor};
use super::super::view::{Menu, View, title};
use crate::casework::Status;
use crate::error::Result;
use crate::month::Month;
use crate::report::chart::{self, Point};
use crate::report::html::Html;
use crate::report::kpi::{Kpi, Verdict};
use crate::report::number::{Unit, count, counted, month_name};
use crate::report::theme::Figures;

const N_TILES: usize = 4;
const N_THEMES: usize = 10;
const N_MOVED: usize = 8;

/// The page.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    let month = view.month()?;
    let mut html = Html::default();
    title(&mut html, "Customer feedback", &month_name(month));
    view.choose_month(&mut html, "/", month);
    html.raw("<div class=\"tiles\">\n");
    let kpis = view.tables.kpis()?;
    for kpi in overall(kpis, month) {
        tile(&mut html, kpi, kpis);
    }
    cases(&mut html, view)?;
    html.raw("</div>\n");
    moved(&mut html, kpis, month);
    news(&mut html, view, month)?;
    themes(&mut html, view, month)?;
    Ok(view.page(Menu::Overview, "Overview", &html))
}

/// What stands for the whole: NPS and satisfaction overall; without any, what is of no area.
fn overall(kpis: &[Kpi], month: Month) -> Vec<&Kpi> {
    let mut shown: Vec<&Kpi> = kpis.iter().filter(|k| k.month == month && k.is_headline() && k.area.is_none()).collect();
    shown.sort_by_key(|k| (k.kind != "nps", !k.measure.contains("overall"), -k.base, k.source.clone(), k.measure.clone()));
    shown.truncate(N_TILES);
    shown
}

fn tile(html: &mut Html, kpi: &Kpi, all: &[Kpi]) {
    let unit = kpi.unit();
    html.raw("<section class=\"tile\"><h2>").foreign(&named(kpi)).raw("</h2>\n<p class=\"big\">").text(&unit.value(kpi.value));
    html.raw("</p>\n<p class=\"note\">").text(&format!("95 % interval {}; base ", unit.interval(kpi.low, kpi.high)));
    html.push(&anchor(&count(kpi.base), &verbatims_of(kpi))).raw("; ").foreign(&kpi.source).raw("</p>\n<p>");
    html.raw("<strong").attribute("class", verdict_class(kpi.verdict)).raw(">").text(kpi.verdict.words()).raw("</strong>");
    if kpi.verdict != Verdict::NoMonthBefore {
        html.text(&format!(" {} since {} ({})", unit.change(kpi.change), month_name(kpi.month.plus(-1)), unit.value(kpi.previous)));
    }
    html.raw("</p>\n");
    let points: Vec<Point> = all
        .iter()
        .filter(|k| k.is_same_series(kpi) && k.month <= kpi.month)
        .map(|k| Point { month: k.month, value: k.value, low: k.low, high: k.high })
        .collect();
    chart::trend(html, &kpi.name(), unit, points.get(points.len().saturating_sub(13)..).unwrap_or_default(), kpi.goal);
    html.raw("</section>\n");
}

/// "Overall satisfaction top box".
pub(super) fn named(kpi: &Kpi) -> String {
    let name = kpi.name();
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The class of a verdict; its words stand beside it.
pub(super) fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Up => "up",
        Verdict::Down => "down",
        _ => "flat",
    }
}

/// The verbatims of those whom a figure is about.
pub(super) fn verbatims_of(kpi: &Kpi) -> String {
    let month = kpi.month.to_string();
    let mut terms = vec![("source", kpi.source.as_str()), ("month", month.as_str())];
    if kpi.kind == "nps" && kpi.area.is_none() {
        terms.push(("nps", "0..10"));
    }
    link::search(&terms)
}

fn cases(html: &mut Html, view: &View<'_>) -> Result<()> {
    let cases = view.app.cases.all(&view.tables)?;
    let open = cases.iter().filter(|c| c.state.status == Status::Open).count();
    let acting = cases.iter().filter(|c| c.state.status == Status::Acting).count();
    let overdue = cases.iter().filter(|c| c.is_overdue(view.now)).count();
    html.raw("<section class=\"tile\"><h2>HOTLINE</h2>\n<p class=\"big\">").push(&anchor(&count(open as i64), "/hotline?status=open"));
    html.raw("</p>\n<p class=\"note\">open; ").push(&anchor(&count(acting as i64), "/hotline?status=acting")).raw(" acting; ");
    html.text(&counted(cases.len(), "case", "cases")).text(" in all").raw("</p>\n<p><strong");
    html.attribute("class", if overdue > 0 { "down" } else { "flat" }).raw(">");
    html.push(&anchor(&counted(overdue, "case is", "cases are"), "/hotline?status=overdue"))
        .raw("</strong> past the time to respond</p></section>\n");
    Ok(())
}

fn moved(html: &mut Html, kpis: &[Kpi], month: Month) {
    let mut real: Vec<&Kpi> = kpis.iter().filter(|k| k.month == month && k.verdict.is_real()).collect();
    real.sort_by(|a, b| b.change_size().total_cmp(&a.change_size()));
    html.raw("<h2>What moved beyond chance</h2>\n");
    let columns = [
        ("Measure", Align::Words),
        ("Now", Align::Figures),
        ("Before", Align::Figures),
        ("Change", Align::Figures),
        ("Verdict", Align::Words),
        ("Base", Align::Figures),
    ];
    let mut list =
        List::new("moved", "Measures that moved", &columns, "No measure moved from the month before beyond what chance explains.");
    for kpi in real.into_iter().take(N_MOVED) {
        list.row(kpi_row(kpi));
    }
    list.write(html, None);
}

fn kpi_row(kpi: &Kpi) -> Vec<Cell> {
    let unit: Unit = kpi.unit();
    let mut verdict = Html::default();
    verdict.raw("<span").attribute("class", verdict_class(kpi.verdict)).raw(">").text(kpi.verdict.words()).raw("</span>");
    vec![
        Cell::text(&named(kpi)),
        Cell::figure(kpi.value, &unit.value(kpi.value)),
        Cell::figure(kpi.previous, &unit.value(kpi.previous)),
        Cell::figure(kpi.change, &unit.change(kpi.change)),
        Cell::html(verdict, kpi.verdict.words()),
        Cell::counted(kpi.base, &verbatims_of(kpi)),
    ]
}

/// Themes that are new or grow, most frequent first.
fn news(html: &mut Html, view: &View<'_>, month: Month) -> Result<()> {
    if view.tables.months.first() == Some(&month) {
        return Ok(());
    }
    let figures = view.tables.figures(month)?;
    let mut new: Vec<&Figures> = figures.iter().filter(|f| matches!(f.trend.as_deref(), Some("new" | "growing"))).collect();
    new.sort_by_key(|f| (-f.responses, f.theme_id.clone()));
    html.raw("<h2>New and growing</h2>\n");
    if new.is_empty() {
        html.element("p", "empty", "No theme is new or grows this month.");
        return Ok(());
    }
    html.raw("<ul class=\"news\">");
    for figures in new.into_iter().take(N_MOVED) {
        let label = view.tables.themes.label(&figures.theme_id);
        html.raw("<li><strong class=\"badge\">").text(figures.trend.as_deref().unwrap_or_default()).raw("</strong> ");
        html.push(&anchor(label, &link::theme(&figures.theme_id))).raw(" ");
        let to = link::search(&[("theme", &figures.theme_id), ("month", &month.to_string()), ("source", &figures.source)]);
        html.push(&anchor(&counted(figures.responses as usize, "response", "responses"), &to)).raw(" <span class=\"note\">in ");
        html.foreign(&figures.source).raw("</span></li>\n");
    }
    html.raw("</ul>\n");
    Ok(())
}

fn themes(html: &mut Html, view: &View<'_>, month: Month) -> Result<()> {
    let figures = view.tables.figures(month)?;
    let mut largest: Vec<&Figures> = figures.iter().collect();
    largest.sort_by(|a, b| b.responses.cmp(&a.responses).then_with(|| a.theme_id.cmp(&b.theme_id)));
    html.raw("<h2>Largest themes</h2>\n");
    let mut list = super::themes::list("Largest themes");
    for figures in largest.into_iter().take(N_THEMES) {
        list.row(super::themes::row(view, month, figures));
    }
    list.write(html, None);
    html.raw("<p><a").attribute("href", &link::of_month("/themes", month)).raw(">All themes</a></p>\n");
    Ok(())
}
