//! Which accounts are asked and do not answer, and what did they say last?
//!
//! Nobody's words stand behind silence; what was said last, before it, may tell why. Beside the name of an account stand only words of people who agreed to be
//! named, or whose source never asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::account::Account;
use super::attention::name;
use super::evidence::{self, Evidence, MIN_CHARS, Place, Subject};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{count, counted, short_month};
use super::pack::Pack;
use super::quote::Quote;
use super::row::each_row;
use super::themes::quoted;
use crate::error::Result;
use crate::identity::response_key;
use crate::month::Month;
use crate::schema::{ACCOUNT_STANDING, INVITATION, account_standing as standing, invitation, response, verbatim};

/// Silent accounts listed.
const N_SILENT: usize = 15;

/// Months without an answer that make silence.
const MIN_WAVES: i64 = 2;

/// Silent accounts, the longest silence first, of these the highest revenue.
fn all(pack: &Pack) -> Vec<&Account> {
    let mut silent: Vec<&Account> = pack.accounts.iter().filter(|account| account.silent_waves >= MIN_WAVES).collect();
    silent.sort_by(|a, b| {
        let revenue = b.revenue.unwrap_or_default().total_cmp(&a.revenue.unwrap_or_default());
        b.silent_waves.cmp(&a.silent_waves).then(revenue).then_with(|| a.account_id.cmp(&b.account_id))
    });
    silent
}

/// Writes them; nothing where there are none.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    let silent = all(pack);
    if silent.is_empty() {
        return;
    }
    let min = format!(">= {MIN_WAVES}");
    let origin = Origin::of(&ACCOUNT_STANDING).day(standing::report_month, &pack.day()).term(standing::silent_waves, &min);
    let columns = [
        ("Account", Align::Words),
        ("Months asked since", Align::Figures),
        ("Last answer", Align::Terms),
        ("People asked in 12 months", Align::Figures),
        ("Revenue", Align::Figures),
    ];
    let mut grid = Grid::new("Silent accounts: asked, and nobody answers", origin, &columns);
    for account in silent.iter().take(N_SILENT) {
        grid.row(vec![
            name(account),
            Html::of(&count(account.silent_waves)),
            Html::of(&account.last_answer.map_or_else(|| "never".to_owned(), short_month)),
            Html::of(&count(account.invited)),
            Html::of(&account.worth()),
        ]);
    }
    grid.write(html);
    html.raw("<p class=\"note\">")
        .text(&format!("{} in all. Silence is no praise: the account manager asks why.", counted(silent.len(), "account", "accounts")))
        .raw("</p>\n");
    words(html, pack, &silent);
}

/// What was said last in each, and who was asked.
fn words(html: &mut Html, pack: &Pack, silent: &[&Account]) {
    html.raw("<div class=\"folds\">\n");
    for account in silent.iter().take(N_SILENT).filter(|account| account.last_answer.is_some()) {
        let mut title = Html::of("Last words before the silence: ");
        title.foreign(account.called());
        let place = Place::of_query(format!("account_id:{}", quoted(&account.account_id)));
        evidence::write(html, &title, pack.words_of(&Subject::Silent(account.account_id.clone())), &place);
    }
    html.raw("</div>\n");
    let n_never = silent.iter().filter(|account| account.last_answer.is_none()).count();
    if n_never > 0 {
        let said = format!(
            "{} answered in two years: no words of theirs are known.",
            counted(n_never, "account has never", "accounts have never")
        );
        html.raw("<p class=\"note\">").text(&said).raw("</p>\n");
    }
    let asked = Origin::of(&INVITATION).term(invitation::report_month, &format!("<= DATE '{}'", pack.day()));
    let asked = asked.term(invitation::account_id, "= 'ID'").ending("-- who was asked").sql();
    html.raw("<p class=\"origin\">Who was asked: ").element("code", "", &asked).raw("</p>\n");
}

/// Examples of what was said in the month of the last answer, for each silent account that is listed.
pub(super) fn last_words(pack: &Pack) -> Result<Evidence> {
    let mut of_months: BTreeMap<Month, BTreeSet<&str>> = BTreeMap::new();
    for account in all(pack).into_iter().take(N_SILENT) {
        if let Some(month) = account.last_answer {
            of_months.entry(month).or_default().insert(&account.account_id);
        }
    }
    let mut evidence = Evidence::new();
    for (month, accounts) in of_months {
        let keys = responses(pack, month, &accounts)?;
        let mut said: BTreeMap<&str, Vec<Quote>> = BTreeMap::new();
        use verbatim::*;
        each_row(&pack.version, month, &[verbatim_id, response_id, source, text, meaningful, char_count, sentiment], |row| {
            let key = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
            let Some(account) = keys.get(&key) else { return };
            if row.flag(meaningful) != Some(false) && row.int(char_count).is_some_and(|n| n >= MIN_CHARS) {
                let words = row.text(text).unwrap_or_default();
                let quote = evidence::whole(row.owned(verbatim_id), row.float(sentiment).unwrap_or_default(), words.trim());
                said.entry(account).or_default().push(quote);
            }
        })?;
        for (account, mut quotes) in said {
            quotes.sort_by(|a, b| a.rank.total_cmp(&b.rank).then_with(|| a.verbatim_id.cmp(&b.verbatim_id)));
            let chosen = evidence::evenly(quotes.len()).filter_map(|idx| quotes.get(idx).cloned()).collect();
            evidence.insert(Subject::Silent(account.to_owned()), chosen);
        }
    }
    Ok(evidence)
}

/// Responses of these accounts in a month whose words may stand beside the account's name.
fn responses<'a>(pack: &Pack, month: Month, accounts: &BTreeSet<&'a str>) -> Result<HashMap<u128, &'a str>> {
    use response::*;
    let mut keys = HashMap::new();
    each_row(&pack.version, month, &[source, response_id, account_id, account_name, share_consent], |row| {
        let named = row.text(account_name).map(|name| name.trim().to_lowercase());
        let Some(account) = row.text(account_id).or(named.as_deref()).and_then(|account| accounts.get(account)) else { return };
        let of_source = row.text(source).unwrap_or_default();
        if !pack.consent.asks(of_source) || row.text(share_consent) == Some("named") {
            keys.insert(response_key(of_source, row.text(response_id).unwrap_or_default()), *account);
        }
    })?;
    Ok(keys)
}
