//! Where do cases stand, without reading all of them for every page?
//!
//! The list of cases is kept and read again when another version is published or `review.db` was written by somebody else. Decisions made here
//! go through the casebook, which refuses those of people who have not seen the last one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::snapshot::Snapshot;
use crate::casework::{By, Case, Casebook, Filter, Operation};
use crate::error::Result;

/// The cases of an output directory.
#[derive(Debug)]
pub(super) struct Cases {
    out: PathBuf,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    stamp: Option<Stamp>,
    cases: Arc<Vec<Case>>,
}

/// What changes when cases change.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    version: PathBuf,
    store: [Option<(u64, SystemTime)>; 2],
}

impl Cases {
    pub(super) fn new(out: &Path) -> Self {
        Self { out: out.to_owned(), kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stamp(&self, tables: &Snapshot) -> Stamp {
        let of = |name: &str| {
            let metadata = fs_err::metadata(self.out.join(name)).ok()?;
            // Readers make an empty journal and take it away again: nothing was written.
            (metadata.len() > 0).then_some((metadata.len(), metadata.modified().ok()?))
        };
        Stamp { version: tables.version.folder().to_owned(), store: ["review.db", "review.db-wal"].map(of) }
    }

    /// Every case, the most urgent first.
    pub(super) fn all(&self, tables: &Snapshot) -> Result<Arc<Vec<Case>>> {
        let mut kept = self.kept();
        self.refresh(&mut kept, tables)?;
        Ok(Arc::clone(&kept.cases))
    }

    fn refresh(&self, kept: &mut Kept, tables: &Snapshot) -> Result<()> {
        let stamp = self.stamp(tables);
        if kept.stamp.as_ref() != Some(&stamp) {
            let cases = Casebook::open(&self.out)?.cases(&Filter::default())?;
            // Opening the database may touch its files: what was read is at least as new as this.
            *kept = Kept { stamp: Some(self.stamp(tables)), cases: Arc::new(cases) };
        }
        Ok(())
    }

    /// One case.
    pub(super) fn one(&self, tables: &Snapshot, id: &str) -> Result<Option<Case>> {
        Ok(self.all(tables)?.iter().find(|case| case.hotline_id == id).cloned())
    }

    /// Does something with a case.
    ///
    /// Fails as [`Casebook::apply`] does.
    pub(super) fn apply(&self, tables: &Snapshot, case: &Case, operation: &Operation, by: &By) -> Result<Case> {
        let mut kept = self.kept();
        self.refresh(&mut kept, tables)?;
        let case = Casebook::open(&self.out)?.apply(case, operation, by)?;
        if let Some(known) = Arc::make_mut(&mut kept.cases).iter_mut().find(|known| known.hotline_id == case.hotline_id) {
            *known = case.clone();
        }
        Arc::make_mut(&mut kept.cases).sort_by(|a, b| a.urgency().cmp(&b.urgency()));
        kept.stamp = Some(self.stamp(tables));
        Ok(case)
    }
}
