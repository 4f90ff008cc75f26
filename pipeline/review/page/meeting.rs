//! What do the areas say of the month, and what is done about it?
//!
//! Last month's actions first; then each area's figures, its comments and actions; then who was there and what was decided.

use std::collections::BTreeSet;

use super::super::answer::Answer;
use super::super::ask::encode;
use super::super::export;
use super::super::list::{Align, Cell, List};
use super::super::meeting::{Saved, save};
use super::super::view::{Menu, View, hidden, option, title};
use super::overview::{named, verbatims_of, verdict_class};
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::month::Month;
use crate::report::html::Html;
use crate::report::kpi::Kpi;
use crate::report::number::{month_name, time};
use crate::store::{Action, ActionStatus, AreaPage, Meetings, Minutes, Said, Standing, Store};

/// The longest comment.
const MAX_CHARS: usize = 20_000;

/// The page.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    show(view, view.month()?, None)
}

fn show(view: &View<'_>, month: Month, refused: Option<&Error>) -> Result<Answer> {
    let meetings = Store::open(&view.app.out)?.meetings()?;
    let kpis = view.tables.kpis()?;
    if let Some(file) = export::file(&actions(&meetings), view.ask.query.get("as")) {
        return Ok(file);
    }
    let mut html = Html::default();
    title(&mut html, "Review meeting", &month_name(month));
    if let Some(error) = refused {
        html.raw("<div class=\"error\" role=\"alert\"><p><strong>Not saved.</strong> ").text(&error.to_string());
        html.raw("</p><p>What stands now is shown below beside what you wrote. Look, and save again.</p></div>\n");
    }
    view.choose_month(&mut html, "/meeting", month);
    before(&mut html, view, &meetings, month);
    let areas = areas(kpis, &meetings, month);
    summary(&mut html, &meetings, &areas, month);
    for (idx, area) in areas.iter().enumerate() {
        self::area(&mut html, view, &meetings, kpis, area, idx, month);
    }
    minutes(&mut html, view, &meetings, month);
    html.raw("<p class=\"files\">All actions as <a href=\"/meeting?as=csv\">CSV</a> or <a href=\"/meeting?as=xlsx\">XLSX</a></p>\n");
    Ok(view.page(Menu::Meeting, "Review meeting", &html))
}

/// Areas that have figures in the month, or a page, or an action.
fn areas(kpis: &[Kpi], meetings: &Meetings, month: Month) -> Vec<String> {
    let mut areas: BTreeSet<String> = kpis.iter().filter(|k| k.month == month).filter_map(|k| k.area.clone()).collect();
    areas.extend(meetings.areas.keys().filter(|(of, _)| *of == month.days()).map(|(_, area)| area.clone()));
    areas.extend(meetings.actions_of(month).map(|action| action.said.area.clone()));
    if areas.is_empty() {
        areas.insert("All areas".to_owned());
    }
    areas.into_iter().collect()
}

fn before(html: &mut Html, view: &View<'_>, meetings: &Meetings, month: Month) {
    let still: Vec<&Standing<Action>> = meetings
        .actions
        .iter()
        .filter(|a| a.said.month < month.days() && (a.said.status == ActionStatus::Open || a.said.month == month.plus(-1).days()))
        .collect();
    html.raw("<h2>First: what was agreed before</h2>\n");
    if still.is_empty() {
        html.element("p", "empty", "Nothing is left from the months before.");
    }
    for action in still {
        action_form(html, view, month, Some(action), &action.said.area);
    }
}

fn summary(html: &mut Html, meetings: &Meetings, areas: &[String], month: Month) {
    html.raw("<h2>Areas</h2>\n<ul class=\"news\">");
    for (idx, area) in areas.iter().enumerate() {
        let page = meetings.areas.get(&(month.days(), area.clone()));
        html.raw("<li><a").attribute("href", &format!("#area-{idx}")).raw(">").foreign(area).raw("</a> ");
        match page {
            Some(page) if page.said.is_submitted => {
                html.raw("<strong class=\"badge up\">submitted</strong> ").text(&format!("by {} at {}", page.who, time(Some(page.at))))
            }
            Some(_) => html.raw("<strong class=\"badge soon\">begun</strong>"),
            None => html.raw("<strong class=\"badge\">not yet</strong>"),
        };
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
}

fn area(html: &mut Html, view: &View<'_>, meetings: &Meetings, kpis: &[Kpi], area: &str, idx: usize, month: Month) {
    html.raw("<section class=\"verbatim\"").attribute("id", &format!("area-{idx}")).raw("><h2>").foreign(area).raw("</h2>\n");
    let columns = [
        ("Measure", Align::Words),
        ("Source", Align::Words),
        ("Now", Align::Figures),
        ("Change", Align::Figures),
        ("Verdict", Align::Words),
        ("Goal", Align::Figures),
        ("Base", Align::Figures),
    ];
    let mut list = List::new("area", &format!("Figures of {area}"), &columns, "No figures of this area this month.");
    for kpi in kpis.iter().filter(|k| k.month == month && k.area.as_deref() == Some(area)) {
        let unit = kpi.unit();
        let mut verdict = Html::default();
        verdict.raw("<span").attribute("class", verdict_class(kpi.verdict)).raw(">").text(kpi.verdict.words()).raw("</span>");
        list.row(vec![
            Cell::text(&named(kpi)),
            Cell::text(&kpi.source),
            Cell::figure(kpi.value, &unit.value(kpi.value)),
            Cell::figure(kpi.change, &unit.change(kpi.change)),
            Cell::html(verdict, kpi.verdict.words()),
            Cell::figure(kpi.goal, &unit.value(kpi.goal)),
            Cell::counted(kpi.base, &verbatims_of(kpi)),
        ]);
    }
    list.write(html, None);
    let page = meetings.areas.get(&(month.days(), area.to_owned()));
    view.form(html, "/meeting/area", "stack");
    hidden(html, "month", &month.to_string());
    hidden(html, "area", area);
    hidden(html, "seen", &page.map_or_else(String::new, |page| page.number.to_string()));
    let typed =
        Some(view.ask.form.text("comments")).filter(|_| view.ask.form.text("area") == area && view.ask.form.get("comments").is_some());
    if let (Some(page), Some(typed)) = (page, typed)
        && page.said.comments != typed
    {
        html.raw("<div class=\"notice\"><p>What stands now, by ")
            .foreign(&page.who)
            .raw(":</p><blockquote>")
            .foreign(&page.said.comments)
            .raw("</blockquote></div>");
    }
    html.raw("<label>Comments <textarea name=\"comments\" rows=\"4\" maxlength=\"20000\">");
    html.text(typed.or(page.map(|page| page.said.comments.as_str())).unwrap_or_default()).raw("</textarea></label>");
    html.raw("<label class=\"tick\"><input type=\"checkbox\" name=\"submitted\" value=\"yes\"");
    html.raw(if page.is_some_and(|page| page.said.is_submitted) { " checked>" } else { ">" })
        .raw(" Submitted: ready for the review</label><button>Save comments</button></form>\n<h3>Actions</h3>\n");
    for action in meetings.actions_of(month).filter(|action| action.said.area == area) {
        action_form(html, view, month, Some(action), area);
    }
    html.raw("<details><summary>Add an action</summary>\n");
    action_form(html, view, month, None, area);
    html.raw("</details>\n</section>\n");
}

fn action_form(html: &mut Html, view: &View<'_>, shown: Month, action: Option<&Standing<Action>>, area: &str) {
    let said = action.map(|action| &action.said);
    view.form(html, "/meeting/action", "action");
    hidden(html, "shown", &shown.to_string());
    hidden(html, "month", &said.map_or(shown, |said| Month::from_days(said.month)).to_string());
    hidden(html, "area", area);
    hidden(html, "action_id", said.map_or("", |said| &said.action_id));
    hidden(html, "seen", &action.map_or_else(String::new, |action| action.number.to_string()));
    html.raw("<label>What is done <textarea name=\"text\" rows=\"2\" required maxlength=\"4000\">")
        .text(said.map_or("", |said| &said.text))
        .raw("</textarea></label>");
    html.raw("<label>Owner <input name=\"owner\" maxlength=\"80\"")
        .attribute("value", said.map_or("", |said| &said.owner))
        .raw("></label>");
    html.raw("<label>Due <input name=\"due\" type=\"date\"")
        .attribute("value", &said.and_then(|said| said.due).map_or_else(String::new, day))
        .raw("></label>");
    html.raw("<label>Status <select name=\"status\">");
    for status in ActionStatus::ALL {
        option(html, status.as_str(), status.as_str(), said.is_some_and(|said| said.status == status));
    }
    html.raw("</select></label><button>Save</button>");
    if let Some(action) = action {
        html.raw("<p class=\"note\">")
            .foreign(&action.said.area)
            .text(&format!(", {}; last saved by ", month_name(Month::from_days(action.said.month))));
        html.foreign(&action.who).text(&format!(" at {}", time(Some(action.at)))).raw("</p>");
    }
    html.raw("</form>\n");
}

fn minutes(html: &mut Html, view: &View<'_>, meetings: &Meetings, month: Month) {
    let minutes = meetings.minutes.get(&month.days());
    html.raw("<h2>The meeting</h2>\n");
    view.form(html, "/meeting/minutes", "stack");
    hidden(html, "month", &month.to_string());
    hidden(html, "seen", &minutes.map_or_else(String::new, |minutes| minutes.number.to_string()));
    html.raw("<label>Who was there <textarea name=\"attendance\" rows=\"2\" maxlength=\"4000\">");
    html.text(minutes.map_or("", |m| &m.said.attendance))
        .raw("</textarea></label><label>What was decided <textarea name=\"decisions\" rows=\"5\" maxlength=\"20000\">");
    html.text(minutes.map_or("", |m| &m.said.decisions)).raw("</textarea></label><button>Save</button></form>\n");
    if let Some(minutes) = minutes {
        html.raw("<p class=\"note\">Last saved by ").foreign(&minutes.who).text(&format!(" at {}", time(Some(minutes.at)))).raw("</p>\n");
    }
}

fn day(days: i32) -> String {
    let epoch = jiff::civil::Date::new(1970, 1, 1).expect("a day");
    epoch.saturating_add(jiff::Span::new().days(days)).to_string()
}

fn days(text: &str) -> Option<i32> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let epoch = jiff::civil::Date::new(1970, 1, 1).expect("a day");
    Some(epoch.until(date).ok()?.get_days())
}

fn actions(meetings: &Meetings) -> List {
    let columns = [
        ("Month", Align::Words),
        ("Area", Align::Words),
        ("Action", Align::Words),
        ("Owner", Align::Words),
        ("Due", Align::Words),
        ("Status", Align::Words),
        ("Agreed", Align::Words),
        ("By", Align::Words),
    ];
    let mut list = List::new("actions", "Actions", &columns, "No action was agreed yet.");
    for action in &meetings.actions {
        let said = &action.said;
        list.row(vec![
            Cell::text(&Month::from_days(said.month).to_string()),
            Cell::text(&said.area),
            Cell::text(&said.text),
            Cell::given(Some(&said.owner)),
            Cell::given(said.due.map(day).as_deref()),
            Cell::text(said.status.as_str()),
            Cell::text(&time(Some(action.first_at))),
            Cell::text(&action.first_who),
        ]);
    }
    list
}

/// The month of a form.
fn asked_month(view: &View<'_>, name: &str) -> Result<Month> {
    Month::parse(view.ask.form.text(name)).map_or_else(|| view.month(), Ok)
}

fn limited(view: &View<'_>, name: &str) -> String {
    view.ask.form.text(name).chars().take(MAX_CHARS).collect()
}

fn saved(view: &View<'_>, shown: Month, said: &Said) -> Result<Answer> {
    match save(view, said)? {
        Saved::Yes => Ok(Answer::see(&format!("/meeting?month={}&done=action", encode(&shown.to_string())))),
        Saved::AskFirst(answer) => Ok(answer),
        Saved::Changed(error) => Ok(show(view, shown, Some(&error))?.status(409)),
    }
}

/// Takes an area's page.
pub(super) fn save_area(view: &View<'_>) -> Result<Answer> {
    let month = asked_month(view, "month")?;
    let is_submitted = view.ask.form.get("submitted").is_some();
    let area: String = view.ask.form.text("area").chars().take(200).collect();
    saved(view, month, &Said::Area(AreaPage { month: month.days(), area, comments: limited(view, "comments"), is_submitted }))
}

/// Takes an action.
pub(super) fn save_action(view: &View<'_>) -> Result<Answer> {
    let (shown, month) = (asked_month(view, "shown")?, asked_month(view, "month")?);
    let (area, text) = (view.ask.form.text("area"), limited(view, "text"));
    if text.is_empty() {
        return Ok(super::problem(view, 422, "Not saved", "an action says what is done", None));
    }
    let known = view.ask.form.get("action_id").map(str::to_owned);
    let id = known
        .unwrap_or_else(|| Fingerprint::of("action").part(&month.to_string()).part(area).part(&text).number(view.now.unsigned_abs()).id());
    let action = Action {
        action_id: id.chars().take(64).collect(),
        month: month.days(),
        area: area.chars().take(200).collect(),
        text,
        owner: view.ask.form.text("owner").chars().take(200).collect(),
        due: days(view.ask.form.text("due")),
        status: ActionStatus::parse(view.ask.form.text("status")).unwrap_or_default(),
    };
    saved(view, shown, &Said::Action(action))
}

/// Takes the minutes.
pub(super) fn save_minutes(view: &View<'_>) -> Result<Answer> {
    let month = asked_month(view, "month")?;
    let minutes = Minutes { month: month.days(), attendance: limited(view, "attendance"), decisions: limited(view, "decisions") };
    saved(view, month, &Said::Minutes(minutes))
}
