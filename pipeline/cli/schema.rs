//! `outspoken schema`

use std::io::Write as _;

use clap::Args;

use super::Ending;
use crate::schema::{Layout, SCHEMA_VERSION, TABLES};

/// What `schema` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Prints every table and column.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let schema = serde_json::json!({ "schema_version": SCHEMA_VERSION, "tables": TABLES });
        writeln!(out, "{schema:#}")?;
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
