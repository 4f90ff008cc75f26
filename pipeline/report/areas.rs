//! How does each functional area stand?

use super::chart;
use super::evidence::{self, Place, Subject};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::kpi::{Kpi, Verdict};
use super::number::{NOT_GIVEN, Unit, count};
use super::pack::Pack;
use super::themes;
use super::tiles::of_all;
use crate::casework::wording;
use crate::schema::{KPI_MONTH, kpi_month as col};

/// Above this share of the answers a figure leans on one customer: the limit that the column's description states.
pub(super) const LEANS_ON_ONE: f64 = 0.2;

/// Places of change, its interval and verdict in a row.
const MOVES: std::ops::RangeInclusive<usize> = 5..=7;

/// Themes named in the query of an area.
const N_THEMES: usize = 10;

/// Writes the areas of every source that asks about some.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<h2 id=\"areas\">Functional areas</h2>\n");
    let mut kpis: Vec<&Kpi> = pack.kpis_now().chain(pack.means_now()).filter(|kpi| kpi.area.is_some()).collect();
    kpis.sort_by(|a, b| (&a.area, &a.source, &a.measure, !a.is_headline()).cmp(&(&b.area, &b.source, &b.measure, !b.is_headline())));
    if kpis.is_empty() {
        html.raw("<p>No measure of this month belongs to a functional area.</p>\n");
        return;
    }
    table(html, pack, &kpis);
    html.raw("<p class=\"note\">Top box: share of answers on the best point of the scale. The bar runs from 0 to 100% (NPS: −100 to 100), the thick part is the interval. \
         The interval of a change stands alone; the verdict allows for all comparisons of the month, so it can be stricter.</p>\n");
    words(html, pack, &kpis);
}

/// Where what people say of each area is found.
fn words(html: &mut Html, pack: &Pack, kpis: &[&Kpi]) {
    let mut areas: Vec<&str> = kpis.iter().filter_map(|kpi| kpi.area.as_deref()).collect();
    areas.dedup();
    html.raw("<h3>The words behind each area</h3>\n<div class=\"folds\">\n");
    for area in areas {
        if !is_only_rated(pack, area) {
            evidence::write(html, &Html::of_foreign(area), pack.words_of(&Subject::Area(area.to_owned())), &place(pack, area));
            continue;
        }
        for kpi in kpis.iter().filter(|kpi| kpi.area.as_deref() == Some(area) && kpi.is_headline()) {
            let mut title = Html::of_foreign(area);
            title.text(": by those who rated it, from the lowest answer to the highest");
            let quotes = pack.words_of(&Subject::Measure(kpi.source.clone(), kpi.measure.clone()));
            evidence::write(html, &title, quotes, &super::tiles::place(pack, kpi));
        }
    }
    let examples = "Examples: from the lowest sentiment to the highest, of what is said of the area's themes or by those who name it; \
                    where no theme and no response names it, of those who rated it, whatever they write about.";
    html.raw("</div>\n").element("p", "note", examples).raw("\n<p class=\"origin\">The pack of one area: ");
    html.element("code", "", "outspoken report --area NAME --out DIR").raw("</p>\n");
}

/// Themes of an area, those of most responses first.
fn themes_of<'a>(pack: &'a Pack, area: &str) -> Vec<&'a str> {
    let in_area = |id: &String| pack.labels.get(id).is_some_and(|label| label.area.as_deref() == Some(area));
    let mut themes: Vec<&str> = Vec::new();
    for theme in pack.themes.iter().map(|theme| &theme.theme_id).filter(|id| in_area(id)) {
        if themes.len() < N_THEMES && !themes.contains(&theme.as_str()) {
            themes.push(theme);
        }
    }
    themes
}

/// Whether people rate an area, but no theme belongs to it and no response names it.
pub(super) fn is_only_rated(pack: &Pack, area: &str) -> bool {
    !pack.areas_named.contains(area) && themes_of(pack, area).is_empty()
}

/// Where what is said of an area is found.
pub(super) fn place(pack: &Pack, area: &str) -> Place {
    // Where responses name no area, themes do.
    let themes = themes_of(pack, area);
    let mut terms: Vec<String> = themes.iter().map(|id| format!("theme:{id}")).collect();
    if pack.areas_named.contains(area) || terms.is_empty() {
        terms.insert(0, format!("area:{}", themes::quoted(area)));
    }
    let query = match terms.as_slice() {
        [only] => format!("{only} month:{}", pack.month),
        _ => format!("({}) month:{}", terms.join(" OR "), pack.month),
    };
    Place::of_query(query)
}

/// Writes measures of areas as a table.
pub(super) fn table(html: &mut Html, pack: &Pack, kpis: &[&Kpi]) {
    let has_goals = kpis.iter().any(|kpi| kpi.goal.is_some());
    let origin = of_all(Origin::of(&KPI_MONTH).day(col::report_month, &pack.day())).term(col::area, "IS NOT NULL");
    let statistics = "IN (CASE kind WHEN 'csat' THEN 'top_box' WHEN 'nps' THEN 'nps' WHEN 'ces' THEN 'ces' ELSE 'mean' END, \
                      CASE kind WHEN 'csat' THEN 'mean' END)";
    let origin = origin.term(col::statistic, statistics);
    let mut columns = vec![
        ("Area", Align::Words),
        ("Value", Align::Figures),
        ("", Align::Words),
        ("95% interval", Align::Figures),
        ("Base", Align::Figures),
        ("Change", Align::Figures),
        ("95% interval of change", Align::Figures),
        ("Verdict", Align::Terms),
    ];
    if has_goals {
        columns.extend([("Goal", Align::Figures), ("Status", Align::Words)]);
    }
    // Nothing has moved in a first month.
    let shown = |idx: usize| !(pack.is_first_month && MOVES.contains(&idx));
    let columns: Vec<_> = (0..).zip(columns).filter(|(idx, _)| shown(*idx)).map(|(_, column)| column).collect();
    let mut title =
        if kpis.iter().all(|kpi| kpi.area == kpis[0].area) { "The area in the month" } else { "Each area in the month" }.to_owned();
    title.push_str(if pack.is_first_month { "" } else { ", against the month before" });
    // Where all are of one source, it stands once.
    let source = kpis.first().map(|kpi| wording::plain(&kpi.source)).filter(|_| kpis.iter().all(|kpi| kpi.source == kpis[0].source));
    if let Some(source) = &source {
        title.push_str(&format!("; {source}"));
    }
    let mut grid = Grid::new(&title, origin, &columns);
    for kpi in kpis {
        grid.row((0..).zip(row(kpi, has_goals, source.as_deref())).filter(|(idx, _)| shown(*idx)).map(|(_, cell)| cell).collect());
    }
    grid.write(html);
}

/// `source`: what stands in the title already.
fn row(kpi: &Kpi, has_goals: bool, source: Option<&str>) -> Vec<Html> {
    let unit = kpi.unit();
    let mut area = Html::default();
    area.raw("<b>").foreign(kpi.area.as_deref().unwrap_or_default()).raw("</b> <span class=\"of\">").text(&kpi.statistic_name());
    if source.is_none() {
        area.text(", ").foreign(&wording::plain(&kpi.source));
    }
    area.raw("</span>");
    if let Some(share) = kpi.largest_account_share.filter(|share| *share > LEANS_ON_ONE) {
        area.raw(" <span class=\"of\">")
            .text(&format!("; {} of the answers are from one account", Unit::Share.value(Some(share))))
            .raw("</span>");
    }
    let mut bar = Html::default();
    match unit {
        Unit::Share => chart::interval(&mut bar, (0.0, 1.0), kpi.value, kpi.low, kpi.high),
        Unit::Nps => chart::interval(&mut bar, (-100.0, 100.0), kpi.value, kpi.low, kpi.high),
        Unit::Points => {}
    }
    let mut cells = vec![
        area,
        Html::of(&unit.value(kpi.value)),
        bar,
        Html::of(&unit.interval(kpi.low, kpi.high)),
        Html::of(&count(kpi.base)),
        Html::of(&unit.change(kpi.change)),
        Html::of(&match (kpi.change_low, kpi.change_high) {
            (Some(_), Some(_)) => format!("{} to {}", unit.change(kpi.change_low), unit.change(kpi.change_high)),
            _ => NOT_GIVEN.to_owned(),
        }),
        verdict(kpi.verdict),
    ];
    if has_goals {
        let status = [kpi.status.as_deref(), kpi.owner.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        cells.extend([Html::of(&unit.value(kpi.goal)), Html::of_foreign(if status.is_empty() { NOT_GIVEN } else { &status })]);
    }
    cells
}

/// A verdict, set off when it is real.
pub(super) fn verdict(verdict: Verdict) -> Html {
    let mut html = Html::default();
    html.element(if verdict.is_real() { "b" } else { "span" }, "", verdict.words());
    html
}
