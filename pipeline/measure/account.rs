//! How is each account? The rows of `account_month`.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use rayon::prelude::*;

use super::dimension::suppressed;
use super::rows::{AllRows, MonthRows, NONE};
use super::tally::{Boxes, SCALE};
use crate::month::Month;
use crate::schema::{ACCOUNT_MONTH, Rows, account_month};

/// Themes named for an account.
const N_TOP_THEMES: usize = 3;

/// The rows of each wanted month.
pub(super) fn account_months(rows: &AllRows, wanted: &[Month]) -> Vec<RecordBatch> {
    wanted.par_iter().map(|month| of_month(rows, *month)).collect()
}

/// What the responses of an account add up to in a month.
#[derive(Default)]
struct Account<'r> {
    name: Option<&'r str>,
    responses: i64,
    respondents: Vec<u32>,
    sentiment: Share,
    n_scored: i64,
    nps: Share,
    top_box: Share,
    cases: i64,
    open_cases: i64,
    themes: BTreeMap<u32, i64>,
}

/// A sum and the answers that it is over.
#[derive(Clone, Copy, Default)]
struct Share {
    sum: i64,
    base: i64,
}

/// Source and account: the order of codes of a month's accounts is not that of their names.
type Accounts<'r> = BTreeMap<(u32, &'r str), Account<'r>>;

fn of_month(rows: &AllRows, month: Month) -> RecordBatch {
    let mut out = Rows::new(&ACCOUNT_MONTH);
    let Some(of_month) = rows.months.iter().find(|m| m.month == month) else { return out.finish() };
    let mut accounts = Accounts::new();
    add_responses(of_month, &mut accounts);
    add_overall(rows, of_month, &mut accounts);
    add_themes(of_month, &mut accounts);
    let accounts: Vec<((u32, &str), Account<'_>)> = accounts.into_iter().collect();
    for of_source in accounts.chunk_by(|a, b| a.0.0 == b.0.0) {
        let hidden = |base: fn(&Account<'_>) -> i64| suppressed(&of_source.iter().map(|(_, a)| base(a)).collect::<Vec<_>>());
        let hidden = [hidden(|a| a.sentiment.base), hidden(|a| a.nps.base), hidden(|a| a.top_box.base)];
        for (idx, ((source, id), account)) in of_source.iter().enumerate() {
            out.text(account_month::source, rows.sources[*source as usize].as_str());
            out.text(account_month::account_id, *id);
            out.date(account_month::report_month, month.days());
            write(&mut out, account, rows, [hidden[0][idx], hidden[1][idx], hidden[2][idx]]);
            out.end_row();
        }
    }
    out.finish()
}

fn account_of(month: &MonthRows, response: usize) -> Option<(u32, &str)> {
    let account = month.responses.detail.account[response];
    (account != NONE).then(|| (month.responses.source[response], month.accounts[account as usize].as_str()))
}

fn add_responses<'r>(month: &'r MonthRows, accounts: &mut Accounts<'r>) {
    let detail = &month.responses.detail;
    for response in 0..month.responses.source.len() {
        let Some(key) = account_of(month, response) else { continue };
        let account = accounts.entry(key).or_default();
        account.responses += 1;
        let name = detail.account_name[response].as_deref();
        // The first in order, so that the order of rows does not choose.
        account.name = match (account.name, name) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if month.responses.respondent[response] != NONE {
            account.respondents.push(month.responses.respondent[response]);
        }
        let (sum, n) = detail.sentiment[response];
        account.sentiment.sum += sum;
        account.n_scored += n;
        account.sentiment.base += i64::from(n > 0);
        if let Some(class) = month.responses.nps_class[response] {
            account.nps.sum += i64::from(class);
            account.nps.base += 1;
        }
        let (n, n_open) = detail.cases[response];
        account.cases += n;
        account.open_cases += n_open;
    }
}

/// Overall satisfaction: in each source the first csat measure, in order, named overall, else satisfaction.
fn add_overall<'r>(rows: &AllRows, month: &'r MonthRows, accounts: &mut Accounts<'r>) {
    let answered = || rows.series.iter().enumerate().filter(|(s, key)| key.kind == "csat" && !month.answers[*s].is_empty());
    let sources: BTreeSet<&str> = answered().map(|(_, key)| key.source.as_str()).collect();
    for source in sources {
        let named = |word: &str| answered().find(|(_, k)| k.source == source && k.measure.to_lowercase().contains(word));
        let Some((_, overall)) = named("overall").or_else(|| named("satisfaction")) else { continue };
        let same = |key: &super::rows::SeriesKey| (&key.source, &key.measure) == (&overall.source, &overall.measure);
        for (series, _) in answered().filter(|(_, key)| same(key)) {
            for answer in &month.answers[series] {
                let Some(account) = account_of(month, answer.response as usize).and_then(|key| accounts.get_mut(&key)) else { continue };
                account.top_box.sum += i64::from(answer.boxes.0 & Boxes::TOP != 0);
                account.top_box.base += 1;
            }
        }
    }
}

fn add_themes<'r>(month: &'r MonthRows, accounts: &mut Accounts<'r>) {
    let mut mentions: Vec<(u32, u32)> = month.mentions.iter().map(|m| (m.response, m.theme)).collect();
    mentions.sort_unstable();
    mentions.dedup();
    for (response, theme) in mentions {
        if let Some(account) = account_of(month, response as usize).and_then(|key| accounts.get_mut(&key)) {
            *account.themes.entry(theme).or_insert(0) += 1;
        }
    }
}

fn write(out: &mut Rows, account: &Account<'_>, rows: &AllRows, hidden: [bool; 3]) {
    let mut respondents = account.respondents.clone();
    respondents.sort_unstable();
    respondents.dedup();
    let shown = |share: Share, hidden: bool| Some(share).filter(|s| s.base > 0 && !hidden);
    let mean = |share: Share| share.sum as f64 / share.base as f64;
    out.text(account_month::account_name, account.name);
    out.int(account_month::responses, account.responses);
    out.int(account_month::respondents, Some(respondents.len() as i64).filter(|n| *n > 0));
    let scored = shown(account.sentiment, hidden[0]);
    out.float(account_month::sentiment, scored.map(|s| s.sum as f64 / (account.n_scored as f64 * SCALE)));
    out.float(account_month::nps, shown(account.nps, hidden[1]).map(|s| 100.0 * mean(s)));
    out.float(account_month::top_box, shown(account.top_box, hidden[2]).map(mean));
    out.int(account_month::hotlines, account.cases);
    out.int(account_month::open_hotlines, account.open_cases);
    let mut themes: Vec<(u32, i64)> = account.themes.iter().map(|(theme, n)| (*theme, *n)).collect();
    themes.sort_by_key(|(theme, n)| (-n, *theme));
    let names: Vec<&str> = themes.iter().take(N_TOP_THEMES).map(|(theme, _)| rows.themes[*theme as usize].as_str()).collect();
    out.text(account_month::top_themes, Some(names.join(",")).as_deref().filter(|t| !t.is_empty()));
}
