//! What does a column hold?
//!
//! The cells of the sample come in, figures about them go out: how many, how different, how long, numbers or dates or prose.
//! What follows from it is left to the parent module.

use std::collections::BTreeSet;

use arrow_array::{Array, StringArray};

use crate::source::dates::DateReader;

/// Distinct values kept as they are.
const MAX_VALUES: usize = 40;

/// Figures about a column of the sample.
pub(super) struct Profile {
    /// Rows of the sample.
    pub(super) n_rows: usize,
    /// Cells that hold something, white space apart.
    pub(super) n_filled: usize,
    pub(super) n_distinct: usize,
    /// The distinct values in order, if they are at most [`MAX_VALUES`].
    pub(super) values: Option<Vec<String>>,
    /// Of filled cells: words, and those of letters.
    pub(super) mean_words: f64,
    /// Shares of filled cells.
    pub(super) numeric: f64,
    pub(super) integer: f64,
    /// Share of numeric cells with at most one decimal.
    pub(super) tenths: f64,
    pub(super) dated: f64,
    /// Share of bare numbers that are dates or Unix times if they are dates at all.
    pub(super) stamped: f64,
    pub(super) links: f64,
    pub(super) mails: f64,
    pub(super) phones: f64,
    pub(super) structured: f64,
    /// Share of filled cells with at least one word of three letters or more.
    pub(super) worded: f64,
    pub(super) min: f64,
    pub(super) max: f64,
    /// Numeric cells above 5, and at 5: what tells a scale that changed from a long one.
    pub(super) n_above_5: usize,
    pub(super) n_at_5: usize,
    /// Whether the cells count up by one from 0 or 1.
    pub(super) is_row_index: bool,
}

impl Profile {
    pub(super) fn of(column: &StringArray, dates: &DateReader) -> Self {
        let mut distinct: BTreeSet<&str> = BTreeSet::new();
        let mut sums = Sums::default();
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut counted: Option<Vec<i64>> = Some(Vec::new());
        for cell in column.iter().flatten().map(str::trim).filter(|cell| !cell.is_empty()) {
            distinct.insert(cell);
            sums.filled += 1;
            sums.words += cell.split_whitespace().count();
            let number = number(cell);
            if let Some(number) = number {
                sums.numeric += 1;
                sums.integer += usize::from(number.fract() == 0.0);
                sums.tenths += usize::from((number * 10.0 - (number * 10.0).round()).abs() < 1e-6);
                sums.above_5 += usize::from(number > 5.0);
                sums.at_5 += usize::from(number == 5.0);
                min = min.min(number);
                max = max.max(number);
            }
            match (&mut counted, cell.parse::<i64>()) {
                (Some(list), Ok(n)) => list.push(n),
                (list, _) => *list = None,
            }
            // A bare number of nine digits may be an id as well as a Unix time: only a name can tell, so they are counted apart.
            let is_date = cell.len() <= 40 && is_date(cell, dates);
            sums.dated += usize::from(is_date && number.is_none());
            sums.stamped += usize::from(is_date && number.is_some());
            sums.links += usize::from(is_link(cell));
            sums.mails += usize::from(cell.contains('@') && cell.contains('.') && !cell.contains(char::is_whitespace));
            sums.phones += usize::from(is_phone(cell));
            sums.structured += usize::from(cell.starts_with(['{', '[']) && cell.ends_with(['}', ']']));
            sums.worded += usize::from(cell.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() >= 2));
        }
        let share = |n: usize| n as f64 / sums.filled.max(1) as f64;
        let is_row_index = counted.is_some_and(|list| {
            list.len() > 1 && list.len() == column.len() && list.first().is_some_and(|first| (0..=1).contains(first)) && rises(&list)
        });
        Self {
            n_rows: column.len(),
            n_filled: sums.filled,
            n_distinct: distinct.len(),
            values: (distinct.len() <= MAX_VALUES).then(|| distinct.iter().map(|value| (*value).to_owned()).collect()),
            mean_words: sums.words as f64 / sums.filled.max(1) as f64,
            numeric: share(sums.numeric),
            integer: share(sums.integer),
            tenths: sums.tenths as f64 / sums.numeric.max(1) as f64,
            dated: share(sums.dated),
            stamped: share(sums.stamped),
            links: share(sums.links),
            mails: share(sums.mails),
            phones: share(sums.phones),
            structured: share(sums.structured),
            worded: share(sums.worded),
            min,
            max,
            n_above_5: sums.above_5,
            n_at_5: sums.at_5,
            is_row_index,
        }
    }

    /// Share of filled cells that are different.
    pub(super) fn distinct(&self) -> f64 {
        self.n_distinct as f64 / self.n_filled.max(1) as f64
    }

    /// Share of rows that hold something.
    pub(super) fn filled(&self) -> f64 {
        self.n_filled as f64 / self.n_rows.max(1) as f64
    }

    /// Whether the cells are yes, no and the like.
    pub(super) fn is_yes_no(&self) -> bool {
        const WORDS: [&str; 14] = ["yes", "no", "y", "n", "true", "false", "0", "1", "0.0", "1.0", "ja", "nein", "n/a", "x"];
        self.n_filled > 0
            && self.values.as_ref().is_some_and(|values| values.iter().all(|value| WORDS.contains(&value.to_lowercase().as_str())))
    }
}

#[derive(Default)]
struct Sums {
    filled: usize,
    words: usize,
    numeric: usize,
    integer: usize,
    tenths: usize,
    dated: usize,
    stamped: usize,
    links: usize,
    mails: usize,
    phones: usize,
    structured: usize,
    worded: usize,
    above_5: usize,
    at_5: usize,
}

/// Rises from row to row by small steps: rows of a list that was filtered keep their index.
fn rises(list: &[i64]) -> bool {
    list.windows(2).all(|pair| matches!(pair, [a, b] if b > a && b - a < 100))
}

/// A number as ratings are written: `4`, `4.5`, `4,5`.
pub(super) fn number(cell: &str) -> Option<f64> {
    let plain = cell.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+'));
    let text = if cell.contains('.') { cell.to_owned() } else { cell.replacen(',', ".", 1) };
    plain.then(|| text.parse().ok()).flatten()
}

/// Dates before 1970 and the epoch are dates too: it is the run that rejects them.
fn is_date(cell: &str, dates: &DateReader) -> bool {
    use crate::source::dates::BadDate;
    !matches!(dates.parse(cell), Err(BadDate::Unreadable))
}

fn is_link(cell: &str) -> bool {
    let path = cell.starts_with('/') && !cell.contains(char::is_whitespace) && cell.len() > 1;
    path || ((cell.starts_with("http://") || cell.starts_with("https://") || cell.starts_with("www."))
        && !cell.contains(char::is_whitespace))
}

fn is_phone(cell: &str) -> bool {
    let n_digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '/'));
    is_plain && (7..=15).contains(&n_digits) && (cell.starts_with('+') || cell.starts_with('(') || cell.contains([' ', '-']))
}
