//! What do people's decisions change in the staged tables?
//!
//! A run and `sync` both come here when the rows are staged: what was decided since is laid over all months, and what
//! comes back says which figures have to follow. Decisions of a new kind join in [`lay_over`].

use std::collections::BTreeSet;

use super::overlay;
use super::themes::{self, Known, Laid};
use crate::clock::Calendar;
use crate::config::Settings;
use crate::error::Result;
use crate::month::Month;
use crate::sink::{FileTerms, Staging};
use crate::store::Store;

/// What decisions changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// Months with changed rows: every figure that reaches them is computed again.
    pub(super) rows: BTreeSet<Month>,
    /// Whether the table of themes changed.
    pub(super) themes: bool,
    /// Months in which only the standing of cases changed: figures of accounts are computed again.
    pub(super) cases: BTreeSet<Month>,
    /// What a person should look at.
    pub(super) warnings: Vec<String>,
}

/// Lays what people decided over the staged tables. Months in which nothing changes keep their files.
///
/// Edits of themes come before cases, so that what is said of a case is said of the themes as they are.
pub(super) fn lay_over(staging: &Staging, terms: &FileTerms, store: &Store, settings: &Settings, known: Known<'_>) -> Result<Changed> {
    let old = known.old;
    let Laid { months: mut rows, table } = themes::lay_over(staging, terms, &store.theme_edits()?, known)?;
    let calendar = Calendar::of(&settings.hotline.calendar)?;
    let cases = overlay::overlay(staging, old, terms, &store.decided()?, &calendar)?;
    rows.extend(cases.added);
    let mut warnings = Vec::new();
    if cases.n_lost > 0 {
        warnings.push(format!(
            "{} HOTLINE cases that people worked on have no response any more: they are kept in review.db, and in no table",
            cases.n_lost
        ));
    }
    Ok(Changed { rows, themes: table, cases: cases.months, warnings })
}
