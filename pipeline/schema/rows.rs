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
    /// The cells of the row under construction that are set: a bit for each column.
    set: u64,
}

/// How much rows of a table take: for the next ones like them, so that no column grows step by step, copied each time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    n_rows: usize,
    /// Of the texts of each column.
    n_bytes: Vec<usize>,
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
    fn new(kind: Kind, n_rows: usize, n_bytes: usize) -> Self {
        match kind {
            Kind::Utf8 => Self::Utf8(StringBuilder::with_capacity(n_rows, n_bytes)),
            Kind::Int32 => Self::Int32(Int32Builder::with_capacity(n_rows)),
            Kind::Int64 => Self::Int64(Int64Builder::with_capacity(n_rows)),
            Kind::Float64 => Self::Float64(Float64Builder::with_capacity(n_rows)),
            Kind::Boolean => Self::Boolean(BooleanBuilder::with_capacity(n_rows)),
            Kind::Date32 => Self::Date32(Date32Builder::with_capacity(n_rows)),
            Kind::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::with_capacity(n_rows).with_timezone("UTC")),
        }
    }

    /// Bytes of its texts; none for other columns.
    fn n_bytes(&self) -> usize {
        if let Self::Utf8(b) = self { b.values_slice().len() } else { 0 }
    }

    fn append_null(&mut self) {
        match self {
            Self::Utf8(b) => b.append_null(),
            Self::Int32(b) => b.append_null(),
            Self::Int64(b) => b.append_null(),
            Self::Float64(b) => b.append_null(),
            Self::Boolean(b) => b.append_null(),
            Self::Date32(b) => b.append_null(),
            Self::Timestamp(b) => b.append_null(),
        }
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
        Self::with_room(table, &Room::default())
    }

    /// The same, with memory for about as many rows as there were in others.
    pub(crate) fn with_room(table: &'static Table, room: &Room) -> Self {
        assert!(table.columns.len() <= u64::BITS as usize, "a bit for each column");
        // A little more, or every second batch would be copied at its end.
        let some_more = |n: usize| n + n / 8;
        let n_bytes = room.n_bytes.iter().copied().chain(std::iter::repeat(0));
        let builders = table.columns.iter().zip(n_bytes);
        let builders = builders.map(|(column, n)| Builder::new(column.kind, some_more(room.n_rows), some_more(n))).collect();
        Self { table, schema: table.arrow(), builders, n_rows: 0, set: 0 }
    }

    /// The memory that its rows take.
    pub(crate) fn room(&self) -> Room {
        Room { n_rows: self.n_rows, n_bytes: self.builders.iter().map(Builder::n_bytes).collect() }
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
        let all = u64::MAX >> (u64::BITS as usize - self.builders.len());
        let mut missing = all & !std::mem::take(&mut self.set);
        while missing != 0 {
            self.builders[missing.trailing_zeros() as usize].append_null();
            missing &= missing - 1;
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
        let bit = 1 << column.index();
        assert!(self.set & bit == 0, "a cell was set twice in one row");
        self.set |= bit;
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
