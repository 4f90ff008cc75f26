//! By when does somebody have to act?
//!
//! Rules give calendar time ("24h", "2 days") or business time ("2 business days", "8 business hours"). Business time runs in the
//! hours of a [`Calendar`]: Monday to Friday, 09:00 to 17:00 UTC, unless `[hotline.calendar]` says otherwise.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use crate::config::CalendarSettings;
use crate::error::{Error, Result};

const HOUR_MICROS: i64 = 3_600_000_000;

/// When business is open.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    opens: i8,
    closes: i8,
    days: Vec<Weekday>,
    holidays: BTreeSet<Date>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self::of(&CalendarSettings::default()).expect("the defaults are a calendar")
    }
}

impl Calendar {
    /// Reads the settings.
    ///
    /// Fails with [`Error::Setting`] for a zone, hour, day or holiday that is none.
    pub fn of(settings: &CalendarSettings) -> Result<Self> {
        let fail = |what: String, hint: &str| Error::Setting { place: "[hotline.calendar]".to_owned(), what, hint: Some(hint.to_owned()) };
        let zone = TimeZone::get(&settings.time_zone).map_err(|_| {
            fail(format!("time zone `{}` is not known", settings.time_zone), "use an IANA name such as `America/New_York` or `UTC`")
        })?;
        let [opens, closes] = settings.hours;
        if opens >= closes || closes > 24 {
            return Err(fail(
                format!("hours [{opens}, {closes}] are no business day"),
                "whole hours, the first before the second: [9, 17]",
            ));
        }
        let day = |name: &String| weekday(name).ok_or_else(|| fail(format!("`{name}` is no day"), "mon, tue, wed, thu, fri, sat, sun"));
        let days = settings.days.iter().map(day).collect::<Result<Vec<_>>>()?;
        if days.is_empty() {
            return Err(fail("no day is a business day".to_owned(), "name at least one: days = [\"mon\", \"tue\"]"));
        }
        let holiday = |day: &String| day.parse().map_err(|_| fail(format!("`{day}` is no day"), "write holidays as YYYY-MM-DD"));
        let holidays = settings.holidays.iter().map(holiday).collect::<Result<_>>()?;
        Ok(Self { zone, opens: opens as i8, closes: closes as i8, days, holidays })
    }

    /// Opening and closing time of a day, microseconds; none: closed all day.
    fn hours(&self, day: Date) -> Option<(i64, i64)> {
        if !self.days.contains(&day.weekday()) || self.holidays.contains(&day) {
            return None;
        }
        let at = |hour: i8| -> Option<i64> {
            let (day, hour) = if hour == 24 { (day.saturating_add(1.day()), 0) } else { (day, hour) };
            Some(day.at(hour, 0, 0, 0).to_zoned(self.zone.clone()).ok()?.timestamp().as_microsecond())
        };
        Some((at(self.opens)?, at(self.closes)?))
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name.trim().to_lowercase().as_str() {
        "mon" | "monday" => Weekday::Monday,
        "tue" | "tuesday" => Weekday::Tuesday,
        "wed" | "wednesday" => Weekday::Wednesday,
        "thu" | "thursday" => Weekday::Thursday,
        "fri" | "friday" => Weekday::Friday,
        "sat" | "saturday" => Weekday::Saturday,
        "sun" | "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

/// A time to respond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RespondWithin {
    /// Hours by the calendar.
    Calendar(u32),
    /// Hours in which business is open.
    Business(u32),
    /// Business days, each as long as business is open on one.
    BusinessDays(u32),
}

impl RespondWithin {
    /// Reads "24h", "2 days", "2 business days", "8 business hours".
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at_checked(end)?;
        let number: u32 = number.parse().ok().filter(|n| (1..=10_000).contains(n))?;
        match unit.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["h" | "hour" | "hours"] => Some(Self::Calendar(number)),
            ["d" | "day" | "days"] => Some(Self::Calendar(number * 24)),
            ["business", "h" | "hour" | "hours"] => Some(Self::Business(number)),
            ["business", "d" | "day" | "days"] => Some(Self::BusinessDays(number)),
            _ => None,
        }
    }

    /// About how long it is by the calendar, for comparing.
    pub fn calendar_hours(self) -> i64 {
        match self {
            Self::Calendar(hours) => i64::from(hours),
            Self::Business(hours) => i64::from(hours) * 168 / 40,
            Self::BusinessDays(days) => i64::from(days) * 168 / 5,
        }
    }

    /// The end of the time that starts at `from`, microseconds since 1970-01-01T00:00Z.
    pub fn after(self, from: i64, calendar: &Calendar) -> i64 {
        let a_day = i64::from(calendar.closes - calendar.opens);
        match self {
            Self::Calendar(hours) => from.saturating_add(i64::from(hours) * HOUR_MICROS),
            Self::Business(hours) => business_after(from, i64::from(hours) * HOUR_MICROS, calendar),
            Self::BusinessDays(days) => business_after(from, i64::from(days) * a_day * HOUR_MICROS, calendar),
        }
    }
}

impl std::fmt::Display for RespondWithin {
    /// As [`RespondWithin::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Calendar(hours) => write!(f, "{hours}h"),
            Self::Business(hours) => write!(f, "{hours} business hours"),
            Self::BusinessDays(days) => write!(f, "{days} business days"),
        }
    }
}

fn business_after(from: i64, mut left: i64, calendar: &Calendar) -> i64 {
    let Ok(start) = Timestamp::from_microsecond(from) else { return from };
    let mut day = start.to_zoned(calendar.zone.clone()).date();
    let mut now = from;
    // 10,000 hours of a business that is open for one hour on one day of the week are 192 years.
    for _ in 0..71_000 {
        if let Some((opens, closes)) = calendar.hours(day)
            && now < closes
        {
            let begin = now.max(opens);
            if left <= closes - begin {
                return begin + left;
            }
            left -= closes - begin;
            now = closes;
        }
        day = day.saturating_add(1.day());
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(within: &str, from: &str) -> String {
        after_in(&Calendar::default(), within, from)
    }

    fn after_in(calendar: &Calendar, within: &str, from: &str) -> String {
        let from: Timestamp = from.parse().unwrap();
        let micros = RespondWithin::parse(within).unwrap().after(from.as_microsecond(), calendar);
        Timestamp::from_microsecond(micros).unwrap().to_string()
    }

    #[test]
    fn calendar_and_business_time() {
        // 2026-07-17 is a Friday.
        assert_eq!(after("24h", "2026-07-17T15:00:00Z"), "2026-07-18T15:00:00Z");
        assert_eq!(after("1 business day", "2026-07-17T15:00:00Z"), "2026-07-20T15:00:00Z");
        assert_eq!(after("4 business hours", "2026-07-17T15:00:00Z"), "2026-07-20T11:00:00Z");
        assert_eq!(after("2 business days", "2026-07-18T03:00:00Z"), "2026-07-21T17:00:00Z");
        assert_eq!(after("2 days", "2026-07-17T15:00:00Z"), "2026-07-19T15:00:00Z");
    }

    #[test]
    fn business_hours_are_those_of_the_settings() {
        let settings = CalendarSettings {
            time_zone: "America/New_York".to_owned(),
            hours: [8, 18],
            days: ["mon", "tue", "wed", "thu", "fri", "Saturday"].map(str::to_owned).to_vec(),
            holidays: vec!["2026-07-20".to_owned()],
        };
        let calendar = Calendar::of(&settings).unwrap();
        // Friday 15:00 in New York: three hours are left of it, then Saturday; Monday is a holiday.
        assert_eq!(after_in(&calendar, "5 business hours", "2026-07-17T19:00:00Z"), "2026-07-18T14:00:00Z");
        assert_eq!(after_in(&calendar, "2 business days", "2026-07-17T12:00:00Z"), "2026-07-18T22:00:00Z");
        assert_eq!(after_in(&calendar, "2 business days", "2026-07-18T12:00:00Z"), "2026-07-21T22:00:00Z");
        // Clocks went back on 1 November 2026: 08:00 is 13:00 UTC from then on.
        assert_eq!(after_in(&calendar, "1 business hour", "2026-11-01T20:00:00Z"), "2026-11-02T14:00:00Z");
        let whole = Calendar::of(&CalendarSettings { hours: [0, 24], ..CalendarSettings::default() }).unwrap();
        assert_eq!(after_in(&whole, "1 business day", "2026-07-17T15:00:00Z"), "2026-07-20T15:00:00Z");
    }

    #[test]
    fn a_calendar_that_is_none_is_refused() {
        let check = |settings: CalendarSettings, what: &str| {
            let error = Calendar::of(&settings).unwrap_err();
            assert!(error.to_string().contains(what) && error.hint().is_some(), "{error}");
        };
        let default = CalendarSettings::default;
        check(CalendarSettings { time_zone: "Mars".to_owned(), ..default() }, "`Mars`");
        check(CalendarSettings { hours: [17, 9], ..default() }, "[17, 9]");
        check(CalendarSettings { hours: [9, 25], ..default() }, "[9, 25]");
        check(CalendarSettings { days: Vec::new(), ..default() }, "no day");
        check(CalendarSettings { days: vec!["someday".to_owned()], ..default() }, "`someday`");
        check(CalendarSettings { holidays: vec!["25.12.".to_owned()], ..default() }, "`25.12.`");
    }

    #[test]
    fn several_writings_are_one_time() {
        for (text, time) in
            [("24h", "24h"), ("2 days", "48h"), ("2 Business day", "2 business days"), ("4 Business hours", "4 business hours")]
        {
            let parsed = RespondWithin::parse(text).unwrap();
            assert_eq!(parsed.to_string(), time);
            assert_eq!(RespondWithin::parse(time), Some(parsed));
        }
    }

    #[test]
    fn other_writings_are_refused() {
        for text in ["", "soon", "0h", "24", "-1h", "2 weeks"] {
            assert_eq!(RespondWithin::parse(text), None, "{text}");
        }
    }
}
