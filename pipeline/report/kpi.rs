//! Which figures of satisfaction and recommendation does the pack show?
//!
//! One statistic of each measure: NPS of recommend questions, the share of the best point of satisfaction questions, the mean of
//! others; months of one, all responses. Means of satisfaction questions are kept beside: they can move beyond chance where the best
//! point, chosen by few, does not.

use super::number::Unit;
use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::kpi_month as col;
use crate::sink::Version;

/// A row of `kpi_month`.
#[derive(Clone, Debug)]
pub(crate) struct Kpi {
    pub(crate) month: Month,
    pub(crate) source: String,
    pub(crate) measure: String,
    pub(crate) kind: String,
    pub(crate) area: Option<String>,
    pub(crate) statistic: String,
    pub(crate) base: i64,
    pub(crate) value: Option<f64>,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
    pub(crate) previous: Option<f64>,
    pub(crate) change: Option<f64>,
    pub(crate) change_low: Option<f64>,
    pub(crate) change_high: Option<f64>,
    pub(crate) verdict: Verdict,
    pub(crate) goal: Option<f64>,
    pub(crate) owner: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) largest_account_share: Option<f64>,
}

/// What can be said of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Higher than before, beyond chance.
    Up,
    /// Lower than before, beyond chance.
    Down,
    /// A change that chance explains as well.
    NoEvidence,
    /// Too few answers to tell.
    BaseTooSmall,
    /// Nothing to compare with.
    NoMonthBefore,
}

impl Verdict {
    /// The word of the table.
    pub(crate) fn parse(word: Option<&str>) -> Self {
        match word {
            Some("up") => Self::Up,
            Some("down") => Self::Down,
            Some("base_too_small") => Self::BaseTooSmall,
            Some(_) => Self::NoEvidence,
            None => Self::NoMonthBefore,
        }
    }

    /// In words, with a sign that is read without colour.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Up => "▲ up, real",
            Self::Down => "▼ down, real",
            Self::NoEvidence => "no evidence of change",
            Self::BaseTooSmall => "base too small to tell",
            Self::NoMonthBefore => "no month before",
        }
    }

    /// Whether the change is beyond chance.
    pub(crate) fn is_real(self) -> bool {
        matches!(self, Self::Up | Self::Down)
    }
}

impl Kpi {
    /// What its figures count in.
    pub(crate) fn unit(&self) -> Unit {
        Unit::of(&self.statistic)
    }

    /// The measure as people say it: "overall satisfaction".
    pub(crate) fn measure_name(&self) -> String {
        self.measure.replace('_', " ")
    }

    /// "NPS", "top box", "mean".
    pub(crate) fn statistic_name(&self) -> String {
        match self.statistic.as_str() {
            "nps" => "NPS".to_owned(),
            "ces" => "CES".to_owned(),
            other => other.replace('_', " "),
        }
    }

    /// What it is called in a tile or a sentence: "NPS", "Billing top box", "overall satisfaction top box".
    pub(crate) fn name(&self) -> String {
        match (&self.area, self.kind.as_str()) {
            (Some(area), _) => format!("{area} {}", self.statistic_name()),
            (None, "nps") => "NPS".to_owned(),
            (None, _) => format!("{} {}", self.measure_name(), self.statistic_name()),
        }
    }

    /// Whether it is the statistic that stands for its measure, not one kept beside it.
    pub(crate) fn is_headline(&self) -> bool {
        self.statistic == statistic_of(&self.kind)
    }

    /// Whether another row is about the same measure in the same month.
    pub(crate) fn is_same_measure(&self, other: &Self) -> bool {
        (self.month, &self.source, &self.measure, &self.area) == (other.month, &other.source, &other.measure, &other.area)
    }

    /// Whether another row is the same figure of another month.
    pub(crate) fn is_same_series(&self, other: &Self) -> bool {
        self.source == other.source && self.measure == other.measure && self.area == other.area && self.statistic == other.statistic
    }

    /// Distance of the change in hundredths of the scale, for ranking.
    pub(crate) fn change_size(&self) -> f64 {
        let change = self.change.unwrap_or_default().abs();
        match self.unit() {
            Unit::Nps => change / 2.0,
            Unit::Share => 100.0 * change,
            Unit::Points => 20.0 * change,
        }
    }
}

/// The statistic that stands for a measure of this kind.
fn statistic_of(kind: &str) -> &'static str {
    match kind {
        "nps" => "nps",
        "ces" => "ces",
        "csat" => "top_box",
        _ => "mean",
    }
}

/// The figures of these months, in the order of the tables.
pub(crate) fn load(version: &Version, months: &[Month]) -> Result<Vec<Kpi>> {
    use col::*;
    let columns = [
        source,
        report_month,
        window_months,
        measure,
        kind,
        area,
        dimension,
        statistic,
        base,
        value,
        value_low,
        value_high,
        previous_value,
        change,
        change_low,
        change_high,
        verdict,
        goal,
        owner,
        status,
        largest_account_share,
    ];
    let mut kpis = Vec::new();
    for of_month in months {
        each_row(version, *of_month, &columns, |row| {
            let of_kind = row.owned(kind);
            let is_shown = row.int(window_months) == Some(1)
                && row.text(dimension) == Some("all")
                && row.text(statistic).is_some_and(|s| s == statistic_of(&of_kind) || of_kind == "csat" && s == "mean");
            if !is_shown {
                return;
            }
            kpis.push(Kpi {
                month: row.month(report_month).unwrap_or(*of_month),
                source: row.owned(source),
                measure: row.owned(measure),
                kind: of_kind,
                area: row.text(area).map(str::to_owned),
                statistic: row.owned(statistic),
                base: row.int(base).unwrap_or_default(),
                value: row.float(value),
                low: row.float(value_low),
                high: row.float(value_high),
                previous: row.float(previous_value),
                change: row.float(change),
                change_low: row.float(change_low),
                change_high: row.float(change_high),
                verdict: Verdict::parse(row.text(verdict)),
                goal: row.float(goal),
                owner: row.text(owner).map(str::to_owned),
                status: row.text(status).map(str::to_owned),
                largest_account_share: row.float(largest_account_share),
            });
        })?;
    }
    Ok(kpis)
}
