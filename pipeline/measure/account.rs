//! How is each account? The rows of `account_month`.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use arrow_array::RecordBatch;

use super::dimension::suppressed;
use super::invited::Invited;
use super::names::Names;
use super::response::Response;
use super::tally::{Boxes, SCALE};
use crate::month::Month;
use crate::schema::{ACCOUNT_MONTH, Rows, account_month};

/// Themes named for an account.
const N_TOP_THEMES: usize = 3;

/// The accounts of a month while its responses pass: by source as the month numbers it, then by id.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    by_source: Vec<BTreeMap<String, Account>>,
    themes: Vec<u32>,
}

/// What the responses of an account add up to in a month.
#[derive(Debug, Default)]
struct Account {
    name: String,
    invited: i64,
    responses: i64,
    respondents: Vec<u64>,
    sentiment: Share,
    n_scored: i64,
    nps: Share,
    /// Best points by series.
    top_box: Vec<(u32, Share)>,
    cases: i64,
    open_cases: i64,
    themes: Vec<(u32, i64)>,
}

/// A sum and the answers that it is over.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    sum: i64,
    base: i64,
}

impl Accounts {
    pub(super) fn add(&mut self, response: &Response) {
        if response.account == 0 || response.is_pooled {
            return;
        }
        let source = response.source as usize;
        if self.by_source.len() <= source {
            self.by_source.resize_with(source + 1, BTreeMap::new);
        }
        let accounts = &mut self.by_source[source];
        if !accounts.contains_key(&response.account_key) {
            accounts.insert(response.account_key.clone(), Account::default());
        }
        self.themes.clear();
        self.themes.extend(response.mentions.iter().map(|mention| mention.theme));
        self.themes.sort_unstable();
        self.themes.dedup();
        accounts.get_mut(&response.account_key).expect("it was put there").add(response, &self.themes);
    }

    /// Adds those who were asked; an account of which nobody answered gets a row too.
    pub(super) fn invite(&mut self, invited: &[Invited], names: &mut Names) {
        for invited in invited.iter().filter(|invited| !invited.account_key.is_empty()) {
            let source = names.sources.code(invited.source.as_str()) as usize;
            if self.by_source.len() <= source {
                self.by_source.resize_with(source + 1, BTreeMap::new);
            }
            let account = self.by_source[source].entry(invited.account_key.clone()).or_default();
            account.invited += 1;
            if account.name.is_empty() {
                account.name.clone_from(&invited.account_name);
            }
        }
    }

    /// The rows of the month.
    pub(super) fn rows(mut self, month: Month, names: &Names) -> RecordBatch {
        let mut out = Rows::new(&ACCOUNT_MONTH);
        let mut sources: Vec<(&String, BTreeMap<String, Account>)> = names.sources.names().iter().zip(self.by_source.drain(..)).collect();
        sources.sort_by(|a, b| a.0.cmp(b.0));
        for (source, accounts) in sources {
            let overall = overall(source, names);
            let mut accounts: Vec<(String, Account)> = accounts.into_iter().collect();
            accounts.iter_mut().for_each(|(_, account)| account.top_box.retain(|(series, _)| overall.contains(series)));
            let hidden = |base: fn(&Account) -> i64| suppressed(&accounts.iter().map(|(_, a)| base(a)).collect::<Vec<_>>());
            let hidden = [hidden(|a| a.sentiment.base), hidden(|a| a.nps.base), hidden(|a| a.top_box().base)];
            for (idx, (id, account)) in accounts.iter_mut().enumerate() {
                out.text(account_month::source, source.as_str());
                out.text(account_month::account_id, id.as_str());
                out.date(account_month::report_month, month.days());
                write(&mut out, account, names, [hidden[0][idx], hidden[1][idx], hidden[2][idx]]);
                out.end_row();
            }
        }
        out.finish()
    }
}

impl Account {
    fn add(&mut self, response: &Response, themes: &[u32]) {
        self.responses += 1;
        // The first in order, so that the order of rows does not choose.
        if !response.account_name.is_empty() && (self.name.is_empty() || response.account_name < self.name) {
            self.name.clone_from(&response.account_name);
        }
        if response.respondent != 0 {
            self.respondents.push(response.respondent);
        }
        let (sum, n) = response.sentiment;
        self.sentiment.sum += sum;
        self.n_scored += n;
        self.sentiment.base += i64::from(n > 0);
        if let Some(class) = response.nps_class {
            self.nps.sum += i64::from(class);
            self.nps.base += 1;
        }
        for answer in &response.answers {
            let share = entry(&mut self.top_box, answer.series);
            share.sum += i64::from(answer.boxes.0 & Boxes::TOP != 0);
            share.base += 1;
        }
        themes.iter().for_each(|theme| *entry(&mut self.themes, *theme) += 1);
        let (n, n_open) = response.cases;
        self.cases += n;
        self.open_cases += n_open;
    }

    fn top_box(&self) -> Share {
        self.top_box.iter().fold(Share::default(), |sum, (_, share)| Share { sum: sum.sum + share.sum, base: sum.base + share.base })
    }
}

/// The value of a key among few.
fn entry<V: Default>(values: &mut Vec<(u32, V)>, key: u32) -> &mut V {
    let place = values.iter().position(|(k, _)| *k == key).unwrap_or_else(|| {
        values.push((key, V::default()));
        values.len() - 1
    });
    &mut values[place].1
}

/// The series of overall satisfaction: the first csat measure of the source in this month, in order, named overall, else satisfaction.
fn overall(source: &str, names: &Names) -> Vec<u32> {
    let csat = || names.series.names().iter().zip(0..).filter(|(key, _)| key.kind == "csat" && key.source == source);
    let named = csat().map(|(key, _)| key).filter(|key| key.overall_rank() > 0);
    let Some(first) = named.min_by_key(|key| (Reverse(key.overall_rank()), &key.measure)) else { return Vec::new() };
    csat().filter(|(key, _)| key.measure == first.measure).map(|(_, series)| series).collect()
}

fn write(out: &mut Rows, account: &mut Account, names: &Names, hidden: [bool; 3]) {
    account.respondents.sort_unstable();
    account.respondents.dedup();
    let shown = |share: Share, hidden: bool| Some(share).filter(|s| s.base > 0 && !hidden);
    let mean = |share: Share| share.sum as f64 / share.base as f64;
    out.text(account_month::account_name, Some(account.name.as_str()).filter(|name| !name.is_empty()));
    out.int(account_month::invited, Some(account.invited).filter(|n| *n > 0));
    out.int(account_month::responses, account.responses);
    out.int(account_month::respondents, Some(account.respondents.len() as i64).filter(|n| *n > 0));
    let scored = shown(account.sentiment, hidden[0]);
    out.float(account_month::sentiment, scored.map(|s| s.sum as f64 / (account.n_scored as f64 * SCALE)));
    out.float(account_month::nps, shown(account.nps, hidden[1]).map(|s| 100.0 * mean(s)));
    out.float(account_month::top_box, shown(account.top_box(), hidden[2]).map(mean));
    out.int(account_month::hotlines, account.cases);
    out.int(account_month::open_hotlines, account.open_cases);
    let mut themes: Vec<(i64, &str)> =
        account.themes.iter().map(|(theme, n)| (-n, names.themes.names()[*theme as usize].as_str())).collect();
    themes.sort_unstable();
    let names: Vec<&str> = themes.iter().take(N_TOP_THEMES).map(|(_, theme)| *theme).collect();
    out.text(account_month::top_themes, Some(names.join(",")).as_deref().filter(|t| !t.is_empty()));
}
