//! Which rows does a Parquet file hold?
//!
//! Flat columns come out as text, cast by Arrow; nested and binary columns are left out and told. Rows have numbers, no lines.
//! Batches that are in memory already ([`ParquetReader::over`]) are read the same way.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, SchemaRef, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::ChunkReader;

use super::columns::Columns;
use super::guard::guarded;
use super::{FIELD_BYTES, MAX_RAW_CHARS, RawBatch, Reason, Reject};
use crate::error::{Error, Result};

/// The columns that can be read as text, with their places in the file, and a note for each that cannot.
pub(crate) fn columns(schema: &SchemaRef) -> (Vec<(usize, String)>, Vec<String>) {
    let (mut columns, mut notes) = (Vec::new(), Vec::new());
    for (i, field) in schema.fields().iter().enumerate() {
        if is_flat(field.data_type()) {
            columns.push((i, field.name().clone()));
        } else {
            notes.push(format!("column {} is {}: left out", field.name(), kind(field.data_type())));
        }
    }
    (columns, notes)
}

fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) | DataType::BinaryView => "binary",
        _ => "nested",
    }
}

fn is_flat(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, value) => is_flat(value),
        other => !other.is_nested() && kind(other) != "binary",
    }
}

/// Times with a zone are kept in UTC, so they are shown in UTC: names of zones would need a second time-zone database.
fn in_utc(column: &ArrayRef) -> ArrayRef {
    const UTC: &str = "+00:00";
    match column.data_type() {
        DataType::Timestamp(TimeUnit::Second, Some(_)) => Arc::new(column.as_primitive::<TimestampSecondType>().clone().with_timezone(UTC)),
        DataType::Timestamp(TimeUnit::Millisecond, Some(_)) => {
            Arc::new(column.as_primitive::<TimestampMillisecondType>().clone().with_timezone(UTC))
        }
        DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
            Arc::new(column.as_primitive::<TimestampMicrosecondType>().clone().with_timezone(UTC))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, Some(_)) => {
            Arc::new(column.as_primitive::<TimestampNanosecondType>().clone().with_timezone(UTC))
        }
        _ => Arc::clone(column),
    }
}

/// What to do about a damaged file.
const DAMAGED: &str = "export it again, or copy it again from where it came";

/// What the library says of a file that it cannot read; it names places and kinds, never what a cell holds.
fn damaged<E: Into<ParquetError>>(path: &Path) -> impl Fn(E) -> Error {
    move |error| Error::Input {
        path: path.to_owned(),
        what: "the Parquet file cannot be read".to_owned(),
        found: Some(error.into().to_string()),
        hint: Some(DAMAGED.to_owned()),
    }
}

/// The schema of a Parquet file.
pub(crate) fn schema<T: ChunkReader>(input: &T, path: &Path) -> Result<SchemaRef> {
    let metadata = guarded(path, DAMAGED, || ArrowReaderMetadata::load(input, ArrowReaderOptions::new()).map_err(damaged(path)))?;
    Ok(Arc::clone(metadata.schema()))
}

/// Says which packing cannot be read, and in which column, before the first row.
fn refuse_unreadable(metadata: &ParquetMetaData, path: &Path) -> Result<()> {
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    let packed = chunks.filter(|chunk| matches!(chunk.compression(), Compression::BROTLI(_) | Compression::LZO));
    let Some(chunk) = packed.into_iter().next() else { return Ok(()) };
    let packing = if chunk.compression() == Compression::LZO { "LZO" } else { "Brotli" };
    super::shape::refuse(
        path,
        "its packing cannot be read",
        &format!("{packing}, in column {}", chunk.column_path().string()),
        "write it with snappy, zstd, gzip, lz4 or without packing",
    )
}

/// Rows that are turned into text at a time: of the largest cell allowed they stay below 1 GiB.
const LOAD_ROWS: usize = 1024;

/// Reads the rows of a Parquet file.
pub(crate) struct ParquetReader {
    batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>,
    /// For each column asked for, its place among those read.
    order: Vec<usize>,
    /// What was read and not yet given.
    pending: Vec<StringArray>,
    pending_at: usize,
    row: u64,
    n_rows: u64,
    path: std::path::PathBuf,
}

impl ParquetReader {
    /// Reads `places` of the file, in that order.
    pub(crate) fn open<T: ChunkReader + 'static>(input: T, path: &Path, places: &[usize]) -> Result<Self> {
        guarded(path, DAMAGED, || Self::open_trusting(input, path, places))
    }

    fn open_trusting<T: ChunkReader + 'static>(input: T, path: &Path, places: &[usize]) -> Result<Self> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(input).map_err(damaged(path))?;
        refuse_unreadable(builder.metadata(), path)?;
        let n_rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let mask = ProjectionMask::roots(builder.parquet_schema(), places.iter().copied());
        let mut sorted = places.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let order = places.iter().map(|place| sorted.binary_search(place).unwrap_or(0)).collect();
        let batches = builder.with_projection(mask).with_batch_size(LOAD_ROWS).build().map_err(damaged(path))?;
        Ok(Self { batches: Box::new(batches), order, pending: Vec::new(), pending_at: 0, row: 0, n_rows, path: path.to_owned() })
    }

    /// Reads `places` of batches in memory, in that order; nothing is copied before a cell is read.
    pub(crate) fn over(batches: &Arc<[RecordBatch]>, path: &Path, places: &[usize]) -> Self {
        let (batches, n_rows) = (Arc::clone(batches), batches.iter().map(|batch| batch.num_rows() as u64).sum());
        let pieces = (0..batches.len()).flat_map(move |i| {
            let batch = batches[i].clone();
            let n_rows = batch.num_rows();
            (0..n_rows).step_by(LOAD_ROWS).map(move |at| Ok(batch.slice(at, LOAD_ROWS.min(n_rows - at))))
        });
        let order = places.to_vec();
        Self { batches: Box::new(pieces), order, pending: Vec::new(), pending_at: 0, row: 0, n_rows, path: path.to_owned() }
    }

    /// Share of rows read, in [0, 1].
    pub(crate) fn progress(&self) -> f64 {
        if self.n_rows == 0 { 1.0 } else { self.row as f64 / self.n_rows as f64 }
    }

    /// The next rows, at most `max_rows`; none: the file has ended.
    pub(crate) fn next_batch(&mut self, max_rows: usize) -> Result<Option<RawBatch>> {
        let mut batch = RawBatch::default();
        let mut columns = Columns::new(self.order.len(), max_rows, &[]);
        while batch.rows.len() + batch.rejects.len() < max_rows && columns.n_bytes() < super::columns::MAX_BATCH_BYTES {
            let n_pending = self.pending.first().map_or(0, Array::len);
            if self.pending_at == n_pending {
                if self.load()? {
                    continue;
                }
                break;
            }
            self.take_row(&mut columns, &mut batch);
        }
        let is_empty = batch.rows.is_empty() && batch.rejects.is_empty();
        batch.columns = columns.finish();
        Ok((!is_empty).then_some(batch))
    }

    fn load(&mut self) -> Result<bool> {
        let Self { batches, order, path, .. } = self;
        let read = guarded(path, DAMAGED, || {
            let Some(read) = batches.next() else { return Ok(None) };
            let read = read.map_err(damaged(path))?;
            let text = |place: &usize| {
                let text = arrow_cast::cast(&in_utc(read.column(*place)), &DataType::Utf8).map_err(damaged(path))?;
                Ok(text.as_string::<i32>().clone())
            };
            order.iter().map(text).collect::<Result<Vec<_>>>().map(Some)
        })?;
        let Some(pending) = read else { return Ok(false) };
        (self.pending, self.pending_at) = (pending, 0);
        Ok(true)
    }

    fn take_row(&mut self, columns: &mut Columns, batch: &mut RawBatch) {
        let at = self.pending_at;
        self.pending_at += 1;
        self.row += 1;
        let cell = |column: &StringArray| if column.is_null(at) { 0 } else { column.value_length(at).unsigned_abs() as usize };
        if let Some(size) = self.pending.iter().map(cell).find(|size| *size > FIELD_BYTES) {
            let detail = format!("found a field of {size} bytes, accepted are {FIELD_BYTES}");
            let reason = Reason::FieldTooLarge;
            let cells = self.pending.iter().filter(|column| column.is_valid(at)).map(|column| column.value(at));
            let raw = cells.flat_map(|cell| cell.chars().take(MAX_RAW_CHARS).chain(['\t'])).take(MAX_RAW_CHARS).collect();
            batch.rejects.push(Reject { row: self.row, line: None, column: None, reason, detail, raw });
            return;
        }
        batch.rows.push(self.row);
        batch.lines.push(0);
        for (column, source) in columns.iter_mut().zip(&self.pending) {
            if source.is_null(at) { column.push_null() } else { column.push(source.value(at).as_bytes()) }
        }
    }
}
