//! What are the answers of each part of the responses, in each window?

use super::dimension::Dimension;
use super::distinct::Distinct;
use super::largest::Largest;
use super::rows::{AllRows, MonthRows};
use super::tally::{Answer, Tally};
use super::window::{Frame, Span, WINDOWS};
use crate::month::Month;

/// A part of the responses in one frame.
pub(super) struct Cell {
    pub(super) dimension: Dimension,
    pub(super) part: u32,
    pub(super) now: Tally,
    pub(super) before: Tally,
    pub(super) last_year: Tally,
    pub(super) n_respondents: i64,
    pub(super) n_accounts: i64,
    /// Answers of the account with most of them.
    pub(super) n_largest: i64,
}

/// The answers of a series in one part of the responses, month by month.
pub(super) struct Part<'r> {
    part: u32,
    /// Place of the month, place of the response and the answer; ascending by month.
    answers: Vec<(u32, &'r Answer)>,
}

/// The parts of a dimension that answered, in their order.
pub(super) fn parts<'r>(rows: &'r AllRows, series: usize, dimension: Dimension) -> impl Iterator<Item = Part<'r>> {
    let n_parts = if dimension == Dimension::All { 1 } else { rows.parts[dimension as usize - 1].len() };
    let mut answers: Vec<Vec<(u32, &Answer)>> = std::iter::repeat_with(Vec::new).take(n_parts).collect();
    for (month_idx, month) in rows.months.iter().enumerate() {
        for answer in &month.answers[series] {
            if let Some(part) = month.part_of(answer.response, dimension) {
                answers[part as usize].push((month_idx as u32, answer));
            }
        }
    }
    (0..).zip(answers).filter(|(_, answers)| !answers.is_empty()).map(|(part, answers)| Part { part, answers })
}

/// Counts a part: sums by month, and people and accounts of every window in one pass.
pub(super) struct Counter {
    first: Option<Month>,
    respondents: Distinct,
    accounts: Distinct,
    largest: Largest,
}

/// The answers of a part in one month.
struct Run<'r> {
    month: &'r MonthRows,
    answers: &'r [(u32, &'r Answer)],
    tally: Tally,
}

impl<'r> Run<'r> {
    fn new(rows: &'r AllRows, answers: &'r [(u32, &'r Answer)]) -> Self {
        let mut tally = Tally::default();
        answers.iter().for_each(|(_, answer)| tally.add(answer));
        Self { month: &rows.months[answers[0].0 as usize], answers, tally }
    }

    fn accounts(&self) -> impl Iterator<Item = u32> {
        self.answers.iter().map(|(_, answer)| self.month.responses.account[answer.response as usize])
    }

    fn respondents(&self) -> impl Iterator<Item = u32> {
        self.answers.iter().map(|(_, answer)| self.month.responses.respondent[answer.response as usize])
    }
}

impl Counter {
    pub(super) fn new(rows: &AllRows) -> Self {
        let first = rows.months.first().map(|m| m.month);
        let n_months = match (first, rows.months.last()) {
            (Some(first), Some(last)) => last.month.since(first) as usize + 1,
            _ => 0,
        };
        Self {
            first,
            respondents: Distinct::new(rows.n_respondents, n_months),
            accounts: Distinct::new(rows.n_accounts, n_months),
            largest: Largest::new(rows.n_accounts),
        }
    }

    /// Adds the cells of a part to those of each frame; frames ascend by month.
    pub(super) fn count(
        &mut self,
        rows: &AllRows,
        part: &Part<'_>,
        dimension: Dimension,
        frames: &[(usize, &Frame)],
        cells: &mut [Vec<Cell>],
    ) {
        let Some(first) = self.first else { return };
        let runs: Vec<Run<'_>> = part.answers.chunk_by(|a, b| a.0 == b.0).map(|run| Run::new(rows, run)).collect();
        let largest = self.largest(&runs, frames);
        self.respondents.clear();
        self.accounts.clear();
        let mut coming = runs.iter().peekable();
        for ((idx, frame), n_largest) in frames.iter().zip(largest) {
            while let Some(run) = coming.next_if(|run| run.month.month <= frame.now.last) {
                let offset = run.month.month.since(first) as usize;
                run.respondents().for_each(|respondent| self.respondents.see(respondent, offset));
                run.accounts().for_each(|account| self.accounts.see(account, offset));
            }
            let sum = |span: Span| {
                let mut tally = Tally::default();
                runs.iter().filter(|run| span.holds(run.month.month)).for_each(|run| tally.merge(&run.tally));
                tally
            };
            let (now, before, last_year) = (sum(frame.now), frame.before.map(sum).unwrap_or_default(), sum(frame.now.years_before(1)));
            if now.base + before.base + last_year.base == 0 {
                continue;
            }
            let (from, to) = (frame.now.first.since(first).max(0) as usize, frame.now.last.since(first) as usize);
            let (n_respondents, n_accounts) = (self.respondents.between(from, to), self.accounts.between(from, to));
            cells[*idx].push(Cell { dimension, part: part.part, now, before, last_year, n_respondents, n_accounts, n_largest });
        }
    }

    /// Answers of the largest account in each frame.
    fn largest(&mut self, runs: &[Run<'_>], frames: &[(usize, &Frame)]) -> Vec<i64> {
        let mut answers = vec![0; frames.len()];
        for window_months in WINDOWS {
            let (mut entered, mut left) = (0, 0);
            for (place, (_, frame)) in frames.iter().enumerate().filter(|(_, (_, f))| f.window_months == window_months) {
                while entered < runs.len() && runs[entered].month.month <= frame.now.last {
                    runs[entered].accounts().for_each(|account| self.largest.enter(account));
                    entered += 1;
                }
                while left < entered && runs[left].month.month < frame.now.first {
                    runs[left].accounts().for_each(|account| self.largest.leave(account));
                    left += 1;
                }
                answers[place] = self.largest.answers();
            }
            runs[left..entered].iter().flat_map(Run::accounts).for_each(|account| self.largest.leave(account));
        }
        answers
    }
}
