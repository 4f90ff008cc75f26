//! What does a published row hold?
//!
//! Columns are named by the schema's own names. A column that an older table lacks is null.

use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array as _, ArrayRef, RecordBatch, cast::AsArray as _};

use crate::error::Result;
use crate::month::Month;
use crate::schema::{ColumnOf, Kind, Layout};
use crate::sink::{Version, read_table};

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    batch: &'a RecordBatch,
    idx: usize,
}

/// Hands every row of a table (of a month, where it has months) to `take`, with these columns only.
pub(crate) fn each_row<C: ColumnOf>(version: &Version, month: Month, columns: &[C], mut take: impl FnMut(Row<'_>)) -> Result<()> {
    let names: Vec<&str> = columns.iter().map(|column| C::TABLE.columns[column.index()].name).collect();
    let month = match C::TABLE.layout {
        Layout::Month => Some(month),
        Layout::Dimension => None,
    };
    for batch in &read_table(version, C::TABLE, month, Some(&names))? {
        for idx in 0..batch.num_rows() {
            take(Row { batch, idx });
        }
    }
    Ok(())
}

impl<'a> Row<'a> {
    /// A row of a batch of the table whose columns it is asked for.
    pub(crate) fn new(batch: &'a RecordBatch, idx: usize) -> Self {
        Self { batch, idx }
    }

    fn array<C: ColumnOf>(self, column: C) -> Option<&'a ArrayRef> {
        self.batch.column_by_name(C::TABLE.columns[column.index()].name).filter(|array| array.is_valid(self.idx))
    }

    /// A text; none: null.
    pub(crate) fn text<C: ColumnOf>(self, column: C) -> Option<&'a str> {
        Some(self.array(column)?.as_string_opt::<i32>()?.value(self.idx))
    }

    /// A text that is kept; empty: null.
    pub(crate) fn owned<C: ColumnOf>(self, column: C) -> String {
        self.text(column).unwrap_or_default().to_owned()
    }

    /// An integer, a day or a time; none: null.
    pub(crate) fn int<C: ColumnOf>(self, column: C) -> Option<i64> {
        let array = self.array(column)?;
        match C::TABLE.columns[column.index()].kind {
            Kind::Int32 => Some(i64::from(array.as_primitive_opt::<Int32Type>()?.value(self.idx))),
            Kind::Int64 => Some(array.as_primitive_opt::<Int64Type>()?.value(self.idx)),
            Kind::Date32 => Some(i64::from(array.as_primitive_opt::<Date32Type>()?.value(self.idx))),
            Kind::Timestamp => Some(array.as_primitive_opt::<TimestampMicrosecondType>()?.value(self.idx)),
            Kind::Utf8 | Kind::Float64 | Kind::Boolean => None,
        }
    }

    /// A float; none: null.
    pub(crate) fn float<C: ColumnOf>(self, column: C) -> Option<f64> {
        Some(self.array(column)?.as_primitive_opt::<Float64Type>()?.value(self.idx))
    }

    /// True or false; none: null.
    pub(crate) fn flag<C: ColumnOf>(self, column: C) -> Option<bool> {
        Some(self.array(column)?.as_boolean_opt()?.value(self.idx))
    }

    /// The month of a day.
    pub(crate) fn month<C: ColumnOf>(self, column: C) -> Option<Month> {
        Some(Month::from_days(i32::try_from(self.int(column)?).ok()?))
    }
}
