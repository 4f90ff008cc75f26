//! What do the cells of a row say about the response?
//!
//! A [`Binding`] knows, for one file, which column is what. From a raw row it gives the place in time, the key that
//! identifies the response, and the answers; or a [`Reject`] that says why the row cannot be used.

mod binding;
mod scores;

use arrow_array::Array as _;

pub use binding::{Binding, Terms, bind};
pub(crate) use scores::measure_name;
pub use scores::{Answer, Score, ScoreBinding};

use crate::config::{MonthFrom, Role};
use crate::identity::Fingerprint;
use crate::month::Month;
use crate::source::dates::{BadDate, Moment};
use crate::source::{RawBatch, Reason, Reject};

/// When a response belongs where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The month that it is reported in.
    pub month: Month,
    /// Microseconds since 1970-01-01T00:00Z.
    pub received_at: Option<i64>,
    /// The same, of the invitation.
    pub sent_at: Option<i64>,
    /// The same, of the experience.
    pub experience_at: Option<i64>,
}

/// What identifies a row, and whether it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowKey {
    /// Hash of source and id; without an id column, of source, month and content.
    pub base: u128,
    /// Hash of the cells and of everything that decides what is made of them.
    pub content: u128,
    /// Whether the source has ids: then a later row replaces an earlier one.
    pub has_id: bool,
}

impl Binding {
    /// A cell of a single column, trimmed; none: no such column, or empty.
    pub fn field<'b>(&self, raw: &'b RawBatch, i: usize, role: Role) -> Option<&'b str> {
        self.position(role).and_then(|column| cell(raw, column, i))
    }

    /// Where in time the row belongs.
    pub fn place(&self, raw: &RawBatch, i: usize) -> Result<Place, Reject> {
        let received = self.moment(raw, i, Role::ReceivedAt);
        let sent = self.moment(raw, i, Role::SentAt);
        let experience = self.moment(raw, i, Role::ExperienceAt);
        let month = match self.source.month_from {
            MonthFrom::ReceivedAt => self.month_of(raw, i, Role::ReceivedAt, received),
            MonthFrom::SentAt => self.month_of(raw, i, Role::SentAt, sent),
            MonthFrom::ExperienceAt => self.month_of(raw, i, Role::ExperienceAt, experience),
            MonthFrom::Wave => self.month_of_wave(raw, i),
        }?;
        let micros = |moment: Option<Result<Moment, BadDate>>| moment.and_then(Result::ok).map(|m| m.micros_utc);
        Ok(Place { month, received_at: micros(received), sent_at: micros(sent), experience_at: micros(experience) })
    }

    /// What identifies the row. A source with an id column rejects rows without one.
    pub fn key(&self, raw: &RawBatch, i: usize, month: Month) -> Result<RowKey, Reject> {
        // As long as most rows are: a row of more makes room for itself.
        let mut content = Fingerprint::of_row("row", 1_024);
        [self.salt as u64, (self.salt >> 64) as u64, month.days() as u64].iter().for_each(|number| content.add_number(*number));
        for (name, column) in &self.hashed {
            content.add_named(name, cell(raw, *column, i));
        }
        let content = content.finish();
        let Some(column) = self.position(Role::Id) else {
            return Ok(RowKey { base: self.hash_of_content(raw, i, month), content, has_id: false });
        };
        let Some(id) = cell(raw, column, i) else {
            return Err(self.reject(
                raw,
                i,
                Some(Role::Id),
                Reason::MissingId,
                "the id is empty; without ids leave `id` out of the source".to_owned(),
            ));
        };
        Ok(RowKey { base: crate::identity::response_key(&self.source.name, id), content, has_id: true })
    }

    /// What identifies a row without an id: the cells that say something.
    fn hash_of_content(&self, raw: &RawBatch, i: usize, month: Month) -> u128 {
        let mut content = Fingerprint::of_row("content", 1_024);
        content.add(Some(&self.source.name));
        content.add_number(month.days() as u64);
        for (name, column) in &self.hashed {
            if let Some(value) = cell(raw, *column, i) {
                content.add_named(name, Some(value));
            }
        }
        content.finish()
    }

    /// A reject of row `i`, with the row as it was read.
    pub fn reject(&self, raw: &RawBatch, i: usize, role: Option<Role>, reason: Reason, detail: String) -> Reject {
        let column = role.and_then(|role| self.column_name(role)).map(str::to_owned);
        let mut text = String::new();
        for (k, name) in self.names.iter().enumerate() {
            if let Some(value) = cell(raw, k, i) {
                text.push_str(if text.is_empty() { "" } else { " | " });
                text.push_str(name);
                text.push_str(": ");
                text.push_str(value);
            }
        }
        Reject { row: raw.rows[i], line: Some(raw.lines[i]).filter(|line| *line > 0), column, reason, detail, raw: text }
    }

    fn moment(&self, raw: &RawBatch, i: usize, role: Role) -> Option<Result<Moment, BadDate>> {
        let cell = self.field(raw, i, role)?;
        Some(self.date_reader(role).parse(cell))
    }

    fn month_of(&self, raw: &RawBatch, i: usize, role: Role, moment: Option<Result<Moment, BadDate>>) -> Result<Month, Reject> {
        let (reason, detail) = match moment {
            Some(Ok(moment)) if moment.micros_utc <= self.latest => {
                let (year, month, _) = moment.local_date;
                return Ok(Month::new(year, month));
            }
            Some(Ok(moment)) => {
                let (year, month, day) = moment.local_date;
                (Reason::DateOutOfRange, format!("{year:04}-{month:02}-{day:02} is more than a year ahead of the run's clock"))
            }
            Some(Err(BadDate::Epoch)) => {
                (Reason::EpochDate, "1970-01-01 stands for no date; a real date or --month YYYY-MM is accepted".to_owned())
            }
            Some(Err(BadDate::OutOfRange)) => (Reason::DateOutOfRange, "the date is before 1970".to_owned()),
            Some(Err(BadDate::Unreadable)) => (
                Reason::UnreadableDate,
                "not a date; accepted are dates such as 2026-07-14, 14.07.2026 09:30 or 2026-07-14T09:30:00Z, or --month YYYY-MM"
                    .to_owned(),
            ),
            None => (Reason::MissingDate, "no date; a date column or --month YYYY-MM is needed".to_owned()),
        };
        match self.month {
            Some(month) => Ok(month),
            None => Err(self.reject(raw, i, Some(role), reason, detail)),
        }
    }

    fn month_of_wave(&self, raw: &RawBatch, i: usize) -> Result<Month, Reject> {
        let wave = self.field(raw, i, Role::Wave);
        match wave.and_then(month_of_wave).or(self.month) {
            Some(month) => Ok(month),
            None if wave.is_none() => {
                Err(self.reject(raw, i, Some(Role::Wave), Reason::MissingDate, "no wave; --month YYYY-MM fills it".to_owned()))
            }
            None => {
                let detail =
                    "the wave names no month; accepted are 2026-07, 2026-Q3, Q3 2026, 2026-H2 and 2026, or --month YYYY-MM".to_owned();
                Err(self.reject(raw, i, Some(Role::Wave), Reason::UnreadableDate, detail))
            }
        }
    }
}

/// A cell, trimmed; none when it is missing or blank.
pub(crate) fn cell(raw: &RawBatch, column: usize, i: usize) -> Option<&str> {
    let column = &raw.columns[column];
    if column.is_null(i) {
        return None;
    }
    let value = trimmed(column.value(i));
    (!value.is_empty()).then_some(value)
}

/// Without white space at its ends: two bytes are looked at where there is none, which is nearly always.
pub(crate) fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => cell,
        _ => cell.trim(),
    }
}

/// Whether a cell says yes.
pub(crate) fn says_yes(cell: &str) -> bool {
    const YES: &[&str] =
        &["yes", "y", "true", "t", "1", "x", "on", "ja", "si", "sí", "oui", "sim", "flag", "flagged", "hotline", "requested"];
    let folded = cell.trim().to_lowercase();
    YES.contains(&folded.as_str()) || folded.parse::<f64>().is_ok_and(|n| n != 0.0)
}

/// The last month of a wave: `2026-07`, `2026-Q3`, `Q3 2026`, `2026-H2`, `2026`.
fn month_of_wave(wave: &str) -> Option<Month> {
    if let Some(month) = Month::parse(wave) {
        return Some(month);
    }
    let folded = wave.to_uppercase();
    let mut parts = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let year_of = |part: &str| (part.len() == 4).then(|| part.parse::<i16>().ok()).flatten().filter(|y| (1970..=2200).contains(y));
    let (year, period) = match (year_of(first), second) {
        (Some(year), period) => (year, period),
        (None, Some(second)) => (year_of(second)?, Some(first)),
        (None, None) => return None,
    };
    let last_month = match period {
        None => 12,
        Some("Q1") => 3,
        Some("Q2" | "H1") => 6,
        Some("Q3") => 9,
        Some("Q4" | "H2") => 12,
        Some(_) => return None,
    };
    Some(Month::new(year, last_month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed() {
        for cell in ["", " ", "a", " a", "a ", "ab", "\u{a0}ab", "ab\u{3000}", "é", "é ", "a\u{85}"] {
            assert_eq!(trimmed(cell), cell.trim(), "{cell:?}");
        }
    }

    #[test]
    fn a_wave_is_reported_in_its_last_month() {
        for (wave, month) in
            [("2026-07", "2026-07"), ("2026-Q3", "2026-09"), ("q3 2026", "2026-09"), ("2026 H2", "2026-12"), ("2026", "2026-12")]
        {
            assert_eq!(month_of_wave(wave).map(|m| m.to_string()).as_deref(), Some(month), "{wave}");
        }
        for wave in ["summer", "Q5 2026", "2026-Q3-b", ""] {
            assert_eq!(month_of_wave(wave), None, "{wave}");
        }
    }

    #[test]
    fn yes_in_several_writings() {
        for yes in ["Yes", "TRUE", "1", "x", "1.0", "ja"] {
            assert!(says_yes(yes), "{yes}");
        }
        for no in ["no", "0", "false", "never", "n"] {
            assert!(!says_yes(no), "{no}");
        }
    }
}
