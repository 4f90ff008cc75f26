//! How can what arrives once (standard input, a pipe) be read twice?
//!
//! What arrives is read as any format, redacted cell by cell, and written to a JSON Lines file whose first line tells the
//! header; rows carry the row and line that they had, and rejects travel along. Nothing reaches the disk unredacted.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use arrow_array::{Array, BooleanArray, StringArray};
use arrow_select::filter::filter;
use serde::{Deserialize, Serialize};

use super::compressed::{self, read_up_to, unpack};
use super::encoding::Text;
use super::files::InputFile;
use super::json::{self, JsonReader};
use super::reader::Rows;
use super::shape::{Format, Layout, Whole, in_memory, plan};
use super::xlsx::XlsxReader;
use super::{MAX_REPAIRS, RawBatch, Reason, Reject, Repair};
use crate::error::{Error, Result};

/// Bytes from which the format is found.
const HEAD_BYTES: usize = 8 << 20;
const BATCH_ROWS: usize = 1024;
/// What a spool's first line begins with.
const MAGIC: &str = "{\"outspoken.spool\":";
/// Keys of a spooled row beside its cells, whose keys are their places in the header; `ROW` to `REDACTED` are the places of these.
const KEYS: [&str; 10] = [
    "outspoken.row",
    "outspoken.line",
    "outspoken.repaired",
    "outspoken.unknown",
    "outspoken.reason",
    "outspoken.column",
    "outspoken.detail",
    "outspoken.raw",
    "outspoken.mended",
    "outspoken.redacted",
];
const ROW: usize = 0;
const LINE: usize = 1;
const REPAIRED: usize = 2;
const UNKNOWN: usize = 3;
const REASON: usize = 4;
const COLUMN: usize = 5;
const DETAIL: usize = 6;
const RAW: usize = 7;
const MENDED: usize = 8;
/// Pieces of personal data that were replaced, by the place of the cell: `3:1 7:2`.
const REDACTED: usize = 9;

/// Cells are called by their places in the header: names of columns may be anything, our own keys too.
fn cell_keys(n_columns: usize) -> Vec<String> {
    (0..n_columns).map(|place| place.to_string()).collect()
}

/// What a spool's first line tells.
pub(crate) struct Header {
    pub(crate) header: Vec<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) format: Format,
}

#[derive(Deserialize, Serialize)]
struct FirstLine {
    #[serde(rename = "outspoken.spool")]
    spool: Told,
}

#[derive(Deserialize, Serialize)]
struct Told {
    format: String,
    header: Vec<String>,
    notes: Vec<String>,
}

/// Reads all of `input` into a redacted JSON Lines file at `path`; `name` is its name in tables, `-` that of standard input.
///
/// `redact` is called with the name of the column, each cell (and each reject's raw row) and an empty string to fill, and says how many pieces of
/// personal data it replaced; it leaves columns alone whose values are keys. Fails like
/// [`super::inspect`] for empty input and unknown formats.
pub fn spool(input: Box<dyn Read + Send>, name: &str, path: &Path, redact: &mut Redact<'_>) -> Result<InputFile> {
    let given = Path::new(name);
    let mut unpacked = unpack(input).map_err(compressed::failed(given))?;
    let head = read_up_to(&mut *unpacked.reader, HEAD_BYTES).map_err(compressed::failed(given))?;
    let mut stream: Box<dyn Read + Send> = Box::new(Cursor::new(head.clone()).chain(unpacked.reader));
    let (plan, mut rows) = if head.starts_with(b"PAR1") || head.starts_with(b"PK\x03\x04") {
        let bytes = in_memory(&mut *stream, given)?;
        let plan = plan(&head, given, || Ok(Whole::Bytes(bytes.clone())))?;
        let all: Vec<usize> = (0..plan.header.len()).collect();
        let rows = match &plan.layout {
            Layout::Xlsx(sheet) => Rows::Xlsx(XlsxReader::new(sheet, &all)),
            Layout::Parquet(places) => Rows::of_parquet(Whole::Bytes(bytes), places, given, &all)?,
            _ => unreachable!("these first bytes are those of Parquet and spreadsheets"),
        };
        (plan, rows)
    } else {
        let plan = plan(&head, given, || unreachable!("text needs no directory"))?;
        let all: Vec<usize> = (0..plan.header.len()).collect();
        let rows = Rows::of_text(stream, &plan.layout, plan.encoding, &plan.header, &all);
        (plan, rows)
    };
    let file = fs_err::File::create(path).map_err(Error::io("cannot write the spool"))?;
    let mut writer = Writer { out: std::io::BufWriter::new(file), redact, clean: String::new(), line: Vec::new() };
    let told = Told { format: plan.format.as_str().to_owned(), header: plan.header, notes: plan.notes };
    let first = FirstLine { spool: told };
    let keys = cell_keys(first.spool.header.len());
    let written = writer.write_line(&first).and_then(|()| {
        while let Some(batch) = rows.next_batch(BATCH_ROWS, given).map_err(Failed::Read)? {
            writer.write(&batch, &first.spool.header, &keys)?;
        }
        Ok(writer.out.flush()?)
    });
    match written {
        Ok(()) => Ok(InputFile { path: path.to_owned(), name: name.to_owned() }),
        Err(Failed::Read(error)) => Err(error),
        Err(Failed::Write(source)) => Err(Error::Io { doing: "cannot write the spool", source }),
    }
}

/// Takes personal data out of a cell of a column, into an empty string; says how many pieces there were.
type Redact<'a> = dyn FnMut(&str, &str, &mut String) -> u32 + 'a;

enum Failed {
    Read(Error),
    Write(std::io::Error),
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

struct Writer<'a, 'r> {
    out: std::io::BufWriter<fs_err::File>,
    redact: &'a mut Redact<'r>,
    clean: String,
    line: Vec<u8>,
}

impl Writer<'_, '_> {
    fn write_line(&mut self, value: &impl Serialize) -> Result<(), Failed> {
        serde_json::to_writer(&mut self.out, value).map_err(std::io::Error::from)?;
        Ok(self.out.write_all(b"\n")?)
    }

    fn write(&mut self, batch: &RawBatch, header: &[String], keys: &[String]) -> Result<(), Failed> {
        let counts = [(REPAIRED, batch.n_repaired), (UNKNOWN, batch.n_unknown)];
        self.begin(&counts)?;
        self.end()?;
        for (i, (row, line)) in batch.rows.iter().zip(&batch.lines).enumerate() {
            // A row whose place is told says so itself; its cells are in the count above.
            let mended = u64::from(batch.repairs.iter().any(|repair| repair.row == *row));
            let numbers = [(ROW, *row), (LINE, *line), (MENDED, mended)];
            self.begin(&numbers[..2 + mended as usize])?;
            let mut redacted = Vec::new();
            for (key, (name, column)) in keys.iter().zip(header.iter().zip(&batch.columns)) {
                if column.is_valid(i) {
                    let n = self.redacted(key, name, column.value(i))?;
                    redacted.extend((n > 0).then(|| format!("{key}:{n}")));
                }
            }
            if !redacted.is_empty() {
                self.text(KEYS[REDACTED], &redacted.join(" "))?;
            }
            self.end()?;
        }
        for reject in &batch.rejects {
            self.begin(&[(ROW, reject.row), (LINE, reject.line.unwrap_or(0))])?;
            let ours = [(COLUMN, reject.column.as_deref().unwrap_or_default()), (DETAIL, &reject.detail), (REASON, reject.reason.as_str())];
            ours.iter().try_for_each(|(key, text)| self.text(KEYS[*key], text))?;
            self.redacted(KEYS[RAW], KEYS[RAW], &reject.raw)?;
            self.end()?;
        }
        Ok(())
    }

    fn begin(&mut self, numbers: &[(usize, u64)]) -> Result<(), Failed> {
        self.line.clear();
        for (key, number) in numbers {
            write!(self.line, "{}\"{}\":{number}", if self.line.is_empty() { '{' } else { ',' }, KEYS[*key])?;
        }
        Ok(())
    }

    fn redacted(&mut self, key: &str, column: &str, text: &str) -> Result<u32, Failed> {
        let mut clean = std::mem::take(&mut self.clean);
        clean.clear();
        let n = (self.redact)(column, text, &mut clean);
        let written = self.text(key, &clean);
        self.clean = clean;
        written.map(|()| n)
    }

    fn text(&mut self, key: &str, text: &str) -> Result<(), Failed> {
        self.line.push(b',');
        serde_json::to_writer(&mut self.line, key).map_err(std::io::Error::from)?;
        self.line.push(b':');
        Ok(serde_json::to_writer(&mut self.line, text).map_err(std::io::Error::from)?)
    }

    fn end(&mut self) -> Result<(), Failed> {
        self.line.extend_from_slice(b"}\n");
        Ok(self.out.write_all(&self.line)?)
    }
}

/// What the first line of `text` tells, if it is a spool.
pub(crate) fn header(text: &[u8]) -> Option<Header> {
    let line = text.starts_with(MAGIC.as_bytes()).then(|| text.split(|b| *b == b'\n').next())??;
    let FirstLine { spool } = serde_json::from_slice(line).ok()?;
    let formats = [Format::Csv, Format::JsonLines, Format::JsonArray, Format::Parquet, Format::Xlsx];
    let format = formats.into_iter().find(|format| format.as_str() == spool.format)?;
    Some(Header { header: spool.header, notes: spool.notes, format })
}

/// Reads a spool: rows and rejects as they were.
pub(crate) struct SpoolReader {
    rows: JsonReader,
    columns: Vec<usize>,
}

impl SpoolReader {
    pub(crate) fn new(text: Text, header: &[String], columns: &[usize]) -> Self {
        let names: Vec<String> = KEYS.iter().map(|key| (*key).to_owned()).chain(cell_keys(header.len())).collect();
        let places: Vec<usize> = (0..KEYS.len()).chain(columns.iter().map(|column| column + KEYS.len())).collect();
        Self { rows: JsonReader::new(text, json::Layout::Lines, &names, &places), columns: columns.to_vec() }
    }

    pub(crate) fn next_batch(&mut self, max_rows: usize) -> std::io::Result<Option<RawBatch>> {
        loop {
            let Some(read) = self.rows.next_batch(max_rows)? else { return Ok(None) };
            let batch = unpack_batch(&read, &self.columns);
            if !batch.rows.is_empty() || !batch.rejects.is_empty() {
                return Ok(Some(batch));
            }
        }
    }
}

/// Turns spooled lines into rows and rejects; lines that are neither (the first, counts) are passed over.
fn unpack_batch(read: &RawBatch, columns: &[usize]) -> RawBatch {
    let text = |key: usize, i: usize| read.columns.get(key).filter(|column| column.is_valid(i)).map(|column| column.value(i));
    let number = |key: usize, i: usize| text(key, i).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    let mut batch = RawBatch::default();
    let mut keep = Vec::with_capacity(read.rows.len());
    for i in 0..read.rows.len() {
        batch.n_repaired += number(REPAIRED, i);
        batch.n_unknown += number(UNKNOWN, i);
        let (row, line) = (number(ROW, i), number(LINE, i));
        let reason = text(REASON, i).and_then(|code| Reason::ALL.iter().map(|(reason, _)| *reason).find(|reason| reason.as_str() == code));
        keep.push(row > 0 && reason.is_none());
        if let Some(reason) = reason {
            batch.rejects.push(Reject {
                row,
                line: (line > 0).then_some(line),
                column: text(COLUMN, i).map(str::to_owned),
                reason,
                detail: text(DETAIL, i).unwrap_or_default().to_owned(),
                raw: text(RAW, i).unwrap_or_default().to_owned(),
            });
        } else if row > 0 {
            if number(MENDED, i) > 0 && batch.repairs.len() < MAX_REPAIRS {
                batch.repairs.push(Repair { row, line, column: None });
            }
            for (place, n) in text(REDACTED, i).unwrap_or_default().split(' ').filter_map(|part| part.split_once(':')) {
                let column = place.parse().ok().and_then(|place: usize| columns.iter().position(|own| *own == place));
                if let (Some(column), Ok(n)) = (column, n.parse()) {
                    batch.redacted.insert((batch.rows.len(), column), n);
                }
            }
            batch.rows.push(row);
            batch.lines.push(line);
        }
    }
    let keep = BooleanArray::from(keep);
    let kept = |column: &StringArray| {
        let kept = filter(column, &keep).expect("the mask has a place for each row");
        StringArray::from(kept.to_data())
    };
    batch.columns = read.columns.iter().skip(KEYS.len()).map(kept).collect();
    batch
}
