//! What is a source, and what do its columns mean?

use serde::{Deserialize, Serialize};

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
