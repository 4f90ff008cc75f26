//! Which batch comes next, and where does it stand among all rows?

use super::inputs::Inputs;
use super::progress::Progress;
use crate::error::Result;
use crate::source::{self, RawBatch};

/// A batch and its place.
pub(super) struct Job {
    /// Index of its file.
    pub(super) file: usize,
    /// Rows of the input before it, rejects of the readers not counted: the place of its first row among the decisions.
    pub(super) first_row: u64,
    /// The rows.
    pub(super) raw: RawBatch,
}

/// The batches of all files, one file after the other.
pub(super) struct Batches<'a> {
    inputs: &'a Inputs,
    batch_rows: usize,
    progress: &'a Progress,
    file: usize,
    reader: Option<Box<dyn source::Reader>>,
    first_row: u64,
    n_bytes_before: u64,
}

impl<'a> Batches<'a> {
    /// From the first row on; `progress` is told as rows pass.
    pub(super) fn new(inputs: &'a Inputs, batch_rows: usize, progress: &'a Progress) -> Self {
        Self { inputs, batch_rows, progress, file: 0, reader: None, first_row: 0, n_bytes_before: 0 }
    }

    /// The next batch; none: the input has ended.
    pub(super) fn next(&mut self) -> Result<Option<Job>> {
        while let Some(file) = self.inputs.files.get(self.file) {
            let reader = match &mut self.reader {
                Some(reader) => reader,
                none => none.insert(source::open(&file.shape, &file.binding.projection)?),
            };
            if let Some(raw) = reader.next_batch(self.batch_rows)? {
                let n_rows = raw.rows.len() as u64;
                self.progress.read(n_rows, self.n_bytes_before + reader.bytes_read());
                let first_row = self.first_row;
                self.first_row += n_rows;
                return Ok(Some(Job { file: self.file, first_row, raw }));
            }
            self.n_bytes_before += file.shape.size_bytes;
            self.reader = None;
            self.file += 1;
        }
        Ok(None)
    }
}
