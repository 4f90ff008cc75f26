//! How is a file written, and how is it read?
//!
//! [`inspect`] looks at the first bytes and rows and says what it found ([`Shape`]). Reading the rest is left to [`super::reader`], what the
//! columns mean to [`super::roles`].

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{RecordBatch, StringArray};

use super::compressed::{self, read_up_to, unpack};
use super::csv;
use super::encoding::{self, Text};
use super::files::{InputFile, is_stream};
use super::json;
use super::parquet;
use super::reader::open;
use super::spool;
use super::xlsx;
use super::{MAX_COLUMNS, RawBatch};
use crate::error::{Error, Result};

/// Bytes from which a file's way of writing is found; more than the largest row.
const HEAD_BYTES: usize = (4 << 20) + (1 << 18);
/// Rows of the sample.
const SAMPLE_ROWS: usize = 1000;
/// Largest packed Parquet file, unpacked: it is read in memory.
const MAX_IN_MEMORY: u64 = 1 << 30;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Delimited text, whatever the delimiter.
    Csv,
    /// Objects, one a line or one after another.
    JsonLines,
    /// An array of objects.
    JsonArray,
    /// Parquet.
    Parquet,
    /// A spreadsheet.
    Xlsx,
}

impl Format {
    /// Its name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::JsonLines => "JSON Lines",
            Self::JsonArray => "JSON array",
            Self::Parquet => "Parquet",
            Self::Xlsx => "xlsx",
        }
    }
}

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// It is not.
    None,
    /// gzip
    Gzip,
    /// zstd
    Zstd,
}

/// How text is encoded; formats without text are [`Encoding::Utf8`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without byte-order mark.
    Utf8,
    /// UTF-8 with byte-order mark.
    Utf8Bom,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows-1252, of which Latin-1 is a part for text.
    Windows1252,
}

impl Encoding {
    /// Its name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 with byte-order mark",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// What was found out about a file.
#[derive(Debug)]
pub struct Shape {
    /// Where it is.
    pub path: PathBuf,
    /// Its name in tables.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// How it is packed.
    pub compression: Compression,
    /// How its text is encoded.
    pub encoding: Encoding,
    /// Names of its columns: distinct, never empty.
    pub header: Vec<String>,
    /// All columns of the first rows, at most 1,000 (rejects counted).
    pub sample: RawBatch,
    /// Size of the file in bytes, packed as it is.
    pub size_bytes: u64,
    /// What is worth telling: `2 lines before the header`, `delimiter ;`, `Windows-1252`.
    pub notes: Vec<String>,
    pub(crate) layout: Layout,
}

impl Shape {
    /// The place of a column in the header: the name as it is, or else the only one that differs in case and outer white space alone.
    ///
    /// Fails with [`Error::MissingColumn`], which lists the columns found.
    pub fn column(&self, name: &str) -> Result<usize> {
        let fold = |name: &str| name.trim().to_lowercase();
        let alike: Vec<usize> =
            (0..self.header.len()).filter(|i| self.header.get(*i).is_some_and(|other| fold(other) == fold(name))).collect();
        match (self.header.iter().position(|other| other == name), alike.as_slice()) {
            (Some(place), _) => Ok(place),
            (None, [place]) => Ok(*place),
            _ => Err(Error::MissingColumn { column: name.to_owned(), path: self.path.clone(), found: self.header.clone() }),
        }
    }
}

/// How rows lie in a file.
#[derive(Clone, Debug)]
pub(crate) enum Layout {
    Csv(csv::Layout),
    Json(json::Layout),
    /// Places of the header's columns in the file.
    Parquet(Vec<usize>),
    Xlsx(Arc<xlsx::Sheet>),
    Spool,
    /// Rows in memory, with the places of the header's columns in them.
    Memory(Arc<[RecordBatch]>, Vec<usize>),
}

/// The shape of rows that are in memory already, as if they lay in a Parquet file called `name`.
///
/// Batches are of one schema. Fails with [`Error::Input`] when there is no batch, and with [`Error::Limit`] above 4,096 columns.
pub fn of_batches(name: &str, batches: Vec<RecordBatch>) -> Result<Shape> {
    let Some(first) = batches.first() else {
        return Err(Error::Input { path: name.into(), what: "there is no batch".to_owned(), found: None, hint: None });
    };
    let (columns, notes) = parquet::columns(&first.schema());
    let (places, names): (Vec<usize>, Vec<String>) = columns.into_iter().unzip();
    if names.len() > MAX_COLUMNS {
        let what = format!("{name}: {} columns", names.len());
        return Err(Error::Limit { what, limit: format!("{MAX_COLUMNS} columns"), hint: None });
    }
    let mut shape = Shape {
        path: name.into(),
        name: name.to_owned(),
        format: Format::Parquet,
        compression: Compression::None,
        encoding: Encoding::Utf8,
        header: super::table::names(&names),
        sample: RawBatch::default(),
        size_bytes: 0,
        notes,
        layout: Layout::Memory(batches.into(), places),
    };
    shape.sample = first_rows(&shape)?;
    Ok(shape)
}

/// All columns of the first rows; every column, too, when there is no row.
fn first_rows(shape: &Shape) -> Result<RawBatch> {
    let all: Vec<usize> = (0..shape.header.len()).collect();
    let sample = open(shape, &all)?.next_batch(SAMPLE_ROWS)?;
    Ok(sample.unwrap_or_else(|| RawBatch {
        columns: all.iter().map(|_| StringArray::from(Vec::<Option<&str>>::new())).collect(),
        ..RawBatch::default()
    }))
}

/// Finds how a file is written, and reads its first rows.
///
/// A file with a header and no rows has an empty sample. Fails with [`Error::Input`] for an empty file, one of no known
/// format and one that can be read once only, and with [`Error::Limit`] above 4,096 columns or the limits of packed files and spreadsheets.
pub fn inspect(file: &InputFile) -> Result<Shape> {
    if is_stream(&file.path) {
        return Err(Error::Input {
            path: file.path.clone(),
            what: "this is a pipe or a device, which can be read once only".to_owned(),
            found: None,
            hint: Some("write it to a file first".to_owned()),
        });
    }
    let raw = fs_err::File::open(&file.path).map_err(Error::io("cannot open the input"))?;
    let size_bytes = raw.metadata().map_err(Error::io("cannot read the input"))?.len();
    let mut unpacked = unpack(Box::new(raw)).map_err(compressed::failed(&file.path))?;
    let head = read_up_to(&mut *unpacked.reader, HEAD_BYTES).map_err(compressed::failed(&file.path))?;
    let compression = unpacked.compression;
    let mut notes = match compression {
        Compression::None => Vec::new(),
        Compression::Gzip => vec!["gzip".to_owned()],
        Compression::Zstd => vec!["zstd".to_owned()],
    };
    drop(unpacked);
    let plan = plan(&head, &file.path, || whole(&file.path, compression))?;
    notes.extend(plan.notes);
    let mut shape = Shape {
        path: file.path.clone(),
        name: file.name.clone(),
        format: plan.format,
        compression,
        encoding: plan.encoding,
        header: plan.header,
        sample: RawBatch::default(),
        size_bytes,
        notes,
        layout: plan.layout,
    };
    shape.sample = first_rows(&shape)?;
    Ok(shape)
}

/// How a file is read, from its first bytes.
pub(crate) struct Plan {
    pub(crate) format: Format,
    pub(crate) encoding: Encoding,
    pub(crate) header: Vec<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) layout: Layout,
}

/// Finds how a file is read from `head`, its first bytes unpacked; `whole` gives all of it, for formats that have their directory elsewhere.
pub(crate) fn plan(head: &[u8], path: &Path, whole: impl FnOnce() -> Result<Whole>) -> Result<Plan> {
    let plan = match head {
        [b'P', b'A', b'R', b'1', ..] => plan_parquet(path, whole()?)?,
        [b'P', b'K', 3, 4, ..] => plan_xlsx(head, path, whole)?,
        _ => plan_text(head, path)?,
    };
    if plan.header.len() > MAX_COLUMNS {
        let what = format!("{} columns in {}", plan.header.len(), path.display());
        return Err(Error::Limit {
            what,
            limit: format!("{MAX_COLUMNS} columns"),
            hint: Some("leave columns out of the export".to_owned()),
        });
    }
    Ok(plan)
}

pub(crate) fn refuse<T>(path: &Path, what: &str, found: &str, hint: &str) -> Result<T> {
    Err(Error::Input { path: path.to_owned(), what: what.to_owned(), found: Some(found.to_owned()), hint: Some(hint.to_owned()) })
}

const ACCEPTED: &str = "accepted are CSV, TSV, JSON Lines, JSON arrays, Parquet and .xlsx, each also .gz or .zst";

fn plan_parquet(path: &Path, whole: Whole) -> Result<Plan> {
    let schema = match &whole {
        Whole::File(file) => parquet::schema(file, path)?,
        Whole::Bytes(bytes) => parquet::schema(bytes, path)?,
    };
    let (columns, notes) = parquet::columns(&schema);
    let (places, header): (Vec<usize>, Vec<String>) = columns.into_iter().unzip();
    Ok(Plan { format: Format::Parquet, encoding: Encoding::Utf8, header, notes, layout: Layout::Parquet(places) })
}

fn plan_xlsx(head: &[u8], path: &Path, whole: impl FnOnce() -> Result<Whole>) -> Result<Plan> {
    let is_sheet = [b"[Content_Types].xml".as_slice(), b"xl/", b"_rels/"].iter().any(|part| memchr::memmem::find(head, part).is_some());
    if !is_sheet {
        return refuse(path, "this is a zip archive, not a table", "a zip archive", "unpack it and name the files in it");
    }
    let Some(sheet) = xlsx::read(whole()?.into_seekable(), path)? else {
        return refuse(path, "no sheet holds anything", "an empty spreadsheet", "a header and at least one row are needed");
    };
    let (header, notes) = (sheet.header.clone(), sheet.notes.clone());
    Ok(Plan { format: Format::Xlsx, encoding: Encoding::Utf8, header, notes, layout: Layout::Xlsx(Arc::new(sheet)) })
}

fn plan_text(head: &[u8], path: &Path) -> Result<Plan> {
    let encoding = encoding::guess(head);
    let mut text = Vec::new();
    let mut decoder = Text::new(Box::new(Cursor::new(head.to_vec())), encoding);
    while decoder.fill(&mut text, 1 << 20).map_err(compressed::failed(path))? {}
    if text.trim_ascii().is_empty() {
        let found = if head.is_empty() { "no bytes" } else { "only white space" };
        return refuse(path, "the file is empty", found, "a header and at least one row are needed");
    }
    if encoding::is_binary(&text) {
        let found = match head {
            [0xd0, 0xcf, 0x11, 0xe0, ..] => "an old .xls spreadsheet: save it as .xlsx or CSV",
            [b'%', b'P', b'D', b'F', ..] => "a PDF",
            _ => "bytes that are neither text nor a known format",
        };
        return refuse(path, "the format is not known", found, ACCEPTED);
    }
    let ended = head.len() < HEAD_BYTES;
    let told = |notes: Vec<String>| {
        let name = (!matches!(encoding, Encoding::Utf8 | Encoding::Utf8Bom)).then(|| encoding.as_str().to_owned());
        name.into_iter().chain(notes).collect()
    };
    if let Some(spool::Header { header, notes, format }) = spool::header(&text) {
        return Ok(Plan { format, encoding, header, notes, layout: Layout::Spool });
    }
    if let Some(layout) = json::sniff(&text) {
        let start = Text::new(Box::new(Cursor::new(text.clone())), Encoding::Utf8);
        let header = json::header(start, layout, SAMPLE_ROWS).map_err(compressed::failed(path))?;
        if header.is_empty() {
            return refuse(
                path,
                "no object with a value was found",
                "JSON without rows",
                "each row is an object: {\"id\": 1, \"comment\": \"…\"}",
            );
        }
        let is_array = text.trim_ascii_start().starts_with(b"[");
        let format = if is_array { Format::JsonArray } else { Format::JsonLines };
        return Ok(Plan { format, encoding, header, notes: told(Vec::new()), layout: Layout::Json(layout) });
    }
    if text.trim_ascii_start().starts_with(b"[") {
        return refuse(
            path,
            "the JSON array holds no objects",
            "an array of plain values",
            "each row is an object: {\"id\": 1, \"comment\": \"…\"}",
        );
    }
    let Some(found) = csv::sniff::sniff(&text, ended) else {
        return refuse(path, "no rows were found", "text without a line that ends", ACCEPTED);
    };
    Ok(Plan { format: Format::Csv, encoding, header: found.header, notes: told(found.notes), layout: Layout::Csv(found.layout) })
}

/// All of a file, to be read anywhere.
pub(crate) enum Whole {
    File(std::fs::File),
    Bytes(bytes::Bytes),
}

impl Whole {
    pub(crate) fn into_seekable(self) -> Box<dyn xlsx::Input> {
        match self {
            Self::File(file) => Box::new(std::io::BufReader::new(file)),
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes)),
        }
    }
}

pub(crate) fn whole(path: &Path, compression: Compression) -> Result<Whole> {
    let raw = fs_err::File::open(path).map_err(Error::io("cannot open the input"))?;
    if compression == Compression::None {
        return Ok(Whole::File(raw.into_file()));
    }
    let mut unpacked = unpack(Box::new(raw)).map_err(compressed::failed(path))?;
    in_memory(&mut *unpacked.reader, path).map(Whole::Bytes)
}

/// Reads all that `reader` has, if it is not too much for memory.
pub(crate) fn in_memory(reader: &mut dyn Read, path: &Path) -> Result<bytes::Bytes> {
    let mut bytes = Vec::new();
    reader.take(MAX_IN_MEMORY + 1).read_to_end(&mut bytes).map_err(compressed::failed(path))?;
    if bytes.len() as u64 > MAX_IN_MEMORY {
        let what = format!("what {} holds", path.display());
        return Err(Error::Limit { what, limit: "1 GiB in memory".to_owned(), hint: Some("unpack it to a file first".to_owned()) });
    }
    Ok(bytes.into())
}
