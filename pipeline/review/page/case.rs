//! What is one HOTLINE case about, and what is done with it?

use super::super::answer::Answer;
use super::super::app::missing;
use super::super::link;
use super::super::view::{Menu, View, hidden, option, title};
use super::hotline::clock;
use crate::casework::wording;
use crate::casework::{By, Case, Casebook, Closing, Disposition, Operation, Status};
use crate::error::{Error, Result};
use crate::report::html::Html;
use crate::report::number::time;
use crate::schema::hotline;
use crate::store::Event;

/// The longest text of a decision.
const MAX_CHARS: usize = 20_000;
/// Earlier cases of the account shown.
const N_EARLIER: usize = 5;

/// The page.
pub(super) fn page(view: &View<'_>, id: &str) -> Result<Answer> {
    let Some(case) = view.app.cases.one(&view.tables, id)? else { return Ok(missing(view, "There is no case with this id.")) };
    show(view, &case, None)
}

fn show(view: &View<'_>, case: &Case, refused: Option<&Error>) -> Result<Answer> {
    let book = Casebook::open(&view.app.out)?;
    let mut history = book.history(case)?;
    history.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
    let mut html = Html::default();
    let what = wording::line(case.description.as_deref(), case.category.as_deref());
    title(&mut html, "HOTLINE case", &what);
    if let Some(error) = refused {
        html.raw("<div class=\"error\" role=\"alert\"><p><strong>Not saved.</strong> ").text(&error.to_string()).raw("</p>");
        if matches!(error, Error::CaseChanged { .. }) {
            html.raw("<p>What changed is under <a href=\"#history\">history</a>; what you wrote is still in the form below. Look, and decide again.</p>");
        } else if let Some(hint) = error.hint() {
            html.raw("<p>").text(&hint).raw("</p>");
        }
        html.raw("</div>\n");
    }
    let (class, words) = clock(case, view.now);
    html.raw("<p class=\"standing\"><strong class=\"badge\">")
        .text(case.state.status.as_str())
        .raw("</strong> <strong")
        .attribute("class", class);
    html.raw(">").text(&words).raw("</strong></p>\n<div class=\"columns\">\n<section>\n");
    facts(&mut html, case);
    html.raw("<h2>What was said</h2>\n<div class=\"context\">");
    let mut context = String::new();
    view.tables.rows_with(case.report_month, hotline::hotline_id, &case.hotline_id, |row| context = row.owned(hotline::context))?;
    for line in context.lines() {
        html.raw("<p>").foreign(line).raw("</p>");
    }
    html.raw("</div>\n<p><a")
        .attribute("href", &link::response(&case.source, &case.response_id))
        .raw(">The whole response, with scores and marks</a></p>\n");
    earlier(&mut html, view, case)?;
    self::history(&mut html, &history);
    html.raw("</section>\n<aside aria-label=\"Decide\">\n");
    forms(&mut html, view, case, refused.is_some());
    html.raw("</aside>\n</div>\n");
    Ok(view.page(Menu::Hotline, &what, &html))
}

fn facts(html: &mut Html, case: &Case) {
    html.raw("<dl class=\"facts\">");
    let mut fact = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            html.element("dt", "", name).raw("<dd>").foreign(value).raw("</dd>");
        }
    };
    fact("Account", case.account_name.as_deref().or(case.account_id.as_deref()));
    fact("Person", case.contact_name.as_deref());
    fact("Route", Some(&case.route));
    fact("Severity", case.severity.map(|s| format!("{s} (1 is the worst)")).as_deref());
    fact("Category", case.category.as_deref().map(wording::category).as_deref());
    fact("Opened by", case.trigger.as_deref().map(wording::trigger).as_deref());
    fact("Rules", case.rule_ids.as_deref());
    fact("Received", Some(&time(case.received_at)).filter(|_| case.received_at.is_some()).map(String::as_str));
    fact("Detected", Some(&time(Some(case.state.detected_at))));
    fact("Respond by", case.respond_by.map(|by| time(Some(by))).as_deref());
    fact("Owner", case.state.owner.as_deref());
    fact("In your tool", case.state.external_ref.as_deref());
    fact("Ended", case.state.disposition.as_deref().map(wording::plain).as_deref());
    fact("Resolution", case.state.resolution.as_deref());
    fact("Root cause", case.state.root_cause.as_deref());
    fact("Value won", case.state.value_won.map(|value| value.to_string()).as_deref());
    fact("Id", Some(&case.hotline_id));
    html.raw("</dl>\n");
}

fn earlier(html: &mut Html, view: &View<'_>, case: &Case) -> Result<()> {
    let Some(account) = case.account_id.as_ref().or(case.account_name.as_ref()) else { return Ok(()) };
    let all = view.app.cases.all(&view.tables)?;
    let mut others: Vec<&Case> = all
        .iter()
        .filter(|other| other.hotline_id != case.hotline_id && other.account_id.as_ref().or(other.account_name.as_ref()) == Some(account))
        .collect();
    others.sort_by_key(|other| std::cmp::Reverse(other.received_at.unwrap_or(other.state.detected_at)));
    if others.is_empty() {
        return Ok(());
    }
    html.raw("<h2>Other cases of the account</h2>\n<ul>");
    for other in others.into_iter().take(N_EARLIER) {
        html.raw("<li>").text(&time(other.received_at)).raw(" <a").attribute("href", &link::case(&other.hotline_id)).raw(">");
        html.foreign(&wording::line(other.description.as_deref(), other.category.as_deref())).raw("</a> ").element(
            "span",
            "note",
            other.state.status.as_str(),
        );
        if case.linked_to.as_deref() == Some(&other.hotline_id) {
            html.raw(" <strong class=\"badge\">linked</strong>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
    Ok(())
}

fn history(html: &mut Html, events: &[Event]) {
    html.raw("<h2 id=\"history\">History</h2>\n<ol class=\"history\">");
    for event in events {
        html.raw("<li><time>").text(&time(Some(event.at))).raw("</time> <strong>").text(event.kind.as_str()).raw("</strong> by ");
        html.foreign(event.who.as_deref().unwrap_or("a run"));
        let detail = &event.detail;
        for (name, value) in [
            ("owner", detail.owner.as_deref()),
            ("ended", detail.disposition.as_deref().map(wording::plain).as_deref()),
            ("root cause", detail.root_cause.as_deref()),
            ("in your tool", detail.external_ref.as_deref()),
        ] {
            if let Some(value) = value {
                html.raw(" · ").text(name).raw(" ").foreign(if value.is_empty() { "nobody" } else { value });
            }
        }
        if let Some(text) = &detail.text {
            html.raw("<p>").foreign(text).raw("</p>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ol>\n");
}

fn forms(html: &mut Html, view: &View<'_>, case: &Case, again: bool) {
    let status = case.state.status;
    let asked = view.ask.form.text("do");
    let before = |of: &str, name: &str| if again && asked == of { view.ask.form.text(name).to_owned() } else { String::new() };
    let begin = |html: &mut Html, what: &'static str, key: &'static str| {
        view.form(html, &link::case(&case.hotline_id), "stack decide");
        hidden(html, "do", what);
        hidden(html, "seen", &case.last_event);
        html.raw("<fieldset").attribute("data-key", key).raw(">");
    };
    let text = |html: &mut Html, label: &str, name: &'static str, value: &str, is_required: bool| {
        html.raw("<label>").text(label).raw(" <textarea rows=\"3\" maxlength=\"20000\"").attribute("name", name);
        html.raw(if is_required { " required>" } else { ">" }).text(value).raw("</textarea></label>");
    };
    let line = |html: &mut Html, label: &str, name: &'static str, value: &str| {
        html.raw("<label>").text(label).raw(" <input maxlength=\"200\"").attribute("name", name).attribute("value", value).raw("></label>");
    };
    if status != Status::Closed {
        begin(html, "act", "a");
        html.raw("<legend>Act</legend>");
        text(html, "What is done", "text", &before("act", "text"), false);
        html.raw("<label class=\"tick\"><input type=\"checkbox\" name=\"mine\" value=\"yes\"> I take it</label>");
        html.raw("<label class=\"tick\"><input type=\"checkbox\" name=\"contact\" value=\"yes\"> I spoke with the customer</label>");
        html.raw("<button>Act</button></fieldset></form>\n");
        begin(html, "assign", "o");
        html.raw("<legend>Owner</legend>");
        line(html, "Who has it", "owner", case.state.owner.as_deref().unwrap_or_default());
        html.raw("<button>Assign</button></fieldset></form>\n");
    }
    begin(html, "note", "n");
    html.raw("<legend>Note</legend>");
    text(html, "Note", "text", &before("note", "text"), false);
    line(html, "Id in your own tool", "external_ref", &before("note", "external_ref"));
    html.raw("<button>Write down</button></fieldset></form>\n");
    begin(html, if status == Status::Closed { "amend" } else { "close" }, "c");
    html.raw(if status == Status::Closed { "<legend>Correct what was said</legend>" } else { "<legend>Close</legend>" });
    html.raw("<label>How it ended <select name=\"disposition\">");
    let chosen = if again { view.ask.form.get("disposition") } else { case.state.disposition.as_deref() };
    for disposition in Disposition::ALL {
        option(html, disposition.as_str(), &wording::plain(disposition.as_str()), chosen == Some(disposition.as_str()));
    }
    html.raw("</select></label>");
    let of_state =
        |value: Option<&str>, name: &str| if again { view.ask.form.text(name).to_owned() } else { value.unwrap_or_default().to_owned() };
    text(html, "What was done", "resolution", &of_state(case.state.resolution.as_deref(), "resolution"), true);
    line(html, "Root cause", "root_cause", &of_state(case.state.root_cause.as_deref(), "root_cause"));
    line(html, "Value won (leads)", "value_won", &of_state(case.state.value_won.map(|v| v.to_string()).as_deref(), "value_won"));
    html.raw(if status == Status::Closed { "<button>Correct</button>" } else { "<button>Close</button>" }).raw("</fieldset></form>\n");
    if status == Status::Closed {
        begin(html, "reopen", "r");
        html.raw("<legend>Open again</legend>");
        text(html, "Why", "text", &before("reopen", "text"), false);
        html.raw("<button>Open again</button></fieldset></form>\n");
    }
}

/// Takes a decision.
pub(super) fn decide(view: &View<'_>, id: &str) -> Result<Answer> {
    let who = match view.reviewer() {
        Ok(who) => who.to_owned(),
        Err(ask_first) => return Ok(ask_first),
    };
    let Some(case) = view.app.cases.one(&view.tables, id)? else { return Ok(missing(view, "There is no case with this id.")) };
    let operation = match operation(view, &who, id) {
        Ok(operation) => operation,
        Err(error) => return Ok(show(view, &case, Some(&error))?.status(422)),
    };
    let by = By { who, at: view.now, seen: view.ask.form.get("seen").map(str::to_owned) };
    match view.app.cases.apply(&view.tables, &case, &operation, &by) {
        Ok(_) => Ok(Answer::see(&format!("{}?done=case", link::case(id)))),
        Err(error @ (Error::Case { .. } | Error::CaseChanged { .. })) => {
            let status = if matches!(error, Error::CaseChanged { .. }) { 409 } else { 422 };
            let now = view.app.cases.one(&view.tables, id)?.unwrap_or(case);
            Ok(show(view, &now, Some(&error))?.status(status))
        }
        Err(error) => Err(error),
    }
}

fn operation(view: &View<'_>, who: &str, id: &str) -> Result<Operation> {
    let form = &view.ask.form;
    let fail = |what: &str| Error::Case { hotline_id: id.to_owned(), what: what.to_owned(), hint: None };
    let text = |name: &str| -> Result<String> {
        let text = form.text(name);
        if text.chars().count() > MAX_CHARS { Err(fail("the text is too long: at most 20,000 characters")) } else { Ok(text.to_owned()) }
    };
    let closing = || -> Result<Closing> {
        let value = match form.get("value_won") {
            Some(value) => Some(value.replace(',', "").parse::<f64>().map_err(|_| fail("the value won is no number"))?),
            None => None,
        };
        Ok(Closing {
            disposition: Disposition::parse(form.text("disposition")).ok_or_else(|| fail("say how it ended"))?,
            resolution: text("resolution")?,
            root_cause: form.get("root_cause").map(str::to_owned),
            value_won: value,
        })
    };
    Ok(match form.text("do") {
        "act" if form.get("contact").is_some() && form.get("mine").is_none() => Operation::Contact { text: text("text")? },
        "act" => Operation::Act { text: text("text")?, owner: form.get("mine").map(|_| who.to_owned()) },
        "note" => Operation::Note { text: text("text")?, external_ref: form.get("external_ref").map(str::to_owned) },
        "assign" => Operation::Assign { owner: form.text("owner").to_owned(), text: String::new() },
        "close" => Operation::Close(closing()?),
        "amend" => Operation::Amend(closing()?),
        "reopen" => Operation::Reopen { text: text("text")? },
        _ => return Err(fail("this is nothing that can be done with a case")),
    })
}
