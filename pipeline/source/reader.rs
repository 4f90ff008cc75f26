//! How are the rows of a file read?
//!
//! What [`super::inspect`] found out comes in, a [`Reader`] of the columns asked for goes out, whatever the format.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::RawBatch;
use super::compressed::{self, unpack};
use super::csv::CsvReader;
use super::encoding::Text;
use super::json::JsonReader;
use super::parquet::ParquetReader;
use super::shape::{Encoding, Layout, Shape, Whole, whole};
use super::spool::SpoolReader;
use super::xlsx::XlsxReader;
use crate::error::{Error, Result};

/// Reads the rows of one file, batch by batch.
pub trait Reader: Send {
    /// The next rows, rejects counted at most `max_rows`; none: the file has ended.
    ///
    /// Fails with [`Error::Io`], [`Error::Input`] for damaged packing and [`Error::Limit`].
    fn next_batch(&mut self, max_rows: usize) -> Result<Option<RawBatch>>;
    /// Bytes of the file read so far, packed as it is.
    fn bytes_read(&self) -> u64;
}

/// Opens a file that was inspected; `columns` are places in its header, and their order is that of the batches.
///
/// May be called again for each pass. Panics if a place lies outside of the header.
pub fn open(shape: &Shape, columns: &[usize]) -> Result<Box<dyn Reader>> {
    assert!(columns.iter().all(|column| *column < shape.header.len()), "columns are places in the header");
    let path = shape.path.as_path();
    let (rows, taken) = match &shape.layout {
        Layout::Xlsx(sheet) => (Rows::Xlsx(XlsxReader::new(sheet, columns)), Arc::default()),
        Layout::Parquet(places) => (Rows::of_parquet(whole(path, shape.compression)?, places, path, columns)?, Arc::default()),
        Layout::Memory(batches, places) => {
            let places: Vec<usize> = columns.iter().filter_map(|column| places.get(*column).copied()).collect();
            (Rows::Parquet(ParquetReader::over(batches, path, &places)), Arc::default())
        }
        layout => {
            let raw = fs_err::File::open(path).map_err(Error::io("cannot open the input"))?;
            let unpacked = unpack(Box::new(raw)).map_err(compressed::failed(path))?;
            (Rows::of_text(unpacked.reader, layout, shape.encoding, &shape.header, columns), unpacked.taken)
        }
    };
    Ok(Box::new(FileReader { rows, taken, size_bytes: shape.size_bytes, path: path.to_owned() }))
}

/// Rows of any format.
pub(crate) enum Rows {
    Csv(CsvReader),
    Json(JsonReader),
    Parquet(ParquetReader),
    Xlsx(XlsxReader),
    Spool(SpoolReader),
}

impl Rows {
    /// Rows of a stream of text.
    pub(crate) fn of_text(stream: Box<dyn Read + Send>, layout: &Layout, encoding: Encoding, header: &[String], columns: &[usize]) -> Self {
        let text = Text::new(stream, encoding);
        match layout {
            Layout::Csv(layout) => Self::Csv(CsvReader::new(text, layout.clone(), columns)),
            Layout::Json(layout) => Self::Json(JsonReader::new(text, *layout, header, columns)),
            Layout::Spool => Self::Spool(SpoolReader::new(text, header, columns)),
            Layout::Parquet(_) | Layout::Xlsx(_) | Layout::Memory(..) => unreachable!("these are no text"),
        }
    }

    /// Rows of a Parquet file whose columns lie at `places`.
    pub(crate) fn of_parquet(whole: Whole, places: &[usize], path: &Path, columns: &[usize]) -> Result<Self> {
        let places: Vec<usize> = columns.iter().filter_map(|column| places.get(*column).copied()).collect();
        Ok(Self::Parquet(match whole {
            Whole::File(file) => ParquetReader::open(file, path, &places)?,
            Whole::Bytes(bytes) => ParquetReader::open(bytes, path, &places)?,
        }))
    }

    pub(crate) fn next_batch(&mut self, max_rows: usize, path: &Path) -> Result<Option<RawBatch>> {
        match self {
            Self::Csv(reader) => reader.next_batch(max_rows).map_err(compressed::failed(path)),
            Self::Json(reader) => reader.next_batch(max_rows).map_err(compressed::failed(path)),
            Self::Spool(reader) => reader.next_batch(max_rows).map_err(compressed::failed(path)),
            Self::Parquet(reader) => reader.next_batch(max_rows),
            Self::Xlsx(reader) => Ok(reader.next_batch(max_rows)),
        }
    }
}

struct FileReader {
    rows: Rows,
    taken: Arc<AtomicU64>,
    size_bytes: u64,
    path: PathBuf,
}

impl Reader for FileReader {
    fn next_batch(&mut self, max_rows: usize) -> Result<Option<RawBatch>> {
        self.rows.next_batch(max_rows, &self.path)
    }

    fn bytes_read(&self) -> u64 {
        let share = match &self.rows {
            Rows::Parquet(reader) => reader.progress(),
            Rows::Xlsx(reader) => reader.progress(),
            _ => return self.taken.load(Ordering::Relaxed),
        };
        (self.size_bytes as f64 * share) as u64
    }
}
