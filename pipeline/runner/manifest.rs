//! What did a run read, use, decide and write?
//!
//! `runs/<run_id>.json`, and the same as `runs/latest.json`. Nothing in it comes from a verbatim.

use std::collections::BTreeMap;

use serde::Serialize;

/// The record of one run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Manifest {
    /// Id of the run: the same for the same input, settings, clock and output before.
    pub run_id: String,
    /// The run before; none for the first.
    pub previous_run_id: Option<String>,
    /// Version of the program.
    pub program: String,
    /// Version of the tables.
    pub schema_version: String,
    /// The clock of the run, RFC 3339.
    pub as_of: String,
    /// Rows: read = new + replacing + unchanged + superseded + rejected.
    pub rows: RowCounts,
    /// What was read.
    pub inputs: Vec<InputRecord>,
    /// Fingerprints of everything that decides what is made of a row.
    pub fingerprints: BTreeMap<&'static str, String>,
    /// Version of the theme registry after the run.
    pub registry_version: i32,
    /// Months whose partitions were written.
    pub months_written: Vec<String>,
    /// Rows of each table in the months written.
    pub rows_written: BTreeMap<String, u64>,
    /// What came of the verbatims.
    pub verbatims: VerbatimCounts,
    /// HOTLINE cases of the rows written, by route.
    pub hotlines: BTreeMap<String, u64>,
    /// Partner flags of the rows written, and how many of them a rule or a score found too.
    pub partner_flags: [u64; 2],
    /// Wall seconds of each phase of the run.
    pub phase_seconds: BTreeMap<&'static str, f64>,
    /// CPU seconds of each stage over all workers, estimated from one verbatim in sixteen.
    pub stage_seconds: BTreeMap<&'static str, f64>,
    /// What a person should look at.
    pub warnings: Vec<String>,
}

/// Where the rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowCounts {
    /// Rows of the input.
    pub read: u64,
    /// Not known before.
    pub new: u64,
    /// In the place of published rows.
    pub replacing: u64,
    /// Published already, as they are.
    pub unchanged: u64,
    /// Replaced by a later row of the same input.
    pub superseded: u64,
    /// Could not be used.
    pub rejected: u64,
    /// Published rows that left their month: replaced, moved, or gone with `--replace-month`.
    pub withdrawn: u64,
}

/// One file of the input.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InputRecord {
    /// Its name, relative to the input.
    pub name: String,
    /// The source that it belongs to.
    pub source: String,
    /// Its size on disk.
    pub bytes: u64,
    /// XXH3 of its bytes.
    pub fingerprint: String,
    /// Its rows, rejects included.
    pub rows: u64,
    /// What was found out about it.
    pub notes: Vec<String>,
}

/// What came of the verbatims of the rows written.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct VerbatimCounts {
    /// Answered open questions.
    pub verbatims: u64,
    /// Bytes of their text.
    pub text_bytes: u64,
    /// Pieces of personal data replaced.
    pub redactions: u64,
    /// HTML entities and mojibake mended.
    pub repairs: u64,
    /// Clauses that have a vector.
    pub clauses: u64,
    /// Share of these that lies near no theme, 0 to 1.
    pub residual_share: Option<f64>,
}
