//! Which figures stand at the top?
//!
//! Recommendation and overall satisfaction with their trend, and the HOTLINE cases by route.

use std::collections::BTreeMap;

use super::chart::{self, Point};
use super::coverage;
use super::evidence::{self, Place, Subject};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::kpi::{Kpi, Verdict};
use super::number::{count, month_name, time};
use super::pack::Pack;
use super::themes;
use crate::casework::wording;
use crate::schema::{HOTLINE, KPI_MONTH, hotline, kpi_month as col};

/// Figures at the top: more do not stand beside each other on a page of A4.
const N_TILES: usize = 4;

/// Writes the tiles.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<div class=\"tiles\">\n");
    for kpi in shown(pack) {
        tile(html, pack, kpi);
    }
    cases(html, pack);
    coverage::tiles(html, pack);
    html.raw("</div>\n<p class=\"note screen\"><a href=\"#behind\">Figures and words behind these tiles</a></p>\n");
}

/// Writes the figures of the trends and whose words stand behind each tile: after everything else, so that the first page stays one page.
pub(super) fn behind(html: &mut Html, pack: &Pack) {
    if shown(pack).is_empty() && pack.cases.is_empty() {
        return;
    }
    html.raw("<h2 id=\"behind\">Behind the first page</h2>\n");
    for kpi in shown(pack) {
        html.raw("<details><summary>Figures of the trend: ").foreign(&kpi.name()).raw("</summary>\n");
        history(pack, kpi).write(html);
        html.raw("</details>\n");
        let mut title = Html::of("In their words, from the lowest answer to the highest: ");
        title.foreign(&kpi.name());
        evidence::write(html, &title, pack.words_of(&Subject::Measure(kpi.source.clone(), kpi.measure.clone())), &place(pack, kpi));
    }
    if !pack.cases.is_empty() {
        html.raw("<details class=\"screen\"><summary>Figures of the HOTLINE cases</summary>\n");
        by_route(pack).write(html);
        html.raw("</details>\n");
    }
}

/// Recommend questions and those on satisfaction overall; without any, what is of no area.
pub(super) fn shown(pack: &Pack) -> Vec<&Kpi> {
    let overall = |kpi: &&Kpi| kpi.area.is_none() && (kpi.kind == "nps" || kpi.measure.contains("overall"));
    let mut kpis: Vec<&Kpi> = pack.kpis_now().filter(overall).collect();
    if kpis.is_empty() {
        kpis = pack.kpis_now().filter(|kpi| kpi.area.is_none()).collect();
    }
    kpis.sort_by(|a, b| (a.kind != "nps", -a.base, &a.source, &a.measure).cmp(&(b.kind != "nps", -b.base, &b.source, &b.measure)));
    kpis.truncate(N_TILES);
    kpis
}

/// Where the words of those behind a figure are found.
pub(super) fn place(pack: &Pack, kpi: &Kpi) -> Place {
    let answered = if kpi.kind == "nps" && kpi.area.is_none() { " nps:0..10" } else { "" };
    Place::of_query(format!("source:{} month:{}{answered}", themes::quoted(&kpi.source), pack.month))
}

fn tile(html: &mut Html, pack: &Pack, kpi: &Kpi) {
    let unit = kpi.unit();
    html.raw("<section class=\"tile\">\n<h3>").foreign(&wording::sentence_case(&kpi.name())).raw("</h3>\n");
    html.element("p", "big", &unit.value(kpi.value));
    html.raw("<p class=\"of\">")
        .text(&format!("95% interval {}; base {}; ", unit.interval(kpi.low, kpi.high), count(kpi.base)))
        .foreign(&wording::plain(&kpi.source))
        .raw("</p>\n");
    if let Some(goal) = kpi.goal {
        html.raw("<p class=\"of\">").text(&format!("goal {}", unit.value(Some(goal))));
        html.text(kpi.status.as_deref().map_or("", |_| ": ")).element("b", "", kpi.status.as_deref().unwrap_or_default()).raw("</p>\n");
    }
    html.raw("<p class=\"verdict\">").element("b", "", kpi.verdict.words());
    if kpi.verdict != Verdict::NoMonthBefore {
        let change = unit.change(kpi.change);
        html.text(&format!(" {change} since {} ({})", month_name(pack.month.plus(-1)), unit.value(kpi.previous)));
    }
    html.raw("</p>\n");
    let points: Vec<Point> = pack.history(kpi).map(|k| Point { month: k.month, value: k.value, low: k.low, high: k.high }).collect();
    chart::trend(html, &kpi.name(), unit, &points, kpi.goal);
    html.raw("</section>\n");
}

fn history(pack: &Pack, kpi: &Kpi) -> Grid {
    let unit = kpi.unit();
    let origin =
        Origin::of(&KPI_MONTH).text(col::source, &kpi.source).text(col::measure, &kpi.measure).text(col::statistic, &kpi.statistic);
    let origin = of_all(origin).term(col::report_month, &format!("<= DATE '{}'", pack.day()));
    let columns = [
        ("Month", Align::Terms),
        ("Value", Align::Figures),
        ("95% interval", Align::Figures),
        ("Base", Align::Figures),
        ("Change", Align::Figures),
        ("Verdict", Align::Terms),
    ];
    let mut grid = Grid::new(&wording::sentence_case(&kpi.name()), origin, &columns);
    for k in pack.history(kpi) {
        grid.row(vec![
            Html::of(&k.month.to_string()),
            Html::of(&unit.value(k.value)),
            Html::of(&unit.interval(k.low, k.high)),
            Html::of(&count(k.base)),
            Html::of(&unit.change(k.change)),
            Html::of(k.verdict.words()),
        ]);
    }
    grid
}

/// Months of one, all responses.
pub(super) fn of_all(origin: Origin) -> Origin {
    origin.number(col::window_months, 1).text(col::dimension, "all")
}

fn cases(html: &mut Html, pack: &Pack) {
    let routes = routes(pack);
    let n_past: usize = routes.values().map(|[_, _, past]| past).sum();
    html.raw("<section class=\"tile\">\n<h3>HOTLINE cases</h3>\n").element("p", "big", &count(pack.cases.len() as i64));
    let of_routes: Vec<String> = routes.iter().map(|(route, [n, ..])| format!("{} {route}", count(*n as i64))).collect();
    let said = if of_routes.is_empty() { "none in this month".to_owned() } else { of_routes.join(", ") };
    html.raw("<p class=\"of\">").foreign(&said).raw("</p>\n<p class=\"verdict\">").element(
        "b",
        "",
        &match n_past {
            0 => "none past the time to respond".to_owned(),
            n => format!("{} past the time to respond", count(n as i64)),
        },
    );
    html.text(" as of ").element("span", "whole", &format!("{} UTC", time(Some(pack.record.clock())))).raw("</p>\n</section>\n");
}

/// Cases, open ones, and those open past their time, of each route.
fn routes(pack: &Pack) -> BTreeMap<&str, [usize; 3]> {
    let mut routes: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for case in &pack.cases {
        let [n, n_open, n_past] = routes.entry(&case.route).or_default();
        *n += 1;
        *n_open += usize::from(case.is_open());
        *n_past += usize::from(case.is_past(pack.record.clock()));
    }
    routes
}

fn by_route(pack: &Pack) -> Grid {
    let origin =
        Origin::of(&HOTLINE).day(hotline::report_month, &pack.day()).select("route, status, count(*)").ending("GROUP BY route, status");
    let columns = [("Route", Align::Words), ("Cases", Align::Figures), ("Open", Align::Figures), ("Open past respond by", Align::Figures)];
    let mut grid = Grid::new("HOTLINE cases by route", origin, &columns);
    for (route, figures) in routes(pack) {
        let mut cells = vec![Html::of_foreign(route)];
        cells.extend(figures.map(|n| Html::of(&count(n as i64))));
        grid.row(cells);
    }
    grid
}
