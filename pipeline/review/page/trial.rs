//! What would a rule hit in past months, before it is saved to a file?
//!
//! Nothing is written: rules come from a form, run over published verbatims, and go back as a file to be kept where the settings name it.

use std::collections::BTreeSet;
use std::sync::TryLockError;

use super::super::answer::Answer;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, option, title};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::report::html::Html;
use crate::report::number::{Unit, count, counted, month_name};
use crate::rules::backtest::{self, Backtest, RuleFigures};
use crate::rules::{Excerpt, Range};
use crate::runner::settings_of;
use crate::stage::hotline::Rules;

/// Where the form leads.
pub(super) const ADDRESS: &str = "/rules/try";
/// The longest text of rules: the largest shipped file is a fifth of it.
const MAX_CHARS: usize = 200_000;
/// Examples of each rule, of hits that fired and of those held back.
const N_EXAMPLES: usize = 10;
/// What rules of the form are called in messages, and the name of the file.
const FILE: &str = "own.toml";

/// What the form shows first: a rule that can be run as it is.
const FIRST: &str = r#"[[rule]]
id = "own.rival"
version = 1
category = "churn"
route = "care"
severity = 2
respond_within = "1 business day"
match = '''"going|moving|switching [over] to another|a_different|a_new provider|supplier|bank"'''
[rule.tests]
fires = ["We are moving to another supplier in May"]
silent = ["We would never switch to another supplier"]
"#;

/// The form, empty.
pub(super) fn ask(html: &mut Html, view: &View<'_>, month: Month) {
    form(html, view, FIRST, &month.to_string());
}

/// Tries the rules of the form; asked for as a file, gives them back as one.
pub(super) fn run(view: &View<'_>) -> Result<Answer> {
    // Browsers send line breaks of forms as two characters.
    let text = view.ask.form.text("rules").replace("\r\n", "\n") + "\n";
    if view.ask.form.get("as") == Some("file") {
        return Ok(Answer::file("application/toml", FILE, text.into_bytes()));
    }
    let asked = view.ask.form.text("months");
    let months = match Month::parse(asked) {
        Some(month) => Range { from: Some(month), to: Some(month) },
        None => Range::default(),
    };
    let mut html = Html::default();
    title(&mut html, "HOTLINE rules", "What these rules would hit");
    let (tried, status) = match tried(view, &text, months) {
        Ok(tried) => (tried, 200),
        Err(error @ (Error::Lexicon { .. } | Error::Setting { .. } | Error::InputNotFound { .. })) => (refused(&error), 422),
        Err(error) => return Err(error),
    };
    html.push(&tried);
    html.raw("<h2>The rules</h2>\n");
    form(&mut html, view, &text, asked);
    Ok(view.page(Menu::Rules, "What these rules would hit", &html).status(status))
}

fn form(html: &mut Html, view: &View<'_>, text: &str, months: &str) {
    view.form(html, ADDRESS, "stack wide");
    html.raw(
        "<label>Rules, as a rule file holds them <textarea class=\"code\" name=\"rules\" rows=\"14\" spellcheck=\"false\" required>\n",
    );
    html.text(text).raw("</textarea></label>\n<label>Tried on <select name=\"months\">");
    for known in view.tables.months.iter().rev() {
        option(html, &known.to_string(), &month_name(*known), known.to_string() == months);
    }
    option(html, "all", "all months", months == "all");
    html.raw("</select></label>\n<div class=\"choose\"><button>Try</button> <button class=\"plain\" name=\"as\" value=\"file\">Save as own.toml</button></div></form>\n");
    html.raw("<p class=\"note\">Nothing is changed by trying. To use the rules, keep the file where the settings name it: <code>[hotline] rules = [\"shipped\", \"own.toml\"]</code>.</p>\n");
}

fn tried(view: &View<'_>, text: &str, months: Range) -> Result<Html> {
    let fault = |what: String, hint: &str| Error::Setting { place: FILE.to_owned(), what, hint: Some(hint.to_owned()) };
    if text.chars().count() > MAX_CHARS {
        return Err(fault("is too long".to_owned(), "try fewer rules at once"));
    }
    let rules = Rules::load(&[(FILE.to_owned(), text.to_owned())])?;
    if rules.rules().is_empty() {
        return Err(fault("holds no rule".to_owned(), "a rule begins with `[[rule]]`"));
    }
    let _alone = match view.app.trial.try_lock() {
        Ok(alone) => alone,
        Err(TryLockError::Poisoned(alone)) => alone.into_inner(),
        Err(TryLockError::WouldBlock) => {
            return Err(fault("waits: other rules are being tried".to_owned(), "try again in a moment"));
        }
    };
    let options = backtest::Options {
        months,
        only: Vec::new(),
        n_examples: N_EXAMPLES,
        default_language: settings_of(&view.tables.version)?.language.default,
    };
    let found = backtest::run(&view.app.out, &rules, &options)?;
    let mut html = Html::default();
    examples_of_rules(&mut html, &rules);
    figures(&mut html, &found);
    let cases = view.app.cases.all(&view.tables)?;
    let known: BTreeSet<(&str, &str)> = cases.iter().map(|case| (case.source.as_str(), case.response_id.as_str())).collect();
    for rule in &found.rules {
        hits(&mut html, rule, &known);
    }
    Ok(html)
}

fn refused(error: &Error) -> Html {
    let mut html = Html::default();
    html.raw("<div class=\"error\" role=\"alert\"><p><strong>Not tried.</strong> ").text(&error.to_string()).raw("</p>");
    if let Some(hint) = error.hint() {
        html.raw("<p>").text(&hint).raw("</p>");
    }
    html.raw("</div>\n");
    html
}

/// Whether the rules' own examples come out as they say.
fn examples_of_rules(html: &mut Html, rules: &Rules) {
    let failed = rules.test();
    let n: usize = rules.rules().iter().map(|rule| rule.fires.len() + rule.silent.len()).sum();
    if failed.is_empty() {
        let said = format!("{} of the rules' own came out as they say.", counted(n, "example", "examples"));
        html.raw("<p class=\"done\" role=\"status\">").text(&said).raw("</p>\n");
        return;
    }
    html.raw("<div class=\"error\" role=\"alert\"><p>")
        .text(&format!("{} of {} examples of the rules' own failed:", failed.len(), n))
        .raw("</p><ul>");
    for example in failed {
        html.raw("<li><code>").text(&example.place).raw("</code> “").foreign(&example.text).raw("” ");
        html.text(if example.should_fire { "should fire: " } else { "should not fire: " }).text(&example.found).raw("</li>");
    }
    html.raw("</ul></div>\n");
}

fn figures(html: &mut Html, found: &Backtest) {
    let span = match found.months.as_slice() {
        [only] => only.clone(),
        [first, .., last] => format!("{first} to {last}"),
        [] => String::new(),
    };
    html.raw("<p class=\"total\">").text(&format!("{span}: ")).element("strong", "", &counted(found.n_alerts as usize, "alert", "alerts"));
    html.text(&format!(" in {} responses with {} verbatims.", count(found.base as i64), count(found.n_verbatims as i64))).raw("</p>\n");
    let columns = [
        ("Rule", Align::Words),
        ("Responses", Align::Figures),
        ("Share", Align::Figures),
        ("Hits", Align::Figures),
        ("No other of these rules", Align::Figures),
        ("Held back", Align::Figures),
        ("Why, most often", Align::Words),
    ];
    let mut list = List::new("trial", "What each rule would hit", &columns, "There is no rule.");
    for rule in &found.rules {
        let held: u64 = rule.suppressed.values().sum();
        let why = rule.suppressed.iter().max_by_key(|(reason, n)| (**n, std::cmp::Reverse(*reason)));
        list.row(vec![
            Cell::text(&rule.rule),
            Cell::count(rule.n_responses as i64),
            Cell::figure(rule.share, &Unit::Share.value(rule.share)),
            Cell::count(rule.n_fired as i64),
            Cell::count(rule.n_alone as i64),
            Cell::count(held as i64),
            why.map_or_else(Cell::none, |(reason, n)| Cell::text(&format!("{reason} ({})", count(*n as i64)))),
        ]);
    }
    list.write(html, None);
}

fn hits(html: &mut Html, rule: &RuleFigures, known: &BTreeSet<(&str, &str)>) {
    for (said, examples) in [("would fire on", &rule.examples), ("would be held back on", &rule.suppressed_examples)] {
        if examples.is_empty() {
            continue;
        }
        html.raw("<h2>").foreign(&rule.rule).text(" ").text(said).raw("</h2>\n<ol class=\"hits\">");
        for example in examples {
            html.raw("<li>").push(&hit(example, known)).raw("</li>\n");
        }
        html.raw("</ol>\n");
    }
}

fn hit(example: &Excerpt, known: &BTreeSet<(&str, &str)>) -> Html {
    let mut html = Html::default();
    html.raw("<p class=\"words\"><a").attribute("href", &link::verbatim(&example.verbatim_id)).raw("><bdi>").text(&example.before);
    html.raw(if example.fired { "<mark class=\"hot\">" } else { "<mark class=\"held\">" }).text(&example.matched).raw("</mark>");
    html.text(&example.after).raw("</bdi></a></p>\n<p class=\"facts\">");
    html.element("span", "", &example.month).raw(" ").element("span", "", example.assertion).raw(" ");
    if let Some(by) = &example.suppressed_by {
        html.raw("<span>held back by <bdi>").text(by).raw("</bdi></span> ");
    } else if known.contains(&(example.source.as_str(), example.response_id.as_str())) {
        html.raw("<span>has a case already</span> ");
    } else {
        html.raw("<strong class=\"badge\">new</strong> ");
    }
    html.raw("</p>");
    html
}
