//! Which accounts should somebody look at?

use super::account::{Account, needing_attention};
use super::evidence::{self, Place, Subject};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{count, counted, sentiment};
use super::pack::Pack;
use super::silent;
use super::themes::quoted;
use crate::schema::{ACCOUNT_MONTH, ACCOUNT_STANDING, account_month as col, account_standing as standing};

/// Accounts listed.
const N_ACCOUNTS: usize = 12;

/// Accounts named in a cell of the matrix.
const N_IN_CELL: usize = 8;

/// Cells of the matrix: letter, stance, whether profitable, and what to do.
const CELLS: [(&str, &str, &str); 6] = [
    ("A", "Profitable promoters", "Keep and show: ask for a reference, bring in the executive sponsor, renew early."),
    ("B", "Profitable passives", "Find the one thing that is missing: they leave for a slightly better offer."),
    ("C", "Profitable detractors", "Call this week: the sponsor with the account manager, a written plan, a date."),
    ("D", "Other promoters", "Grow: they speak well of us and may buy more."),
    ("E", "Other passives", "Serve well at low cost; watch for change."),
    ("F", "Other detractors", "Mend what many of them name; do not promise each a project."),
];

/// Writes the accounts that need attention, the silent ones, and the matrix.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<h2 id=\"accounts\">Accounts</h2>\n");
    attention(html, pack);
    silent::write(html, pack);
    matrix(html, pack);
}

fn attention(html: &mut Html, pack: &Pack) {
    let needing = needing_attention(&pack.accounts);
    if needing.is_empty() {
        html.raw("<p>No account has an open case, a detractor's stance or a negative mean sentiment.</p>\n");
        return;
    }
    let origin = Origin::of(&ACCOUNT_MONTH).day(col::report_month, &pack.day());
    let has_revenue = pack.accounts.iter().any(|account| account.revenue.is_some());
    let mut columns = vec![("Account", Align::Words), ("Why", Align::Words)];
    if has_revenue {
        columns.push(("Revenue", Align::Figures));
    }
    columns.extend([("Responses", Align::Figures), ("Sentiment", Align::Figures), ("Speaks of", Align::Words)]);
    let origin = origin.ending("-- and account_standing, account");
    let mut grid = Grid::new("Accounts that need attention, most reasons first", origin, &columns);
    for account in needing.iter().take(N_ACCOUNTS) {
        grid.row(row(pack, account, has_revenue));
    }
    grid.write(html);
    let n_rest = needing.len().saturating_sub(N_ACCOUNTS);
    if n_rest > 0 {
        html.raw("<p class=\"note\">")
            .text(&format!("And {} with fewer reasons in the table.", counted(n_rest, "account", "accounts")))
            .raw("</p>\n");
    }
    words(html, pack, &shown(pack));
}

/// The accounts that are listed.
pub(super) fn shown(pack: &Pack) -> Vec<&Account> {
    let mut needing = needing_attention(&pack.accounts);
    needing.truncate(N_ACCOUNTS);
    needing
}

/// What people of each account said, where they agreed to be named.
fn words(html: &mut Html, pack: &Pack, accounts: &[&Account]) {
    html.raw("<h4>In their words</h4>\n<div class=\"folds\">\n");
    for account in accounts.iter().filter(|account| account.responses > 0) {
        let place = Place::of_query(format!("account_id:{} month:{}", quoted(&account.account_id), pack.month));
        let quotes = pack.words_of(&Subject::Account(account.account_id.clone()));
        evidence::write(html, &Html::of_foreign(account.called()), quotes, &place);
    }
    html.raw("</div>\n<p class=\"note\">Only of people who agreed to be named, or whose source never asks: beside an account words are as good as signed.</p>\n");
}

fn row(pack: &Pack, account: &Account, has_revenue: bool) -> Vec<Html> {
    let mut why = Html::default();
    for (idx, reason) in account.why().iter().enumerate() {
        why.text(if idx > 0 { "; " } else { "" }).text(reason);
    }
    let mut themes = Html::default();
    for (idx, theme) in account.top_themes.iter().take(3).enumerate() {
        themes.text(if idx > 0 { "; " } else { "" }).foreign(pack.label(theme));
    }
    let mean = match account.sentiment {
        None if account.responses > 0 => "base under 5".to_owned(),
        mean => sentiment(mean),
    };
    let mut cells = vec![name(account), why];
    if has_revenue {
        cells.push(Html::of(&account.worth()));
    }
    cells.extend([Html::of(&count(account.responses)), Html::of(&mean), themes]);
    cells
}

/// An account by its name, with what stands behind it.
pub(super) fn name(account: &Account) -> Html {
    let mut name = Html::default();
    name.raw("<b>").foreign(account.called()).raw("</b> <span class=\"of\">").foreign(&account.details()).raw("</span>");
    name
}

fn matrix(html: &mut Html, pack: &Pack) {
    let with_cell = || pack.accounts.iter().filter(|account| account.cell.is_some());
    if with_cell().next().is_none() {
        return;
    }
    html.raw("<h3>Profitability and recommendation</h3>\n<div class=\"matrix\">\n");
    for (letter, called, todo) in CELLS {
        let mut inside: Vec<&Account> = with_cell().filter(|account| account.cell.as_deref() == Some(letter)).collect();
        inside.sort_by(|a, b| {
            b.revenue.unwrap_or_default().total_cmp(&a.revenue.unwrap_or_default()).then_with(|| a.account_id.cmp(&b.account_id))
        });
        html.raw("<section><h4><span class=\"letter\">")
            .text(letter)
            .raw("</span> ")
            .text(called)
            .raw("</h4>\n<p class=\"big\">")
            .text(&count(inside.len() as i64));
        html.raw("</p>\n<p class=\"of\">").text(todo).raw("</p>\n<p>");
        for (idx, account) in inside.iter().take(N_IN_CELL).enumerate() {
            html.text(if idx > 0 { ", " } else { "" }).foreign(account.called());
        }
        let n_rest = inside.len().saturating_sub(N_IN_CELL);
        if n_rest > 0 {
            html.text(&format!(" and {n_rest} more"));
        }
        html.raw("</p></section>\n");
    }
    let n_hidden = pack.accounts.iter().filter(|account| account.base > 0 && account.stance.is_none()).count();
    html.raw("</div>\n<p class=\"note\">").text(&format!(
        "Stance: the class of the mean answer to the recommend question over twelve months. Profitable: at least the median revenue of these accounts, or the limit of the settings. {} not shown: fewer than five answers, and not everyone agreed to be named.",
        counted(n_hidden, "account is", "accounts are")
    )).raw("</p>\n<p class=\"origin\">Source: ");
    let origin = Origin::of(&ACCOUNT_STANDING).day(standing::report_month, &pack.day()).term(standing::cell, "IS NOT NULL");
    html.element("code", "", &origin.sql()).raw("</p>\n");
}
