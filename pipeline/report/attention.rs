//! Which accounts should somebody look at?

use super::account::Account;
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{count, sentiment};
use super::pack::Pack;
use crate::schema::{ACCOUNT_MONTH, account_month as col};

/// Accounts listed.
const N_ACCOUNTS: usize = 10;

/// Writes the accounts with most open cases, then those with the lowest sentiment.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<h2 id=\"accounts\">Accounts that need attention</h2>\n");
    if pack.accounts.is_empty() {
        html.raw("<p>No account has an open case or a negative mean sentiment.</p>\n");
        return;
    }
    let origin = Origin::of(&ACCOUNT_MONTH).day(col::report_month, &pack.day());
    let origin = origin.ending(&format!(
        "AND (open_hotlines > 0 OR sentiment < 0) ORDER BY open_hotlines DESC, sentiment NULLS LAST, source, account_id LIMIT {N_ACCOUNTS}"
    ));
    let columns = [
        ("Account", Align::Words),
        ("Open HOTLINE", Align::Figures),
        ("HOTLINE", Align::Figures),
        ("Sentiment", Align::Figures),
        ("Responses", Align::Figures),
        ("Speaks of", Align::Words),
    ];
    let mut grid = Grid::new("Most open cases, then lowest sentiment", origin, &columns);
    for account in pack.accounts.iter().take(N_ACCOUNTS) {
        grid.row(row(pack, account));
    }
    grid.write(html);
}

fn row(pack: &Pack, account: &Account) -> Vec<Html> {
    let mut name = Html::default();
    name.raw("<b>")
        .foreign(account.name.as_deref().unwrap_or(&account.account_id))
        .raw("</b> <span class=\"of\">")
        .foreign(&account.account_id)
        .text(", ")
        .foreign(&account.source)
        .raw("</span>");
    let mut themes = Html::default();
    for (idx, theme) in account.top_themes.iter().enumerate() {
        themes.text(if idx > 0 { "; " } else { "" }).foreign(pack.label(theme));
    }
    let mean = match account.sentiment {
        None => "base under 5".to_owned(),
        mean => sentiment(mean),
    };
    vec![
        name,
        Html::of(&count(account.open_hotlines)),
        Html::of(&count(account.hotlines)),
        Html::of(&mean),
        Html::of(&count(account.responses)),
        themes,
    ]
}
