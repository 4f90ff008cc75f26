//! Where does a case stand, after all that happened to it?
//!
//! A pure function of the set of its events: they are taken in the order of their time, then of their key, whatever the order in
//! which they were written.

use serde::Serialize;

use crate::store::{Event, Kind};

/// Whether somebody works on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has begun.
    Open,
    /// Somebody has begun.
    Acting,
    /// It is done.
    Closed,
    /// It was too old at first sight, and nobody has taken it up.
    Historical,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Acting, Self::Closed, Self::Historical];

    /// As tables hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acting => "acting",
            Self::Closed => "closed",
            Self::Historical => "historical",
        }
    }

    /// Reads what [`Status::as_str`] gives, whatever its case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

/// Where a case stands. Times are microseconds since 1970-01-01T00:00Z.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// Whether somebody works on it.
    pub status: Status,
    /// The clock of the run, or of the person, that opened it.
    pub detected_at: i64,
    /// Whether it was too old at first sight to have a clock.
    pub is_historical: bool,
    /// When somebody first acted or spoke with the customer.
    pub first_acted_at: Option<i64>,
    /// When somebody first spoke with the customer.
    pub contacted_at: Option<i64>,
    /// When it was closed; none while open or reopened.
    pub closed_at: Option<i64>,
    /// How often it was opened again.
    pub reopen_count: u32,
    /// Who has it.
    pub owner: Option<String>,
    /// What was done; set while it is closed.
    pub resolution: Option<String>,
    /// How it ended; set while it is closed.
    pub disposition: Option<String>,
    /// Why it had happened; set while it is closed.
    pub root_cause: Option<String>,
    /// Value of the business won; set while it is closed.
    pub value_won: Option<f64>,
    /// Id in the team's own tool.
    pub external_ref: Option<String>,
}

impl State {
    /// What follows from a detection alone: where most cases stand.
    pub fn detected(at: i64, is_historical: bool) -> Self {
        Self {
            status: if is_historical { Status::Historical } else { Status::Open },
            detected_at: at,
            is_historical,
            first_acted_at: None,
            contacted_at: None,
            closed_at: None,
            reopen_count: 0,
            owner: None,
            resolution: None,
            disposition: None,
            root_cause: None,
            value_won: None,
            external_ref: None,
        }
    }

    /// What follows from events; none without a detection among them. Their order does not matter.
    pub fn of(events: &[Event]) -> Option<Self> {
        let mut events: Vec<&Event> = events.iter().collect();
        events.sort_unstable_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        events.dedup_by(|a, b| a.key == b.key);
        let first = events.iter().find(|event| event.kind == Kind::Detected)?;
        let mut state = Self::detected(first.at, first.detail.historical);
        events.iter().for_each(|event| state.take(event));
        Some(state)
    }

    /// Whether the time to respond runs, or ran: historical cases get one when somebody takes them up.
    pub fn has_clock(&self) -> bool {
        !self.is_historical || matches!(self.status, Status::Open | Status::Acting)
    }

    fn take(&mut self, event: &Event) {
        let detail = &event.detail;
        match event.kind {
            Kind::Detected | Kind::Note | Kind::Reassigned => {}
            Kind::Acted | Kind::Contacted => {
                self.first_acted_at.get_or_insert(event.at);
                if event.kind == Kind::Contacted {
                    self.contacted_at.get_or_insert(event.at);
                }
                if self.status != Status::Closed {
                    self.status = Status::Acting;
                }
            }
            Kind::Closed => self.close(event),
            Kind::Reopened if self.status == Status::Closed => {
                self.status = if self.first_acted_at.is_some() { Status::Acting } else { Status::Open };
                self.reopen_count += 1;
                self.closed_at = None;
                (self.resolution, self.disposition, self.root_cause, self.value_won) = (None, None, None, None);
            }
            Kind::Reopened => {}
        }
        if let Some(owner) = &detail.owner {
            self.owner = Some(owner.clone()).filter(|owner| !owner.is_empty());
        }
        if let Some(external_ref) = &detail.external_ref {
            self.external_ref = Some(external_ref.clone()).filter(|id| !id.is_empty());
        }
    }

    /// Closing what is closed corrects what was said, and leaves the time.
    fn close(&mut self, event: &Event) {
        let set = |field: &mut Option<String>, value: &Option<String>| {
            if let Some(value) = value {
                *field = Some(value.clone()).filter(|value| !value.is_empty());
            }
        };
        self.status = Status::Closed;
        self.closed_at.get_or_insert(event.at);
        set(&mut self.resolution, &event.detail.text);
        set(&mut self.disposition, &event.detail.disposition);
        set(&mut self.root_cause, &event.detail.root_cause);
        self.value_won = event.detail.value_won.or(self.value_won);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::Detail;

    fn event(kind: Kind, at: i64) -> Event {
        let detail = Detail {
            text: Some(format!("{kind:?} at {at}")),
            owner: (at % 5 == 0).then(|| format!("owner {at}")),
            disposition: (kind == Kind::Closed).then(|| "resolved".to_owned()),
            ..Detail::default()
        };
        Event { key: format!("{kind:?}{at}"), hotline_id: "h".to_owned(), kind, at, who: Some("Ada".to_owned()), detail }
    }

    fn check(kinds: &[Kind], status: Status, reopen_count: u32) -> State {
        let events: Vec<Event> = kinds.iter().zip(1..).map(|(kind, at)| event(*kind, at)).collect();
        let state = State::of(&events).unwrap();
        assert_eq!((state.status, state.reopen_count), (status, reopen_count), "{kinds:?}");
        state
    }

    #[test]
    fn each_event_does_what_it_says() {
        use Kind::*;
        check(&[Detected], Status::Open, 0);
        check(&[Detected, Note, Reassigned], Status::Open, 0);
        check(&[Detected, Acted], Status::Acting, 0);
        let contacted = check(&[Detected, Contacted], Status::Acting, 0);
        assert_eq!((contacted.first_acted_at, contacted.contacted_at), (Some(2), Some(2)));
        let closed = check(&[Detected, Acted, Closed, Note, Acted], Status::Closed, 0);
        assert_eq!((closed.first_acted_at, closed.closed_at), (Some(2), Some(3)));
        let amended = check(&[Detected, Closed, Closed], Status::Closed, 0);
        assert_eq!((amended.closed_at, amended.resolution.as_deref()), (Some(2), Some("Closed at 3")), "a correction leaves the time");
        let reopened = check(&[Detected, Acted, Closed, Reopened], Status::Acting, 1);
        assert_eq!((reopened.closed_at, reopened.resolution, reopened.disposition), (None, None, None));
        check(&[Detected, Closed, Reopened], Status::Open, 1);
        check(&[Detected, Reopened], Status::Open, 0);
        check(&[Detected, Closed, Reopened, Reopened, Closed, Reopened], Status::Open, 2);
    }

    #[test]
    fn a_historical_case_has_a_clock_only_when_somebody_takes_it_up() {
        let mut events = vec![event(Kind::Detected, 1)];
        events[0].detail.historical = true;
        let clock = |events: &[Event]| {
            let state = State::of(events).unwrap();
            (state.status, state.has_clock())
        };
        assert_eq!(clock(&events), (Status::Historical, false));
        events.push(event(Kind::Note, 2));
        assert_eq!(clock(&events), (Status::Historical, false));
        events.push(event(Kind::Acted, 3));
        assert_eq!(clock(&events), (Status::Acting, true));
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        // Few times, so that many are equal.
        prop::collection::vec((prop::sample::select(Kind::ALL.to_vec()), 0..12_i64), 0..24)
            .prop_map(|all| all.into_iter().map(|(kind, at)| event(kind, at)).collect())
    }

    proptest! {
        #[test]
        fn the_state_is_a_function_of_the_set_of_events(events in events(), seed: u64) {
            let mut shuffled = events.clone();
            let mut random = seed | 1;
            for i in (1..shuffled.len()).rev() {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                shuffled.swap(i, (random >> 33) as usize % (i + 1));
            }
            shuffled.extend(events.iter().take(3).cloned());
            prop_assert_eq!(State::of(&shuffled), State::of(&events));
        }

        #[test]
        fn what_the_fields_say_agrees(events in events()) {
            let has_detection = events.iter().any(|event| event.kind == Kind::Detected);
            let state = State::of(&events);
            prop_assert_eq!(state.is_some(), has_detection);
            let Some(state) = state else { return Ok(()) };
            prop_assert_eq!(state.closed_at.is_some(), state.status == Status::Closed);
            prop_assert_eq!(state.disposition.is_some(), state.status == Status::Closed);
            prop_assert!(state.status != Status::Acting || state.first_acted_at.is_some());
            prop_assert!(state.contacted_at.is_none_or(|at| state.first_acted_at.is_some_and(|first| first <= at)));
            let n_reopened = events.iter().filter(|event| event.kind == Kind::Reopened).count();
            prop_assert!(state.reopen_count as usize <= n_reopened);
        }
    }
}
