//! What did a team change in its own tool, and what of it can be taken over?
//!
//! A file comes in: our own report, edited, or the export of a ticket system. Out comes a [`Plan`]: one operation for each change, conflicts with
//! what was changed here since, and lines that cannot be used. Nothing is written until [`Plan::apply`]. A plan of the same file after
//! that is empty.

mod lines;
mod merge;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::book::Casebook;
use super::case::Case;
use super::filter::Filter;
use super::mapping::Mapping;
use super::operation::{By, Operation};
use crate::error::{Error, Result};
use lines::Line;
use merge::Merge;

/// Which side wins where a field was changed in the file and here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflicts {
    /// Neither: the field is left as it is here, and told.
    Tell,
    /// The file.
    TakeFile,
}

/// What an import would do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Plan {
    /// The mapping that the file was read with.
    pub mapping: String,
    /// Lines of the file.
    pub n_lines: usize,
    /// Lines that name no case, such as tickets about other things.
    pub n_others: usize,
    /// What would be done, in the order of the file.
    pub changes: Vec<Change>,
    /// What was changed on both sides.
    pub conflicts: Vec<Conflict>,
    /// What cannot be used.
    pub problems: Vec<Problem>,
}

/// One change: it becomes one event.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// Line of the file.
    pub line: u64,
    /// The case.
    pub hotline_id: String,
    /// What kind of event it becomes.
    pub kind: &'static str,
    /// What it does, for people.
    pub what: String,
    #[serde(skip)]
    operation: Operation,
    #[serde(skip)]
    at: i64,
    #[serde(skip)]
    case: Case,
}

/// A field that was changed in the file and here since the file was made.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conflict {
    /// Line of the file.
    pub line: u64,
    /// The case.
    pub hotline_id: String,
    /// The field, as the report heads it.
    pub field: &'static str,
    /// What the file says.
    pub file: String,
    /// What is said here.
    pub here: String,
}

/// A line, or a cell of it, that cannot be used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// Line of the file.
    pub line: u64,
    /// What is wrong, and what is accepted.
    pub what: String,
}

/// Reads a file and finds what it would change. `mapping`: none: told by the columns. `at`: the clock for what the file gives no time for,
/// microseconds since 1970-01-01T00:00Z.
///
/// Fails when the file cannot be read or no mapping fits.
pub fn plan(book: &Casebook, path: &Path, mapping: Option<&Mapping>, conflicts: Conflicts, at: i64) -> Result<Plan> {
    let read = lines::read(path, mapping)?;
    let mut plan = Plan { mapping: read.mapping.name.clone(), problems: read.problems, ..Plan::default() };
    let cases = book.cases(&Filter::default())?;
    let places = Places::of(&cases);
    let mut seen = BTreeMap::new();
    for line in read.lines {
        plan.n_lines += 1;
        let Some(case) = places.find(&line, &cases) else {
            match &line.hotline_id {
                Some(id) => plan.problems.push(Problem { line: line.number, what: format!("no case `{}`", lines::shown(id)) }),
                None => plan.n_others += 1,
            }
            continue;
        };
        if let Some(first) = seen.insert(case.hotline_id.as_str(), line.number) {
            plan.problems.push(Problem { line: line.number, what: format!("the same case as in line {first}: left out") });
            continue;
        }
        let history = book.history(case)?;
        Merge { line: &line, case, history: &history, mapping: &read.mapping, conflicts, at, plan: &mut plan }.run();
    }
    Ok(plan)
}

impl Plan {
    /// Does what was planned, as `who`; returns how many events were written. A case that somebody changed after the plan was made is left
    /// alone and becomes a conflict.
    pub fn apply(&mut self, book: &mut Casebook, who: &str) -> Result<usize> {
        let mut n = 0;
        let mut stands: BTreeMap<String, Option<Case>> = BTreeMap::new();
        for change in &self.changes {
            let stand = stands.entry(change.hotline_id.clone()).or_insert_with(|| Some(change.case.clone()));
            let Some(case) = stand else { continue };
            let by = By { who: who.to_owned(), at: change.at, seen: Some(case.last_event.clone()) };
            match book.apply(case, &change.operation, &by) {
                Ok(after) => {
                    n += 1;
                    *stand = Some(after);
                }
                Err(error @ Error::CaseChanged { .. }) => {
                    self.conflicts.push(Conflict {
                        line: change.line,
                        hotline_id: change.hotline_id.clone(),
                        field: "Last event",
                        file: change.what.clone(),
                        here: error.to_string(),
                    });
                    *stand = None;
                }
                Err(error @ Error::Case { .. }) => {
                    self.problems.push(Problem { line: change.line, what: error.to_string() });
                    *stand = None;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(n)
    }
}

/// Cases by their id, and by the id of the other tool.
struct Places<'a> {
    by_id: BTreeMap<&'a str, usize>,
    by_ref: BTreeMap<&'a str, Option<usize>>,
}

impl<'a> Places<'a> {
    fn of(cases: &'a [Case]) -> Self {
        let by_id = cases.iter().enumerate().map(|(i, case)| (case.hotline_id.as_str(), i)).collect();
        let mut by_ref: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for (i, case) in cases.iter().enumerate() {
            if let Some(external_ref) = &case.state.external_ref {
                // An id that two cases have tells neither.
                by_ref.entry(external_ref).and_modify(|place| *place = None).or_insert(Some(i));
            }
        }
        Self { by_id, by_ref }
    }

    fn find<'c>(&self, line: &Line, cases: &'c [Case]) -> Option<&'c Case> {
        let id = line.hotline_id.as_deref().map(str::to_lowercase);
        let place = match id.as_deref().map(|id| self.by_id.get(id)) {
            Some(Some(place)) => Some(*place),
            Some(None) => None,
            None => self.by_ref.get(line.external_ref.as_deref()?).copied().flatten(),
        };
        place.and_then(|place| cases.get(place))
    }
}
