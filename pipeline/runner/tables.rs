//! Is every table there, and none twice?

use std::collections::BTreeSet;
use std::path::Path;

use super::RunOptions;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{Layout, REJECT, RESPONSE, Rows, TABLES, THEME};
use crate::sink::{FileTerms, Staging, Version, row_tables, write_file};

/// A month whose rows all left has no partition.
pub(super) fn drop_empty_months(staging: &Staging, touched: &BTreeSet<Month>) -> Result<()> {
    for month in touched {
        let path = staging.version().month_file(&RESPONSE, *month);
        if path.exists() && is_empty(&path)? {
            for table in row_tables() {
                let folder = staging.version().month_file(table, *month);
                fs_err::remove_dir_all(folder.parent().expect("partitions lie in folders")).map_err(Error::io("cannot clear a month"))?;
            }
            fs_err::remove_file(staging.version().keys_file(*month)).or_else(missing_is_fine).map_err(Error::io("cannot clear a month"))?;
        }
    }
    Ok(())
}

pub(super) fn missing_is_fine(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn is_empty(path: &Path) -> Result<bool> {
    let file = fs_err::File::open(path).map_err(Error::io("cannot read a table"))?;
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file.into_file()).map_err(Error::parquet(path))?;
    Ok(reader.metadata().file_metadata().num_rows() == 0)
}

/// A table without rows is an empty file under the run's month, so that every reader finds every table.
pub(super) fn write_missing_tables(staging: &Staging, options: &RunOptions, terms: &FileTerms) -> Result<()> {
    for table in TABLES {
        let path = match table.layout {
            Layout::Month if staging.version().months(table)?.is_empty() => {
                let month = staging.version().months(&RESPONSE)?.last().copied().or(options.month);
                let today = options.as_of.to_zoned(jiff::tz::TimeZone::UTC);
                staging.version().month_file(table, month.unwrap_or_else(|| Month::new(today.year(), today.month())))
            }
            Layout::Dimension if !staging.version().dimension_file(table).exists() => staging.version().dimension_file(table),
            _ => continue,
        };
        write_file(table, &Rows::new(table).finish(), &path, terms)?;
    }
    Ok(())
}

/// Dimensions that came out as they were keep their file.
pub(super) fn keep_equal_dimensions(staging: &Staging, old: Option<&Version>) -> Result<()> {
    let Some(old) = old else { return Ok(()) };
    for table in [&THEME, &REJECT] {
        let before = crate::sink::read_table(old, table, None, None)?;
        let after = crate::sink::read_table(staging.version(), table, None, None)?;
        if before == after {
            staging.keep(old, &old.dimension_file(table))?;
        }
    }
    Ok(())
}
