//! Where does a row group end, and who writes it?
//!
//! A row group of a table and month ends before the row that would take it past its limits, whatever the
//! batches were. Groups are handed to writer threads; a file belongs to one thread, so its groups keep
//! their order.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::thread::JoinHandle;

use arrow_array::{RecordBatch, cast::AsArray as _};
use crossbeam_channel::{Sender, bounded};
use fs_err::File;
use parquet::arrow::ArrowWriter;

use super::parquet::{FileTerms, close, concat};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{Kind, Table};

/// What readers expect of a row group: DuckDB's own vector count.
pub(super) const MAX_GROUP_ROWS: usize = 122_880;
const MAX_GROUP_BYTES: usize = 32 << 20;
const MIN_GROUP_BYTES: usize = 1 << 20;

/// How partitions are written.
#[derive(Clone, Debug)]
pub struct PartitionSettings {
    /// Where month folders go: `<folder>/<table>/p_month=…/part-0.parquet`.
    pub folder: PathBuf,
    /// What every file has in common.
    pub terms: FileTerms,
    /// Bytes that all open row groups may take together.
    pub budget_bytes: usize,
    /// Months that will be open at once at most, known from the survey of the input.
    pub n_months: usize,
    /// Writer threads.
    pub n_writers: usize,
}

/// Month partitions under construction.
#[derive(Debug)]
pub struct Partitions {
    settings: PartitionSettings,
    max_group_bytes: usize,
    open: BTreeMap<(usize, Month), Group>,
    tables: Vec<&'static Table>,
    n_written: BTreeMap<&'static str, u64>,
    writers: Vec<(Sender<Job>, JoinHandle<Result<()>>)>,
}

#[derive(Debug, Default)]
struct Group {
    batches: Vec<RecordBatch>,
    n_rows: usize,
    n_bytes: usize,
    n_written: u64,
}

enum Job {
    Group { key: (usize, Month), table: &'static Table, path: PathBuf, batches: Vec<RecordBatch> },
    Close { key: (usize, Month), table: &'static Table, path: PathBuf },
}

impl Partitions {
    /// Starts the writer threads.
    pub fn new(settings: PartitionSettings) -> Self {
        // Three tables hold most of the bytes: verbatim, clause, response.
        let share = settings.budget_bytes / (3 * settings.n_months.max(1));
        let writers = (0..settings.n_writers.max(1)).map(|_| writer(settings.terms.clone())).collect();
        Self {
            max_group_bytes: share.clamp(MIN_GROUP_BYTES, MAX_GROUP_BYTES),
            settings,
            open: BTreeMap::new(),
            tables: Vec::new(),
            n_written: BTreeMap::new(),
            writers,
        }
    }

    /// Makes sure that the month has a file of the table, rows or none.
    pub fn touch(&mut self, table: &'static Table, month: Month) {
        let key = (self.table_index(table), month);
        self.open.entry(key).or_default();
    }

    /// Adds rows of one table and month, behind those added before.
    pub fn push(&mut self, table: &'static Table, month: Month, batch: &RecordBatch) -> Result<()> {
        let key = (self.table_index(table), month);
        let mut rest = batch.clone();
        while rest.num_rows() > 0 {
            let group = self.open.entry(key).or_default();
            let sizes = Sizes::of(&rest, table);
            let n = sizes.fitting(MAX_GROUP_ROWS - group.n_rows, self.max_group_bytes.saturating_sub(group.n_bytes), group.n_rows == 0);
            if n > 0 {
                group.n_rows += n;
                group.n_bytes += sizes.prefix(n);
                group.batches.push(rest.slice(0, n));
                rest = rest.slice(n, rest.num_rows() - n);
            }
            if rest.num_rows() > 0 {
                self.flush(key, table)?;
            }
        }
        Ok(())
    }

    /// Ends the files of a month: no row of it comes any more.
    pub fn close(&mut self, month: Month) -> Result<()> {
        let keys: Vec<_> = self.open.keys().filter(|(_, of)| *of == month).copied().collect();
        for key in keys {
            let table = self.tables[key.0];
            self.flush(key, table)?;
            let group = self.open.remove(&key).expect("the key of an open group");
            *self.n_written.entry(table.name).or_default() += group.n_written;
            let path = self.path(table, month);
            self.send(key, Job::Close { key, table, path })?;
        }
        Ok(())
    }

    /// Writes what is left and waits until every file is on the disk; returns the rows of each table.
    pub fn finish(mut self) -> Result<BTreeMap<&'static str, u64>> {
        let months: BTreeSet<Month> = self.open.keys().map(|(_, month)| *month).collect();
        for month in months {
            self.close(month)?;
        }
        for (sender, handle) in std::mem::take(&mut self.writers) {
            drop(sender);
            join(handle)?;
        }
        Ok(self.n_written)
    }

    fn flush(&mut self, key: (usize, Month), table: &'static Table) -> Result<()> {
        let group = self.open.get_mut(&key).expect("flushed groups are open");
        if group.batches.is_empty() {
            return Ok(());
        }
        let batches = std::mem::take(&mut group.batches);
        group.n_written += group.n_rows as u64;
        (group.n_rows, group.n_bytes) = (0, 0);
        let path = self.path(table, key.1);
        self.send(key, Job::Group { key, table, path, batches })
    }

    fn send(&mut self, key: (usize, Month), job: Job) -> Result<()> {
        let writer = (key.0 + key.1.days().unsigned_abs() as usize / 28) % self.writers.len();
        if self.writers[writer].0.send(job).is_ok() {
            return Ok(());
        }
        // The thread ended early: its error says why.
        let (_, handle) = self.writers.swap_remove(writer);
        join(handle)?;
        unreachable!("a writer ends before its channel only with an error")
    }

    fn path(&self, table: &Table, month: Month) -> PathBuf {
        self.settings.folder.join(table.name).join(month.folder()).join("part-0.parquet")
    }

    fn table_index(&mut self, table: &'static Table) -> usize {
        self.tables.iter().position(|t| t.name == table.name).unwrap_or_else(|| {
            self.tables.push(table);
            self.tables.len() - 1
        })
    }
}

fn join(handle: JoinHandle<Result<()>>) -> Result<()> {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn writer(terms: FileTerms) -> (Sender<Job>, JoinHandle<Result<()>>) {
    // One group waits at most: with more, memory grows and nothing is gained.
    let (sender, jobs) = bounded::<Job>(1);
    let handle = std::thread::spawn(move || {
        let mut files: BTreeMap<(usize, Month), ArrowWriter<File>> = BTreeMap::new();
        let open = |table, path: &PathBuf| {
            let folder = path.parent().expect("a partition lies in a folder");
            fs_err::create_dir_all(folder).map_err(Error::io("cannot make a folder"))?;
            terms.open(table, path)
        };
        for job in jobs {
            match job {
                Job::Group { key, table, path, batches } => {
                    let file = match files.entry(key) {
                        Entry::Occupied(file) => file.into_mut(),
                        Entry::Vacant(slot) => slot.insert(open(table, &path)?),
                    };
                    let batch = concat(table, &batches);
                    drop(batches);
                    file.write(&batch).and_then(|()| file.flush()).map_err(Error::parquet(&path))?;
                }
                Job::Close { key, table, path } => {
                    let file = files.remove(&key).map_or_else(|| open(table, &path), Ok)?;
                    close(file, &path)?;
                }
            }
        }
        Ok(())
    });
    (sender, handle)
}

/// Bytes of the rows of a batch, from offsets alone.
struct Sizes<'a> {
    offsets: Vec<&'a [i32]>,
    fixed: usize,
    n_rows: usize,
}

impl<'a> Sizes<'a> {
    fn of(batch: &'a RecordBatch, table: &Table) -> Self {
        let mut offsets = Vec::new();
        let mut fixed = 0;
        for (column, array) in table.columns.iter().zip(batch.columns()) {
            match column.kind {
                Kind::Utf8 => offsets.push(array.as_string::<i32>().value_offsets()),
                _ => fixed += 8,
            }
        }
        Self { offsets, fixed, n_rows: batch.num_rows() }
    }

    /// Bytes of the first `n` rows.
    fn prefix(&self, n: usize) -> usize {
        self.fixed * n + self.offsets.iter().map(|o| (o[n] - o[0]) as usize).sum::<usize>()
    }

    /// How many rows fit; a first row always does.
    fn fitting(&self, max_rows: usize, max_bytes: usize, is_empty: bool) -> usize {
        let (mut low, mut high) = (0, self.n_rows.min(max_rows));
        while low < high {
            let middle = (low + high).div_ceil(2);
            if self.prefix(middle) <= max_bytes { low = middle } else { high = middle - 1 }
        }
        if low == 0 && is_empty { self.n_rows.min(1) } else { low }
    }
}
