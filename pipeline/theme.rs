//! Which themes are there, and how do they last?
//!
//! The [`Registry`] keeps every theme that was ever known: id, name, centre, threshold, when it came. It grows once
//! per report month from a [`Sample`] of that month's verbatims ([`Registry::grow`]); known themes
//! stay as they are with their ids, and only what lies near none of them is clustered. A month that is logged, or older than the
//! newest, is only assigned. Everything depends on the set of texts alone, never on their order, the machine
//! or the number of threads. Which theme a clause has is told by [`crate::stage::theme`].

mod cluster;
mod drift;
mod edit;
mod grow;
mod id;
mod material;
mod model;
mod name;
mod sample;
mod seeds;
mod split;
mod stem;
mod store;
mod term;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::stage::embed::{Usage, Vector};

pub use edit::{Edit, Edits, Part, Settled, Shown, ThemeEvent, same, shown};
pub use grow::{Born, Growth};
pub use sample::{Sample, SampleText, Sampler, text_hash};
pub use seeds::{SHIPPED_SEEDS, Seed, Seeds};

/// A report month: days from 1970-01-01 to its first day.
pub type Month = i32;

/// A theme: clauses that say the same kind of thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Theme {
    /// Made from the registry version and the members; lasts.
    pub id: String,
    /// Readable name.
    pub label: String,
    /// Key terms, best first.
    pub keywords: Vec<String>,
    /// Index of the wider theme in [`Registry::themes`]; none: top level.
    pub parent: Option<usize>,
    /// 1: top level; 2: below.
    pub level: u8,
    /// Whether it takes clauses.
    pub status: Status,
    /// Functional area; none: no area is near.
    pub area: Option<String>,
    /// Where it came from.
    pub origin: Origin,
    /// First month with a clause in the sample; none: not met yet.
    pub first_month: Option<Month>,
    /// Last month with a clause in the sample.
    pub last_month: Option<Month>,
    /// Registry version in which it came.
    pub version: i32,
    /// Its centre; none: a wider theme that takes no clauses itself.
    #[serde(with = "store::vector", default, skip_serializing_if = "Option::is_none")]
    pub centroid: Option<Vector>,
    /// A clause at least this near to the centre is of the theme. Cosine, 0 to 1.
    pub threshold: f32,
    /// Distinct clauses of the sample that it was made of.
    pub n_clauses: usize,
    /// The clause nearest the centre when it was made; redacted text.
    pub example: Option<String>,
    /// [`text_hash`] of the verbatim that the example comes from, 32 hexadecimal digits.
    pub example_text: Option<String>,
    /// Words of the clauses that it was made of, with their shares in thousandths; empty: not met yet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vocabulary: BTreeMap<String, u32>,
    /// How its clauses lay in the months that the registry grew by, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Past>,
}

/// How the clauses of a theme lay in one month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// The month.
    pub month: Month,
    /// Distinct clauses of its sample that are of the theme.
    pub n_clauses: usize,
    /// Cosine between the theme's centre and the direction of these clauses: 1, no drift.
    pub similarity: f32,
    /// How like their words are to those that the theme was made with, 0 to 1; none: there was no word to compare.
    pub words: Option<f32>,
}

/// Whether a theme takes clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does.
    Active,
    /// A person took it out.
    Retired,
    /// It became part of another.
    Merged,
}

impl Status {
    /// As tables hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Merged => "merged",
        }
    }
}

/// Where a theme came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// From the verbatims.
    Discovered,
    /// From the taxonomy.
    Seeded,
    /// A person parted it from another.
    Split,
}

impl Origin {
    /// As tables hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discovered => "discovered",
            Self::Seeded => "seeded",
            Self::Split => "split",
        }
    }
}

/// A month that the registry grew by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedMonth {
    /// The month.
    pub month: Month,
    /// [`Sample::fingerprint`] of what it grew by.
    pub sample: String,
    /// The version that it led to.
    pub version: i32,
}

/// A clause that was near no theme when its month was grown: later months may make a theme of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Residual {
    /// Month that it was last seen in.
    pub(crate) month: Month,
    /// How many verbatims said it.
    pub(crate) weight: u32,
    /// The clause; redacted text.
    pub(crate) text: String,
}

/// All themes ever known, how the corpus uses its words, and the months that they came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    model: String,
    version: i32,
    dimensions: usize,
    months: Vec<LoggedMonth>,
    themes: Vec<Theme>,
    boiler_plate: Vec<Vector>,
    usage: Usage,
    residual: Vec<Residual>,
}

impl Registry {
    /// No theme yet, for vectors of the model with this fingerprint. Version 0.
    pub fn empty(model_fingerprint: &str) -> Self {
        Self {
            model: model_fingerprint.to_owned(),
            version: 0,
            dimensions: 0,
            months: Vec::new(),
            themes: Vec::new(),
            boiler_plate: Vec::new(),
            usage: Usage::default(),
            residual: Vec::new(),
        }
    }

    /// Goes up each time that a month brings themes; equal versions assign equal themes to equal text.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// Every theme ever known, wider themes included; indices last.
    pub fn themes(&self) -> &[Theme] {
        &self.themes
    }

    /// Months that the registry grew by, oldest first.
    pub fn months(&self) -> &[LoggedMonth] {
        &self.months
    }

    /// Fingerprint of the model that the centres belong to.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// What words weigh and mean in this corpus.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// Whether the registry is to grow by `month`: newer than every logged one.
    pub fn needs(&self, month: Month) -> bool {
        self.months.last().is_none_or(|newest| newest.month < month)
    }

    /// A registry to be fitted anew in place of `before`: its version goes on, and themes that `keep` names are known from the start.
    pub(crate) fn refitted(before: &Self, model_fingerprint: &str, keep: impl Fn(&str) -> bool) -> Self {
        let same_model = before.model == model_fingerprint;
        let kept = before.themes.iter().filter(|theme| same_model && theme.centroid.is_some() && keep(&theme.id));
        let themes = kept.map(|theme| Theme { parent: None, level: 1, past: Vec::new(), ..theme.clone() }).collect();
        Self { version: before.version, themes, ..Self::empty(model_fingerprint) }
    }

    /// Takes up `before`: a theme here that is one of its (`same`: index here → index there) gets its id, name and past, and themes
    /// that went on as none stay known as retired.
    pub(crate) fn continue_from(&mut self, before: &Self, same: &BTreeMap<usize, usize>) {
        for (here, there) in same {
            let (theme, old) = (&mut self.themes[*here], &before.themes[*there]);
            theme.id.clone_from(&old.id);
            theme.label.clone_from(&old.label);
            theme.first_month = [old.first_month, theme.first_month].into_iter().flatten().min();
        }
        let retired = before.themes.iter().enumerate().filter(|(there, _)| !same.values().any(|kept| kept == there));
        let retired: Vec<Theme> =
            retired.map(|(_, old)| Theme { parent: None, level: 1, status: Status::Retired, ..old.clone() }).collect();
        self.themes.extend(retired);
    }

    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    pub(crate) fn boiler_plate(&self) -> &[Vector] {
        &self.boiler_plate
    }
}
