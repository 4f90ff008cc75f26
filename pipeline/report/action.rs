//! What did the areas agree to do, and is it done?
//!
//! Last month's actions come first in a meeting.

use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, day};
use super::pack::Pack;
use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::{ACTION, action as col};
use crate::sink::Version;

/// An action of a review.
#[derive(Clone, Debug)]
pub(super) struct Action {
    pub(super) month: Month,
    pub(super) area: String,
    pub(super) text: String,
    pub(super) owner: Option<String>,
    pub(super) due: Option<i64>,
    pub(super) status: String,
}

/// Actions of the month and the month before, and those still open from earlier; those that are due first come first.
pub(super) fn load(version: &Version, month: Month) -> Result<Vec<Action>> {
    use col::*;
    let mut actions = Vec::new();
    for of_month in version.months(&ACTION)?.into_iter().filter(|m| *m <= month) {
        each_row(version, of_month, &[area, text, owner, due, status], |row| {
            let is_open = row.text(status) == Some("open");
            if !is_open && month.since(of_month) > 1 {
                return;
            }
            actions.push(Action {
                month: of_month,
                area: row.owned(area),
                text: row.owned(text),
                owner: row.text(owner).map(str::to_owned),
                due: row.int(due),
                status: row.owned(status),
            });
        })?;
    }
    actions.sort_by(|a, b| {
        let key = |x: &Action| (x.status != "open", x.due.unwrap_or(i64::MAX), x.month);
        key(a).cmp(&key(b)).then_with(|| (&a.area, &a.text).cmp(&(&b.area, &b.text)))
    });
    Ok(actions)
}

/// Writes them; nothing where there are none. `area`: only those of this one.
pub(super) fn write(html: &mut Html, pack: &Pack, area: Option<&str>) {
    let shown: Vec<&Action> = pack.actions.iter().filter(|action| area.is_none_or(|area| action.area == area)).collect();
    if shown.is_empty() {
        return;
    }
    html.raw("<h2 id=\"actions\">Agreed last time</h2>\n");
    let origin = Origin::of(&ACTION).term(col::report_month, &format!("<= DATE '{}'", pack.day()));
    let columns =
        [("Action", Align::Words), ("Area", Align::Words), ("Owner", Align::Words), ("Due", Align::Terms), ("Status", Align::Terms)];
    let mut grid = Grid::new("Actions of the last review, and what is still open from before", origin, &columns);
    let today = pack.record.clock().div_euclid(86_400_000_000);
    for action in shown {
        let mut status = Html::of_foreign(&action.status);
        if action.status == "open" && action.due.is_some_and(|due| due < today) {
            status.raw(" <b>overdue</b>");
        }
        grid.row(vec![
            Html::of_foreign(&action.text),
            Html::of_foreign(&action.area),
            Html::of_foreign(action.owner.as_deref().unwrap_or(NOT_GIVEN)),
            Html::of(&day(action.due)),
            status,
        ]);
    }
    grid.write(html);
}
