//! Where in the input does each month have its rows, and when is a month complete?
//!
//! Dumps mostly come in the order of time. A month whose last row has passed can be closed, so that of two years in one
//! dump a month or two are open at a time.

use std::collections::{BTreeMap, BTreeSet};

use crate::month::Month;

/// First and last row of each month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spans(BTreeMap<Month, (u64, u64)>);

impl Spans {
    /// A row of the month; rows are seen in their order.
    pub(super) fn see(&mut self, month: Month, row: u64) {
        self.0.entry(month).or_insert((row, row)).1 = row;
    }

    /// Those of the months that are written; a month of `kept`, which has rows from before, is open from the first row on.
    pub(super) fn of(&self, written: &BTreeSet<Month>, kept: &BTreeSet<Month>) -> Self {
        let span = |month: &Month| {
            let (first, last) = self.0.get(month).copied().unwrap_or_default();
            (*month, (if kept.contains(month) { 0 } else { first }, last))
        };
        Self(written.iter().map(span).collect())
    }

    /// How many months are open at once, at most.
    pub(super) fn depth(&self) -> usize {
        let mut turns: Vec<(u64, bool)> = self.0.values().flat_map(|(first, last)| [(*first, true), (*last + 1, false)]).collect();
        turns.sort_unstable();
        let (mut open, mut depth) = (0_usize, 0);
        for (_, opens) in turns {
            open = if opens { open + 1 } else { open - 1 };
            depth = depth.max(open);
        }
        depth
    }

    /// Takes out the months that have no row from `row` on.
    pub(super) fn complete(&mut self, row: u64) -> Vec<Month> {
        let done: Vec<Month> = self.0.iter().filter(|(_, (_, last))| *last < row).map(|(month, _)| *month).collect();
        done.iter().for_each(|month| _ = self.0.remove(month));
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Months of the rows by their digits; `open`: how many are open at once; `ends`: after how many rows the months end.
    fn check(rows: &str, kept: &str, open: usize, ends: &str) {
        let month = |digit: char| Month::new(2026, digit.to_digit(10).unwrap() as i8);
        let mut spans = Spans::default();
        (0..).zip(rows.chars()).for_each(|(row, digit)| spans.see(month(digit), row));
        let written = rows.chars().chain(kept.chars()).map(month).collect();
        let mut spans = spans.of(&written, &kept.chars().map(month).collect());
        assert_eq!(spans.depth(), open, "{rows}");
        let told: Vec<String> = (1..=rows.len() as u64)
            .flat_map(|row| {
                spans.complete(row).into_iter().map(move |month| format!("{}@{row}", month.to_string().chars().last().unwrap()))
            })
            .collect();
        assert_eq!(told.join(" "), ends, "{rows}");
    }

    #[test]
    fn a_month_ends_with_its_last_row() {
        check("111222333", "", 1, "1@3 2@6 3@9");
        check("112122333", "", 2, "1@4 2@6 3@9");
        check("123123123", "", 3, "1@7 2@8 3@9");
        check("111222", "2", 2, "1@3 2@6");
        check("222", "1", 2, "1@1 2@3");
        check("", "", 0, "");
    }
}
