//! How do the tables hang together, and what may be added up?
//!
//! For whoever builds a model of the tables in a BI tool: which columns lead to which table, which figures follow from which
//! rows, and which columns have to be held to one value because a table holds the same responses several times.
//! `outspoken schema --json` prints it, so that a description of the tables cannot drift from the tables.

use super::{Layout, TABLES, Table};

/// Columns of one table that hold the key of another: many rows lead to one.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Reference {
    /// The columns; where one of them is null, the row leads nowhere.
    pub columns: &'static [&'static str],
    /// The table that they lead to.
    pub table: &'static str,
    /// Its columns, in the same order: its key.
    pub to: &'static [&'static str],
}

/// A figure over any selection of rows of one table.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Measure {
    /// Its name, unique among all measures.
    pub name: &'static str,
    /// The table whose rows it is taken over.
    #[serde(skip)]
    pub table: &'static str,
    /// SQL as DuckDB, Spark and PostgreSQL understand it; null over no rows unless it counts.
    pub sql: &'static str,
    /// Whether the figures of two months, or of two accounts, add up to that of both; else it is taken over all rows again.
    pub adds_up: bool,
    /// What it says.
    pub description: &'static str,
    /// Its unit, where it has one.
    pub unit: Option<&'static str>,
}

impl Table {
    /// Where its columns lead.
    pub fn references(&self) -> impl Iterator<Item = &'static Reference> {
        let name = self.name;
        REFERENCES.iter().filter(move |(from, _)| *from == name).map(|(_, reference)| reference)
    }

    /// The figures that its rows give.
    pub fn measures(&self) -> impl Iterator<Item = &'static Measure> {
        let name = self.name;
        MEASURES.iter().filter(move |measure| measure.table == name)
    }

    /// Columns to hold to one value before its rows are added up, with the value that stands for everything.
    pub fn hold(&self) -> &'static [(&'static str, &'static str)] {
        HOLD.iter().find(|(table, _)| *table == self.name).map_or(&[], |(_, columns)| columns)
    }

    /// Its files, below the output directory.
    pub fn path(&self) -> String {
        match self.layout {
            Layout::Month => format!("tables/{}/p_month=*/*.parquet", self.name),
            Layout::Dimension => format!("tables/{}/*.parquet", self.name),
        }
    }

    /// All that is declared of it, for `outspoken schema --json`.
    pub fn json(&self) -> serde_json::Value {
        let hold: serde_json::Map<String, serde_json::Value> =
            self.hold().iter().map(|(column, value)| ((*column).to_owned(), (*value).into())).collect();
        serde_json::json!({
            "name": self.name,
            "layout": self.layout,
            "path": self.path(),
            "partition": (self.layout == Layout::Month).then_some("p_month"),
            "description": self.description,
            "key": self.key,
            "references": self.references().collect::<Vec<_>>(),
            "hold": hold,
            "measures": self.measures().collect::<Vec<_>>(),
            "columns": self.columns,
        })
    }
}

/// A view over each table, with its meaning as comments, for DuckDB; `folder` is the output directory.
pub fn duckdb_views(folder: &str) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let name = |text: &str| format!("\"{text}\"");
    let mut sql = String::from(
        "-- A view over each table. Printed by `outspoken schema --duckdb`; paths are relative to where DuckDB is started\n\
         -- unless it was printed with `--out DIR`. Times are UTC.\n\
         SET TimeZone = 'UTC';\n",
    );
    for table in TABLES {
        let prefix = if folder.is_empty() { String::new() } else { format!("{}/", folder.trim_end_matches('/')) };
        let hive = table.layout == Layout::Month;
        let path = quoted(&format!("{prefix}{}", table.path()));
        let key = if table.key.is_empty() { String::new() } else { format!(" Key: {}.", table.key.join(", ")) };
        sql.push_str(&format!(
            "\nCREATE OR REPLACE VIEW {view} AS\n  SELECT * FROM read_parquet({path}, hive_partitioning = {hive}, union_by_name = true);\n\
             COMMENT ON VIEW {view} IS {about};\n",
            view = name(table.name),
            about = quoted(&format!("{}{key}", table.description)),
        ));
        for column in table.columns {
            let unit = column.unit.map_or_else(String::new, |unit| format!(" [{unit}]"));
            let null = column.null.map_or_else(String::new, |null| format!(" Null: {null}."));
            let about = quoted(&format!("{}{unit}{null}", column.description));
            sql.push_str(&format!("COMMENT ON COLUMN {}.{} IS {about};\n", name(table.name), name(column.name)));
        }
    }
    sql
}

const RESPONSE: Reference = Reference { columns: &["source", "response_id"], table: "response", to: &["source", "response_id"] };
const fn verbatim(columns: &'static [&'static str]) -> Reference {
    Reference { columns, table: "verbatim", to: &["verbatim_id"] }
}
const fn theme(columns: &'static [&'static str]) -> Reference {
    Reference { columns, table: "theme", to: &["theme_id"] }
}

/// By table; `outspoken` never writes a key that leads nowhere.
const REFERENCES: &[(&str, Reference)] = &[
    ("response_attribute", RESPONSE),
    ("verbatim", RESPONSE),
    ("verbatim", verbatim(&["duplicate_of"])),
    ("verbatim", theme(&["primary_theme_id"])),
    ("verbatim", theme(&["found_theme_id"])),
    ("clause", verbatim(&["verbatim_id"])),
    ("clause", theme(&["theme_id"])),
    ("clause", theme(&["found_theme_id"])),
    ("hotline_hit", RESPONSE),
    ("hotline_hit", verbatim(&["verbatim_id"])),
    ("hotline", RESPONSE),
    ("hotline", Reference { columns: &["linked_to"], table: "hotline", to: &["hotline_id"] }),
    ("score", RESPONSE),
    ("theme", theme(&["parent_id"])),
    ("theme", theme(&["merged_into"])),
    ("theme", verbatim(&["example_verbatim_id"])),
    ("theme_month", theme(&["theme_id"])),
    ("initiative_month", theme(&["theme_id"])),
];

/// Tables of figures hold the same responses once for each window, dimension and statistic; one value of each is a clean selection.
const HOLD: &[(&str, &[(&str, &str)])] = &[
    ("theme_month", &[("dimension", "all")]),
    ("kpi_month", &[("window_months", "1"), ("dimension", "all"), ("measure", ""), ("statistic", "")]),
    ("coverage_month", &[("window_months", "1"), ("dimension", "all")]),
];

const fn count(name: &'static str, table: &'static str, sql: &'static str, description: &'static str) -> Measure {
    Measure { name, table, sql, adds_up: true, description, unit: None }
}
const fn ratio(name: &'static str, table: &'static str, sql: &'static str, description: &'static str, unit: &'static str) -> Measure {
    Measure { name, table, sql, adds_up: false, description, unit: Some(unit) }
}

/// All measures; the conformance suite computes each and holds it against the tables of figures.
pub const MEASURES: &[Measure] = &[
    count("responses", "response", "count(*)", "Responses."),
    count("hotline_responses", "response", "sum(case when is_hotline then 1 else 0 end)", "Responses with a HOTLINE case."),
    count("recommend_answers", "response", "count(nps_score)", "Base of NPS."),
    ratio(
        "nps",
        "response",
        "100e0 * sum(case nps_class when 'promoter' then 1 when 'detractor' then -1 when 'passive' then 0 end) / nullif(count(nps_class), 0)",
        "Promoters less detractors, over recommend answers. For one source at a time: sources ask different people.",
        "-100 to 100",
    ),
    count("verbatims", "verbatim", "count(*)", "Answered open questions."),
    count("meaningful_verbatims", "verbatim", "sum(case when meaningful then 1 else 0 end)", "Those that say something."),
    ratio("verbatim_sentiment", "verbatim", "avg(sentiment)", "Mean sentiment of verbatims with a sentiment.", "-1 to 1"),
    ratio(
        "negative_share",
        "verbatim",
        "avg(case when sentiment_label = 'negative' then 1e0 when sentiment_label is not null then 0e0 end)",
        "Share of negative ones among verbatims with a sentiment.",
        "0 to 1",
    ),
    count("clauses", "clause", "count(*)", "Clauses."),
    ratio("clause_sentiment", "clause", "avg(sentiment)", "Mean sentiment of clauses with a sentiment: what themes are given.", "-1 to 1"),
    count("hits", "hotline_hit", "count(*)", "Places where a rule matched, fired or not."),
    count("fired_hits", "hotline_hit", "sum(case when fired then 1 else 0 end)", "Those that opened a case."),
    count("cases", "hotline", "count(*)", "HOTLINE cases."),
    count("open_cases", "hotline", "sum(case when status in ('open', 'acting') then 1 else 0 end)", "Cases that are not closed."),
    count("cases_value_won", "hotline", "sum(value_won)", "Business won by closing cases, in the currency of the account file."),
    ratio(
        "false_alarm_share",
        "hotline",
        "avg(case when status = 'closed' then case when disposition = 'false_alarm' then 1e0 else 0e0 end end)",
        "Share of closed cases that were false alarms.",
        "0 to 1",
    ),
    count("answers", "score", "count(*)", "Answered ratings. For one measure at a time."),
    ratio("score_mean", "score", "avg(value)", "Mean of the oriented answers. For one measure and scale at a time.", "points"),
    ratio("top_box", "score", "avg(case when is_top_box then 1e0 else 0e0 end)", "Share of the best point.", "0 to 1"),
    ratio("top_band", "score", "avg(case when is_top_band then 1e0 else 0e0 end)", "Share of the top fifth of the scale.", "0 to 1"),
    ratio(
        "top_2_box",
        "score",
        "avg(case when is_top_2_box then 1e0 when not is_top_2_box then 0e0 end)",
        "Share of the two best points.",
        "0 to 1",
    ),
    ratio("bottom_box", "score", "avg(case when is_bottom_box then 1e0 else 0e0 end)", "Share of the worst point.", "0 to 1"),
    count(
        "theme_responses",
        "theme_month",
        "sum(responses)",
        "Responses of a theme. For one theme at a time: a response may have several.",
    ),
    ratio("theme_share", "theme_month", "sum(responses) * 1e0 / nullif(sum(base), 0)", "Share of responses with the theme.", "0 to 1"),
    count("account_responses", "account_month", "sum(responses)", "Responses of accounts."),
    count("account_hotlines", "account_month", "sum(hotlines)", "HOTLINE cases of accounts."),
    count("rejected_rows", "reject", "count(*)", "Input rows that could not be read."),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> &'static Table {
        TABLES.iter().find(|table| table.name == name).unwrap_or_else(|| panic!("no table {name}"))
    }

    #[test]
    fn every_reference_leads_from_columns_of_a_table_to_the_key_of_another() {
        for (from, reference) in REFERENCES {
            let (from, to) = (table(from), table(reference.table));
            assert_eq!(reference.to, to.key, "{}", from.name);
            assert_eq!(reference.columns.len(), reference.to.len());
            for (column, key) in reference.columns.iter().zip(reference.to) {
                let kind = |table: &Table, name: &str| table.columns[table.index_of(name).expect(name)].kind;
                assert_eq!(kind(from, column), kind(to, key), "{}.{column}", from.name);
            }
        }
        // Whatever is named like a key of a verbatim, theme or response leads there.
        for from in TABLES {
            for column in from.columns.iter().filter(|c| c.name.ends_with("verbatim_id") || c.name.ends_with("theme_id")) {
                let is_own = from.key == [column.name];
                assert!(is_own || from.references().any(|r| r.columns == [column.name]), "{}.{}", from.name, column.name);
            }
        }
    }

    #[test]
    fn measures_and_held_columns_name_what_there_is() {
        let mut names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), MEASURES.len());
        for measure in MEASURES {
            let of = table(measure.table);
            let n_parts = measure.sql.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            assert!(measure.sql == "count(*)" || n_parts.into_iter().any(|part| of.index_of(part).is_some()), "{}", measure.name);
        }
        for (name, columns) in HOLD {
            assert!(columns.iter().all(|(column, _)| table(name).key.contains(column)), "{name}");
        }
    }

    #[test]
    fn the_views_read_every_table_where_it_lies() {
        let sql = duckdb_views("it's here/");
        assert!(
            sql.contains("read_parquet('it''s here/tables/score/p_month=*/*.parquet', hive_partitioning = true, union_by_name = true)")
        );
        assert!(sql.contains("read_parquet('it''s here/tables/theme/*.parquet', hive_partitioning = false, union_by_name = true)"));
        assert_eq!(sql.matches("CREATE OR REPLACE VIEW").count(), TABLES.len());
        assert!(duckdb_views("").contains("read_parquet('tables/score/p_month=*/*.parquet'"));
    }
}
