//! Which rows does a JSON text hold?
//!
//! JSON Lines, one object after another, or an array of objects: each object is a row. Valid UTF-8 comes in from
//! [`Text`]; the bytes of one object at a time are found by brackets outside of strings, and only the
//! columns asked for are built. Objects inside an object become columns named with dots; a list is
//! kept as JSON text. A row that is no object is a reject.

mod keys;
mod objects;

use std::collections::BTreeSet;

use memchr::memchr;
use serde::de::DeserializeSeed;

use super::columns::{Columns, MAX_BATCH_BYTES};
use super::csv::raw_text;
use super::encoding::Text;
use super::{FIELD_BYTES, MAX_REPAIRS, ROW_BYTES, RawBatch, Reason, Reject, Repair};
use keys::{Cells, Keys, Names, Row};
use objects::{Found, Objects, Scan};

/// How objects lie in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One object a line.
    Lines,
    /// Objects in an array, or one after another over several lines.
    Objects,
}

/// Finds how objects lie in `text`, the start of a file; none: it does not begin like JSON.
pub(crate) fn sniff(text: &[u8]) -> Option<Layout> {
    let text = text.trim_ascii_start();
    match text.first()? {
        b'[' => {
            let inner = text.get(1..)?.trim_ascii_start();
            matches!(inner.first(), Some(b'{' | b']') | None).then_some(Layout::Objects)
        }
        b'{' => {
            let line = text.get(..memchr(b'\n', text).unwrap_or(text.len()))?;
            // A line cut by the end of the sample is long: an object on one line.
            let is_whole = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok() || !text.contains(&b'\n');
            Some(if is_whole || !looks_open(line) { Layout::Lines } else { Layout::Objects })
        }
        _ => None,
    }
}

/// Whether a line is the first of an object that goes on: more brackets open than closed.
fn looks_open(line: &[u8]) -> bool {
    let mut scan = Scan::default();
    !line.iter().any(|byte| scan.step(*byte))
}

/// Finds the names of the first `max_rows` objects in the order seen.
pub(crate) fn header(text: Text, layout: Layout, max_rows: usize) -> std::io::Result<Vec<String>> {
    let (mut names, mut seen) = (Vec::new(), BTreeSet::new());
    let mut objects = Objects::new(text, layout);
    let mut n_rows = 0;
    while n_rows < max_rows
        && let Some(found) = objects.next()?
    {
        n_rows += 1;
        let Found::Object { start, end } = found else { continue };
        let bytes = &objects.buffer[start..end];
        let names = Names { prefix: String::new(), names: &mut names, seen: &mut seen };
        // What cannot be read here is a reject when the rows are read.
        drop(names.deserialize(&mut serde_json::Deserializer::from_slice(bytes)));
    }
    Ok(names)
}

/// Reads the rows of a JSON text.
pub(crate) struct JsonReader {
    objects: Objects,
    keys: Keys,
    n_columns: usize,
    cells: Cells,
    row: u64,
}

impl JsonReader {
    pub(crate) fn new(text: Text, layout: Layout, header: &[String], columns: &[usize]) -> Self {
        let keys = Keys::new(header, columns);
        Self { objects: Objects::new(text, layout), keys, n_columns: columns.len(), cells: Cells::default(), row: 0 }
    }

    /// The next rows, at most `max_rows` of them and [`MAX_BATCH_BYTES`]; none: the text has ended.
    pub(crate) fn next_batch(&mut self, max_rows: usize) -> std::io::Result<Option<RawBatch>> {
        let mut batch = RawBatch::default();
        let mut columns = Columns::new(self.n_columns, max_rows, &[]);
        while batch.rows.len() + batch.rejects.len() < max_rows && columns.n_bytes() < MAX_BATCH_BYTES {
            let Some(found) = self.objects.next()? else { break };
            self.row += 1;
            match found {
                Found::TooLarge { raw } => {
                    let detail = format!("found a row of more than {ROW_BYTES} bytes");
                    self.reject(Reason::RowTooLarge, detail, raw, &mut batch);
                }
                Found::Broken { start, end } => {
                    let raw = raw_text(&self.objects.buffer[start..end]);
                    self.reject(Reason::InvalidJson, "found no whole object".to_owned(), raw, &mut batch);
                }
                Found::Object { start, end } => self.object(start, end, &mut columns, &mut batch),
            }
        }
        let is_empty = batch.rows.is_empty() && batch.rejects.is_empty();
        batch.columns = columns.finish();
        Ok((!is_empty).then_some(batch))
    }

    fn object(&mut self, start: usize, end: usize, columns: &mut Columns, batch: &mut RawBatch) {
        let mut n_repaired = self.objects.n_repaired(end);
        let bytes = &self.objects.buffer[start..end];
        if let Err(error) = self.cells.read(&self.keys, self.n_columns, bytes) {
            let mended = without_lone_surrogates(bytes);
            n_repaired += 1;
            if mended.is_none_or(|mended| self.cells.read(&self.keys, self.n_columns, &mended).is_err()) {
                let place = format!("column {} of its line {}", error.column(), error.line());
                let what = match error.classify() {
                    serde_json::error::Category::Eof => "the object does not end",
                    serde_json::error::Category::Data => "this is no object",
                    _ => "this is not JSON",
                };
                return self.reject(Reason::InvalidJson, format!("{what}, at {place}"), raw_text(bytes), batch);
            }
        }
        if end - start > FIELD_BYTES
            && let Some(cell) = (0..self.n_columns).map(|i| self.cells.get(i)).find(|cell| cell.len() > FIELD_BYTES)
        {
            let detail = format!("found a field of {} bytes, accepted are {FIELD_BYTES}", cell.len());
            return self.reject(Reason::FieldTooLarge, detail, raw_text(bytes), batch);
        }
        batch.n_repaired += n_repaired;
        if n_repaired > 0 && batch.repairs.len() < MAX_REPAIRS {
            batch.repairs.push(Repair { row: self.row, line: self.objects.object_line, column: None });
        }
        batch.n_unknown += self.cells.n_unknown;
        batch.rows.push(self.row);
        batch.lines.push(self.objects.object_line);
        for (i, column) in columns.iter_mut().enumerate() {
            column.push(self.cells.get(i).as_bytes());
        }
    }

    fn reject(&self, reason: Reason, detail: String, raw: String, batch: &mut RawBatch) {
        batch.rejects.push(Reject { row: self.row, line: Some(self.objects.object_line), column: None, reason, detail, raw });
    }
}

impl Cells {
    fn read(&mut self, keys: &Keys, n_columns: usize, bytes: &[u8]) -> serde_json::Result<()> {
        self.clear(n_columns);
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        Row { keys, cells: self }.deserialize(&mut deserializer)?;
        deserializer.end()
    }
}

/// Halves of surrogate pairs, which systems leave that cut texts after so many UTF-16 units, become U+FFFD.
fn without_lone_surrogates(bytes: &[u8]) -> Option<Vec<u8>> {
    let unit = |at: usize| -> Option<u16> {
        let escape = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
    };
    let (mut out, mut at, mut n) = (bytes.to_vec(), 0, 0);
    while let Some(found) = memchr(b'\\', bytes.get(at..)?) {
        at += found;
        match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                out.get_mut(at..at + 6)?.copy_from_slice(b"\\ufffd");
                n += 1;
                at += 6;
            }
            _ => at += 2,
        }
        if at >= bytes.len() {
            break;
        }
    }
    (n > 0).then_some(out)
}
