//! Which HOTLINE cases does the month have?

use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::hotline as col;
use crate::sink::Version;

/// A row of `hotline`.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) hotline_id: String,
    pub(super) source: String,
    pub(super) response_id: String,
    pub(super) category: Option<String>,
    pub(super) route: String,
    pub(super) severity: Option<i64>,
    pub(super) trigger: String,
    pub(super) account: String,
    pub(super) description: String,
    pub(super) received_at: Option<i64>,
    pub(super) detected_at: Option<i64>,
    pub(super) respond_by: Option<i64>,
    pub(super) status: String,
}

impl Case {
    /// Whether nobody has begun.
    pub(super) fn is_open(&self) -> bool {
        self.status == "open"
    }

    /// Whether nobody has begun and the time to respond is over at `as_of` (microseconds).
    pub(super) fn is_past(&self, as_of: i64) -> bool {
        self.is_open() && self.respond_by.is_some_and(|by| by < as_of)
    }
}

/// The cases of a month, the most severe first, of these the open ones, of these those that are due first.
pub(super) fn load(version: &Version, month: Month) -> Result<Vec<Case>> {
    use col::*;
    let columns = [
        hotline_id,
        response_id,
        source,
        category,
        route,
        severity,
        trigger,
        account_id,
        account_name,
        description,
        received_at,
        detected_at,
        respond_by,
        status,
    ];
    let mut cases = Vec::new();
    each_row(version, month, &columns, |row| {
        cases.push(Case {
            hotline_id: row.owned(hotline_id),
            source: row.owned(source),
            response_id: row.owned(response_id),
            category: row.text(category).map(str::to_owned),
            route: row.owned(route),
            severity: row.int(severity),
            trigger: row.owned(trigger),
            account: row.text(account_name).or(row.text(account_id)).unwrap_or_default().to_owned(),
            description: row.owned(description),
            received_at: row.int(received_at),
            detected_at: row.int(detected_at),
            respond_by: row.int(respond_by),
            status: row.owned(status),
        });
    })?;
    cases.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(cases)
}

fn order(case: &Case) -> (i64, bool, i64, &str) {
    (case.severity.unwrap_or(i64::MAX), !case.is_open(), case.respond_by.unwrap_or(i64::MAX), &case.hotline_id)
}
