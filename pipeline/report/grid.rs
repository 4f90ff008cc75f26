//! How does a table of the pack look, and where can its figures be found again?
//!
//! Every table has a caption with the published table that it came from and the filter that finds its rows.

use super::html::Html;
use crate::schema::{ColumnOf, Table};

/// The rows of a published table that a figure came from.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    table: &'static str,
    select: Option<&'static str>,
    terms: Vec<String>,
    ending: String,
}

impl Origin {
    /// All rows of a table.
    pub(super) fn of(table: &'static Table) -> Self {
        Self { table: table.name, select: None, terms: Vec::new(), ending: String::new() }
    }

    /// Only rows where a column has this text.
    pub(super) fn text<C: ColumnOf>(self, column: C, value: &str) -> Self {
        self.term(column, &format!("= '{}'", value.replace('\'', "''")))
    }

    /// Only rows where a column has this integer.
    pub(super) fn number<C: ColumnOf>(self, column: C, value: i64) -> Self {
        self.term(column, &format!("= {value}"))
    }

    /// Only rows of this day, written YYYY-MM-DD.
    pub(super) fn day<C: ColumnOf>(self, column: C, day: &str) -> Self {
        self.term(column, &format!("= DATE '{day}'"))
    }

    /// Only rows where a column meets a condition: `IS NULL`, `> 0`.
    pub(super) fn term<C: ColumnOf>(mut self, column: C, condition: &str) -> Self {
        self.terms.push(format!("{} {condition}", C::TABLE.columns[column.index()].name));
        self
    }

    /// What is read, where it is not whole rows.
    pub(super) fn select(mut self, columns: &'static str) -> Self {
        self.select = Some(columns);
        self
    }

    /// What follows the filter: `ORDER BY …`, `LIMIT …`.
    pub(super) fn ending(mut self, ending: &str) -> Self {
        self.ending = format!(" {ending}");
        self
    }

    /// As SQL.
    pub(super) fn sql(&self) -> String {
        let filter = if self.terms.is_empty() { String::new() } else { format!(" WHERE {}", self.terms.join(" AND ")) };
        let select = self.select.map_or_else(String::new, |columns| format!("SELECT {columns} "));
        format!("{select}FROM {}{filter}{}", self.table, self.ending)
    }
}

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Words that people or settings gave, at the left; broken anywhere if they must.
    Words,
    /// Words of the program, at the left, never broken.
    Terms,
    /// Figures, at the right.
    Figures,
}

/// A table of at most so many rows stands on one printed page.
const N_SHORT: usize = 12;

/// A table of the pack.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    title: String,
    origin: Origin,
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<Html>>,
}

impl Grid {
    /// A table without rows.
    pub(super) fn new(title: &str, origin: Origin, columns: &[(&'static str, Align)]) -> Self {
        Self { title: title.to_owned(), origin, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// A table for people outside, who have no tables to look it up in.
    pub(super) fn plain(title: &str, columns: &[(&'static str, Align)]) -> Self {
        let origin = Origin { table: "", select: None, terms: Vec::new(), ending: String::new() };
        Self { title: title.to_owned(), origin, columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row: one cell a column.
    pub(super) fn row(&mut self, cells: Vec<Html>) {
        assert_eq!(cells.len(), self.columns.len(), "one cell a column");
        self.rows.push(cells);
    }

    /// The table as markup.
    pub(super) fn write(&self, html: &mut Html) {
        html.raw(if self.rows.len() <= N_SHORT { "<table class=\"short\">" } else { "<table>" });
        html.raw("\n<caption>").foreign(&self.title);
        if !self.origin.table.is_empty() {
            html.raw(" <span class=\"origin\">Source: ").element("code", "", &self.origin.sql()).raw("</span>");
        }
        html.raw("</caption>\n<thead><tr>");
        for (label, align) in &self.columns {
            html.raw("<th scope=\"col\"").raw(class(*align)).raw(">").text(label).raw("</th>");
        }
        html.raw("</tr></thead>\n<tbody>\n");
        for cells in &self.rows {
            html.raw("<tr>");
            for (cell, (label, align)) in cells.iter().zip(&self.columns) {
                html.raw("<td").raw(class(*align)).attribute("data-label", label).raw("><div>").push(cell).raw("</div></td>");
            }
            html.raw("</tr>\n");
        }
        html.raw("</tbody>\n</table>\n");
    }
}

fn class(align: Align) -> &'static str {
    match align {
        Align::Words => "",
        Align::Terms => " class=\"term\"",
        Align::Figures => " class=\"figure\"",
    }
}
