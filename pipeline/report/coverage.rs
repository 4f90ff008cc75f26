//! How many of those asked have answered?

use super::evidence::Place;
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{Unit, count};
use super::pack::Pack;
use super::row::each_row;
use super::themes;
use crate::casework::wording;
use crate::error::Result;
use crate::month::Month;
use crate::schema::{COVERAGE_MONTH, INVITATION, RESPONSE, coverage_month as col};
use crate::sink::Version;

/// A row of `coverage_month`.
#[derive(Clone, Debug)]
pub(super) struct Coverage {
    pub(super) source: String,
    pub(super) window_months: i64,
    pub(super) dimension: String,
    pub(super) value: String,
    pub(super) invited: i64,
    pub(super) answered: i64,
    pub(super) rate: Option<f64>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) accounts_invited: i64,
    pub(super) accounts_answered: i64,
    pub(super) accounts: Option<f64>,
    pub(super) revenue: Option<f64>,
}

/// The rows of a month.
pub(super) fn load(version: &Version, month: Month) -> Result<Vec<Coverage>> {
    use col::*;
    let columns = [
        source,
        window_months,
        dimension,
        dimension_value,
        invited,
        answered,
        response_rate,
        rate_low,
        rate_high,
        accounts_invited,
        accounts_answered,
        account_coverage,
        revenue_coverage,
    ];
    let mut rows = Vec::new();
    each_row(version, month, &columns, |row| {
        rows.push(Coverage {
            source: row.owned(source),
            window_months: row.int(window_months).unwrap_or_default(),
            dimension: row.owned(dimension),
            value: row.owned(dimension_value),
            invited: row.int(invited).unwrap_or_default(),
            answered: row.int(answered).unwrap_or_default(),
            rate: row.float(response_rate),
            low: row.float(rate_low),
            high: row.float(rate_high),
            accounts_invited: row.int(accounts_invited).unwrap_or_default(),
            accounts_answered: row.int(accounts_answered).unwrap_or_default(),
            accounts: row.float(account_coverage),
            revenue: row.float(revenue_coverage),
        });
    })?;
    Ok(rows)
}

/// The month of each source, all who were asked.
pub(super) fn of_month(pack: &Pack) -> impl Iterator<Item = &Coverage> {
    pack.coverage.iter().filter(|coverage| coverage.window_months == 1 && coverage.dimension == "all")
}

/// Writes a tile of each source.
pub(super) fn tiles(html: &mut Html, pack: &Pack) {
    for coverage in of_month(pack) {
        html.raw("<section class=\"tile\">\n<h3>Response rate</h3>\n").element("p", "big", &Unit::Share.value(coverage.rate));
        html.raw("<p class=\"of\">").text(&format!(
            "{} of {} people asked; 95% interval {}; ",
            count(coverage.answered),
            count(coverage.invited),
            Unit::Share.interval(coverage.low, coverage.high)
        ));
        html.foreign(&wording::plain(&coverage.source)).raw("</p>\n<p class=\"verdict\">").element(
            "b",
            "",
            &format!("{} of accounts", Unit::Share.value(coverage.accounts)),
        );
        html.text(&format!(" answered ({} of {})", count(coverage.accounts_answered), count(coverage.accounts_invited)));
        if coverage.revenue.is_some() {
            html.text(&format!(", {} of their revenue", Unit::Share.value(coverage.revenue)));
        }
        html.raw("</p>\n</section>\n");
    }
}

/// Writes who answered and who did not, by role and tier; nothing where nobody was invited.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    if pack.coverage.is_empty() {
        return;
    }
    html.raw("<h2 id=\"coverage\">Who answered</h2>\n");
    let origin = Origin::of(&COVERAGE_MONTH).day(col::report_month, &pack.day());
    let columns = [
        ("Of", Align::Words),
        ("Months", Align::Figures),
        ("Asked", Align::Figures),
        ("Answered", Align::Figures),
        ("Response rate", Align::Figures),
        ("95% interval", Align::Figures),
        ("Accounts", Align::Figures),
        ("Revenue covered", Align::Figures),
    ];
    let mut grid = Grid::new("People and accounts that were asked, and answered", origin, &columns);
    for coverage in &pack.coverage {
        let mut of = Html::default();
        of.raw("<b>").foreign(if coverage.dimension == "all" { "All" } else { &coverage.value }).raw("</b> <span class=\"of\">");
        if coverage.dimension != "all" {
            of.text(&coverage.dimension).text(", ");
        }
        of.foreign(&wording::plain(&coverage.source)).raw("</span>");
        grid.row(vec![
            of,
            Html::of(&count(coverage.window_months)),
            Html::of(&count(coverage.invited)),
            Html::of(&count(coverage.answered)),
            Html::of(&Unit::Share.value(coverage.rate)),
            Html::of(&Unit::Share.interval(coverage.low, coverage.high)),
            Html::of(&format!("{} of {}", count(coverage.accounts_answered), count(coverage.accounts_invited))),
            Html::of(&Unit::Share.value(coverage.revenue)),
        ]);
    }
    grid.write(html);
    counted_from(html, pack);
    html.raw("<p class=\"note\">People whom the invitation reached. A low rate is a limit of every figure here: those who do not answer may think otherwise.</p>\n");
}

/// What each rate of the month is counted from. A rate is of people who were asked, most of whom said nothing: there are no words behind it, but those who
/// answered are found.
fn counted_from(html: &mut Html, pack: &Pack) {
    html.raw("<div class=\"folds\">\n");
    for coverage in of_month(pack) {
        html.raw("<details class=\"words\"><summary>What the rate is counted from: ").foreign(&wording::plain(&coverage.source));
        html.raw("</summary>\n<p class=\"of\">").text(&format!(
            "{} people whom an invitation of the month reached, of whom {} have a response in it. No words stand behind a rate.",
            count(coverage.invited),
            count(coverage.answered)
        ));
        html.raw("</p>\n");
        for table in [&INVITATION, &RESPONSE] {
            let sql = format!(
                "FROM {} WHERE source = '{}' AND report_month = DATE '{}'",
                table.name,
                coverage.source.replace('\'', "''"),
                pack.day()
            );
            html.raw("<p class=\"origin\">").text(if table.name == INVITATION.name { "Asked: " } else { "Answered: " });
            html.element("code", "", &sql).raw("</p>\n");
        }
        let place = Place::of_query(format!("source:{} month:{}", themes::quoted(&coverage.source), pack.month));
        place.write_as(html, "What those who answered wrote");
        html.raw("</details>\n");
    }
    html.raw("</div>\n");
}
