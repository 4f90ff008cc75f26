//! Did the initiatives do what was said?

use super::evidence::{self, Place, Subject};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::initiative::{Initiative, points};
use super::number::{NOT_GIVEN, count};
use super::pack::Pack;
use super::quote::Quote;
use super::{areas, tiles};
use crate::schema::{INITIATIVE_MONTH, initiative_month as col};

/// Writes the initiatives of the month; nothing where there are none. `area`: only those of this one.
pub(super) fn write(html: &mut Html, pack: &Pack, area: Option<&str>) {
    let shown: Vec<&Initiative> =
        pack.initiatives.iter().filter(|initiative| area.is_none_or(|area| initiative.area.as_deref() == Some(area))).collect();
    if shown.is_empty() {
        return;
    }
    html.raw("<h2 id=\"initiatives\">Initiatives</h2>\n");
    let origin = Origin::of(&INITIATIVE_MONTH).day(col::report_month, &pack.day());
    let columns = [
        ("Initiative", Align::Words),
        ("Aims at", Align::Words),
        ("Expected", Align::Figures),
        ("Actual", Align::Figures),
        ("95% interval", Align::Figures),
        ("Elsewhere", Align::Figures),
        ("Base", Align::Figures),
        ("What can be told", Align::Words),
    ];
    let mut grid = Grid::new("Expected against actual change since before the work", origin, &columns);
    for initiative in &shown {
        grid.row(row(pack, initiative));
    }
    grid.write(html);
    // On paper the words stand with the area or theme that is aimed at.
    html.raw("<div class=\"folds screen\">\n");
    for initiative in shown.into_iter().filter(|_| area.is_none()) {
        let (quotes, place) = words(pack, initiative);
        let mut title = Html::of("In their words: ");
        title.foreign(initiative.name());
        evidence::write(html, &title, quotes, &place);
    }
    html.raw("</div>\n");
    html.raw(
        "<p class=\"note\">Changes are points against the baseline: of a share percentage points, of a mean points of the scale. \
         Elsewhere: the mean change of what the initiative did not touch. A change beside an initiative is not proof that it was the cause.</p>\n",
    );
}

/// What is said of what an initiative aims at, and where all of it is found.
fn words<'a>(pack: &'a Pack, initiative: &Initiative) -> (&'a [Quote], Place) {
    if initiative.aims_at_theme {
        let quotes = pack.quotes.iter().find(|((_, theme), _)| *theme == initiative.aim).map_or(&[][..], |(_, quotes)| quotes);
        let place = Place::of_query(format!("theme:{} month:{}", initiative.aim, pack.month));
        return (quotes, place.with_page(format!("/theme/{}", initiative.aim)));
    }
    let measured = pack.kpis_now().find(|kpi| kpi.measure == initiative.aim);
    match measured.map(|kpi| (kpi, kpi.area.as_deref())) {
        Some((_, Some(area))) => (pack.words_of(&Subject::Area(area.to_owned())), areas::place(pack, area)),
        Some((kpi, None)) => (pack.words_of(&Subject::Measure(kpi.source.clone(), kpi.measure.clone())), tiles::place(pack, kpi)),
        None => (&[], Place::of_query(format!("month:{}", pack.month))),
    }
}

fn row(pack: &Pack, initiative: &Initiative) -> Vec<Html> {
    let mut name = Html::default();
    name.raw("<b>").foreign(initiative.name()).raw("</b>");
    for (idx, detail) in [&initiative.area, &initiative.owner, &initiative.status].into_iter().flatten().enumerate() {
        name.raw(if idx == 0 { " <span class=\"of\">" } else { "<span class=\"of\">, " }).foreign(detail).raw("</span>");
    }
    for (said, of) in [("approved by ", &initiative.approved_by), ("displaces ", &initiative.displaces)] {
        if let Some(of) = of {
            name.raw("<br><span class=\"of\">").text(said).foreign(of).raw("</span>");
        }
    }
    let mut verdict = Html::default();
    let is_told = matches!(initiative.verdict.as_deref(), Some("on_track" | "short"));
    verdict.element(if is_told { "b" } else { "span" }, "", &initiative.verdict_words());
    let aim = if initiative.aims_at_theme { pack.label(&initiative.aim).to_owned() } else { initiative.aim.replace('_', " ") };
    vec![
        name,
        Html::of_foreign(&aim),
        Html::of(&points(initiative.expected)),
        Html::of(&points(initiative.actual)),
        Html::of(&initiative.interval()),
        Html::of(&points(initiative.comparison)),
        Html::of(&initiative.base.map_or_else(|| NOT_GIVEN.to_owned(), count)),
        verdict,
    ]
}
