//! Which accounts need attention?
//!
//! Those with most open HOTLINE cases, then those whose verbatims are most negative.

use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::account_month as col;
use crate::sink::Version;

/// A row of `account_month`.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) source: String,
    pub(super) account_id: String,
    pub(super) name: Option<String>,
    pub(super) responses: i64,
    pub(super) sentiment: Option<f64>,
    pub(super) hotlines: i64,
    pub(super) open_hotlines: i64,
    pub(super) top_themes: Vec<String>,
}

/// The accounts with an open case or a negative mean, worst first.
pub(super) fn load(version: &Version, month: Month) -> Result<Vec<Account>> {
    use col::*;
    let columns = [source, account_id, account_name, responses, sentiment, hotlines, open_hotlines, top_themes];
    let mut accounts = Vec::new();
    each_row(version, month, &columns, |row| {
        let account = Account {
            source: row.owned(source),
            account_id: row.owned(account_id),
            name: row.text(account_name).map(str::to_owned),
            responses: row.int(responses).unwrap_or_default(),
            sentiment: row.float(sentiment),
            hotlines: row.int(hotlines).unwrap_or_default(),
            open_hotlines: row.int(open_hotlines).unwrap_or_default(),
            top_themes: row.text(top_themes).unwrap_or_default().split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        };
        if account.open_hotlines > 0 || account.sentiment.is_some_and(|mean| mean < 0.0) {
            accounts.push(account);
        }
    })?;
    accounts.sort_by(|a, b| {
        let by_mean = a.sentiment.unwrap_or(f64::INFINITY).total_cmp(&b.sentiment.unwrap_or(f64::INFINITY));
        b.open_hotlines.cmp(&a.open_hotlines).then(by_mean).then_with(|| (&a.source, &a.account_id).cmp(&(&b.source, &b.account_id)))
    });
    Ok(accounts)
}
