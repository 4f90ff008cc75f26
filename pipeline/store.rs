//! What have people, and the clock, decided?
//!
//! `review.db` (SQLite) keeps what cannot be computed again from the input. Tables show the state that follows from it; a
//! run that was killed after it was shown leaves events to be written at the next start. It holds personal data: only its
//! owner may read the file.

mod contacts;
mod events;
mod meeting;
mod outbox;
mod themes;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::error::{Error, Result};

pub use contacts::Contact;
pub(crate) use events::detection_key;
pub use events::{Decided, Detail, Detected, Event, Kind, NewEvent, Opened};
pub use meeting::{Action, ActionStatus, AreaPage, Meetings, Minutes, Said, Standing};
pub use outbox::Pending;

/// The database of an output directory.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
}

/// Each step brings the database one version further. Steps are never edited and never reordered: new ones are appended.
const MIGRATIONS: &[&str] = &[events::FIRST, events::IN_ORDER, themes::FIRST, meeting::FIRST, contacts::STEP, outbox::STEP];

impl Store {
    /// Opens `review.db` in an output directory, makes it if it is missing, and brings it to this version.
    ///
    /// Fails with [`Error::Output`] when a newer program has written it.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("review.db");
        make_private(&path)?;
        let connection = Connection::open(&path).map_err(Error::store(&path))?;
        let mut store = Self { path, connection };
        store.migrate()?;
        Ok(store)
    }

    fn migrate(&mut self) -> Result<()> {
        let path = self.path.clone();
        let fail = |error| Error::Store { path: path.clone(), source: error };
        self.connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(fail)?;
        self.connection.pragma_update(None, "journal_mode", "wal").map_err(fail)?;
        let version = |connection: &Connection| connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
        let found = version(&self.connection).map_err(fail)? as usize;
        if found > MIGRATIONS.len() {
            return Err(Error::Output {
                path: self.path.clone(),
                what: format!("was written by a newer version (step {found}, this one knows {})", MIGRATIONS.len()),
                hint: Some("use the newer program".to_owned()),
            });
        }
        let mut steps = || -> rusqlite::Result<()> {
            // Somebody else may be at the same step: who comes second finds it done.
            for (step, sql) in MIGRATIONS.iter().enumerate().skip(found) {
                let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
                if version(&transaction)? as usize == step {
                    transaction.execute_batch(sql)?;
                    transaction.pragma_update(None, "user_version", step as u32 + 1)?;
                    transaction.commit()?;
                }
            }
            Ok(())
        };
        steps().map_err(fail)
    }

    /// Does `work` in one transaction that keeps other writers out from its start.
    fn write<R>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<R>) -> Result<R> {
        let all = || {
            let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        all().map_err(Error::store(&self.path))
    }

    fn read<R>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<R>) -> Result<R> {
        work(&self.connection).map_err(Error::store(&self.path))
    }
}

/// Names, telephone numbers and what was said about customers: for the owner of the file alone. SQLite gives its journal the
/// same mode.
fn make_private(path: &Path) -> Result<()> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    use std::os::unix::fs::PermissionsExt as _;
    let doing = "cannot open review.db";
    let file = fs_err::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
    let file = file.map_err(Error::io(doing))?;
    let mode = file.metadata().map_err(Error::io(doing))?.permissions().mode();
    if mode & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(mode & !0o077)).map_err(Error::io(doing))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
        fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
    }

    #[test]
    fn only_the_owner_may_read_what_people_decided() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs_err::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
        let mut store = Store::open(folder.path()).unwrap();
        store.detect(&[Detected { hotline_id: "h".to_owned(), at: 1, is_historical: false }]).unwrap();
        for file in ["review.db", "review.db-wal", "review.db-shm"] {
            assert_eq!(mode(file), 0o600, "{file}");
        }
        drop(store);
        fs_err::set_permissions(folder.path().join("review.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
        Store::open(folder.path()).unwrap();
        assert_eq!(mode("review.db"), 0o600, "also when somebody opened it up");
    }

    #[test]
    fn a_database_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Store::open(folder.path()).unwrap().connection.pragma_update(None, "user_version", 1000).unwrap();
        let message = Store::open(folder.path()).unwrap_err().to_string();
        assert!(message.contains("newer version"), "{message}");
    }

    #[test]
    fn a_database_of_the_first_version_is_brought_to_this_one() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("review.db")).unwrap();
        connection.execute_batch(events::FIRST).unwrap();
        let insert = "insert into case_event (event_key, hotline_id, kind, at_micros, detail) values (?1, ?2, 'detected', ?3, ?4)";
        connection.execute(insert, ("detected:a", "a", 5, Some("historical"))).unwrap();
        connection.execute(insert, ("detected:b", "b", 6, None::<String>)).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        drop(connection);
        let decided = Store::open(folder.path()).unwrap().decided().unwrap();
        assert_eq!((decided.detected("a"), decided.detected("b")), (Some((5, true)), Some((6, false))));
    }
}
