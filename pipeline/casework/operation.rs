//! What can a person do with a case?

use super::close::Closing;
use super::state::{State, Status};
use crate::error::{Error, Result};
use crate::store::{Detail, Event, Kind};

/// One thing that a person does with a case. It becomes one event.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Begins to work on it: what is done.
    Act {
        /// What is done; may be empty.
        text: String,
        /// Who has it from now on; none: as before.
        owner: Option<String>,
    },
    /// Spoke or wrote with the customer: what was said.
    Contact {
        /// What was said; may be empty.
        text: String,
    },
    /// Writes something down, or the id that the case has in the team's own tool.
    Note {
        /// What; may be empty when there is an id.
        text: String,
        /// The id in the team's own tool.
        external_ref: Option<String>,
    },
    /// Gives it to somebody; an empty name: to nobody.
    Assign {
        /// Who has it from now on.
        owner: String,
        /// Why; may be empty.
        text: String,
    },
    /// Closes it.
    Close(Closing),
    /// Corrects what was said when it was closed.
    Amend(Closing),
    /// Opens it again: why.
    Reopen {
        /// Why; may be empty.
        text: String,
    },
}

/// Who does something, when, and after having seen what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Name of the person.
    pub who: String,
    /// When, microseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Key of the last event that the person has seen ([`super::Case::last_event`]): when another came since, nothing is
    /// written. None: whatever came.
    pub seen: Option<String>,
}

impl Operation {
    /// The kind of event that it becomes.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Act { .. } => Kind::Acted,
            Self::Contact { .. } => Kind::Contacted,
            Self::Note { .. } => Kind::Note,
            Self::Assign { .. } => Kind::Reassigned,
            Self::Close(_) | Self::Amend(_) => Kind::Closed,
            Self::Reopen { .. } => Kind::Reopened,
        }
    }

    pub(super) fn detail(&self) -> Detail {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let named = |name: &Option<String>| name.as_deref().map(|name| name.trim().to_owned());
        match self {
            Self::Act { text, owner } => Detail { text: given(text), owner: named(owner), ..Detail::default() },
            Self::Contact { text } | Self::Reopen { text } => Detail { text: given(text), ..Detail::default() },
            Self::Note { text, external_ref } => Detail { text: given(text), external_ref: named(external_ref), ..Detail::default() },
            Self::Assign { owner, text } => Detail { text: given(text), owner: Some(owner.trim().to_owned()), ..Detail::default() },
            Self::Close(closing) | Self::Amend(closing) => Detail {
                text: given(&closing.resolution),
                disposition: Some(closing.disposition.as_str().to_owned()),
                root_cause: closing.root_cause.as_deref().map(|cause| cause.trim().to_owned()),
                value_won: closing.value_won.map(crate::schema::round6),
                ..Detail::default()
            },
        }
    }

    /// Whether it can be done where the case stands.
    pub(super) fn check(&self, hotline_id: &str, at: i64, events: &[Event]) -> Result<()> {
        let Some(state) = State::of(events) else { return Ok(()) };
        let is_closed = state.status == Status::Closed;
        // Events at one time are a microsecond apart.
        let second = |at: i64| at - at.rem_euclid(1_000_000);
        let refuse = |what: &str, hint: &str| {
            Err(Error::Case { hotline_id: hotline_id.to_owned(), what: what.to_owned(), hint: Some(hint.to_owned()) })
        };
        match self {
            // What was done before the closing may be told after it.
            Self::Act { .. } | Self::Contact { .. } if state.closed_at.is_some_and(|closed| at >= second(closed)) => {
                refuse("it is closed", "open it again with `reopen`, or write a `note`")
            }
            Self::Close(_) if is_closed => {
                refuse("it is closed already", "correct it with `close --amend`, or open it again with `reopen`")
            }
            Self::Amend(_) if !is_closed => refuse("it is not closed: there is nothing to correct", "close it with `close`"),
            Self::Reopen { .. } if !is_closed => refuse("it is not closed", "`reopen` takes closed cases"),
            Self::Note { text, external_ref } if text.trim().is_empty() && external_ref.is_none() => {
                refuse("the note is empty", "write something down, or give the id in your own tool")
            }
            Self::Assign { owner, .. } if state.owner.as_deref().unwrap_or_default() == owner.trim() => {
                refuse("it is theirs already", "name somebody else")
            }
            Self::Close(closing) | Self::Amend(closing) => match closing.problem() {
                Some((what, hint)) => refuse(&what, hint),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}
