//! What did a run read, use, decide and write?
//!
//! `runs/<run_id>.json`, and the same as `runs/latest.json`. Nothing in it comes from a verbatim.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::missing_is_fine;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::sink::{Staging, Version};

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
    /// Months that were published before and whose rows are others now: their figures are restated.
    pub months_restated: Vec<String>,
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

/// The id of a run: its clock, then the first characters of a hash of all that decides what it does.
pub(super) fn run_id(as_of: Timestamp, hash: &str) -> String {
    format!("{}-{}", as_of.strftime("%Y%m%dT%H%M%SZ"), hash.get(..10).expect("ids are 26 characters of ASCII"))
}

impl Manifest {
    /// Writes `runs/<run_id>.json` and `runs/latest.json`.
    pub(super) fn write(&self, staging: &Staging) -> Result<()> {
        put(staging, &self.run_id, &serde_json::to_value(self).expect("a manifest is maps of text and numbers"))
    }
}

/// Writes the record of a `sync`: that of the last run, for rows and input are still those, with what is new.
pub(super) fn write_synced(
    staging: &Staging,
    old: &Version,
    run_id: &str,
    as_of: Timestamp,
    months: &BTreeSet<Month>,
    held: &str,
) -> Result<()> {
    let mut manifest = latest(old)?;
    let before = manifest.insert("run_id".to_owned(), run_id.into());
    let rows_of = manifest.get("rows_of_run_id").cloned().or_else(|| before.clone());
    let months: Vec<String> = months.iter().map(Month::to_string).collect();
    for (key, value) in [
        ("previous_run_id", before.unwrap_or_default()),
        // What the record says of rows and input is that of this run.
        ("rows_of_run_id", rows_of.unwrap_or_default()),
        ("as_of", as_of.to_string().into()),
        ("months_restated", months.clone().into()),
        ("months_written", months.into()),
        ("rows_written", serde_json::json!({})),
        ("phase_seconds", serde_json::json!({})),
        ("stage_seconds", serde_json::json!({})),
    ] {
        manifest.insert(key.to_owned(), value);
    }
    if let Some(fingerprints) = manifest.get_mut("fingerprints").and_then(|f| f.as_object_mut()) {
        fingerprints.insert("goals".to_owned(), held.into());
    }
    put(staging, run_id, &manifest.into())
}

/// The last manifest; empty where there is none.
pub(super) fn latest(version: &Version) -> Result<serde_json::Map<String, serde_json::Value>> {
    let path = version.runs().join("latest.json");
    if !path.exists() {
        return Ok(serde_json::Map::new());
    }
    let bytes = fs_err::read(&path).map_err(Error::io("cannot read the last manifest"))?;
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

fn put(staging: &Staging, run_id: &str, manifest: &serde_json::Value) -> Result<()> {
    let folder = staging.version().runs();
    fs_err::create_dir_all(&folder).map_err(Error::io("cannot write the manifest"))?;
    let json = serde_json::to_vec_pretty(manifest).expect("a manifest is maps of text and numbers");
    for name in [format!("{run_id}.json"), "latest.json".to_owned()] {
        let path = folder.join(name);
        // Never through a hard link into the version before.
        fs_err::remove_file(&path).or_else(missing_is_fine).map_err(Error::io("cannot write the manifest"))?;
        fs_err::write(&path, &json).map_err(Error::io("cannot write the manifest"))?;
    }
    Ok(())
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
    /// Cells with bytes that are not UTF-8, read as Windows-1252.
    pub repaired: u64,
    /// Where the first of them are.
    pub repaired_at: Vec<String>,
    /// Values that were left out because their keys do not occur in the first thousand rows.
    pub unknown_values: u64,
    /// What was found out about it.
    pub notes: Vec<String>,
}

/// What came of the verbatims of the rows written.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VerbatimCounts {
    /// Answered open questions.
    pub verbatims: u64,
    /// Bytes of their text.
    pub text_bytes: u64,
    /// Pieces of personal data replaced.
    pub redactions: u64,
    /// HTML entities decoded.
    pub entities: u64,
    /// Characters of mojibake ("Ã©") turned back.
    pub mojibake: u64,
    /// The first rows that had either, as `file:row`.
    pub mended_at: Vec<String>,
    /// Clauses that have a vector.
    pub clauses: u64,
    /// Share of these that lies near no theme, 0 to 1.
    pub residual_share: Option<f64>,
}
