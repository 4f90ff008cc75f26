//! Where does each account stand? The rows of `account_standing`.
//!
//! Over twelve months: who was asked, who answered, for how long nobody has, and the stance: the class of the mean answer to the recommend question,
//! rounded to a whole point. A stance over fewer than five answers is a person's score, and shown only where everyone of them agreed to be
//! named. The matrix puts profitable accounts into A, B, C (promoter, passive, detractor) and the others into D, E, F.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;

use super::Terms;
use super::dimension::MIN_SHOWN_BASE;
use super::invited::Invited;
use super::names::Names;
use super::response::Response;
use super::window::{HORIZON, Span};
use crate::month::Month;
use crate::schema::{ACCOUNT_STANDING, Rows, account_standing as col};

/// Months that a stance is taken over.
const STANDING_MONTHS: i32 = 12;

/// Months with an invitation and no answer after which an account is silent.
const SILENT_WAVES: i64 = 2;

/// A contract that ends within so many days is soon to be renewed: a quarter and the month in which it is prepared.
const RENEWAL_DAYS: i32 = 120;

/// What a month says of accounts, where accounts or invitations are known.
#[derive(Debug)]
pub(super) struct StandingMonth {
    pub(super) month: Month,
    pub(super) invited: Vec<Invited>,
    accounts: BTreeMap<(String, String), Answered>,
    /// People who answered, by source, ascending.
    people: BTreeMap<String, Vec<u64>>,
}

#[derive(Clone, Debug, Default)]
struct Answered {
    name: String,
    responses: i64,
    /// Answers to the recommend question, and their sum.
    base: i64,
    points: i64,
    is_unnamed: bool,
    /// When the source said last what the account is worth, and what.
    value: Option<(i64, f64)>,
}

/// A month while its responses pass.
#[derive(Debug, Default)]
pub(super) struct StandingCounter {
    accounts: BTreeMap<(u32, String), Answered>,
    people: BTreeMap<u32, Vec<u64>>,
}

impl StandingCounter {
    pub(super) fn add(&mut self, response: &Response) {
        if response.is_pooled {
            return;
        }
        if response.respondent != 0 {
            self.people.entry(response.source).or_default().push(response.respondent);
        }
        if response.account == 0 {
            return;
        }
        let account = self.accounts.entry((response.source, response.account_key.clone())).or_default();
        account.responses += 1;
        if !response.account_name.is_empty() && (account.name.is_empty() || response.account_name < account.name) {
            account.name.clone_from(&response.account_name);
        }
        if let Some(value) = response.account_value {
            account.value = newer(account.value, Some((response.received_at, value)));
        }
        if let Some(score) = response.nps_score {
            account.base += 1;
            account.points += i64::from(score);
            account.is_unnamed |= !response.is_named;
        }
    }

    pub(super) fn finish(self, month: Month, names: &Names, invited: Vec<Invited>) -> StandingMonth {
        let source = |code: u32| names.sources.names()[code as usize].clone();
        let mut people: BTreeMap<String, Vec<u64>> = self.people.into_iter().map(|(code, people)| (source(code), people)).collect();
        people.values_mut().for_each(|people| {
            people.sort_unstable();
            people.dedup();
        });
        let accounts = self.accounts.into_iter().map(|((code, key), account)| ((source(code), key), account)).collect();
        StandingMonth { month, invited, accounts, people }
    }
}

impl StandingMonth {
    pub(super) fn has_answered(&self, source: &str, person: u64) -> bool {
        self.people.get(source).is_some_and(|people| people.binary_search(&person).is_ok())
    }

    pub(super) fn responses(&self, source: &str, key: &str) -> i64 {
        self.accounts.get(&(source.to_owned(), key.to_owned())).map_or(0, |account| account.responses)
    }
}

/// An account over the months.
#[derive(Default)]
struct Standing {
    name: String,
    invited: BTreeSet<u64>,
    responses: i64,
    base: i64,
    points: i64,
    is_unnamed: bool,
    value: Option<(i64, f64)>,
    last_answer: Option<Month>,
    invitations: BTreeSet<Month>,
}

impl Standing {
    fn stance(&self) -> Option<&'static str> {
        let is_shown = self.base >= MIN_SHOWN_BASE || (self.base > 0 && !self.is_unnamed);
        is_shown.then(|| match (self.points as f64 / self.base as f64).round() {
            9.0.. => "promoter",
            7.0.. => "passive",
            _ => "detractor",
        })
    }

    /// The account file's word, else the source's newest.
    fn revenue(&self, key: &str, terms: Terms<'_>) -> Option<f64> {
        terms.directory.of(key).and_then(|account| account.revenue).or(self.value.map(|(_, value)| value))
    }

    fn silent_waves(&self) -> i64 {
        self.invitations.iter().filter(|month| self.last_answer.is_none_or(|last| **month > last)).count() as i64
    }
}

/// The later of two values; of one time the larger, so that the order of rows does not choose.
fn newer(a: Option<(i64, f64)>, b: Option<(i64, f64)>) -> Option<(i64, f64)> {
    [a, b].into_iter().flatten().max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))
}

/// The rows of a month; `months` ascend. Without an account file, values of accounts and invitations there are none.
pub(super) fn rows(months: &[&StandingMonth], month: Month, terms: Terms<'_>) -> RecordBatch {
    let mut out = Rows::new(&ACCOUNT_STANDING);
    let standings = standings(months, month);
    let mut by_source: BTreeMap<&str, Vec<(&str, &Standing)>> = BTreeMap::new();
    for ((source, key), standing) in &standings {
        by_source.entry(source).or_default().push((key, standing));
    }
    for (source, accounts) in by_source {
        let limit = terms.directory.high_value.or_else(|| median(&accounts, terms));
        for (key, standing) in accounts {
            write(&mut out, source, key, standing, month, limit, terms);
        }
    }
    out.finish()
}

fn standings<'m>(months: &[&'m StandingMonth], month: Month) -> BTreeMap<(&'m str, &'m str), Standing> {
    let (year, reach) = (Span::ending(month, STANDING_MONTHS), Span::ending(month, HORIZON));
    let mut standings: BTreeMap<(&str, &str), Standing> = BTreeMap::new();
    for of_month in months.iter().filter(|m| reach.holds(m.month)) {
        for ((source, key), account) in &of_month.accounts {
            let standing = standings.entry((source, key)).or_default();
            standing.last_answer = Some(of_month.month);
            if standing.name.is_empty() || (!account.name.is_empty() && account.name < standing.name) {
                standing.name.clone_from(&account.name);
            }
            standing.value = newer(standing.value, account.value);
            if year.holds(of_month.month) {
                standing.responses += account.responses;
                standing.base += account.base;
                standing.points += account.points;
                standing.is_unnamed |= account.is_unnamed;
            }
        }
        for invited in of_month.invited.iter().filter(|invited| !invited.account_key.is_empty()) {
            let standing = standings.entry((&invited.source, &invited.account_key)).or_default();
            standing.invitations.insert(of_month.month);
            if standing.name.is_empty() {
                standing.name.clone_from(&invited.account_name);
            }
            if year.holds(of_month.month) {
                standing.invited.insert(invited.person);
            }
        }
    }
    standings.retain(|_, standing| standing.responses > 0 || !standing.invited.is_empty());
    standings
}

/// The median revenue of the accounts with a stance: the upper of the two in the middle.
fn median(accounts: &[(&str, &Standing)], terms: Terms<'_>) -> Option<f64> {
    let with_stance = accounts.iter().filter(|(_, standing)| standing.stance().is_some());
    let mut revenues: Vec<f64> = with_stance.filter_map(|(key, standing)| standing.revenue(key, terms)).collect();
    revenues.sort_by(f64::total_cmp);
    revenues.get(revenues.len() / 2).copied()
}

fn write(out: &mut Rows, source: &str, key: &str, standing: &Standing, month: Month, limit: Option<f64>, terms: Terms<'_>) {
    let account = terms.directory.of(key);
    let (stance, revenue) = (standing.stance(), standing.revenue(key, terms));
    let cell = stance.zip(revenue).zip(limit).map(|((stance, revenue), limit)| match (stance, revenue >= limit) {
        ("promoter", true) => "A",
        ("passive", true) => "B",
        (_, true) => "C",
        ("promoter", false) => "D",
        ("passive", false) => "E",
        (_, false) => "F",
    });
    let renewal = account.and_then(|account| account.renewal);
    let ends = month.plus(1).days();
    let is_renewed_soon = renewal.is_some_and(|day| (0..=RENEWAL_DAYS).contains(&(day - ends))) && stance != Some("promoter");
    let reasons: Vec<&str> =
        [("detractor", stance == Some("detractor")), ("silent", standing.silent_waves() >= SILENT_WAVES), ("renewal", is_renewed_soon)]
            .into_iter()
            .filter_map(|(reason, holds)| holds.then_some(reason))
            .collect();
    let name = account.and_then(|account| account.name.as_deref()).or(Some(standing.name.as_str()));
    out.text(col::source, source);
    out.text(col::account_id, key);
    out.text(col::account_name, name.filter(|name| !name.is_empty()));
    out.date(col::report_month, month.days());
    out.int(col::invited, standing.invited.len() as i64);
    out.int(col::responses, standing.responses);
    out.int(col::silent_waves, standing.silent_waves());
    out.date(col::last_answer_month, standing.last_answer.map(Month::days));
    out.int(col::base, standing.base);
    out.text(col::stance, stance);
    out.float(col::revenue, revenue);
    out.text(col::cell, cell);
    out.date(col::renewal_date, renewal);
    out.text(col::attention, Some(reasons.join(",")).as_deref().filter(|reasons| !reasons.is_empty()));
    out.end_row();
}
