//! What do decided events, and other cases, add to the HOTLINE cases?
//!
//! Where a case stands, its clock, its deadline and its link to an earlier case of the account are laid over what the stages
//! wrote, in every month, so that a case that arrives late links the cases behind it. A month in which nothing
//! changes keeps its file.

mod extra;
mod links;

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, Int32Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray, cast::AsArray as _};

use crate::casework::{MANUAL, State, respond_by};
use crate::clock::Calendar;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::HOTLINE;
use crate::sink::{FileTerms, Staging, Version, replace_columns, stream_table};
use crate::store::Decided;
use links::{Linked, Links};
use rayon::prelude::*;

/// What the overlay found.
#[derive(Debug, Default)]
pub(super) struct Overlaid {
    /// Months whose cases changed.
    pub(super) months: BTreeSet<Month>,
    /// Months that got cases which the stages did not write: their responses changed too.
    pub(super) added: BTreeSet<Month>,
    /// Cases that people worked on and whose response is gone.
    pub(super) n_lost: usize,
}

/// Lays events and links over the staged cases, and adds those that people brought. `old`: the version before.
pub(super) fn overlay(
    staging: &Staging,
    old: Option<&Version>,
    terms: &FileTerms,
    decided: &Decided,
    calendar: &Calendar,
) -> Result<Overlaid> {
    let added = extra::add(staging, old, terms, decided)?;
    let months = staging.version().months(&HOTLINE)?;
    let mut links = Links::default();
    for month in &months {
        for batch in stream_table(staging.version(), &HOTLINE, Some(*month), Some(&links::COLUMNS))? {
            links.see(&batch?, decided);
        }
    }
    let overlay = Overlay { decided, calendar, links: links.settle() };
    let laid = |month: Month| overlay.month(staging, terms, month).map(|changed| changed.then_some(month));
    let months: Vec<Option<Month>> = months.into_par_iter().map(laid).collect::<Result<_>>()?;
    Ok(Overlaid { months: months.into_iter().flatten().collect(), added: added.months, n_lost: added.n_lost })
}

/// The columns that say where a case stands, and what is asked to tell: what a respondent wrote is neither read nor written again.
const COLUMNS: [&str; 17] = [
    "hotline_id",
    "trigger",
    "detected_at",
    "respond_by",
    "first_acted_at",
    "contacted_at",
    "closed_at",
    "reopen_count",
    "status",
    "owner",
    "resolution",
    "disposition",
    "root_cause",
    "value_won",
    "external_ref",
    "linked_to",
    "respond_within",
];

struct Overlay<'a> {
    decided: &'a Decided,
    calendar: &'a Calendar,
    links: Linked,
}

impl Overlay<'_> {
    /// Lays over the cases of a month; whether that changed one.
    fn month(&self, staging: &Staging, terms: &FileTerms, month: Month) -> Result<bool> {
        let mut changes = false;
        for batch in stream_table(staging.version(), &HOTLINE, Some(month), Some(&COLUMNS))? {
            let batch = batch?;
            changes = self.lay_over(&batch) != batch;
            if changes {
                break;
            }
        }
        if !changes {
            return Ok(false);
        }
        // A new file, then a rename: the old one may be linked into the version that readers see.
        let path = staging.version().month_file(&HOTLINE, month);
        let next = path.with_extension("next");
        let places: Vec<usize> = (0..HOTLINE.columns.len()).filter(|place| COLUMNS.contains(&HOTLINE.columns[*place].name)).collect();
        replace_columns(&HOTLINE, (&path, &next), terms, &places, |batch| self.lay_over(batch))?;
        fs_err::rename(&next, &path).map_err(Error::io("cannot write a table"))?;
        Ok(true)
    }

    fn lay_over(&self, batch: &RecordBatch) -> RecordBatch {
        let text = |name: &str| -> &StringArray { column(batch, name).as_string() };
        let (ids, statuses, within) = (text("hotline_id"), text("status"), text("respond_within"));
        let triggers = text("trigger");
        let staged_at = column(batch, "detected_at").as_primitive::<TimestampMicrosecondType>();
        let mut decisions = Decisions::default();
        for i in 0..batch.num_rows() {
            let id = ids.value(i);
            let state = State::of(self.decided.events(id)).unwrap_or_else(|| {
                let staged = || (staged_at.value(i), statuses.value(i) == "historical");
                let (at, is_historical) = self.decided.detected(id).unwrap_or_else(staged);
                State::detected(at, is_historical)
            });
            let within = within.is_valid(i).then(|| within.value(i));
            let link = crate::identity::from_base32(id).and_then(|id| self.links.of(id));
            let is_manual = self.decided.opened(id).is_some();
            let trigger = if is_manual { Some(MANUAL) } else { triggers.is_valid(i).then(|| triggers.value(i)) };
            let by = respond_by(&state, within, self.calendar);
            decisions.push(&state, by, trigger, link.map(crate::identity::base32));
        }
        decisions.over(batch)
    }
}

/// The columns that decisions fill.
struct Decisions {
    detected_at: TimestampMicrosecondBuilder,
    respond_by: TimestampMicrosecondBuilder,
    first_acted_at: TimestampMicrosecondBuilder,
    contacted_at: TimestampMicrosecondBuilder,
    closed_at: TimestampMicrosecondBuilder,
    reopen_count: Int32Builder,
    status: StringBuilder,
    owner: StringBuilder,
    resolution: StringBuilder,
    disposition: StringBuilder,
    root_cause: StringBuilder,
    value_won: Float64Builder,
    external_ref: StringBuilder,
    linked_to: StringBuilder,
    trigger: StringBuilder,
}

impl Default for Decisions {
    fn default() -> Self {
        let time = || TimestampMicrosecondBuilder::new().with_timezone("UTC");
        Self {
            detected_at: time(),
            respond_by: time(),
            first_acted_at: time(),
            contacted_at: time(),
            closed_at: time(),
            reopen_count: Int32Builder::new(),
            status: StringBuilder::new(),
            owner: StringBuilder::new(),
            resolution: StringBuilder::new(),
            disposition: StringBuilder::new(),
            root_cause: StringBuilder::new(),
            value_won: Float64Builder::new(),
            external_ref: StringBuilder::new(),
            linked_to: StringBuilder::new(),
            trigger: StringBuilder::new(),
        }
    }
}

impl Decisions {
    fn push(&mut self, state: &State, by: Option<i64>, trigger: Option<&str>, link: Option<String>) {
        self.detected_at.append_value(state.detected_at);
        self.respond_by.append_option(by);
        self.first_acted_at.append_option(state.first_acted_at);
        self.contacted_at.append_option(state.contacted_at);
        self.closed_at.append_option(state.closed_at);
        self.reopen_count.append_value(i32::try_from(state.reopen_count).unwrap_or(i32::MAX));
        self.status.append_value(state.status.as_str());
        self.owner.append_option(state.owner.as_deref());
        self.resolution.append_option(state.resolution.as_deref());
        self.disposition.append_option(state.disposition.as_deref());
        self.root_cause.append_option(state.root_cause.as_deref());
        self.value_won.append_option(state.value_won);
        self.external_ref.append_option(state.external_ref.as_deref());
        self.linked_to.append_option(link);
        self.trigger.append_option(trigger);
    }

    fn over(mut self, batch: &RecordBatch) -> RecordBatch {
        let mut columns = batch.columns().to_vec();
        let mut set = |name: &str, array: ArrayRef| columns[batch.schema_ref().index_of(name).expect("one of COLUMNS")] = array;
        set("detected_at", Arc::new(self.detected_at.finish()));
        set("respond_by", Arc::new(self.respond_by.finish()));
        set("first_acted_at", Arc::new(self.first_acted_at.finish()));
        set("contacted_at", Arc::new(self.contacted_at.finish()));
        set("closed_at", Arc::new(self.closed_at.finish()));
        set("reopen_count", Arc::new(self.reopen_count.finish()));
        set("status", Arc::new(self.status.finish()));
        set("owner", Arc::new(self.owner.finish()));
        set("resolution", Arc::new(self.resolution.finish()));
        set("disposition", Arc::new(self.disposition.finish()));
        set("root_cause", Arc::new(self.root_cause.finish()));
        set("value_won", Arc::new(self.value_won.finish()));
        set("external_ref", Arc::new(self.external_ref.finish()));
        set("linked_to", Arc::new(self.linked_to.finish()));
        set("trigger", Arc::new(self.trigger.finish()));
        RecordBatch::try_new(batch.schema(), columns).expect("columns were replaced by those of their types")
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a ArrayRef {
    batch.column_by_name(name).expect("a column of hotline")
}
