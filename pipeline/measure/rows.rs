//! What is kept of the rows while figures are computed?
//!
//! Columns of codes: names are numbered in their order, so that the order of codes is the order of rows in the tables.

use super::dimension::Dimension;
use super::tally::Answer;
use crate::month::Month;

/// No name, no respondent, no account.
pub(super) const NONE: u32 = u32::MAX;

/// What identifies answers that may be pooled; the order is that of the tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct SeriesKey {
    pub(super) source: String,
    pub(super) measure: String,
    pub(super) area: Option<String>,
    pub(super) kind: String,
    /// Worst and best point in millionths.
    pub(super) scale: Option<(i64, i64)>,
}

/// The responses of a month, column by column.
#[derive(Debug, Default)]
pub(super) struct Responses {
    pub(super) source: Vec<u32>,
    /// Area, channel, product and segment.
    pub(super) parts: [Vec<u32>; 4],
    pub(super) respondent: Vec<u32>,
    pub(super) account: Vec<u32>,
    pub(super) is_hotline: Vec<bool>,
    pub(super) has_meaningful: Vec<bool>,
    /// Hash of source and id.
    pub(super) id_hash: Vec<u64>,
    /// Promoter 1, passive 0, detractor -1.
    pub(super) nps_class: Vec<Option<i8>>,
    pub(super) detail: Detail,
}

/// What only `account_month` needs.
#[derive(Debug, Default)]
pub(super) struct Detail {
    /// Id of the account, else its normalised name: code in [`MonthRows::accounts`].
    pub(super) account: Vec<u32>,
    pub(super) account_name: Vec<Option<String>>,
    /// Sum of the sentiment of its verbatims in millionths, and how many have one.
    pub(super) sentiment: Vec<(i64, i64)>,
    /// Cases, and of these open ones.
    pub(super) cases: Vec<(i64, i64)>,
}

/// A clause with a theme, in a meaningful verbatim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mention {
    pub(super) theme: u32,
    pub(super) response: u32,
    pub(super) verbatim: u32,
    /// Millionths; [`Mention::UNSCORED`] without.
    pub(super) sentiment: i32,
}

impl Mention {
    pub(super) const UNSCORED: i32 = i32::MIN;
}

/// The rows of one month.
#[derive(Debug)]
pub(super) struct MonthRows {
    pub(super) month: Month,
    pub(super) responses: Responses,
    /// Answers by series.
    pub(super) answers: Vec<Vec<Answer>>,
    pub(super) mentions: Vec<Mention>,
    /// Accounts of this month in the order of their codes; filled for months whose figures are wanted.
    pub(super) accounts: Vec<String>,
}

impl MonthRows {
    /// The part of a dimension that a response belongs to; `None` when it names none.
    pub(super) fn part_of(&self, response: u32, dimension: Dimension) -> Option<u32> {
        match dimension {
            Dimension::All => Some(0),
            _ => Some(self.responses.parts[dimension as usize - 1][response as usize]).filter(|part| *part != NONE),
        }
    }
}

/// All months that figures reach back to, with the names behind the codes.
#[derive(Debug)]
pub(super) struct AllRows {
    pub(super) months: Vec<MonthRows>,
    pub(super) sources: Vec<String>,
    /// Names of area, channel, product and segment.
    pub(super) parts: [Vec<String>; 4],
    pub(super) series: Vec<SeriesKey>,
    pub(super) themes: Vec<String>,
    pub(super) n_respondents: usize,
    pub(super) n_accounts: usize,
}

impl AllRows {
    /// A part as `goals.toml` names it: dimension and value, all responses when it names none; `None` when no response is in it.
    pub(super) fn part_named(&self, part: Option<&(String, String)>) -> Option<(Dimension, u32)> {
        let Some((dimension, value)) = part else { return Some((Dimension::All, 0)) };
        let dimension = Dimension::EVERY.into_iter().skip(1).find(|d| d.as_str() == dimension)?;
        let part = self.parts[dimension as usize - 1].binary_search(value).ok()?;
        Some((dimension, part as u32))
    }
}
