//! By when does somebody have to act?
//!
//! Rules give calendar time ("24h", "2 days") or business time ("2 business days", "8 business hours"): Monday to
//! Friday, 09:00 to 17:00 UTC.

use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

const HOUR_MICROS: i64 = 3_600_000_000;
/// Opening hours of a business day.
const OPENS: i64 = 9;
const CLOSES: i64 = 17;

/// A time to respond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RespondWithin {
    /// Hours by the calendar.
    Calendar(u32),
    /// Hours of business days; a business day has eight.
    Business(u32),
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
            ["business", "d" | "day" | "days"] => Some(Self::Business(number * (CLOSES - OPENS) as u32)),
            _ => None,
        }
    }

    /// About how long it is by the calendar, for comparing.
    pub fn calendar_hours(self) -> i64 {
        match self {
            Self::Calendar(hours) => i64::from(hours),
            Self::Business(hours) => i64::from(hours) * 168 / 40,
        }
    }

    /// The end of the time that starts at `from`, microseconds since 1970-01-01T00:00Z.
    pub fn after(self, from: i64) -> i64 {
        match self {
            Self::Calendar(hours) => from.saturating_add(i64::from(hours) * HOUR_MICROS),
            Self::Business(hours) => business_after(from, i64::from(hours) * HOUR_MICROS),
        }
    }
}

impl std::fmt::Display for RespondWithin {
    /// As [`RespondWithin::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Calendar(hours) => write!(f, "{hours}h"),
            Self::Business(hours) => write!(f, "{hours} business hours"),
        }
    }
}

fn business_after(from: i64, mut left: i64) -> i64 {
    let Ok(start) = Timestamp::from_microsecond(from) else { return from };
    let mut day = start.to_zoned(TimeZone::UTC).date();
    let mut now = from;
    // 10,000 hours are 1,250 business days, 1,750 days by the calendar.
    for _ in 0..2000 {
        let midnight = day.to_zoned(TimeZone::UTC).map_or(now, |z| z.timestamp().as_microsecond());
        let (opens, closes) = (midnight + OPENS * HOUR_MICROS, midnight + CLOSES * HOUR_MICROS);
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && now < closes {
            let begin = now.max(opens);
            if left <= closes - begin {
                return begin + left;
            }
            left -= closes - begin;
        }
        day = day.saturating_add(1.day());
        now = day.to_zoned(TimeZone::UTC).map_or(now, |z| z.timestamp().as_microsecond());
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(within: &str, from: &str) -> String {
        let from: Timestamp = from.parse().unwrap();
        let micros = RespondWithin::parse(within).unwrap().after(from.as_microsecond());
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
    fn several_writings_are_one_time() {
        for (text, time) in
            [("24h", "24h"), ("2 days", "48h"), ("2 business days", "16 business hours"), ("4 Business hours", "4 business hours")]
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
