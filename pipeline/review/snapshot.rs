//! What does the app know of the tables, and when does it look again?
//!
//! Each request sees one published version. When a run or `sync` publishes another, the next request sees that; the index catches up
//! behind it, and pages say so meanwhile. Figures are read once a version; rows are read where the index says that they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow_array::RecordBatch;
use fs_err::File;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection};
use parquet::file::metadata::PageIndexPolicy;

use crate::error::{Error, Result};
use crate::month::Month;
use crate::report::kpi::{self, Kpi};
use crate::report::row::{Row, each_row};
use crate::report::theme::{self, Figures};
use crate::schema::{ColumnOf, KPI_MONTH, RESPONSE, THEME_MONTH};
use crate::search::{Index, Searcher, ThemeNames};
use crate::sink::Version;

/// The tables of an output directory, as they are now.
#[derive(Debug)]
pub(super) struct Tables {
    out: PathBuf,
    current: Mutex<Arc<Snapshot>>,
    is_indexing: Arc<AtomicBool>,
}

/// One published version.
pub(super) struct Snapshot {
    pub(super) version: Version,
    pub(super) run_id: String,
    /// What the last run wrote of itself.
    pub(super) manifest: serde_json::Value,
    pub(super) themes: ThemeNames,
    /// Months with responses, oldest first.
    pub(super) months: Vec<Month>,
    searcher: Mutex<Option<Searcher>>,
    kpis: OnceLock<Vec<Kpi>>,
    figures: Mutex<BTreeMap<Month, Arc<Vec<Figures>>>>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("run_id", &self.run_id).finish_non_exhaustive()
    }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tables {
    /// Fails with [`Error::Output`] where nothing was published.
    pub(super) fn open(out: &Path) -> Result<Self> {
        let version = published(out)?;
        let searcher = Index::open(out).and_then(|index| index.searcher()).ok();
        let snapshot = Snapshot::of(version, searcher)?;
        let tables = Self { out: out.to_owned(), current: Mutex::new(Arc::new(snapshot)), is_indexing: Arc::default() };
        tables.follow(&tables.current());
        Ok(tables)
    }

    fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&held(&self.current))
    }

    /// What is published now.
    pub(super) fn now(&self) -> Result<Arc<Snapshot>> {
        let known = self.current();
        let version = published(&self.out)?;
        if version.folder() == known.version.folder() {
            self.follow(&known);
            return Ok(known);
        }
        let snapshot = Arc::new(Snapshot::of(version, held(&known.searcher).clone())?);
        *held(&self.current) = Arc::clone(&snapshot);
        self.follow(&snapshot);
        Ok(snapshot)
    }

    /// Lets the index catch up behind the pages, one at a time.
    fn follow(&self, snapshot: &Arc<Snapshot>) {
        if snapshot.is_indexed() || self.is_indexing.swap(true, Ordering::AcqRel) {
            return;
        }
        let (snapshot, out, is_indexing) = (Arc::clone(snapshot), self.out.clone(), Arc::clone(&self.is_indexing));
        std::thread::spawn(move || {
            let catch_up = || -> Result<Searcher> {
                let index = Index::open(&out)?;
                if !index.is_current(&snapshot.version)? {
                    index.catch_up(&snapshot.version, &mut |_, _| {})?;
                }
                index.searcher()
            };
            match catch_up() {
                Ok(searcher) => *held(&snapshot.searcher) = Some(searcher),
                // A run that is indexing right now, most often: it is looked at again.
                Err(_) => std::thread::sleep(std::time::Duration::from_secs(1)),
            }
            is_indexing.store(false, Ordering::Release);
        });
    }
}

fn published(out: &Path) -> Result<Version> {
    Version::current(out)?.ok_or_else(|| Error::Output {
        path: out.to_owned(),
        what: "no tables are published here".to_owned(),
        hint: Some("run first: `outspoken run INPUT --out DIR`".to_owned()),
    })
}

impl Snapshot {
    fn of(version: Version, searcher: Option<Searcher>) -> Result<Self> {
        let path = version.runs().join("latest.json");
        let manifest: serde_json::Value = fs_err::read(&path).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
        Ok(Self {
            run_id: manifest.get("run_id").and_then(|id| id.as_str()).unwrap_or_default().to_owned(),
            manifest,
            themes: ThemeNames::load(&version)?,
            months: version.months(&RESPONSE)?.into_iter().collect(),
            searcher: Mutex::new(searcher),
            kpis: OnceLock::new(),
            figures: Mutex::default(),
            version,
        })
    }

    /// The index; none: it is being built for the first time.
    pub(super) fn searcher(&self) -> Option<Searcher> {
        held(&self.searcher).clone()
    }

    /// Whether the index covers this version.
    pub(super) fn is_indexed(&self) -> bool {
        held(&self.searcher).as_ref().is_some_and(|searcher| searcher.run_id() == self.run_id)
    }

    /// Newest month with responses.
    pub(super) fn newest(&self) -> Option<Month> {
        self.months.last().copied()
    }

    /// Figures of one month windows over all respondents, all months.
    pub(super) fn kpis(&self) -> Result<&[Kpi]> {
        if self.kpis.get().is_none() {
            let months: Vec<Month> = self.version.months(&KPI_MONTH)?.into_iter().collect();
            let loaded = kpi::load(&self.version, &months)?;
            // Another request may have been faster with the same.
            self.kpis.set(loaded).ok();
        }
        Ok(self.kpis.get().map(Vec::as_slice).unwrap_or_default())
    }

    /// Figures of themes in a month, over all respondents.
    pub(super) fn figures(&self, month: Month) -> Result<Arc<Vec<Figures>>> {
        if let Some(known) = held(&self.figures).get(&month) {
            return Ok(Arc::clone(known));
        }
        let loaded = Arc::new(theme::figures(&self.version, month)?);
        held(&self.figures).insert(month, Arc::clone(&loaded));
        Ok(loaded)
    }

    /// Months with figures of themes.
    pub(super) fn theme_months(&self) -> Result<Vec<Month>> {
        Ok(self.version.months(&THEME_MONTH)?.into_iter().collect())
    }

    /// Hands on the rows of a month of a table whose `column` holds `value`: of the others that column alone is read.
    pub(super) fn rows_with<C: ColumnOf>(&self, month: Month, column: C, value: &str, mut take: impl FnMut(Row<'_>)) -> Result<()> {
        let (mut runs, mut at): (Vec<(u32, u32)>, u32) = (Vec::new(), 0);
        each_row(&self.version, month, &[column], |row| {
            if row.text(column) == Some(value) {
                match runs.last_mut() {
                    Some((_, to)) if *to == at => *to += 1,
                    _ => runs.push((at, at + 1)),
                }
            }
            at += 1;
        })?;
        runs.into_iter().try_for_each(|run| self.rows::<C>(month, run, &mut take))
    }

    /// Hands on rows `from..to` of a month of a table, without reading the others.
    pub(super) fn rows<C: ColumnOf>(&self, month: Month, (from, to): (u32, u32), mut take: impl FnMut(Row<'_>)) -> Result<()> {
        let path = self.version.month_file(C::TABLE, month);
        if from >= to || !path.exists() {
            return Ok(());
        }
        for batch in some_rows(&path, from as usize..to as usize)? {
            for idx in 0..batch.num_rows() {
                take(Row::new(&batch, idx));
            }
        }
        Ok(())
    }
}

fn some_rows(path: &Path, range: std::ops::Range<usize>) -> Result<Vec<RecordBatch>> {
    let file = File::open(path).map_err(Error::io("cannot read a table"))?;
    let options = ArrowReaderOptions::new().with_offset_index_policy(PageIndexPolicy::Optional);
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file.into_file(), options).map_err(Error::parquet(path))?;
    let n_rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
    let range = range.start.min(n_rows)..range.end.min(n_rows);
    let selection = RowSelection::from_consecutive_ranges(std::iter::once(range), n_rows);
    let reader = builder.with_row_selection(selection).build().map_err(Error::parquet(path))?;
    reader.map(|batch| batch.map_err(Error::parquet(path))).collect()
}
