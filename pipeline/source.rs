//! What did the input hold, row by row?
//!
//! Files, directories and standard input become [`RawBatch`]es: text columns with the row and line
//! that each came from, and [`Reject`]s for rows that could not be read. Formats, compression and encodings
//! are found by content ; what the columns mean is found from names and content
//!  or named by the settings.

pub mod dates;
pub mod roles;

use arrow_array::StringArray;

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
}

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
