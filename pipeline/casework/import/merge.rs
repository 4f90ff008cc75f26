//! What does one line change of its case?
//!
//! Three sides are held against each other: what the file says, what was said here when the file was made, and what is said here now. What only the
//! file changed is taken over; what only was changed here stays; what both changed to different things is a conflict.

use super::lines::{Line, shown};
use super::{Change, Conflict, Conflicts, Plan, Problem};
use crate::casework::case::Case;
use crate::casework::close::{Closing, Disposition};
use crate::casework::field::Field;
use crate::casework::mapping::Mapping;
use crate::casework::operation::Operation;
use crate::casework::state::{State, Status};
use crate::store::{Event, Kind};

pub(super) struct Merge<'a> {
    pub(super) line: &'a Line,
    pub(super) case: &'a Case,
    pub(super) history: &'a [Event],
    pub(super) mapping: &'a Mapping,
    pub(super) conflicts: Conflicts,
    pub(super) at: i64,
    pub(super) plan: &'a mut Plan,
}

/// What became of a field.
#[derive(Clone, Debug, PartialEq)]
enum Verdict<T> {
    /// The file says nothing new.
    Same,
    /// The file has something new.
    New(T),
    /// Both have: told already.
    Conflict,
}

impl<T> Verdict<T> {
    /// Whether the file has something new; none: a conflict.
    fn differs(&self) -> Option<bool> {
        match self {
            Self::Same => Some(false),
            Self::New(_) => Some(true),
            Self::Conflict => None,
        }
    }

    /// What is new.
    fn into_new(self) -> Option<T> {
        match self {
            Self::New(value) => Some(value),
            Self::Same | Self::Conflict => None,
        }
    }
}

impl Merge<'_> {
    pub(super) fn run(mut self) {
        // What a ticket system says was so when the ticket was last changed, not when its export is read.
        if let (Some(updated), Conflicts::Tell) = (self.line.updated_at, self.conflicts) {
            self.at = self.at.min(updated);
        }
        let base = self.base();
        let base = base.as_ref();
        let here = self.case.state.clone();
        let line = self.line;
        let owner = self.field(Field::Owner, line.owner.clone(), base.map(|b| text(&b.owner)), text(&here.owner));
        if let Some(owner) = owner.into_new() {
            let what = if owner.is_empty() { "assign to nobody".to_owned() } else { format!("assign to {}", shown(&owner)) };
            self.change(what, Operation::Assign { owner, text: String::new() }, self.at);
        }
        self.note(base, &here);
        self.times(base, &here);
        self.ending(base, &here);
    }

    /// Where the case stood when the file was made; none when the file does not say.
    fn base(&self) -> Option<State> {
        let last = self.line.last_event.as_deref()?;
        let n = self.history.iter().position(|event| event.key == last)? + 1;
        State::of(self.history.get(..n)?)
    }

    fn note(&mut self, base: Option<&State>, here: &State) {
        let external_ref = self
            .field(Field::ExternalRef, self.line.external_ref.clone(), base.map(|b| text(&b.external_ref)), text(&here.external_ref))
            .into_new();
        let is_noted = |note: &String| self.history.iter().any(|e| e.kind == Kind::Note && e.detail.text.as_deref() == Some(note.as_str()));
        let note = self.line.note.clone().filter(|note| !is_noted(note));
        let what = match (&note, &external_ref) {
            (None, None) => return,
            (Some(note), None) => format!("note “{}”", shown(note)),
            (None, Some(id)) => format!("external ref {}", shown(id)),
            (Some(note), Some(id)) => format!("external ref {}, note “{}”", shown(id), shown(note)),
        };
        self.change(what, Operation::Note { text: note.unwrap_or_default(), external_ref }, self.at);
    }

    fn times(&mut self, base: Option<&State>, here: &State) {
        let acted = self.time(Field::FirstActedAt, self.line.first_acted_at, base.map(|b| b.first_acted_at), here.first_acted_at);
        let contacted = self.time(Field::ContactedAt, self.line.contacted_at, base.map(|b| b.contacted_at), here.contacted_at);
        let is_begun = acted.is_some() || contacted.is_some() || here.first_acted_at.is_some();
        let begins = self.line.status == Some(Status::Acting) && !is_begun && here.status != Status::Closed;
        if let Some(at) = acted.or(begins.then_some(self.at)) {
            self.change(format!("first acted {}", minute(at)), Operation::Act { text: String::new(), owner: None }, at);
        }
        if let Some(at) = contacted {
            self.change(format!("contacted {}", minute(at)), Operation::Contact { text: String::new() }, at);
        }
    }

    /// A time that the file has and we have not, or an earlier one: events are added, never moved.
    fn time(&mut self, field: Field, file: Option<i64>, base: Option<Option<i64>>, here: Option<i64>) -> Option<i64> {
        let file = file?;
        let same = |other: Option<i64>| other.map(minutes) == Some(minutes(file));
        if same(here) || base.is_some_and(same) {
            return None;
        }
        match here {
            Some(here) if minutes(here) < minutes(file) => {
                let what = format!("column {}: {} is already known, a later time cannot take its place", field.heading(), minute(here));
                self.plan.problems.push(Problem { line: self.line.number, what });
                None
            }
            _ => Some(file),
        }
    }

    fn ending(&mut self, base: Option<&State>, here: &State) {
        let line = self.line;
        let disposition = |name: &Option<String>| name.as_deref().and_then(Disposition::parse);
        let status = self.field(Field::Status, line.status, base.map(|b| b.status), here.status);
        // A cell that is empty says nothing of how a case ended, except that a cause can be taken back.
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let ended = self.field(
            Field::Disposition,
            line.disposition.map(Some),
            base.map(|b| disposition(&b.disposition)),
            disposition(&here.disposition),
        );
        let cause = if here.status == Status::Closed { line.root_cause.clone() } else { given(&line.root_cause) };
        let cause = self.field(Field::RootCause, cause, base.map(|b| text(&b.root_cause)), text(&here.root_cause));
        let value = self.field(Field::ValueWon, line.value_won.map(Some), base.map(|b| b.value_won), here.value_won);
        let resolution = self.field(Field::Resolution, given(&line.resolution), base.map(|b| text(&b.resolution)), text(&here.resolution));
        // How a case ended is one thing: of two endings no part is taken.
        let verdicts = [status.differs(), ended.differs(), cause.differs(), value.differs(), resolution.differs()];
        if verdicts.contains(&None) {
            return;
        }
        let says_more = verdicts.iter().skip(1).any(|verdict| *verdict == Some(true));
        let is_closed = here.status == Status::Closed;
        match status {
            Verdict::New(Status::Closed) => self.close(here),
            Verdict::New(wanted) if is_closed => {
                let text = format!("{} in {}", wanted.as_str(), self.mapping.name);
                self.change("reopen".to_owned(), Operation::Reopen { text }, self.after_last_turn());
            }
            Verdict::New(Status::Open | Status::Historical) if here.status == Status::Acting => {
                let what = "column Status: somebody acted on the case, which cannot be taken back".to_owned();
                self.plan.problems.push(Problem { line: line.number, what });
            }
            // Who says how it ended and leaves the state as it was means to close it.
            _ if !is_closed && matches!(ended, Verdict::New(_)) => self.close(here),
            _ if is_closed && says_more => {
                let closing = Closing {
                    disposition: ended.into_new().flatten().or(disposition(&here.disposition)).unwrap_or(Disposition::Resolved),
                    resolution: resolution.into_new().unwrap_or_else(|| text(&here.resolution)),
                    root_cause: cause.into_new(),
                    value_won: value.into_new().flatten().or(here.value_won),
                };
                self.change(format!("correct the closing: {}", said(&closing)), Operation::Amend(closing), self.after_last_turn());
            }
            _ => {}
        }
    }

    fn close(&mut self, here: &State) {
        let line = self.line;
        let default = &self.mapping.closed;
        let disposition = line.disposition.or_else(|| default.disposition.as_deref().and_then(Disposition::parse));
        let resolution = line.resolution.clone().filter(|text| !text.is_empty()).or_else(|| default.resolution.clone());
        let (Some(disposition), Some(resolution)) = (disposition, resolution) else {
            let what = "it is closed, but the line says no disposition or no resolution: left as it is".to_owned();
            self.plan.problems.push(Problem { line: line.number, what });
            return;
        };
        let root_cause = line.root_cause.clone().filter(|cause| !cause.is_empty());
        let closing = Closing { disposition, resolution, root_cause, value_won: line.value_won };
        if let Some((what, hint)) = closing.problem() {
            self.plan.problems.push(Problem { line: line.number, what: format!("{what}: {hint}") });
            return;
        }
        // A time of closing before the case was opened again is that of the closing before.
        let earliest = here.detected_at.max(self.last_turn());
        let at = line.closed_at.filter(|at| minutes(*at) >= minutes(earliest)).unwrap_or(self.at).max(self.last_turn() + 1);
        self.change(format!("close: {}", said(&closing)), Operation::Close(closing), at);
    }

    /// When the case was last closed or opened again.
    fn last_turn(&self) -> i64 {
        let turns = self.history.iter().filter(|event| matches!(event.kind, Kind::Closed | Kind::Reopened));
        turns.map(|event| event.at).max().unwrap_or(i64::MIN / 2)
    }

    fn after_last_turn(&self) -> i64 {
        self.at.max(self.last_turn() + 1)
    }

    /// Holds the three sides of a field against each other.
    fn field<T: PartialEq + Clone + Said>(&mut self, field: Field, file: Option<T>, base: Option<T>, here: T) -> Verdict<T> {
        let Some(file) = file else { return Verdict::Same };
        if file == here || base.as_ref() == Some(&file) {
            return Verdict::Same;
        }
        let is_changed_here = match &base {
            Some(base) => *base != here,
            // A ticket system says when a ticket was last changed: what was changed here after that is newer.
            None => self.line.updated_at.is_some_and(|updated| self.last_change(field).is_some_and(|at| at > updated)),
        };
        if is_changed_here && self.conflicts == Conflicts::Tell {
            self.plan.conflicts.push(Conflict {
                line: self.line.number,
                hotline_id: self.case.hotline_id.clone(),
                field: field.heading(),
                file: file.said(),
                here: here.said(),
            });
            return Verdict::Conflict;
        }
        Verdict::New(file)
    }

    /// When a field was last changed here by a person.
    fn last_change(&self, field: Field) -> Option<i64> {
        let sets = |event: &&Event| match field {
            Field::Owner => event.detail.owner.is_some(),
            Field::ExternalRef => event.detail.external_ref.is_some(),
            _ => matches!(event.kind, Kind::Acted | Kind::Contacted | Kind::Closed | Kind::Reopened),
        };
        self.history.iter().filter(sets).map(|event| event.at).max()
    }

    fn change(&mut self, what: String, operation: Operation, at: i64) {
        self.plan.changes.push(Change {
            line: self.line.number,
            hotline_id: self.case.hotline_id.clone(),
            kind: operation.kind().as_str(),
            what,
            operation,
            at,
            case: self.case.clone(),
        });
    }
}

/// How a value is said to a person.
trait Said {
    fn said(&self) -> String;
}

impl Said for String {
    fn said(&self) -> String {
        shown(self)
    }
}

impl Said for Status {
    fn said(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Said for Option<Disposition> {
    fn said(&self) -> String {
        self.map_or_else(String::new, |disposition| disposition.as_str().to_owned())
    }
}

impl Said for Option<f64> {
    fn said(&self) -> String {
        self.map_or_else(String::new, |value| value.to_string())
    }
}

fn said(closing: &Closing) -> String {
    let mut said = format!("{}, “{}”", closing.disposition.as_str(), shown(&closing.resolution));
    if let Some(cause) = closing.root_cause.as_deref().filter(|cause| !cause.is_empty()) {
        said.push_str(&format!(", root cause {}", shown(cause)));
    }
    if let Some(value) = closing.value_won {
        said.push_str(&format!(", value {value}"));
    }
    said
}

fn text(value: &Option<String>) -> String {
    // As a cell comes back: without white space around it.
    value.as_deref().unwrap_or_default().replace("\r\n", "\n").trim().to_owned()
}

fn minutes(micros: i64) -> i64 {
    micros.div_euclid(60_000_000)
}

fn minute(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}
