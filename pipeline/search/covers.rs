//! Which run, and which files of it, does the index cover?
//!
//! Written with each commit of the index itself, so that both change at once or not at all: an index that was killed while
//! it was built still says what it covered before.

use std::collections::BTreeMap;
use std::path::Path;

use fs_err::File;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::month::Month;
use crate::schema::{CLAUSE, HOTLINE, HOTLINE_HIT, RESPONSE, SCORE, VERBATIM};
use crate::sink::Version;

/// What an index covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Covers {
    pub(super) format: u32,
    /// The run whose tables it follows.
    pub(super) run_id: String,
    /// The files of each month, by a fingerprint of what wrote them.
    pub(super) months: BTreeMap<String, String>,
}

impl Covers {
    /// What an index of this version would cover.
    pub(super) fn of(version: &Version) -> Result<Self> {
        let mut months = BTreeMap::new();
        for month in version.months(&VERBATIM)? {
            months.insert(month.to_string(), fingerprint(version, month)?);
        }
        Ok(Self { format: super::fields::FORMAT, run_id: run_id(version)?, months })
    }

    /// Reads what was written with a commit; anything else: nothing is covered.
    pub(super) fn parse(payload: Option<&str>) -> Self {
        payload.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }

    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).expect("text and numbers")
    }
}

/// The last run of a version; empty where its manifest cannot be read.
pub(super) fn run_id(version: &Version) -> Result<String> {
    let path = version.runs().join("latest.json");
    if !path.exists() {
        return Ok(String::new());
    }
    let bytes = fs_err::read(&path).map_err(Error::io("cannot read the manifest of the last run"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(manifest.get("run_id").and_then(|id| id.as_str()).unwrap_or_default().to_owned())
}

/// Equal as long as no file that the documents of a month are made of was written again: the run that wrote it, its rows and its size.
fn fingerprint(version: &Version, month: Month) -> Result<String> {
    let mut print = Fingerprint::of("index month");
    for table in [&RESPONSE, &VERBATIM, &CLAUSE, &HOTLINE_HIT, &HOTLINE, &SCORE] {
        let path = version.month_file(table, month);
        print = print.part(table.name);
        print.add(if path.exists() { Some(written_by(&path)?) } else { None }.as_deref());
    }
    Ok(print.id())
}

fn written_by(path: &Path) -> Result<String> {
    let file = File::open(path).map_err(Error::io("cannot read a table"))?;
    let n_bytes = file.metadata().map_err(Error::io("cannot read a table"))?.len();
    let reader = SerializedFileReader::new(file.into_file()).map_err(Error::parquet(path))?;
    let metadata = reader.metadata().file_metadata();
    let run = metadata.key_value_metadata().into_iter().flatten().find(|pair| pair.key == "outspoken.run_id");
    Ok(format!("{} {} {n_bytes}", run.and_then(|pair| pair.value.as_deref()).unwrap_or_default(), metadata.num_rows()))
}
