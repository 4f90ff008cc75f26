//! What happened to a case, when, and by whom?
//!
//! Events are only ever added. Each has a key of its own, so that writing it twice changes nothing. What follows from them is
//! computed in [`crate::casework::State`].

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};

use super::Store;
use crate::error::{Error, Result};
use crate::identity::{Fingerprint, from_base32};

/// The first step of the database.
pub(super) const FIRST: &str = "
    create table case_event (
        event_key text primary key,
        hotline_id text not null,
        kind text not null,
        at_micros integer not null,
        who text,
        detail text
    ) strict;
    create index case_event_by_case on case_event (hotline_id, at_micros);
";

/// Events get the order in which they were written, by which one who writes can tell whether somebody came before, and details
/// become JSON.
pub(super) const IN_ORDER: &str = "
    create table case_event_2 (
        seq integer primary key autoincrement,
        event_key text not null unique,
        hotline_id text not null,
        kind text not null,
        at_micros integer not null,
        who text,
        detail text
    ) strict;
    insert into case_event_2 (event_key, hotline_id, kind, at_micros, who, detail)
        select event_key, hotline_id, kind, at_micros, who, iif(detail = 'historical', '{\"historical\":true}', detail)
        from case_event order by at_micros, event_key;
    drop table case_event;
    alter table case_event_2 rename to case_event;
    create index case_event_by_case on case_event (hotline_id, seq);
    create index case_event_by_people on case_event (hotline_id) where kind <> 'detected' or detail like '%\"opened\"%';
";

/// Events that say more than that a run found the case: the condition of the index of that name.
const BY_PEOPLE: &str = "(kind <> 'detected' or detail like '%\"opened\"%')";

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A run found the case, or a person opened it.
    Detected,
    /// Somebody began to work on it.
    Acted,
    /// Somebody spoke or wrote with the customer.
    Contacted,
    /// Somebody wrote something down.
    Note,
    /// Somebody else has it now.
    Reassigned,
    /// It was closed; closing a closed case corrects what was said of it.
    Closed,
    /// It was opened again.
    Reopened,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Detected, Self::Acted, Self::Contacted, Self::Note, Self::Reassigned, Self::Closed, Self::Reopened];

    /// As review.db and `--json` name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Acted => "acted",
            Self::Contacted => "contacted",
            Self::Note => "note",
            Self::Reassigned => "reassigned",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What an event says beyond its kind; each key is set only where it applies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Detected: too old at first sight to have a clock.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub historical: bool,
    /// Detected: what a person opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<Opened>,
    /// What was done, said or noted; closed: the resolution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Who has it from now on; empty: nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Id in the team's own tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ref: Option<String>,
    /// Closed: how it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// Closed: why it had happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    /// Closed: value of the business won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_won: Option<f64>,
}

/// A case that a person opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Opened {
    /// The source of the response.
    pub source: String,
    /// The response.
    pub response_id: String,
    /// Who acts.
    pub route: String,
    /// 1 (worst) to 5.
    pub severity: i32,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Time to respond, as rules write it.
    pub respond_within: String,
    /// One line.
    pub description: String,
    /// The account, as it was when the case was opened; shown until the case is in the tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_name: Option<String>,
    /// The person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<String>,
    /// When the answer was received, microseconds since 1970-01-01T00:00Z.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_at: Option<i64>,
    /// The month that the response is reported in: `2026-09`.
    pub report_month: String,
}

/// An event as it was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Its key.
    pub key: String,
    /// The case.
    pub hotline_id: String,
    /// What happened.
    pub kind: Kind,
    /// When, microseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// By whom; none: by a run.
    pub who: Option<String>,
    /// What else is said.
    pub detail: Detail,
}

/// An event to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// The case.
    pub hotline_id: String,
    /// What happened.
    pub kind: Kind,
    /// When, microseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// By whom.
    pub who: String,
    /// What else is said.
    pub detail: Detail,
}

/// When a case was first seen by a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The case.
    pub hotline_id: String,
    /// Clock of the run that opened it, microseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Whether it was too old at first sight to have a clock.
    pub is_historical: bool,
}

/// Everything that was decided of cases: small for those that only a run has seen, which are most.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    /// In the order of the hashes.
    detected: Vec<Seen>,
    by_people: BTreeMap<String, Vec<Event>>,
}

/// Ids are hashes: sixteen bytes of each are enough.
#[derive(Clone, Copy, Debug)]
struct Seen {
    key: u128,
    at: i64,
    is_historical: bool,
}

impl Decided {
    /// The first detection of a case by a run: its clock, and whether it was too old.
    pub fn detected(&self, hotline_id: &str) -> Option<(i64, bool)> {
        let key = key_of(hotline_id);
        let place = self.detected.binary_search_by_key(&key, |seen| seen.key).ok()?;
        self.detected.get(place).map(|seen| (seen.at, seen.is_historical))
    }

    /// All events of a case with which a person had to do, in the order in which they were written; empty for all others.
    pub fn events(&self, hotline_id: &str) -> &[Event] {
        self.by_people.get(hotline_id).map_or(&[], Vec::as_slice)
    }

    /// The cases with which a person had to do.
    pub fn by_people(&self) -> impl Iterator<Item = (&str, &[Event])> {
        self.by_people.iter().map(|(id, events)| (id.as_str(), events.as_slice()))
    }

    /// The cases that a person opened.
    pub fn opened_by_people(&self) -> impl Iterator<Item = (&str, &Opened)> {
        self.by_people().filter_map(|(id, events)| Some((id, events.iter().find_map(|event| event.detail.opened.as_ref())?)))
    }

    /// What a person opened as this case, if a person did.
    pub fn opened(&self, hotline_id: &str) -> Option<&Opened> {
        self.events(hotline_id).iter().find_map(|event| event.detail.opened.as_ref())
    }
}

fn key_of(hotline_id: &str) -> u128 {
    from_base32(hotline_id).unwrap_or_else(|| Fingerprint::of("case").part(hotline_id).finish())
}

const COLUMNS: &str = "event_key, hotline_id, kind, at_micros, who, detail";

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let unreadable = |column, what: String| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            Box::<dyn std::error::Error + Send + Sync>::from(what),
        )
    };
    let kind: String = row.get(2)?;
    let detail: Option<String> = row.get(5)?;
    Ok(Event {
        key: row.get(0)?,
        hotline_id: row.get(1)?,
        kind: Kind::parse(&kind).ok_or_else(|| unreadable(2, format!("unknown kind of event `{kind}`")))?,
        at: row.get(3)?,
        who: row.get(4)?,
        detail: match detail {
            // The place in the text is told, never the text: people write about people.
            Some(json) => {
                serde_json::from_str(&json).map_err(|e| unreadable(5, format!("unreadable detail at character {}", e.column())))?
            }
            None => Detail::default(),
        },
    })
}

impl Store {
    /// Everything that was decided of all cases.
    pub fn decided(&self) -> Result<Decided> {
        self.read(|connection| {
            let mut decided = Decided::default();
            let mut statement =
                connection.prepare("select hotline_id, at_micros, detail from case_event where kind = 'detected' order by seq")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (id, detail) = (row.get_ref(0)?.as_str()?, row.get_ref(2)?.as_str_or_null()?);
                let is_historical = detail.is_some_and(|json| json.starts_with("{\"historical\":true"));
                decided.detected.push(Seen { key: key_of(id), at: row.get(1)?, is_historical });
            }
            // Stable: of several detections the first stands.
            decided.detected.sort_by_key(|seen| seen.key);
            decided.detected.dedup_by_key(|seen| seen.key);
            let sql = format!(
                "select {COLUMNS} from case_event where hotline_id in (select hotline_id from case_event where {BY_PEOPLE}) order by seq"
            );
            let mut statement = connection.prepare(&sql)?;
            for event in statement.query_map([], event)? {
                let event = event?;
                decided.by_people.entry(event.hotline_id.clone()).or_default().push(event);
            }
            Ok(decided)
        })
    }

    /// All events of one case, in the order in which they were written.
    pub fn events(&self, hotline_id: &str) -> Result<Vec<Event>> {
        self.read(|connection| events_of(connection, hotline_id))
    }

    /// Writes detections of a run; those that are written already stay as they are.
    pub fn detect(&mut self, cases: &[Detected]) -> Result<()> {
        if cases.is_empty() {
            return Ok(());
        }
        self.write(|connection| cases.iter().try_for_each(|case| detect(connection, case)))
    }

    /// Writes one event.
    ///
    /// `first`: how a run saw the case, written before if it is not yet there (a run that was killed leaves that to others). `seen`:
    /// key of the last event that the writer knows of. An event equal to one of the case is not written again; one
    /// at the very time of another moves a microsecond on, so that the order of events is never left to chance. `check` sees the events so far
    /// and may refuse.
    ///
    /// Fails with [`Error::CaseChanged`] when another event came after `seen`.
    pub fn append(
        &mut self,
        new: &NewEvent,
        first: Option<&Detected>,
        seen: Option<&str>,
        check: impl FnOnce(&[Event]) -> Result<()>,
    ) -> Result<Event> {
        let mut refused = None;
        let written = self.write(|connection| {
            if let Some(first) = first {
                detect(connection, first)?;
            }
            let events = events_of(connection, &new.hotline_id)?;
            if let Some(before) = events.iter().find(|e| same(e, new)) {
                return Ok(Some(before.clone()));
            }
            let last = events.last();
            if let (Some(seen), Some(last)) = (seen, last)
                && last.key != seen
            {
                refused = Some(changed(&events, seen, last));
                return Ok(None);
            }
            if let Err(error) = check(&events) {
                refused = Some(error);
                return Ok(None);
            }
            let mut at = new.at;
            while events.iter().any(|event| event.at == at) {
                at += 1;
            }
            insert(connection, new, at).map(Some)
        })?;
        match (written, refused) {
            (Some(event), _) => Ok(event),
            (None, Some(error)) => Err(error),
            (None, None) => unreachable!("an event is written, was there, or is refused"),
        }
    }
}

/// The same said by the same person at the same time, as far as a writer can tell times apart.
fn same(event: &Event, new: &NewEvent) -> bool {
    event.kind == new.kind && event.who.as_deref() == Some(new.who.as_str()) && event.detail == new.detail && event.at == new.at
}

fn changed(events: &[Event], seen: &str, last: &Event) -> Error {
    let n_since = events.iter().rev().take_while(|event| event.key != seen).count();
    Error::CaseChanged {
        hotline_id: last.hotline_id.clone(),
        kind: last.kind.as_str(),
        who: last.who.clone().unwrap_or_else(|| "a run".to_owned()),
        at: time(last.at),
        n_since,
    }
}

fn time(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

fn events_of(connection: &Connection, hotline_id: &str) -> rusqlite::Result<Vec<Event>> {
    let mut statement = connection.prepare_cached(&format!("select {COLUMNS} from case_event where hotline_id = ?1 order by seq"))?;
    statement.query_map([hotline_id], event)?.collect()
}

pub(super) fn detect(connection: &Connection, case: &Detected) -> rusqlite::Result<()> {
    let sql = "insert or ignore into case_event (event_key, hotline_id, kind, at_micros, detail) values (?1, ?2, 'detected', ?3, ?4)";
    let detail = case.is_historical.then_some("{\"historical\":true}");
    connection.prepare_cached(sql)?.execute(params![detection_key(&case.hotline_id), case.hotline_id, case.at, detail])?;
    Ok(())
}

/// Key of the event by which a run opened a case.
pub(crate) fn detection_key(hotline_id: &str) -> String {
    format!("detected:{hotline_id}")
}

fn insert(connection: &Connection, new: &NewEvent, at: i64) -> rusqlite::Result<Event> {
    let detail = serde_json::to_string(&new.detail).expect("details are text and numbers");
    let id = Fingerprint::of("case event").part(&new.hotline_id).part(new.kind.as_str()).part(&new.who).part(&detail).number(at as u64);
    let event = Event {
        key: id.id(),
        hotline_id: new.hotline_id.clone(),
        kind: new.kind,
        at,
        who: Some(new.who.clone()),
        detail: new.detail.clone(),
    };
    let sql = format!("insert into case_event ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6)");
    connection.prepare_cached(&sql)?.execute(params![
        event.key,
        event.hotline_id,
        event.kind.as_str(),
        event.at,
        event.who,
        Some(detail).filter(|json| json != "{}")
    ])?;
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(kind: Kind, at: i64, text: &str) -> NewEvent {
        let detail = Detail { text: Some(text.to_owned()), ..Detail::default() };
        NewEvent { hotline_id: "h1".to_owned(), kind, at, who: "Zoë".to_owned(), detail }
    }

    #[test]
    fn a_detection_is_stored_once_and_never_moved() {
        let folder = tempfile::tempdir().unwrap();
        let case = |at, is_historical| Detected { hotline_id: "h1".into(), at, is_historical };
        Store::open(folder.path()).unwrap().detect(&[case(5, true)]).unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        store.detect(&[case(9, false)]).unwrap();
        assert_eq!(store.decided().unwrap().detected("h1"), Some((5, true)));
    }

    #[test]
    fn what_a_person_typed_survives() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let text = "Anruf bei Frau Müller 📞\nzweite Zeile\t\"quoted\", 'quoted' \u{202e}; drop table case_event;";
        let event = store.append(&new(Kind::Note, 7, text), None, None, |_| Ok(())).unwrap();
        assert_eq!(store.events("h1").unwrap(), std::slice::from_ref(&event));
        assert_eq!(event.detail.text.as_deref(), Some(text));
        assert_eq!(event.who.as_deref(), Some("Zoë"));
    }

    #[test]
    fn an_event_is_written_once_and_two_at_one_time_keep_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let mut append = |text: &str| store.append(&new(Kind::Note, 7, text), None, None, |_| Ok(())).unwrap();
        let first = append("a");
        assert_eq!(append("a"), first);
        assert_eq!((append("b").at, append("c").at), (8, 9));
    }

    #[test]
    fn who_has_not_seen_the_last_event_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let first = Detected { hotline_id: "h1".to_owned(), at: 1, is_historical: false };
        let seen = detection_key("h1");
        let acted = store.append(&new(Kind::Acted, 7, "called"), Some(&first), Some(&seen), |_| Ok(())).unwrap();
        let error = store.append(&new(Kind::Closed, 8, "done"), Some(&first), Some(&seen), |_| Ok(())).unwrap_err();
        assert!(matches!(error, Error::CaseChanged { kind: "acted", n_since: 1, .. }), "{error}");
        store.append(&new(Kind::Closed, 8, "done"), Some(&first), Some(&acted.key), |_| Ok(())).unwrap();
        assert_eq!(store.events("h1").unwrap().len(), 3);
    }
}
