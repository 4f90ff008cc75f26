//! What was the program told to do?
//!
//! `outspoken.toml` becomes [`Settings`] with every default filled. Unknown keys and unusable values are
//! errors with file, line and key. What the columns of a source mean can be left out: then
//! the column finder finds it from names and content, file by file.

mod load;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use load::load;
#[cfg(test)]
pub(crate) use load::parse;

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

/// One `[[source]]` block: a survey, a complaint log, a review feed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceSettings {
    /// Its name: part of every key. Default `feedback`, never a file's name, so that a corrected dump finds its rows.
    pub name: String,
    /// Globs against file names; a file belongs to the first source that matches. Empty: every file.
    pub files: Vec<String>,
    /// Column with the response's id. None: a hash of the row.
    pub id: Option<String>,
    /// Column with the time of the answer.
    pub received_at: Option<String>,
    /// Column with the time of the invitation.
    pub sent_at: Option<String>,
    /// Column with the time of the experience.
    pub experience_at: Option<String>,
    /// Column with the wave: a month (`2026-07`), a quarter (`2026-Q3`) or a name.
    pub wave: Option<String>,
    /// Which of these gives the report month.
    pub month_from: MonthFrom,
    /// IANA zone of times without one. Default UTC, never the machine's.
    pub time_zone: String,
    /// Order of day and month in dates such as 03/04/2026; none: settled by the whole column.
    pub date_order: Option<DateOrder>,
    /// Columns with open answers.
    pub verbatims: Vec<String>,
    /// Column with the account's id.
    pub account_id: Option<String>,
    /// Column with the account's name.
    pub account_name: Option<String>,
    /// Column with the account's value.
    pub account_value: Option<String>,
    /// Column with the person's id.
    pub contact_id: Option<String>,
    /// Column with the person's name.
    pub contact_name: Option<String>,
    /// Column with the person's job title.
    pub contact_title: Option<String>,
    /// Column with the person's role in the account.
    pub contact_role: Option<String>,
    /// Column with the person's e-mail address: kept for calling back, never in a table.
    pub contact_email: Option<String>,
    /// Column with the person's telephone number: kept for calling back, never in a table.
    pub contact_phone: Option<String>,
    /// Column with the channel.
    pub channel: Option<String>,
    /// Column with the segment.
    pub segment: Option<String>,
    /// Column with the product.
    pub product: Option<String>,
    /// Column with the functional area.
    pub area: Option<String>,
    /// Column with the survey partner's HOTLINE flag.
    pub hotline_flag: Option<String>,
    /// Column with the survey partner's note on it.
    pub hotline_note: Option<String>,
    /// Column that says whether the person asked to be called back.
    pub callback_requested: Option<String>,
    /// Column with the consent to share: named, anonymous or aggregate_only.
    pub share_consent: Option<String>,
    /// Columns carried into `response_attribute`, redacted like verbatims.
    pub passthrough: Vec<String>,
    /// Ratings.
    #[serde(rename = "score")]
    pub scores: Vec<ScoreSettings>,
}

impl Default for SourceSettings {
    fn default() -> Self {
        Self {
            name: "feedback".to_owned(),
            files: Vec::new(),
            id: None,
            received_at: None,
            sent_at: None,
            experience_at: None,
            wave: None,
            month_from: MonthFrom::ReceivedAt,
            time_zone: "UTC".to_owned(),
            date_order: None,
            verbatims: Vec::new(),
            account_id: None,
            account_name: None,
            account_value: None,
            contact_id: None,
            contact_name: None,
            contact_title: None,
            contact_role: None,
            contact_email: None,
            contact_phone: None,
            channel: None,
            segment: None,
            product: None,
            area: None,
            hotline_flag: None,
            hotline_note: None,
            callback_requested: None,
            share_consent: None,
            passthrough: Vec::new(),
            scores: Vec::new(),
        }
    }
}

impl SourceSettings {
    /// The single columns with their roles, in a fixed order; open answers, scores and passthrough apart.
    pub fn fields(&self) -> [(Role, Option<&str>); 22] {
        let c = Option::as_deref;
        [
            (Role::Id, c(&self.id)),
            (Role::ReceivedAt, c(&self.received_at)),
            (Role::SentAt, c(&self.sent_at)),
            (Role::ExperienceAt, c(&self.experience_at)),
            (Role::Wave, c(&self.wave)),
            (Role::AccountId, c(&self.account_id)),
            (Role::AccountName, c(&self.account_name)),
            (Role::AccountValue, c(&self.account_value)),
            (Role::ContactId, c(&self.contact_id)),
            (Role::ContactName, c(&self.contact_name)),
            (Role::ContactTitle, c(&self.contact_title)),
            (Role::ContactRole, c(&self.contact_role)),
            (Role::ContactEmail, c(&self.contact_email)),
            (Role::ContactPhone, c(&self.contact_phone)),
            (Role::Channel, c(&self.channel)),
            (Role::Segment, c(&self.segment)),
            (Role::Product, c(&self.product)),
            (Role::Area, c(&self.area)),
            (Role::HotlineFlag, c(&self.hotline_flag)),
            (Role::HotlineNote, c(&self.hotline_note)),
            (Role::CallbackRequested, c(&self.callback_requested)),
            (Role::ShareConsent, c(&self.share_consent)),
        ]
    }

    /// This block with the columns of another one: those that were found from names and content.
    #[must_use]
    pub(crate) fn with_columns(&self, found: Self) -> Self {
        Self {
            name: self.name.clone(),
            files: self.files.clone(),
            time_zone: self.time_zone.clone(),
            date_order: self.date_order,
            month_from: self.month_from,
            ..found
        }
    }

    /// Every column that the block names, each once, in the order of [`Self::fields`], then open answers, scores and what is carried along.
    pub fn columns(&self) -> Vec<String> {
        let single = self.fields().into_iter().filter_map(|(_, name)| name.map(str::to_owned));
        let scores = self.scores.iter().map(|score| score.column.clone());
        let mut columns: Vec<String> = Vec::new();
        for name in single.chain(self.verbatims.iter().cloned()).chain(scores).chain(self.passthrough.iter().cloned()) {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
        columns
    }

    /// Whether the block names any column at all; if not, columns are found from names and content.
    pub fn names_columns(&self) -> bool {
        !self.verbatims.is_empty()
            || !self.scores.is_empty()
            || !self.passthrough.is_empty()
            || self.fields().iter().any(|(_, column)| column.is_some())
    }
}

/// What a single column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are the keys of a `[[source]]` block, documented there")]
pub enum Role {
    Id,
    ReceivedAt,
    SentAt,
    ExperienceAt,
    Wave,
    AccountId,
    AccountName,
    AccountValue,
    ContactId,
    ContactName,
    ContactTitle,
    ContactRole,
    ContactEmail,
    ContactPhone,
    Channel,
    Segment,
    Product,
    Area,
    HotlineFlag,
    HotlineNote,
    CallbackRequested,
    ShareConsent,
}

impl Role {
    /// The key of the `[[source]]` block.
    pub fn key(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::ReceivedAt => "received_at",
            Self::SentAt => "sent_at",
            Self::ExperienceAt => "experience_at",
            Self::Wave => "wave",
            Self::AccountId => "account_id",
            Self::AccountName => "account_name",
            Self::AccountValue => "account_value",
            Self::ContactId => "contact_id",
            Self::ContactName => "contact_name",
            Self::ContactTitle => "contact_title",
            Self::ContactRole => "contact_role",
            Self::ContactEmail => "contact_email",
            Self::ContactPhone => "contact_phone",
            Self::Channel => "channel",
            Self::Segment => "segment",
            Self::Product => "product",
            Self::Area => "area",
            Self::HotlineFlag => "hotline_flag",
            Self::HotlineNote => "hotline_note",
            Self::CallbackRequested => "callback_requested",
            Self::ShareConsent => "share_consent",
        }
    }
}

/// Which time gives the report month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthFrom {
    /// When the answer was received.
    #[default]
    ReceivedAt,
    /// When the questionnaire was sent.
    SentAt,
    /// When the experience was.
    ExperienceAt,
    /// The period of fieldwork; a quarter is reported in its last month.
    Wave,
}

/// Order of day and month in dates written with numbers only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/12/2026
    DayFirst,
    /// 12/31/2026
    MonthFirst,
}

/// One `[[source.score]]` block: a rating.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScoreSettings {
    /// The column.
    pub column: String,
    /// Name of the measure; default: the column's name in lower case, words joined by `_`.
    pub measure: String,
    /// What kind of question it is.
    pub kind: ScoreKind,
    /// Worst and best point: `[5, 1]` is a reversed scale. Default: 0 to 10 for nps, 1 to 7 for ces, else 1 to 5.
    pub scale: Option<[f64; 2]>,
    /// Words for points, worst first.
    pub labels: Vec<String>,
    /// Functional area that it is about.
    pub area: Option<String>,
    /// Whether its worst point is a HOTLINE. Default: true for csat measures named overall.
    pub hotline: Option<bool>,
    /// First day that this scale holds, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Last day that this scale holds.
    pub until: Option<String>,
}

/// Kind of a rating question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreKind {
    /// Satisfaction.
    Csat,
    /// Likelihood to recommend, whole points 0 to 10.
    Nps,
    /// Effort.
    Ces,
    /// Any other rating.
    #[default]
    Rating,
}

impl ScoreKind {
    /// As tables hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csat => "csat",
            Self::Nps => "nps",
            Self::Ces => "ces",
            Self::Rating => "rating",
        }
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
    /// Rule files, directories of them, and `shipped` for the shipped pack; none: the shipped pack. Later files replace rules of the
    /// same id.
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
