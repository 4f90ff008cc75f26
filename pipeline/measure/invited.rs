//! Who was asked in a month, and by which account?

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, RecordBatch, StringArray};

use super::response::{hash, person_hash};
use super::{Tables, Terms};
use crate::error::Result;
use crate::month::Month;
use crate::schema::INVITATION;

/// Words of invitations that reached nobody.
const UNREACHED: [&str; 6] = ["bounced", "undeliverable", "invalid", "failed", "cancelled", "excluded"];

/// Somebody whom an invitation reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Invited {
    pub(super) source: String,
    /// Empty when unknown.
    pub(super) account_key: String,
    pub(super) account_name: String,
    /// Hash of the person, as in answers.
    pub(super) person: u64,
    pub(super) role: Option<String>,
}

/// Those whom invitations of a month reached, in order.
pub(super) fn of_month(tables: &dyn Tables, month: Month, terms: Terms<'_>) -> Result<Vec<Invited>> {
    const COLUMNS: &[&str] = &["source", "account_id", "account_name", "contact_id", "contact_name", "contact_role", "status"];
    let mut invited = Vec::new();
    for batch in tables.read(&INVITATION, month, COLUMNS)? {
        let batch = batch?;
        let [source, account_id, account_name, contact_id, contact_name, role, status] = std::array::from_fn(|i| text(&batch, COLUMNS[i]));
        for row in 0..batch.num_rows() {
            let is_lost = given(status, row).is_some_and(|status| UNREACHED.contains(&status.to_lowercase().as_str()));
            if is_lost {
                continue;
            }
            let name = given(account_name, row);
            let mut account_key = String::new();
            terms.directory.key(given(account_id, row), name, &mut account_key);
            let person = match given(contact_id, row) {
                Some(contact) => hash(contact),
                None => given(contact_name, row).map_or(0, |contact| person_hash(&account_key, contact)),
            };
            invited.push(Invited {
                source: source.value(row).to_owned(),
                account_key,
                account_name: name.unwrap_or_default().to_owned(),
                person,
                role: given(role, row).map(str::to_lowercase),
            });
        }
    }
    invited.sort_unstable();
    invited.dedup();
    Ok(invited)
}

fn text<'b>(batch: &'b RecordBatch, name: &str) -> &'b StringArray {
    batch.column_by_name(name).expect("tables hold the columns of the schema").as_string()
}

fn given(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row).trim()).filter(|text| !text.is_empty())
}
