//! What do areas do about what customers said? The rows of `action`.

use std::collections::BTreeSet;

use arrow_array::RecordBatch;

use crate::error::Result;
use crate::month::Month;
use crate::schema::{ACTION, Rows, action as col};
use crate::sink::{FileTerms, Staging, Version, read_table, write_file};
use crate::store::{Meetings, Store};

/// Writes the actions of all months; months whose actions are as they were keep their file. Gives the months that changed.
pub(super) fn write(staging: &Staging, old: Option<&Version>, terms: &FileTerms, store: &Store) -> Result<BTreeSet<Month>> {
    let meetings = store.meetings()?;
    let mut months: BTreeSet<Month> = meetings.actions.iter().map(|action| Month::from_days(action.said.month)).collect();
    // Actions never leave, so that a month that has some keeps some; the empty file of a table without rows stays as it is.
    if months.is_empty()
        && let Some(old) = old
    {
        months.extend(old.months(&ACTION)?);
    }
    let mut changed = BTreeSet::new();
    for month in months {
        let rows = rows(&meetings, month);
        let path = staging.version().month_file(&ACTION, month);
        let before = old.map_or_else(|| Ok(Vec::new()), |old| read_table(old, &ACTION, Some(month), None))?;
        let is_as_before = old.is_some_and(|old| old.month_file(&ACTION, month).exists())
            && before.iter().map(RecordBatch::num_rows).sum::<usize>() == rows.num_rows()
            && (rows.num_rows() == 0 || before.first() == Some(&rows));
        match old.filter(|_| is_as_before) {
            Some(old) => staging.keep(old, &old.month_file(&ACTION, month))?,
            None => {
                // A new file, never through a link into the version before.
                if path.exists() {
                    fs_err::remove_file(&path).map_err(crate::error::Error::io("cannot write a table"))?;
                }
                write_file(&ACTION, &rows, &path, terms)?;
                changed.insert(month);
            }
        }
    }
    Ok(changed)
}

fn rows(meetings: &Meetings, month: Month) -> RecordBatch {
    let mut rows = Rows::new(&ACTION);
    for action in meetings.actions_of(month) {
        let given = |text: &'_ str| Some(text.to_owned()).filter(|text| !text.is_empty());
        rows.text(col::action_id, action.said.action_id.as_str());
        rows.date(col::report_month, month.days());
        rows.text(col::area, action.said.area.as_str());
        rows.text(col::text, action.said.text.as_str());
        rows.text(col::owner, given(&action.said.owner).as_deref());
        rows.date(col::due, action.said.due);
        rows.text(col::status, action.said.status.as_str());
        rows.time(col::created_at, action.first_at);
        rows.text(col::created_by, action.first_who.as_str());
        rows.time(col::changed_at, action.at);
        rows.text(col::changed_by, action.who.as_str());
        rows.end_row();
    }
    rows.finish()
}
