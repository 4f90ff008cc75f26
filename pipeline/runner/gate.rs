//! Is this input fit to be published?

use std::collections::BTreeSet;

use super::{RunOptions, TooManyRejects};
use crate::error::{Error, Result};
use crate::month::Month;

pub(super) fn check_rejects(options: &RunOptions, n_rejected: u64, n_rows: u64) -> Result<()> {
    match (rejects_over(options, n_rejected, n_rows), options.too_many_rejects) {
        (Some(_), TooManyRejects::Stop) => Err(Error::Limit {
            what: format!("{n_rejected} of {n_rows} rows rejected ({:.1} %)", 100.0 * n_rejected as f64 / n_rows as f64),
            limit: format!("--max-reject-share {}", options.max_reject_share.unwrap_or_default()),
            hint: Some("look at the reasons in tables/reject of a run into another directory with --too-many-rejects publish".to_owned()),
        }),
        _ => Ok(()),
    }
}

/// What is said when more rows are rejected than the options allow.
pub(super) fn rejects_over(options: &RunOptions, n_rejected: u64, n_rows: u64) -> Option<String> {
    let max = options.max_reject_share?;
    let share = n_rejected as f64 / n_rows.max(1) as f64;
    (share > max).then(|| format!("{n_rejected} of {n_rows} rows rejected ({:.1} %), over --max-reject-share {max}", 100.0 * share))
}

/// More months than these in one run are a date column gone wrong: dates reach from 1970 to a year ahead of the clock.
const MAX_MONTHS: usize = 600;

pub(super) fn check_months(touched: &BTreeSet<Month>) -> Result<()> {
    if touched.len() <= MAX_MONTHS {
        return Ok(());
    }
    let span = touched.first().zip(touched.last()).map_or_else(String::new, |(first, last)| format!(", {first} to {last}"));
    Err(Error::Limit {
        what: format!("{} months with rows in one run{span},", touched.len()),
        limit: format!("{MAX_MONTHS} months"),
        hint: Some("is that the column that gives the month? If it is, run some of the years at a time".to_owned()),
    })
}
