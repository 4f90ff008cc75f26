//! Which HOTLINE rules fire, how often in vain, and what is held back?

use std::collections::BTreeMap;

use super::super::answer::Answer;
use super::super::export;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, title};
use crate::casework::wording;
use crate::error::Result;
use crate::month::Month;
use crate::report::html::Html;
use crate::report::number::{Unit, count, month_name};
use crate::report::row::each_row;
use crate::schema::hotline_hit as col;

/// How a rule did.
#[derive(Clone, Debug, Default)]
struct Figures {
    category: String,
    fired: i64,
    suppressed: i64,
    reasons: BTreeMap<String, i64>,
    closed: i64,
    false_alarms: i64,
}

/// The page.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    let month = view.month()?;
    let mut rules: BTreeMap<String, Figures> = BTreeMap::new();
    {
        use col::*;
        each_row(&view.tables.version, month, &[rule_id, category, fired, suppressed_by], |row| {
            let id = row.text(rule_id).unwrap_or_default();
            if !rules.contains_key(id) {
                rules.insert(id.to_owned(), Figures { category: row.owned(category), ..Figures::default() });
            }
            let Some(figures) = rules.get_mut(id) else { return };
            if row.flag(fired) == Some(true) {
                figures.fired += 1;
            } else {
                figures.suppressed += 1;
                *figures.reasons.entry(row.text(suppressed_by).unwrap_or("not said").to_owned()).or_default() += 1;
            }
        })?;
    }
    // What people said of a rule's cases is kept for all months: there are few.
    for case in view.app.cases.all(&view.tables)?.iter().filter(|case| case.state.disposition.is_some()) {
        for rule in case.rule_ids.as_deref().unwrap_or_default().split(',').map(str::trim) {
            if let Some(figures) = rules.get_mut(rule) {
                figures.closed += 1;
                figures.false_alarms += i64::from(case.state.disposition.as_deref() == Some("false_alarm"));
            }
        }
    }
    let list = list(month, &rules);
    if let Some(file) = export::file(&list, view.ask.query.get("as")) {
        return Ok(file);
    }
    let mut html = Html::default();
    title(&mut html, "HOTLINE rules", &month_name(month));
    view.choose_month(&mut html, "/rules", month);
    html.raw("<p><a href=\"#try\">Try a rule</a> on past months before you save it.</p>\n");
    html.raw("<p>Places where a rule matched, fired or held back. False alarms are those that people closed as such, over all months; they say whether a rule is worth its calls.</p>\n");
    list.write(&mut html, Some(&format!("/rules?month={month}")));
    html.raw("<h2 id=\"try\">Try a rule</h2>\n<p>What would it have hit? ");
    html.raw("<code>lexicons/hotline/README.md</code> and <code>docs/hotline-rules.md</code> say how rules are written.</p>\n");
    super::trial::ask(&mut html, view, month);
    Ok(view.page(Menu::Rules, "HOTLINE rules", &html))
}

fn list(month: Month, rules: &BTreeMap<String, Figures>) -> List {
    let columns = [
        ("Rule", Align::Words),
        ("About", Align::Words),
        ("Fired", Align::Figures),
        ("Held back", Align::Figures),
        ("Why, most often", Align::Words),
        ("Closed cases", Align::Figures),
        ("False alarms", Align::Figures),
        ("Share", Align::Figures),
    ];
    let mut list = List::new("rules", "HOTLINE rules", &columns, "No rule matched in this month.");
    let mut ordered: Vec<(&String, &Figures)> = rules.iter().collect();
    ordered.sort_by(|a, b| b.1.fired.cmp(&a.1.fired).then_with(|| a.0.cmp(b.0)));
    for (id, figures) in ordered {
        let of = month.to_string();
        let why = figures.reasons.iter().max_by_key(|(reason, n)| (**n, std::cmp::Reverse(*reason)));
        let share = (figures.closed > 0).then(|| figures.false_alarms as f64 / figures.closed as f64);
        list.row(vec![
            Cell::text(id),
            Cell::text(&wording::category(&figures.category)),
            Cell::counted(figures.fired, &link::search(&[("rule", id), ("month", &of)])),
            Cell::counted(figures.suppressed, &link::search(&[("suppressed", id), ("month", &of)])),
            why.map_or_else(Cell::none, |(reason, n)| Cell::text(&format!("{reason} ({})", count(*n)))),
            Cell::counted(figures.closed, &format!("/hotline?status=closed&rule={}", super::super::ask::encode(id))),
            Cell::count(figures.false_alarms),
            Cell::figure(share, &Unit::Share.value(share)),
        ]);
    }
    list
}
