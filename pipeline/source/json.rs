//! Which rows does a JSON text hold?
//!
//! JSON Lines, one object after another, or an array of objects: each object is a row. Valid UTF-8 comes in from
//! [`Text`]; the bytes of one object at a time are found by brackets outside of strings, and only the
//! columns asked for are built. Objects inside an object become columns named with dots; a list is
//! kept as JSON text. A row that is no object is a reject.

mod keys;

use std::collections::BTreeSet;

use memchr::{memchr, memchr_iter};
use serde::de::DeserializeSeed;

use super::columns::{Columns, MAX_BATCH_BYTES};
use super::csv::raw_text;
use super::encoding::Text;
use super::{FIELD_BYTES, ROW_BYTES, RawBatch, Reason, Reject};
use keys::{Cells, Keys, Names, Row};

const CHUNK_BYTES: usize = 256 << 10;

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
        let mut columns = Columns::new(self.n_columns, max_rows);
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

/// What was found from a place on.
enum Found {
    Object { start: usize, end: usize },
    Broken { start: usize, end: usize },
    TooLarge { raw: String },
}

/// Finds the bytes of one row after another.
struct Objects {
    text: Text,
    layout: Layout,
    buffer: Vec<u8>,
    at: usize,
    buffer_at: u64,
    ended: bool,
    line: u64,
    /// Line on which the last row starts.
    object_line: u64,
}

impl Objects {
    fn new(text: Text, layout: Layout) -> Self {
        Self { text, layout, buffer: Vec::new(), at: 0, buffer_at: 0, ended: false, line: 1, object_line: 1 }
    }

    fn next(&mut self) -> std::io::Result<Option<Found>> {
        match self.layout {
            Layout::Lines => self.next_line(),
            Layout::Objects => self.next_object(),
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.drain(..self.at);
        self.buffer_at += self.at as u64;
        self.at = 0;
        let n_bytes = CHUNK_BYTES.max(self.buffer.len());
        self.ended = !self.text.fill(&mut self.buffer, n_bytes)?;
        Ok(())
    }

    fn next_line(&mut self) -> std::io::Result<Option<Found>> {
        let mut looked = 0;
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(found) = memchr(b'\n', &rest[looked..]) {
                let (start, end) = (self.at, self.at + looked + found);
                looked = 0;
                self.object_line = self.line;
                self.line += 1;
                self.at = end + 1;
                if end - start > ROW_BYTES {
                    return Ok(Some(Found::TooLarge { raw: raw_text(&self.buffer[start..end]) }));
                }
                if !self.buffer[start..end].trim_ascii().is_empty() {
                    return Ok(Some(Found::Object { start, end }));
                }
            } else if self.ended {
                let (start, end) = (self.at, self.buffer.len());
                self.at = end;
                self.object_line = self.line;
                let is_blank = self.buffer[start..end].trim_ascii().is_empty();
                return Ok((!is_blank).then_some(Found::Object { start, end }));
            } else if rest.len() > ROW_BYTES {
                return self.skip_line().map(Some);
            } else {
                looked = rest.len();
                self.fill()?;
            }
        }
    }

    fn skip_line(&mut self) -> std::io::Result<Found> {
        let raw = raw_text(&self.buffer[self.at..]);
        self.object_line = self.line;
        loop {
            if let Some(newline) = memchr(b'\n', &self.buffer[self.at..]) {
                self.at += newline + 1;
                self.line += 1;
                return Ok(Found::TooLarge { raw });
            }
            self.at = self.buffer.len();
            if self.ended {
                return Ok(Found::TooLarge { raw });
            }
            self.fill()?;
        }
    }

    /// The next object of an array or of a stream; what lies between objects (brackets, commas, white space) is passed over.
    fn next_object(&mut self) -> std::io::Result<Option<Found>> {
        loop {
            let rest = &self.buffer[self.at..];
            let between = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']')).count();
            self.pass(self.at + between);
            if self.at < self.buffer.len() {
                break;
            }
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
        self.object_line = self.line;
        if self.buffer[self.at] != b'{' {
            return self.broken().map(Some);
        }
        let (mut scan, mut looked) = (Scan::default(), 0);
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(end) = scan.object_end(rest, &mut looked) {
                let start = self.at;
                self.pass(start + end);
                let is_large = end > ROW_BYTES;
                let raw = || raw_text(&self.buffer[start..start + end]);
                return Ok(Some(if is_large { Found::TooLarge { raw: raw() } } else { Found::Object { start, end: start + end } }));
            }
            if self.ended {
                let (start, end) = (self.at, self.buffer.len());
                self.pass(end);
                return Ok(Some(Found::Broken { start, end }));
            }
            if rest.len() > ROW_BYTES {
                return self.skip_object(scan).map(Some);
            }
            self.fill()?;
        }
    }

    fn skip_object(&mut self, mut scan: Scan) -> std::io::Result<Found> {
        let raw = raw_text(&self.buffer[self.at..]);
        self.pass(self.buffer.len());
        loop {
            if self.ended {
                return Ok(Found::TooLarge { raw });
            }
            self.fill()?;
            let mut looked = 0;
            match scan.object_end(&self.buffer[self.at..], &mut looked) {
                Some(end) => {
                    self.pass(self.at + end);
                    return Ok(Found::TooLarge { raw });
                }
                None => self.pass(self.buffer.len()),
            }
        }
    }

    /// Something that is no object: it ends at the next comma, bracket or line end.
    fn broken(&mut self) -> std::io::Result<Found> {
        loop {
            let rest = &self.buffer[self.at..];
            let length = rest.iter().skip(1).position(|b| matches!(b, b'{' | b']' | b'\n'));
            let is_over = length.is_none() && (self.ended || rest.len() > ROW_BYTES);
            if length.is_some() || is_over {
                let (start, end) = (self.at, length.map_or(self.buffer.len(), |n| self.at + 1 + n));
                self.pass(end);
                return Ok(Found::Broken { start, end });
            }
            self.fill()?;
        }
    }

    fn pass(&mut self, end: usize) {
        self.line += memchr_iter(b'\n', &self.buffer[self.at..end]).count() as u64;
        self.at = end;
    }

    /// Whether the row up to `end` holds a mended character; its cells are not told apart.
    fn n_repaired(&mut self, end: usize) -> u64 {
        let end = self.buffer_at + end as u64;
        let mut n = 0;
        while self.text.repairs.front().is_some_and(|place| *place < end) {
            self.text.repairs.pop_front();
            n = 1;
        }
        n
    }
}

/// Follows brackets and strings.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl Scan {
    /// Takes one byte; true: the object ends with it.
    fn step(&mut self, byte: u8) -> bool {
        if self.is_escaped {
            self.is_escaped = false;
        } else if self.in_string {
            self.is_escaped = byte == b'\\';
            self.in_string = byte != b'"';
        } else {
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    return self.depth == 0;
                }
                _ => {}
            }
        }
        false
    }

    /// One past the object's end in `bytes`, of which `looked` were seen already.
    fn object_end(&mut self, bytes: &[u8], looked: &mut usize) -> Option<usize> {
        let mut at = *looked;
        while at < bytes.len() {
            if self.in_string && !self.is_escaped {
                match memchr::memchr2(b'"', b'\\', &bytes[at..]) {
                    Some(found) => at += found,
                    None => break,
                }
            }
            if self.step(bytes[at]) {
                return Some(at + 1);
            }
            at += 1;
        }
        *looked = bytes.len();
        None
    }
}
