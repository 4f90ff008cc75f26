//! What is known of a month when its pack is written?
//!
//! Everything comes from the published tables and the manifest; nothing is computed again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::account::{self, Account};
use super::action::{self, Action};
use super::case::{self, Case};
use super::consent::Consent;
use super::coverage::{self, Coverage};
use super::edition::Circle;
use super::evidence::{Evidence, Subject};
use super::indicator::{self, Indicator};
use super::initiative::{self, Initiative};
use super::kpi::{self, Kpi};
use super::payback::{self, Payback};
use super::publish::{self, Published};
use super::quote::{self, Quote};
use super::record::{self, Record, Volume};
use super::spread::{self, Spread, Voice};
use super::theme::{self, Figures, Label};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{KPI_MONTH, RESPONSE};
use crate::sink::Version;

/// Months of a trend: two years. Of more, nothing is seen on a tile.
const N_TREND: i32 = 24;

/// Themes listed for a source.
pub(super) const N_THEMES: usize = 15;

/// The material of a pack.
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) month: Month,
    /// Whether it is the first month with responses: then everything is new and nothing is said of it.
    pub(super) is_first_month: bool,
    pub(super) record: Record,
    pub(super) volumes: Vec<Volume>,
    /// Areas that responses of the month name.
    pub(super) areas_named: BTreeSet<String>,
    /// Of the month and of those before it, oldest first.
    pub(super) kpis: Vec<Kpi>,
    pub(super) labels: BTreeMap<String, Label>,
    pub(super) themes: Vec<Figures>,
    pub(super) quotes: BTreeMap<quote::Key, Vec<Quote>>,
    /// How people feel about each theme, and who speaks of it more often.
    pub(super) spreads: BTreeMap<quote::Key, Spread>,
    pub(super) voices: BTreeMap<quote::Key, Vec<Voice>>,
    pub(super) cases: Vec<Case>,
    pub(super) accounts: Vec<Account>,
    pub(super) coverage: Vec<Coverage>,
    pub(super) indicators: Vec<Indicator>,
    pub(super) actions: Vec<Action>,
    /// The record of the month before.
    pub(super) before: Option<Record>,
    pub(super) payback: Payback,
    pub(super) initiatives: Vec<Initiative>,
    /// Words beside figures; of the pack alone.
    pub(super) evidence: Evidence,
    pub(super) rejects: BTreeMap<(String, String), i64>,
    pub(super) consent: Consent,
    /// The pack as it was published last.
    pub(super) published: Option<Published>,
    pub(super) version: Version,
}

impl Pack {
    /// Reads what the pack of `month` (none: the newest) is made of.
    pub(super) fn load(out: &Path, month: Option<Month>, circle: Circle) -> Result<Self> {
        let Some(version) = Version::current(out)? else {
            return Err(refusal(out, "no tables here".to_owned(), "write them with `outspoken run INPUT… --out DIR`".to_owned()));
        };
        let months = version.months(&RESPONSE)?;
        let month = choose(out, &months, month)?;
        let figure_months: Vec<Month> = version.months(&KPI_MONTH)?.into_iter().filter(|m| *m <= month).collect();
        let themes = theme::figures(&version, month)?;
        let consent = Consent::load(&version, month, circle)?;
        let volumes = record::volumes(&version, month)?;
        let wanted: BTreeSet<quote::Key> = volumes
            .iter()
            .flat_map(|v| themes.iter().filter(|t| t.source == v.source).take(N_THEMES))
            .map(|t| (t.source.clone(), t.theme_id.clone()))
            .collect();
        let record = Record::load(&version)?;
        let before = Record::before(&version, &record, month)?;
        let kpis = kpi::load(&version, &figure_months)?;
        // The question that most people answered: recommendation before satisfaction overall.
        let of_all = kpis.iter().filter(|kpi| kpi.month == month && kpi.area.is_none());
        let asked = of_all.max_by_key(|kpi| (kpi.kind == "nps", kpi.measure.contains("overall"), kpi.base)).map(|kpi| kpi.measure.clone());
        let payback = payback::load(&version, month, record.clock(), asked.as_deref())?;
        Ok(Self {
            month,
            is_first_month: months.first() == Some(&month),
            record,
            volumes,
            areas_named: record::areas(&version, month)?,
            kpis,
            payback,
            labels: theme::labels(&version, month)?,
            quotes: quote::load(&version, month, &wanted, &consent)?,
            spreads: spread::load(&version, month)?,
            voices: spread::voices(&version, month, &themes)?,
            themes,
            cases: case::load(&version, month)?,
            accounts: account::load(&version, month)?,
            coverage: coverage::load(&version, month)?,
            indicators: indicator::load(&version, month)?,
            actions: action::load(&version, month)?,
            before,
            initiatives: initiative::load(&version, month)?,
            evidence: Evidence::new(),
            rejects: record::rejects(&version, month)?,
            published: publish::last(out, month, "index")?,
            consent,
            version,
        })
    }

    /// Means of satisfaction questions in the month, kept beside the shares of the best point.
    pub(super) fn means_now(&self) -> impl Iterator<Item = &Kpi> {
        self.kpis.iter().filter(|kpi| kpi.month == self.month && !kpi.is_headline())
    }

    /// The figures of the month itself.
    pub(super) fn kpis_now(&self) -> impl Iterator<Item = &Kpi> {
        self.kpis.iter().filter(|kpi| kpi.month == self.month && kpi.is_headline())
    }

    /// A figure over the last months, oldest first.
    pub(super) fn history<'a>(&'a self, of: &'a Kpi) -> impl Iterator<Item = &'a Kpi> {
        self.kpis.iter().filter(move |kpi| self.month.since(kpi.month) < N_TREND && kpi.is_same_series(of))
    }

    /// Examples of what a figure is about.
    pub(super) fn words_of(&self, subject: &Subject) -> &[Quote] {
        self.evidence.get(subject).map_or(&[], Vec::as_slice)
    }

    /// What a theme is called; an id that the table of themes lacks is its own name.
    pub(super) fn label<'a>(&'a self, theme_id: &'a str) -> &'a str {
        self.labels.get(theme_id).map_or(theme_id, |theme| theme.label.as_str())
    }

    /// Whether a theme came up in this month for the first time.
    pub(super) fn is_new(&self, theme: &Figures) -> bool {
        let came_now = self.labels.get(&theme.theme_id).and_then(|label| label.first_month) == Some(self.month);
        !self.is_first_month && (came_now || theme.trend.as_deref() == Some("new"))
    }

    /// The month as SQL writes it: its first day.
    pub(super) fn day(&self) -> String {
        self.month.first_day().to_string()
    }
}

fn choose(out: &Path, months: &BTreeSet<Month>, asked: Option<Month>) -> Result<Month> {
    let month = asked.or(months.last().copied()).filter(|month| months.contains(month));
    month.ok_or_else(|| {
        let known: Vec<String> = months.iter().map(Month::to_string).collect();
        let what = asked.map_or_else(|| "the tables hold no month".to_owned(), |month| format!("no responses in {month}"));
        let hint =
            if known.is_empty() { "run some input first".to_owned() } else { format!("months with responses: {}", known.join(", ")) };
        refusal(out, what, hint)
    })
}

fn refusal(out: &Path, what: String, hint: String) -> Error {
    Error::Output { path: out.to_owned(), what, hint: Some(hint) }
}
