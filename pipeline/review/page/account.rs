//! How is each account?

use super::super::answer::Answer;
use super::super::export;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, hidden, option, pages, title};
use crate::error::Result;
use crate::report::html::Html;
use crate::report::number::{Unit, count, month_name, sentiment};
use crate::report::row::each_row;
use crate::schema::account_month as col;

/// Accounts on a page.
const N_ACCOUNTS: usize = 100;

struct Account {
    source: String,
    id: String,
    name: String,
    responses: i64,
    respondents: Option<i64>,
    sentiment: Option<f64>,
    nps: Option<f64>,
    top_box: Option<f64>,
    hotlines: i64,
    open: i64,
    themes: Vec<String>,
}

/// The page.
pub(super) fn list(view: &View<'_>) -> Result<Answer> {
    let month = view.month()?;
    let asked = view.ask.query.text("name").to_lowercase();
    let mut accounts = Vec::new();
    {
        use col::*;
        let columns =
            [source, account_id, account_name, responses, respondents, sentiment, nps, top_box, hotlines, open_hotlines, top_themes];
        each_row(&view.tables.version, month, &columns, |row| {
            let id = row.owned(account_id);
            let name = row.text(account_name).unwrap_or(&id).to_owned();
            if !asked.is_empty() && !name.to_lowercase().contains(&asked) && id.to_lowercase() != asked {
                return;
            }
            accounts.push(Account {
                source: row.owned(source),
                name,
                id,
                responses: row.int(responses).unwrap_or_default(),
                respondents: row.int(respondents),
                sentiment: row.float(sentiment),
                nps: row.float(nps),
                top_box: row.float(top_box),
                hotlines: row.int(hotlines).unwrap_or_default(),
                open: row.int(open_hotlines).unwrap_or_default(),
                themes: row.text(top_themes).unwrap_or_default().split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect(),
            });
        })?;
    }
    let order = view.ask.query.text("order");
    accounts.sort_by(|a, b| {
        let low = |x: Option<f64>, y: Option<f64>| x.unwrap_or(f64::INFINITY).total_cmp(&y.unwrap_or(f64::INFINITY));
        let by = match order {
            "sentiment" => low(a.sentiment, b.sentiment),
            "nps" => low(a.nps, b.nps),
            "responses" => b.responses.cmp(&a.responses),
            "name" => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            _ => b.open.cmp(&a.open).then_with(|| low(a.sentiment, b.sentiment)),
        };
        by.then_with(|| (&a.name, &a.source).cmp(&(&b.name, &b.source)))
    });
    let n = accounts.len();
    let n_pages = n.div_ceil(N_ACCOUNTS).max(1);
    let page = view.ask.query.number("page").unwrap_or(1).clamp(1, n_pages);
    let is_file = view.ask.query.get("as").is_some();
    let shown: Vec<&Account> =
        if is_file { accounts.iter().collect() } else { accounts.iter().skip((page - 1) * N_ACCOUNTS).take(N_ACCOUNTS).collect() };
    let list = rows(view, &month.to_string(), &shown);
    if let Some(file) = export::file(&list, view.ask.query.get("as")) {
        return Ok(file);
    }
    let mut html = Html::default();
    title(&mut html, "Accounts", &month_name(month));
    html.raw("<form class=\"choose\" action=\"/accounts\"><label>Month <select name=\"month\" data-submit>");
    for known in view.tables.months.iter().rev() {
        option(&mut html, &known.to_string(), &month_name(*known), *known == month);
    }
    html.raw("</select></label><label>Order <select name=\"order\" data-submit>");
    for (value, label) in
        [("", "open cases"), ("sentiment", "most negative"), ("nps", "lowest NPS"), ("responses", "most responses"), ("name", "name")]
    {
        option(&mut html, value, label, value == order);
    }
    html.raw("</select></label><label>Name <input name=\"name\" type=\"search\"")
        .attribute("value", view.ask.query.text("name"))
        .raw("></label>");
    hidden(&mut html, "page", "1");
    html.raw("<button>Show</button></form>\n<p class=\"total\">").text(&format!("{} accounts", count(n as i64))).raw("</p>\n");
    list.write(&mut html, Some(&format!("/accounts{}", view.ask.query.with("as", None))));
    pages(&mut html, view.ask, page, n_pages);
    Ok(view.page(Menu::Accounts, "Accounts", &html))
}

fn rows(view: &View<'_>, month: &str, accounts: &[&Account]) -> List {
    let columns = [
        ("Account", Align::Words),
        ("Source", Align::Words),
        ("Responses", Align::Figures),
        ("People", Align::Figures),
        ("Sentiment", Align::Figures),
        ("NPS", Align::Figures),
        ("Top box", Align::Figures),
        ("Cases", Align::Figures),
        ("Open", Align::Figures),
        ("Themes", Align::Words),
    ];
    let mut list = List::new("accounts", "Accounts", &columns, "No account is known in this month.");
    for account in accounts {
        let behind = [("account_id", account.id.as_str()), ("month", month), ("source", account.source.as_str())];
        let queue = |status: &str| format!("/hotline?status={status}&account={}", super::super::ask::encode(&account.id));
        let labels: Vec<&str> = account.themes.iter().map(|id| view.tables.themes.label(id)).collect();
        let mut themes = Html::default();
        for (idx, id) in account.themes.iter().enumerate() {
            themes.raw(if idx > 0 { ", " } else { "" }).push(&super::super::list::anchor(view.tables.themes.label(id), &link::theme(id)));
        }
        list.row(vec![
            Cell::link(&account.name, &link::search(&[("account_id", &account.id)])),
            Cell::text(&account.source),
            Cell::counted(account.responses, &link::search(&behind)),
            account.respondents.map_or_else(Cell::none, Cell::count),
            Cell::figure(account.sentiment, &sentiment(account.sentiment)),
            Cell::figure(account.nps, &Unit::Nps.value(account.nps)),
            Cell::figure(account.top_box, &Unit::Share.value(account.top_box)),
            Cell::counted(account.hotlines, &queue("all")),
            Cell::counted(account.open, &queue("open")),
            Cell::html(themes, &labels.join(", ")),
        ]);
    }
    list
}
