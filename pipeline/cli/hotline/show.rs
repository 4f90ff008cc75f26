//! `outspoken hotline show`

use std::fmt::Write as _;
use std::io::Write as _;

use clap::Args;

use super::Place;
use super::words::{due, line, lines, time};
use crate::casework::{Case, CaseFile, Casebook, Hit};
use crate::cli::Ending;
use crate::store::{Contact, Event, Kind};

/// What `hotline show` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The case: its id, or the first characters of it.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    place: Place,
    /// Time from which the deadline is counted [default: now].
    #[arg(long, value_name = "TIME", value_parser = crate::cli::run::time)]
    as_of: Option<jiff::Timestamp>,
    /// Print the case as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints everything about the case.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let book = Casebook::open(&arguments.place.out)?;
    let now = arguments.as_of.unwrap_or_else(jiff::Timestamp::now).as_microsecond();
    let file = book.file(&book.case(&arguments.id)?)?;
    let contacts = book.contacts(&file.case, now)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let mut value = json(&file.case, now)?;
        if let Some(object) = value.as_object_mut() {
            object.insert("context".to_owned(), file.context.clone().into());
            object.insert("contacts".to_owned(), serde_json::to_value(&contacts)?);
            object.insert("hits".to_owned(), serde_json::to_value(&file.hits)?);
            object.insert("history".to_owned(), file.history.iter().map(event_json).collect::<Result<_, _>>()?);
            let earlier: Vec<serde_json::Value> = file.earlier.iter().map(|case| json(case, now)).collect::<Result<_, _>>()?;
            object.insert("earlier".to_owned(), earlier.into());
        }
        writeln!(out, "{value:#}")?;
    } else {
        write!(out, "{}", text(&file, &contacts, now))?;
    }
    Ok(Ending::Complete)
}

/// A case as JSON: times as RFC 3339, and whether it is overdue.
pub(super) fn json(case: &Case, now: i64) -> serde_json::Result<serde_json::Value> {
    let mut value = serde_json::to_value(case)?;
    if let Some(object) = value.as_object_mut() {
        for (key, value) in object.iter_mut().filter(|(key, _)| key.ends_with("_at") || *key == "respond_by") {
            debug_assert!(value.is_null() || value.is_i64(), "{key} is a time");
            rfc3339(value);
        }
        object.insert("is_overdue".to_owned(), case.is_overdue(now).into());
    }
    Ok(value)
}

fn event_json(event: &Event) -> serde_json::Result<serde_json::Value> {
    let mut value = serde_json::to_value(event)?;
    if let Some(at) = value.get_mut("at") {
        rfc3339(at);
    }
    Ok(value)
}

fn rfc3339(value: &mut serde_json::Value) {
    if let Some(at) = value.as_i64().and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok()) {
        *value = at.to_string().into();
    }
}

fn text(file: &CaseFile, contacts: &[Contact], now: i64) -> String {
    let case = &file.case;
    let state = &case.state;
    let mut out = String::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            writeln!(out, "{name:<14}{}", line(&value)).expect("a string takes everything");
        }
    };
    let joined = |parts: &[&Option<String>]| Some(parts.iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join(", "));
    put("case", Some(case.hotline_id.clone()));
    put("status", Some(format!("{} {}", state.status.as_str(), due(case, now))));
    put("owner", state.owner.clone());
    put("route", Some(format!("{}, severity {}", case.route, case.severity.map_or_else(|| "unknown".to_owned(), |s| s.to_string()))));
    put("what", case.description.clone());
    put("opened by", joined(&[&case.trigger, &case.rule_ids]));
    put("account", joined(&[&case.account_name, &case.account_id]));
    put("contact", case.contact_name.clone());
    put("response", Some(format!("{} {} ({})", case.source, case.response_id, case.report_month)));
    put("received", case.received_at.map(time));
    put("detected", Some(time(state.detected_at)));
    put("respond by", case.respond_by.map(time));
    put("first acted", state.first_acted_at.map(time));
    put("contacted", state.contacted_at.map(time));
    put("closed", state.closed_at.map(time));
    put("reopened", (state.reopen_count > 0).then(|| format!("{} times", state.reopen_count)));
    put("disposition", state.disposition.clone());
    put("root cause", state.root_cause.clone());
    put("value won", state.value_won.map(|value| value.to_string()));
    put("external ref", state.external_ref.clone());
    put("linked to", case.linked_to.clone());
    for contact in contacts {
        let whence = if contact.origin == "text" { " (from the answer)" } else { "" };
        put("call back", Some(format!("{} {}{whence}", contact.kind, contact.value)));
    }
    out.push_str("\nanswers\n");
    out.push_str(&lines(&file.context, "  "));
    if !file.hits.is_empty() {
        out.push_str("\nwhy\n");
        file.hits.iter().for_each(|hit| writeln!(out, "  {}", line(&reason(hit))).expect("a string takes everything"));
    }
    out.push_str("\nhistory (UTC)\n");
    file.history.iter().for_each(|event| out.push_str(&happened(event)));
    if !file.earlier.is_empty() {
        out.push_str("\nearlier cases of the account or the person\n");
        for case in &file.earlier {
            let at = time(case.received_at.unwrap_or(case.state.detected_at));
            let what = line(case.description.as_deref().unwrap_or_default());
            let end = case.state.disposition.as_deref().map_or_else(String::new, |d| format!(" ({d})"));
            writeln!(out, "  {at}  {}  {}{end}  {}  {what}", cut_id(&case.hotline_id), case.state.status.as_str(), case.route)
                .expect("a string takes everything");
        }
    }
    out
}

fn cut_id(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

fn reason(hit: &Hit) -> String {
    let words = match (&hit.matched_text, &hit.question) {
        (Some(words), Some(question)) => format!(" “{words}” in “{question}”"),
        (Some(words), None) => format!(" “{words}”"),
        (None, _) => String::new(),
    };
    let meant = match (&hit.assertion, &hit.cue_text) {
        (Some(assertion), Some(cue)) => format!(", {assertion} by “{cue}”"),
        (Some(assertion), None) => format!(", {assertion}"),
        (None, _) => String::new(),
    };
    let fired = if hit.fired { "fired     " } else { "suppressed" };
    let why = hit.suppressed_by.as_deref().map_or_else(String::new, |why| format!(": {why}"));
    format!("{fired} {}{words}{meant}{why}", hit.rule_id)
}

fn happened(event: &Event) -> String {
    let who = event.who.as_deref().unwrap_or("outspoken");
    let detail = &event.detail;
    let mut parts = Vec::new();
    if event.kind == Kind::Detected && detail.historical {
        parts.push("too old for a clock".to_owned());
    }
    if let Some(opened) = &detail.opened {
        parts.push(format!("opened by a person: {}", opened.description));
    }
    parts.extend(detail.owner.as_deref().map(|owner| if owner.is_empty() { "to nobody".to_owned() } else { format!("to {owner}") }));
    parts.extend(detail.disposition.clone());
    parts.extend(detail.root_cause.as_deref().map(|cause| format!("root cause {cause}")));
    parts.extend(detail.value_won.map(|value| format!("value {value}")));
    parts.extend(detail.external_ref.as_deref().map(|id| format!("external ref {id}")));
    let said = detail.text.as_deref().unwrap_or_default();
    let head = format!("{}  {:<10} {who}", time(event.at), event.kind.as_str());
    let rest = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
    let mut out = format!("  {}\n", line(&format!("{head}{rest}")));
    out.push_str(&lines(said, "      "));
    out
}
