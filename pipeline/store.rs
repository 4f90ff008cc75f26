//! What have people, and the clock, decided about cases?
//!
//! `review.db` (SQLite) keeps what cannot be computed again from the input: append-only events of cases. Each
//! event has a key of its own, so that writing it twice changes nothing. Tables show the state that follows from the
//! events; a run that was killed after it was shown leaves events to be written at the next start.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use crate::error::{Error, Result};

/// The database of an output directory.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
}

/// When a case was first seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The case.
    pub hotline_id: String,
    /// Clock of the run that opened it, microseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Whether it was too old at first sight to have a clock.
    pub is_historical: bool,
}

/// Each step brings the database one version further; steps are never edited.
const MIGRATIONS: &[&str] = &["
    create table case_event (
        event_key text primary key,
        hotline_id text not null,
        kind text not null,
        at_micros integer not null,
        who text,
        detail text
    ) strict;
    create index case_event_by_case on case_event (hotline_id, at_micros);
"];

impl Store {
    /// Opens `review.db` in an output directory, makes it if it is missing, and brings it to this version.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("review.db");
        let fail = Error::store(&path);
        let connection = Connection::open(&path).map_err(fail)?;
        let mut store = Self { path, connection };
        store.migrate().map_err(Error::store(&store.path))?;
        Ok(store)
    }

    fn migrate(&mut self) -> rusqlite::Result<()> {
        self.connection.pragma_update(None, "journal_mode", "wal")?;
        self.connection.busy_timeout(std::time::Duration::from_secs(10))?;
        let version: u32 = self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        for (step, sql) in MIGRATIONS.iter().enumerate().skip(version as usize) {
            let transaction = self.connection.transaction()?;
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "user_version", step as u32 + 1)?;
            transaction.commit()?;
        }
        Ok(())
    }

    /// Every case with the clock of the run that opened it.
    pub fn detected(&self) -> Result<HashMap<String, (i64, bool)>> {
        let read = || -> rusqlite::Result<HashMap<String, (i64, bool)>> {
            let mut statement = self.connection.prepare("select hotline_id, at_micros, detail from case_event where kind = 'detected'")?;
            let rows = statement.query_map([], |row| {
                let detail: Option<String> = row.get(2)?;
                Ok((row.get(0)?, (row.get(1)?, detail.as_deref() == Some("historical"))))
            })?;
            rows.collect()
        };
        read().map_err(Error::store(&self.path))
    }

    /// Writes detections; those that are written already stay as they are.
    pub fn detect(&mut self, cases: &[Detected]) -> Result<()> {
        let mut write = || {
            let transaction = self.connection.transaction()?;
            {
                let sql =
                    "insert or ignore into case_event (event_key, hotline_id, kind, at_micros, detail) values (?1, ?2, 'detected', ?3, ?4)";
                let mut statement = transaction.prepare(sql)?;
                for case in cases {
                    let key = format!("detected:{}", case.hotline_id);
                    statement.execute(params![key, case.hotline_id, case.at, case.is_historical.then_some("historical")])?;
                }
            }
            transaction.commit()
        };
        write().map_err(Error::store(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detection_is_stored_once_and_never_moved() {
        let folder = tempfile::tempdir().unwrap();
        let case = |at, is_historical| Detected { hotline_id: "h1".into(), at, is_historical };
        Store::open(folder.path()).unwrap().detect(&[case(5, true)]).unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        store.detect(&[case(9, false)]).unwrap();
        assert_eq!(store.detected().unwrap()["h1"], (5, true));
    }
}
