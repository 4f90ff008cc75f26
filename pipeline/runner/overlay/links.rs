//! Which earlier case of its account does a case follow?

use std::collections::{BTreeMap, HashMap};

use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array as _, RecordBatch, StringArray, cast::AsArray as _};

use super::column;
use crate::identity::{Fingerprint, from_base32};
use crate::store::Decided;

/// Cases of one account are linked when they are at most this far apart.
const LINK_MICROS: i64 = 30 * 86_400_000_000;

/// The columns of `hotline` that links need.
pub(super) const COLUMNS: [&str; 6] = ["hotline_id", "response_id", "account_id", "account_name", "received_at", "detected_at"];

/// The cases of each account, 48 bytes each.
#[derive(Default)]
pub(super) struct Links {
    by_account: BTreeMap<u128, Vec<Case>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    at: i64,
    id: u128,
    response: u128,
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
            let account = Fingerprint::of("account").part(&account).finish();
            let response = Fingerprint::of("response id").part(responses.value(i)).finish();
            self.by_account.entry(account).or_default().push(Case { at, id, response });
        }
    }

    /// For each case the latest earlier one of another response within the time.
    pub(super) fn settle(self) -> HashMap<u128, u128> {
        let mut links = HashMap::new();
        for mut cases in self.by_account.into_values() {
            cases.sort_unstable();
            for (i, case) in cases.iter().enumerate() {
                let earlier = cases.iter().take(i).rev().find(|other| other.at < case.at && other.response != case.response);
                if let Some(earlier) = earlier.filter(|other| case.at - other.at <= LINK_MICROS) {
                    links.insert(case.id, earlier.id);
                }
            }
        }
        links
    }
}
