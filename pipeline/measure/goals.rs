//! What was promised? `goals.toml`: goals of measures and initiatives.
//!
//! The keys are shown, with what they mean, in [`EXAMPLE`].

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::dimension::Dimension;
use super::tallies::{AllTallies, SeriesKey};
use super::tally::Statistic;
use crate::error::{Error, Result, nearest};
use crate::identity::Fingerprint;
use crate::month::Month;

/// A `goals.toml` in which everything is commented out: what a user starts from.
pub const EXAMPLE: &str = include_str!("goals/example.toml");

/// Goals and initiatives; empty by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Goals {
    /// Goals of measures, in the order of the file.
    pub goals: Vec<Goal>,
    /// Initiatives, in the order of their ids.
    pub initiatives: Vec<Initiative>,
}

/// One goal: a statistic of a measure, month by month.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The source; `None`: every source with the measure.
    pub source: Option<String>,
    /// The measure.
    pub measure: String,
    /// The statistic, as `kpi_month` names it.
    pub statistic: String,
    /// The area that the measure is about.
    pub area: Option<String>,
    /// Dimension and value of the part of the responses; `None`: all.
    pub part: Option<(String, String)>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Where the goal counts from, in the unit of the table.
    pub baseline: Option<f64>,
    /// The goal from a month on, in the unit of the table.
    pub by_month: BTreeMap<Month, f64>,
}

/// One initiative: what is done, when it should be felt and what it should change.
#[derive(Clone, Debug, PartialEq)]
pub struct Initiative {
    /// Its id: the key of `initiative_month`.
    pub id: String,
    /// What is done.
    pub title: Option<String>,
    /// Functional area.
    pub area: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The source; `None`: the one with most answers.
    pub source: Option<String>,
    /// The measure that it should move, unless it aims at a theme.
    pub measure: Option<String>,
    /// The statistic of the measure; `None`: nps, ces or top_box, by the kind of the measure.
    pub statistic: Option<String>,
    /// The theme whose share it should move, unless it aims at a measure.
    pub theme_id: Option<String>,
    /// Dimension and value of the part of the responses; `None`: all.
    pub part: Option<(String, String)>,
    /// Where it stands, in the user's words.
    pub status: Option<String>,
    /// When work begins.
    pub work_start: Option<Date>,
    /// When customers can first feel it.
    pub felt_from: Option<Date>,
    /// When it should have its full effect.
    pub full_effect_month: Option<Month>,
    /// The figure before, in the unit of the table; `None`: measured.
    pub baseline: Option<f64>,
    /// Cumulative change expected from a month on, in points (of a share: percentage points).
    pub expected_change: BTreeMap<Month, f64>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// What it displaces.
    pub displaces: Option<String>,
}

impl Goal {
    /// The goal of a month: its own entry or that of the latest month before it.
    pub fn of(&self, month: Month) -> Option<f64> {
        latest(&self.by_month, month)
    }
}

impl Initiative {
    /// The cumulative change expected in a month: its own entry or that of the latest month before it.
    pub fn expected(&self, month: Month) -> Option<f64> {
        latest(&self.expected_change, month)
    }
}

fn latest(by_month: &BTreeMap<Month, f64>, month: Month) -> Option<f64> {
    by_month.range(..=month).next_back().map(|(_, value)| *value)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "goal")]
    goals: Vec<toml::Spanned<GoalBlock>>,
    #[serde(default, rename = "initiative")]
    initiatives: Vec<toml::Spanned<InitiativeBlock>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoalBlock {
    source: Option<String>,
    measure: String,
    statistic: String,
    area: Option<String>,
    dimension: Option<String>,
    dimension_value: Option<String>,
    owner: Option<String>,
    baseline: Option<f64>,
    #[serde(default)]
    goal: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InitiativeBlock {
    id: String,
    title: Option<String>,
    area: Option<String>,
    owner: Option<String>,
    source: Option<String>,
    measure: Option<String>,
    statistic: Option<String>,
    theme_id: Option<String>,
    dimension: Option<String>,
    dimension_value: Option<String>,
    status: Option<String>,
    work_start: Option<String>,
    felt_from: Option<String>,
    full_effect_month: Option<String>,
    baseline: Option<f64>,
    #[serde(default)]
    expected_change: BTreeMap<String, f64>,
    approved_by: Option<String>,
    displaces: Option<String>,
}

impl Goals {
    /// Equal goals have equal fingerprints.
    pub fn fingerprint(&self) -> String {
        // The derived form names every field; nothing reads it back.
        Fingerprint::of("goals").part(&format!("{self:?}")).id()
    }

    /// Reads `goals.toml`; `name` is the file's name for messages.
    ///
    /// Fails with [`Error::Setting`], with the line, for unknown keys, statistics, months and days, shares outside
    /// 0 to 1, an initiative that aims at both or neither of a measure and a theme, and ids used twice.
    pub fn parse(text: &str, name: &str) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|error| unreadable(&error, text, name))?;
        let goals = file.goals.into_iter().map(|block| goal(block, &Place { text, name })).collect::<Result<_>>()?;
        let mut initiatives: Vec<Initiative> = Vec::new();
        for block in file.initiatives {
            let place = Place { text, name };
            let start = block.span().start;
            let initiative = initiative(block, &place)?;
            if initiatives.iter().any(|other| other.id == initiative.id) {
                return Err(place.error(start, format!("two initiatives have the id `{}`", initiative.id), "give each its own"));
            }
            initiatives.push(initiative);
        }
        initiatives.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { goals, initiatives })
    }
}

/// Goals and initiatives whose measure nobody answered, as sentences.
pub(super) fn idle(goals: &Goals, tallies: &AllTallies) -> Vec<String> {
    let answered = |measure: &str, source: Option<&String>, area: Option<&String>| {
        let is_of = |key: &SeriesKey| {
            key.measure == measure
                && source.is_none_or(|source| *source == key.source)
                && area.zip(key.area.as_ref()).is_none_or(|(a, b)| a == b)
        };
        tallies.series.iter().any(is_of)
    };
    let mut measures: Vec<&str> = tallies.series.iter().map(|key| key.measure.as_str()).collect();
    measures.dedup();
    let hint = |measure: &str| match nearest(measure, &measures) {
        Some(found) => format!("; did you mean `{found}`?"),
        None => format!("; there are {}", measures.join(", ")),
    };
    let of_goal = |goal: &Goal| {
        let is_idle = !answered(&goal.measure, goal.source.as_ref(), goal.area.as_ref());
        is_idle.then(|| format!("the goal for `{}` has no answers to hold against{}", goal.measure, hint(&goal.measure)))
    };
    let of_initiative = |initiative: &Initiative| {
        let measure = initiative.measure.as_ref()?;
        let is_idle = !answered(measure, initiative.source.as_ref(), initiative.area.as_ref());
        is_idle.then(|| format!("initiative `{}` aims at `{measure}`, which nobody answered{}", initiative.id, hint(measure)))
    };
    if measures.is_empty() {
        return Vec::new();
    }
    goals.goals.iter().filter_map(of_goal).chain(goals.initiatives.iter().filter_map(of_initiative)).collect()
}

struct Place<'t> {
    text: &'t str,
    name: &'t str,
}

impl Place<'_> {
    fn error(&self, start: usize, what: String, hint: &str) -> Error {
        let line = 1 + self.text.bytes().take(start).filter(|b| *b == b'\n').count();
        Error::Setting { place: format!("{}:{line}", self.name), what, hint: Some(hint.to_owned()) }
    }

    fn months(&self, start: usize, entries: &BTreeMap<String, f64>) -> Result<BTreeMap<Month, f64>> {
        entries.iter().map(|(month, value)| Ok((self.month(start, month)?, *value))).collect()
    }

    fn month(&self, start: usize, month: &str) -> Result<Month> {
        Month::parse(month).ok_or_else(|| self.error(start, format!("`{month}` is not a month"), "write months as YYYY-MM"))
    }

    fn day(&self, start: usize, day: &str) -> Result<Date> {
        day.trim().parse().map_err(|_| self.error(start, format!("`{day}` is not a day"), "write days as YYYY-MM-DD"))
    }

    /// A dimension and its value: both or neither.
    fn part(&self, start: usize, dimension: Option<String>, value: Option<String>) -> Result<Option<(String, String)>> {
        let names = Dimension::EVERY.map(Dimension::as_str);
        match (dimension, value) {
            (None, None) => Ok(None),
            (Some(dimension), Some(value)) if names.iter().skip(1).any(|name| *name == dimension) => Ok(Some((dimension, value))),
            (Some(_), Some(_)) => Err(self.error(start, "the dimension is not known".to_owned(), "area, channel, product or segment")),
            _ => {
                let hint = "dimension = \"segment\", dimension_value = \"Enterprise\"";
                Err(self.error(start, "dimension and dimension_value come together".to_owned(), hint))
            }
        }
    }

    fn statistic(&self, start: usize, statistic: &str, figures: impl IntoIterator<Item = f64>) -> Result<()> {
        let Some(known) = Statistic::named(statistic) else {
            let names = Statistic::ALL.map(Statistic::as_str);
            let hint = nearest(statistic, &names).map_or_else(|| names.join(", "), |n| format!("did you mean `{n}`?"));
            return Err(self.error(start, format!("statistic `{statistic}` is not known"), &hint));
        };
        match figures.into_iter().find(|f| !f.is_finite() || (known.is_share() && !(0.0..=1.0).contains(f))) {
            Some(figure) => {
                Err(self.error(start, format!("{figure} is not a {statistic}"), "shares are 0 to 1, as in the tables: 0.78, not 78"))
            }
            None => Ok(()),
        }
    }
}

fn goal(block: toml::Spanned<GoalBlock>, place: &Place<'_>) -> Result<Goal> {
    let start = block.span().start;
    let block = block.into_inner();
    place.statistic(start, &block.statistic, block.goal.values().copied().chain(block.baseline))?;
    Ok(Goal {
        source: block.source,
        measure: block.measure,
        statistic: block.statistic,
        area: block.area,
        part: place.part(start, block.dimension, block.dimension_value)?,
        owner: block.owner,
        baseline: block.baseline,
        by_month: place.months(start, &block.goal)?,
    })
}

fn initiative(block: toml::Spanned<InitiativeBlock>, place: &Place<'_>) -> Result<Initiative> {
    let start = block.span().start;
    let block = block.into_inner();
    if block.id.trim().is_empty() {
        return Err(place.error(start, "the id of an initiative is empty".to_owned(), "give it a short name that lasts"));
    }
    if block.measure.is_some() == block.theme_id.is_some() {
        let what = format!("initiative `{}` must aim at a measure or at a theme", block.id);
        return Err(place.error(start, what, "set one of `measure` and `theme_id`"));
    }
    if let Some(statistic) = &block.statistic {
        place.statistic(start, statistic, block.baseline)?;
    }
    let day = |text: &Option<String>| text.as_deref().map(|t| place.day(start, t)).transpose();
    Ok(Initiative {
        work_start: day(&block.work_start)?,
        felt_from: day(&block.felt_from)?,
        full_effect_month: block.full_effect_month.as_deref().map(|m| place.month(start, m)).transpose()?,
        expected_change: place.months(start, &block.expected_change)?,
        part: place.part(start, block.dimension, block.dimension_value)?,
        id: block.id,
        title: block.title,
        area: block.area,
        owner: block.owner,
        source: block.source,
        measure: block.measure,
        statistic: block.statistic,
        theme_id: block.theme_id,
        status: block.status,
        baseline: block.baseline,
        approved_by: block.approved_by,
        displaces: block.displaces,
    })
}

fn unreadable(error: &toml::de::Error, text: &str, name: &str) -> Error {
    let message = error.message().to_owned();
    let hint = message.strip_prefix("unknown field `").and_then(|rest| {
        let (key, rest) = rest.split_once('`')?;
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        Some(nearest(key, &known).map_or_else(|| format!("known keys here: {}", known.join(", ")), |k| format!("did you mean `{k}`?")))
    });
    let what = match message.split_once(", expected") {
        Some((unknown, _)) if hint.is_some() => unknown.replace("field", "key"),
        _ => message,
    };
    let line = 1 + text.bytes().take(error.span().map_or(0, |s| s.start)).filter(|b| *b == b'\n').count();
    Error::Setting { place: format!("{name}:{line}"), what, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let error = Goals::parse(text, "goals.toml").unwrap_err();
        format!("{error} | {}", error.hint().unwrap_or_default())
    }

    #[test]
    fn the_example_is_empty_until_it_is_uncommented() {
        assert_eq!(Goals::parse(EXAMPLE, "goals.toml").unwrap(), Goals::default());
        let live = EXAMPLE.lines().map(|line| line.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(line));
        let goals = Goals::parse(&live.collect::<Vec<_>>().join("\n"), "goals.toml").unwrap();
        assert_eq!((goals.goals.len(), goals.initiatives.len()), (1, 1));
        let december = Month::parse("2026-12").unwrap();
        assert_eq!((goals.goals[0].of(december), goals.initiatives[0].expected(december)), (Some(0.49), Some(8.0)));
    }

    #[test]
    fn a_month_without_an_entry_has_the_goal_of_the_latest_before_it() {
        let text = "[[goal]]\nmeasure = \"nps\"\nstatistic = \"nps\"\ngoal = { \"2026-09\" = 20, \"2026-11\" = 24 }\n";
        let goals = Goals::parse(text, "goals.toml").unwrap();
        let of = |month: &str| goals.goals[0].of(Month::parse(month).unwrap());
        assert_eq!([of("2026-08"), of("2026-10"), of("2026-11"), of("2027-01")], [None, Some(20.0), Some(24.0), Some(24.0)]);
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_line() {
        assert_eq!(message("\n[[goal]]\nmeasur = \"nps\"\n"), "goals.toml:3: unknown key `measur` | did you mean `measure`?");
        assert_eq!(
            message("[[goal]]\nmeasure = \"a\"\nstatistic = \"topbox\"\n"),
            "goals.toml:1: statistic `topbox` is not known | did you mean `top_box`?"
        );
        assert_eq!(
            message("\n[[goal]]\nmeasure = \"a\"\nstatistic = \"top_box\"\nbaseline = 78\n"),
            "goals.toml:2: 78 is not a top_box | shares are 0 to 1, as in the tables: 0.78, not 78"
        );
        assert_eq!(
            message("[[initiative]]\nid = \"x\"\n"),
            "goals.toml:1: initiative `x` must aim at a measure or at a theme | set one of `measure` and `theme_id`"
        );
        let twice = "[[initiative]]\nid = \"x\"\nmeasure = \"a\"\n".repeat(2);
        assert_eq!(message(&twice), "goals.toml:4: two initiatives have the id `x` | give each its own");
        assert!(message("[[initiative]]\nid = \"x\"\nmeasure = \"a\"\nwork_start = \"soon\"\n").contains("`soon` is not a day"));
        assert!(message("[[goal]]\nmeasure = \"a\"\nstatistic = \"mean\"\ndimension = \"segment\"\n").contains("come together"));
    }
}
