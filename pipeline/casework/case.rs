//! What is known of one case?

use serde::Serialize;

use super::state::{State, Status};
use crate::clock::{Calendar, RespondWithin};
use crate::month::Month;

/// A case as the tables have it, with where it stands now. Null where the table has null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// Its id.
    pub hotline_id: String,
    /// The source of the response.
    pub source: String,
    /// The response.
    pub response_id: String,
    /// The month that the response is reported in.
    #[serde(serialize_with = "month")]
    pub report_month: Month,
    /// Category of the most severe rule that fired.
    pub category: Option<String>,
    /// Who acts.
    pub route: String,
    /// 1 (worst) to 5.
    pub severity: Option<i32>,
    /// What opened it.
    pub trigger: Option<String>,
    /// The rules that fired, by severity, parted by commas.
    pub rule_ids: Option<String>,
    /// The account.
    pub account_id: Option<String>,
    /// Its name.
    pub account_name: Option<String>,
    /// The person.
    pub contact_name: Option<String>,
    /// One line.
    pub description: Option<String>,
    /// When the answer was received, microseconds since 1970-01-01T00:00Z.
    pub received_at: Option<i64>,
    /// Until when somebody has to act, microseconds; none: no clock.
    pub respond_by: Option<i64>,
    /// Time that the rules give.
    pub respond_within: Option<String>,
    /// An earlier case of the account.
    pub linked_to: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub state: State,
    /// Key of the last event that was written of it: what [`super::By::seen`] takes.
    pub last_event: String,
    /// Whether a decision of it is not yet in the tables.
    pub is_ahead: bool,
}

fn month<S: serde::Serializer>(month: &Month, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(month)
}

/// How a case stands against its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Nobody has begun, and there is time: microseconds.
    Left(i64),
    /// Nobody has begun, and the time is over: by so many microseconds.
    Overdue(i64),
    /// Somebody began before the deadline.
    InTime,
    /// Somebody began after the deadline: by so many microseconds.
    Late(i64),
    /// There is no deadline, or it was closed without anybody acting.
    None,
}

impl Case {
    /// How it stands against its deadline at `now`, microseconds since 1970-01-01T00:00Z.
    pub fn clock(&self, now: i64) -> Clock {
        let Some(by) = self.respond_by else { return Clock::None };
        match (self.state.first_acted_at.or(self.state.closed_at), self.state.status) {
            (Some(at), _) if at <= by => Clock::InTime,
            (Some(at), _) => Clock::Late(at - by),
            (None, Status::Open) if now <= by => Clock::Left(by - now),
            (None, Status::Open) => Clock::Overdue(now - by),
            (None, _) => Clock::None,
        }
    }

    /// Whether nobody has begun and the time to respond is over.
    pub fn is_overdue(&self, now: i64) -> bool {
        matches!(self.clock(now), Clock::Overdue(_))
    }

    /// What lists are ordered by: what is due first, what is worst first, what is done last.
    pub fn urgency(&self) -> impl Ord + use<'_> {
        let rank = match self.state.status {
            Status::Open => 0,
            Status::Acting => 1,
            Status::Historical => 2,
            Status::Closed => 3,
        };
        (rank, self.respond_by.unwrap_or(i64::MAX), self.severity.unwrap_or(i32::MAX), &self.hotline_id)
    }
}

/// The deadline of a case.
pub(crate) fn respond_by(state: &State, within: Option<&str>, calendar: &Calendar) -> Option<i64> {
    let within = within.and_then(RespondWithin::parse)?;
    state.has_clock().then(|| within.after(state.detected_at, calendar))
}
