//! Which accounts, invitations and indicators are there, and what changed?
//!
//! Files that a run is given replace what was there: the account file as a whole, invitations by survey and month, indicators by month. What a
//! run is not given stays.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Float64Type};
use arrow_array::{Array as _, Date32Array, Float64Array, StringArray};

use super::{RunOptions, fingerprint_of_file};
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::measure::Directory;
use crate::month::Month;
use crate::roster::account::{self, Account};
use crate::roster::indicator;
use crate::roster::invitation::{self, Invitation};
use crate::schema::{ACCOUNT, INDICATOR_MONTH, INVITATION, Table};
use crate::sink::{FileTerms, Staging, Version, read_table, write_file};

/// What was brought in.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// Months with other invitations than before.
    pub(super) invited: BTreeSet<Month>,
    /// Months with other indicators than before.
    pub(super) indicators: BTreeSet<Month>,
    pub(super) warnings: Vec<String>,
}

/// The files of accounts, invitations and indicators, which are part of the input.
pub(super) fn fingerprint(options: &RunOptions) -> Result<String> {
    let settings = &options.settings;
    let mut files = Fingerprint::of("roster");
    for (given, named) in [
        (&options.accounts, &settings.accounts.file),
        (&options.invited, &settings.invitations.file),
        (&options.indicators, &settings.indicators.file),
    ] {
        let path = given.clone().or_else(|| named.as_ref().map(|name| settings.folder.join(name)));
        files.add(path.map(|path| fingerprint_of_file(&path)).transpose()?.as_deref());
    }
    Ok(files.id())
}

/// Writes what the options name, and takes over what they do not.
pub(super) fn bring(staging: &Staging, old: Option<&Version>, options: &RunOptions, terms: &FileTerms) -> Result<Brought> {
    if let Some(old) = old {
        for table in [&ACCOUNT, &INVITATION, &INDICATOR_MONTH] {
            staging.keep_table(old, table, &BTreeSet::new())?;
        }
    }
    let mut brought = Brought::default();
    let settings = &options.settings;
    let path =
        |given: &Option<PathBuf>, named: &Option<String>| given.clone().or_else(|| named.as_ref().map(|name| settings.folder.join(name)));
    if let Some(path) = path(&options.accounts, &settings.accounts.file) {
        let read = account::read(&path, &settings.accounts.columns)?;
        brought.warnings.extend(read.slips);
        put(staging, old, &ACCOUNT, None, &account::rows(&read.rows), terms)?;
    }
    if let Some(path) = path(&options.invited, &settings.invitations.file) {
        brought.invited = invite(staging, old, &path, options, terms, &mut brought.warnings)?;
    }
    if let Some(path) = path(&options.indicators, &settings.indicators.file) {
        let read = indicator::read(&path, &settings.indicators.columns)?;
        brought.warnings.extend(read.slips);
        let months: BTreeSet<Month> = read.rows.iter().map(|indicator| indicator.month).collect();
        for month in months {
            let rows = indicator::rows(read.rows.iter().filter(|indicator| indicator.month == month));
            if put(staging, old, &INDICATOR_MONTH, Some(month), &rows, terms)? {
                brought.indicators.insert(month);
            }
        }
    }
    Ok(brought)
}

fn invite(
    staging: &Staging,
    old: Option<&Version>,
    path: &Path,
    options: &RunOptions,
    terms: &FileTerms,
    warnings: &mut Vec<String>,
) -> Result<BTreeSet<Month>> {
    let only = match options.settings.sources.as_slice() {
        [one] => Some(one.name.as_str()),
        _ => None,
    };
    let source = options.source.as_deref().or(only);
    let read = invitation::read(path, &options.settings.invitations.columns, source)?;
    warnings.extend(read.slips);
    let mut by_month: BTreeMap<Month, BTreeMap<String, Vec<Invitation>>> = BTreeMap::new();
    for invitation in read.rows {
        by_month.entry(invitation.month).or_default().entry(invitation.source.clone()).or_default().push(invitation);
    }
    let mut changed = BTreeSet::new();
    for (month, of_sources) in by_month {
        let mut batches: Vec<(String, RecordBatch)> = Vec::new();
        for batch in old.map_or_else(|| Ok(Vec::new()), |old| read_table(old, &INVITATION, Some(month), None))? {
            let sources: StringArray = batch.column_by_name("source").expect("a column of invitation").as_string().clone();
            for row in (0..batch.num_rows()).filter(|row| !of_sources.contains_key(sources.value(*row))) {
                batches.push((sources.value(row).to_owned(), batch.slice(row, 1)));
            }
        }
        batches.extend(of_sources.iter().map(|(source, invited)| (source.clone(), invitation::rows(invited.iter()))));
        batches.sort_by(|a, b| a.0.cmp(&b.0));
        let batches: Vec<RecordBatch> = batches.into_iter().map(|(_, batch)| batch).collect();
        let rows = arrow_select::concat::concat_batches(&INVITATION.arrow(), &batches).expect("batches of one table");
        if put(staging, old, &INVITATION, Some(month), &rows, terms)? {
            changed.insert(month);
        }
    }
    Ok(changed)
}

/// Writes a table unless it is as before; gives whether it is not.
fn put(
    staging: &Staging,
    old: Option<&Version>,
    table: &'static Table,
    month: Option<Month>,
    rows: &RecordBatch,
    terms: &FileTerms,
) -> Result<bool> {
    let file = |version: &Version| month.map_or_else(|| version.dimension_file(table), |month| version.month_file(table, month));
    if let Some(old) = old.filter(|old| file(old).exists()) {
        let before = read_table(old, table, month, None)?;
        if arrow_select::concat::concat_batches(&table.arrow(), &before).is_ok_and(|before| before == *rows) {
            return Ok(false);
        }
    }
    // Never through a hard link into the version before.
    let path = file(staging.version());
    let next = path.with_extension("next");
    write_file(table, rows, &next, terms)?;
    fs_err::rename(&next, &path).map_err(Error::io("cannot write a table"))?;
    Ok(true)
}

/// The accounts that a version knows.
pub(crate) fn directory(version: &Version, high_value: Option<f64>) -> Result<Directory> {
    let mut accounts = Vec::new();
    if !version.dimension_file(&ACCOUNT).exists() {
        return Ok(Directory::default());
    }
    for batch in read_table(version, &ACCOUNT, None, None)? {
        let text = |name: &str| -> StringArray { batch.column_by_name(name).expect("a column of account").as_string().clone() };
        let [id, name, aliases, tier, manager, sponsor] =
            ["account_id", "account_name", "aliases", "tier", "account_manager", "executive_sponsor"].map(text);
        let revenue: Float64Array = batch.column_by_name("revenue").expect("a column of account").as_primitive::<Float64Type>().clone();
        let renewal: Date32Array = batch.column_by_name("renewal_date").expect("a column of account").as_primitive::<Date32Type>().clone();
        let given = |column: &StringArray, row: usize| column.is_valid(row).then(|| column.value(row).to_owned());
        for row in 0..batch.num_rows() {
            accounts.push(Account {
                id: id.value(row).to_owned(),
                name: given(&name, row),
                aliases: given(&aliases, row).map(|aliases| aliases.split('|').map(str::to_owned).collect()).unwrap_or_default(),
                tier: given(&tier, row),
                revenue: revenue.is_valid(row).then(|| revenue.value(row)),
                renewal: renewal.is_valid(row).then(|| renewal.value(row)),
                manager: given(&manager, row),
                sponsor: given(&sponsor, row),
            });
        }
    }
    Ok(Directory::new(accounts, high_value))
}
