//! Who must be called back, and are we in time?

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use super::consent::Told;
use super::evidence::{self, Place, Subject};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, Unit, count, counted, hours, time};
use super::pack::Pack;
use super::themes::quoted;
use super::{address, payback};
use crate::casework::wording;
use crate::schema::{HOTLINE, hotline as col};

/// Cases listed; the rest is for `tables/hotline` and the review.
const N_CASES: usize = 30;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Beside whose name cases are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// Each beside the account that it is of, where its person agreed.
    EachAccount,
    /// All below the name of one account.
    OneAccount,
}

/// Writes how cases went, and the most severe of the month.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<h2 id=\"hotline\">HOTLINE</h2>\n");
    if pack.cases.is_empty() {
        html.raw("<p>No case in this month.</p>\n");
        return;
    }
    funnel(html, pack);
    words(html, pack);
    backlog(html, pack);
    quality(html, pack);
    payback::write(html, pack);
    list(html, pack, &pack.cases.iter().collect::<Vec<_>>(), "The most severe cases; times in UTC", Beside::EachAccount);
}

/// From received to closed, by route.
fn funnel(html: &mut Html, pack: &Pack) {
    let mut routes: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    pack.cases.iter().for_each(|case| routes.entry(&case.route).or_default().push(case));
    let origin = Origin::of(&HOTLINE).day(col::report_month, &pack.day());
    let columns = [
        ("Route", Align::Words),
        ("Detected", Align::Figures),
        ("Acted on", Align::Figures),
        ("Contacted", Align::Figures),
        ("Closed", Align::Figures),
        ("In time", Align::Figures),
        ("Median to first action", Align::Figures),
        ("90 % within", Align::Figures),
        ("Won", Align::Figures),
        ("Value won", Align::Figures),
    ];
    let mut grid = Grid::new("From detected to closed", origin, &columns);
    for (route, cases) in &routes {
        let n = |holds: &dyn Fn(&Case) -> bool| count(cases.iter().filter(|case| holds(case)).count() as i64);
        let timed: Vec<bool> = cases.iter().filter_map(|case| case.was_in_time(pack.record.clock())).collect();
        let in_time = timed.iter().filter(|in_time| **in_time).count();
        let share =
            if timed.is_empty() { NOT_GIVEN.to_owned() } else { format!("{} of {}", count(in_time as i64), count(timed.len() as i64)) };
        let mut waits: Vec<i64> = cases.iter().filter_map(|case| Some(case.first_acted_at? - case.detected_at?)).collect();
        waits.sort_unstable();
        let value: f64 = cases.iter().filter_map(|case| case.value_won).sum();
        grid.row(vec![
            Html::of_foreign(route),
            Html::of(&count(cases.len() as i64)),
            Html::of(&n(&|case| case.first_acted_at.is_some())),
            Html::of(&n(&|case| case.contacted_at.is_some())),
            Html::of(&n(&|case| case.closed_at.is_some())),
            Html::of(&share),
            Html::of(&hours(quantile(&waits, 0.5))),
            Html::of(&hours(quantile(&waits, 0.9))),
            Html::of(&n(&|case| case.disposition.as_deref() == Some("lead_won"))),
            Html::of(&if value > 0.0 { count(value.round() as i64) } else { NOT_GIVEN.to_owned() }),
        ]);
    }
    grid.write(html);
    html.raw("<p class=\"note\">In time: first action before the time to respond was over; of the cases whose time is over or that somebody acted on. Times count from detection.</p>\n");
    let mut until: Vec<i64> = pack.cases.iter().filter_map(|case| Some((case.detected_at? - case.received_at?).max(0))).collect();
    until.sort_unstable();
    let n_received: i64 = pack.volumes.iter().map(|volume| volume.responses).sum();
    html.raw("<p class=\"note\">").text(&format!(
        "Of {} received in the month {} opened; from received to detected half took up to {}, 90 % up to {}.",
        counted(n_received as usize, "response", "responses"),
        counted(pack.cases.len(), "case was", "cases were"),
        hours(quantile(&until, 0.5)),
        hours(quantile(&until, 0.9))
    ));
    html.raw("</p>\n");
}

/// What was said in the most severe cases of each route.
fn words(html: &mut Html, pack: &Pack) {
    let routes: BTreeSet<&str> = pack.cases.iter().map(|case| case.route.as_str()).collect();
    html.raw("<div class=\"folds\">\n");
    for route in routes {
        let mut title = Html::of("In their words: ");
        title.foreign(route);
        let page = format!("/hotline?status=all&route={}", address::encoded(route));
        let place = Place::of_query(format!("hotline:{} month:{}", quoted(route), pack.month)).with_page(page);
        evidence::write(html, &title, pack.words_of(&Subject::Route(route.to_owned())), &place);
    }
    html.raw("</div>\n");
}

/// The value below which a share of sorted ones lies; the nearest one, no interpolation.
fn quantile(sorted: &[i64], share: f64) -> Option<f64> {
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).map(|value| *value as f64)
}

/// Cases that wait, by age.
fn backlog(html: &mut Html, pack: &Pack) {
    let waiting: Vec<&Case> = pack.cases.iter().filter(|case| case.is_unfinished()).collect();
    if waiting.is_empty() {
        return;
    }
    let clock = pack.record.clock();
    let bands = [("up to 2 days", 0, 2), ("3 to 7 days", 2, 7), ("8 to 30 days", 7, 30), ("over 30 days", 30, i64::MAX / DAY)];
    let origin = Origin::of(&HOTLINE).day(col::report_month, &pack.day()).term(col::status, "IN ('open', 'acting')");
    let mut grid = Grid::new(
        "Backlog by days since the customer wrote",
        origin,
        &[("Age", Align::Words), ("Open", Align::Figures), ("Acting", Align::Figures), ("Past respond by", Align::Figures)],
    );
    for (label, from, to) in bands {
        let inside = |case: &&&Case| {
            let age = clock - case.received_at.or(case.detected_at).unwrap_or(clock);
            age >= from * DAY && age < to.saturating_mul(DAY) || (from == 0 && age < 0)
        };
        let n = |holds: &dyn Fn(&Case) -> bool| count(waiting.iter().filter(inside).filter(|case| holds(case)).count() as i64);
        grid.row(vec![
            Html::of(label),
            Html::of(&n(&|case| case.status == "open")),
            Html::of(&n(&|case| case.status == "acting")),
            Html::of(&n(&|case| case.is_past(clock))),
        ]);
    }
    grid.write(html);
    html.raw(
        "<p class=\"origin\">In the review app <code>/hotline</code>, those past their time <code>/hotline?status=overdue</code></p>\n",
    );
}

/// False alarms by rule, and flags of the survey partner that no rule found.
fn quality(html: &mut Html, pack: &Pack) {
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for case in pack.cases.iter().filter(|case| case.disposition.is_some()) {
        for rule in &case.rule_ids {
            let (n, n_false) = rules.entry(rule).or_default();
            *n += 1;
            *n_false += usize::from(case.disposition.as_deref() == Some("false_alarm"));
        }
    }
    let mut worst: Vec<(&str, (usize, usize))> = rules.into_iter().filter(|(_, (_, n_false))| *n_false > 0).collect();
    worst.sort_by(|a, b| b.1.1.cmp(&a.1.1).then(a.0.cmp(b.0)));
    if !worst.is_empty() {
        let origin = Origin::of(&HOTLINE).day(col::report_month, &pack.day()).term(col::disposition, "= 'false_alarm'");
        let mut grid = Grid::new(
            "False alarms by rule",
            origin,
            &[("Rule", Align::Words), ("Closed cases", Align::Figures), ("False alarms", Align::Figures)],
        );
        for (rule, (n, n_false)) in worst.into_iter().take(10) {
            grid.row(vec![Html::of_foreign(rule), Html::of(&count(n as i64)), Html::of(&count(n_false as i64))]);
        }
        grid.write(html);
        html.raw("<p class=\"origin\">In the review app <code>/hotline?status=closed&amp;rule=RULE</code></p>\n");
    }
    let [flags, found] = pack.record.partner_flags;
    if flags > 0 {
        let said = format!(
            "The survey partner flagged {}; rules or scores found {} of them ({}). The others are cases as well.",
            counted(flags as usize, "response of the last run", "responses of the last run"),
            count(found),
            Unit::Share.value(Some(found as f64 / flags as f64))
        );
        html.raw("<p class=\"note\">").text(&said).raw("</p>\n");
    }
}

/// Writes a list of cases, the most severe first.
pub(super) fn list(html: &mut Html, pack: &Pack, cases: &[&Case], title: &str, beside: Beside) {
    let origin = Origin::of(&HOTLINE).day(col::report_month, &pack.day());
    let order = format!("ORDER BY severity, status <> 'open', respond_by, hotline_id LIMIT {N_CASES}");
    let columns = [
        ("Severity", Align::Figures),
        ("Route", Align::Words),
        ("Category", Align::Words),
        ("Account", Align::Words),
        ("What", Align::Words),
        ("Received", Align::Terms),
        ("Respond by", Align::Terms),
        ("Status", Align::Words),
    ];
    let shown = |idx: usize| beside == Beside::EachAccount || idx != ACCOUNT;
    let columns: Vec<_> = (0..).zip(columns).filter(|(idx, _)| shown(*idx)).map(|(_, column)| column).collect();
    let mut grid = Grid::new(title, origin.ending(&order), &columns);
    let listed = || cases.iter().take(N_CASES);
    for case in listed() {
        grid.row((0..).zip(row(pack, case, beside)).filter(|(idx, _)| shown(*idx)).map(|(_, cell)| cell).collect());
    }
    grid.write(html);
    let n_rest = cases.len().saturating_sub(N_CASES);
    if n_rest > 0 {
        html.raw("<p class=\"note\">").text(&format!("And {} more in the table, none more severe.", count(n_rest as i64))).raw("</p>\n");
    }
    if listed().any(|case| pack.consent.told(&case.source, &case.response_id) != Told::WithName) {
        html.raw("<p class=\"note\">Words beside a name only of people who agreed to be named, or whose source never asks. Those who act on cases find them whole: ");
        html.raw(match beside {
            Beside::EachAccount => "<code>outspoken hotline show ID --out DIR</code>, or in the review app <code>/case/ID</code>.</p>\n",
            Beside::OneAccount => {
                "<code>outspoken hotline list --account NAME --out DIR</code>, or in the review app <code>/hotline?account=NAME</code>.</p>\n"
            }
        });
    }
}

/// Place of the account in a row.
const ACCOUNT: usize = 3;

fn row(pack: &Pack, case: &Case, beside: Beside) -> Vec<Html> {
    let is_past = case.is_past(pack.record.clock());
    let mut by = Html::of(&time(case.respond_by));
    if is_past {
        by.raw(" <b>past</b>");
    }
    let mut status = Html::of_foreign(&case.status);
    if let Some(owner) = &case.owner {
        status.raw(" <span class=\"of\">").foreign(owner).raw("</span>");
    }
    let told = pack.consent.told(&case.source, &case.response_id);
    // On the sheet of an account neither an id nor a time leads to words that the pack shows without a name.
    let received = if told == Told::WithName || beside == Beside::EachAccount { case.received_at } else { None };
    let account = match told {
        Told::WithName => Html::of_foreign(if case.account.is_empty() { NOT_GIVEN } else { &case.account }),
        Told::WithoutName | Told::Nothing => Html::of("not to be named"),
    };
    vec![
        Html::of(&case.severity.map_or_else(|| NOT_GIVEN.to_owned(), count)),
        Html::of_foreign(&case.route),
        Html::of_foreign(&case.category.as_deref().map_or_else(|| NOT_GIVEN.to_owned(), wording::category)),
        account,
        what(case, told, beside),
        Html::of(&time(received)),
        by,
        status,
    ]
}

/// The line of the case. It holds matched words or an answer, which are somebody's: they stand beside a name only where that person agreed, and without
/// consent only what opened the case is told. By its response, too, a person could be found: those who are not to be named have the case's id.
fn what(case: &Case, told: Told, beside: Beside) -> Html {
    let mut html = Html::default();
    if told == Told::WithName || told == Told::WithoutName && beside == Beside::EachAccount {
        let line = case.category.as_deref().and_then(|category| wording::after(&case.description, category)).unwrap_or(&case.description);
        // A case by score names a measure.
        html.foreign(&if case.trigger == "score" { line.replace('_', " ") } else { line.to_owned() });
    } else {
        html.text("opened by ").foreign(&wording::trigger(&case.trigger)).text("; words not shown without consent");
    }
    html.raw(" <span class=\"of\">");
    match (told, beside) {
        (Told::WithName, _) => html.foreign(&case.source).text(" ").foreign(&case.response_id),
        (_, Beside::EachAccount) => html.text("case ").foreign(&case.hotline_id),
        (_, Beside::OneAccount) => &mut html,
    };
    html.raw("</span>");
    html
}
