//! What did the input hold, row by row?
//!
//! Files, directories and standard input become [`RawBatch`]es: text columns with the row and line
//! that each came from, and [`Reject`]s for rows that could not be read. [`list`] finds the files, [`inspect`] finds how
//! one is written, [`open`] reads the columns asked for, as often as needed. Formats, compression and
//! encodings are found by content, never by a file's name; what the columns mean is found from names and content
//! ([`roles::find`]) or named by the settings. Memory is bounded by the batch, so that files larger than memory work.
//!
//! # Formats
//!
//! | format | how it is read |
//! | --- | --- |
//! | CSV, TSV | The delimiter is `,` `;` tab or `\|`, whichever cuts the records evenly; a first line `sep=;` settles it. A field that begins with a quote ends at the next quote that is not doubled, and may hold delimiters and line breaks; a quote inside an unquoted field is text. Quotes escaped by a backslash (Spark, MySQL) and spaces before an opening quote are understood where a file has them throughout. Files whose quotes do not balance while their lines are even are read without quoting. Lines end with LF, CRLF or a mixture (CR alone in files without LF). Up to 20 lines before the header are passed over. A file without a header gets `column_1`, `column_2`, …; a column without a name gets the name of its place, and of two equal names the second is `Name_2`. Blank lines are no rows. |
//! | JSON Lines | One object a line; objects over several lines, one after another, are read too. |
//! | JSON array | An array of objects, read as a stream. |
//! | Parquet | Flat columns as text, dates and times in ISO form. Nested and binary columns are left out and told. |
//! | `.xlsx` | The first sheet with a header, up to 200 MB. Dates in ISO form, whole numbers without `.0`. |
//!
//! In JSON, objects inside an object become columns named with dots (`user.name`), lists are kept as JSON text, and the header is the
//! union over the first thousand rows in the order first seen; keys that first occur later are counted
//! ([`RawBatch::n_unknown`]), not read. Half a surrogate pair becomes U+FFFD.
//!
//! Each may be packed with gzip or zstd. Text is UTF-8 with or without byte-order mark, UTF-16 (either order) or Windows-1252 (of which
//! Latin-1 is a part, for text). Stray bytes in a UTF-8 file are read as Windows-1252, counted
//! ([`RawBatch::n_repaired`]) and their places told ([`RawBatch::repairs`]). An empty cell is null. A file with a header and no rows is fine; an empty file is an error.
//!
//! # Rows that do not fit
//!
//! A row with more fields than the header is a reject, unless the fields beyond are empty. A row with fewer is a reject, unless leaving out empty last cells
//! is the file's habit (at least two rows and more than 1 % of the first thousand): then the missing cells are empty.
//! A quoted field that does not end within 1 MiB or 10,000 lines, or before the file does, or whose end turns out to be the beginning of a later
//! row's field, costs the line it starts on: that line is the reject, and reading goes on with the next.
//!
//! # Limits
//!
//! | what | limit | beyond it |
//! | --- | --- | --- |
//! | a field | 1 MiB | the row is a reject |
//! | a row | 4 MiB | the row is a reject; reading goes on at the next line end beyond the limit |
//! | columns | 4,096 | error |
//! | a spreadsheet | 200 MB, 40 million cells | error |
//! | a packed Parquet file, unpacked | 1 GiB | error |
//! | unpacked bytes for each packed byte, beyond 100 MB | 1,000 | error |
//!
//! # Standard input and pipes
//!
//! [`spool`](spool()) writes what arrives, redacted, to a JSON Lines file that is then read like any other, as often as
//! needed, with the rows, lines and rejects of the original.

pub(crate) mod columns;
mod compressed;
mod csv;
pub mod dates;
mod encoding;
mod files;
mod guard;
mod json;
mod parquet;
mod reader;
pub mod roles;
mod shape;
mod spool;
mod table;
mod xlsx;

use arrow_array::StringArray;

#[cfg(feature = "object_store")]
pub(crate) use files::why_not_named;
pub use files::{InputFile, Listing, is_stream, list};
pub use reader::{Reader, open};
pub use shape::{Compression, Encoding, Format, Shape, inspect, of_batches};
pub use spool::spool;

/// Largest field in bytes: two hundred pages of text; no survey tool lets through a tenth of it.
pub(crate) const FIELD_BYTES: usize = 1 << 20;
/// Largest row in bytes.
pub(crate) const ROW_BYTES: usize = 4 << 20;
/// Lines that a quoted field may span.
pub(crate) const QUOTED_LINES: usize = 10_000;
/// Largest number of columns.
pub(crate) const MAX_COLUMNS: usize = 4096;
/// Characters of a row that a reject keeps.
pub(crate) const MAX_RAW_CHARS: usize = 4096;

/// Rows of one file, as text.
#[derive(Debug, Default)]
pub struct RawBatch {
    /// Row of each in its file, from 1, the header not counted; increasing.
    pub rows: Vec<u64>,
    /// Line that each starts on, from 1; 0 for formats without lines.
    pub lines: Vec<u64>,
    /// One array for each column asked for, in that order; null: the cell is missing or empty.
    pub columns: Vec<StringArray>,
    /// Rows between these that could not be read.
    pub rejects: Vec<Reject>,
    /// Cells whose bytes had to be mended (stray bytes in a UTF-8 file).
    pub n_repaired: u64,
    /// The first of them.
    pub repairs: Vec<Repair>,
    /// Values under JSON keys that do not occur in the first thousand rows; not read.
    pub n_unknown: u64,
    /// Pieces of personal data that were replaced before the batch was read, by place of the row and of the column among these: of what arrives
    /// once and is redacted on its way to the disk.
    pub redacted: std::collections::BTreeMap<(usize, usize), u32>,
}

/// Where a cell's bytes had to be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Row in the file, from 1, the header not counted.
    pub row: u64,
    /// Line that the row starts on, from 1; 0 for formats without lines.
    pub line: u64,
    /// Place among the columns asked for; none: the row is known, the column is not.
    pub column: Option<usize>,
}

/// Repairs of a batch whose places are kept: enough to go and look.
pub(crate) const MAX_REPAIRS: usize = 8;

/// An input row that could not be read, or could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Row in the file, from 1, the header not counted.
    pub row: u64,
    /// Line in the file, from 1, where the format has lines.
    pub line: Option<u64>,
    /// The column at fault; none: the whole row.
    pub column: Option<String>,
    /// Why.
    pub reason: Reason,
    /// What was found and what is accepted; never what a respondent wrote.
    pub detail: String,
    /// The row as read, at most 4,096 characters, not redacted yet.
    pub raw: String,
}

macro_rules! reasons {
    ($($variant:ident $code:literal $about:literal;)*) => {
        /// Why a row was rejected: stable codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Reason { $(#[doc = $about] $variant),* }
        impl Reason {
            /// All reasons with what they mean, for the documentation.
            pub const ALL: &[(Reason, &str)] = &[$((Self::$variant, $about)),*];
            /// The code that `reject.reason` holds.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }
        }
    };
}

reasons! {
    TooFewFields "too_few_fields" "The row has fewer fields than the header.";
    TooManyFields "too_many_fields" "The row has more fields than the header.";
    UnbalancedQuote "unbalanced_quote" "A quoted field does not end.";
    InvalidJson "invalid_json" "The line is not a JSON object.";
    FieldTooLarge "field_too_large" "A field is over the limit.";
    RowTooLarge "row_too_large" "The row is over the limit.";
    MissingId "missing_id" "The id column is empty.";
    MissingDate "missing_date" "The date that gives the month is empty, and no --month was given.";
    UnreadableDate "unreadable_date" "The date that gives the month cannot be read.";
    EpochDate "epoch_date" "The date is 1970-01-01: a system's word for no date.";
    DateOutOfRange "date_out_of_range" "The date is before 1970 or more than a year ahead.";
    ScoreOutOfScale "score_out_of_scale" "An answer is not on its scale, and the row has nothing else.";
}
