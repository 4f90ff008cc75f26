//! When did a row come in, and what was that month about?

use super::random::{Random, mix};
use super::special::padded;
use crate::month::Month;

/// The months of a run, with the rows shared out evenly among them.
pub(crate) struct Calendar {
    months: Vec<(String, u64)>,
    rows: u64,
    seed: u64,
}

/// A day of a month.
pub(crate) struct Moment<'a> {
    /// `2026-07-`
    month: &'a str,
    day: u32,
    /// How much better or worse the month is than others, −40 to 40 thousandths of the range of scores.
    pub(crate) drift: i32,
    topic: u32,
}

impl Calendar {
    /// Prepares the months, oldest first.
    pub(crate) fn new(months: &[Month], rows: u64, seed: u64) -> Self {
        let mut months = months.to_vec();
        months.sort_unstable();
        months.dedup();
        let days = |month: &Month| u64::try_from(month.plus(1).days() - month.days()).expect("a month has days");
        Self { months: months.iter().map(|month| (format!("{month}-"), days(month))).collect(), rows: rows.max(1), seed }
    }

    /// The day of row `row`, from 0: rows come in the order of their days.
    pub(crate) fn moment(&self, row: u64) -> Moment<'_> {
        let n = self.months.len() as u64;
        // In thousandths of a thousandth: exact for up to 10^12 rows and more months than history has.
        let position = u128::from(row) * u128::from(n) * 1_000_000 / u128::from(self.rows);
        let place = ((position / 1_000_000) as u64).min(n - 1);
        let (month, n_days) = &self.months[place as usize];
        let day = (position % 1_000_000) as u64 * n_days / 1_000_000 + 1;
        let chance = mix(self.seed ^ mix(place + 1));
        Moment { month, day: day as u32, drift: (chance % 81) as i32 - 40, topic: (chance >> 32) as u32 }
    }
}

impl Moment<'_> {
    /// Writes day and time of day, joined by `joint`.
    pub(crate) fn write(&self, joint: u8, random: &mut Random, out: &mut Vec<u8>) {
        out.extend_from_slice(self.month.as_bytes());
        padded(self.day, 2, out);
        out.push(joint);
        // Two draws even out to the hours of the day when people are awake.
        padded(7 + random.below(8) + random.below(8), 2, out);
        out.push(b':');
        padded(random.below(60), 2, out);
    }

    /// Draws what a row is about: an eighth of all rows talk of the month's own subject.
    pub(crate) fn area(&self, random: &mut Random, n_areas: u32) -> usize {
        if random.per_mille(125) { (self.topic % n_areas) as usize } else { random.zipf(n_areas) as usize }
    }
}
