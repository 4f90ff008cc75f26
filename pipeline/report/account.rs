//! Which accounts should somebody look at, and why?
//!
//! Those with an open HOTLINE case, with a detractor's stance, that fell silent, whose contract ends soon, or whose verbatims are negative.

use std::collections::BTreeMap;

use super::number::{count, counted, day, sentiment, short_month};
use super::row::each_row;
use crate::error::Result;
use crate::month::Month;
use crate::schema::{account, account_month, account_standing};
use crate::sink::Version;

/// What the tables say of an account in a month, all sources together.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    pub(super) account_id: String,
    pub(super) name: Option<String>,
    pub(super) tier: Option<String>,
    pub(super) manager: Option<String>,
    pub(super) sponsor: Option<String>,
    pub(super) revenue: Option<f64>,
    pub(super) renewal: Option<i64>,
    /// In the month.
    pub(super) responses: i64,
    /// The lowest of the sources; none where it is not known or not shown.
    pub(super) sentiment: Option<f64>,
    pub(super) hotlines: i64,
    pub(super) open_hotlines: i64,
    pub(super) top_themes: Vec<String>,
    /// Over twelve months.
    pub(super) invited: i64,
    pub(super) silent_waves: i64,
    pub(super) last_answer: Option<Month>,
    pub(super) base: i64,
    pub(super) stance: Option<String>,
    pub(super) cell: Option<String>,
    pub(super) reasons: Vec<String>,
}

impl Account {
    /// Its name for people.
    pub(super) fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.account_id)
    }

    /// Why somebody should look, in words.
    pub(super) fn why(&self) -> Vec<String> {
        let mut why = Vec::new();
        if self.open_hotlines > 0 {
            why.push(counted(self.open_hotlines as usize, "open HOTLINE case", "open HOTLINE cases"));
        }
        for reason in &self.reasons {
            why.push(match reason.as_str() {
                "detractor" => format!("detractor (mean of {} in 12 months)", counted(self.base as usize, "answer", "answers")),
                "silent" => {
                    let asked = counted(self.silent_waves as usize, "month", "months");
                    match self.last_answer {
                        Some(month) => format!("silent: asked in {asked}, no answer since {}", short_month(month)),
                        None => format!("silent: asked in {asked}, never answered"),
                    }
                }
                "renewal" => format!("renews {}", day(self.renewal)),
                other => other.to_owned(),
            });
        }
        if let Some(mean) = self.sentiment.filter(|mean| *mean < 0.0) {
            why.push(format!("mean sentiment {}", sentiment(Some(mean))));
        }
        why
    }

    /// What stands behind the name: tier and account manager.
    pub(super) fn details(&self) -> String {
        let manager = self.manager.as_ref().map(|manager| format!("account manager {manager}"));
        [Some(self.account_id.clone()), self.tier.clone(), manager].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Its revenue, rounded.
    pub(super) fn worth(&self) -> String {
        self.revenue.map_or_else(|| super::number::NOT_GIVEN.to_owned(), |revenue| count(revenue.round() as i64))
    }
}

/// Every account that answered, was asked or has a case, in the order of ids.
pub(super) fn load(version: &Version, month: Month) -> Result<Vec<Account>> {
    let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
    let entry = |accounts: &mut BTreeMap<String, Account>, id: String| {
        accounts.entry(id.clone()).or_insert_with(|| Account { account_id: id.clone(), ..Account::default() });
        id
    };
    {
        use account_month::*;
        let columns = [account_id, account_name, responses, sentiment, hotlines, open_hotlines, top_themes];
        each_row(version, month, &columns, |row| {
            let id = entry(&mut accounts, row.owned(account_id));
            let Some(account) = accounts.get_mut(&id) else { return };
            account.name = account.name.take().or_else(|| row.text(account_name).map(str::to_owned));
            account.responses += row.int(responses).unwrap_or_default();
            let lowest = [account.sentiment, row.float(sentiment)].into_iter().flatten().reduce(f64::min);
            account.sentiment = lowest;
            account.hotlines += row.int(hotlines).unwrap_or_default();
            account.open_hotlines += row.int(open_hotlines).unwrap_or_default();
            for theme in row.text(top_themes).unwrap_or_default().split(',').filter(|id| !id.is_empty()) {
                if !account.top_themes.iter().any(|known| known == theme) {
                    account.top_themes.push(theme.to_owned());
                }
            }
        })?;
    }
    {
        use account_standing::*;
        let columns =
            [account_id, account_name, invited, silent_waves, last_answer_month, base, stance, revenue, cell, renewal_date, attention];
        each_row(version, month, &columns, |row| {
            let id = entry(&mut accounts, row.owned(account_id));
            let Some(account) = accounts.get_mut(&id) else { return };
            let n_invited = row.int(invited).unwrap_or_default();
            let n_base = row.int(base).unwrap_or_default();
            account.name = row.text(account_name).map(str::to_owned).or_else(|| account.name.take());
            account.revenue = row.float(revenue);
            account.renewal = row.int(renewal_date);
            // Of several surveys the one that asks it most, then the one with most answers, tells where it stands.
            if account.stance.is_none() || n_base > account.base {
                (account.base, account.stance, account.cell) =
                    (n_base, row.text(stance).map(str::to_owned), row.text(cell).map(str::to_owned));
            }
            if n_invited >= account.invited {
                account.invited = n_invited;
                account.silent_waves = row.int(silent_waves).unwrap_or_default();
                account.last_answer = row.month(last_answer_month);
                let reasons = row.text(attention).unwrap_or_default();
                account.reasons = reasons.split(',').filter(|reason| !reason.is_empty()).map(str::to_owned).collect();
            }
        })?;
    }
    {
        use account::*;
        each_row(version, month, &[account_id, account_name, tier, revenue, renewal_date, account_manager, executive_sponsor], |row| {
            let Some(account) = row.text(account_id).and_then(|id| accounts.get_mut(id)) else { return };
            account.tier = row.text(tier).map(str::to_owned);
            account.manager = row.text(account_manager).map(str::to_owned);
            account.sponsor = row.text(executive_sponsor).map(str::to_owned);
            account.revenue = row.float(revenue).or(account.revenue);
            account.renewal = row.int(renewal_date);
        })?;
    }
    Ok(accounts.into_values().collect())
}

/// Those that need attention: most reasons first, of these the most open cases, then the highest revenue, then the lowest sentiment.
pub(super) fn needing_attention(accounts: &[Account]) -> Vec<&Account> {
    let mut needing: Vec<&Account> = accounts.iter().filter(|account| !account.why().is_empty()).collect();
    needing.sort_by(|a, b| {
        let n = |account: &Account| account.why().len();
        let (revenue, mean) = (|x: &Account| x.revenue.unwrap_or_default(), |x: &Account| x.sentiment.unwrap_or(f64::INFINITY));
        n(b).cmp(&n(a))
            .then(b.open_hotlines.cmp(&a.open_hotlines))
            .then(revenue(b).total_cmp(&revenue(a)))
            .then(mean(a).total_cmp(&mean(b)))
            .then_with(|| a.account_id.cmp(&b.account_id))
    });
    needing
}
