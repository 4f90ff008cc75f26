//! How do annotated batches become the partitions of the months that they touch?
//!
//! The second pass. Kept rows of a touched month come first, in their order, then the new ones in the order of the
//! input. What needs all rows before it (the first of equal texts) is settled here, where they pass in order.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray, cast::AsArray as _};
use fs_err::{self as fs, File};

use super::batches::{Batches, Job};
use super::duplicates::Duplicates;
use super::flow::ordered;
use super::inputs::Inputs;
use super::keys::{Decision, Decisions, PublishedKey, published};
use super::progress::Progress;
use super::rejects::RejectWriter;
use super::spans::Spans;
use crate::annotate::{Annotated, Annotator, Engine, MonthRows, Tally, text_key};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{Table, VERBATIM};
use crate::sink::{FileTerms, Kept, Partitions, Staging, Version, row_tables};
use crate::source::Reject;
use crate::store::Contact;

/// What the second pass works with.
pub(super) struct Writing<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) engine: &'a Engine,
    pub(super) decisions: &'a Decisions,
    pub(super) touched: &'a BTreeSet<Month>,
    pub(super) spans: &'a Spans,
    pub(super) old: Option<&'a Version>,
    pub(super) staging: &'a Staging,
    pub(super) terms: &'a FileTerms,
    pub(super) n_threads: usize,
    pub(super) batch_rows: usize,
    pub(super) cancel: &'a AtomicBool,
    pub(super) progress: &'a Progress,
}

struct Done {
    file: usize,
    /// Rows of the input up to its last.
    n_rows: u64,
    annotated: Annotated,
    rejects: Vec<Reject>,
}

/// What was written.
pub(super) struct Written {
    pub(super) tally: Tally,
    /// Rows of each table in the touched months.
    pub(super) n_rows: BTreeMap<&'static str, u64>,
    /// How the customers of cases can be reached: some hundred bytes for each case of the last weeks.
    pub(super) contacts: Vec<Contact>,
}

/// Writes the row tables, keys and rejects.
pub(super) fn write(w: &Writing<'_>, partitions: Partitions, duplicates: &mut dyn Duplicates) -> Result<Written> {
    let mut collector = Collector {
        w,
        partitions,
        spans: w.spans.clone(),
        duplicates,
        keys: BTreeMap::new(),
        tally: Tally::default(),
        contacts: Vec::new(),
    };
    for month in w.touched {
        for table in row_tables() {
            collector.partitions.touch(table, *month);
        }
        collector.keep(*month)?;
    }
    let mut rejects = RejectWriter::open(w.staging, w.old, w.inputs, &w.engine.redactor, w.terms)?;
    let mut batches = Batches::new(w.inputs, w.batch_rows, w.progress);
    ordered(
        w.n_threads,
        w.cancel,
        || batches.next(),
        || {
            let mut annotator = Annotator::new(w.engine);
            move |job| annotate(w, &mut annotator, &job)
        },
        |done: Done| {
            rejects.push(done.file, &done.rejects)?;
            collector.take(done.annotated, done.n_rows)
        },
    )?;
    rejects.finish()?;
    let n_rows = collector.partitions.finish()?;
    std::mem::take(&mut collector.keys).into_values().try_for_each(close_keys)?;
    Ok(Written { tally: collector.tally, n_rows, contacts: collector.contacts })
}

fn annotate(w: &Writing<'_>, annotator: &mut Annotator<'_>, job: &Job) -> Result<Done> {
    let file = &w.inputs.files[job.file];
    let n = job.raw.rows.len() as u64;
    if job.first_row + n > w.decisions.n_rows() {
        return Err(changed(&file.shape.path));
    }
    let decisions: Vec<Decision> = (0..n).map(|i| w.decisions.of(job.first_row + i)).collect();
    let mut rejects = job.raw.rejects.clone();
    for (i, _) in decisions.iter().enumerate().filter(|(_, decision)| **decision == Decision::Rejected) {
        let place = file.binding.place(&job.raw, i);
        let Err(reject) = place.and_then(|place| file.binding.key(&job.raw, i, place.month)) else { return Err(changed(&file.shape.path)) };
        rejects.push(reject);
    }
    rejects.sort_by_key(|reject| reject.row);
    let mut annotated = annotator.annotate(&file.binding, &job.raw, &decisions, &file.shape.name)?;
    annotated.tally.mended.iter_mut().for_each(|(mended_file, _)| *mended_file = job.file);
    Ok(Done { file: job.file, n_rows: job.first_row + n, annotated, rejects })
}

fn close_keys(mut file: BufWriter<File>) -> Result<()> {
    file.flush().and_then(|()| file.get_ref().sync_all()).map_err(Error::io("cannot write the keys of a month"))
}

fn changed(path: &std::path::Path) -> Error {
    Error::Input {
        path: path.to_owned(),
        what: "the file changed while it was read".to_owned(),
        found: None,
        hint: Some("run again when it is complete".to_owned()),
    }
}

struct Collector<'a> {
    w: &'a Writing<'a>,
    partitions: Partitions,
    spans: Spans,
    duplicates: &'a mut dyn Duplicates,
    keys: BTreeMap<Month, BufWriter<File>>,
    tally: Tally,
    contacts: Vec<Contact>,
}

impl Collector<'_> {
    /// Takes over the kept rows of a month.
    fn keep(&mut self, month: Month) -> Result<()> {
        let Some(old) = self.w.old else { return Ok(()) };
        let dropped = self.w.decisions.dropped.get(&month).map_or(&[][..], Vec::as_slice);
        let kept = Kept::new(old, month, dropped)?;
        for table in row_tables() {
            kept.rows(table, |batch| {
                let batch = if table.name == VERBATIM.name { self.first_of_equals(&batch, None, month)? } else { batch };
                self.partitions.push(table, month, &batch)
            })?;
        }
        let mut dropped = dropped.iter().copied().peekable();
        let mut stays = |place: &u32| dropped.next_if_eq(place).is_none();
        for (place, key) in (0_u32..).zip(published(&old.keys_file(month))?) {
            let key = key?;
            if stays(&place) {
                self.write_keys(month, &[key])?;
            }
        }
        // A month that keeps nothing has its file all the same.
        self.write_keys(month, &[])
    }

    /// `n_rows`: how many rows of the input have passed with these.
    fn take(&mut self, annotated: Annotated, n_rows: u64) -> Result<()> {
        self.tally.add(&annotated.tally);
        for (month, MonthRows { tables, texts, keys, contacts }) in annotated.months {
            self.contacts.extend(contacts);
            for (table, batch) in &tables {
                self.push(table, month, batch, &texts)?;
            }
            self.write_keys(month, &keys)?;
        }
        for month in self.spans.complete(n_rows) {
            self.partitions.close(month)?;
            self.keys.remove(&month).map_or(Ok(()), close_keys)?;
        }
        Ok(())
    }

    fn push(&mut self, table: &'static Table, month: Month, batch: &RecordBatch, texts: &[u128]) -> Result<()> {
        if table.name != VERBATIM.name {
            return self.partitions.push(table, month, batch);
        }
        let batch = self.first_of_equals(batch, Some(texts), month)?;
        self.partitions.push(table, month, &batch)
    }

    /// Fills `duplicate_of`. `texts`: keys of the texts where they are known already.
    fn first_of_equals(&mut self, batch: &RecordBatch, texts: Option<&[u128]>, month: Month) -> Result<RecordBatch> {
        let text_of = |name: &str| -> &StringArray { batch.column_by_name(name).expect("a column of verbatim").as_string() };
        let (ids, sources, contents) = (text_of("verbatim_id"), text_of("source"), text_of("text"));
        let mut firsts = arrow_array::builder::StringBuilder::new();
        for i in 0..ids.len() {
            let key = texts.map_or_else(|| text_key(sources.value(i), month, contents.value(i)), |keys| keys[i]);
            firsts.append_option(self.duplicates.first(key, ids.value(i))?);
        }
        let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
        columns[VERBATIM.index_of("duplicate_of").expect("a column of verbatim")] = Arc::new(firsts.finish());
        Ok(RecordBatch::try_new(batch.schema(), columns).expect("a column was replaced by one of its type"))
    }

    fn write_keys(&mut self, month: Month, keys: &[PublishedKey]) -> Result<()> {
        let file = match self.keys.entry(month) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let path = self.w.staging.version().keys_file(month);
                fs::create_dir_all(path.parent().expect("key files lie in a folder")).map_err(Error::io("cannot make a folder"))?;
                entry.insert(BufWriter::new(File::create(path).map_err(Error::io("cannot write the keys of a month"))?))
            }
        };
        let mut bytes = Vec::new();
        for key in keys {
            bytes.clear();
            key.write(&mut bytes);
            file.write_all(&bytes).map_err(Error::io("cannot write the keys of a month"))?;
        }
        Ok(())
    }
}
