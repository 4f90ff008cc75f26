//! Which published rows stay when a month is written again?

use std::collections::HashSet;
use std::path::Path;

use arrow_array::{BooleanArray, RecordBatch, cast::AsArray as _};
use fs_err::File;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::output::Version;
use super::parquet::{align, align_some};
use crate::error::{Error, Result};
use crate::identity::response_key;
use crate::month::Month;
use crate::schema::{CLAUSE, Layout, RESPONSE, Table, VERBATIM};

/// Rows read at once: as many as a row group of comments holds, so that memory stays flat.
const BATCH_ROWS: usize = 8192;

/// The published rows of a month that are kept.
#[derive(Debug)]
pub struct Kept<'a> {
    version: &'a Version,
    month: Month,
    dropped_responses: HashSet<u128>,
    dropped_verbatims: HashSet<String>,
}

impl<'a> Kept<'a> {
    /// Keeps all rows of the month but those of the responses that `dropped` names by their place in `response`.
    pub fn new(version: &'a Version, month: Month, dropped: &[u32]) -> Result<Self> {
        let mut kept = Self { version, month, dropped_responses: HashSet::new(), dropped_verbatims: HashSet::new() };
        if dropped.is_empty() {
            return Ok(kept);
        }
        let mut first_row = 0_u32;
        let mut dropped = dropped.iter().copied().peekable();
        let mut responses = HashSet::new();
        kept.each(&RESPONSE, |batch| {
            let keys = keys(batch);
            while let Some(row) = dropped.next_if(|row| *row < first_row + batch.num_rows() as u32) {
                responses.insert(keys[(row - first_row) as usize]);
            }
            first_row += batch.num_rows() as u32;
            Ok(())
        })?;
        kept.dropped_responses = responses;
        let mut verbatims = HashSet::new();
        kept.each(&VERBATIM, |batch| {
            let ids = column(batch, "verbatim_id");
            verbatims.extend(
                keys(batch)
                    .iter()
                    .enumerate()
                    .filter(|(_, key)| kept.dropped_responses.contains(key))
                    .map(|(i, _)| ids.value(i).to_owned()),
            );
            Ok(())
        })?;
        kept.dropped_verbatims = verbatims;
        Ok(kept)
    }

    /// Hands the kept rows of a table on, in their order.
    pub fn rows(&self, table: &'static Table, mut take: impl FnMut(RecordBatch) -> Result<()>) -> Result<()> {
        self.each(table, |batch| {
            let keep: BooleanArray = if table.name == CLAUSE.name {
                let ids = column(batch, "verbatim_id");
                (0..batch.num_rows()).map(|i| Some(!self.dropped_verbatims.contains(ids.value(i)))).collect()
            } else {
                keys(batch).iter().map(|key| Some(!self.dropped_responses.contains(key))).collect()
            };
            if keep.true_count() == batch.num_rows() {
                return take(batch.clone());
            }
            let kept = arrow_select::filter::filter_record_batch(batch, &keep).expect("one flag for each row");
            if kept.num_rows() == 0 { Ok(()) } else { take(kept) }
        })
    }

    fn each(&self, table: &'static Table, mut take: impl FnMut(&RecordBatch) -> Result<()>) -> Result<()> {
        for batch in reader(&self.version.month_file(table, self.month), table, None)? {
            take(&batch?)?;
        }
        Ok(())
    }
}

fn keys(batch: &RecordBatch) -> Vec<u128> {
    let (sources, ids) = (column(batch, "source"), column(batch, "response_id"));
    (0..batch.num_rows()).map(|i| response_key(sources.value(i), ids.value(i))).collect()
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a arrow_array::StringArray {
    batch.column_by_name(name).expect("row tables have their key columns").as_string()
}

/// Reads some columns of a table file, aligned to the schema of today; none: all columns. No file: no rows.
pub fn read_table(version: &Version, table: &'static Table, month: Option<Month>, columns: Option<&[&str]>) -> Result<Vec<RecordBatch>> {
    stream_table(version, table, month, columns)?.collect()
}

/// The same, batch by batch, so that memory stays flat.
pub fn stream_table(version: &Version, table: &'static Table, month: Option<Month>, columns: Option<&[&str]>) -> Result<Batches> {
    let path = match (table.layout, month) {
        (Layout::Month, Some(month)) => version.month_file(table, month),
        _ => version.dimension_file(table),
    };
    reader(&path, table, columns)
}

/// Batches of a table, one after the other.
pub type Batches = Box<dyn Iterator<Item = Result<RecordBatch>>>;

pub(super) fn reader(path: &Path, table: &'static Table, columns: Option<&[&str]>) -> Result<Batches> {
    if !path.exists() {
        return Ok(Box::new(std::iter::empty()));
    }
    let file = File::open(path).map_err(Error::io("cannot read a table"))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file.into_file()).map_err(Error::parquet(path))?.with_batch_size(BATCH_ROWS);
    let path = path.to_owned();
    let Some(columns) = columns else {
        let batches = builder.build().map_err(Error::parquet(&path))?;
        return Ok(Box::new(batches.map(move |batch| align(table, &batch.map_err(Error::parquet(&path))?, &path))));
    };
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let batches = builder.with_projection(mask).build().map_err(Error::parquet(&path))?;
    let wanted: Vec<usize> = (0..table.columns.len()).filter(|i| columns.contains(&table.columns[*i].name)).collect();
    Ok(Box::new(batches.map(move |batch| align_some(table, &wanted, &batch.map_err(Error::parquet(&path))?, &path))))
}
