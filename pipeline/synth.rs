//! How does one get feedback of any size without anybody's data?
//!
//! Made-up survey answers and complaints, written as a stream (memory does not grow with the rows), the same bytes for
//! the same settings on every machine. Everything in them is invented; the phrases are in `datasets/synth`. Scores and words agree, accounts differ in
//! size, the vocabulary has a long tail, and the nuisances of real feedback are there in known shares: empty answers, stock answers
//! such as "n/a", slips, other languages, emoji, made-up personal data and sentences that someone must act upon.

mod complaint;
mod grammar;
mod lengths;
mod people;
mod random;
mod record;
mod special;
mod survey;
mod times;
mod voice;
mod words;

use std::io::Write;

use crate::error::{Error, Result};
use crate::month::Month;

/// The phrases, by subject.
const INVENTORIES: [&str; 5] = [
    include_str!("../datasets/synth/areas.txt"),
    include_str!("../datasets/synth/complaints.txt"),
    include_str!("../datasets/synth/hotline.txt"),
    include_str!("../datasets/synth/languages.txt"),
    include_str!("../datasets/synth/words.txt"),
];

/// What to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynthSettings {
    /// How many rows.
    pub rows: u64,
    /// Chooses among all possible files: another seed, other accounts, people and texts.
    pub seed: u64,
    /// What the rows are.
    pub shape: Shape,
    /// The months that the rows are spread over evenly; none: those of [`last_months`] for 3 and September 2026, as in the demo, never the clock's.
    pub months: Vec<Month>,
    /// How rows are written.
    pub format: Format,
}

impl Default for SynthSettings {
    fn default() -> Self {
        Self { rows: 10_000, seed: 1, shape: Shape::Survey, months: Vec::new(), format: Format::Csv }
    }
}

/// What generated rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Answers to a relationship survey: scores and comments of about 85 characters.
    Survey,
    /// A complaint log: narratives of about 815 characters, in paragraphs.
    Complaints,
}

/// How generated rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object a line, keys as in the header.
    Jsonl,
}

/// The `n` months up to `last`, oldest first.
pub fn last_months(n: u32, last: Month) -> Vec<Month> {
    (0..i32::try_from(n).unwrap_or(i32::MAX)).rev().map(|i| last.plus(-i)).collect()
}

/// Writes the rows that `settings` ask for.
///
/// The file depends on the settings alone. Fails with [`Error::Io`] when `out` does.
pub fn write(settings: &SynthSettings, out: &mut dyn Write) -> Result<()> {
    let grammar = &grammar::Grammar::compile(&INVENTORIES);
    let voice = &voice::Voice::new(grammar);
    let months = if settings.months.is_empty() { last_months(3, Month::new(2026, 9)) } else { settings.months.clone() };
    let calendar = times::Calendar::new(&months, settings.rows, settings.seed);
    let accounts = people::Accounts::new(settings.seed, settings.rows, grammar);
    let seed = settings.seed;
    match settings.shape {
        Shape::Survey => {
            let mut survey = survey::Survey { seed, grammar, voice, accounts, scratch: Default::default() };
            let mut records = record::Records::new(settings.format, &survey::COLUMNS);
            stream(settings.rows, &calendar, &mut records, out, |row, moment, records| survey.write_row(row, moment, records))
        }
        Shape::Complaints => {
            let mut complaints = complaint::Complaints { seed, grammar, voice, accounts, scratch: Vec::new() };
            let mut records = record::Records::new(settings.format, &complaint::COLUMNS);
            stream(settings.rows, &calendar, &mut records, out, |row, moment, records| complaints.write_row(row, moment, records))
        }
    }
}

/// Bytes kept before they are handed on: large enough that a file's system calls do not count.
const FLUSH_BYTES: usize = 1 << 20;

fn stream(
    rows: u64,
    calendar: &times::Calendar,
    records: &mut record::Records,
    out: &mut dyn Write,
    mut write_row: impl FnMut(u64, &times::Moment<'_>, &mut record::Records),
) -> Result<()> {
    let mut flush = |bytes: &mut Vec<u8>| {
        let result = out.write_all(bytes).map_err(Error::io("cannot write the generated rows"));
        bytes.clear();
        result
    };
    for row in 0..rows {
        write_row(row, &calendar.moment(row), records);
        if records.bytes().len() >= FLUSH_BYTES {
            flush(records.bytes())?;
        }
    }
    flush(records.bytes())?;
    out.flush().map_err(Error::io("cannot write the generated rows"))
}

/// `R1-00000017`: kind, seed and row, so that files of two seeds can go into one run.
fn write_row_id(kind: &[u8], seed: u64, row: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(kind);
    write_long(seed, 1, out);
    out.push(b'-');
    write_long(row + 1, 8, out);
}

fn write_long(n: u64, width: usize, out: &mut Vec<u8>) {
    const PART: u64 = 1_000_000_000;
    if n < PART {
        return special::padded(n as u32, width, out);
    }
    write_long(n / PART, width.saturating_sub(9), out);
    special::padded((n % PART) as u32, 9, out);
}

#[cfg(test)]
mod tests;
