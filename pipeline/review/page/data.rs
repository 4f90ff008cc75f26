//! Which rows could not be used, and how good is the rest?

use std::collections::BTreeMap;

use super::super::answer::Answer;
use super::super::export;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, pages, title};
use crate::error::Result;
use crate::month::Month;
use crate::report::html::Html;
use crate::report::number::{Unit, count};
use crate::report::row::each_row;
use crate::schema::reject as col;

/// Rejects on a page.
const N_REJECTS: usize = 100;
/// Rejects in a file.
const N_EXPORTED: usize = 50_000;

/// The page.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    use col::*;
    let asked = view.ask.query.get("reason");
    let page = view.ask.query.number("page").unwrap_or(1).max(1);
    let is_file = view.ask.query.get("as").is_some();
    let (from, to) = if is_file { (0, N_EXPORTED) } else { ((page - 1).saturating_mul(N_REJECTS), page.saturating_mul(N_REJECTS)) };
    let columns = [
        ("Source", Align::Words),
        ("File", Align::Words),
        ("Row", Align::Figures),
        ("Line", Align::Figures),
        ("Column", Align::Words),
        ("Reason", Align::Words),
        ("What was found", Align::Words),
        ("The row, redacted", Align::Words),
    ];
    let mut list = List::new("rejects", "Rows that could not be used", &columns, "Every row could be used.");
    let mut reasons: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut n = 0;
    let all = [source, source_file, source_row, line, column, reason, detail, raw];
    each_row(&view.tables.version, Month::new(1970, 1), &all, |row| {
        *reasons.entry((row.owned(source), row.owned(reason))).or_default() += 1;
        if asked.is_some_and(|asked| row.text(reason) != Some(asked)) {
            return;
        }
        if (from..to).contains(&n) {
            let figure = |value: Option<i64>| value.map_or_else(Cell::none, Cell::count);
            list.row(vec![
                Cell::given(row.text(source)),
                Cell::given(row.text(source_file)),
                figure(row.int(source_row)),
                figure(row.int(line)),
                Cell::given(row.text(column)),
                Cell::given(row.text(reason)),
                Cell::given(row.text(detail)),
                Cell::given(row.text(raw).map(|text| text.chars().take(300).collect::<String>()).as_deref()),
            ]);
        }
        n += 1;
    })?;
    if let Some(file) = export::file(&list, view.ask.query.get("as")) {
        return Ok(file);
    }
    let mut html = Html::default();
    title(&mut html, "Data quality", "What the last run made of its input");
    quality(&mut html, view);
    html.raw("<h2>Rows that could not be used</h2>\n");
    let mut by_reason = List::new(
        "reasons",
        "By reason",
        &[("Source", Align::Words), ("Reason", Align::Words), ("Rows", Align::Figures)],
        "Every row could be used.",
    );
    for ((of_source, of_reason), n) in &reasons {
        let to = format!("/data?reason={}", super::super::ask::encode(of_reason));
        by_reason.row(vec![Cell::given(Some(of_source)), Cell::text(of_reason), Cell::counted(*n, &to)]);
    }
    by_reason.write(&mut html, None);
    if !list.rows.is_empty() {
        html.raw("<h2>One by one</h2>\n");
        list.write(&mut html, Some(&format!("/data{}", view.ask.query.with("as", None))));
        pages(&mut html, view.ask, page, n.div_ceil(N_REJECTS));
    }
    Ok(view.page(Menu::Data, "Data quality", &html))
}

fn quality(html: &mut Html, view: &View<'_>) {
    let manifest = &view.tables.manifest;
    let number = |path: &[&str]| path.iter().try_fold(manifest, |at, key| at.get(*key)).and_then(serde_json::Value::as_i64);
    html.raw("<dl class=\"facts\">");
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            html.element("dt", "", name).raw("<dd>").text(&value).raw("</dd>");
        }
    };
    let counted = |path: &[&str]| number(path).map(count);
    fact("Rows read", counted(&["rows", "read"]));
    fact("New", counted(&["rows", "new"]));
    fact("Replacing earlier ones", counted(&["rows", "replacing"]));
    fact("Unchanged", counted(&["rows", "unchanged"]));
    fact("Replaced within the input", counted(&["rows", "superseded"]));
    fact("Rejected", counted(&["rows", "rejected"]));
    fact("Verbatims", counted(&["verbatims", "verbatims"]));
    fact("Pieces of personal data replaced", counted(&["verbatims", "redactions"]));
    fact("Broken characters mended", counted(&["verbatims", "repairs"]));
    let residual = manifest.get("verbatims").and_then(|v| v.get("residual_share")).and_then(serde_json::Value::as_f64);
    fact("Clauses near no theme", residual.map(|share| Unit::Share.value(Some(share))));
    html.raw("</dl>\n");
    let warnings: Vec<&str> =
        manifest.get("warnings").and_then(|w| w.as_array()).into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
    if !warnings.is_empty() {
        html.raw("<h2>What the run warned of</h2>\n<ul>");
        for warning in warnings {
            html.raw("<li>").foreign(warning).raw("</li>");
        }
        html.raw("</ul>\n");
    }
}
