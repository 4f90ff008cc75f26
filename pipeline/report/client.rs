//! What has one account said in twelve months?
//!
//! Read from the row tables. What is said of a person is kept apart from what may be shown: a score is shown with a name only where its author agreed
//! to be named. Figures of a group are shown where everyone did, or where five or more did not: otherwise the scores that stand beside names would leave
//! those of the others to be worked out.

use std::collections::{BTreeMap, HashMap};

use super::account::Account;
use super::pack::Pack;
use super::row::each_row;
use crate::error::{Error, Result, nearest};
use crate::identity::response_key;
use crate::month::Month;
use crate::runner::directory;
use crate::schema::{RESPONSE, clause as clauses, response, score, verbatim};

/// Months that an account is looked at over.
pub(super) const N_MONTHS: i32 = 12;

/// With fewer people than these a figure is a person.
pub(super) const MIN_PEOPLE: usize = 5;

/// An account with what its people said.
#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) account: Account,
    pub(super) answers: Vec<Answered>,
    /// Themes of its clauses: how often, and the sum and number of their sentiments.
    pub(super) themes: BTreeMap<String, ThemeSaid>,
    /// Its words, newest month first, of people who agreed to be named.
    pub(super) words: Vec<Words>,
}

/// A response.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    pub(super) month: i32,
    pub(super) person: String,
    /// Only of people who agreed to be named.
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) role: Option<String>,
    /// Measure with its answer and the best point of its scale.
    pub(super) scores: BTreeMap<String, (f64, f64)>,
    /// Kinds of these.
    pub(super) kinds: BTreeMap<String, String>,
}

impl Answered {
    pub(super) fn is_named(&self) -> bool {
        self.name.is_some()
    }
}

/// A theme in an account's words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ThemeSaid {
    pub(super) n: usize,
    pub(super) sum: f64,
    pub(super) n_scored: usize,
}

impl ThemeSaid {
    pub(super) fn mean(&self) -> Option<f64> {
        (self.n_scored > 0).then(|| self.sum / self.n_scored as f64)
    }
}

/// A verbatim that may be shown.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) month: Month,
    pub(super) role: Option<String>,
    pub(super) text: String,
    pub(super) sentiment: Option<f64>,
}

/// Finds an account by its id, an alias or a name, and reads what its people said.
///
/// Fails when no response and no invitation names it, with the nearest one known.
pub(super) fn load(pack: &Pack, asked: &str) -> Result<Client> {
    let directory = directory(&pack.version, None)?;
    let mut key = String::new();
    directory.key(Some(asked.trim()), None, &mut key);
    let by_name = |account: &&Account| account.called().to_lowercase() == asked.trim().to_lowercase();
    let found = pack.accounts.iter().find(|account| account.account_id == key).or_else(|| pack.accounts.iter().find(by_name));
    let mut client = match found {
        Some(account) => Client { account: account.clone(), ..Client::default() },
        None => Client { account: Account { account_id: key.clone(), ..Account::default() }, ..Client::default() },
    };
    let key = client.account.account_id.clone();
    let months: Vec<Month> =
        pack.version.months(&RESPONSE)?.into_iter().filter(|m| (0..N_MONTHS).contains(&pack.month.since(*m))).collect();
    for month in months.into_iter().rev() {
        of_month(pack, &mut client, &key, &directory, month)?;
    }
    if found.is_none() && client.answers.is_empty() {
        let known: Vec<&str> = pack.accounts.iter().flat_map(|account| [account.account_id.as_str(), account.called()]).collect();
        let hint = nearest(asked, &known)
            .map_or_else(|| "`account_month` has the accounts".to_owned(), |found| format!("did you mean `{found}`?"));
        return Err(Error::Setting {
            place: "--account".to_owned(),
            what: format!("nothing is known of the account `{asked}`"),
            hint: Some(hint),
        });
    }
    Ok(client)
}

fn of_month(pack: &Pack, client: &mut Client, key: &str, directory: &crate::measure::Directory, month: Month) -> Result<()> {
    let mut places: HashMap<u128, usize> = HashMap::new();
    let mut allowed: HashMap<u128, bool> = HashMap::new();
    let mut found = String::new();
    {
        use response::*;
        let columns = [source, response_id, account_id, account_name, contact_id, contact_name, contact_title, contact_role, share_consent];
        each_row(&pack.version, month, &columns, |row| {
            let given = |column| row.text(column).map(str::trim).filter(|text| !text.is_empty());
            directory.key(given(account_id), given(account_name), &mut found);
            if found != key {
                return;
            }
            let id = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
            let is_named = given(share_consent) == Some("named");
            let person = given(contact_id).or(given(contact_name)).map_or_else(|| format!("{id}"), str::to_owned);
            places.insert(id, client.answers.len());
            // Only this month's consent decides about this month's words: beside the account's name they are as good as signed.
            let asks = given(share_consent).is_some() || pack.consent.asks(row.text(source).unwrap_or_default());
            allowed.insert(id, is_named || (!asks && !pack.consent.is_outside()));
            client.answers.push(Answered {
                month: month.days(),
                person,
                name: is_named.then(|| given(contact_name).unwrap_or("a person without a name").to_owned()),
                title: given(contact_title).filter(|_| is_named).map(str::to_owned),
                role: given(contact_role).map(str::to_lowercase),
                ..Answered::default()
            });
        })?;
    }
    if places.is_empty() {
        return Ok(());
    }
    {
        use score::*;
        each_row(&pack.version, month, &[source, response_id, measure, kind, value, scale_high], |row| {
            let id = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
            let (Some(idx), Some(points)) = (places.get(&id), row.float(value)) else { return };
            let answer = &mut client.answers[*idx];
            answer.scores.insert(row.owned(measure), (points, row.float(scale_high).unwrap_or_default()));
            answer.kinds.insert(row.owned(measure), row.owned(kind));
        })?;
    }
    let mut ours: HashMap<String, ()> = HashMap::new();
    {
        use verbatim::*;
        each_row(&pack.version, month, &[verbatim_id, source, response_id, text, meaningful, sentiment], |row| {
            let id = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
            let Some(idx) = places.get(&id) else { return };
            ours.insert(row.owned(verbatim_id), ());
            if row.flag(meaningful) == Some(false) || allowed.get(&id) != Some(&true) {
                return;
            }
            let role = client.answers[*idx].role.clone();
            client.words.push(Words { month, role, text: row.owned(text), sentiment: row.float(sentiment) });
        })?;
    }
    {
        use clauses::*;
        each_row(&pack.version, month, &[verbatim_id, theme_id, sentiment], |row| {
            let (Some(id), Some(theme)) = (row.text(verbatim_id), row.text(theme_id)) else { return };
            if !ours.contains_key(id) {
                return;
            }
            let said = client.themes.entry(theme.to_owned()).or_default();
            said.n += 1;
            if let Some(mean) = row.float(sentiment) {
                said.sum += mean;
                said.n_scored += 1;
            }
        })?;
    }
    Ok(())
}

/// A group of an account's people in one measure, over twelve months.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    people: Vec<String>,
    /// Those of them who did not agree to be named.
    unnamed: Vec<String>,
    sum: f64,
    pub(super) n: usize,
}

impl Group {
    pub(super) fn add_answer(&mut self, answered: &Answered, points: f64) {
        if !self.people.contains(&answered.person) {
            self.people.push(answered.person.clone());
        }
        if !answered.is_named() && !self.unnamed.contains(&answered.person) {
            self.unnamed.push(answered.person.clone());
        }
        self.sum += points;
        self.n += 1;
    }

    pub(super) fn n_people(&self) -> usize {
        self.people.len()
    }

    /// The mean, where it may be shown.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.n > 0 && (self.unnamed.is_empty() || self.unnamed.len() >= MIN_PEOPLE)).then(|| self.sum / self.n as f64)
    }

    /// The mean, where it may be shown to somebody who knows the people: of five or more alone.
    pub(super) fn mean_of_many(&self) -> Option<f64> {
        (self.people.len() >= MIN_PEOPLE).then(|| self.sum / self.n as f64)
    }
}

impl Client {
    /// Measures by name, those about all first; each with its groups by role.
    pub(super) fn by_measure(&self) -> BTreeMap<String, BTreeMap<String, Group>> {
        let mut groups: BTreeMap<String, BTreeMap<String, Group>> = BTreeMap::new();
        for answered in &self.answers {
            for (measure, (points, _)) in &answered.scores {
                let of_measure = groups.entry(measure.clone()).or_default();
                let role = answered.role.clone().unwrap_or_else(|| "role not known".to_owned());
                of_measure.entry(role).or_default().add_answer(answered, *points);
                of_measure.entry("all".to_owned()).or_default().add_answer(answered, *points);
            }
        }
        groups
    }

    /// People who answered, by role.
    pub(super) fn people(&self) -> BTreeMap<String, usize> {
        let mut seen: Vec<(&str, &str)> =
            self.answers.iter().map(|a| (a.role.as_deref().unwrap_or("role not known"), a.person.as_str())).collect();
        seen.sort_unstable();
        seen.dedup();
        let mut people = BTreeMap::new();
        for (role, _) in seen {
            *people.entry(role.to_owned()).or_default() += 1;
        }
        people
    }
}
