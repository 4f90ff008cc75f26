//! Where is the index, and how does it follow the tables?

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tantivy::directory::error::LockError;
use tantivy::{IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};

use super::build;
use super::collect::Counts;
use super::covers::Covers;
use super::fields::{FORMAT, Fields};
use super::words::Words;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::sink::Version;

/// Bytes that documents wait in before they become a segment, over all threads: larger segments, fewer merges.
const BUDGET_BYTES: usize = 200 << 20;

/// The index of an output directory.
pub struct Index {
    folder: PathBuf,
    pub(super) fields: Fields,
    index: tantivy::Index,
}

/// A look at the index that later changes do not reach.
#[derive(Clone)]
pub struct Searcher {
    pub(super) folder: PathBuf,
    pub(super) fields: Fields,
    pub(super) searcher: tantivy::Searcher,
    covers: Covers,
    /// How all verbatims part, once it was counted: the look does not change.
    pub(super) all_counts: Arc<OnceLock<Counts>>,
}

/// What catching up did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaughtUp {
    /// Months whose documents were written again or left.
    pub n_months: usize,
    /// Verbatims written.
    pub n_verbatims: u64,
}

impl Index {
    /// Opens `out/index`; makes an empty one where there is none, or where it is of another format or broken: it is a cache.
    pub fn open(out: &Path) -> Result<Self> {
        let folder = out.join("index");
        let fields = Fields::new();
        if let Some(index) = Self::existing(&folder, &fields) {
            return Ok(Self { folder, fields, index });
        }
        if folder.exists() {
            fs_err::remove_dir_all(&folder).map_err(Error::io("cannot clear the search index"))?;
        }
        fs_err::create_dir_all(&folder).map_err(Error::io("cannot make the search index"))?;
        let mut index = tantivy::Index::create_in_dir(&folder, fields.schema.clone()).map_err(failed(&folder))?;
        search_threads(&mut index);
        Ok(Self { folder, fields, index })
    }

    fn existing(folder: &Path, fields: &Fields) -> Option<tantivy::Index> {
        let mut index = folder.join("meta.json").exists().then(|| tantivy::Index::open_in_dir(folder).ok()).flatten()?;
        let payload = index.load_metas().ok()?.payload;
        let is_ours = index.schema() == fields.schema && payload.is_none_or(|json| Covers::parse(Some(&json)).format == FORMAT);
        // A segment whose file is gone shows only when it is read.
        (is_ours && index.reader().is_ok()).then(|| {
            search_threads(&mut index);
            index
        })
    }

    /// The run that the index covers; empty: none yet.
    pub fn run_id(&self) -> Result<String> {
        Ok(self.covers()?.run_id)
    }

    /// Whether the index covers what this version holds.
    pub fn is_current(&self, version: &Version) -> Result<bool> {
        let covers = self.covers()?;
        // Reading every footer would cost more than a search: a version whose last run is covered is covered.
        Ok(!covers.run_id.is_empty() && covers.run_id == super::covers::run_id(version)?)
    }

    /// Brings the index to a version: months whose files were written since are written again, months that are gone leave.
    ///
    /// `tell` hears of each month and the verbatims written so far. Killed in between, the index is as before. Fails with [`Error::Index`]
    /// when another process is writing it.
    pub fn catch_up(&self, version: &Version, tell: &mut dyn FnMut(Month, u64)) -> Result<CaughtUp> {
        self.write(version, &self.covers()?, tell)
    }

    /// Builds the whole index again.
    pub fn rebuild(&self, version: &Version, tell: &mut dyn FnMut(Month, u64)) -> Result<CaughtUp> {
        self.write(version, &Covers::default(), tell)
    }

    fn write(&self, version: &Version, before: &Covers, tell: &mut dyn FnMut(Month, u64)) -> Result<CaughtUp> {
        let fail = || failed(&self.folder);
        let mut writer = self.writer()?;
        let after = Covers::of(version)?;
        let mut done = CaughtUp::default();
        if before.months.is_empty() {
            writer.delete_all_documents().map_err(fail())?;
        }
        let gone = before.months.keys().filter(|month| !after.months.contains_key(*month));
        for month in gone.filter_map(|month| Month::parse(month)) {
            writer.delete_term(Term::from_field_i64(self.fields.month, i64::from(month.days())));
            done.n_months += 1;
        }
        let mut words = Words::default();
        let changed = after.months.iter().filter(|(month, print)| before.months.get(*month) != Some(print));
        for month in changed.filter_map(|(month, _)| Month::parse(month)) {
            tell(month, done.n_verbatims);
            writer.delete_term(Term::from_field_i64(self.fields.month, i64::from(month.days())));
            done.n_verbatims += build::documents(version, month, &self.fields, &mut words, |document| {
                writer.add_document(document).map(drop).map_err(fail())
            })?;
            done.n_months += 1;
        }
        let mut commit = writer.prepare_commit().map_err(fail())?;
        commit.set_payload(&after.json());
        commit.commit().map_err(fail())?;
        writer.garbage_collect_files().wait().map_err(fail())?;
        writer.wait_merging_threads().map_err(fail())?;
        Ok(done)
    }

    fn writer(&self) -> Result<IndexWriter<TantivyDocument>> {
        // One thread cuts and stems words: the rest turn documents into segments.
        let n_threads = std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1)).clamp(1, 8);
        self.index.writer_with_num_threads(n_threads, BUDGET_BYTES).map_err(|error| match error {
            TantivyError::LockFailure(LockError::LockBusy, _) => Error::Index {
                path: self.folder.clone(),
                what: "another process is writing the search index".to_owned(),
                hint: Some("wait until it ends; a killed one leaves no lock".to_owned()),
            },
            other => failed(&self.folder)(other),
        })
    }

    fn covers(&self) -> Result<Covers> {
        Ok(Covers::parse(self.index.load_metas().map_err(failed(&self.folder))?.payload.as_deref()))
    }

    /// A look at the index as it is now.
    pub fn searcher(&self) -> Result<Searcher> {
        // What it covers is read before and after: a commit in between would give the rows of one and the name of the other.
        for _ in 0..10 {
            let covers = self.covers()?;
            let reader = self.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(failed(&self.folder))?;
            if covers == self.covers()? {
                let (folder, fields) = (self.folder.clone(), self.fields.clone());
                return Ok(Searcher { folder, fields, searcher: reader.searcher(), covers, all_counts: Arc::default() });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(failed(&self.folder)("it changes faster than it can be read"))
    }
}

impl Searcher {
    /// The run whose rows are found.
    pub fn run_id(&self) -> &str {
        &self.covers.run_id
    }

    /// Verbatims that can be found.
    pub fn n_verbatims(&self) -> u64 {
        self.searcher.num_docs()
    }
}

fn search_threads(index: &mut tantivy::Index) {
    // Without threads a search is slower, not wrong.
    index.set_default_multithread_executor().ok();
}

/// For `map_err` on errors of the index in `folder`.
pub(super) fn failed<E: ToString>(folder: &Path) -> impl FnOnce(E) -> Error {
    let path = folder.to_owned();
    move |error| Error::Index {
        path,
        what: error.to_string(),
        hint: Some("the index is a cache: remove its folder, or build it again with `outspoken index`".to_owned()),
    }
}
