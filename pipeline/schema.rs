//! Which tables are written, with which columns, and what does each mean?
//!
//! Written once here and used by all: writers take names and types from it, `outspoken schema` prints it,
//! every Parquet field carries its description, and a test holds the documentation against it. Columns are
//! flat and of seven types only, because nested, large, view, unsigned and dictionary types each break
//! some reader.

mod rows;
mod semantics;
mod tables;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, TimeUnit};

pub(crate) use rows::Room;
pub use rows::{Column as ColumnOf, Rows};
pub use semantics::{MEASURES, Measure, Reference, duckdb_views};
pub use tables::*;

/// Goes up when a name, type or meaning changes; columns may be added within a version.
pub const SCHEMA_VERSION: &str = "1";

/// The Arrow type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text, Arrow `Utf8`.
    Utf8,
    /// 32-bit integer.
    Int32,
    /// 64-bit integer.
    Int64,
    /// 64-bit float, rounded to 1e-6 when written.
    Float64,
    /// True or false.
    Boolean,
    /// A day.
    Date32,
    /// Microseconds, UTC.
    Timestamp,
}

impl Kind {
    /// The Arrow type.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Utf8 => DataType::Utf8,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Float64 => DataType::Float64,
            Self::Boolean => DataType::Boolean,
            Self::Date32 => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC"))),
        }
    }
}

/// How a table is laid out on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// `tables/<table>/p_month=YYYY-MM-01/*.parquet`, with `report_month` in the file.
    Month,
    /// `tables/<table>/*.parquet`.
    Dimension,
}

/// One column.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// What null means; `None`: never null.
    pub null: Option<&'static str>,
    /// What it says.
    pub description: &'static str,
    /// Its unit, where it has one.
    pub unit: Option<&'static str>,
}

/// One table.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Table {
    /// Its name, and that of its folder.
    pub name: &'static str,
    /// How it is laid out.
    pub layout: Layout,
    /// The columns that identify a row; empty where rows are not unique.
    pub key: &'static [&'static str],
    /// What one row is.
    pub description: &'static str,
    /// Its columns in order.
    pub columns: &'static [Column],
}

impl Table {
    /// The Arrow schema, each field with its description (and unit) as metadata.
    pub fn arrow(&self) -> Arc<Schema> {
        let field = |column: &Column| {
            let mut metadata = HashMap::from([("description".to_owned(), column.description.to_owned())]);
            if let Some(null) = column.null {
                metadata.insert("null".to_owned(), null.to_owned());
            }
            if let Some(unit) = column.unit {
                metadata.insert("unit".to_owned(), unit.to_owned());
            }
            Field::new(column.name, column.kind.data_type(), column.null.is_some()).with_metadata(metadata)
        };
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// Where a column stands.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }
}

/// Rounds a figure to 1e-6, ties away from zero, never to negative zero: what a `Float64` cell holds.
pub fn round6(x: f64) -> f64 {
    let rounded = (x * 1e6).round() / 1e6;
    if rounded == 0.0 { 0.0 } else { rounded }
}
