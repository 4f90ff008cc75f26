//! Which cases are asked for?

use std::collections::BTreeSet;

use super::case::Case;
use super::state::Status;
use crate::month::Month;

/// Which cases are asked for: all conditions hold; an empty list or none takes every case.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// These cases alone, by their whole ids.
    pub ids: Option<BTreeSet<String>>,
    /// Where they stand.
    pub status: Vec<Status>,
    /// Who acts.
    pub route: Option<String>,
    /// How severe.
    pub severity: Option<Severities>,
    /// Detected at most this long ago: the earliest time, microseconds since 1970-01-01T00:00Z.
    pub detected_from: Option<i64>,
    /// Detected at least this long ago: the latest time.
    pub detected_until: Option<i64>,
    /// Who has them; empty: nobody.
    pub owner: Option<String>,
    /// Id of the account, or a part of its name.
    pub account: Option<String>,
    /// Month that the responses are reported in.
    pub month: Option<Month>,
}

/// A range of severities, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Severities {
    /// The worst.
    pub worst: i32,
    /// The least.
    pub least: i32,
}

impl Severities {
    /// Reads "1", "1-2".
    pub fn parse(text: &str) -> Option<Self> {
        let (worst, least) = text.split_once('-').unwrap_or((text, text));
        let (worst, least) = (worst.trim().parse().ok()?, least.trim().parse().ok()?);
        (1..=5).contains(&worst).then_some(())?;
        (worst..=5).contains(&least).then_some(Self { worst, least })
    }
}

impl Filter {
    /// Whether a case is asked for.
    pub fn takes(&self, case: &Case) -> bool {
        let same = |a: &str, b: &str| a.to_lowercase() == b.trim().to_lowercase();
        let detected = case.state.detected_at;
        self.ids.as_ref().is_none_or(|ids| ids.contains(&case.hotline_id))
            && (self.status.is_empty() || self.status.contains(&case.state.status))
            && self.route.as_deref().is_none_or(|route| same(&case.route, route))
            && self.severity.is_none_or(|range| case.severity.is_some_and(|s| (range.worst..=range.least).contains(&s)))
            && self.detected_from.is_none_or(|from| detected >= from)
            && self.detected_until.is_none_or(|until| detected <= until)
            && self.owner.as_deref().is_none_or(|owner| same(case.state.owner.as_deref().unwrap_or_default(), owner))
            && self.account.as_deref().is_none_or(|account| is_of(case, account))
            && self.month.is_none_or(|month| case.report_month == month)
    }
}

fn is_of(case: &Case, account: &str) -> bool {
    let account = account.trim().to_lowercase();
    case.account_id.as_deref().is_some_and(|id| id.to_lowercase() == account)
        || case.account_name.as_deref().is_some_and(|name| name.to_lowercase().contains(&account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_one_or_a_range() {
        for (text, range) in [("1", Some((1, 1))), ("1-2", Some((1, 2))), ("2-1", None), ("0", None), ("6", None), ("worst", None)] {
            assert_eq!(Severities::parse(text), range.map(|(worst, least)| Severities { worst, least }), "{text}");
        }
    }
}
