//! Which verbatims say this? The page.

use super::super::answer::Answer;
use super::super::export;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, hidden, option, pages, title};
use crate::error::{Error, Result};
use crate::report::html::Html;
use crate::report::number::{count, counted, sentiment};
use crate::search::{FacetValue, Facets, Found, Hit, Request, Searcher, Sort, snippet};

/// Verbatims on a page.
const N_HITS: usize = 25;
/// Verbatims in a file.
const N_EXPORTED: usize = 10_000;
/// Values shown of a facet.
const N_VALUES: usize = 8;
/// Characters of a text shown in a list.
const N_CHARS: usize = 360;

/// The page of a search.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    let query = view.ask.query.text("q");
    let Some(searcher) = view.tables.searcher() else {
        let mut html = Html::default();
        title(&mut html, "", "Search");
        return Ok(view.page(Menu::Search, "Search", &html));
    };
    let sort = view.ask.query.get("sort").and_then(Sort::parse);
    let page = view.ask.query.number("page").unwrap_or(1).clamp(1, 400);
    if let Some(kind) = view.ask.query.get("as") {
        let request = Request { query, sort, offset: 0, limit: N_EXPORTED, with_facets: false };
        let found = searcher.find(request, &view.tables.themes)?;
        if let Some(file) = export::file(&list(view, &found), Some(kind)) {
            return Ok(file);
        }
    }
    let request = Request { query, sort, offset: (page - 1) * N_HITS, limit: N_HITS, with_facets: true };
    let found = match searcher.find(request, &view.tables.themes) {
        Ok(found) => found,
        Err(error) if error.is_query() => return Ok(unreadable(view, query, &error)),
        Err(error) => return Err(error),
    };
    Ok(view.page(Menu::Search, if query.is_empty() { "Search" } else { query }, &body(view, &searcher, query, page, &found)))
}

/// A query that cannot be read: where, and what is accepted.
fn unreadable(view: &View<'_>, query: &str, error: &Error) -> Answer {
    let mut html = Html::default();
    title(&mut html, "", "Search");
    html.raw("<div class=\"error\" role=\"alert\"><p>").text(&error.to_string()).raw("</p>");
    if let Error::Query { at, .. } = error {
        let before: String = query.chars().take(*at).collect();
        let here: String = query.chars().skip(*at).take(1).collect();
        let after: String = query.chars().skip(at + 1).collect();
        html.raw("<p><code>")
            .foreign(&before)
            .raw("<mark>")
            .foreign(if here.is_empty() { "␣" } else { &here })
            .raw("</mark>")
            .foreign(&after)
            .raw("</code></p>");
    }
    if let Some(hint) = error.hint() {
        html.raw("<p>").text(&hint).raw("</p>");
    }
    html.raw("</div>\n");
    help(&mut html);
    view.page(Menu::Search, "Search", &html).status(400)
}

fn body(view: &View<'_>, searcher: &Searcher, query: &str, page: usize, found: &Found) -> Html {
    let mut html = Html::default();
    title(&mut html, "Search", if query.is_empty() { "All verbatims" } else { query });
    html.raw("<div class=\"found\"><p class=\"total\"><strong>");
    html.text(&counted(found.total as usize, "verbatim", "verbatims")).raw("</strong>");
    html.text(&format!(" of {}", count(searcher.n_verbatims() as i64))).raw("</p>\n<form class=\"choose\" action=\"/search\">");
    hidden(&mut html, "q", query);
    html.raw("<label>Order <select name=\"sort\" data-submit>");
    for (sort, label) in [
        (Sort::Relevance, "best match"),
        (Sort::Newest, "newest"),
        (Sort::Oldest, "oldest"),
        (Sort::MostNegative, "most negative"),
        (Sort::MostPositive, "most positive"),
    ] {
        option(&mut html, sort.name(), label, sort == found.sort);
    }
    html.raw("</select></label><button>Show</button></form></div>\n<div class=\"columns\">\n<section aria-label=\"Verbatims\">\n");
    if found.hits.is_empty() {
        html.element("p", "empty", "No verbatim says this.");
        help(&mut html);
    }
    html.raw("<ol class=\"hits\">");
    for hit in &found.hits {
        html.raw("<li>").push(&self::hit(view, hit)).raw("</li>\n");
    }
    html.raw("</ol>\n");
    pages(&mut html, view.ask, page, (found.total as usize).min(N_EXPORTED).div_ceil(N_HITS));
    if found.total > 0 {
        let to = |kind: &str| format!("/search{}", view.ask.query.with("as", Some(kind)));
        html.raw("<p class=\"files\">The first 10,000 as <a").attribute("href", &to("csv")).raw(">CSV</a> or <a");
        html.attribute("href", &to("xlsx")).raw(">XLSX</a></p>\n");
    }
    html.raw("</section>\n<aside aria-label=\"How they part\">\n");
    facets(&mut html, query, &found.facets);
    html.raw("</aside>\n</div>\n");
    html
}

/// A verbatim in a list of verbatims.
pub(super) fn hit(view: &View<'_>, hit: &Hit) -> Html {
    let mut html = Html::default();
    let cut = snippet(&hit.text, &hit.marks, N_CHARS);
    html.raw("<p class=\"words\"").attribute("lang", if hit.language == "und" { "" } else { &hit.language }).raw("><a");
    html.attribute("href", &link::verbatim(&hit.verbatim_id)).raw("><bdi>").raw(if cut.is_cut_before { "… " } else { "" });
    for (piece, is_mark) in &cut.pieces {
        if *is_mark {
            html.raw("<mark>").text(piece).raw("</mark>");
        } else {
            html.text(piece);
        }
    }
    html.raw(if cut.is_cut_after { " …" } else { "" }).raw("</bdi></a></p>\n<p class=\"facts\">");
    if let Some(month) = hit.month {
        fact(&mut html, &month.to_string());
    }
    if let Some(account) = &hit.account {
        html.raw("<a").attribute("href", &link::search(&[("account_id", account)])).raw(">").foreign(account).raw("</a> ");
    }
    if let Some(nps) = hit.nps {
        fact(&mut html, &format!("NPS {nps}"));
    }
    if let Some(score) = hit.sentiment {
        html.raw("<span").attribute("class", tone(score)).raw(">").text(&format!("sentiment {}", sentiment(Some(score)))).raw("</span> ");
    }
    if let Some(theme) = &hit.primary_theme {
        html.raw("<a").attribute("href", &link::theme(theme)).raw(">").foreign(view.tables.themes.label(theme)).raw("</a> ");
    }
    for route in &hit.routes {
        html.raw("<strong class=\"badge\">HOTLINE ").foreign(route).raw("</strong> ");
    }
    html.raw("</p>");
    html
}

fn fact(html: &mut Html, text: &str) {
    html.element("span", "", text).raw(" ");
}

/// The class of a sentiment; its figure stands beside it.
pub(super) fn tone(score: f64) -> &'static str {
    if score <= -0.05 {
        "bad"
    } else if score >= 0.05 {
        "good"
    } else {
        "flat"
    }
}

fn facets(html: &mut Html, query: &str, facets: &Facets) {
    let all: [(&str, &str, &Vec<FacetValue>); 5] = [
        ("Theme", "theme", &facets.theme),
        ("Month", "month", &facets.month),
        ("Area", "area", &facets.area),
        ("Segment", "segment", &facets.segment),
        ("HOTLINE route", "hotline", &facets.route),
    ];
    for (label, field, values) in all.into_iter().filter(|(_, _, values)| !values.is_empty()) {
        html.raw("<section class=\"facet\">").element("h2", "", label).raw("<ul>");
        for value in values.iter().take(N_VALUES) {
            let term = link::term(field, &value.value);
            let narrowed = if query.is_empty() { term } else { format!("{} {term}", grouped(query)) };
            html.raw("<li><a").attribute("href", &format!("/search?q={}", super::super::ask::encode(&narrowed))).raw(">");
            html.foreign(&value.label).raw("</a> ").element("span", "n", &count(value.n as i64)).raw("</li>");
        }
        html.raw("</ul>");
        if values.len() > N_VALUES {
            html.element("p", "note", &format!("and {} more", count((values.len() - N_VALUES) as i64)));
        }
        html.raw("</section>\n");
    }
}

/// A query that something can be added to: OR binds less than what is added.
fn grouped(query: &str) -> String {
    if query.contains(" OR ") && !query.starts_with('(') { format!("({query})") } else { query.to_owned() }
}

fn help(html: &mut Html) {
    html.raw(
        "<details class=\"help\" open><summary>What a query can say</summary><dl>\
         <dt><code>late fee</code></dt><dd>both words, in any form</dd>\
         <dt><code>\"late fee\"</code></dt><dd>these words in this order, as written</dd>\
         <dt><code>late OR slow</code>, <code>-waived</code></dt><dd>either; without</dd>\
         <dt><code>refund*</code>, <code>refnd~1</code></dt><dd>beginnings; words with a letter wrong</dd>\
         <dt><code>theme:billing account:acme month:&gt;=2026-07</code></dt><dd>fields: theme, account, month, nps, hotline, sentiment, area, segment, channel, product, source, language, rule</dd>\
         <dt><code>nps:&lt;=6 sentiment:&lt;0 hotline:care</code></dt><dd>figures and routes; <code>any</code> and <code>none</code> for routes and themes</dd>\
         </dl></details>\n",
    );
}

/// What was found, as a list for files.
fn list(view: &View<'_>, found: &Found) -> List {
    let columns = [
        ("Verbatim", Align::Words),
        ("Response", Align::Words),
        ("Source", Align::Words),
        ("Month", Align::Words),
        ("Account", Align::Words),
        ("Question", Align::Words),
        ("Text", Align::Words),
        ("NPS answer", Align::Figures),
        ("Sentiment", Align::Figures),
        ("Theme", Align::Words),
        ("HOTLINE", Align::Words),
    ];
    let mut list = List::new("verbatims", "Verbatims", &columns, "No verbatim says this.");
    for hit in &found.hits {
        list.row(vec![
            Cell::text(&hit.verbatim_id),
            Cell::text(&hit.response_id),
            Cell::text(&hit.source),
            Cell::given(hit.month.map(|month| month.to_string()).as_deref()),
            Cell::given(hit.account.as_deref()),
            Cell::given(hit.question.as_deref()),
            Cell::text(&hit.text),
            Cell::figure(hit.nps.map(|n| n as f64), ""),
            Cell::figure(hit.sentiment, ""),
            Cell::given(hit.primary_theme.as_deref().map(|id| view.tables.themes.label(id))),
            Cell::text(&hit.routes.join(", ")),
        ]);
    }
    list
}
