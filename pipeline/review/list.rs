//! How does a list look, on a page and in a file?
//!
//! A list is made once; the page shows it and the export writes the same cells.

use crate::report::html::Html;
use crate::report::number::{NOT_GIVEN, count};

/// A list of a page.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// Name of its files.
    pub(super) name: &'static str,
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// What is said when there are no rows.
    pub(super) empty: &'static str,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) label: &'static str,
    pub(super) align: Align,
}

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Words,
    Figures,
    /// On the page only: buttons and drawings.
    Signs,
}

/// A cell: what the page shows, and what a file holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) html: Html,
    pub(super) text: String,
    pub(super) number: Option<f64>,
}

impl Cell {
    /// What people or settings wrote.
    pub(super) fn text(text: &str) -> Self {
        Self { html: Html::of_foreign(text), text: text.to_owned(), number: None }
    }

    /// The same, leading somewhere.
    pub(super) fn link(text: &str, to: &str) -> Self {
        Self { html: anchor(text, to), text: text.to_owned(), number: None }
    }

    /// A count.
    pub(super) fn count(n: i64) -> Self {
        Self { html: Html::of(&count(n)), text: n.to_string(), number: Some(n as f64) }
    }

    /// A count that leads to what was counted; none: nothing is there to lead to.
    pub(super) fn counted(n: i64, to: &str) -> Self {
        if n == 0 { Self::count(0) } else { Self { html: anchor(&count(n), to), ..Self::count(n) } }
    }

    /// A figure with the way that people read it.
    pub(super) fn figure(value: Option<f64>, shown: &str) -> Self {
        let text = value.map_or_else(String::new, |v| crate::schema::round6(v).to_string());
        Self { html: Html::of(shown), text, number: value.filter(|v| v.is_finite()) }
    }

    /// Markup, and what a file holds in its place.
    pub(super) fn html(html: Html, text: &str) -> Self {
        Self { html, text: text.to_owned(), number: None }
    }

    /// Nothing.
    pub(super) fn none() -> Self {
        Self { html: Html::of(NOT_GIVEN), text: String::new(), number: None }
    }

    /// What may be missing.
    pub(super) fn given(text: Option<&str>) -> Self {
        text.filter(|text| !text.is_empty()).map_or_else(Self::none, Self::text)
    }
}

/// A link with text that people may have written.
pub(super) fn anchor(text: &str, to: &str) -> Html {
    let mut html = Html::default();
    html.raw("<a").attribute("href", to).raw(">").foreign(text).raw("</a>");
    html
}

impl List {
    pub(super) fn new(name: &'static str, caption: &str, columns: &[(&'static str, Align)], empty: &'static str) -> Self {
        let columns = columns.iter().map(|(label, align)| Column { label, align: *align }).collect();
        Self { name, caption: caption.to_owned(), columns, rows: Vec::new(), empty }
    }

    /// Adds a row: one cell a column.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        assert_eq!(cells.len(), self.columns.len(), "one cell a column");
        self.rows.push(cells);
    }

    /// The list as a table, with links to its files where `files` is the address of the page.
    pub(super) fn write(&self, html: &mut Html, files: Option<&str>) {
        if self.rows.is_empty() {
            html.element("p", "empty", self.empty);
            return;
        }
        html.raw("<div class=\"list\" tabindex=\"0\" role=\"region\"").attribute("aria-label", &self.caption).raw("><table>\n<caption>");
        html.foreign(&self.caption).raw("</caption>\n<thead><tr>");
        for column in &self.columns {
            html.raw("<th scope=\"col\"").raw(class(column.align)).raw(">").text(column.label).raw("</th>");
        }
        html.raw("</tr></thead>\n<tbody>\n");
        for cells in &self.rows {
            html.raw("<tr>");
            for (cell, column) in cells.iter().zip(&self.columns) {
                html.raw("<td").raw(class(column.align)).attribute("data-label", column.label).raw(">").push(&cell.html).raw("</td>");
            }
            html.raw("</tr>\n");
        }
        html.raw("</tbody>\n</table></div>\n");
        if let Some(page) = files {
            let with = |kind: &str| format!("{page}{}as={kind}", if page.contains('?') { "&" } else { "?" });
            html.raw("<p class=\"files\">This list as <a").attribute("href", &with("csv")).raw(">CSV</a> or <a");
            html.attribute("href", &with("xlsx")).raw(">XLSX</a></p>\n");
        }
    }
}

fn class(align: Align) -> &'static str {
    match align {
        Align::Words => "",
        Align::Figures => " class=\"figure\"",
        Align::Signs => " class=\"sign\"",
    }
}
