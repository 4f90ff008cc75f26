//! Whose words led to an initiative, so that somebody can tell them what came of it?
//!
//! Those who spoke of its theme (or of a theme of its area, where it aims at a measure) in the year before, and agreed to be named: a note is personal,
//! and whoever did not agree is not approached about their words. In a source that never asks nobody has agreed.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde::Serialize;

use super::initiative;
use super::row::each_row;
use super::theme;
use crate::error::{Error, Result, nearest};
use crate::identity::response_key;
use crate::month::Month;
use crate::runner::directory;
use crate::schema::{INITIATIVE_MONTH, RESPONSE, clause as clauses, response, verbatim};
use crate::sink::Version;

/// Months that are looked back over.
const N_MONTHS: i32 = 12;

/// Somebody to be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Notice {
    /// Who looks after the account.
    pub account_manager: Option<String>,
    /// The account.
    pub account: String,
    /// The person.
    pub contact_name: String,
    /// Their job title.
    pub contact_title: Option<String>,
    /// When they wrote.
    pub month: String,
    /// What they spoke of.
    pub theme: String,
    /// The clause in which they did, as redacted.
    pub words: String,
    /// Where they said it.
    pub source: String,
    /// In which response.
    pub response_id: String,
}

/// Those who are to be told of an initiative, by account manager and account.
///
/// Fails when there are no tables, or no initiative has this id (with the nearest one).
pub fn notices(out: &Path, id: &str) -> Result<Vec<Notice>> {
    let refusal = |what: String, hint: String| Error::Output { path: out.to_owned(), what, hint: Some(hint) };
    let Some(version) = Version::current(out)? else {
        return Err(refusal("no tables here".to_owned(), "write them with `outspoken run INPUT… --out DIR`".to_owned()));
    };
    let mut known: Vec<String> = Vec::new();
    for month in version.months(&INITIATIVE_MONTH)?.into_iter().rev() {
        let initiatives = initiative::load(&version, month)?;
        if let Some(found) = initiatives.iter().find(|initiative| initiative.id == id) {
            let labels = theme::labels(&version, month)?;
            let is_meant = |theme: &str, area: Option<&String>| match found.aims_at_theme {
                true => theme == found.aim,
                false => area.is_some() && area == found.area.as_ref(),
            };
            let themes: HashMap<String, String> = labels
                .into_iter()
                .filter(|(theme, label)| is_meant(theme, label.area.as_ref()))
                .map(|(theme, label)| (theme, label.label))
                .collect();
            return of_themes(&version, month, &themes);
        }
        known.extend(initiatives.into_iter().map(|initiative| initiative.id));
    }
    known.sort_unstable();
    known.dedup();
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let hint = nearest(id, &names).map_or_else(|| format!("initiatives: {}", names.join(", ")), |found| format!("did you mean `{found}`?"));
    Err(refusal(format!("no initiative `{id}` in the tables"), hint))
}

fn of_themes(version: &Version, newest: Month, themes: &HashMap<String, String>) -> Result<Vec<Notice>> {
    let directory = directory(version, None)?;
    let mut notices = BTreeSet::new();
    let months = version.months(&RESPONSE)?.into_iter().filter(|month| (0..N_MONTHS).contains(&newest.since(*month)));
    for month in months {
        let mut people: HashMap<u128, Notice> = HashMap::new();
        {
            use response::*;
            let columns = [source, response_id, account_id, account_name, contact_name, contact_title, share_consent];
            let mut key = String::new();
            each_row(version, month, &columns, |row| {
                let given = |column| row.text(column).map(str::trim).filter(|text| !text.is_empty());
                let (Some("named"), Some(name)) = (given(share_consent), given(contact_name)) else { return };
                directory.key(given(account_id), given(account_name), &mut key);
                let account = directory.of(&key);
                let called = account.and_then(|account| account.name.as_deref()).or(given(account_name)).unwrap_or(&key).to_owned();
                let id = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
                people.insert(
                    id,
                    Notice {
                        account_manager: account.and_then(|account| account.manager.clone()),
                        account: called,
                        contact_name: name.to_owned(),
                        contact_title: given(contact_title).map(str::to_owned),
                        month: month.to_string(),
                        theme: String::new(),
                        words: String::new(),
                        source: row.owned(source),
                        response_id: row.owned(response_id),
                    },
                );
            })?;
        }
        let mut texts: HashMap<String, (u128, String)> = HashMap::new();
        {
            use verbatim::*;
            each_row(version, month, &[verbatim_id, source, response_id, text], |row| {
                let id = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
                if people.contains_key(&id) {
                    texts.insert(row.owned(verbatim_id), (id, row.owned(text)));
                }
            })?;
        }
        use clauses::*;
        each_row(version, month, &[verbatim_id, start_char, end_char, theme_id], |row| {
            let Some(label) = row.text(theme_id).and_then(|theme| themes.get(theme)) else { return };
            let Some((id, text)) = row.text(verbatim_id).and_then(|verbatim| texts.get(verbatim)) else { return };
            let Some(person) = people.get(id) else { return };
            let place = |column| usize::try_from(row.int(column).unwrap_or_default()).unwrap_or_default();
            let (start, end) = (place(start_char), place(end_char));
            let words: String = text.chars().skip(start).take(end.saturating_sub(start).min(400)).collect();
            notices.insert(Notice { theme: label.clone(), words: words.trim().to_owned(), ..person.clone() });
        })?;
    }
    Ok(notices.into_iter().collect())
}
