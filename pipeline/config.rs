//! What was the program told to do?
//!
//! `outspoken.toml` becomes [`Settings`] with every default filled. Unknown keys and unusable values are
//! errors with file, line and key. What the columns of a source mean can be left out: then
//! the column finder finds it from names and content, file by file.

mod load;
mod source;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use load::load;
#[cfg(test)]
pub(crate) use load::parse;
pub use source::{DateOrder, MonthFrom, Role, ScoreKind, ScoreSettings, SourceSettings};

use crate::measure::OnePer;

/// Everything that can be set, with its default.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The sources; none: one source named `feedback` with columns found from names and content.
    #[serde(rename = "source")]
    pub sources: Vec<SourceSettings>,
    /// How themes are found.
    pub themes: ThemeSettings,
    /// The search index.
    pub index: IndexSettings,
    /// How tables are written.
    pub output: OutputSettings,
    /// What is redacted.
    pub privacy: PrivacySettings,
    /// Languages.
    pub language: LanguageSettings,
    /// HOTLINE cases.
    pub hotline: HotlineSettings,
    /// The review app.
    pub review: ReviewSettings,
    /// Sentiment lexicons.
    pub sentiment: SentimentSettings,
    /// How figures are counted.
    pub measures: MeasureSettings,
    /// The account file.
    pub accounts: AccountSettings,
    /// The invitation file.
    pub invitations: FileSettings,
    /// Figures from elsewhere, by month.
    pub indicators: FileSettings,
    /// File with goals and initiatives, as `outspoken init` writes it; none: no goals.
    pub goals: Option<String>,
    /// Where cases are handed over when they are detected.
    #[serde(rename = "handover")]
    pub handovers: Vec<HandoverSettings>,
    /// Where relative paths start: the folder of the settings file, or the working directory.
    #[serde(skip)]
    pub folder: std::path::PathBuf,
}

impl Settings {
    /// Files and folders that decide what is made of a row and that have to be where the settings are: rules, lexicons, seeds, model.
    /// Relative to the settings file, as they are written there.
    pub fn files_of_rows(&self) -> Vec<String> {
        let rules = self.hotline.rules.iter().flatten().filter(|name| *name != crate::rules::SHIPPED || self.folder.join(name).exists());
        let themes = self.themes.seeds.iter().flatten().chain(&self.themes.model);
        rules.chain(&self.sentiment.lexicons).chain(themes).cloned().collect()
    }
}

/// `[themes]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThemeSettings {
    /// Upper bound of active themes; none: found, at most 120.
    pub max: Option<usize>,
    /// Taxonomy files of guided themes; none: the shipped one for functional areas; `[]`: none at all.
    pub seeds: Option<Vec<String>>,
    /// Folder with `tokenizer.json` and `model.safetensors` of a static model; none: the shipped one.
    pub model: Option<String>,
}

#[expect(clippy::derivable_impls, reason = "defaults of settings are written out, key by key")]
impl Default for ThemeSettings {
    fn default() -> Self {
        Self { max: None, seeds: None, model: None }
    }
}

impl ThemeSettings {
    /// Whether the model reads a language (ISO 639-1, or `und`): the shipped one reads English, and would bring
    /// verbatims of other languages together by their language, not by what they say.
    pub fn reads(&self, language: &str) -> bool {
        self.model.is_some() || matches!(language, "en" | "und")
    }
}

/// `[index]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct IndexSettings {
    /// Whether a run brings the search index up to date after publishing.
    pub enabled: bool,
}

impl Default for IndexSettings {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// `[review]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReviewSettings {
    /// Names of reviewers to choose from in the review app.
    pub reviewers: Vec<String>,
}

/// `[output]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutputSettings {
    /// Compression of Parquet pages.
    pub compression: Compression,
}

/// Compression of Parquet pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Read by everything.
    #[default]
    Snappy,
    /// A third smaller, as fast to write.
    Zstd,
    /// None.
    None,
}

/// `[privacy]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrivacySettings {
    /// Kinds of personal data that are replaced: card, iban, ssn, email, phone, ip, account, name.
    pub redact: Vec<String>,
    /// Own patterns, name = linear-time regular expression; replaced by `[name]`.
    pub patterns: BTreeMap<String, String>,
}

impl Default for PrivacySettings {
    fn default() -> Self {
        Self {
            redact: ["card", "iban", "ssn", "email", "phone", "ip", "account", "name"].map(str::to_owned).to_vec(),
            patterns: BTreeMap::new(),
        }
    }
}

/// `[language]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LanguageSettings {
    /// Which lexicon and rules an undecided text gets; its `language` stays `und`.
    pub default: String,
}

impl Default for LanguageSettings {
    fn default() -> Self {
        Self { default: "en".to_owned() }
    }
}

/// `[hotline]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct HotlineSettings {
    /// Rule files, directories of them, and `shipped` for the shipped pack; none: the shipped pack; an empty list: no rules. Later files
    /// replace rules of the same id.
    pub rules: Option<Vec<String>>,
    /// A response older than this when first seen is `historical` and has no clock. Days.
    pub max_age_days: u32,
    /// Hours to respond to a case opened by a score, a partner's flag or a call-back request.
    pub respond_within_hours: u32,
    /// How long contact details of cases are kept in review.db, for calling back; 0: not at all. Days.
    pub contact_retention_days: u32,
    /// Business hours, in which times to respond such as "2 business days" are counted.
    pub calendar: CalendarSettings,
}

impl Default for HotlineSettings {
    fn default() -> Self {
        Self { rules: None, max_age_days: 45, respond_within_hours: 48, contact_retention_days: 90, calendar: CalendarSettings::default() }
    }
}

impl HotlineSettings {
    /// The part that decides what is made of a row: a change of the rest leaves rows as they are.
    pub fn of_rows(&self) -> Self {
        let rest = Self::default();
        Self { contact_retention_days: rest.contact_retention_days, calendar: rest.calendar, ..self.clone() }
    }
}

/// `[hotline.calendar]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarSettings {
    /// IANA zone of the hours.
    pub time_zone: String,
    /// When a business day begins and ends: whole hours, 0 to 24.
    pub hours: [u8; 2],
    /// Business days: mon, tue, wed, thu, fri, sat, sun.
    pub days: Vec<String>,
    /// Days that are none: YYYY-MM-DD.
    pub holidays: Vec<String>,
}

impl Default for CalendarSettings {
    fn default() -> Self {
        Self {
            time_zone: "UTC".to_owned(),
            hours: [9, 17],
            days: ["mon", "tue", "wed", "thu", "fri"].map(str::to_owned).to_vec(),
            holidays: Vec::new(),
        }
    }
}

/// One `[[handover]]` block: cases that are handed to another tool when they are detected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct HandoverSettings {
    /// Its name: what the outbox remembers.
    pub name: String,
    /// The route whose cases it takes; none: of every route.
    pub route: Option<String>,
    /// A JSON Lines file to which each case is appended, below the output directory.
    pub file: Option<String>,
    /// A command and its arguments; it gets the case as JSON on standard input and ends with 0 when it has taken it.
    pub command: Vec<String>,
    /// How long the command may take. Seconds; 0: the default of 30.
    pub timeout_seconds: u32,
}

/// `[measures]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeasureSettings {
    /// Whether each response counts, or in each window only the newest answer of each person.
    pub one_per: OnePer,
    /// Sources that are counted together, too, by the name of the pool: `pool = { surveys = ["survey_a", "survey_b"] }`. None: no sources are pooled.
    pub pool: BTreeMap<String, Vec<String>>,
}

/// `[accounts]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountSettings {
    /// The file; none: accounts are what answers call them.
    pub file: Option<String>,
    /// Columns whose names are not found by themselves: ours to the file's.
    pub columns: BTreeMap<String, String>,
    /// Revenue from which on an account counts as profitable in the matrix; none: the median of the accounts with a stance.
    pub high_value: Option<f64>,
}

/// `[invitations]` and `[indicators]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileSettings {
    /// The file.
    pub file: Option<String>,
    /// Columns whose names are not found by themselves: ours to the file's.
    pub columns: BTreeMap<String, String>,
}

/// `[sentiment]`
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentimentSettings {
    /// Lexicon files laid over the shipped ones; later files win.
    pub lexicons: Vec<String>,
}
