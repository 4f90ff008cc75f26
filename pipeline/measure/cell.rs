//! What are the answers of each part of the responses, in each window?

use super::dimension::Dimension;
use super::people::{AllHeads, Heads};
use super::tallies::{AllTallies, MonthTallies};
use super::tally::Tally;
use super::window::{Frame, Span};

/// A part of the responses in one frame.
pub(super) struct Cell {
    pub(super) dimension: Dimension,
    pub(super) part: u32,
    pub(super) now: Tally,
    pub(super) before: Tally,
    pub(super) last_year: Tally,
    pub(super) heads: Heads,
}

/// The cells of the frame at `place`, by dimension and part; those without an answer in any of its months are none.
pub(super) fn cells(tallies: &AllTallies, place: usize, frame: &Frame, heads: &AllHeads) -> Vec<Cell> {
    let months = |span: Option<Span>| -> Vec<&MonthTallies> {
        span.map_or_else(Vec::new, |span| tallies.months.iter().filter(|m| span.holds(m.month)).collect())
    };
    let [now, before, last_year] = [Some(frame.now), frame.before, Some(frame.now.years_before(1))].map(months);
    let mut cells = Vec::new();
    for dimension in Dimension::EVERY {
        for part in 0..tallies.n_parts(dimension) {
            let sum = |months: &[&MonthTallies]| {
                let mut sum = Tally::default();
                months.iter().filter_map(|m| m.answers[frame.series].get(dimension, part)).for_each(|tally| sum.merge(tally));
                sum
            };
            let (now, before, last_year) = (sum(&now), sum(&before), sum(&last_year));
            if now.base + before.base + last_year.base > 0 {
                let heads = heads.get(&(place, dimension, part)).copied().unwrap_or_default();
                cells.push(Cell { dimension, part, now, before, last_year, heads });
            }
        }
    }
    cells
}
