//! What did one person say, and what was made of it?

use super::super::answer::Answer;
use super::super::app::missing;
use super::super::link;
use super::super::list::{Align, Cell, List, anchor};
use super::super::view::{Menu, View, title};
use crate::casework::wording;
use crate::error::Result;
use crate::month::Month;
use crate::report::html::Html;
use crate::report::number::{plain, sentiment, time};
use crate::schema::{clause, hotline_hit, response, score};
use crate::search::Hit;
use crate::stage::sentiment::{Explanation, Scorer};
use crate::text::{Tokens, Verbatim, WordTable};

/// The page of a response.
pub(super) fn page(view: &View<'_>, source: &str, id: &str) -> Result<Answer> {
    show(view, source, id, None, Menu::Search, &link::response(source, id))
}

/// A place in a text that something was found at: characters.
struct Mark {
    from: usize,
    to: usize,
    class: &'static str,
    title: String,
}

/// A row of `hotline_hit`.
struct RuleHit {
    verbatim_id: Option<String>,
    rule_id: String,
    category: Option<String>,
    span: Option<(usize, usize)>,
    matched: Option<String>,
    assertion: Option<String>,
    cue: Option<String>,
    fired: bool,
    suppressed_by: Option<String>,
}

/// A row of `clause`.
struct Clause {
    span: (usize, usize),
    sentiment: Option<f64>,
    theme: Option<String>,
    similarity: Option<f64>,
}

pub(super) fn show(view: &View<'_>, source: &str, id: &str, chosen: Option<&str>, menu: Menu, _here: &str) -> Result<Answer> {
    let Some(searcher) = view.tables.searcher() else {
        return Ok(missing(view, "The search index is being built: try again in a moment."));
    };
    let hits = searcher.response(source, id)?;
    let Some((first, month)) = hits.first().and_then(|hit| Some((hit, hit.month?))) else {
        return Ok(missing(view, "There is no response with this id that says anything in words."));
    };
    let mut html = Html::default();
    title(&mut html, "Response", first.account.as_deref().unwrap_or(id));
    html.raw("<div class=\"columns\">\n<section>\n");
    let rules = rule_hits(view, month, source, id)?;
    let mut table = WordTable::default();
    let mut scorer = Scorer::new(view.app.lexicons()?);
    let mut tokens = Tokens::default();
    for hit in &hits {
        tokens.cut(&hit.text, &mut table);
        let explained = scorer.explain(&Verbatim {
            text: &hit.text,
            words: &tokens.words,
            clauses: &tokens.clauses,
            table: &table,
            language: &hit.language,
        });
        verbatim(&mut html, view, hit, month, &rules, &explained, chosen == Some(hit.verbatim_id.as_str()))?;
    }
    hits_list(&mut html, &rules);
    html.raw("</section>\n<aside aria-label=\"The response\">\n");
    facts(&mut html, view, month, source, id, first)?;
    scores(&mut html, view, month, first)?;
    cases(&mut html, view, source, id)?;
    html.raw("</aside>\n</div>\n");
    Ok(view.page(menu, "Response", &html))
}

fn rule_hits(view: &View<'_>, month: Month, of_source: &str, id: &str) -> Result<Vec<RuleHit>> {
    use hotline_hit::*;
    let mut hits = Vec::new();
    view.tables.rows_with(month, response_id, id, |row| {
        if row.text(source) != Some(of_source) {
            return;
        }
        let char = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok());
        hits.push(RuleHit {
            verbatim_id: row.text(verbatim_id).map(str::to_owned),
            rule_id: row.owned(rule_id),
            category: row.text(category).map(str::to_owned),
            span: char(row.int(start_char)).zip(char(row.int(end_char))),
            matched: row.text(matched_text).map(str::to_owned),
            assertion: row.text(assertion).map(str::to_owned),
            cue: row.text(cue_text).map(str::to_owned),
            fired: row.flag(fired) == Some(true),
            suppressed_by: row.text(suppressed_by).map(str::to_owned),
        });
    })?;
    Ok(hits)
}

fn verbatim(
    html: &mut Html,
    view: &View<'_>,
    hit: &Hit,
    month: Month,
    rules: &[RuleHit],
    explained: &Explanation,
    is_chosen: bool,
) -> Result<()> {
    let clauses = clauses(view, hit, month)?;
    html.raw("<article").attribute("id", &hit.verbatim_id).raw(if is_chosen {
        " class=\"verbatim chosen\">"
    } else {
        " class=\"verbatim\">"
    });
    html.raw("<h2>").foreign(hit.question.as_deref().unwrap_or("Comment")).raw("</h2>\n<blockquote");
    html.attribute("lang", if hit.language == "und" { "" } else { &hit.language }).raw("><p>");
    marked(html, &hit.text, &marks(hit, rules, explained));
    html.raw("</p></blockquote>\n<p class=\"facts\">");
    if let Some(score) = hit.sentiment {
        html.raw("<span")
            .attribute("class", super::search::tone(score))
            .raw(">")
            .text(&format!("sentiment {}", sentiment(Some(score))))
            .raw("</span> ");
    }
    html.element("span", "", &format!("language {}", hit.language)).raw(" ");
    html.raw("<a").attribute("href", &link::verbatim(&hit.verbatim_id)).raw(">address of this verbatim</a></p>\n");
    let columns = [
        ("Clause", Align::Words),
        ("Theme", Align::Words),
        ("Nearness", Align::Figures),
        ("Sentiment", Align::Figures),
        ("Terms", Align::Words),
    ];
    let mut list =
        List::new("clauses", &format!("Clauses of: {}", hit.question.as_deref().unwrap_or("comment")), &columns, "It has no words.");
    for clause in &clauses {
        let text: String = hit.text.chars().skip(clause.span.0).take(clause.span.1.saturating_sub(clause.span.0)).collect();
        let theme = clause.theme.as_deref();
        list.row(vec![
            Cell::text(&text),
            theme.map_or_else(Cell::none, |id| Cell::link(view.tables.themes.label(id), &link::theme(id))),
            Cell::figure(clause.similarity, &clause.similarity.map_or_else(|| "–".to_owned(), |s| plain(s, 2))),
            Cell::figure(clause.sentiment, &sentiment(clause.sentiment)),
            Cell::text(&terms(explained, clause.span)),
        ]);
    }
    list.write(html, None);
    html.raw("</article>\n");
    Ok(())
}

fn clauses(view: &View<'_>, hit: &Hit, month: Month) -> Result<Vec<Clause>> {
    let mut clauses = Vec::new();
    view.tables.rows::<clause::Column>(month, hit.places.clauses, |row| {
        if row.text(clause::verbatim_id) == Some(&hit.verbatim_id) {
            let char = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
            clauses.push(Clause {
                span: (char(row.int(clause::start_char)), char(row.int(clause::end_char))),
                sentiment: row.float(clause::sentiment),
                theme: row.text(clause::theme_id).map(str::to_owned),
                similarity: row.float(clause::theme_similarity),
            });
        }
    })?;
    Ok(clauses)
}

/// The sentiment terms of a clause with what changed them: "not good (negated by not) −1.4".
fn terms(explained: &Explanation, span: (usize, usize)) -> String {
    let in_span = |at: i32| usize::try_from(at).is_ok_and(|at| (span.0..span.1).contains(&at));
    let all = explained.clauses.iter().flat_map(|clause| &clause.terms).filter(|term| in_span(term.start_char));
    let said = all.map(|term| {
        let changes: Vec<String> =
            term.changes.iter().map(|c| c.by.as_ref().map_or_else(|| c.what.to_owned(), |by| format!("{} by “{by}”", c.what))).collect();
        let changed = if changes.is_empty() { String::new() } else { format!(" ({})", changes.join(", ")) };
        format!("{} {}{changed}", term.text, crate::report::number::signed(term.value, 1))
    });
    said.collect::<Vec<_>>().join("; ")
}

/// Places of rules first: where they overlap terms of sentiment they are what somebody has to see.
fn marks(hit: &Hit, rules: &[RuleHit], explained: &Explanation) -> Vec<Mark> {
    let mut marks = Vec::new();
    for rule in rules.iter().filter(|rule| rule.verbatim_id.as_deref() == Some(hit.verbatim_id.as_str())) {
        let Some((from, to)) = rule.span else { continue };
        let (class, title) = if rule.fired {
            ("hot", format!("HOTLINE rule {} fired", rule.rule_id))
        } else {
            ("held", format!("HOTLINE rule {} did not fire: {}", rule.rule_id, rule.suppressed_by.as_deref().unwrap_or("suppressed")))
        };
        marks.push(Mark { from, to, class, title });
    }
    for term in explained.clauses.iter().flat_map(|clause| &clause.terms) {
        if let (Ok(from), Ok(to)) = (usize::try_from(term.start_char), usize::try_from(term.end_char)) {
            let class = if term.value < 0.0 { "bad" } else { "good" };
            marks.push(Mark { from, to, class, title: format!("counts {}", crate::report::number::signed(term.value, 1)) });
        }
    }
    // Of marks that overlap the first stays.
    let mut kept: Vec<Mark> = Vec::new();
    for mark in marks {
        if mark.from < mark.to && kept.iter().all(|known| mark.to <= known.from || known.to <= mark.from) {
            kept.push(mark);
        }
    }
    kept.sort_by_key(|mark| mark.from);
    kept
}

fn marked(html: &mut Html, text: &str, marks: &[Mark]) {
    let mut at = 0;
    let slice = |from: usize, to: usize| -> String { text.chars().skip(from).take(to.saturating_sub(from)).collect() };
    html.raw("<bdi>");
    for mark in marks {
        html.text(&slice(at, mark.from));
        html.raw("<mark")
            .attribute("class", mark.class)
            .attribute("title", &mark.title)
            .raw(">")
            .text(&slice(mark.from, mark.to))
            .raw("</mark>");
        at = mark.to;
    }
    html.text(&slice(at, usize::MAX)).raw("</bdi>");
}

fn hits_list(html: &mut Html, rules: &[RuleHit]) {
    if rules.is_empty() {
        return;
    }
    let columns = [
        ("Rule", Align::Words),
        ("About", Align::Words),
        ("Matched", Align::Words),
        ("Meant", Align::Words),
        ("Fired", Align::Words),
        ("Why not", Align::Words),
    ];
    let mut list = List::new("hits", "HOTLINE rules that matched", &columns, "");
    for rule in rules {
        let meant = match (&rule.assertion, &rule.cue) {
            (Some(assertion), Some(cue)) => format!("{assertion} (“{cue}”)"),
            (Some(assertion), None) => assertion.clone(),
            _ => String::new(),
        };
        list.row(vec![
            Cell::link(&rule.rule_id, &link::search(&[(if rule.fired { "rule" } else { "suppressed" }, &rule.rule_id)])),
            Cell::given(rule.category.as_deref().map(wording::category).as_deref()),
            Cell::given(rule.matched.as_deref()),
            Cell::given(Some(&meant)),
            Cell::text(if rule.fired { "yes" } else { "no" }),
            Cell::given(rule.suppressed_by.as_deref()),
        ]);
    }
    html.raw("<h2>HOTLINE rules</h2>\n");
    list.write(html, None);
}

fn facts(html: &mut Html, view: &View<'_>, month: Month, source: &str, id: &str, first: &Hit) -> Result<()> {
    html.raw("<h2>Response</h2>\n<dl class=\"facts\">");
    let row = first.places.response.map_or((0, 0), |row| (row, row + 1));
    view.tables.rows::<response::Column>(month, row, |row| {
        // The row of another response: tables that are newer than the index.
        if row.text(response::response_id) != Some(id) {
            return;
        }
        let mut fact = |name: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                html.element("dt", "", name).raw("<dd>").foreign(value).raw("</dd>");
            }
        };
        fact("Account", row.text(response::account_name).or(row.text(response::account_id)));
        fact("Person", row.text(response::contact_name));
        fact("Job", row.text(response::contact_title));
        fact("Role", row.text(response::contact_role));
        fact("Received", row.int(response::received_at).map(|at| time(Some(at))).as_deref());
        fact("Month", Some(&month.to_string()));
        fact("Segment", row.text(response::segment));
        fact("Channel", row.text(response::channel));
        fact("Product", row.text(response::product));
        fact("Area", row.text(response::area));
        fact("May be shared", row.text(response::share_consent));
        fact("From file", row.text(response::source_file));
        fact("Row", row.int(response::source_row).map(|n| n.to_string()).as_deref());
    })?;
    html.element("dt", "", "Source").raw("<dd>").foreign(source).raw("</dd>");
    html.element("dt", "", "Id").raw("<dd>").foreign(id).raw("</dd></dl>\n");
    Ok(())
}

fn scores(html: &mut Html, view: &View<'_>, month: Month, first: &Hit) -> Result<()> {
    let mut rows = Vec::new();
    view.tables.rows::<score::Column>(month, first.places.scores, |row| {
        if row.text(score::response_id) == Some(&first.response_id) && row.text(score::source) == Some(&first.source) {
            rows.push((row.owned(score::measure), row.float(score::value), row.float(score::scale_low), row.float(score::scale_high)));
        }
    })?;
    if rows.is_empty() {
        return Ok(());
    }
    html.raw("<h2>Scores</h2>\n<dl class=\"facts\">");
    for (measure, value, low, high) in rows {
        let figure = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| plain(v, if v.fract() == 0.0 { 0 } else { 1 }));
        html.raw("<dt>").foreign(&measure.replace('_', " ")).raw("</dt><dd>");
        html.text(&format!("{} on {} to {}", figure(value), figure(low), figure(high))).raw("</dd>");
    }
    html.raw("</dl>\n");
    Ok(())
}

fn cases(html: &mut Html, view: &View<'_>, source: &str, id: &str) -> Result<()> {
    let all = view.app.cases.all(&view.tables)?;
    let mut cases = all.iter().filter(|case| case.source == source && case.response_id == id).peekable();
    if cases.peek().is_some() {
        html.raw("<h2>HOTLINE cases</h2>\n<ul>");
        for case in cases {
            html.raw("<li>").push(&anchor(&case.route, &link::case(&case.hotline_id))).raw(" ");
            html.element("span", "note", case.state.status.as_str()).raw("</li>");
        }
        html.raw("</ul>\n");
    }
    Ok(())
}
