//! Which rows does a delimited text hold?
//!
//! Valid UTF-8 comes in from [`Text`], batches of columns go out. The record splitter is in `split`, how the file is
//! written is found in `sniff`. Rows with too few or too many fields, unbalanced quotes and rows
//! over the limits are rejects with their row and line; the rest of the file goes on.

pub(crate) mod sniff;
pub(crate) mod split;
#[cfg(test)]
mod twin;

use memchr::{memchr, memchr_iter};

use super::columns::{Columns, MAX_BATCH_BYTES};
use super::encoding::Text;
use super::{FIELD_BYTES, MAX_RAW_CHARS, MAX_REPAIRS, QUOTED_LINES, ROW_BYTES, RawBatch, Reason, Reject, Repair};
use split::{Cut, Dialect, Field, Limits, cut};

/// The limits of the module's documentation.
pub(crate) const LIMITS: Limits = Limits { field_bytes: FIELD_BYTES, field_lines: QUOTED_LINES, row_bytes: ROW_BYTES };
/// Bytes read at once: 64 KiB to 1 MiB measure alike, and the buffer should fit the second-level cache.
const CHUNK_BYTES: usize = 256 << 10;

/// How a file's rows lie in its text.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) dialect: Dialect,
    /// Records before the first row: lines before the header and the header.
    pub(crate) n_skip: usize,
    /// Fields of a row.
    pub(crate) n_fields: usize,
    /// What to do with a row that has fewer.
    pub(crate) short: Short,
}

/// What to do with a row that has fewer fields than the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Short {
    /// It is a reject.
    Reject,
    /// Its last cells are empty: the file leaves empty cells at the end of a row out.
    Pad,
}

/// Reads the rows of a delimited text.
pub(crate) struct CsvReader {
    text: Text,
    layout: Layout,
    limits: Limits,
    chunk_bytes: usize,
    columns: Vec<usize>,
    /// Bytes of the columns of the last batch.
    sizes: Vec<usize>,
    buffer: Vec<u8>,
    /// Where the next record starts in the buffer.
    at: usize,
    /// Place of the buffer's first byte in the text.
    buffer_at: u64,
    ended: bool,
    fields: Vec<Field>,
    n_skipped: usize,
    row: u64,
    line: u64,
    /// Rows so far that had fewer fields than the header.
    pub(crate) n_short: u64,
}

impl CsvReader {
    pub(crate) fn new(text: Text, layout: Layout, columns: &[usize]) -> Self {
        Self {
            text,
            layout,
            limits: LIMITS,
            chunk_bytes: CHUNK_BYTES,
            columns: columns.to_vec(),
            sizes: Vec::new(),
            buffer: Vec::new(),
            at: 0,
            buffer_at: 0,
            ended: false,
            fields: Vec::new(),
            n_skipped: 0,
            row: 0,
            line: 1,
            n_short: 0,
        }
    }

    /// The next rows, at most `max_rows` of them and [`MAX_BATCH_BYTES`]; none: the text has ended.
    pub(crate) fn next_batch(&mut self, max_rows: usize) -> std::io::Result<Option<RawBatch>> {
        let mut batch = RawBatch::default();
        let mut columns = Columns::new(self.columns.len(), max_rows, &self.sizes);
        let mut n_bytes = 0;
        while batch.rows.len() + batch.rejects.len() < max_rows && n_bytes < MAX_BATCH_BYTES {
            let start = self.at;
            match cut(self.layout.dialect, &self.limits, &self.buffer, start, self.ended, &mut self.fields) {
                _ if start == self.buffer.len() && self.ended => break,
                Cut::More if self.buffer.len() - start < self.limits.enough_bytes() => self.fill()?,
                Cut::Record { end } if end - start <= self.limits.row_bytes => {
                    n_bytes += end - start;
                    self.record(end, &mut columns, &mut batch);
                }
                Cut::Unbalanced { end } => {
                    let detail = "a quoted field does not end where its row does".to_owned();
                    self.reject(end, Reason::UnbalancedQuote, detail, &mut batch);
                }
                Cut::FieldTooLarge { after } => {
                    let detail = format!("found a field of more than {} bytes", self.limits.field_bytes);
                    self.too_large(after, Reason::FieldTooLarge, detail, &mut batch)?;
                }
                Cut::Record { .. } | Cut::RowTooLarge | Cut::More => {
                    let after = (start + self.limits.row_bytes).min(self.buffer.len());
                    let detail = format!("found a row of more than {} bytes", self.limits.row_bytes);
                    self.too_large(after, Reason::RowTooLarge, detail, &mut batch)?;
                }
            }
        }
        let is_empty = batch.rows.is_empty() && batch.rejects.is_empty();
        self.sizes = columns.sizes();
        batch.columns = columns.finish();
        Ok((!is_empty).then_some(batch))
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.drain(..self.at);
        self.buffer_at += self.at as u64;
        self.at = 0;
        // A record longer than the buffer doubles it: each byte is looked at twice on average, not once a chunk.
        let n_bytes = self.chunk_bytes.max(self.buffer.len());
        self.ended = !self.text.fill(&mut self.buffer, n_bytes)?;
        Ok(())
    }

    /// Takes the record that ends at `end` into the batch.
    fn record(&mut self, end: usize, columns: &mut Columns, batch: &mut RawBatch) {
        // A line without a byte is no row; one that holds `""` is.
        let is_blank = matches!(self.fields.as_slice(), [only] if only.start == self.at && only.end == self.at);
        if is_blank || self.n_skipped < self.layout.n_skip {
            self.n_skipped += usize::from(self.n_skipped < self.layout.n_skip);
            self.pass(end);
            return;
        }
        let n_fields = self.fields.len();
        self.n_short += u64::from(n_fields < self.layout.n_fields);
        let detail = || format!("found {n_fields} fields, header has {}", self.layout.n_fields);
        if n_fields > self.layout.n_fields && self.has_more_than_empty_ends() {
            return self.reject(end, Reason::TooManyFields, detail(), batch);
        }
        if n_fields < self.layout.n_fields && self.layout.short == Short::Reject {
            return self.reject(end, Reason::TooFewFields, detail(), batch);
        }
        if end - self.at > self.limits.field_bytes
            && let Some(field) = self.fields.iter().find(|field| field.end - field.start > self.limits.field_bytes)
        {
            let detail = format!("found a field of {} bytes, accepted are {}", field.end - field.start, self.limits.field_bytes);
            return self.reject(end, Reason::FieldTooLarge, detail, batch);
        }
        self.row += 1;
        if !self.text.repairs.is_empty() {
            self.count_repairs(end, batch);
        }
        batch.rows.push(self.row);
        batch.lines.push(self.line);
        for (column, idx) in columns.iter_mut().zip(&self.columns) {
            if let Some(field) = self.fields.get(*idx) {
                split::write(self.layout.dialect, &self.buffer, field, column.values());
            }
            column.end_cell();
        }
        self.pass(end);
    }

    /// Whether a field beyond the header holds anything: delimiters at the end of a row are no data.
    fn has_more_than_empty_ends(&self) -> bool {
        self.fields.iter().skip(self.layout.n_fields).any(|field| field.start != field.end)
    }

    /// Counts the cells of the record up to `end` that hold a mended character.
    fn count_repairs(&mut self, end: usize, batch: &mut RawBatch) {
        let (buffer_at, mut last) = (self.buffer_at, None);
        while let Some(place) = self.text.repairs.front().copied().filter(|place| *place < buffer_at + end as u64) {
            self.text.repairs.pop_front();
            let cell = self.fields.iter().position(|field| place < buffer_at + field.end as u64);
            let asked = cell.and_then(|cell| self.columns.iter().position(|column| *column == cell));
            if asked.is_some() && place >= buffer_at + self.at as u64 && cell != last {
                batch.n_repaired += 1;
                if batch.repairs.len() < MAX_REPAIRS {
                    batch.repairs.push(Repair { row: self.row, line: self.line, column: asked });
                }
            }
            last = cell;
        }
    }

    fn reject(&mut self, end: usize, reason: Reason, detail: String, batch: &mut RawBatch) {
        if self.n_skipped < self.layout.n_skip {
            self.n_skipped += 1;
            return self.pass(end);
        }
        self.row += 1;
        let raw = raw_text(&self.buffer[self.at..end]);
        batch.rejects.push(Reject { row: self.row, line: Some(self.line), column: None, reason, detail, raw });
        self.pass(end);
    }

    /// Rejects a row over a limit; reading goes on after the first line end from `after` on.
    fn too_large(&mut self, after: usize, reason: Reason, detail: String, batch: &mut RawBatch) -> std::io::Result<()> {
        self.reject(after, reason, detail, batch);
        loop {
            if let Some(newline) = memchr(self.layout.dialect.newline, &self.buffer[self.at..]) {
                self.pass(self.at + newline + 1);
                return Ok(());
            }
            self.pass(self.buffer.len());
            if self.ended {
                return Ok(());
            }
            self.fill()?;
        }
    }

    /// Moves on to `end`, counting lines.
    fn pass(&mut self, end: usize) {
        self.line += memchr_iter(self.layout.dialect.newline, &self.buffer[self.at..end]).count() as u64;
        self.at = end;
    }
}

/// A row as it was read, cut to the length that a reject keeps, without its line end.
pub(crate) fn raw_text(bytes: &[u8]) -> String {
    let head = bytes.get(..MAX_RAW_CHARS * 4).unwrap_or(bytes);
    String::from_utf8_lossy(head).trim_end_matches(['\r', '\n']).chars().take(MAX_RAW_CHARS).collect()
}
