//! Which month is a response reported in?
//!
//! Tables hold the first day of a month as days since 1970-01-01; folders are named after it.

use jiff::civil::Date;

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// From a year and a month of it, 1 to 12.
    pub fn new(year: i16, month: i8) -> Self {
        Self(i32::from(year) * 12 + i32::from(month) - 1)
    }

    /// Reads `YYYY-MM`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.trim().split_once('-')?;
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let (year, month) = (year.parse::<i16>().ok()?, month.parse::<i8>().ok()?);
        (1900..=2200).contains(&year).then_some(())?;
        (1..=12).contains(&month).then(|| Self::new(year, month))
    }

    /// The month of its first day, in days since 1970-01-01, as tables hold it.
    pub fn from_days(days: i32) -> Self {
        let date = Date::new(1970, 1, 1).expect("a day").saturating_add(jiff::Span::new().days(days));
        Self::new(date.year(), date.month())
    }

    /// Its first day, in days since 1970-01-01.
    pub fn days(self) -> i32 {
        // Asked for with every row. Years are counted from March, so that the day which some of them have is their last; 719,468 days lie between
        // 1 March of year 0 and 1970.
        let from_march = self.0 - 2;
        let (year, month) = (from_march.div_euclid(12), from_march.rem_euclid(12));
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 - 719_468
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        let year = i16::try_from(self.0.div_euclid(12)).expect("months are of years within i16");
        Date::new(year, (self.0.rem_euclid(12) + 1) as i8, 1).expect("the first day of a month is a day")
    }

    /// The month `n` later.
    pub fn plus(self, n: i32) -> Self {
        Self(self.0 + n)
    }

    /// How many months later `self` is than `earlier`.
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// `p_month=YYYY-MM-01`, the name of its folder.
    pub fn folder(self) -> String {
        format!("p_month={}", self.first_day())
    }

    /// Reads the name of a folder.
    pub fn from_folder(name: &str) -> Option<Self> {
        Self::parse(name.strip_prefix("p_month=")?.strip_suffix("-01")?)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let day = self.first_day();
        write!(f, "{:04}-{:02}", day.year(), day.month())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let epoch = Date::new(1970, 1, 1).unwrap();
        for month in (1800 * 12..2300 * 12).map(Month) {
            assert_eq!(month.days(), epoch.until(month.first_day()).unwrap().get_days(), "{month}");
        }
    }

    #[test]
    fn months_go_there_and_back() {
        for text in ["1970-01", "1969-12", "2026-07", "2100-02"] {
            let month = Month::parse(text).unwrap();
            assert_eq!(month.to_string(), text);
            assert_eq!(Month::from_days(month.days()), month);
            assert_eq!(Month::from_folder(&month.folder()), Some(month));
        }
        assert_eq!(Month::parse("2026-07").unwrap().days(), 20635);
        assert_eq!(Month::parse("2026-12").unwrap().plus(1).to_string(), "2027-01");
        for text in ["2026-13", "26-07", "2026-7", "July", "2026-07-01", "+026-07"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }
}
