//! What does an account manager prepare from, and what is handed to the customer?

use std::collections::{BTreeMap, BTreeSet};

use super::account::Account;
use super::client::{self, Client, Group, MIN_PEOPLE, ThemeSaid};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::initiative::Initiative;
use super::kpi::{Kpi, Verdict};
use super::number::{NOT_GIVEN, Unit, count, counted, day, month_name, plain, sentiment, short_month, signed};
use super::pack::Pack;
use super::{hotlines, page};
use crate::error::Result;
use crate::schema::{ACCOUNT_STANDING, RESPONSE, SCORE, account_standing, response, score};

/// The questions of a meeting with a customer.
const QUESTIONS: [&str; 3] = [
    "What should we keep exactly as it is?",
    "What should we change first, and how would you notice?",
    "What is ahead for you that we should prepare for?",
];

/// Roles that decide; everybody else uses.
const MANAGEMENT: [&str; 2] = ["decision maker", "influencer"];

/// Lines to write an answer on.
const N_LINES: usize = 6;

/// Words shown.
const N_WORDS: usize = 8;

/// The sheet to prepare a meeting with.
pub(super) fn internal(pack: &Pack, asked: &str) -> Result<String> {
    let client = client::load(pack, asked)?;
    let account = &client.account;
    let mut html = Html::default();
    head(&mut html, pack, account, "Rehearsal sheet · internal, not for the customer");
    standing(&mut html, pack, account);
    mend(&mut html, pack, &client);
    who(&mut html, pack, &client);
    gap(&mut html, &client);
    let ours = |route: bool| -> Vec<_> {
        pack.cases
            .iter()
            .filter(|case| is_of(case.account_id.as_deref(), &case.account, account) && (case.route == "sales") == route)
            .collect()
    };
    for (title, cases) in [("Cases of the month", ours(false)), ("Leads of the month", ours(true))] {
        html.raw("<h2>").text(title).raw("</h2>\n");
        if cases.is_empty() {
            html.raw("<p>None.</p>\n");
        } else {
            hotlines::list(&mut html, pack, &cases, "By severity; times in UTC", hotlines::Beside::OneAccount);
        }
    }
    themes(&mut html, pack, &client);
    words(&mut html, &client);
    Ok(page::page(&format!("{}, {}", account.called(), month_name(pack.month)), &html))
}

fn is_of(id: Option<&str>, name: &str, account: &Account) -> bool {
    id == Some(account.account_id.as_str()) || (!name.is_empty() && account.name.as_deref() == Some(name))
}

fn head(html: &mut Html, pack: &Pack, account: &Account, kicker: &'static str) {
    html.raw("<header>\n<p class=\"kicker\">").text(kicker).raw("</p>\n<h1>").foreign(account.called()).raw("</h1>\n<p class=\"sources\">");
    html.text(&month_name(pack.month)).raw("</p>\n</header>\n");
}

fn standing(html: &mut Html, pack: &Pack, account: &Account) {
    html.raw("<dl>\n");
    let mut entry = |name: &'static str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            html.element("dt", "", name).raw("<dd>").foreign(&value).raw("</dd>\n");
        }
    };
    entry("Account", Some(account.account_id.clone()));
    entry("Tier", account.tier.clone());
    entry("Revenue", account.revenue.map(|_| account.worth()));
    entry("Renewal", account.renewal.map(|days| day(Some(days))));
    entry("Account manager", account.manager.clone());
    entry("Executive sponsor", account.sponsor.clone());
    let stance = account.stance.as_ref().map(|stance| {
        let cell = account.cell.as_ref().map_or_else(String::new, |cell| format!(", cell {cell} of the matrix"));
        format!("{stance} over 12 months ({}){cell}", counted(account.base as usize, "answer", "answers"))
    });
    entry("Stance", stance);
    let asked = (account.invited > 0).then(|| {
        let last = account.last_answer.map_or_else(|| "never".to_owned(), short_month);
        format!("{} in 12 months; last answer {last}", counted(account.invited as usize, "person asked", "people asked"))
    });
    entry("Invitations", asked);
    entry("Needs attention", Some(account.why().join("; ")));
    html.raw("</dl>\n");
    let origin = Origin::of(&ACCOUNT_STANDING)
        .day(account_standing::report_month, &pack.day())
        .text(account_standing::account_id, &account.account_id);
    html.raw("<p class=\"origin\">Source: ").element("code", "", &origin.sql()).raw("</p>\n");
}

/// What to do before the meeting, from what is open and what is said.
fn mend(html: &mut Html, pack: &Pack, client: &Client) {
    let account = &client.account;
    html.raw("<h2>Before the meeting</h2>\n<ul>\n");
    let mut n = 0;
    let mut item = |text: &str, label: Option<&str>| {
        html.raw("<li>").text(text);
        if let Some(label) = label {
            html.text(" “").foreign(label).text("”");
        }
        html.raw("</li>\n");
        n += 1;
    };
    let open: Vec<_> =
        pack.cases.iter().filter(|case| case.is_unfinished() && is_of(case.account_id.as_deref(), &case.account, account)).collect();
    if !open.is_empty() {
        let past = open.iter().filter(|case| case.is_past(pack.record.clock())).count();
        let past = if past == 0 { "none of them".to_owned() } else { count(past as i64) };
        item(&format!("Close or date {}; {past} past the time to respond.", counted(open.len(), "open case", "open cases")), None);
    }
    for (theme, _) in worst(client).into_iter().take(3) {
        item("Have an answer on", Some(pack.label(theme)));
    }
    if account.reasons.iter().any(|reason| reason == "silent") {
        item("Ask why nobody answers our surveys; offer a call instead.", None);
    }
    if account.reasons.iter().any(|reason| reason == "renewal") {
        item(&format!("Bring the renewal of {} and what speaks for it.", day(account.renewal)), None);
    }
    let managers = client.people().iter().filter(|(role, _)| MANAGEMENT.contains(&role.as_str())).map(|(_, n)| n).sum::<usize>();
    if !client.answers.is_empty() && managers == 0 {
        item("Nobody who decides has answered: ask for their view.", None);
    }
    if n == 0 {
        html.raw("<li>Nothing is open and nothing stands out.</li>\n");
    }
    html.raw("</ul>\n");
}

/// Themes with a negative mean, the most mentioned first.
fn worst(client: &Client) -> Vec<(&str, ThemeSaid)> {
    let mut worst: Vec<(&str, ThemeSaid)> = client
        .themes
        .iter()
        .filter(|(_, said)| said.mean().is_some_and(|mean| mean < 0.0))
        .map(|(theme, said)| (theme.as_str(), *said))
        .collect();
    worst.sort_by(|a, b| b.1.n.cmp(&a.1.n).then(a.0.cmp(b.0)));
    worst
}

fn who(html: &mut Html, pack: &Pack, client: &Client) {
    html.raw("<h2>Who answered</h2>\n");
    if client.answers.is_empty() {
        html.raw("<p>Nobody in the last twelve months.</p>\n");
        return;
    }
    let groups = client.by_measure();
    let shown = headline_measures(client);
    let mut columns = vec![("Role", Align::Words), ("People", Align::Figures)];
    columns.extend(shown.iter().map(|(_, label)| (*label, Align::Figures)));
    let origin =
        Origin::of(&SCORE).term(score::report_month, &format!("<= DATE '{}'", pack.day())).ending("-- twelve months, of the account");
    let mut grid = Grid::new("Mean answers by role", origin, &columns);
    for (role, n) in client.people() {
        let mut cells = vec![Html::of_foreign(&role), Html::of(&count(n as i64))];
        cells.extend(shown.iter().map(|(measure, _)| Html::of(&mean(groups.get(measure).and_then(|roles| roles.get(&role))))));
        grid.row(cells);
    }
    grid.write(html);
    let mut named: Vec<_> = client.answers.iter().filter(|answered| answered.is_named()).collect();
    named.sort_by(|a, b| b.month.cmp(&a.month).then_with(|| a.name.cmp(&b.name)));
    if !named.is_empty() {
        let origin = Origin::of(&RESPONSE).text(response::share_consent, "named").ending("-- twelve months, of the account");
        let mut columns = vec![("Person", Align::Words), ("Role", Align::Words), ("Month", Align::Terms)];
        columns.extend(shown.iter().map(|(_, label)| (*label, Align::Figures)));
        let mut grid = Grid::new("Those who agreed to be named, newest first", origin, &columns);
        for answered in named.iter().take(20) {
            let mut name = Html::default();
            name.raw("<b>").foreign(answered.name.as_deref().unwrap_or_default()).raw("</b>");
            if let Some(title) = &answered.title {
                name.raw(" <span class=\"of\">").foreign(title).raw("</span>");
            }
            let month = short_month(crate::month::Month::from_days(answered.month));
            let mut cells = vec![name, Html::of_foreign(answered.role.as_deref().unwrap_or(NOT_GIVEN)), Html::of(&month)];
            cells.extend(shown.iter().map(|(measure, _)| {
                Html::of(&answered.scores.get(measure).map_or_else(|| NOT_GIVEN.to_owned(), |(points, _)| plain(*points, 0)))
            }));
            grid.row(cells);
        }
        grid.write(html);
    }
    let n_others = client.answers.len() - named.len();
    html.raw("<p class=\"note\">").text(&format!(
        "{} came from people who did not agree to be named: their scores are in no row unless {MIN_PEOPLE} of them share it. Do not ask who said what.",
        counted(n_others, "response", "responses")
    )).raw("</p>\n");
}

fn mean(group: Option<&Group>) -> String {
    let Some(group) = group else { return NOT_GIVEN.to_owned() };
    match group.mean() {
        Some(mean) => format!("{} ({})", plain(mean, 2), group.n),
        None => too_few(group),
    }
}

/// Why a mean is not shown: beside those who may be named, too few would stand alone.
fn too_few(group: &Group) -> String {
    let what = if group.n_people() < MIN_PEOPLE { "" } else { " unnamed" };
    format!("under {MIN_PEOPLE}{what}")
}

/// Recommendation and overall satisfaction, as the account answered them.
fn headline_measures(client: &Client) -> Vec<(String, &'static str)> {
    let kinds: BTreeMap<&String, &String> = client.answers.iter().flat_map(|answered| &answered.kinds).collect();
    let nps = kinds.iter().find(|(_, kind)| kind.as_str() == "nps").map(|(measure, _)| ((*measure).clone(), "Recommend"));
    let overall = kinds.iter().find(|(measure, kind)| kind.as_str() == "csat" && measure.contains("overall"));
    nps.into_iter().chain(overall.map(|(measure, _)| ((*measure).clone(), "Overall"))).collect()
}

/// What users and management answered to one question.
struct Sides {
    measure: String,
    users: Group,
    managers: Group,
}

impl Sides {
    fn gap(&self) -> Option<f64> {
        self.users.mean().zip(self.managers.mean()).map(|(users, managers)| users - managers)
    }
}

fn gap(html: &mut Html, client: &Client) {
    let mut rows: Vec<Sides> = Vec::new();
    for measure in client.by_measure().into_keys() {
        let mut sides = Sides { measure, users: Group::default(), managers: Group::default() };
        for answered in &client.answers {
            let (Some((points, _)), Some(role)) = (answered.scores.get(&sides.measure), &answered.role) else { continue };
            let group = if MANAGEMENT.contains(&role.as_str()) { &mut sides.managers } else { &mut sides.users };
            group.add_answer(answered, *points);
        }
        if sides.users.n > 0 && sides.managers.n > 0 {
            rows.push(sides);
        }
    }
    if rows.is_empty() {
        return;
    }
    rows.sort_by(|a, b| {
        let width = |sides: &Sides| sides.gap().map_or(-1.0, f64::abs);
        width(b).total_cmp(&width(a)).then_with(|| a.measure.cmp(&b.measure))
    });
    html.raw("<h2>Users and management</h2>\n");
    let origin = Origin::of(&SCORE).ending("-- twelve months, of the account");
    let columns = [
        ("Measure", Align::Words),
        ("Users", Align::Figures),
        ("Management", Align::Figures),
        ("Users see it", Align::Figures),
        ("People", Align::Figures),
    ];
    let mut grid = Grid::new("Mean answers, the widest gap first; management: decision makers and influencers", origin, &columns);
    for sides in rows {
        let figure = |group: &Group| group.mean().map_or_else(|| too_few(group), |mean| plain(mean, 2));
        grid.row(vec![
            Html::of_foreign(&sides.measure.replace('_', " ")),
            Html::of(&figure(&sides.users)),
            Html::of(&figure(&sides.managers)),
            Html::of(&sides.gap().map_or_else(|| NOT_GIVEN.to_owned(), |gap| signed(gap, 2))),
            Html::of(&format!("{} and {}", sides.users.n_people(), sides.managers.n_people())),
        ]);
    }
    grid.write(html);
}

fn themes(html: &mut Html, pack: &Pack, client: &Client) {
    html.raw("<h2>What they speak of</h2>\n");
    let mut said: Vec<(&String, &ThemeSaid)> = client.themes.iter().collect();
    said.sort_by(|a, b| b.1.n.cmp(&a.1.n).then_with(|| a.0.cmp(b.0)));
    if said.is_empty() {
        html.raw("<p>No clause lies near a theme.</p>\n");
        return;
    }
    html.raw("<ul>\n");
    for (theme, said) in said.iter().take(8) {
        html.raw("<li><b>").foreign(pack.label(theme)).raw("</b> ");
        let mean = said.mean().map_or_else(String::new, |mean| format!(", mean sentiment {}", sentiment(Some(mean))));
        html.text(&format!("{}{mean}", counted(said.n, "clause", "clauses"))).raw("</li>\n");
    }
    html.raw("</ul>\n");
}

fn words(html: &mut Html, client: &Client) {
    html.raw("<h2>In their words</h2>\n");
    let mut words: Vec<_> = client.words.iter().collect();
    words.sort_by(|a, b| a.sentiment.unwrap_or_default().total_cmp(&b.sentiment.unwrap_or_default()).then_with(|| a.text.cmp(&b.text)));
    if words.is_empty() {
        html.raw("<p>Nobody who agreed to be named beside their words.</p>\n");
    }
    for word in words.iter().take(N_WORDS) {
        let text: String = word.text.chars().take(400).collect();
        html.raw("<blockquote dir=\"auto\"><p dir=\"auto\">").text(&text).text(if word.text.chars().count() > 400 { "…" } else { "" });
        html.raw("</p><footer dir=\"ltr\">")
            .foreign(word.role.as_deref().unwrap_or("role not known"))
            .text(&format!(", {}", short_month(word.month)));
        html.raw("</footer></blockquote>\n");
    }
}

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
        html.raw("<li><b>").foreign(&capital(kpi.area.as_deref().unwrap_or(&kpi.measure_name()))).raw("</b>: ");
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
            Html::of_foreign(&capital(&measure.replace('_', " "))),
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

/// With a capital at the beginning.
fn capital(text: &str) -> String {
    super::tiles::sentence_case(text)
}
