//! Which earlier case of its account does a case follow?

use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array as _, RecordBatch, StringArray, cast::AsArray as _};

use super::column;
use crate::identity::{Fingerprint, from_base32};
use crate::store::Decided;

/// Cases of one account are linked when they are at most this far apart.
const LINK_MICROS: i64 = 30 * 86_400_000_000;

/// The columns of `hotline` that links need.
pub(super) const COLUMNS: [&str; 6] = ["hotline_id", "response_id", "account_id", "account_name", "received_at", "detected_at"];

/// The cases of accounts.
#[derive(Default)]
pub(super) struct Links(Vec<Case>);

/// 48 bytes: all cases there are stand side by side.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    account: u64,
    at: i64,
    id: u128,
    response: u64,
}

/// Cases with the earlier ones that they follow, in the order of their ids.
#[derive(Default)]
pub(super) struct Linked(Vec<(u128, u128)>);

impl Linked {
    /// The case that this one follows.
    pub(super) fn of(&self, id: u128) -> Option<u128> {
        let at = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.0.get(at)?.1)
    }
}

impl Links {
    pub(super) fn see(&mut self, batch: &RecordBatch, decided: &Decided) {
        let text = |name: &str| -> &StringArray { column(batch, name).as_string() };
        let time = |name: &str| column(batch, name).as_primitive::<TimestampMicrosecondType>();
        let (ids, responses, accounts, names) = (text("hotline_id"), text("response_id"), text("account_id"), text("account_name"));
        let (received, detected) = (time("received_at"), time("detected_at"));
        for i in 0..batch.num_rows() {
            let account = if accounts.is_valid(i) {
                accounts.value(i).to_owned()
            } else if names.is_valid(i) {
                names.value(i).to_lowercase()
            } else {
                continue;
            };
            let Some(id) = from_base32(ids.value(i)) else { continue };
            // A case that is written again was still detected when it was first seen.
            let first_seen = || decided.detected(ids.value(i)).map_or_else(|| detected.value(i), |(at, _)| at);
            let at = if received.is_valid(i) { received.value(i) } else { first_seen() };
            let account = Fingerprint::of("account").part(&account).finish() as u64;
            let response = Fingerprint::of("response id").part(responses.value(i)).finish() as u64;
            self.0.push(Case { account, at, id, response });
        }
    }

    /// For each case the latest earlier one of another response within the time.
    pub(super) fn settle(mut self) -> Linked {
        self.0.sort_unstable();
        let mut links = Vec::new();
        for cases in self.0.chunk_by(|a, b| a.account == b.account) {
            for (i, case) in cases.iter().enumerate() {
                let mut near = cases.iter().take(i).rev().take_while(|other| case.at - other.at <= LINK_MICROS);
                if let Some(earlier) = near.find(|other| other.at < case.at && other.response != case.response) {
                    links.push((case.id, earlier.id));
                }
            }
        }
        links.sort_unstable();
        Linked(links)
    }
}
