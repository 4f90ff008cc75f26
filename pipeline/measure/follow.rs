//! Which rows of a table belong to the row of another that is being read?

use arrow_array::RecordBatch;

use super::Batches;
use crate::error::Result;

/// Rows of a table that follow the order of another, as columns `C`.
pub(super) struct Follower<C> {
    batches: Batches,
    of: fn(&RecordBatch) -> C,
    columns: Option<C>,
    row: usize,
    n_rows: usize,
    is_at_end: bool,
}

impl<C> Follower<C> {
    pub(super) fn new(batches: Batches, of: fn(&RecordBatch) -> C) -> Self {
        Self { batches, of, columns: None, row: 0, n_rows: 0, is_at_end: false }
    }

    /// Passes over the next row when it belongs; returns it with its columns.
    pub(super) fn next_if(&mut self, belongs: impl Fn(&C, usize) -> bool) -> Result<Option<(&C, usize)>> {
        self.fill()?;
        let row = self.row;
        match &self.columns {
            Some(columns) if belongs(columns, row) => {
                self.row += 1;
                Ok(Some((columns, row)))
            }
            _ => Ok(None),
        }
    }

    /// Whether every row was passed over.
    pub(super) fn is_done(&mut self) -> Result<bool> {
        self.fill()?;
        Ok(self.columns.is_none())
    }

    /// Makes sure that `columns` holds a row at `row`, unless there is none left.
    fn fill(&mut self) -> Result<()> {
        while self.row == self.n_rows && !self.is_at_end {
            let Some(batch) = self.batches.next().transpose()? else {
                (self.columns, self.is_at_end) = (None, true);
                return Ok(());
            };
            (self.row, self.n_rows) = (0, batch.num_rows());
            self.columns = Some((self.of)(&batch));
        }
        Ok(())
    }
}
