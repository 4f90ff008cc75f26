//! Which cases are there, and what is written of them?

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::types::{Date32Type, Float64Type, Int32Type, TimestampMicrosecondType};
use arrow_array::{Array as _, RecordBatch, StringArray, cast::AsArray as _};

use super::case::{Case, respond_by};
use super::filter::Filter;
use super::operation::{By, Operation};
use super::state::{State, Status};
use crate::clock::Calendar;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::runner::settings_of;
use crate::schema::HOTLINE;
use crate::sink::{Version, stream_table};
use crate::store::{Contact, Decided, Detected, Event, NewEvent, Opened, Store, detection_key};

/// The cases of an output directory: its published tables, with review.db laid over them.
///
/// It sees the version that was published when it was opened, and decisions as they are when it is asked.
#[derive(Debug)]
pub struct Casebook {
    version: Version,
    pub(super) store: Store,
    calendar: Calendar,
}

/// Everything but the context, which is long.
const COLUMNS: [&str; 28] = [
    "hotline_id",
    "response_id",
    "source",
    "report_month",
    "category",
    "route",
    "severity",
    "trigger",
    "rule_ids",
    "account_id",
    "account_name",
    "contact_name",
    "description",
    "received_at",
    "detected_at",
    "respond_within",
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
];

impl Casebook {
    /// Opens the cases of an output directory.
    ///
    /// Fails with [`Error::Output`] when nothing was published there.
    pub fn open(out: &Path) -> Result<Self> {
        let Some(version) = Version::current(out)? else {
            return Err(Error::Output {
                path: out.to_owned(),
                what: "has no tables yet".to_owned(),
                hint: Some("`outspoken run` writes them".to_owned()),
            });
        };
        let calendar = Calendar::of(&settings_of(&version)?.hotline.calendar)?;
        Ok(Self { version, store: Store::open(out)?, calendar })
    }

    /// The published version that is looked at.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The cases that are asked for, the most urgent first ([`Case::urgency`]).
    pub fn cases(&self, filter: &Filter) -> Result<Vec<Case>> {
        let decided = self.store.decided()?;
        let mut cases = Vec::new();
        let mut opened: BTreeMap<&str, &Opened> = decided.opened_by_people().collect();
        for month in self.version.months(&HOTLINE)? {
            if filter.month.is_some_and(|asked| asked != month) {
                continue;
            }
            for batch in stream_table(&self.version, &HOTLINE, Some(month), Some(&COLUMNS))? {
                let batch = batch?;
                let of_batch = Rows { batch: &batch, calendar: &self.calendar }.cases(&decided).inspect(|case| {
                    opened.remove(case.hotline_id.as_str());
                });
                cases.extend(of_batch.filter(|case| filter.takes(case)));
            }
        }
        let not_in_tables = opened.into_iter().map(|(id, opened)| with_events(from_opened(id, opened), decided.events(id), &self.calendar));
        cases.extend(not_in_tables.filter(|case| filter.takes(case)));
        cases.sort_by(|a, b| a.urgency().cmp(&b.urgency()));
        Ok(cases)
    }

    /// The one case whose id begins so; case does not matter.
    ///
    /// Fails with [`Error::Case`] when there is none or more than one.
    pub fn case(&self, id: &str) -> Result<Case> {
        let asked = id.trim().to_lowercase();
        let fail = |what: String, hint: &str| Err(Error::Case { hotline_id: id.trim().to_owned(), what, hint: Some(hint.to_owned()) });
        if asked.is_empty() {
            return fail("no id was given".to_owned(), "`outspoken hotline list` shows ids");
        }
        let mut found = self.cases(&Filter::default())?;
        found.retain(|case| case.hotline_id.starts_with(&asked));
        match found.len() {
            0 => fail("not found".to_owned(), "`outspoken hotline list --all` shows ids; their first characters are enough"),
            1 => Ok(found.swap_remove(0)),
            n => fail(format!("{n} cases begin so"), "give more characters of the id"),
        }
    }

    /// All events of a case, in the order in which they were written; that a run found it is among them even when a killed run
    /// has not written it yet.
    pub fn history(&self, case: &Case) -> Result<Vec<Event>> {
        let mut events = self.store.events(&case.hotline_id)?;
        if events.is_empty() {
            let detail = crate::store::Detail { historical: case.state.is_historical, ..Default::default() };
            events.push(Event {
                key: detection_key(&case.hotline_id),
                hotline_id: case.hotline_id.clone(),
                kind: crate::store::Kind::Detected,
                at: case.state.detected_at,
                who: None,
                detail,
            });
        }
        Ok(events)
    }

    /// How the customer of a case can be reached, as far as that is kept at `now`, microseconds since 1970-01-01T00:00Z. Personal data:
    /// for the eyes of whoever calls back, in no table, report or log.
    pub fn contacts(&self, case: &Case, now: i64) -> Result<Vec<Contact>> {
        self.store.contacts(&case.hotline_id, now)
    }

    /// Does something with a case and gives the case as it stands then.
    ///
    /// Fails with [`Error::Case`] where the case stands in the way, and with [`Error::CaseChanged`] when an event came after the one that
    /// `by` has seen. Nothing is written then.
    pub fn apply(&mut self, case: &Case, operation: &Operation, by: &By) -> Result<Case> {
        let new = NewEvent {
            hotline_id: case.hotline_id.clone(),
            kind: operation.kind(),
            at: by.at,
            who: by.who.clone(),
            detail: operation.detail(),
        };
        // A run that was killed may have left it to others to write that it saw the case.
        let by_run = case.trigger.as_deref() != Some(MANUAL);
        let first = by_run.then(|| Detected {
            hotline_id: case.hotline_id.clone(),
            at: case.state.detected_at,
            is_historical: case.state.is_historical,
        });
        self.store.append(&new, first.as_ref(), by.seen.as_deref(), |events| operation.check(&case.hotline_id, by.at, events))?;
        let events = self.store.events(&case.hotline_id)?;
        Ok(with_events(case.clone(), &events, &self.calendar))
    }
}

/// A case that a person opened, as long as it is not in the tables.
fn from_opened(id: &str, opened: &Opened) -> Case {
    Case {
        hotline_id: id.to_owned(),
        source: opened.source.clone(),
        response_id: opened.response_id.clone(),
        report_month: Month::parse(&opened.report_month).unwrap_or_else(|| Month::from_days(0)),
        category: opened.category.clone(),
        route: opened.route.clone(),
        severity: Some(opened.severity),
        trigger: Some(MANUAL.to_owned()),
        rule_ids: None,
        account_id: opened.account_id.clone(),
        account_name: opened.account_name.clone(),
        contact_name: opened.contact_name.clone(),
        description: Some(opened.description.clone()),
        received_at: opened.received_at,
        respond_by: None,
        respond_within: Some(opened.respond_within.clone()),
        linked_to: None,
        state: State::detected(0, false),
        last_event: String::new(),
        is_ahead: true,
    }
}

/// What `trigger` says of a case that a person opened.
pub(crate) const MANUAL: &str = "manual";

/// The case as it stands after `events`.
fn with_events(mut case: Case, events: &[Event], calendar: &Calendar) -> Case {
    if let Some(state) = State::of(events) {
        case.is_ahead = case.is_ahead || state != case.state;
        case.state = state;
    }
    case.last_event = events.last().map_or_else(|| detection_key(&case.hotline_id), |event| event.key.clone());
    case.respond_by = respond_by(&case.state, case.respond_within.as_deref(), calendar);
    case
}

/// Rows of `hotline`, column by column.
struct Rows<'b> {
    batch: &'b RecordBatch,
    calendar: &'b Calendar,
}

impl<'b> Rows<'b> {
    fn cases<'a>(self, decided: &'a Decided) -> impl Iterator<Item = Case> + use<'a, 'b> {
        (0..self.batch.num_rows()).map(move |i| self.case(i, decided))
    }

    fn case(&self, i: usize, decided: &Decided) -> Case {
        let id = self.text(i, "hotline_id").unwrap_or_default();
        let mut published = self.state(i);
        published.is_historical = decided.detected(&id).map_or(published.is_historical, |(_, is_historical)| is_historical);
        let case = Case {
            source: self.text(i, "source").unwrap_or_default(),
            response_id: self.text(i, "response_id").unwrap_or_default(),
            report_month: Month::from_days(self.column("report_month").as_primitive::<Date32Type>().value(i)),
            category: self.text(i, "category"),
            route: self.text(i, "route").unwrap_or_default(),
            severity: self.int(i, "severity"),
            trigger: self.text(i, "trigger"),
            rule_ids: self.text(i, "rule_ids"),
            account_id: self.text(i, "account_id"),
            account_name: self.text(i, "account_name"),
            contact_name: self.text(i, "contact_name"),
            description: self.text(i, "description"),
            received_at: self.time(i, "received_at"),
            respond_by: None,
            respond_within: self.text(i, "respond_within"),
            linked_to: self.text(i, "linked_to"),
            state: published,
            last_event: String::new(),
            is_ahead: false,
            hotline_id: id,
        };
        let events = decided.events(&case.hotline_id);
        with_events(case, events, self.calendar)
    }

    /// Where the table says that the case stands.
    fn state(&self, i: usize) -> State {
        let status = self.text(i, "status").and_then(|status| Status::parse(&status)).unwrap_or(Status::Open);
        let mut state = State::detected(self.time(i, "detected_at").unwrap_or_default(), status == Status::Historical);
        state.status = status;
        state.first_acted_at = self.time(i, "first_acted_at");
        state.contacted_at = self.time(i, "contacted_at");
        state.closed_at = self.time(i, "closed_at");
        state.reopen_count = self.int(i, "reopen_count").and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
        state.owner = self.text(i, "owner");
        state.resolution = self.text(i, "resolution");
        state.disposition = self.text(i, "disposition");
        state.root_cause = self.text(i, "root_cause");
        let value = self.column("value_won").as_primitive::<Float64Type>();
        state.value_won = value.is_valid(i).then(|| value.value(i));
        state.external_ref = self.text(i, "external_ref");
        state
    }

    fn column(&self, name: &str) -> &'b arrow_array::ArrayRef {
        self.batch.column_by_name(name).expect("a column of hotline that was asked for")
    }

    fn text(&self, i: usize, name: &str) -> Option<String> {
        let column: &StringArray = self.column(name).as_string();
        column.is_valid(i).then(|| column.value(i).to_owned())
    }

    fn int(&self, i: usize, name: &str) -> Option<i32> {
        let column = self.column(name).as_primitive::<Int32Type>();
        column.is_valid(i).then(|| column.value(i))
    }

    fn time(&self, i: usize, name: &str) -> Option<i64> {
        let column = self.column(name).as_primitive::<TimestampMicrosecondType>();
        column.is_valid(i).then(|| column.value(i))
    }
}
