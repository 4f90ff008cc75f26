//! What does somebody need who looks at the themes and corrects them?
//!
//! The published registry with people's changes over it, what a change would do before it is kept, and keeping it. The command line
//! and the review app both come here. Tables follow with `sync` or the next run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow_array::types::Int32Type;
use arrow_array::{Array as _, cast::AsArray as _};
use serde::Serialize;

use super::{FILE, Months, load};
use crate::error::{Error, Result};
use crate::schema::{CLAUSE, VERBATIM};
use crate::sink::{Version, stream_table};
use crate::stage::embed::Model;
use crate::store::Store;
use crate::theme::{Edit, Edits, Part, Past, Registry, Sampler, Shown, ThemeEvent, same, shown, text_hash};

/// The themes of an output directory, to be looked at and corrected.
#[derive(Debug)]
pub struct ThemeDesk {
    out: PathBuf,
    version: Version,
    registry: Registry,
    store: Store,
    months: Months,
}

/// A theme in a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListedTheme {
    /// The theme with people's changes.
    #[serde(flatten)]
    pub theme: Shown,
    /// First month with a clause of it, as "YYYY-MM-01"; none: never met.
    pub first_month: Option<String>,
    /// Last month with a clause of it.
    pub last_month: Option<String>,
    /// Clauses in all published months.
    pub n_clauses: u64,
    /// Clauses in the newest month.
    pub n_newest: u64,
}

/// A theme with all that is known of it.
#[derive(Clone, Debug, Serialize)]
pub struct ThemeDetail {
    /// As in a list.
    #[serde(flatten)]
    pub listed: ListedTheme,
    /// Clauses of each month.
    pub months: BTreeMap<String, u64>,
    /// Verbatims that show it best, one a month, newest first: id, month, text as published.
    pub examples: Vec<(String, String, String)>,
    /// Cosine that a clause needs to be of it; none for a part of a split theme.
    pub threshold: Option<f32>,
    /// How far its clauses lay from its centre and its words, month by month.
    pub drift: Vec<Past>,
    /// What people changed about it.
    pub changes: Vec<Change>,
}

/// A change for people to read.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// Its number, for `undo`.
    pub number: i64,
    /// The theme.
    pub theme_id: String,
    /// When, in UTC.
    pub at: String,
    /// Who; none: not said.
    pub who: Option<String>,
    /// What, in words.
    pub what: String,
    /// Whether it was not taken back.
    pub in_force: bool,
}

/// What a change would do.
#[derive(Clone, Debug, Serialize)]
pub struct Effect {
    /// The theme.
    pub theme_id: String,
    /// In words.
    pub what: String,
    /// Clauses that it concerns.
    pub n_clauses: u64,
    /// Months with such clauses.
    pub months: Vec<String>,
}

impl ThemeDesk {
    /// Opens the published themes and review.db.
    ///
    /// Fails with [`Error::Output`] when nothing was published yet.
    pub fn open(out: &Path) -> Result<Self> {
        let none = || Error::Output {
            path: out.to_owned(),
            what: "has no themes yet".to_owned(),
            hint: Some("`outspoken run` finds them".to_owned()),
        };
        let version = Version::current(out)?.ok_or_else(none)?;
        let registry = Registry::open(&version.themes())?.ok_or_else(none)?;
        let months = load(&version.themes().join(FILE))?;
        Ok(Self { out: out.to_owned(), version, registry, store: Store::open(out)?, months })
    }

    /// The output directory.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// The registry as runs made it.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// What people changed.
    pub fn edits(&self) -> Result<Edits> {
        self.store.theme_edits()
    }

    /// All themes, the most frequent first; ties by label.
    pub fn list(&self) -> Result<Vec<ListedTheme>> {
        let mut listed: Vec<ListedTheme> = shown(&self.registry, &self.edits()?).into_iter().map(|theme| self.listed(theme)).collect();
        listed.sort_by(|a, b| b.n_clauses.cmp(&a.n_clauses).then_with(|| a.theme.label.cmp(&b.theme.label)));
        Ok(listed)
    }

    fn listed(&self, theme: Shown) -> ListedTheme {
        let counts: Vec<(&String, u64)> =
            self.months.iter().filter_map(|(month, themes)| Some((month, themes.get(&theme.theme_id)?.n_clauses))).collect();
        let newest = self.months.last_key_value().and_then(|(_, themes)| themes.get(&theme.theme_id));
        ListedTheme {
            first_month: counts.first().map(|(month, _)| (*month).clone()),
            last_month: counts.last().map(|(month, _)| (*month).clone()),
            n_clauses: counts.iter().map(|(_, n)| n).sum(),
            n_newest: newest.map_or(0, |met| met.n_clauses),
            theme,
        }
    }

    /// The theme that somebody names: its id, or its label.
    ///
    /// Fails with [`Error::Setting`] when there is none, or more than one, with the nearest labels.
    pub fn find(&self, named: &str) -> Result<String> {
        let all = shown(&self.registry, &self.edits()?);
        if let Some(found) = all.iter().find(|theme| theme.theme_id == named) {
            return Ok(found.theme_id.clone());
        }
        let called: Vec<&Shown> = all.iter().filter(|theme| same(&theme.label, named)).collect();
        let active: Vec<&Shown> = called.iter().copied().filter(|theme| theme.takes_clauses && theme.status == "active").collect();
        match (&called[..], &active[..]) {
            ([one], _) | (_, [one]) => return Ok(one.theme_id.clone()),
            _ => {}
        }
        let hint = if called.is_empty() {
            let folded = named.to_lowercase();
            let near = all.iter().filter(|theme| {
                let label = theme.label.to_lowercase();
                label.contains(&folded) || folded.split_whitespace().any(|word| word.len() > 3 && label.contains(word))
            });
            let near: Vec<String> = near.take(5).map(|theme| format!("`{}`", theme.label)).collect();
            if near.is_empty() { "`themes list` shows ids and labels".to_owned() } else { format!("near it: {}", near.join(", ")) }
        } else {
            let ids: Vec<&str> = called.iter().map(|theme| theme.theme_id.as_str()).collect();
            format!("several are called so, name one by its id: {}", ids.join(", "))
        };
        Err(Error::Setting { place: "themes".to_owned(), what: format!("there is no one theme `{named}`"), hint: Some(hint) })
    }

    /// All that is known of a theme.
    pub fn show(&self, theme_id: &str) -> Result<ThemeDetail> {
        let edits = self.edits()?;
        let found = shown(&self.registry, &edits).into_iter().find(|theme| theme.theme_id == theme_id);
        let Some(theme) = found else {
            return Err(Error::Setting { place: "themes".to_owned(), what: format!("there is no theme `{theme_id}`"), hint: None });
        };
        let of_months = self.months.iter().filter_map(|(month, themes)| Some((month.clone(), themes.get(theme_id)?)));
        let mut examples = Vec::new();
        for (month, met) in of_months.clone().collect::<Vec<_>>().into_iter().rev().take(5) {
            if let Some(text) = self.text_of(&month, &met.example)? {
                examples.push((met.example.clone(), month, text));
            }
        }
        let known = self.registry.themes().iter().find(|known| known.id == theme_id);
        let changes = self.changes()?.into_iter().filter(|change| change.theme_id == theme_id).collect();
        Ok(ThemeDetail {
            months: of_months.map(|(month, met)| (month, met.n_clauses)).collect(),
            examples,
            threshold: known.filter(|known| known.centroid.is_some()).map(|known| known.threshold),
            drift: known.map(|known| known.past.clone()).unwrap_or_default(),
            changes,
            listed: self.listed(theme),
        })
    }

    fn text_of(&self, month: &str, verbatim: &str) -> Result<Option<String>> {
        let Some(month) = crate::month::Month::parse(month) else { return Ok(None) };
        for batch in stream_table(&self.version, &VERBATIM, Some(month), Some(&["verbatim_id", "text"]))? {
            let batch = batch?;
            let column = |name: &str| batch.column_by_name(name).expect("a column of verbatim").as_string::<i32>();
            let (ids, texts) = (column("verbatim_id"), column("text"));
            if let Some(i) = (0..ids.len()).find(|i| ids.value(*i) == verbatim) {
                return Ok(Some(texts.value(i).to_owned()));
            }
        }
        Ok(None)
    }

    /// All changes, newest first.
    pub fn changes(&self) -> Result<Vec<Change>> {
        let events = self.store.theme_events()?;
        let edits = Edits::of(&events);
        let change = |event: &ThemeEvent| Change {
            number: event.number,
            theme_id: event.theme_id.clone(),
            at: jiff::Timestamp::from_microsecond(event.at).map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%d %H:%M").to_string()),
            who: event.who.clone(),
            what: self.in_words(&event.theme_id, &event.edit, &edits),
            // Of an undo it is asked in vain: it is told by the change that it took back.
            in_force: matches!(event.edit, Edit::Undo { .. }) || edits.in_force().iter().any(|other| other.number == event.number),
        };
        Ok(events.iter().rev().map(change).collect())
    }

    fn in_words(&self, theme_id: &str, edit: &Edit, edits: &Edits) -> String {
        let label = |id: &str| self.registry.themes().iter().find(|theme| theme.id == id).map_or(id, |theme| &theme.label).to_owned();
        let whole = label(theme_id);
        match edit {
            Edit::Rename { label } => format!("`{whole}` is called `{label}`"),
            Edit::Merge { into } => {
                format!("clauses of `{whole}` are of `{}`", edits.label(into).map_or_else(|| label(into), str::to_owned))
            }
            Edit::Split { parts } => {
                let parts: Vec<String> = parts.iter().map(|part| format!("`{}`", part.label)).collect();
                format!("clauses of `{whole}` are of {}", parts.join(", "))
            }
            Edit::Pin => format!("`{whole}` stays as it is in a refit"),
            Edit::Retire => format!("clauses of `{whole}` are of no theme"),
            Edit::Undo { event } => format!("change {event} is taken back"),
        }
    }

    /// What a change would do.
    ///
    /// Fails as [`Edits::check`] does when it cannot be made.
    pub fn effect(&self, theme_id: &str, edit: &Edit) -> Result<Effect> {
        let edits = self.edits()?;
        edits.check(&shown(&self.registry, &edits), theme_id, edit)?;
        let counts = |id: &str| -> Vec<(&String, u64)> {
            self.months.iter().filter_map(|(month, themes)| Some((month, themes.get(id)?.n_clauses))).collect()
        };
        let concerned = counts(theme_id);
        let mut what = self.in_words(theme_id, edit, &edits);
        if let Edit::Split { parts } = edit {
            for part in parts {
                what.push_str(&format!("\n  {} ({} distinct clauses): {}", part.label, part.n_clauses, part.keywords.join(", ")));
            }
        }
        Ok(Effect {
            theme_id: theme_id.to_owned(),
            what,
            n_clauses: concerned.iter().map(|(_, n)| n).sum(),
            months: concerned.into_iter().map(|(month, _)| month.clone()).collect(),
        })
    }

    /// Keeps a change that [`ThemeDesk::effect`] allows; gives its number. `at`: microseconds since 1970-01-01T00:00Z.
    pub fn save(&mut self, theme_id: &str, edit: &Edit, at: i64, who: Option<&str>) -> Result<i64> {
        self.effect(theme_id, edit)?;
        self.store.edit_theme(theme_id, edit, at, who)
    }

    /// The newest change that is in force: what `undo` takes back when no number is given.
    pub fn newest_change(&self) -> Result<Option<ThemeEvent>> {
        Ok(self.edits()?.in_force().last().cloned())
    }

    /// Parts of a theme, by what its published clauses say; to be kept with [`Edit::Split`].
    pub fn parts(&self, theme_id: &str, n: usize) -> Result<Vec<Part>> {
        let settings = crate::runner::settings::load(&self.version)?;
        let model = Model::of(&settings.themes, &settings.folder)?;
        let mut sampler = Sampler::new(MAX_CLAUSES);
        for month in self.version.months(&CLAUSE)? {
            let mut spans: BTreeMap<String, Vec<(i32, i32)>> = BTreeMap::new();
            for batch in stream_table(&self.version, &CLAUSE, Some(month), Some(&["verbatim_id", "start_char", "end_char", "theme_id"]))? {
                let batch = batch?;
                let text = |name: &str| batch.column_by_name(name).expect("a column of clause").as_string::<i32>();
                let place = |name: &str| batch.column_by_name(name).expect("a column of clause").as_primitive::<Int32Type>();
                let (ids, themes, starts, ends) = (text("verbatim_id"), text("theme_id"), place("start_char"), place("end_char"));
                for i in (0..batch.num_rows()).filter(|i| themes.is_valid(*i) && themes.value(*i) == theme_id) {
                    spans.entry(ids.value(i).to_owned()).or_default().push((starts.value(i), ends.value(i)));
                }
            }
            if spans.is_empty() {
                continue;
            }
            for batch in stream_table(&self.version, &VERBATIM, Some(month), Some(&["verbatim_id", "text"]))? {
                let batch = batch?;
                let text = |name: &str| batch.column_by_name(name).expect("a column of verbatim").as_string::<i32>();
                let (ids, texts) = (text("verbatim_id"), text("text"));
                for i in 0..batch.num_rows() {
                    for (start, end) in spans.get(ids.value(i)).into_iter().flatten() {
                        let clause: String =
                            texts.value(i).chars().skip(*start as usize).take(usize::try_from(end - start).unwrap_or(0)).collect();
                        sampler.see(text_hash(&clause), &clause);
                    }
                }
            }
        }
        let labels: Vec<String> = shown(&self.registry, &self.edits()?).into_iter().map(|theme| theme.label).collect();
        Ok(self.registry.split(&model, &sampler.finish(), n, &labels))
    }
}

/// Distinct clauses that parts are found from.
const MAX_CLAUSES: usize = 50_000;
