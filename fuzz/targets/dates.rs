//! Dates: no cell panics, and what is read lies in the range that tables hold.

#![no_main]

use libfuzzer_sys::fuzz_target;
use outspoken::config::DateOrder;
use outspoken::source::dates::{DateReader, Serials};

fuzz_target!(|text: &str| {
    for (zone, order, serials) in [
        ("UTC", None, Serials::No),
        ("America/New_York", Some(DateOrder::MonthFirst), Serials::Excel),
        ("Pacific/Apia", Some(DateOrder::DayFirst), Serials::No),
    ] {
        let mut reader = DateReader::new(zone, order).expect("a zone of the database").with_serials(serials);
        text.lines().for_each(|line| reader.see(line));
        reader.settle();
        for line in text.lines() {
            if let Ok(moment) = reader.parse(line) {
                let (year, month, day) = moment.local_date;
                assert!((1969..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day), "{moment:?}");
            }
        }
    }
});
