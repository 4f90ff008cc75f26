//! How did the call centre do?
//!
//! First call resolution, handle time, churn, cost per contact: whatever a file has by month, shown beside what customers say. No cause is claimed.

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::RecordBatch;

use super::Read;
use super::sheet::{Column, Sheet};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{INDICATOR_MONTH, Rows, indicator_month as col};
use crate::source::dates::wave_month;

/// The columns that are looked for, with the names that files give them: one line is one figure of one month.
pub const COLUMNS: [Column; 5] = [
    ("month", &["month", "report_month", "period", "date"]),
    ("indicator", &["indicator", "kpi", "measure", "name", "metric"]),
    ("value", &["value", "figure", "result", "actual"]),
    ("unit", &["unit", "units"]),
    ("area", &["area", "functional_area", "department", "team"]),
];

/// One figure of one month.
#[derive(Clone, Debug, PartialEq)]
pub struct Indicator {
    /// The month.
    pub month: Month,
    /// What is counted, in the user's words.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: Option<String>,
    /// The area that it is about.
    pub area: Option<String>,
}

/// Reads a file of indicators; the last line of an indicator, area and month counts.
///
/// Fails when it cannot be read, or no line can be used.
pub fn read(path: &Path, named: &BTreeMap<String, String>) -> Result<Read<Indicator>> {
    let mut sheet = Sheet::read(path, &COLUMNS, named, &["month"])?;
    let mut indicators: BTreeMap<(Month, String, Option<String>), Indicator> = BTreeMap::new();
    for row in 0..sheet.n_rows() {
        let Some((year, month)) = sheet.text(row, 0).and_then(wave_month) else {
            sheet.slip_at("lines without a month", row);
            continue;
        };
        let (Some(name), Some(value)) = (sheet.owned(row, 1), sheet.number(row, 2)) else {
            sheet.slip_at("lines without an indicator and its value", row);
            continue;
        };
        let indicator = Indicator { month: Month::new(year, month), name, value, unit: sheet.owned(row, 3), area: sheet.owned(row, 4) };
        indicators.insert((indicator.month, indicator.name.clone(), indicator.area.clone()), indicator);
    }
    if indicators.is_empty() {
        return Err(Error::Input {
            path: path.to_owned(),
            what: "holds no indicator that can be used".to_owned(),
            found: sheet.slips().into_iter().next(),
            hint: Some("it takes month, indicator, value, and where there are any unit and area".to_owned()),
        });
    }
    Ok(Read { rows: indicators.into_values().collect(), slips: sheet.slips() })
}

/// The rows of `indicator_month` of one month.
pub fn rows<'i>(indicators: impl Iterator<Item = &'i Indicator>) -> RecordBatch {
    let mut out = Rows::new(&INDICATOR_MONTH);
    for indicator in indicators {
        out.text(col::indicator, indicator.name.as_str());
        out.date(col::report_month, indicator.month.days());
        out.text(col::area, indicator.area.as_deref());
        out.float(col::value, indicator.value);
        out.text(col::unit, indicator.unit.as_deref());
        out.end_row();
    }
    out.finish()
}
