//! When was that?
//!
//! Cells of a date column come in, moments go out: microseconds since 1970 in UTC, and the local day, which gives the report month.
//! ISO dates take a fast path; everything else is cut into numbers, words and signs and put
//! together again. Whether 03/04/2026 is a day in March or in April is settled by the whole column
//! ([`DateReader::see`], [`DateReader::settle`]) or by the settings, and told.

mod parts;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::config::DateOrder;
use crate::error::{Error, Result};
use parts::{Numbers, Parts, Zone};

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Microseconds since 1970-01-01 00:00 UTC; of a date without a time, its local midnight.
    pub micros_utc: i64,
    /// Whether the cell held a time.
    pub has_time: bool,
    /// Year, month and day in the source's time zone: what gives the report month. Of a month alone, its first day.
    pub local_date: (i16, i8, i8),
}

/// Why a date cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadDate {
    /// It is in no known format, or no day of the calendar.
    Unreadable,
    /// It is 1970-01-01: a system's word for no date.
    Epoch,
    /// It is before 1970.
    OutOfRange,
}

/// Whether bare numbers are days since 1900, as in spreadsheets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Serials {
    /// They are not (or are Unix seconds).
    #[default]
    No,
    /// Numbers from 1 to 99,999 are.
    Excel,
}

/// Reads the dates of one column.
#[derive(Clone, Debug)]
pub struct DateReader {
    zone: TimeZone,
    is_utc: bool,
    order: Option<DateOrder>,
    serials: Serials,
    n_day_first: u64,
    n_month_first: u64,
    n_either: u64,
}

impl DateReader {
    /// A reader of dates whose times without zone are in `time_zone` (an IANA name), with day and month in `order` if it is known.
    ///
    /// Fails with [`Error::Setting`] if the time zone is not known.
    pub fn new(time_zone: &str, order: Option<DateOrder>) -> Result<Self> {
        let zone = TimeZone::get(time_zone).map_err(|_| Error::Setting {
            place: "time_zone".to_owned(),
            what: format!("time zone `{time_zone}` is not known"),
            hint: Some("use an IANA name such as `America/New_York` or `UTC`".to_owned()),
        })?;
        let is_utc = matches!(time_zone, "UTC" | "Etc/UTC");
        Ok(Self { zone, is_utc, order, serials: Serials::No, n_day_first: 0, n_month_first: 0, n_either: 0 })
    }

    /// The same reader, for a column of a spreadsheet or not.
    #[must_use]
    pub fn with_serials(mut self, serials: Serials) -> Self {
        self.serials = serials;
        self
    }

    /// Takes a cell as evidence for the order of day and month.
    pub fn see(&mut self, cell: &str) {
        let cell = cell.trim();
        if self.order.is_some() || iso_date(cell.as_bytes()).is_some() {
            return;
        }
        let Some(Parts { numbers: Numbers::Either(a, b, _), .. }) = parts::cut(cell) else { return };
        match (a > 12, b > 12) {
            (true, false) => self.n_day_first += 1,
            (false, true) => self.n_month_first += 1,
            (false, false) if a != b => self.n_either += 1,
            _ => {}
        }
    }

    /// Whether dates were seen whose day and month could be either, and none that settles it.
    pub fn is_ambiguous(&self) -> bool {
        self.order.is_none() && self.n_either > 0 && self.n_day_first == 0 && self.n_month_first == 0
    }

    /// Settles the order of day and month from what was seen; the note says how, if there was anything to settle.
    pub fn settle(&mut self) -> Option<String> {
        if self.order.is_some() {
            return None;
        }
        let (days, months) = (self.n_day_first, self.n_month_first);
        if days == 0 && months == 0 && self.n_either == 0 {
            return None;
        }
        let order = if days > months { DateOrder::DayFirst } else { DateOrder::MonthFirst };
        self.order = Some(order);
        let name = match order {
            DateOrder::DayFirst => "day first",
            DateOrder::MonthFirst => "month first",
        };
        let key = match order {
            DateOrder::DayFirst => "month_first",
            DateOrder::MonthFirst => "day_first",
        };
        Some(match (days, months) {
            (0, 0) => {
                format!("dates such as 03/04/2026 are read {name}: nothing in the column tells; if wrong, set date_order = \"{key}\"")
            }
            (0, n) | (n, 0) => format!("dates such as 03/04/2026 are read {name}: {n} dates can be read in no other way"),
            _ => format!("dates are mixed: {days} are day first, {months} month first; where both are possible they are read {name}"),
        })
    }

    /// Reads one cell.
    ///
    /// Fails with what is wrong with it; an empty cell is unreadable.
    pub fn parse(&self, cell: &str) -> Result<Moment, BadDate> {
        let cell = cell.trim();
        if let Some((date, rest)) = iso_date(cell.as_bytes()) {
            if rest.is_empty() {
                return self.local(date.ok_or(BadDate::Unreadable)?.at(0, 0, 0, 0), false);
            }
            let (clock, is_zulu) = rest.strip_suffix(b"Z").map_or((rest, false), |clock| (clock, true));
            if let Some((hour, minute, second)) = iso_time(clock) {
                let date = date.ok_or(BadDate::Unreadable)?;
                let time = jiff::civil::Time::new(hour, minute, second, 0).map_err(|_| BadDate::Unreadable)?;
                let local = date.to_datetime(time);
                return if is_zulu { self.instant(micros_of(local), true) } else { self.local(local, true) };
            }
        }
        if let Some(moment) = self.number(cell) {
            return moment;
        }
        let parts = parts::cut(cell).ok_or(BadDate::Unreadable)?;
        let (year, month, day) = self.order_of(parts.numbers).ok_or(BadDate::Unreadable)?;
        let date = Date::new(year, month, day).map_err(|_| BadDate::Unreadable)?;
        let local = parts.time.map_or_else(|| date.at(0, 0, 0, 0), |time| date.to_datetime(time));
        match parts.zone {
            Zone::Offset(seconds) if parts.time.is_some() => self.instant(micros_of(local) - i64::from(seconds) * 1_000_000, true),
            _ => self.local(local, parts.time.is_some()),
        }
    }

    fn order_of(&self, numbers: Numbers) -> Option<(i16, i8, i8)> {
        match numbers {
            Numbers::Settled(year, month, day) => Some((year, month, day)),
            Numbers::Either(a, b, year) => {
                let is_day_first = match (a > 12, b > 12) {
                    (true, true) => return None,
                    (true, false) => true,
                    (false, true) => false,
                    (false, false) => self.order == Some(DateOrder::DayFirst),
                };
                Some(if is_day_first { (year, b, a) } else { (year, a, b) })
            }
        }
    }

    /// Numbers only: days of a spreadsheet, Unix seconds, milliseconds and microseconds.
    fn number(&self, cell: &str) -> Option<Result<Moment, BadDate>> {
        let (whole, fraction) = cell.split_once('.').unwrap_or((cell, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        let number: i64 = whole.parse().ok()?;
        if self.serials == Serials::Excel && (1..=99_999).contains(&number) {
            let part = format!("0.{fraction}").parse::<f64>().ok()?;
            // Serial 25,569 is 1970-01-01; spreadsheets count a 29 February 1900 that never was, which matters only before March 1900.
            let micros = (number - 25_569) * 86_400_000_000 + (part * 86_400.0).round() as i64 * 1_000_000;
            let local = DateTime::from_parts_of(micros)?;
            return Some(self.local(local, part > 0.0));
        }
        match whole.len() {
            1 if number == 0 => Some(Err(BadDate::Epoch)),
            9 | 10 => Some(self.instant(number * 1_000_000, true)),
            12 | 13 => Some(self.instant(number * 1000, true)),
            16 => Some(self.instant(number, true)),
            _ => None,
        }
    }

    /// A moment from a local date and time.
    fn local(&self, local: DateTime, has_time: bool) -> Result<Moment, BadDate> {
        let date = local.date();
        let local_date = (date.year(), date.month(), date.day());
        in_range(local_date)?;
        let micros_utc = if self.is_utc {
            micros_of(local)
        } else {
            self.zone.to_ambiguous_timestamp(local).compatible().map_err(|_| BadDate::Unreadable)?.as_microsecond()
        };
        Ok(Moment { micros_utc, has_time, local_date })
    }

    /// A moment from an instant.
    fn instant(&self, micros_utc: i64, has_time: bool) -> Result<Moment, BadDate> {
        let instant = jiff::Timestamp::from_microsecond(micros_utc).map_err(|_| BadDate::Unreadable)?;
        let date = self.zone.to_datetime(instant).date();
        if micros_utc == 0 {
            return Err(BadDate::Epoch);
        }
        let local_date = (date.year(), date.month(), date.day());
        in_range(local_date)?;
        Ok(Moment { micros_utc, has_time, local_date })
    }
}

fn in_range(date: (i16, i8, i8)) -> Result<(), BadDate> {
    match date {
        (1970, 1, 1) => Err(BadDate::Epoch),
        (year, ..) if year < 1970 => Err(BadDate::OutOfRange),
        _ => Ok(()),
    }
}

/// The month in which a wave is reported: that of `2026-07`, `July 2026` or a day, the last of the quarter `2026-Q3`, `Q3 2026` or `3Q26`.
///
/// None: the wave has a name only.
pub fn wave_month(cell: &str) -> Option<(i16, i8)> {
    let cell = cell.trim();
    let mut parts = cell.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let quarter = |part: &str| {
        let number = part.strip_prefix(['Q', 'q']).or_else(|| part.strip_suffix(['Q', 'q']))?;
        number.parse::<i8>().ok().filter(|quarter| (1..=4).contains(quarter))
    };
    let year = |part: &str| match part.len() {
        4 => part.parse::<i16>().ok().filter(|year| *year >= 1970),
        2 => part.parse::<i16>().ok().map(|year| 2000 + year),
        _ => None,
    };
    let split = |part: &str| part.find(['Q', 'q']).map(|at| (part.get(..=at).map(str::to_owned), part.get(at + 1..).map(str::to_owned)));
    match (parts.next(), parts.next(), parts.next()) {
        (Some(a), Some(b), None) if quarter(a).is_some() && year(b).is_some() => Some((year(b)?, quarter(a)? * 3)),
        (Some(a), Some(b), None) if quarter(b).is_some() && year(a).is_some() => Some((year(a)?, quarter(b)? * 3)),
        (Some(a), None, None) if a.len() >= 4 && split(a).is_some() => match split(a)? {
            (Some(head), Some(tail)) if quarter(&head).is_some() => Some((year(&tail)?, quarter(&head)? * 3)),
            (Some(head), Some(tail)) => Some((year(head.trim_end_matches(['Q', 'q']))?, quarter(&format!("Q{tail}"))? * 3)),
            _ => None,
        },
        _ => {
            let moment = DateReader::new("UTC", None).ok()?.parse(cell).ok()?;
            Some((moment.local_date.0, moment.local_date.1))
        }
    }
}

/// A date and time from microseconds that are read as local ones.
trait FromParts: Sized {
    fn from_parts_of(micros: i64) -> Option<Self>;
}

impl FromParts for DateTime {
    fn from_parts_of(micros: i64) -> Option<Self> {
        Some(TimeZone::UTC.to_datetime(jiff::Timestamp::from_microsecond(micros).ok()?))
    }
}

/// Microseconds of a date and time that is in UTC.
fn micros_of(local: DateTime) -> i64 {
    let days = days_from_civil(i64::from(local.year()), i64::from(local.month()), i64::from(local.day()));
    let seconds = days * 86_400 + i64::from(local.hour()) * 3600 + i64::from(local.minute()) * 60 + i64::from(local.second());
    seconds * 1_000_000 + i64::from(local.subsec_nanosecond()) / 1000
}

/// Days since 1970-01-01 in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// `YYYY-MM-DD` at the start, and what follows; the date is none if it is no day of the calendar.
fn iso_date(cell: &[u8]) -> Option<(Option<Date>, &[u8])> {
    let (head, rest) = cell.split_first_chunk::<10>()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *head else { return None };
    let digit = |b: u8| b.is_ascii_digit().then(|| i16::from(b - b'0'));
    let year = digit(y1)? * 1000 + digit(y2)? * 100 + digit(y3)? * 10 + digit(y4)?;
    let month = digit(m1)? * 10 + digit(m2)?;
    let day = digit(d1)? * 10 + digit(d2)?;
    Some((Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok(), rest))
}

/// `THH:MM:SS` or ` HH:MM`, of a day that has them, and nothing more.
fn iso_time(rest: &[u8]) -> Option<(i8, i8, i8)> {
    let (h1, h2, m1, m2, s1, s2) = match *rest {
        [b'T' | b' ', h1, h2, b':', m1, m2, b':', s1, s2] => (h1, h2, m1, m2, s1, s2),
        [b'T' | b' ', h1, h2, b':', m1, m2] => (h1, h2, m1, m2, b'0', b'0'),
        _ => return None,
    };
    let pair = |a: u8, b: u8| (a.is_ascii_digit() && b.is_ascii_digit()).then(|| ((a - b'0') * 10 + (b - b'0')).cast_signed());
    let time = (pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?);
    (time.0 < 24 && time.1 < 60 && time.2 < 60).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(moment: Result<Moment, BadDate>) -> String {
        match moment {
            Err(bad) => format!("{bad:?}"),
            Ok(Moment { micros_utc, has_time, local_date: (year, month, day) }) => {
                let utc = jiff::Timestamp::from_microsecond(micros_utc).unwrap();
                format!("{utc} {year}-{month:02}-{day:02}{}", if has_time { " t" } else { "" })
            }
        }
    }

    fn check(zone: &str, cell: &str, expected: &str) {
        assert_eq!(show(DateReader::new(zone, None).unwrap().parse(cell)), expected, "{cell}");
    }

    /// Two blanks are no ISO: the same cell the slow way.
    #[test]
    fn the_fast_way_says_what_the_slow_one_does() {
        for zone in ["UTC", "America/New_York"] {
            let reader = DateReader::new(zone, None).unwrap();
            for (hour, minute) in (0..26).flat_map(|hour| [0, 7, 59, 60].map(|minute| (hour, minute))) {
                for end in ["", ":00", ":59", ":60", "Z", ":07Z"] {
                    for day in ["2026-03-08", "2026-02-30", "1970-01-01", "1969-12-31"] {
                        let (fast, slow) = (format!("{day} {hour:02}:{minute:02}{end}"), format!("{day}  {hour:02}:{minute:02}{end}"));
                        assert_eq!(show(reader.parse(&fast)), show(reader.parse(&slow)), "{fast}");
                    }
                }
            }
        }
    }

    #[test]
    fn formats() {
        let day = "2026-07-14T00:00:00Z 2026-07-14";
        for cell in [
            "2026-07-14",
            "2026/07/14",
            "2026.7.14",
            "14.07.2026",
            "14/07/2026",
            "07/14/2026",
            "7/14/2026",
            "14-07-2026",
            "14-Jul-2026",
            "14 July 2026",
            "July 14, 2026",
            "Jul 14 2026",
            "14th of July 2026",
            "Tuesday, July 14, 2026",
            "20260714",
            "14/07/26",
            "7/14/26",
            "14-Jul-26",
            " 2026-07-14 ",
            "14. Juli 2026",
            "14 juillet 2026",
            "14 de julio de 2026",
        ] {
            check("UTC", cell, day);
        }
        let noon = "2026-07-14T12:30:00Z 2026-07-14 t";
        for cell in [
            "2026-07-14T12:30:00",
            "2026-07-14 12:30:00",
            "2026-07-14T12:30:00Z",
            "2026-07-14T12:30",
            "2026-07-14 12:30:00.000",
            "2026-07-14T14:30:00+02:00",
            "2026-07-14 07:30:00 -0500",
            "14/07/2026 12:30",
            "07/14/2026 12:30 PM",
            "7/14/2026 12:30:00 pm",
            "14.07.2026 12:30:00",
            "20260714123000",
            "20260714T123000Z",
            "Tue, 14 Jul 2026 14:30:00 +0200",
            "14 Jul 2026 12:30:00 GMT",
            "Tue Jul 14 12:30:00 +0000 2026",
            "July 14, 2026 12:30 PM",
            "1784032200",
            "1784032200000",
            "2026-07-14 12:30:00 UTC",
            "7/14/2026 12:30:00 p.m.",
            "2026-07-14T12:30:00.000000Z",
        ] {
            check("UTC", cell, noon);
        }
        check("UTC", "2026-07", "2026-07-01T00:00:00Z 2026-07-01");
        check("UTC", "07/2026", "2026-07-01T00:00:00Z 2026-07-01");
        check("UTC", "July 2026", "2026-07-01T00:00:00Z 2026-07-01");
        check("UTC", "7/14/2026 12:05 AM", "2026-07-14T00:05:00Z 2026-07-14 t");
    }

    #[test]
    fn the_local_day_gives_the_month() {
        check("America/New_York", "2026-08-01T02:00:00Z", "2026-08-01T02:00:00Z 2026-07-31 t");
        check("America/New_York", "2026-08-01 02:00:00", "2026-08-01T06:00:00Z 2026-08-01 t");
        check("America/New_York", "2026-08-01", "2026-08-01T04:00:00Z 2026-08-01");
        // Clocks go forward at 02:00: the hour that is skipped is read as the one after.
        check("America/New_York", "2026-03-08 02:30:00", "2026-03-08T07:30:00Z 2026-03-08 t");
    }

    #[test]
    fn bad_dates() {
        for cell in [
            "",
            "n/a",
            "2026-02-30",
            "2026-13-01",
            "13/13/2026",
            "yesterday",
            "5",
            "99999999",
            "2026-07-14 25:00:00",
            "32 July 2026",
            "12:30",
            "1.5",
            "4/5",
        ] {
            check("UTC", cell, "Unreadable");
        }
        for cell in ["1970-01-01", "1970-01-01T00:00:00Z", "01/01/1970", "0"] {
            check("UTC", cell, "Epoch");
        }
        check("America/New_York", "1970-01-01T00:00:00Z", "Epoch");
        for cell in ["1969-12-31", "1900-01-00".replace("00", "01").as_str(), "12/30/1899", "0001-01-01"] {
            check("UTC", cell, "OutOfRange");
        }
    }

    #[test]
    fn waves() {
        for (cell, month) in [
            ("2026-07", Some((2026, 7))),
            ("July 2026", Some((2026, 7))),
            ("2026-Q3", Some((2026, 9))),
            ("Q1 2026", Some((2026, 3))),
            ("2026Q4", Some((2026, 12))),
            ("3Q26", Some((2026, 9))),
            ("Q2/26", Some((2026, 6))),
            ("2026-07-14", Some((2026, 7))),
            ("Wave 3", None),
            ("Q5 2026", None),
            ("", None),
            ("q", None),
        ] {
            assert_eq!(wave_month(cell), month, "{cell}");
        }
    }

    fn order(cells: &[&str], cell: &str) -> (String, String) {
        let mut reader = DateReader::new("UTC", None).unwrap();
        cells.iter().for_each(|cell| reader.see(cell));
        let note = reader.settle().unwrap_or_default();
        (show(reader.parse(cell)), note)
    }

    #[test]
    fn the_column_settles_day_and_month() {
        let (moment, note) = order(&["03/04/2026", "25/04/2026"], "03/04/2026");
        assert_eq!(moment, "2026-04-03T00:00:00Z 2026-04-03");
        assert!(note.contains("day first: 1 dates"), "{note}");
        let (moment, note) = order(&["2/24/2015 11:35", "03/04/2026"], "03/04/2026");
        assert_eq!(moment, "2026-03-04T00:00:00Z 2026-03-04");
        assert!(note.contains("month first: 1 dates"), "{note}");
        assert!(order(&["03/04/2026"], "03/04/2026").1.contains("date_order = \"day_first\""));
        assert!(order(&["25/04/2026", "04/25/2026", "26/04/2026"], "03/04/2026").1.contains("mixed"));
        assert_eq!(order(&["2026-03-04", "04.03.2026"], "04.03.2026").0, "2026-03-04T00:00:00Z 2026-03-04");
        assert_eq!(order(&["2026-03-04"], "2026-03-04").1, "");
    }

    #[test]
    fn serials_only_where_asked_for() {
        let reader = DateReader::new("UTC", None).unwrap().with_serials(Serials::Excel);
        assert_eq!(show(reader.parse("46217")), "2026-07-14T00:00:00Z 2026-07-14");
        assert_eq!(show(reader.parse("46217.5")), "2026-07-14T12:00:00Z 2026-07-14 t");
        check("UTC", "46217", "Unreadable");
    }

    proptest::proptest! {
        #[test]
        fn no_cell_panics_and_iso_agrees_with_jiff(cell in "[ 0-9a-zA-Z:/.,+-]{0,30}", days in 1i64..40_000) {
            let reader = DateReader::new("UTC", None).unwrap();
            proptest::prop_assert!(reader.parse(&cell).is_ok_and(|moment| moment.local_date.0 >= 1970) || reader.parse(&cell).is_err());
            let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let micros = date.to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond();
            proptest::prop_assert_eq!(reader.parse(&date.to_string()).unwrap().micros_utc, micros);
        }
    }
}
