//! How is a figure written?
//!
//! A figure that is null is a dash; a minus is a minus sign, so that it is not taken for a dash.

use crate::month::Month;

/// What stands for null.
pub(crate) const NOT_GIVEN: &str = "–";

/// What a figure counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Promoters less detractors, -100 to 100.
    Nps,
    /// A share, 0 to 1, written in per cent.
    Share,
    /// Points of a scale.
    Points,
}

impl Unit {
    /// The unit of a statistic of `kpi_month`.
    pub(crate) fn of(statistic: &str) -> Self {
        match statistic {
            "nps" => Self::Nps,
            "mean" | "ces" => Self::Points,
            _ => Self::Share,
        }
    }

    /// A value.
    pub(crate) fn value(self, value: Option<f64>) -> String {
        let Some(value) = value else { return NOT_GIVEN.to_owned() };
        match self {
            Self::Nps => signed(value, 1),
            Self::Share => format!("{}%", plain(100.0 * value, 1)),
            Self::Points => plain(value, 2),
        }
    }

    /// An interval: "31.2% to 44.0%".
    pub(crate) fn interval(self, low: Option<f64>, high: Option<f64>) -> String {
        match (low, high) {
            (Some(_), Some(_)) => format!("{} to {}", self.value(low), self.value(high)),
            _ => NOT_GIVEN.to_owned(),
        }
    }

    /// How far something moved, after a word that tells the way: "3.1 pts".
    pub(crate) fn distance(self, change: Option<f64>) -> String {
        self.change(change.map(f64::abs)).trim_start_matches('+').to_owned()
    }

    /// A change: "+3.1 pts".
    pub(crate) fn change(self, change: Option<f64>) -> String {
        let Some(change) = change else { return NOT_GIVEN.to_owned() };
        match self {
            Self::Nps => format!("{} pts", signed(change, 1)),
            Self::Share => format!("{} pts", signed(100.0 * change, 1)),
            Self::Points => signed(change, 2),
        }
    }
}

/// A number with so many decimals.
pub(crate) fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.' | b'-'));
    match text.strip_prefix('-') {
        Some(zero) if is_zero => zero.to_owned(),
        Some(digits) => format!("−{digits}"),
        None => text,
    }
}

/// A number with its sign.
pub(crate) fn signed(value: f64, decimals: usize) -> String {
    let text = plain(value, decimals);
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    if is_zero || text.starts_with('−') { text } else { format!("+{text}") }
}

/// A count, thousands parted.
pub(crate) fn count(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if n < 0 { format!("−{text}") } else { text }
}

/// A count that may be null.
pub(crate) fn count_or_dash(n: Option<i64>) -> String {
    n.map_or_else(|| NOT_GIVEN.to_owned(), count)
}

/// "1 case", "2 cases".
pub(crate) fn counted(n: usize, one: &str, more: &str) -> String {
    format!("{} {}", count(n as i64), if n == 1 { one } else { more })
}

/// A sentiment, -1 to 1.
pub(crate) fn sentiment(value: Option<f64>) -> String {
    value.map_or_else(|| NOT_GIVEN.to_owned(), |value| signed(value, 2))
}

/// A time to the minute, UTC.
pub(crate) fn time(microseconds: Option<i64>) -> String {
    let time = microseconds.and_then(|us| jiff::Timestamp::from_microsecond(us).ok());
    time.map_or_else(|| NOT_GIVEN.to_owned(), |time| time.strftime("%Y-%m-%d %H:%M").to_string())
}

/// A day, from days since 1970.
pub(crate) fn day(days: Option<i64>) -> String {
    let epoch = jiff::civil::Date::new(1970, 1, 1).ok();
    let date = days.and_then(|days| epoch?.checked_add(jiff::Span::new().try_days(days).ok()?).ok());
    date.map_or_else(|| NOT_GIVEN.to_owned(), |date| date.to_string())
}

/// A span of time in hours or, from two days on, days.
pub(crate) fn hours(microseconds: Option<f64>) -> String {
    match microseconds.map(|us| us / 3.6e9) {
        None => NOT_GIVEN.to_owned(),
        Some(hours) if hours < 48.0 => format!("{} h", plain(hours, 1)),
        Some(hours) => format!("{} days", plain(hours / 24.0, 1)),
    }
}

/// "September 2026".
pub(crate) fn month_name(month: Month) -> String {
    month.first_day().strftime("%B %Y").to_string()
}

/// "Sep 26".
pub(crate) fn short_month(month: Month) -> String {
    month.first_day().strftime("%b %y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_people_write_them() {
        let check = |written: String, expected: &str| assert_eq!(written, expected);
        check(Unit::Nps.value(Some(-12.34)), "−12.3");
        check(Unit::Nps.value(Some(0.0)), "0.0");
        check(Unit::Nps.change(Some(4.0)), "+4.0 pts");
        check(Unit::Share.value(Some(0.4231)), "42.3%");
        check(Unit::Share.change(Some(-0.00001)), "0.0 pts");
        check(Unit::Nps.distance(Some(-4.0)), "4.0 pts");
        check(Unit::Points.distance(None), "–");
        check(Unit::Share.interval(Some(0.1), Some(0.2)), "10.0% to 20.0%");
        check(Unit::Points.value(Some(3.456)), "3.46");
        check(Unit::Points.value(None), "–");
        check(count(1_234_567), "1,234,567");
        check(count(999), "999");
        check(count(-1000), "−1,000");
        check(counted(1, "case", "cases"), "1 case");
        check(time(Some(0)), "1970-01-01 00:00");
        check(month_name(Month::new(2026, 9)), "September 2026");
    }
}
