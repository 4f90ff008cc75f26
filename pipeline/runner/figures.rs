//! Which figures follow from the rows that are now there?
//!
//! Figures are always computed from the staged row tables, for the months that were touched and those whose windows or
//! comparisons reach them. Figures that come out as they were keep their file.

use std::collections::BTreeSet;

use arrow_array::RecordBatch;

use super::settings::Held;
use crate::error::{Error, Result};
use crate::measure::{self, Batches, Room, Tables};
use crate::month::Month;
use crate::schema::{ACCOUNT_MONTH, ACCOUNT_STANDING, COVERAGE_MONTH, INITIATIVE_MONTH, KPI_MONTH, RESPONSE, THEME_MONTH, Table};
use crate::sink::{FileTerms, Staging, Version, read_table, stream_table, write_file};

struct Staged<'a>(&'a Version);

impl Tables for Staged<'_> {
    fn read(&self, table: &'static Table, month: Month, columns: &[&str]) -> Result<Batches> {
        stream_table(self.0, table, Some(month), Some(columns))
    }
}

/// What was written.
pub(super) struct Written {
    /// Months with new figures.
    pub(super) months: BTreeSet<Month>,
    /// What in the goals finds no answers.
    pub(super) idle_goals: Vec<String>,
}

/// Writes the figures; `touched`: months whose rows or goals changed.
pub(super) fn write(
    staging: &Staging,
    old: Option<&Version>,
    touched: &BTreeSet<Month>,
    held: &Held,
    terms: &FileTerms,
    room: Room<'_>,
) -> Result<Written> {
    let all: Vec<Month> = staging.version().months(&RESPONSE)?.into_iter().collect();
    let touched: Vec<Month> = touched.iter().copied().collect();
    let wanted: Vec<Month> = measure::affected(&touched, &all).into_iter().filter(|month| all.contains(month)).collect();
    let tables = [&THEME_MONTH, &KPI_MONTH, &ACCOUNT_MONTH, &INITIATIVE_MONTH, &COVERAGE_MONTH, &ACCOUNT_STANDING];
    if let Some(old) = old {
        let gone: BTreeSet<Month> = touched.iter().copied().filter(|m| !all.contains(m)).chain(wanted.iter().copied()).collect();
        for table in tables {
            staging.keep_table(old, table, &gone)?;
        }
    }
    let idle_goals = measure::figures(&Staged(staging.version()), &all, &wanted, held.terms(), room, &|table, month, batch| {
        put(staging, old, table, month, batch, terms)
    })?;
    Ok(Written { months: wanted.into_iter().collect(), idle_goals })
}

/// Writes the figures of accounts again in months where cases stand otherwise than before, and no row changed.
pub(super) fn write_accounts(staging: &Staging, old: &Version, months: &BTreeSet<Month>, held: &Held, terms: &FileTerms) -> Result<()> {
    for month in months {
        let accounts = measure::account_figures(&Staged(staging.version()), *month, held.terms())?;
        put(staging, Some(old), &ACCOUNT_MONTH, *month, &accounts, terms)?;
    }
    Ok(())
}

fn put(
    staging: &Staging,
    old: Option<&Version>,
    table: &'static Table,
    month: Month,
    batch: &RecordBatch,
    terms: &FileTerms,
) -> Result<()> {
    if let Some(old) = old
        && old.month_file(table, month).exists()
    {
        let before = read_table(old, table, Some(month), None)?;
        let same = arrow_select::concat::concat_batches(&table.arrow(), &before).is_ok_and(|before| before == *batch);
        if same {
            return staging.keep(old, &old.month_file(table, month));
        }
    }
    // Never through a hard link into the version before.
    let path = staging.version().month_file(table, month);
    let next = path.with_extension("next");
    write_file(table, batch, &next, terms)?;
    fs_err::rename(&next, &path).map_err(Error::io("cannot write a table"))
}
