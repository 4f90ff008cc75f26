//! What is handed to a customer in the meeting?
//!
//! What was done, broad trends, the account's own results, the response with owner and date, and three questions with room to write. No other account, no
//! HOTLINE case, no score of a model, and no figure of fewer than five people.

use std::collections::BTreeSet;

use super::client::{self, Client};
use super::client_page::head;
use super::grid::{Align, Grid};
use super::html::Html;
use super::initiative::Initiative;
use super::kpi::{Kpi, Verdict};
use super::number::{NOT_GIVEN, Unit, count, counted, month_name, plain};
use super::pack::Pack;
use super::page;
use crate::casework::wording;
use crate::error::Result;

/// The questions of a meeting with a customer.
const QUESTIONS: [&str; 3] = [
    "What should we keep exactly as it is?",
    "What should we change first, and how would you notice?",
    "What is ahead for you that we should prepare for?",
];

/// Lines to write an answer on.
const N_LINES: usize = 6;

/// What the customer gets.
pub(super) fn customer(pack: &Pack, asked: &str) -> Result<String> {
    let client = client::load(pack, asked)?;
    let account = &client.account;
    let mut html = Html::default();
    head(&mut html, pack, account, "Your feedback and our response");
    html.raw("<h2>What we did since we last met</h2>\n");
    done(&mut html, pack);
    html.raw("<h2>What our customers told us</h2>\n");
    trends(&mut html, pack);
    html.raw("<h2>Your results</h2>\n");
    results(&mut html, pack, &client);
    html.raw("<h2>Our response</h2>\n");
    response_rows(&mut html, pack);
    html.raw("<section class=\"questions\">\n<h2>Three questions to you</h2>\n");
    for question in QUESTIONS {
        html.raw("<section class=\"question\"><h3>").text(question).raw("</h3>\n<div class=\"room\">");
        (0..N_LINES).for_each(|_| {
            html.raw("<p></p>");
        });
        html.raw("</div></section>\n");
    }
    html.raw("</section>\n");
    Ok(page::page(&format!("{}, {}", account.called(), month_name(pack.month)), &html))
}

/// Whether customers have it already.
pub(super) fn is_done(initiative: &Initiative) -> bool {
    let status = initiative.status.as_deref().unwrap_or_default().to_lowercase();
    ["deliver", "done", "complete", "live"].iter().any(|word| status.contains(word))
}

fn done(html: &mut Html, pack: &Pack) {
    let done: Vec<&Initiative> = pack.initiatives.iter().filter(|initiative| is_done(initiative)).collect();
    if done.is_empty() {
        html.raw("<p>To be filled in.</p>\n");
        return;
    }
    html.raw("<ul>\n");
    for initiative in done {
        html.raw("<li>").foreign(initiative.name());
        if let Some(area) = &initiative.area {
            html.raw(" <span class=\"of\">").foreign(area).raw("</span>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
}

/// Measures of all customers, in words and with their figure; only where many answered.
fn trends(html: &mut Html, pack: &Pack) {
    let shown: Vec<&Kpi> = pack.kpis_now().chain(pack.means_now()).filter(|kpi| kpi.statistic != "top_box" && kpi.base >= 30).collect();
    if shown.is_empty() {
        html.raw("<p>Too few answers this month to speak of a trend.</p>\n");
        return;
    }
    html.raw("<ul>\n");
    for kpi in shown {
        html.raw("<li><b>").foreign(&wording::sentence_case(kpi.area.as_deref().unwrap_or(&kpi.measure_name()))).raw("</b>: ");
        html.text(if kpi.statistic == "nps" { "NPS " } else { "mean " }).text(&kpi.unit().value(kpi.value)).text(match kpi.verdict {
            Verdict::Up => ", up since the last time",
            Verdict::Down => ", down since the last time",
            Verdict::NoEvidence => ", no real change",
            _ => "",
        });
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
    let mut named: Vec<&super::theme::Figures> = pack.themes.iter().filter(|theme| theme.base >= 30).collect();
    named.sort_by(|a, b| b.responses.cmp(&a.responses).then_with(|| a.theme_id.cmp(&b.theme_id)));
    let mut seen = BTreeSet::new();
    named.retain(|theme| seen.insert(&theme.theme_id));
    html.raw("<p>Most spoken of: ");
    for (idx, theme) in named.iter().take(5).enumerate() {
        html.text(if idx > 0 { ", " } else { "" }).foreign(pack.label(&theme.theme_id));
    }
    html.raw(".</p>\n");
}

fn results(html: &mut Html, pack: &Pack, client: &Client) {
    let n_people: usize = client.people().values().sum();
    if n_people == 0 {
        html.raw("<p>Nobody of your company has answered in the last twelve months. We would like to hear from you.</p>\n");
        return;
    }
    html.raw("<p>")
        .text(&format!("{} of your company answered in the last twelve months. Thank you.", counted(n_people, "person", "people")))
        .raw("</p>\n");
    let groups = client.by_measure();
    let shown: Vec<(&String, f64, usize)> = groups
        .iter()
        .filter_map(|(measure, roles)| roles.get("all").and_then(|group| Some((measure, group.mean_of_many()?, group.n_people()))))
        .collect();
    if shown.is_empty() {
        html.raw("<p>With fewer than five people we show no figures, so that nobody can be recognised by them.</p>\n");
        return;
    }
    let columns =
        [("Question", Align::Words), ("Your mean", Align::Figures), ("People", Align::Figures), ("All customers", Align::Figures)];
    let mut grid = Grid::plain("Means of twelve months; all customers: this month", &columns);
    for (measure, mean, n) in shown {
        let all =
            pack.kpis.iter().find(|kpi| kpi.month == pack.month && kpi.measure == *measure && kpi.statistic == "mean" && kpi.base >= 30);
        grid.row(vec![
            Html::of_foreign(&wording::plain(measure)),
            Html::of(&match client.answers.iter().find_map(|answered| answered.scores.get(measure)) {
                Some((_, best)) => format!("{} of {}", plain(mean, 2), plain(*best, 0)),
                None => plain(mean, 2),
            }),
            Html::of(&count(n as i64)),
            Html::of(&Unit::Points.value(all.and_then(|kpi| kpi.value))),
        ]);
    }
    grid.write(html);
}

fn response_rows(html: &mut Html, pack: &Pack) {
    let columns = [("What we do", Align::Words), ("Owner", Align::Words), ("When you should notice", Align::Terms)];
    let mut grid = Grid::plain("", &columns);
    for initiative in pack.initiatives.iter().filter(|initiative| !is_done(initiative)) {
        grid.row(vec![
            Html::of_foreign(initiative.name()),
            Html::of_foreign(initiative.owner.as_deref().unwrap_or(NOT_GIVEN)),
            Html::of(&initiative.full_effect.map_or_else(|| NOT_GIVEN.to_owned(), month_name)),
        ]);
    }
    for _ in 0..2 {
        grid.row(vec![Html::of("\u{a0}"), Html::of("\u{a0}"), Html::of("\u{a0}")]);
    }
    grid.write(html);
}
