//! How does a person open a case?
//!
//! A case belongs to a response: it shows what was answered, and every key of the tables resolves. Who calls without having answered
//! belongs to the newest response of the account.

use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array as _, RecordBatch, StringArray, cast::AsArray as _};

use super::book::Casebook;
use super::case::Case;
use super::operation::By;
use crate::clock::RespondWithin;
use crate::error::{Error, Result};
use crate::identity::hotline_id;
use crate::month::Month;
use crate::schema::RESPONSE;
use crate::sink::stream_table;
use crate::store::{Detail, Kind, NewEvent, Opened};

/// Whose case it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Who gave this response; the source is needed where two sources have a response of this id.
    Response {
        /// Id of the response.
        response_id: String,
        /// Its source.
        source: Option<String>,
    },
    /// An account, by id or name: the case hangs on its newest response.
    Account(String),
}

/// A case to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Whose case it is.
    pub subject: Subject,
    /// Who acts.
    pub route: String,
    /// 1 (worst) to 5.
    pub severity: i32,
    /// What it is about: one of the categories of the rules, or none.
    pub category: Option<String>,
    /// Time to respond, as rules write it.
    pub respond_within: String,
    /// What happened, in a line.
    pub description: String,
}

struct Response {
    source: String,
    response_id: String,
    month: Month,
    received_at: Option<i64>,
    account_id: Option<String>,
    account_name: Option<String>,
    contact_name: Option<String>,
}

impl Casebook {
    /// Opens a case.
    ///
    /// Fails with [`Error::Case`] when the response or account is not known, when the response has a case of this route already, and when
    /// a field cannot be used.
    pub fn add(&mut self, opening: &Opening, by: &By) -> Result<Case> {
        let route = opening.route.trim().to_lowercase();
        check(opening, &route)?;
        let response = self.response(&opening.subject)?;
        let id = hotline_id(&response.source, &response.response_id, &route);
        let taken = |id: &str| {
            let what = format!("response {} has this case of {route} already", response.response_id);
            refused(id, what, "write a `note`, `reopen` it, or choose another route")
        };
        if self.case(&id).is_ok() {
            return Err(taken(&id));
        }
        let opened = Opened {
            source: response.source.clone(),
            response_id: response.response_id.clone(),
            route: route.clone(),
            severity: opening.severity,
            category: opening.category.clone().filter(|category| !category.trim().is_empty()),
            respond_within: opening.respond_within.clone(),
            description: opening.description.trim().to_owned(),
            account_id: response.account_id.clone(),
            account_name: response.account_name.clone(),
            contact_name: response.contact_name.clone(),
            received_at: response.received_at,
            report_month: response.month.to_string(),
        };
        let detail = Detail { opened: Some(opened), ..Detail::default() };
        let new = NewEvent { hotline_id: id.clone(), kind: Kind::Detected, at: by.at, who: by.who.clone(), detail };
        self.store.append(&new, None, None, |events| if events.is_empty() { Ok(()) } else { Err(taken(&id)) })?;
        self.case(&id)
    }

    fn response(&self, subject: &Subject) -> Result<Response> {
        let mut found: Vec<Response> = Vec::new();
        let columns = ["response_id", "source", "received_at", "account_id", "account_name", "contact_name"];
        for month in self.version().months(&RESPONSE)?.into_iter().rev() {
            for batch in stream_table(self.version(), &RESPONSE, Some(month), Some(&columns))? {
                let batch = batch?;
                found.extend((0..batch.num_rows()).filter(|i| is_meant(&batch, *i, subject)).map(|i| response(&batch, i, month)));
            }
            // Months come newest first: an older one has no newer response of the account.
            if matches!(subject, Subject::Account(_)) && !found.is_empty() {
                break;
            }
        }
        let of = match subject {
            Subject::Response { response_id, .. } => response_id,
            Subject::Account(account) => account,
        };
        match subject {
            Subject::Account(_) => found
                .into_iter()
                .max_by(|a, b| (a.received_at, &a.source, &a.response_id).cmp(&(b.received_at, &b.source, &b.response_id)))
                .ok_or_else(|| {
                    refused(
                        of,
                        "no response is of this account".to_owned(),
                        "a case hangs on a response: give the account's id or name as the tables have it",
                    )
                }),
            Subject::Response { .. } if found.len() > 1 => {
                let sources: Vec<&str> = found.iter().map(|response| response.source.as_str()).collect();
                Err(refused(of, format!("several sources have this response: {}", sources.join(", ")), "say which with --source"))
            }
            Subject::Response { .. } => {
                found.pop().ok_or_else(|| refused(of, "no such response".to_owned(), "give the id as `response.response_id` has it"))
            }
        }
    }
}

fn refused(id: &str, what: String, hint: &str) -> Error {
    Error::Case { hotline_id: id.to_owned(), what, hint: Some(hint.to_owned()) }
}

fn check(opening: &Opening, route: &str) -> Result<()> {
    let fail = |what: String, hint: &str| Err(refused("to be opened", what, hint));
    if opening.description.trim().is_empty() {
        return fail("it says nothing".to_owned(), "say in a line what happened");
    }
    if route.is_empty() || !route.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) {
        return fail(format!("`{route}` is no route"), "care, sales or a team of your rules");
    }
    if !(1..=5).contains(&opening.severity) {
        return fail(format!("{} is no severity", opening.severity), "1 (worst) to 5");
    }
    if RespondWithin::parse(&opening.respond_within).is_none() {
        return fail(format!("`{}` is no time to respond", opening.respond_within), "as in 24h, 2 days, 2 business days");
    }
    Ok(())
}

fn is_meant(batch: &RecordBatch, i: usize, subject: &Subject) -> bool {
    let is = |name: &str, value: &str| text(batch, name, i).is_some_and(|text| text == value);
    match subject {
        Subject::Response { response_id, source } => {
            is("response_id", response_id.trim()) && source.as_deref().is_none_or(|source| is("source", source))
        }
        Subject::Account(account) => {
            let account = account.trim();
            is("account_id", account) || text(batch, "account_name", i).is_some_and(|name| name.to_lowercase() == account.to_lowercase())
        }
    }
}

fn response(batch: &RecordBatch, i: usize, month: Month) -> Response {
    let received = batch.column_by_name("received_at").expect("a column that was asked for").as_primitive::<TimestampMicrosecondType>();
    Response {
        source: text(batch, "source", i).unwrap_or_default(),
        response_id: text(batch, "response_id", i).unwrap_or_default(),
        month,
        received_at: received.is_valid(i).then(|| received.value(i)),
        account_id: text(batch, "account_id", i),
        account_name: text(batch, "account_name", i),
        contact_name: text(batch, "contact_name", i),
    }
}

fn text(batch: &RecordBatch, name: &str, i: usize) -> Option<String> {
    let column: &StringArray = batch.column_by_name(name).expect("a column that was asked for").as_string();
    column.is_valid(i).then(|| column.value(i).to_owned())
}
