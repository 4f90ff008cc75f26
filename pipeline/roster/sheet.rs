//! What does a small table say, column by column?
//!
//! For files of some hundred to some hundred thousand rows that are kept in memory: accounts, invitations, indicators.

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::Array as _;

use crate::error::{Error, Result, nearest};
use crate::month::Month;
use crate::response::measure_name;
use crate::source::dates::{DateReader, Moment, Serials};
use crate::source::{self, Format, InputFile};

/// A column that is looked for: its name in our tables, and the names that files give it, as [`measure_name`] writes them.
pub(super) type Column = (&'static str, &'static [&'static str]);

/// Rows read at once.
const BATCH_ROWS: usize = 8192;

/// Slips of a kind that are told one by one.
const N_TOLD: usize = 3;

/// A table in memory.
pub(super) struct Sheet {
    name: String,
    /// Cells by column as looked for, then by row; empty: not given.
    cells: Vec<Vec<Option<String>>>,
    lines: Vec<u64>,
    dates: DateReader,
    slips: BTreeMap<&'static str, (usize, Vec<String>)>,
}

impl Sheet {
    /// Reads a file; `named` are columns that the settings name, `times` those of `wanted` that hold times.
    ///
    /// Fails when the file cannot be read, or lacks a column that the settings name.
    pub(super) fn read(path: &Path, wanted: &[Column], named: &BTreeMap<String, String>, times: &[&str]) -> Result<Self> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let shape = source::inspect(&InputFile { path: path.to_owned(), name: name.clone() })?;
        let places = places(path, &shape.header, wanted, named)?;
        let asked: Vec<usize> = places.iter().flatten().copied().collect();
        let serials = if shape.format == Format::Xlsx { Serials::Excel } else { Serials::No };
        let mut sheet = Self {
            name,
            cells: vec![Vec::new(); wanted.len()],
            lines: Vec::new(),
            dates: DateReader::new("UTC", None)?.with_serials(serials),
            slips: BTreeMap::new(),
        };
        let mut reader = source::open(&shape, &asked)?;
        while let Some(batch) = reader.next_batch(BATCH_ROWS)? {
            for reject in &batch.rejects {
                sheet.slip("rows that do not fit their header", reject.line.unwrap_or(reject.row + 1));
            }
            for row in 0..batch.rows.len() {
                sheet.lines.push(batch.lines.get(row).copied().filter(|line| *line > 0).unwrap_or(batch.rows[row] + 1));
                let mut columns = batch.columns.iter();
                for (place, cells) in places.iter().zip(&mut sheet.cells) {
                    let column = place.and_then(|_| columns.next());
                    let cell = column.filter(|column| column.is_valid(row)).map(|column| column.value(row).trim());
                    cells.push(cell.filter(|cell| !cell.is_empty()).map(str::to_owned));
                }
            }
        }
        for ((column, _), cells) in wanted.iter().zip(&sheet.cells).filter(|((column, _), _)| times.contains(column)) {
            debug_assert!(!column.is_empty(), "columns have names");
            cells.iter().flatten().for_each(|cell| sheet.dates.see(cell));
        }
        sheet.dates.settle();
        Ok(sheet)
    }

    pub(super) fn n_rows(&self) -> usize {
        self.lines.len()
    }

    /// What a row says in a column, by its place among those wanted.
    pub(super) fn text(&self, row: usize, column: usize) -> Option<&str> {
        self.cells.get(column)?.get(row)?.as_deref()
    }

    /// The same, kept.
    pub(super) fn owned(&self, row: usize, column: usize) -> Option<String> {
        self.text(row, column).map(str::to_owned)
    }

    /// A number, with or without currency signs, thousands parted by commas, blanks or apostrophes, and `%`.
    pub(super) fn number(&mut self, row: usize, column: usize) -> Option<f64> {
        let text = self.text(row, column)?;
        let number = number(text);
        if number.is_none() {
            self.slip_at("numbers that cannot be read", row);
        }
        number
    }

    /// A time.
    pub(super) fn moment(&mut self, row: usize, column: usize) -> Option<Moment> {
        let moment = self.dates.parse(self.text(row, column)?);
        if moment.is_err() {
            self.slip_at("dates that cannot be read", row);
        }
        moment.ok()
    }

    /// A day, in days since 1970.
    pub(super) fn day(&mut self, row: usize, column: usize) -> Option<i32> {
        let (year, month, day) = self.moment(row, column)?.local_date;
        Some(Month::new(year, month).days() + i32::from(day) - 1)
    }

    /// Notes that something is wrong with a row.
    pub(super) fn slip_at(&mut self, what: &'static str, row: usize) {
        let line = self.lines.get(row).copied().unwrap_or_default();
        self.slip(what, line);
    }

    fn slip(&mut self, what: &'static str, line: u64) {
        let (n, lines) = self.slips.entry(what).or_default();
        *n += 1;
        if lines.len() < N_TOLD {
            lines.push(format!("line {line}"));
        }
    }

    /// What is wrong with the file, one sentence a kind.
    pub(super) fn slips(&self) -> Vec<String> {
        let told = |(what, (n, lines)): (&&str, &(usize, Vec<String>))| {
            let more = if *n > lines.len() { ", …" } else { "" };
            format!("{}: {n} {what}, at {}{more}", self.name, lines.join(", "))
        };
        self.slips.iter().map(told).collect()
    }
}

fn places(path: &Path, header: &[String], wanted: &[Column], named: &BTreeMap<String, String>) -> Result<Vec<Option<usize>>> {
    let known: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
    if let Some(key) = named.keys().find(|key| !known.contains(&key.as_str())) {
        let hint = nearest(key, &known).map_or_else(|| format!("known: {}", known.join(", ")), |found| format!("did you mean `{found}`?"));
        return Err(Error::Setting {
            place: "columns".to_owned(),
            what: format!("`{key}` is no column that is looked for"),
            hint: Some(hint),
        });
    }
    let place = |(name, others): &Column| match named.get(*name) {
        Some(column) => match header.iter().position(|found| found.trim() == column.trim()) {
            Some(place) => Ok(Some(place)),
            None => Err(Error::Input {
                path: path.to_owned(),
                what: format!("has no column `{column}`"),
                found: Some(header.join(", ")),
                hint: Some(format!("the settings name it for `{name}`")),
            }),
        },
        None => Ok(others.iter().find_map(|other| header.iter().position(|found| measure_name(found) == **other))),
    };
    let mut places: Vec<Option<usize>> = wanted.iter().map(place).collect::<Result<_>>()?;
    // One column is one thing: the first that is looked for has it.
    for idx in 0..places.len() {
        if places.get(idx).is_some_and(|place| place.is_some() && places.iter().take(idx).any(|earlier| earlier == place)) {
            places[idx] = None;
        }
    }
    Ok(places)
}

/// A number as people write it, with or without currency signs and parted thousands.
pub(crate) fn number(text: &str) -> Option<f64> {
    let is_share = text.ends_with('%');
    let digits: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '−')).collect();
    let is_clean = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || c.is_alphabetic() || "$€£¥.,'’-−%+".contains(c));
    let number: f64 = digits.replace('−', "-").parse().ok().filter(|_| is_clean)?;
    (number.is_finite()).then_some(if is_share { number / 100.0 } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("1200", Some(1200.0)),
            ("$1,200,000.50", Some(1_200_000.5)),
            ("1 200 €", Some(1200.0)),
            ("78%", Some(0.78)),
            ("-3", Some(-3.0)),
            ("n/a", None),
            ("", None),
            ("1-2", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
