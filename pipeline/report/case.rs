//! Which HOTLINE cases does the month have?

use std::collections::HashMap;

use super::row::each_row;
use crate::error::Result;
use crate::identity::response_key;
use crate::month::Month;
use crate::schema::{hotline as col, response};
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
    pub(super) first_acted_at: Option<i64>,
    pub(super) contacted_at: Option<i64>,
    pub(super) closed_at: Option<i64>,
    pub(super) disposition: Option<String>,
    pub(super) value_won: Option<f64>,
    pub(super) rule_ids: Vec<String>,
    pub(super) account_id: Option<String>,
    /// The functional area that its response names.
    pub(super) area: Option<String>,
    pub(super) owner: Option<String>,
}

impl Case {
    /// Whether nobody has begun.
    pub(super) fn is_open(&self) -> bool {
        self.status == "open"
    }

    /// Whether somebody still has to do something.
    pub(super) fn is_unfinished(&self) -> bool {
        matches!(self.status.as_str(), "open" | "acting")
    }

    /// Whether the first action came within the time to respond; none: there is no such time, or it is not over and nobody has acted.
    pub(super) fn was_in_time(&self, as_of: i64) -> Option<bool> {
        match (self.respond_by?, self.first_acted_at.or(self.closed_at)) {
            (by, Some(acted)) => Some(acted <= by),
            (by, None) => (by < as_of).then_some(false),
        }
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
        first_acted_at,
        contacted_at,
        closed_at,
        disposition,
        value_won,
        rule_ids,
        owner,
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
            first_acted_at: row.int(first_acted_at),
            contacted_at: row.int(contacted_at),
            closed_at: row.int(closed_at),
            disposition: row.text(disposition).map(str::to_owned),
            value_won: row.float(value_won),
            rule_ids: row.text(rule_ids).unwrap_or_default().split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
            account_id: row.text(account_id).map(str::to_owned),
            area: None,
            owner: row.text(owner).map(str::to_owned),
        });
    })?;
    name_areas(version, month, &mut cases)?;
    cases.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(cases)
}

fn name_areas(version: &Version, month: Month, cases: &mut [Case]) -> Result<()> {
    // A response has a case for each route.
    let mut places: HashMap<u128, Vec<usize>> = HashMap::new();
    for (idx, case) in cases.iter().enumerate() {
        places.entry(response_key(&case.source, &case.response_id)).or_default().push(idx);
    }
    each_row(version, month, &[response::source, response::response_id, response::area], |row| {
        let Some(area) = row.text(response::area) else { return };
        let key = response_key(row.text(response::source).unwrap_or_default(), row.text(response::response_id).unwrap_or_default());
        for idx in places.get(&key).into_iter().flatten() {
            cases[*idx].area = Some(area.to_owned());
        }
    })
}

fn order(case: &Case) -> (i64, bool, i64, &str) {
    (case.severity.unwrap_or(i64::MAX), !case.is_open(), case.respond_by.unwrap_or(i64::MAX), &case.hotline_id)
}
