//! Did the initiatives do what was said?

use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::initiative::Initiative;
use super::number::{NOT_GIVEN, count, signed};
use super::pack::Pack;
use crate::measure::answers_needed;
use crate::schema::{INITIATIVE_MONTH, initiative_month as col};

/// Writes the initiatives of the month; nothing where there are none.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    if pack.initiatives.is_empty() {
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
    for initiative in &pack.initiatives {
        grid.row(row(pack, initiative));
    }
    grid.write(html);
    html.raw(
        "<p class=\"note\">Changes are points against the baseline: of a share percentage points, of a mean points of the scale. \
         Elsewhere: the mean change of what the initiative did not touch. A change beside an initiative is not proof that it was the cause.</p>\n",
    );
}

fn row(pack: &Pack, initiative: &Initiative) -> Vec<Html> {
    let mut name = Html::default();
    name.raw("<b>").foreign(initiative.title.as_deref().unwrap_or(&initiative.id)).raw("</b>");
    for (idx, detail) in [&initiative.area, &initiative.owner, &initiative.status].into_iter().flatten().enumerate() {
        name.raw(if idx == 0 { " <span class=\"of\">" } else { "<span class=\"of\">, " }).foreign(detail).raw("</span>");
    }
    let points = |points: Option<f64>| points.map_or_else(|| NOT_GIVEN.to_owned(), |p| signed(p, 2));
    let interval = match (initiative.low, initiative.high) {
        (Some(low), Some(high)) => format!("{} to {}", signed(low, 2), signed(high, 2)),
        _ => NOT_GIVEN.to_owned(),
    };
    vec![
        name,
        Html::of_foreign(pack.label(&initiative.aim)),
        Html::of(&points(initiative.expected)),
        Html::of(&points(initiative.actual)),
        Html::of(&interval),
        Html::of(&points(initiative.comparison)),
        Html::of(&initiative.base.map_or_else(|| NOT_GIVEN.to_owned(), count)),
        verdict(initiative),
    ]
}

/// The verdict in words, and how many answers it would take where it cannot be told.
fn verdict(initiative: &Initiative) -> Html {
    let mut html = Html::default();
    match initiative.verdict.as_deref() {
        Some("on_track") => html.element("b", "", "on track"),
        Some("short") => html.element("b", "", "falls short"),
        Some("cannot_be_told") => html.text(&cannot_be_told(initiative)),
        _ if initiative.expected.is_none() => html.text("not to be felt yet"),
        _ => html.text(NOT_GIVEN),
    };
    html
}

fn cannot_be_told(initiative: &Initiative) -> String {
    let base = initiative.base.unwrap_or_default();
    let needed =
        initiative.detectable.zip(initiative.expected).and_then(|(detectable, expected)| answers_needed(base, detectable, expected));
    match needed.filter(|needed| *needed > base) {
        Some(needed) => format!("cannot be told with {} answers, needs about {}", count(base), count(needed)),
        None => format!("cannot be told with {} answers", count(base)),
    }
}
