//! Is what somebody says of a review kept?

use super::answer::Answer;
use super::view::View;
use crate::error::{Error, Result};
use crate::store::{Said, Store};

/// What came of it.
pub(super) enum Saved {
    /// It stands.
    Yes,
    /// Nobody knows yet who says it.
    AskFirst(Answer),
    /// Somebody else saved before.
    Changed(Error),
}

/// Keeps what the form of a request says, under the name of its session.
pub(super) fn save(view: &View<'_>, said: &Said) -> Result<Saved> {
    let who = match view.reviewer() {
        Ok(who) => who,
        Err(answer) => return Ok(Saved::AskFirst(answer)),
    };
    let seen = view.ask.form.get("seen").and_then(|number| number.parse().ok());
    match Store::open(&view.app.out)?.say(said, seen, view.now, who) {
        Ok(_) => Ok(Saved::Yes),
        Err(error @ Error::MeetingChanged { .. }) => Ok(Saved::Changed(error)),
        Err(error) => Err(error),
    }
}
