//! What does an account manager prepare a meeting from?

use std::collections::BTreeMap;

use super::account::Account;
use super::client::{self, Client, Group, MIN_PEOPLE, ThemeSaid};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, count, counted, day, month_name, plain, sentiment, short_month, signed};
use super::pack::Pack;
use super::{hotlines, page};
use crate::error::Result;
use crate::schema::{ACCOUNT_STANDING, RESPONSE, SCORE, account_standing, response, score};

/// Roles that decide; everybody else uses.
const MANAGEMENT: [&str; 2] = ["decision maker", "influencer"];

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
    gap(&mut html, pack, &client);
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

/// The head of a sheet about an account.
pub(super) fn head(html: &mut Html, pack: &Pack, account: &Account, kicker: &'static str) {
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
    let of_account = format!("IN (SELECT response_id FROM response WHERE {})", ours(&client.account));
    let origin = Origin::of(&SCORE).term(score::report_month, &year(pack)).term(score::response_id, &of_account);
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
        let origin = Origin::of(&RESPONSE).text(response::share_consent, "named").term(response::report_month, &year(pack));
        let origin = origin.ending(&format!("AND {}", ours(&client.account)));
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

/// The responses of an account, as SQL finds them: by its id, else its name.
fn ours(account: &Account) -> String {
    format!("coalesce(account_id, lower(trim(account_name))) = '{}'", account.account_id.replace('\'', "''"))
}

/// The twelve months that are looked at, as SQL.
fn year(pack: &Pack) -> String {
    format!("BETWEEN DATE '{}' AND DATE '{}'", pack.month.plus(1 - client::N_MONTHS).first_day(), pack.day())
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

fn gap(html: &mut Html, pack: &Pack, client: &Client) {
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
    let of_account = format!("IN (SELECT response_id FROM response WHERE {})", ours(&client.account));
    let origin = Origin::of(&SCORE).term(score::report_month, &year(pack)).term(score::response_id, &of_account);
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
