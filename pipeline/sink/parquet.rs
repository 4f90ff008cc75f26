//! How is one Parquet file written?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use fs_err::File;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use crate::config::Compression;
use crate::error::{Error, Result};
use crate::schema::{Kind, SCHEMA_VERSION, Table};

/// What every file of a run has in common.
#[derive(Clone, Debug)]
pub struct FileTerms {
    /// Compression of pages.
    pub compression: Compression,
    /// The run, for the file's metadata.
    pub run_id: String,
}

impl FileTerms {
    /// Opens a file of `table`. Encodings are PLAIN and dictionary only: Spark 3 reads no others without flags.
    pub(super) fn open(&self, table: &'static Table, path: &Path) -> Result<ArrowWriter<File>> {
        let file = File::create(path).map_err(Error::io("cannot write a table"))?;
        let mut properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_compression(match self.compression {
                Compression::Snappy => Codec::SNAPPY,
                // Level 1 takes half the space of none and is as fast as snappy on narratives.
                Compression::Zstd => Codec::ZSTD(ZstdLevel::try_new(1).expect("1 is a level")),
                Compression::None => Codec::UNCOMPRESSED,
            })
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_statistics_truncate_length(Some(64))
            .set_column_index_truncate_length(Some(64))
            .set_max_row_group_row_count(Some(usize::MAX))
            .set_created_by("outspoken".to_owned())
            .set_key_value_metadata(Some(vec![
                KeyValue::new("outspoken.schema_version".to_owned(), SCHEMA_VERSION.to_owned()),
                KeyValue::new("outspoken.run_id".to_owned(), self.run_id.clone()),
            ]));
        for column in table.columns {
            if column.kind == Kind::Utf8 && is_distinct(table, column.name) {
                properties = properties.set_column_dictionary_enabled(ColumnPath::from(column.name), false);
            }
        }
        let options = ArrowWriterOptions::new().with_properties(properties.build());
        ArrowWriter::try_new_with_options(file, table.arrow(), options).map_err(Error::parquet(path))
    }
}

/// Columns whose values hardly repeat: a dictionary would be built and thrown away.
fn is_distinct(table: &Table, column: &str) -> bool {
    matches!(
        (table.name, column),
        ("verbatim", "text" | "verbatim_id") | ("hotline", "context" | "hotline_id") | ("response" | "verbatim", "response_id")
    )
}

/// Writes a file of one table piece by piece: dimensions, month figures.
pub struct DimensionWriter {
    writer: ArrowWriter<File>,
    path: PathBuf,
    held: Vec<RecordBatch>,
    n_held: usize,
    table: &'static Table,
}

impl DimensionWriter {
    /// Opens the file, makes its folder.
    pub fn open(table: &'static Table, path: &Path, terms: &FileTerms) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder).map_err(Error::io("cannot make a folder"))?;
        }
        Ok(Self { writer: terms.open(table, path)?, path: path.to_owned(), held: Vec::new(), n_held: 0, table })
    }

    /// Adds rows. Row groups end at places that only the rows decide.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut rest = batch.clone();
        while rest.num_rows() > 0 {
            let n = rest.num_rows().min(DIMENSION_GROUP_ROWS - self.n_held);
            self.held.push(rest.slice(0, n));
            self.n_held += n;
            rest = rest.slice(n, rest.num_rows() - n);
            if self.n_held == DIMENSION_GROUP_ROWS {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Ends the file.
    pub fn finish(mut self) -> Result<()> {
        self.flush()?;
        close(self.writer, &self.path)
    }

    fn flush(&mut self) -> Result<()> {
        if self.n_held > 0 {
            let group = concat(self.table, &std::mem::take(&mut self.held));
            self.n_held = 0;
            self.writer.write(&group).and_then(|()| self.writer.flush()).map_err(Error::parquet(&self.path))?;
        }
        Ok(())
    }
}

/// Rejects are up to 4 KiB a row: 8,192 of them are a row group of 32 MiB.
const DIMENSION_GROUP_ROWS: usize = 8192;

/// Writes a whole table file at once.
pub fn write_file(table: &'static Table, batch: &RecordBatch, path: &Path, terms: &FileTerms) -> Result<()> {
    let mut writer = DimensionWriter::open(table, path, terms)?;
    writer.write(batch)?;
    writer.finish()
}

/// Ends a file and sees it on the disk: what `current` will point to must survive a power cut.
pub(super) fn close(mut writer: ArrowWriter<File>, path: &Path) -> Result<()> {
    // `into_inner` alone would turn a full disk into a sentence.
    writer.finish().map_err(Error::parquet(path))?;
    writer.inner().sync_all().map_err(Error::io("cannot write a table"))
}

/// One batch of several, in order.
pub(super) fn concat(table: &Table, batches: &[RecordBatch]) -> RecordBatch {
    match batches {
        [one] => one.clone(),
        _ => arrow_select::concat::concat_batches(&table.arrow(), batches).expect("batches of one table have one schema"),
    }
}

/// Brings a batch of an older file to the table's columns: those added since are null, order is ours.
pub(super) fn align(table: &Table, batch: &RecordBatch, path: &Path) -> Result<RecordBatch> {
    align_some(table, &(0..table.columns.len()).collect::<Vec<_>>(), batch, path)
}

/// The same with some of the table's columns, by their places.
pub(super) fn align_some(table: &Table, places: &[usize], batch: &RecordBatch, path: &Path) -> Result<RecordBatch> {
    let schema = table.arrow().project(places).expect("places are those of the table's columns");
    let columns = places
        .iter()
        .map(|place| &table.columns[*place])
        .map(|column| match batch.column_by_name(column.name) {
            Some(array) => Arc::clone(array),
            None => arrow_array::new_null_array(&column.kind.data_type(), batch.num_rows()),
        })
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(schema), columns, &options).map_err(Error::parquet(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::THEME;
    use arrow_array::{Array as _, ArrayRef, StringArray};

    /// A month that an older version wrote lacks what was added since; what a newer one added is passed over.
    #[test]
    fn months_of_other_versions_have_the_columns_of_today() {
        let text = |cell: &str| -> ArrayRef { Arc::new(StringArray::from(vec![cell])) };
        let batch = RecordBatch::try_from_iter([("sarcasm", text("high")), ("theme_id", text("t1"))]).unwrap();
        let places = [THEME.index_of("theme_id").unwrap(), THEME.index_of("label").unwrap()];
        let aligned = align_some(&THEME, &places, &batch, Path::new("theme")).unwrap();
        assert_eq!(aligned.schema().fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>(), ["theme_id", "label"]);
        assert!(aligned.column(0).is_valid(0) && aligned.column(1).is_null(0));
        assert_eq!(align(&THEME, &batch, Path::new("theme")).unwrap().num_columns(), THEME.columns.len());
        assert_eq!(align_some(&THEME, &[], &batch, Path::new("theme")).unwrap().num_rows(), 1);
    }
}
