//! Which cases wait for somebody?

use std::collections::BTreeSet;

use super::super::answer::Answer;
use super::super::export;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, option, pages, title};
use crate::casework::wording;
use crate::casework::{Case, Clock, Status};
use crate::error::Result;
use crate::report::html::Html;
use crate::report::number::{count, time};

/// Cases on a page.
const N_CASES: usize = 50;
/// Cases in a file.
const N_EXPORTED: usize = 50_000;
const DAY: i64 = 86_400_000_000;

/// The queue.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    let all = view.app.cases.all(&view.tables)?;
    let asked: Vec<&Case> = all.iter().filter(|case| is_asked(view, case)).collect();
    if let Some(kind) = view.ask.query.get("as") {
        let rows = asked.iter().take(N_EXPORTED);
        if let Some(file) = export::file(&list(view, rows.copied()), Some(kind)) {
            return Ok(file);
        }
    }
    let n_pages = asked.len().div_ceil(N_CASES).max(1);
    let page = view.ask.query.number("page").unwrap_or(1).clamp(1, n_pages);
    let mut html = Html::default();
    title(&mut html, "HOTLINE", "Cases");
    filters(&mut html, view, &all);
    html.raw("<p class=\"total\" role=\"status\"><strong>").text(&count(asked.len() as i64)).raw("</strong> of ");
    html.text(&count(all.len() as i64)).raw(" cases, those that are due first. <span class=\"keys\">Keys: <kbd>j</kbd> <kbd>k</kbd> down and up, <kbd>Enter</kbd> opens, <kbd>/</kbd> searches.</span></p>\n");
    let shown = list(view, asked.into_iter().skip((page - 1) * N_CASES).take(N_CASES));
    html.raw("<div data-keys>");
    shown.write(&mut html, Some(&format!("/hotline{}", view.ask.query.with("as", None))));
    html.raw("</div>");
    pages(&mut html, view.ask, page, n_pages);
    Ok(view.page(Menu::Hotline, "HOTLINE", &html))
}

fn is_asked(view: &View<'_>, case: &Case) -> bool {
    let query = &view.ask.query;
    let is_status = match query.get("status") {
        None => matches!(case.state.status, Status::Open | Status::Acting),
        Some("all") => true,
        Some("overdue") => case.is_overdue(view.now),
        Some(asked) => case.state.status.as_str() == asked,
    };
    let days = |at: i64| (view.now - at).div_euclid(DAY);
    let age = days(case.state.detected_at);
    let is_age = match query.get("age") {
        Some("1") => age < 1,
        Some("7") => age < 7,
        Some("30") => age < 30,
        Some("older") => age >= 30,
        _ => true,
    };
    let owner = case.state.owner.as_deref().unwrap_or_default();
    is_status
        && is_age
        && query.get("route").is_none_or(|asked| case.route == asked)
        && query.get("severity").is_none_or(|asked| case.severity.is_some_and(|s| s.to_string() == asked))
        && query.get("owner").is_none_or(|asked| if asked == "nobody" { owner.is_empty() } else { owner == asked })
        && query.get("rule").is_none_or(|asked| case.rule_ids.as_deref().unwrap_or_default().split(',').any(|rule| rule.trim() == asked))
        && query.get("account").is_none_or(|asked| {
            let is = |text: &Option<String>| text.as_deref().is_some_and(|text| text.to_lowercase().contains(&asked.to_lowercase()));
            is(&case.account_id) || is(&case.account_name)
        })
}

fn filters(html: &mut Html, view: &View<'_>, all: &[Case]) {
    let query = &view.ask.query;
    let distinct = |of: fn(&Case) -> Option<&str>| -> Vec<String> {
        let names: BTreeSet<&str> = all.iter().filter_map(of).collect();
        names.into_iter().map(str::to_owned).collect()
    };
    html.raw("<form class=\"choose\" action=\"/hotline\">");
    let mut choice = |name: &'static str, label: &str, values: &[(String, String)]| {
        html.raw("<label>").text(label).raw(" <select data-submit").attribute("name", name).raw(">");
        for (value, label) in values {
            option(html, value, label, query.text(name) == value);
        }
        html.raw("</select></label>");
    };
    let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    choice(
        "status",
        "Status",
        &[
            pair("", "open and acting"),
            pair("overdue", "past the time to respond"),
            pair("open", "open"),
            pair("acting", "acting"),
            pair("closed", "closed"),
            pair("historical", "historical"),
            pair("all", "all"),
        ],
    );
    let with_any =
        |names: Vec<String>| std::iter::once(pair("", "any")).chain(names.into_iter().map(|n| (n.clone(), n))).collect::<Vec<_>>();
    choice("route", "Route", &with_any(distinct(|c| Some(&c.route))));
    let severities: BTreeSet<i32> = all.iter().filter_map(|c| c.severity).collect();
    let severities = severities.into_iter().map(|s| s.to_string()).collect();
    choice("severity", "Severity", &with_any(severities));
    choice(
        "age",
        "Age",
        &[pair("", "any"), pair("1", "under a day"), pair("7", "under a week"), pair("30", "under 30 days"), pair("older", "older")],
    );
    let mut owners = with_any(distinct(|c| c.state.owner.as_deref()));
    owners.insert(1, pair("nobody", "nobody"));
    choice("owner", "Owner", &owners);
    html.raw("<label>Account <input name=\"account\" size=\"14\"").attribute("value", query.text("account")).raw("></label>");
    html.raw("<button>Show</button></form>\n");
}

fn list<'a>(view: &View<'_>, cases: impl Iterator<Item = &'a Case>) -> List {
    let columns = [
        ("Clock", Align::Words),
        ("Severity", Align::Figures),
        ("Case", Align::Words),
        ("Account", Align::Words),
        ("Route", Align::Words),
        ("Status", Align::Words),
        ("Owner", Align::Words),
        ("Received", Align::Words),
    ];
    let mut list = List::new("hotline", "HOTLINE cases", &columns, "No case is like this.");
    for case in cases {
        let (class, words) = clock(case, view.now);
        let mut html = Html::default();
        html.raw("<span").attribute("class", class).raw(">").text(&words).raw("</span>");
        let what = wording::line(case.description.as_deref(), case.category.as_deref());
        list.row(vec![
            Cell::html(html, &words),
            case.severity.map_or_else(Cell::none, |s| Cell::count(i64::from(s))),
            Cell::link(&what, &link::case(&case.hotline_id)),
            Cell::given(case.account_name.as_deref().or(case.account_id.as_deref())),
            Cell::text(&case.route),
            Cell::text(case.state.status.as_str()),
            Cell::given(case.state.owner.as_deref()),
            Cell::text(&time(case.received_at)),
        ]);
    }
    list
}

/// How a case stands against its deadline, in words, with a class.
pub(super) fn clock(case: &Case, now: i64) -> (&'static str, String) {
    match case.clock(now) {
        Clock::Left(left) => (if left < DAY { "soon" } else { "flat" }, format!("{} left", span(left))),
        Clock::Overdue(over) => ("down", format!("{} overdue", span(over))),
        Clock::InTime => ("up", "acted in time".to_owned()),
        Clock::Late(by) => ("soon", format!("acted {} late", span(by))),
        Clock::None => ("flat", "no clock".to_owned()),
    }
}

/// "3 h", "2 days".
fn span(micros: i64) -> String {
    let minutes = micros / 60_000_000;
    match minutes {
        0..=119 => format!("{minutes} min"),
        120..=2_879 => format!("{} h", minutes / 60),
        _ => format!("{} days", count(minutes / 1_440)),
    }
}
