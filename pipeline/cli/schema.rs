//! `outspoken schema`

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::Ending;
use crate::schema::{Layout, SCHEMA_VERSION, TABLES, duckdb_views};

/// What `schema` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// As JSON: keys, references, measures, columns, for models in BI tools.
    #[arg(long, conflicts_with = "duckdb")]
    json: bool,
    /// As SQL for DuckDB: a view over each table, with comments.
    #[arg(long)]
    duckdb: bool,
    /// The output directory that the views read [default: where DuckDB is started].
    #[arg(long, value_name = "DIR", requires = "duckdb")]
    out: Option<PathBuf>,
}

/// Prints every table and column.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let tables: Vec<_> = TABLES.iter().map(|table| table.json()).collect();
        writeln!(out, "{:#}", serde_json::json!({ "schema_version": SCHEMA_VERSION, "tables": tables }))?;
        return Ok(Ending::Complete);
    }
    if arguments.duckdb {
        let folder = arguments.out.as_ref().map_or_else(String::new, |out| out.display().to_string());
        write!(out, "{}", duckdb_views(&folder))?;
        return Ok(Ending::Complete);
    }
    for table in TABLES {
        let path = match table.layout {
            Layout::Month => "p_month=YYYY-MM-01/",
            Layout::Dimension => "",
        };
        writeln!(out, "{} (tables/{}/{path}*.parquet)\n  {}", table.name, table.name, table.description)?;
        if !table.key.is_empty() {
            writeln!(out, "  key: {}", table.key.join(", "))?;
        }
        for reference in table.references() {
            writeln!(out, "  {} leads to {}", reference.columns.join(", "), reference.table)?;
        }
        for column in table.columns {
            let kind = format!("{:?}{}", column.kind, if column.null.is_some() { "" } else { " not null" });
            let unit = column.unit.map_or_else(String::new, |unit| format!(" [{unit}]"));
            let null = column.null.map_or_else(String::new, |null| format!(" Null: {null}."));
            writeln!(out, "    {:<20} {kind:<18} {}{unit}{null}", column.name, column.description)?;
        }
        writeln!(out)?;
    }
    Ok(Ending::Complete)
}
