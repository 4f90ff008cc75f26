//! How do some columns of a published file become others, without a look at the rest?
//!
//! Most of a file of cases is what respondents wrote, and most of what changes in it afterwards is a few small columns. Those are
//! encoded anew; the chunks of all others go over as they lie, packed as they are, so that a change costs what it changes.

use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use fs_err::File;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::{ArrowColumnWriter, compute_leaves};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};

use super::parquet::{DimensionWriter, FileTerms};
use crate::error::{Error, Result};
use crate::schema::Table;

/// Writes the file `from` of a table once more, as `to`, with the columns of these places in the table as `make` has them.
///
/// `make` is given those columns row group by row group, in the order of the table and with no others beside them, and gives as many in the same order.
/// Row groups stay as they are. With columns that are equal to those of the file, what is written is the file byte for byte, if it was written under
/// the same `terms`.
///
/// A file of another version of the program, which lacks columns of today, is written whole, as [`DimensionWriter`] writes it.
pub fn replace_columns(
    table: &'static Table,
    (from, to): (&Path, &Path),
    terms: &FileTerms,
    places: &[usize],
    mut make: impl FnMut(&RecordBatch) -> RecordBatch,
) -> Result<()> {
    let file = File::open(from).map_err(Error::io("cannot read a table"))?.into_file();
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional).with_encoding_stats_as_mask(false);
    let metadata = ArrowReaderMetadata::load(&file, options).map_err(Error::parquet(from))?;
    let names = metadata.schema().fields().iter().map(|field| field.name().as_str());
    if !names.eq(table.columns.iter().map(|column| column.name)) {
        return rewrite(table, (from, to), terms, places, make);
    }
    let (mut written, columns) = terms.open(table, to)?.into_serialized_writer().map_err(Error::parquet(to))?;
    let schema = table.arrow();
    for group in 0..metadata.metadata().num_row_groups() {
        let again = || file.try_clone().map_err(Error::io("cannot read a table"));
        let rows = rows_of(again()?, &metadata, group, places).map_err(Error::parquet(from))?;
        let made = make(&rows);
        let mut writers: Vec<Option<ArrowColumnWriter>> =
            columns.create_column_writers(group).map_err(Error::parquet(to))?.into_iter().map(Some).collect();
        let mut next = written.next_row_group().map_err(Error::parquet(to))?;
        for (place, writer) in writers.iter_mut().enumerate() {
            match places.iter().position(|own| *own == place) {
                Some(own) => {
                    let mut writer = writer.take().expect("each column is written once");
                    let leaves = compute_leaves(schema.field(place), made.column(own)).map_err(Error::parquet(to))?;
                    leaves.iter().try_for_each(|leaf| writer.write(leaf)).map_err(Error::parquet(to))?;
                    writer.close().and_then(|chunk| chunk.append_to_row_group(&mut next)).map_err(Error::parquet(to))?;
                }
                None => next.append_column(&file, as_it_lies(metadata.metadata(), group, place)).map_err(Error::parquet(from))?,
            }
        }
        next.close().map_err(Error::parquet(to))?;
    }
    written.finish().map_err(Error::parquet(to))?;
    written.inner().sync_all().map_err(Error::io("cannot write a table"))
}

/// The columns at `places` of one row group, as one batch.
fn rows_of(file: std::fs::File, metadata: &ArrowReaderMetadata, group: usize, places: &[usize]) -> parquet::errors::Result<RecordBatch> {
    let n_rows = metadata.metadata().row_group(group).num_rows() as usize;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
    let mask = ProjectionMask::leaves(builder.parquet_schema(), places.iter().copied());
    let mut batches = builder.with_projection(mask).with_row_groups(vec![group]).with_batch_size(n_rows.max(1)).build()?;
    let schema = arrow_array::RecordBatchReader::schema(&batches);
    let batch = batches.next().transpose()?;
    Ok(batch.unwrap_or_else(|| RecordBatch::new_empty(schema)))
}

/// What the writer has to know of a chunk that goes over unread. Columns of a table are flat: place and leaf are one.
fn as_it_lies(metadata: &ParquetMetaData, group: usize, place: usize) -> ColumnCloseResult {
    let chunk = metadata.row_group(group).column(place);
    let offsets = metadata.page_index_for_row_group(group).offset_index(place).cloned();
    ColumnCloseResult {
        bytes_written: chunk.compressed_size() as u64,
        rows_written: metadata.row_group(group).num_rows() as u64,
        metadata: chunk.clone(),
        bloom_filter: None,
        // Statistics are kept by chunk, not by page.
        column_index: None,
        offset_index: offsets,
    }
}

fn rewrite(
    table: &'static Table,
    (from, to): (&Path, &Path),
    terms: &FileTerms,
    places: &[usize],
    mut make: impl FnMut(&RecordBatch) -> RecordBatch,
) -> Result<()> {
    let mut writer = DimensionWriter::open(table, to, terms)?;
    for batch in super::existing::reader(from, table, None)? {
        let batch = batch?;
        let made = make(&batch.project(places).expect("places of the table's columns"));
        let mut columns = batch.columns().to_vec();
        places.iter().zip(made.columns()).for_each(|(place, column)| columns[*place] = Arc::clone(column));
        writer.write(&RecordBatch::try_new(batch.schema(), columns).expect("columns were replaced by those of their types"))?;
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Compression;
    use crate::schema::{Rows, THEME, theme};
    use crate::sink::write_file;

    fn themes(labels: &[Option<&str>]) -> RecordBatch {
        let mut rows = Rows::new(&THEME);
        for (i, label) in labels.iter().enumerate() {
            rows.text(theme::theme_id, format!("t{i}").as_str());
            rows.text(theme::label, label.unwrap_or("nothing"));
            rows.text(theme::keywords, *label);
            rows.int(theme::level, i as i64 % 2);
            rows.text(theme::status, "active");
            rows.text(theme::origin, "seeded");
            rows.end_row();
        }
        rows.finish()
    }

    #[test]
    fn what_is_replaced_by_itself_is_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to, whole) = (folder.path().join("from"), folder.path().join("to"), folder.path().join("whole"));
        let labels: Vec<String> = (0..20_000).map(|i| format!("label {}", i % 7_000)).collect();
        let labels: Vec<Option<&str>> = labels.iter().enumerate().map(|(i, l)| (i % 5 > 0).then_some(l.as_str())).collect();
        let batch = themes(&labels);
        let places: Vec<usize> = ["keywords", "level"].iter().map(|name| THEME.index_of(name).unwrap()).collect();
        for compression in [Compression::Snappy, Compression::Zstd, Compression::None] {
            let terms = FileTerms { compression, run_id: "r".to_owned() };
            for batch in [batch.clone(), batch.slice(0, 0)] {
                write_file(&THEME, &batch, &from, &terms).unwrap();
                replace_columns(&THEME, (&from, &to), &terms, &places, RecordBatch::clone).unwrap();
                assert_eq!(fs_err::read(&from).unwrap(), fs_err::read(&to).unwrap());
            }
            write_file(&THEME, &batch, &from, &terms).unwrap();
            let reversed: Vec<Option<&str>> = labels.iter().rev().copied().collect();
            let mut other = themes(&reversed);
            let mut columns = batch.columns().to_vec();
            places.iter().for_each(|place| columns[*place] = Arc::clone(other.column(*place)));
            other = RecordBatch::try_new(batch.schema(), columns).unwrap();
            write_file(&THEME, &other, &whole, &terms).unwrap();
            let mut row = 0;
            let replace = |rows: &RecordBatch| {
                let own = other.slice(row, rows.num_rows()).project(&places).unwrap();
                row += rows.num_rows();
                own
            };
            replace_columns(&THEME, (&from, &to), &terms, &places, replace).unwrap();
            assert_eq!(fs_err::read(&whole).unwrap(), fs_err::read(&to).unwrap());
        }
    }

    #[test]
    fn a_file_that_lacks_columns_of_today_is_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let terms = FileTerms { compression: Compression::Snappy, run_id: "r".to_owned() };
        let batch = themes(&[Some("a"), None]);
        let old = batch.project(&[0, THEME.index_of("label").unwrap()]).unwrap();
        let file = std::io::BufWriter::new(File::create(&from).unwrap());
        let mut writer = parquet::arrow::ArrowWriter::try_new(file, old.schema(), None).unwrap();
        writer.write(&old).unwrap();
        writer.close().unwrap();
        let place = THEME.index_of("keywords").unwrap();
        let words = batch.project(&[place]).unwrap();
        replace_columns(&THEME, (&from, &to), &terms, &[place], |_| words.clone()).unwrap();
        let read: Vec<RecordBatch> = super::super::existing::reader(&to, &THEME, None).unwrap().collect::<Result<_>>().unwrap();
        assert_eq!((read[0].column(place), read[0].num_columns()), (batch.column(place), THEME.columns.len()));
    }
}
