//! Who was asked to answer?

use std::collections::BTreeMap;
use std::path::Path;

use arrow_array::RecordBatch;

use super::Read;
use super::sheet::{Column, Sheet};
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::month::Month;
use crate::schema::{INVITATION, Rows, invitation as col};
use crate::source::dates::wave_month;

/// The columns that are looked for, with the names that files give them.
pub const COLUMNS: [Column; 10] = [
    ("source", &["source", "survey", "survey_name"]),
    ("wave", &["wave", "fieldwork", "period"]),
    ("account_id", &["account_id", "account", "acct", "account_no", "account_number", "customer_id"]),
    ("account_name", &["account_name", "company", "customer", "customer_name"]),
    ("contact_id", &["contact_id", "contact", "respondent_id", "person_id"]),
    ("contact_name", &["contact_name", "name", "person"]),
    ("contact_title", &["contact_title", "title", "job_title"]),
    ("contact_role", &["contact_role", "role"]),
    ("invited_at", &["invited_at", "sent_at", "invitation_date", "sent", "date"]),
    ("status", &["status", "invitation_status", "outcome"]),
];

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The survey.
    pub source: String,
    /// The month in which it is counted: that of `invited_at`, else of the wave.
    pub month: Month,
    /// Period of fieldwork.
    pub wave: Option<String>,
    /// The account.
    pub account_id: Option<String>,
    /// Its name.
    pub account_name: Option<String>,
    /// The person.
    pub contact_id: Option<String>,
    /// Their name.
    pub contact_name: Option<String>,
    /// Their job title.
    pub contact_title: Option<String>,
    /// Their role in the account.
    pub contact_role: Option<String>,
    /// When they were asked, microseconds since 1970.
    pub invited_at: Option<i64>,
    /// What came of it, in the user's words.
    pub status: Option<String>,
}

impl Invitation {
    /// Its id: equal for the same person in the same wave of the same survey.
    pub fn id(&self) -> String {
        let mut id = Fingerprint::of("invitation").part(&self.source).part(&self.month.to_string());
        [&self.wave, &self.contact_id].into_iter().for_each(|part| id.add(part.as_deref()));
        if self.contact_id.is_none() {
            [&self.account_id, &self.account_name, &self.contact_name].into_iter().for_each(|part| id.add(part.as_deref()));
        }
        id.id()
    }
}

/// Reads an invitation file; `source` is the survey of lines that name none. The same person twice in a wave is one invitation: the last line counts.
///
/// Fails when it cannot be read, or no line can be used. Lines without a person or a month are left out and told.
pub fn read(path: &Path, named: &BTreeMap<String, String>, source: Option<&str>) -> Result<Read<Invitation>> {
    let mut sheet = Sheet::read(path, &COLUMNS, named, &["invited_at"])?;
    let mut invitations: BTreeMap<(String, Month, String), Invitation> = BTreeMap::new();
    for row in 0..sheet.n_rows() {
        let Some(source) = sheet.owned(row, 0).or_else(|| source.map(str::to_owned)) else {
            sheet.slip_at("lines without a source (name it in a column, or with --source)", row);
            continue;
        };
        let moment = sheet.moment(row, 8);
        let month = moment.map(|m| (m.local_date.0, m.local_date.1)).or_else(|| wave_month(sheet.text(row, 1)?));
        let Some((year, month)) = month else {
            sheet.slip_at("lines without a date or a wave that is a month", row);
            continue;
        };
        let invitation = Invitation {
            source,
            month: Month::new(year, month),
            wave: sheet.owned(row, 1),
            account_id: sheet.owned(row, 2),
            account_name: sheet.owned(row, 3),
            contact_id: sheet.owned(row, 4),
            contact_name: sheet.owned(row, 5),
            contact_title: sheet.owned(row, 6),
            contact_role: sheet.owned(row, 7),
            invited_at: moment.map(|m| m.micros_utc),
            status: sheet.owned(row, 9),
        };
        let has_account = invitation.account_id.is_some() || invitation.account_name.is_some();
        if invitation.contact_id.is_none() && !(has_account && invitation.contact_name.is_some()) {
            sheet.slip_at("lines without a person", row);
            continue;
        }
        invitations.insert((invitation.source.clone(), invitation.month, invitation.id()), invitation);
    }
    if invitations.is_empty() {
        return Err(Error::Input {
            path: path.to_owned(),
            what: "holds no invitation that can be used".to_owned(),
            found: sheet.slips().into_iter().next(),
            hint: Some("it takes source, wave, contact_id, account_id, contact_title, contact_role, invited_at, status".to_owned()),
        });
    }
    Ok(Read { rows: invitations.into_values().collect(), slips: sheet.slips() })
}

/// The rows of `invitation` of one month.
pub fn rows<'i>(invitations: impl Iterator<Item = &'i Invitation>) -> RecordBatch {
    let mut out = Rows::new(&INVITATION);
    for invitation in invitations {
        out.text(col::invitation_id, invitation.id().as_str());
        out.text(col::source, invitation.source.as_str());
        out.date(col::report_month, invitation.month.days());
        out.text(col::wave, invitation.wave.as_deref());
        out.text(col::account_id, invitation.account_id.as_deref());
        out.text(col::account_name, invitation.account_name.as_deref());
        out.text(col::contact_id, invitation.contact_id.as_deref());
        out.text(col::contact_name, invitation.contact_name.as_deref());
        out.text(col::contact_title, invitation.contact_title.as_deref());
        out.text(col::contact_role, invitation.contact_role.as_deref());
        out.time(col::invited_at, invitation.invited_at);
        out.text(col::status, invitation.status.as_deref());
        out.end_row();
    }
    out.finish()
}
