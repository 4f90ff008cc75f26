//! Who must be called back?

use super::case::Case;
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, count, time};
use super::pack::Pack;
use crate::schema::{HOTLINE, hotline as col};

/// Cases listed; the rest is for `tables/hotline` and the review.
const N_CASES: usize = 50;

/// Writes the most severe cases of the month.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<h2 id=\"hotline\">HOTLINE</h2>\n");
    if pack.cases.is_empty() {
        html.raw("<p>No case in this month.</p>\n");
        return;
    }
    let origin = Origin::of(&HOTLINE).day(col::report_month, &pack.day());
    let order = format!("ORDER BY severity, status <> 'open', respond_by, hotline_id LIMIT {N_CASES}");
    let columns = [
        ("Severity", Align::Figures),
        ("Route", Align::Words),
        ("Category", Align::Words),
        ("Account", Align::Words),
        ("What", Align::Words),
        ("Received", Align::Terms),
        ("Detected", Align::Terms),
        ("Respond by", Align::Terms),
        ("Status", Align::Terms),
    ];
    let mut grid = Grid::new("The most severe cases; times in UTC", origin.ending(&order), &columns);
    for case in pack.cases.iter().take(N_CASES) {
        grid.row(row(pack, case));
    }
    grid.write(html);
    let n_rest = pack.cases.len().saturating_sub(N_CASES);
    if n_rest > 0 {
        html.raw("<p class=\"note\">").text(&format!("And {} more in the table, none more severe.", count(n_rest as i64))).raw("</p>\n");
    }
}

fn row(pack: &Pack, case: &Case) -> Vec<Html> {
    let is_past = case.is_past(pack.record.clock());
    let mut by = Html::of(&time(case.respond_by));
    if is_past {
        by.raw(" <b>past</b>");
    }
    vec![
        Html::of(&case.severity.map_or_else(|| NOT_GIVEN.to_owned(), count)),
        Html::of_foreign(&case.route),
        Html::of_foreign(&case.category.as_deref().unwrap_or(NOT_GIVEN).replace('_', " ")),
        Html::of_foreign(if case.account.is_empty() { NOT_GIVEN } else { &case.account }),
        what(pack, case),
        Html::of(&time(case.received_at)),
        Html::of(&time(case.detected_at)),
        by,
        Html::of_foreign(&case.status),
    ]
}

/// The line of the case. It holds matched words, which are somebody's words: without consent only what opened the case is told.
fn what(pack: &Pack, case: &Case) -> Html {
    let mut html = Html::default();
    if pack.consent.allows(&case.source, &case.response_id) {
        let line = case.category.as_deref().and_then(|category| case.description.strip_prefix(category)?.strip_prefix(": "));
        html.foreign(line.unwrap_or(&case.description));
    } else {
        html.text("opened by ").foreign(&case.trigger).text("; words not shown without consent");
    }
    html.raw(" <span class=\"of\">").foreign(&case.source).text(" ").foreign(&case.response_id).raw("</span>");
    html
}
