//! Which rows does a spreadsheet hold?
//!
//! The first sheet with a header is read whole into text; dates become ISO text, whole numbers lose their `.0`.
//! Row and line are the same thing here: the line is the sheet's row. Cells are streamed and empty ones
//! take no room, so that one far cell does not fill memory.

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use calamine::{DataRef, Reader as _, Xlsx};

use super::columns::Columns;
use super::guard::guarded;
use super::table;
use super::{FIELD_BYTES, MAX_COLUMNS, MAX_RAW_CHARS, RawBatch, Reason, Reject};
use crate::error::{Error, Result};

/// Largest spreadsheet in bytes.
pub(crate) const MAX_BYTES: u64 = 200 << 20;
/// Largest that its parts may unpack to: 16 times the largest file, ten times what real sheets reach for their size.
const MAX_UNPACKED: u64 = 3200 << 20;

/// Most cells of a sheet, empty ones before the last of a row counted: about 1 GB of memory, a million rows of forty columns.
const MAX_CELLS: usize = 40_000_000;

/// A sheet, read.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Cells of each row that holds any, with the sheet's row from 1.
    rows: Vec<(u64, Vec<String>)>,
    pub(crate) header: Vec<String>,
    pub(crate) notes: Vec<String>,
    n_skip: usize,
}

/// What is read from: a file or bytes in memory.
pub(crate) trait Input: Read + Seek {}
impl<T: Read + Seek> Input for T {}

/// Reads the first sheet of `input` that holds a table: two columns and a row, or if none does a row, or anything at all; none: no sheet holds anything.
pub(crate) fn read(input: Box<dyn Input>, path: &Path) -> Result<Option<Sheet>> {
    guarded(path, "save it again as .xlsx or as CSV", || read_trusting(input, path))
}

fn read_trusting(mut input: Box<dyn Input>, path: &Path) -> Result<Option<Sheet>> {
    check_size(&mut *input, path)?;
    let mut book = Xlsx::new(input).map_err(broken(path))?;
    let names = book.sheet_names().clone();
    let mut best: Option<(u8, Sheet)> = None;
    for name in &names {
        let rows = rows_of(&mut book, name, path)?;
        let cells: Vec<&[String]> = rows.iter().take(1000).map(|(_, cells)| cells.as_slice()).collect();
        let Some(top) = table::top(&cells) else { continue };
        let rank = match (rows.len() > top.n_skip(), top.header.len()) {
            (true, 2..) => 2,
            (true, _) => 1,
            (false, _) => 0,
        };
        if best.as_ref().is_some_and(|(best, _)| *best >= rank) {
            continue;
        }
        let told = (names.len() > 1).then(|| format!("sheet {name} of {}", names.len()));
        let notes = told.into_iter().chain(top.notes(top.n_before)).collect();
        let n_skip = top.n_skip();
        best = Some((rank, Sheet { rows, header: top.header, notes, n_skip }));
        if rank == 2 {
            break;
        }
    }
    Ok(best.map(|(_, sheet)| sheet))
}

fn broken(path: &Path) -> impl Fn(calamine::XlsxError) -> Error {
    let path = path.to_owned();
    move |error| Error::Input {
        path: path.clone(),
        what: "the spreadsheet cannot be read".to_owned(),
        found: Some(match error {
            calamine::XlsxError::Password => "it is protected by a password".to_owned(),
            _ => "a damaged or unusual .xlsx file".to_owned(),
        }),
        hint: Some("save it again as .xlsx or as CSV".to_owned()),
    }
}

fn rows_of(book: &mut Xlsx<Box<dyn Input>>, name: &str, path: &Path) -> Result<Vec<(u64, Vec<String>)>> {
    let (mut rows, mut n_cells): (Vec<(u64, Vec<String>)>, usize) = (Vec::new(), 0);
    let Ok(mut cells) = book.worksheet_cells_reader(name) else { return Ok(rows) };
    while let Some(cell) = cells.next_cell().map_err(broken(path))? {
        let (row, column) = cell.get_position();
        let text = text_of(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if column as usize >= MAX_COLUMNS {
            return Err(Error::Limit { what: format!("columns of {}", path.display()), limit: MAX_COLUMNS.to_string(), hint: None });
        }
        let row = u64::from(row) + 1;
        if rows.last().is_none_or(|(last, _)| *last != row) {
            rows.push((row, Vec::new()));
        }
        let Some((_, cells)) = rows.last_mut() else { continue };
        let width = (column as usize + 1).max(cells.len());
        n_cells += width - cells.len();
        if n_cells > MAX_CELLS {
            let hint = Some("save it as CSV".to_owned());
            return Err(Error::Limit { what: format!("cells of {}", path.display()), limit: MAX_CELLS.to_string(), hint });
        }
        cells.resize_with(width, String::new);
        cells[column as usize] = text;
    }
    let n_columns = rows.iter().take(1000).map(|(_, cells)| cells.len()).max().unwrap_or(0);
    // A sheet leaves empty cells out: rows are as wide as the widest of the first thousand.
    rows.iter_mut().take(1000).filter(|(_, cells)| cells.len() > 1 || n_columns == 1).for_each(|(_, cells)| {
        cells.resize_with(n_columns.max(cells.len()), String::new);
    });
    Ok(rows)
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(date) if date.is_datetime() && date.as_f64() >= 1.0 => {
            let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
            let time = if date.as_f64().fract() == 0.0 { String::new() } else { format!("T{hour:02}:{minute:02}:{second:02}") };
            format!("{year:04}-{month:02}-{day:02}{time}")
        }
        DataRef::DateTime(date) => date.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// Reads the rows of a sheet.
pub(crate) struct XlsxReader {
    sheet: Arc<Sheet>,
    at: usize,
    columns: Vec<usize>,
}

impl XlsxReader {
    pub(crate) fn new(sheet: &Arc<Sheet>, columns: &[usize]) -> Self {
        Self { at: sheet.n_skip, sheet: Arc::clone(sheet), columns: columns.to_vec() }
    }

    /// Share of rows read, in [0, 1].
    pub(crate) fn progress(&self) -> f64 {
        self.at as f64 / self.sheet.rows.len().max(1) as f64
    }

    /// The next rows, at most `max_rows`; none: the sheet has ended.
    pub(crate) fn next_batch(&mut self, max_rows: usize) -> Option<RawBatch> {
        let mut batch = RawBatch::default();
        let mut columns = Columns::new(self.columns.len(), max_rows, &[]);
        while batch.rows.len() + batch.rejects.len() < max_rows && columns.n_bytes() < super::columns::MAX_BATCH_BYTES {
            let Some((line, cells)) = self.sheet.rows.get(self.at) else { break };
            self.at += 1;
            let row = (self.at - self.sheet.n_skip) as u64;
            let n_fields = self.sheet.header.len();
            let n_over = cells.iter().skip(n_fields).filter(|cell| !cell.is_empty()).count();
            let fault = if n_over > 0 {
                Some((Reason::TooManyFields, format!("found {} fields, header has {n_fields}", cells.len())))
            } else {
                let large = cells.iter().find(|cell| cell.len() > FIELD_BYTES);
                large.map(|cell| (Reason::FieldTooLarge, format!("found a field of {} bytes, accepted are {FIELD_BYTES}", cell.len())))
            };
            if let Some((reason, detail)) = fault {
                let raw = cells.join("\t").chars().take(MAX_RAW_CHARS).collect();
                batch.rejects.push(Reject { row, line: Some(*line), column: None, reason, detail, raw });
                continue;
            }
            batch.rows.push(row);
            batch.lines.push(*line);
            for (column, idx) in columns.iter_mut().zip(&self.columns) {
                column.push(cells.get(*idx).map_or(&[], |cell| cell.as_bytes()));
            }
        }
        let is_empty = batch.rows.is_empty() && batch.rejects.is_empty();
        batch.columns = columns.finish();
        (!is_empty).then_some(batch)
    }
}

/// Refuses what unpacks to more than the limits, by the sizes in the archive's directory.
fn check_size(input: &mut dyn Input, path: &Path) -> Result<()> {
    let io = Error::io("cannot read the input");
    let limit = |what: &str, limit: String| {
        Err(Error::Limit { what: format!("{what} {}", path.display()), limit, hint: Some("save it as CSV".to_owned()) })
    };
    let size = input.seek(SeekFrom::End(0)).map_err(io)?;
    if size > MAX_BYTES {
        return limit("the size of", format!("{} MB", MAX_BYTES >> 20));
    }
    let unpacked = unpacked_size(input, size).map_err(Error::io("cannot read the input"))?;
    input.seek(SeekFrom::Start(0)).map_err(Error::io("cannot read the input"))?;
    if unpacked > MAX_UNPACKED || (unpacked > 100 << 20 && unpacked / 1000 > size) {
        return limit("what unpacks from", "1000 times its size".to_owned());
    }
    Ok(())
}

/// Sum of the sizes that the zip directory states; 0 where there is no directory.
fn unpacked_size(input: &mut dyn Input, size: u64) -> std::io::Result<u64> {
    let tail_at = size.saturating_sub(66_000);
    input.seek(SeekFrom::Start(tail_at))?;
    let mut tail = Vec::new();
    input.read_to_end(&mut tail)?;
    let Some(end) = memchr::memmem::rfind(&tail, b"PK\x05\x06") else { return Ok(0) };
    let number =
        |bytes: &[u8], at: usize| bytes.get(at..at + 4).and_then(|b| b.first_chunk::<4>()).map_or(0, |b| u64::from(u32::from_le_bytes(*b)));
    input.seek(SeekFrom::Start(number(&tail, end + 16)))?;
    let mut directory = Vec::new();
    input.take(number(&tail, end + 12)).read_to_end(&mut directory)?;
    let mut sum = 0;
    let mut entries = Cursor::new(&directory);
    while let Some(entry) = directory.get(entries.position() as usize..).filter(|entry| entry.starts_with(b"PK\x01\x02")) {
        sum += number(entry, 24);
        let lengths = |at: usize| entry.get(at..at + 2).and_then(|b| b.first_chunk::<2>()).map_or(0, |b| u64::from(u16::from_le_bytes(*b)));
        entries.set_position(entries.position() + 46 + lengths(28) + lengths(30) + lengths(32));
    }
    Ok(sum)
}
