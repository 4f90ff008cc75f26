//! How are rows of a table put together?
//!
//! One builder a column, addressed by the table's own column names, so that a missing or misspelt
//! column is a compile error. A cell that is not set is null.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int32Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::Schema;

use super::{Kind, Table, round6};

/// A column of one table: the enums that go with the tables.
pub trait Column: Copy {
    /// The table that it belongs to.
    const TABLE: &'static Table;
    /// Its place in the table.
    fn index(self) -> usize;
}

/// Rows of one table under construction.
#[derive(Debug)]
pub struct Rows {
    table: &'static Table,
    schema: Arc<Schema>,
    builders: Vec<Builder>,
    n_rows: usize,
}

#[derive(Debug)]
enum Builder {
    Utf8(StringBuilder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Float64(Float64Builder),
    Boolean(BooleanBuilder),
    Date32(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Utf8 => Self::Utf8(StringBuilder::with_capacity(0, 0)),
            Kind::Int32 => Self::Int32(Int32Builder::with_capacity(0)),
            Kind::Int64 => Self::Int64(Int64Builder::with_capacity(0)),
            Kind::Float64 => Self::Float64(Float64Builder::with_capacity(0)),
            Kind::Boolean => Self::Boolean(BooleanBuilder::with_capacity(0)),
            Kind::Date32 => Self::Date32(Date32Builder::with_capacity(0)),
            Kind::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::with_capacity(0).with_timezone("UTC")),
        }
    }

    fn pad(&mut self, n_rows: usize) {
        macro_rules! pad {
            ($($variant:ident),*) => {
                match self { $(Self::$variant(b) => {
                    use arrow_array::builder::ArrayBuilder as _;
                    assert!(b.len() <= n_rows, "a cell was set twice in one row");
                    if b.len() < n_rows { b.append_null(); }
                })* }
            };
        }
        pad!(Utf8, Int32, Int64, Float64, Boolean, Date32, Timestamp);
    }

    /// The column, which holds no more memory than it fills: a batch over two dozen months becomes as many small ones, which wait for
    /// their row groups.
    fn finish(&mut self) -> ArrayRef {
        macro_rules! finish {
            ($($variant:ident),*) => {
                match self { $(Self::$variant(b) => {
                    let mut column = b.finish();
                    column.shrink_to_fit();
                    Arc::new(column)
                })* }
            };
        }
        finish!(Utf8, Int32, Int64, Float64, Boolean, Date32, Timestamp)
    }
}

impl Rows {
    /// No rows of `table` yet.
    pub fn new(table: &'static Table) -> Self {
        Self { table, schema: table.arrow(), builders: table.columns.iter().map(|c| Builder::new(c.kind)).collect(), n_rows: 0 }
    }

    /// The table whose rows these are.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// Rows ended so far.
    pub fn len(&self) -> usize {
        self.n_rows
    }

    /// Whether no row was ended yet.
    pub fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    /// Sets a text cell of the row under construction.
    pub fn text<'v, C: Column>(&mut self, column: C, value: impl Into<Option<&'v str>>) {
        let Builder::Utf8(b) = self.builder(column) else { wrong::<C>(column, "text") };
        b.append_option(value.into());
    }

    /// Sets a cell of a 32- or 64-bit integer column.
    pub fn int<C: Column>(&mut self, column: C, value: impl Into<Option<i64>>) {
        let value = value.into();
        match self.builder(column) {
            Builder::Int32(b) => b.append_option(value.map(|v| i32::try_from(v).expect("a 32-bit column holds small counts"))),
            Builder::Int64(b) => b.append_option(value),
            _ => wrong::<C>(column, "an integer"),
        }
    }

    /// Sets a cell of a float column, rounded to 1e-6; a figure that is not finite is null.
    pub fn float<C: Column>(&mut self, column: C, value: impl Into<Option<f64>>) {
        let Builder::Float64(b) = self.builder(column) else { wrong::<C>(column, "a float") };
        b.append_option(value.into().filter(|v| v.is_finite()).map(round6));
    }

    /// Sets a true-or-false cell.
    pub fn flag<C: Column>(&mut self, column: C, value: impl Into<Option<bool>>) {
        let Builder::Boolean(b) = self.builder(column) else { wrong::<C>(column, "true or false") };
        b.append_option(value.into());
    }

    /// Sets a day: days since 1970-01-01.
    pub fn date<C: Column>(&mut self, column: C, value: impl Into<Option<i32>>) {
        let Builder::Date32(b) = self.builder(column) else { wrong::<C>(column, "a day") };
        b.append_option(value.into());
    }

    /// Sets a time: microseconds since 1970-01-01T00:00Z.
    pub fn time<C: Column>(&mut self, column: C, value: impl Into<Option<i64>>) {
        let Builder::Timestamp(b) = self.builder(column) else { wrong::<C>(column, "a time") };
        b.append_option(value.into());
    }

    /// Ends the row; cells that were not set are null.
    pub fn end_row(&mut self) {
        self.n_rows += 1;
        for builder in &mut self.builders {
            builder.pad(self.n_rows);
        }
    }

    /// The rows ended so far; the builder is empty again. Panics when a column that is never null has a
    /// null: that is a broken invariant of the caller.
    pub fn finish(&mut self) -> RecordBatch {
        self.n_rows = 0;
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), arrays).expect("columns that are never null are set in every row")
    }

    fn builder<C: Column>(&mut self, column: C) -> &mut Builder {
        debug_assert_eq!(C::TABLE.name, self.table.name, "a column of another table");
        &mut self.builders[column.index()]
    }
}

fn wrong<C: Column>(column: C, asked: &str) -> ! {
    panic!("{}.{} does not hold {asked}", C::TABLE.name, C::TABLE.columns[column.index()].name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{THEME, theme};

    #[test]
    fn a_cell_that_is_not_set_is_null() {
        let mut rows = Rows::new(&THEME);
        rows.text(theme::theme_id, "t1");
        rows.int(theme::level, 1);
        rows.end_row();
        rows.text(theme::theme_id, "t2");
        rows.end_row();
        let batch = rows.finish();
        assert_eq!(batch.num_rows(), 2);
        let level = batch.column_by_name("level").unwrap();
        assert!(level.is_valid(0) && level.is_null(1));
    }
}
