//! How do cells become columns?
//!
//! Cells come in row by row, as UTF-8 bytes, and go out as one string array a column. An empty cell is null.

use arrow_array::StringArray;
use arrow_buffer::{Buffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};

/// Bytes of text after which a batch ends whatever its rows: array offsets are 32 bits, and memory is bounded by the batch.
pub(crate) const MAX_BATCH_BYTES: usize = 32 << 20;

/// String columns being built.
pub(crate) struct Columns {
    columns: Vec<Column>,
}

/// One string column being built.
pub(crate) struct Column {
    offsets: Vec<i32>,
    values: Vec<u8>,
    nulls: NullBufferBuilder,
}

impl Columns {
    /// `like`: bytes of each column of the batch before, so that none grows step by step, copied each time; may be empty.
    pub(crate) fn new(n: usize, max_rows: usize, like: &[usize]) -> Self {
        let n_rows = max_rows.min(1 << 16);
        let n_bytes = like.iter().map(|n| n + n / 8).chain(std::iter::repeat(0)).take(n);
        let column =
            |n: usize| Column { offsets: first_offset(n_rows), values: Vec::with_capacity(n), nulls: NullBufferBuilder::new(n_rows) };
        Self { columns: n_bytes.map(column).collect() }
    }

    /// Bytes of each column.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.values.len()).collect()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Column> {
        self.columns.iter_mut()
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.columns.iter().map(|column| column.values.len()).sum()
    }

    /// The arrays; panics if a cell was not UTF-8, which the readers rule out by checking the text before cutting it.
    pub(crate) fn finish(self) -> Vec<StringArray> {
        self.columns.into_iter().map(Column::finish).collect()
    }
}

fn first_offset(n_rows: usize) -> Vec<i32> {
    let mut offsets = Vec::with_capacity(n_rows + 1);
    offsets.push(0);
    offsets
}

impl Column {
    /// Appends a cell.
    pub(crate) fn push(&mut self, cell: &[u8]) {
        self.values.extend_from_slice(cell);
        self.end_cell();
    }

    /// Appends a missing cell.
    pub(crate) fn push_null(&mut self) {
        self.end_cell();
    }

    /// Where to write a cell piece by piece, before [`Self::end_cell`].
    pub(crate) fn values(&mut self) -> &mut Vec<u8> {
        &mut self.values
    }

    /// Ends the cell written since the last one; an empty cell is null.
    pub(crate) fn end_cell(&mut self) {
        let end = i32::try_from(self.values.len()).expect("a batch ends long before 2 GiB: MAX_BATCH_BYTES plus one row");
        let is_empty = self.offsets.last() == Some(&end);
        self.nulls.append(!is_empty);
        self.offsets.push(end);
    }

    fn finish(mut self) -> StringArray {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        StringArray::try_new(offsets, Buffer::from_vec(self.values), self.nulls.finish())
            .expect("cells are cut at ASCII bytes out of text that was checked")
    }
}
