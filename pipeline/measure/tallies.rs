//! What do the rows of each month add up to, before they are put into windows?
//!
//! Each month is read once, and in parallel; sums stay in memory, and what cannot be summed (who answered, who gave
//! which rating with which themes) is spooled. A month numbers names as they come; afterwards the names of all months are
//! numbered in their order, so that the order of codes is the order of rows in the tables.

use arrow_array::Array as _;
use rayon::prelude::*;

use super::account::Accounts;
use super::dimension::Dimension;
use super::impact::Rated;
use super::invited;
use super::names::{Names, unify};
use super::people::People;
use super::response::{Response, each_response};
use super::standing::{StandingCounter, StandingMonth};
use super::tally::Tally;
use super::theme_month::{ThemeCounter, ThemeMonth};
use super::{Emit, Room, Tables, Terms};
use crate::error::Result;
use crate::month::Month;
use crate::schema::{ACCOUNT_MONTH, INVITATION, RESPONSE, Table};

/// No name.
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

impl SeriesKey {
    /// How surely it is overall satisfaction: 2 a csat measure named overall, 1 satisfaction, else 0. Of several the first by name counts.
    pub(super) fn overall_rank(&self) -> u8 {
        let measure = self.measure.to_lowercase();
        match () {
            () if self.kind != "csat" => 0,
            () if measure.contains("overall") => 2,
            () => u8::from(measure.contains("satisfaction")),
        }
    }
}

/// One of something for each part of each dimension.
#[derive(Clone, Debug)]
pub(super) struct ByPart<T>([Vec<T>; 5]);

impl<T> Default for ByPart<T> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Vec::new()))
    }
}

impl<T: Default> ByPart<T> {
    pub(super) fn at(&mut self, dimension: Dimension, part: u32) -> &mut T {
        let of_dimension = &mut self.0[dimension as usize];
        if of_dimension.len() <= part as usize {
            of_dimension.resize_with(part as usize + 1, T::default);
        }
        &mut of_dimension[part as usize]
    }

    pub(super) fn get(&self, dimension: Dimension, part: u32) -> Option<&T> {
        self.0[dimension as usize].get(part as usize)
    }

    /// All that there is, with its place.
    pub(super) fn each(self) -> impl Iterator<Item = (Dimension, u32, T)> {
        Dimension::EVERY.into_iter().zip(self.0).flat_map(|(dimension, parts)| (0..).zip(parts).map(move |(part, t)| (dimension, part, t)))
    }

    fn recoded(self, codes: &Codes) -> Self {
        let mut recoded = Self::default();
        for (dimension, part, of_part) in self.each() {
            *recoded.at(dimension, codes.part(dimension, part)) = of_part;
        }
        recoded
    }
}

/// What the numbers of a month's names become.
#[derive(Debug)]
pub(super) struct Codes {
    pub(super) sources: Vec<u32>,
    pub(super) parts: [Vec<u32>; 4],
    pub(super) series: Vec<u32>,
    pub(super) themes: Vec<u32>,
}

impl Codes {
    pub(super) fn part(&self, dimension: Dimension, part: u32) -> u32 {
        match dimension {
            Dimension::All => part,
            _ => self.parts[dimension as usize - 1][part as usize],
        }
    }
}

/// The sums of one month.
#[derive(Debug)]
pub(super) struct MonthTallies {
    pub(super) month: Month,
    /// Answers by series and part.
    pub(super) answers: Vec<ByPart<Tally>>,
    pub(super) themes: ThemeMonth,
    pub(super) rated: Rated,
    pub(super) people: People,
    /// Where an account file, values of accounts or invitations are known.
    pub(super) standing: Option<StandingMonth>,
    /// What the codes in `rated` and `people` become.
    pub(super) codes: Codes,
}

impl MonthTallies {
    /// Answers of a series.
    pub(super) fn base(&self, series: usize) -> i64 {
        self.answers[series].get(Dimension::All, 0).map_or(0, |tally| tally.base)
    }
}

/// All months that figures reach back to, with the names behind the codes.
#[derive(Debug)]
pub(super) struct AllTallies {
    pub(super) months: Vec<MonthTallies>,
    pub(super) sources: Vec<String>,
    /// Names of area, channel, product and segment.
    pub(super) parts: [Vec<String>; 4],
    pub(super) series: Vec<SeriesKey>,
    pub(super) themes: Vec<String>,
}

impl AllTallies {
    /// Reads `months` (ascending); writes the accounts of those in `detail`.
    pub(super) fn read(
        tables: &dyn Tables,
        months: &[Month],
        detail: &[Month],
        terms: Terms<'_>,
        room: Room<'_>,
        emit: Emit<'_>,
    ) -> Result<Self> {
        let limit = room.budget_bytes / (4 * months.len().max(1));
        let has_standing = !terms.directory.is_empty()
            || has_any(tables, months, &INVITATION, "source")?
            || has_any(tables, months, &RESPONSE, "account_value")?;
        let counted: Vec<(Counter, Names)> = months
            .par_iter()
            .map(|month| {
                let mut counter = Counter::new(*month, terms, room, limit);
                counter.invited = invited::of_month(tables, *month, terms)?;
                counter.standing = has_standing.then(StandingCounter::default);
                count(tables, *month, counter, terms, detail.contains(month), emit)
            })
            .collect::<Result<_>>()?;
        let (counters, names): (Vec<_>, Vec<_>) = counted.into_iter().unzip();
        let sources = unify(&names, |n| &n.sources);
        let parts = [0, 1, 2, 3].map(|part| unify(&names, |n| &n.parts[part]));
        let series = unify(&names, |n| &n.series);
        let themes = unify(&names, |n| &n.themes);
        let codes = |idx: usize| Codes {
            sources: sources.of_month(idx).to_vec(),
            parts: [0, 1, 2, 3].map(|part: usize| parts[part].of_month(idx).to_vec()),
            series: series.of_month(idx).to_vec(),
            themes: themes.of_month(idx).to_vec(),
        };
        let months = counters.into_iter().enumerate().map(|(idx, counter)| counter.finish(codes(idx), series.names.len())).collect();
        Ok(Self { months, sources: sources.names, parts: parts.map(|p| p.names), series: series.names, themes: themes.names })
    }

    /// Frees what was spooled.
    pub(super) fn clear(self) -> Result<()> {
        self.months.into_iter().try_for_each(|month| month.rated.remove().and(month.people.remove()))
    }

    /// A part as `goals.toml` names it: dimension and value, all responses when it names none; `None` when no response is in it.
    pub(super) fn part_named(&self, part: Option<&(String, String)>) -> Option<(Dimension, u32)> {
        let Some((dimension, value)) = part else { return Some((Dimension::All, 0)) };
        let dimension = Dimension::EVERY.into_iter().skip(1).find(|d| d.as_str() == dimension)?;
        let part = self.parts[dimension as usize - 1].binary_search(value).ok()?;
        Some((dimension, part as u32))
    }

    /// How many parts a dimension has.
    pub(super) fn n_parts(&self, dimension: Dimension) -> u32 {
        if dimension == Dimension::All { 1 } else { self.parts[dimension as usize - 1].len() as u32 }
    }
}

/// The sums of a month while its responses pass.
struct Counter {
    month: Month,
    answers: Vec<ByPart<Tally>>,
    themes: ThemeCounter,
    rated: Rated,
    people: People,
    standing: Option<StandingCounter>,
    invited: Vec<invited::Invited>,
    stands: Option<StandingMonth>,
}

/// Whether any of these months has a value in a column.
fn has_any(tables: &dyn Tables, months: &[Month], table: &'static Table, column: &'static str) -> Result<bool> {
    for month in months {
        for batch in tables.read(table, *month, &[column])? {
            let batch = batch?;
            if batch.column(0).null_count() < batch.num_rows() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn count(
    tables: &dyn Tables,
    month: Month,
    mut counter: Counter,
    terms: Terms<'_>,
    detail: bool,
    emit: Emit<'_>,
) -> Result<(Counter, Names)> {
    let mut names = Names::default();
    let mut accounts = detail.then(Accounts::default);
    each_response(tables, month, &mut names, terms, |response| {
        if let Some(accounts) = &mut accounts {
            accounts.add(response);
        }
        counter.add(response)
    })?;
    counter.rated.seal()?;
    counter.people.seal()?;
    let invited = std::mem::take(&mut counter.invited);
    if let Some(mut accounts) = accounts {
        accounts.invite(&invited, &mut names);
        emit(&ACCOUNT_MONTH, month, &accounts.rows(month, &names))?;
    }
    counter.stands = counter.standing.take().map(|standing| standing.finish(month, &names, invited));
    Ok((counter, names))
}

impl Counter {
    fn new(month: Month, terms: Terms<'_>, room: Room<'_>, limit: usize) -> Self {
        Self {
            month,
            answers: Vec::new(),
            themes: ThemeCounter::default(),
            rated: Rated::new(month, room, limit),
            people: People::new(month, room, limit, terms.one_per),
            standing: None,
            invited: Vec::new(),
            stands: None,
        }
    }

    fn add(&mut self, response: &Response) -> Result<()> {
        for answer in &response.answers {
            if self.answers.len() <= answer.series as usize {
                self.answers.resize_with(answer.series as usize + 1, ByPart::default);
            }
            let of_series = &mut self.answers[answer.series as usize];
            response.places().for_each(|(dimension, part)| of_series.at(dimension, part).add(answer));
        }
        if let Some(standing) = &mut self.standing {
            standing.add(response);
        }
        self.themes.add(response);
        self.rated.add(response)?;
        self.people.add(response)
    }

    fn finish(self, codes: Codes, n_series: usize) -> MonthTallies {
        let mut answers: Vec<ByPart<Tally>> = std::iter::repeat_with(ByPart::default).take(n_series).collect();
        for (of_series, series) in self.answers.into_iter().zip(&codes.series) {
            answers[*series as usize] = of_series.recoded(&codes);
        }
        let themes = self.themes.finish(self.month, &codes);
        let Self { month, rated, people, stands: standing, .. } = self;
        MonthTallies { month, answers, themes, rated, people, standing, codes }
    }
}
