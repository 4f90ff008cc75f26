//! What does somebody who picks up a case need to read?

use std::collections::BTreeMap;

use arrow_array::{Array as _, BooleanArray, RecordBatch, StringArray, cast::AsArray as _};
use serde::Serialize;

use super::book::Casebook;
use super::case::Case;
use super::filter::Filter;
use crate::error::Result;
use crate::schema::{HOTLINE, HOTLINE_HIT, Table, VERBATIM};
use crate::sink::stream_table;
use crate::store::Event;

/// Everything about one case.
#[derive(Clone, Debug, Serialize)]
pub struct CaseFile {
    /// The case.
    #[serde(flatten)]
    pub case: Case,
    /// Every answered question with its wording and the answer.
    pub context: String,
    /// Every place where a rule matched in the response, fired or not.
    pub hits: Vec<Hit>,
    /// What happened to the case, in the order of time.
    pub history: Vec<Event>,
    /// Other cases of the person or the account that were there before it, the latest first.
    pub earlier: Vec<Case>,
}

/// A place where a rule matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The rule, or the score or flag.
    pub rule_id: String,
    /// What the rule is about.
    pub category: Option<String>,
    /// The question in whose answer it matched; none: a score or a flag.
    pub question: Option<String>,
    /// The matched words.
    pub matched_text: Option<String>,
    /// How they were meant.
    pub assertion: Option<String>,
    /// The words that settled that.
    pub cue_text: Option<String>,
    /// Whether it opened the case.
    pub fired: bool,
    /// Why it did not.
    pub suppressed_by: Option<String>,
}

impl Casebook {
    /// Everything about one case.
    pub fn file(&self, case: &Case) -> Result<CaseFile> {
        let mut history = self.history(case)?;
        history.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        Ok(CaseFile { context: self.context(case)?, hits: self.hits(case)?, history, earlier: self.earlier(case)?, case: case.clone() })
    }

    /// Every answered question of the response with its wording and the answer.
    pub fn context(&self, case: &Case) -> Result<String> {
        let mut context = String::new();
        self.each(&HOTLINE, case, &["hotline_id", "context"], |batch, i| {
            if text(batch, "hotline_id", i).as_deref() == Some(&case.hotline_id) {
                context = text(batch, "context", i).unwrap_or_default();
            }
        })?;
        Ok(context)
    }

    fn hits(&self, case: &Case) -> Result<Vec<Hit>> {
        let mut questions = BTreeMap::new();
        self.each(&VERBATIM, case, &["verbatim_id", "response_id", "source", "question"], |batch, i| {
            if is_of(batch, i, case) {
                questions.insert(text(batch, "verbatim_id", i), text(batch, "question", i));
            }
        })?;
        let columns = [
            "verbatim_id",
            "response_id",
            "source",
            "rule_id",
            "category",
            "matched_text",
            "assertion",
            "cue_text",
            "fired",
            "suppressed_by",
        ];
        let mut hits = Vec::new();
        self.each(&HOTLINE_HIT, case, &columns, |batch, i| {
            if !is_of(batch, i, case) {
                return;
            }
            let fired: &BooleanArray = batch.column_by_name("fired").expect("a column that was asked for").as_boolean();
            hits.push(Hit {
                rule_id: text(batch, "rule_id", i).unwrap_or_default(),
                category: text(batch, "category", i),
                question: questions.get(&text(batch, "verbatim_id", i)).cloned().flatten(),
                matched_text: text(batch, "matched_text", i),
                assertion: text(batch, "assertion", i),
                cue_text: text(batch, "cue_text", i),
                fired: fired.is_valid(i) && fired.value(i),
                suppressed_by: text(batch, "suppressed_by", i),
            });
        })?;
        Ok(hits)
    }

    /// Other cases of the person or the account that were there before, the latest first.
    fn earlier(&self, case: &Case) -> Result<Vec<Case>> {
        let at = |case: &Case| case.received_at.unwrap_or(case.state.detected_at);
        let folded = |name: &Option<String>| name.as_deref().map(str::to_lowercase);
        let account = |case: &Case| case.account_id.clone().or_else(|| folded(&case.account_name));
        let is_theirs = |other: &Case| {
            let same_account = account(case).is_some() && account(case) == account(other);
            let same_person = case.contact_name.is_some() && folded(&case.contact_name) == folded(&other.contact_name);
            // A name alone is no person: two accounts may each have a Kim Lee.
            same_account || same_person && (account(case).is_none() || account(other).is_none())
        };
        let mut earlier = self.cases(&Filter::default())?;
        earlier.retain(|other| other.hotline_id != case.hotline_id && is_theirs(other) && at(other) <= at(case));
        earlier.sort_by(|a, b| (at(b), &a.hotline_id).cmp(&(at(a), &b.hotline_id)));
        Ok(earlier)
    }

    fn each(&self, table: &'static Table, case: &Case, columns: &[&str], mut take: impl FnMut(&RecordBatch, usize)) -> Result<()> {
        for batch in stream_table(self.version(), table, Some(case.report_month), Some(columns))? {
            let batch = batch?;
            (0..batch.num_rows()).for_each(|i| take(&batch, i));
        }
        Ok(())
    }
}

fn is_of(batch: &RecordBatch, i: usize, case: &Case) -> bool {
    let is = |name: &str, value: &str| {
        let column: &StringArray = batch.column_by_name(name).expect("a column that was asked for").as_string();
        column.value(i) == value
    };
    is("response_id", &case.response_id) && is("source", &case.source)
}

fn text(batch: &RecordBatch, name: &str, i: usize) -> Option<String> {
    let column: &StringArray = batch.column_by_name(name).expect("a column that was asked for").as_string();
    column.is_valid(i).then(|| column.value(i).to_owned())
}
