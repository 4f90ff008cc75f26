//! What was said and decided in the review of a month?
//!
//! Append-only, like everything that people do: each save of an area's page, of an action or of the minutes is an event with who and when; what
//! stands is the last one. Whoever saves says which one they saw, and is refused when another came since.

use std::collections::BTreeMap;

use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::Store;
use crate::error::{Error, Result};
use crate::month::Month;

/// The step of the database that brings the table.
pub(super) const FIRST: &str = "
    create table meeting_event (
        number integer primary key autoincrement,
        subject text not null,
        at_micros integer not null,
        who text not null,
        said text not null
    ) strict;
    create index meeting_event_by_subject on meeting_event (subject, number);
";

/// What an area writes before the review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaPage {
    /// First day of the month, days since 1970.
    pub month: i32,
    /// The area.
    pub area: String,
    /// What it says about its figures.
    pub comments: String,
    /// Whether it is done with it.
    pub is_submitted: bool,
}

/// Something that somebody does until some day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its id.
    pub action_id: String,
    /// First day of the month whose review it comes from, days since 1970.
    pub month: i32,
    /// The area.
    pub area: String,
    /// What is done.
    pub text: String,
    /// Who does it; empty: nobody yet.
    pub owner: String,
    /// Until when, days since 1970.
    pub due: Option<i32>,
    /// Where it stands.
    pub status: ActionStatus,
}

/// Where an action stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionStatus {
    /// It is to be done.
    #[default]
    Open,
    /// It is done.
    Done,
    /// It will not be done.
    Dropped,
}

impl ActionStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Done, Self::Dropped];

    /// As tables hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    /// Reads what [`ActionStatus::as_str`] gives.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Who was there, and what was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minutes {
    /// First day of the month, days since 1970.
    pub month: i32,
    /// Who was there.
    pub attendance: String,
    /// What was decided.
    pub decisions: String,
}

/// One save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Of an area's page.
    Area(AreaPage),
    /// Of an action.
    Action(Action),
    /// Of the minutes.
    Minutes(Minutes),
}

impl Said {
    fn subject(&self) -> String {
        match self {
            Self::Area(page) => format!("area:{}:{}", page.month, page.area),
            Self::Action(action) => format!("action:{}", action.action_id),
            Self::Minutes(minutes) => format!("minutes:{}", minutes.month),
        }
    }
}

/// Something that stands, with who said it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<T> {
    /// What stands.
    pub said: T,
    /// Number of the save: what the next one has to have seen.
    pub number: i64,
    /// When it was saved, microseconds since 1970.
    pub at: i64,
    /// By whom.
    pub who: String,
    /// When it was saved first.
    pub first_at: i64,
    /// By whom it was saved first.
    pub first_who: String,
}

/// All that stands.
#[derive(Clone, Debug, Default)]
pub struct Meetings {
    /// Areas' pages by month (days) and area.
    pub areas: BTreeMap<(i32, String), Standing<AreaPage>>,
    /// Actions, oldest first.
    pub actions: Vec<Standing<Action>>,
    /// Minutes by month (days).
    pub minutes: BTreeMap<i32, Standing<Minutes>>,
}

impl Meetings {
    /// Actions of a month, oldest first.
    pub fn actions_of(&self, month: Month) -> impl Iterator<Item = &Standing<Action>> {
        self.actions.iter().filter(move |action| action.said.month == month.days())
    }
}

impl Store {
    /// All that stands of all reviews.
    pub fn meetings(&self) -> Result<Meetings> {
        let rows: Vec<(i64, String, i64, String, String)> = self.read(|connection| {
            let mut statement = connection.prepare("select number, subject, at_micros, who, said from meeting_event order by number")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
            rows.collect()
        })?;
        let mut first: BTreeMap<String, (i64, String)> = BTreeMap::new();
        let mut last: BTreeMap<String, Standing<Said>> = BTreeMap::new();
        for (number, subject, at, who, said) in rows {
            let said: Said = serde_json::from_str(&said).map_err(|_| Error::Output {
                path: self.path.clone(),
                what: format!("save {number} of a review is of a kind that this version does not know"),
                hint: Some("use the newer program".to_owned()),
            })?;
            let (first_at, first_who) = first.entry(subject.clone()).or_insert_with(|| (at, who.clone())).clone();
            last.insert(subject, Standing { said, number, at, who, first_at, first_who });
        }
        Ok(standing(last.into_values()))
    }

    /// Saves; gives the number of the save. `seen`: the number of the last save of the same thing that the writer knows of; none: there was
    /// none.
    ///
    /// Fails with [`Error::MeetingChanged`] when another came since.
    pub fn say(&mut self, said: &Said, seen: Option<i64>, at: i64, who: &str) -> Result<i64> {
        let subject = said.subject();
        let text = serde_json::to_string(said).expect("text and numbers");
        let written = self.write(|connection| {
            let find = "select number, who, at_micros from meeting_event where subject = ?1 order by number desc limit 1";
            let mut statement = connection.prepare_cached(find)?;
            let last =
                statement.query_map([&subject], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?)))?;
            let last = last.collect::<rusqlite::Result<Vec<_>>>()?.pop();
            if last.as_ref().map(|(number, ..)| *number) != seen {
                return Ok(Err(last));
            }
            connection.execute(
                "insert into meeting_event (subject, at_micros, who, said) values (?1, ?2, ?3, ?4)",
                params![subject, at, who, text],
            )?;
            Ok(Ok(connection.last_insert_rowid()))
        })?;
        written.map_err(|last| {
            let (who, at) = last.map_or_else(|| ("nobody".to_owned(), 0), |(_, who, at)| (who, at));
            let at =
                jiff::Timestamp::from_microsecond(at).map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%SZ").to_string());
            Error::MeetingChanged { who, at }
        })
    }
}

fn standing(last: impl Iterator<Item = Standing<Said>>) -> Meetings {
    let mut meetings = Meetings::default();
    for Standing { said, number, at, who, first_at, first_who } in last {
        macro_rules! of {
            ($said:expr) => {
                Standing { said: $said, number, at, who, first_at, first_who }
            };
        }
        match said {
            Said::Area(page) => {
                meetings.areas.insert((page.month, page.area.clone()), of!(page));
            }
            Said::Action(action) => meetings.actions.push(of!(action)),
            Said::Minutes(minutes) => {
                meetings.minutes.insert(minutes.month, of!(minutes));
            }
        }
    }
    meetings.actions.sort_by(|a, b| (a.first_at, &a.said.action_id).cmp(&(b.first_at, &b.said.action_id)));
    meetings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_is_what_was_saved_last_by_somebody_who_saw_what_stood() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let page =
            |comments: &str| Said::Area(AreaPage { month: 20_635, area: "Billing".into(), comments: comments.into(), is_submitted: false });
        let first = store.say(&page("a"), None, 5, "Kim").unwrap();
        let second = store.say(&page("b <script>"), Some(first), 6, "Lee").unwrap();
        let error = store.say(&page("c"), Some(first), 7, "Kim").unwrap_err();
        assert!(matches!(&error, Error::MeetingChanged { who, .. } if who == "Lee"), "{error}");
        assert!(store.say(&page("c"), None, 7, "Kim").is_err());
        let meetings = store.meetings().unwrap();
        let stands = &meetings.areas[&(20_635, "Billing".to_owned())];
        assert_eq!((stands.said.comments.as_str(), stands.number, stands.first_who.as_str()), ("b <script>", second, "Kim"));
    }
}
