//! Which run wrote the tables, and what did it have to leave out?

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::row::each_row;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{reject, response, verbatim};
use crate::sink::Version;

/// What the pack tells of `runs/latest.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) run_id: String,
    pub(super) program: String,
    pub(super) schema_version: String,
    pub(super) as_of: String,
    pub(super) rows: Rows,
    pub(super) inputs: Vec<Input>,
    pub(super) fingerprints: BTreeMap<String, String>,
    pub(super) registry_version: i64,
    pub(super) verbatims: Verbatims,
    pub(super) partner_flags: [i64; 2],
    pub(super) months_written: Vec<String>,
    pub(super) months_restated: Vec<String>,
    pub(super) warnings: Vec<String>,
}

/// Where the rows of the run went.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Rows {
    pub(super) read: i64,
    pub(super) new: i64,
    pub(super) replacing: i64,
    pub(super) unchanged: i64,
    pub(super) superseded: i64,
    pub(super) rejected: i64,
}

/// A file of the run's input.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) rows: i64,
    pub(super) fingerprint: String,
}

/// What came of the verbatims of the run.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Verbatims {
    pub(super) redactions: i64,
    pub(super) clauses: i64,
    pub(super) residual_share: Option<f64>,
}

impl Record {
    /// Reads `runs/latest.json`.
    pub(super) fn load(version: &Version) -> Result<Self> {
        let path = version.runs().join("latest.json");
        let bytes = fs_err::read(&path).map_err(Error::io("cannot read the manifest of the last run"))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::Output {
            path,
            what: format!("the manifest of the last run cannot be read: {error}"),
            hint: Some("run again: every run writes it anew".to_owned()),
        })
    }

    /// The last record before this one that did not write the month: what was in force when the month before was written.
    pub(super) fn before(version: &Version, this: &Self, month: Month) -> Result<Option<Self>> {
        let mut before: Option<Self> = None;
        for entry in fs_err::read_dir(version.runs()).map_err(Error::io("cannot read the manifests"))? {
            let path = entry.map_err(Error::io("cannot read the manifests"))?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let bytes = fs_err::read(&path).map_err(Error::io("cannot read a manifest"))?;
            let Ok(record) = serde_json::from_slice::<Self>(&bytes) else { continue };
            let is_earlier = record.clock() < this.clock() && !record.months_written.contains(&month.to_string());
            if is_earlier && before.as_ref().is_none_or(|known| (known.clock(), &known.run_id) < (record.clock(), &record.run_id)) {
                before = Some(record);
            }
        }
        Ok(before)
    }

    /// The clock of the run in microseconds since 1970; a manifest without one: never.
    pub(super) fn clock(&self) -> i64 {
        self.as_of.parse::<jiff::Timestamp>().map_or(i64::MIN, jiff::Timestamp::as_microsecond)
    }
}

/// What a source has in the month.
#[derive(Clone, Debug, Default)]
pub(super) struct Volume {
    pub(super) source: String,
    pub(super) responses: i64,
    pub(super) verbatims: i64,
}

/// The sources of a month, that with most verbatims first.
pub(super) fn volumes(version: &Version, month: Month) -> Result<Vec<Volume>> {
    let mut volumes: BTreeMap<String, Volume> = BTreeMap::new();
    each_row(version, month, &[response::source], |row| entry(&mut volumes, row.text(response::source)).responses += 1)?;
    each_row(version, month, &[verbatim::source], |row| entry(&mut volumes, row.text(verbatim::source)).verbatims += 1)?;
    let mut volumes: Vec<Volume> = volumes.into_values().collect();
    volumes.sort_by(|a, b| (b.verbatims, b.responses, &a.source).cmp(&(a.verbatims, a.responses, &b.source)));
    Ok(volumes)
}

/// The areas that responses of a month name.
pub(super) fn areas(version: &Version, month: Month) -> Result<BTreeSet<String>> {
    let mut areas = BTreeSet::new();
    each_row(version, month, &[response::area], |row| {
        let Some(area) = row.text(response::area) else { return };
        if !areas.contains(area) {
            areas.insert(area.to_owned());
        }
    })?;
    Ok(areas)
}

fn entry<'a>(volumes: &'a mut BTreeMap<String, Volume>, source: Option<&str>) -> &'a mut Volume {
    let source = source.unwrap_or_default();
    if !volumes.contains_key(source) {
        volumes.insert(source.to_owned(), Volume { source: source.to_owned(), ..Volume::default() });
    }
    volumes.get_mut(source).expect("it is there by now")
}

/// Rejected rows by source and reason, of all files read so far.
pub(super) fn rejects(version: &Version, month: Month) -> Result<BTreeMap<(String, String), i64>> {
    let mut rejects = BTreeMap::new();
    each_row(version, month, &[reject::source, reject::reason], |row| {
        *rejects.entry((row.owned(reject::source), row.owned(reject::reason))).or_default() += 1;
    })?;
    Ok(rejects)
}
