//! What do decided events, and other cases, add to the HOTLINE cases?
//!
//! The clock of a case, its deadline and its link to an earlier case of the account are laid over what the stages
//! wrote, in every month, so that a case that arrives late links the cases behind it. A month in which nothing
//! changes keeps its file.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::builder::{StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray, cast::AsArray as _};

use crate::clock::RespondWithin;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::HOTLINE;
use crate::sink::{DimensionWriter, FileTerms, Staging, stream_table};
use crate::store::Detected;

/// Cases of one account are linked when they are at most this far apart.
const LINK_MICROS: i64 = 30 * 86_400_000_000;

/// Lays events and links over the staged cases; returns the detections that review.db does not have yet.
pub(super) fn overlay(staging: &Staging, terms: &FileTerms, detected: &HashMap<String, (i64, bool)>) -> Result<Vec<Detected>> {
    let months = staging.version().months(&HOTLINE)?;
    let mut links = Links::default();
    for month in &months {
        for batch in stream_table(
            staging.version(),
            &HOTLINE,
            Some(*month),
            Some(&["hotline_id", "response_id", "account_id", "account_name", "received_at", "detected_at"]),
        )? {
            links.see(&batch?);
        }
    }
    let links = links.settle();
    let mut new = Vec::new();
    for month in months {
        lay_over_month(staging, terms, month, detected, &links, &mut new)?;
    }
    Ok(new)
}

fn lay_over_month(
    staging: &Staging,
    terms: &FileTerms,
    month: Month,
    detected: &HashMap<String, (i64, bool)>,
    links: &HashMap<u128, u128>,
    new: &mut Vec<Detected>,
) -> Result<()> {
    let before = || stream_table(staging.version(), &HOTLINE, Some(month), None);
    let mut changes = false;
    for batch in before()? {
        let batch = batch?;
        changes |= lay_over(&batch, detected, links, new) != batch;
    }
    if !changes {
        return Ok(());
    }
    // A new file, then a rename: the old one may be linked into the version that readers see.
    let path = staging.version().month_file(&HOTLINE, month);
    let next = path.with_extension("next");
    let mut file = DimensionWriter::open(&HOTLINE, &next, terms)?;
    for batch in before()? {
        file.write(&lay_over(&batch?, detected, links, &mut Vec::new()))?;
    }
    file.finish()?;
    fs_err::rename(&next, &path).map_err(Error::io("cannot write a table"))
}

fn lay_over(
    batch: &RecordBatch,
    detected: &HashMap<String, (i64, bool)>,
    links: &HashMap<u128, u128>,
    new: &mut Vec<Detected>,
) -> RecordBatch {
    let text = |name: &str| -> &StringArray { column(batch, name).as_string() };
    let (ids, statuses, within) = (text("hotline_id"), text("status"), text("respond_within"));
    let staged_at = column(batch, "detected_at").as_primitive::<TimestampMicrosecondType>();
    let mut detected_at = TimestampMicrosecondBuilder::new().with_timezone("UTC");
    let mut respond_by = TimestampMicrosecondBuilder::new().with_timezone("UTC");
    let (mut status, mut linked_to) = (StringBuilder::new(), StringBuilder::new());
    for i in 0..batch.num_rows() {
        let id = ids.value(i);
        let (at, is_historical) = match detected.get(id) {
            Some(event) => *event,
            None => {
                let first_seen =
                    Detected { hotline_id: id.to_owned(), at: staged_at.value(i), is_historical: statuses.value(i) == "historical" };
                let event = (first_seen.at, first_seen.is_historical);
                new.push(first_seen);
                event
            }
        };
        detected_at.append_value(at);
        let time = Some(within).filter(|w| w.is_valid(i)).and_then(|w| RespondWithin::parse(w.value(i)));
        respond_by.append_option(time.filter(|_| !is_historical).map(|time| time.after(at)));
        status.append_value(if is_historical { "historical" } else { "open" });
        let link = crate::identity::from_base32(id).and_then(|id| links.get(&id));
        linked_to.append_option(link.map(|id| crate::identity::base32(*id)));
    }
    let mut columns = batch.columns().to_vec();
    let mut set = |name: &str, array: ArrayRef| columns[HOTLINE.index_of(name).expect("a column of hotline")] = array;
    set("detected_at", Arc::new(detected_at.finish()));
    set("respond_by", Arc::new(respond_by.finish()));
    set("status", Arc::new(status.finish()));
    set("linked_to", Arc::new(linked_to.finish()));
    RecordBatch::try_new(batch.schema(), columns).expect("columns were replaced by those of their types")
}

/// The cases of each account, 48 bytes each.
#[derive(Default)]
struct Links {
    by_account: BTreeMap<u128, Vec<Case>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Case {
    at: i64,
    id: u128,
    response: u128,
}

impl Links {
    fn see(&mut self, batch: &RecordBatch) {
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
            let Some(id) = crate::identity::from_base32(ids.value(i)) else { continue };
            let at = if received.is_valid(i) { received.value(i) } else { detected.value(i) };
            let account = crate::identity::Fingerprint::of("account").part(&account).finish();
            let response = crate::identity::Fingerprint::of("response id").part(responses.value(i)).finish();
            self.by_account.entry(account).or_default().push(Case { at, id, response });
        }
    }

    /// For each case the latest earlier one of another response within the time.
    fn settle(self) -> HashMap<u128, u128> {
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

fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a ArrayRef {
    batch.column_by_name(name).expect("a column of hotline")
}
