//! How many of those asked have answered? The rows of `coverage_month`.
//!
//! Of the people whom an invitation reached in a window, those with a response of the survey in the window: a person who was asked twice in it
//! counts once. Of their accounts, those of which anybody answered.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;

use super::Terms;
use super::interval::wilson;
use super::standing::StandingMonth;
use super::window::{Span, WINDOWS};
use crate::month::Month;
use crate::schema::{COVERAGE_MONTH, Rows, coverage_month as col};

/// People and accounts of one part.
#[derive(Default)]
struct Part<'m> {
    /// Whether each answered.
    people: BTreeMap<u64, bool>,
    accounts: BTreeMap<&'m str, bool>,
}

/// The rows of a month; `months` ascend.
pub(super) fn rows(months: &[&StandingMonth], month: Month, terms: Terms<'_>) -> RecordBatch {
    let mut out = Rows::new(&COVERAGE_MONTH);
    let sources: BTreeSet<&str> = months.iter().flat_map(|m| &m.invited).map(|invited| invited.source.as_str()).collect();
    for source in sources {
        for window in WINDOWS {
            let span = Span::ending(month, window);
            let inside: Vec<&StandingMonth> = months.iter().copied().filter(|m| span.holds(m.month)).collect();
            let reaches_back = inside.iter().any(|m| m.month < month && m.invited.iter().any(|invited| invited.source == source));
            if window > 1 && !reaches_back {
                continue;
            }
            for ((dimension, value), part) in parts(&inside, source, terms) {
                write(&mut out, source, month, window, (dimension, &value), &part, terms);
            }
        }
    }
    out.finish()
}

fn parts<'m>(inside: &[&'m StandingMonth], source: &str, terms: Terms<'_>) -> BTreeMap<(&'static str, String), Part<'m>> {
    let answered_by = |person: u64| inside.iter().any(|m| m.has_answered(source, person));
    let account_answered = |key: &str| inside.iter().any(|m| m.responses(source, key) > 0);
    let mut parts: BTreeMap<(&'static str, String), Part<'m>> = BTreeMap::new();
    for invited in inside.iter().flat_map(|m| &m.invited).filter(|invited| invited.source == source) {
        let tier = terms.directory.of(&invited.account_key).and_then(|account| account.tier.clone());
        let places = [Some(("all", "all".to_owned())), invited.role.clone().map(|role| ("role", role)), tier.map(|tier| ("tier", tier))];
        for place in places.into_iter().flatten() {
            let part = parts.entry(place).or_default();
            if invited.person != 0 {
                part.people.entry(invited.person).or_insert_with(|| answered_by(invited.person));
            }
            if !invited.account_key.is_empty() {
                part.accounts.entry(&invited.account_key).or_insert_with(|| account_answered(&invited.account_key));
            }
        }
    }
    parts
}

fn write(out: &mut Rows, source: &str, month: Month, window: i32, place: (&str, &str), part: &Part<'_>, terms: Terms<'_>) {
    let n_answered = part.people.values().filter(|answered| **answered).count() as i64;
    let n_accounts = part.accounts.values().filter(|answered| **answered).count() as i64;
    let (n_invited, n_all) = (part.people.len() as i64, part.accounts.len() as i64);
    let revenue = |key: &str| terms.directory.of(key).and_then(|account| account.revenue).unwrap_or_default().max(0.0);
    let all: f64 = part.accounts.keys().map(|key| revenue(key)).sum();
    let answered: f64 = part.accounts.iter().filter(|(_, answered)| **answered).map(|(key, _)| revenue(key)).sum();
    out.text(col::source, source);
    out.date(col::report_month, month.days());
    out.int(col::window_months, i64::from(window));
    out.text(col::dimension, place.0);
    out.text(col::dimension_value, place.1);
    out.int(col::invited, n_invited);
    out.int(col::answered, n_answered);
    out.float(col::response_rate, (n_invited > 0).then(|| n_answered as f64 / n_invited as f64));
    let interval = wilson(n_answered, n_invited);
    out.float(col::rate_low, interval.map(|i| i.low));
    out.float(col::rate_high, interval.map(|i| i.high));
    out.int(col::accounts_invited, n_all);
    out.int(col::accounts_answered, n_accounts);
    out.float(col::account_coverage, (n_all > 0).then(|| n_accounts as f64 / n_all as f64));
    out.float(col::revenue_coverage, (all > 0.0).then(|| answered / all));
    out.end_row();
}
