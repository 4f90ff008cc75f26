//! What are the answers of a frame, part by part, and those that they are compared with?

use super::dimension::Dimension;
use super::tallies::AllTallies;
use super::window::Frame;
use super::windows::{Counted, Windows};

/// A part of the responses in one frame.
pub(super) struct Cell {
    pub(super) dimension: Dimension,
    pub(super) part: u32,
    pub(super) now: Counted,
    pub(super) before: Counted,
    pub(super) last_year: Counted,
}

/// The cells of a frame, by dimension and part; those without an answer in any of its months are none.
pub(super) fn cells(tallies: &AllTallies, windows: &Windows<'_>, frame: &Frame) -> Vec<Cell> {
    let mut cells = Vec::new();
    for dimension in Dimension::EVERY {
        for part in 0..tallies.n_parts(dimension) {
            let of = |span| windows.of(frame.series, span, dimension, part);
            let (now, before, last_year) = (of(frame.now), frame.before.map(of).unwrap_or_default(), of(frame.last_year()));
            if now.tally.base + before.tally.base + last_year.tally.base > 0 {
                cells.push(Cell { dimension, part, now, before, last_year });
            }
        }
    }
    cells
}
