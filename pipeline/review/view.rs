//! What do all pages have in common?

use std::sync::Arc;

use super::answer::Answer;
use super::app::App;
use super::ask::Ask;
use super::guard::Visit;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};
use crate::month::Month;
use crate::report::html::Html;
use crate::report::number::month_name;

/// What a page is made of.
pub(super) struct View<'a> {
    pub(super) app: &'a App,
    pub(super) ask: &'a Ask,
    pub(super) visit: &'a Visit,
    pub(super) tables: Arc<Snapshot>,
    /// Microseconds since 1970.
    pub(super) now: i64,
}

/// Which entry of the menu a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Menu {
    Overview,
    Search,
    Themes,
    Hotline,
    Meeting,
    Initiatives,
    Accounts,
    Rules,
    Data,
    Runs,
    None,
}

const MENU: [(Menu, &str, &str); 9] = [
    (Menu::Overview, "/", "Overview"),
    (Menu::Themes, "/themes", "Themes"),
    (Menu::Hotline, "/hotline", "HOTLINE"),
    (Menu::Meeting, "/meeting", "Review meeting"),
    (Menu::Initiatives, "/initiatives", "Initiatives"),
    (Menu::Accounts, "/accounts", "Accounts"),
    (Menu::Rules, "/rules", "Rules"),
    (Menu::Data, "/data", "Data quality"),
    (Menu::Runs, "/runs", "Runs"),
];

impl View<'_> {
    /// A whole page.
    pub(super) fn page(&self, menu: Menu, title: &str, body: &Html) -> Answer {
        let mut html = head(title);
        html.raw(
            "<a class=\"skip\" href=\"#main\">To the content</a>\n<header class=\"top\">\n<a class=\"brand\" href=\"/\">outspoken</a>\n",
        );
        html.raw("<form class=\"find\" role=\"search\" action=\"/search\"><label for=\"find\">Search</label>");
        html.raw("<input id=\"find\" name=\"q\" type=\"search\" autocomplete=\"off\" placeholder=\"words, &quot;phrases&quot;, theme:… nps:&lt;=6\"");
        html.attribute("value", if menu == Menu::Search { self.ask.query.text("q") } else { "" }).raw("><button>Search</button></form>\n");
        self.who(&mut html);
        html.raw("<nav aria-label=\"Pages\"><ul>");
        for (entry, to, label) in MENU {
            html.raw("<li><a").attribute("href", to);
            html.raw(if entry == menu { " aria-current=\"page\">" } else { ">" }).text(label).raw("</a></li>");
        }
        html.raw("</ul></nav>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n");
        self.notice(&mut html);
        html.push(body).raw("</main>\n<footer><p>Tables of run ").element("code", "", &self.tables.run_id);
        html.raw(" · everything here comes from the published tables, the search index and review.db on this machine</p></footer>\n</body>\n</html>\n");
        Answer::page(html)
    }

    fn who(&self, html: &mut Html) {
        html.raw("<p class=\"who\">");
        match &self.visit.session.reviewer {
            Some(name) => html.raw("<a href=\"/you\" title=\"Who decides\">").foreign(name).raw("</a>"),
            None => html.raw("<a href=\"/you\">Say who you are</a>"),
        };
        html.raw("</p>\n");
    }

    /// What everybody should know before reading on.
    fn notice(&self, html: &mut Html) {
        if self.tables.searcher().is_none() {
            html.element("p", "notice", "The search index is being built for the first time. Pages that need it will work in a moment.");
        } else if !self.tables.is_indexed() {
            html.element("p", "notice", "New tables were published. The search index is catching up: counts and lists of verbatims are of the run before for a moment.");
        }
        if let Some(done) = self.ask.query.get("done").and_then(said) {
            html.raw("<p class=\"done\" role=\"status\">").text(done).raw("</p>\n");
        }
    }

    /// The beginning of a form that changes something.
    pub(super) fn form(&self, html: &mut Html, action: &str, class: &'static str) {
        html.raw("<form method=\"post\"").attribute("class", class).attribute("action", action).raw(">");
        hidden(html, "csrf", &self.visit.session.csrf);
    }

    /// The month that is asked for, else the newest with responses.
    pub(super) fn month(&self) -> Result<Month> {
        let asked = self.ask.query.get("month").and_then(Month::parse);
        asked.or(self.tables.newest()).ok_or_else(|| Error::Output {
            path: self.tables.version.tables(),
            what: "there is no month with responses yet".to_owned(),
            hint: Some("`outspoken run` adds some".to_owned()),
        })
    }

    /// A choice of month for a page; other values of the query stay.
    pub(super) fn choose_month(&self, html: &mut Html, page: &str, month: Month) {
        html.raw("<form class=\"choose\"").attribute("action", page).raw("><label>Month <select name=\"month\" data-submit>");
        for known in self.tables.months.iter().rev() {
            option(html, &known.to_string(), &month_name(*known), *known == month);
        }
        html.raw("</select></label><button>Show</button></form>\n");
    }

    /// The name of the person who decides, or where they are asked for it.
    pub(super) fn reviewer(&self) -> std::result::Result<&str, Answer> {
        self.visit.session.reviewer.as_deref().ok_or_else(|| Answer::see("/you?why=decide"))
    }
}

/// Sentences that an address may ask for: never text from the address itself.
fn said(code: &str) -> Option<&'static str> {
    Some(match code {
        "case" => "Saved. The case shows it at once; `outspoken sync` or the next run brings it into the tables.",
        "theme" => "Saved. `outspoken sync` or the next run brings it into the tables.",
        "undone" => "Taken back.",
        "action" => "Saved.",
        "you" => "Saved. Decisions carry this name from now on.",
        _ => return None,
    })
}

/// The head of any page.
pub(super) fn head(title: &str) -> Html {
    let mut html = Html::default();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    html.text(title).raw(" · outspoken</title>\n<link rel=\"stylesheet\" href=\"/assets/app.css\">\n");
    html.raw("<link rel=\"icon\" href=\"/assets/icon.svg\" type=\"image/svg+xml\">\n<script src=\"/assets/app.js\" defer></script>\n</head>\n<body>\n");
    html
}

/// A value that a form carries along.
pub(super) fn hidden(html: &mut Html, name: &str, value: &str) {
    html.raw("<input type=\"hidden\"").attribute("name", name).attribute("value", value).raw(">");
}

/// An entry of a choice.
pub(super) fn option(html: &mut Html, value: &str, label: &str, is_chosen: bool) {
    html.raw("<option").attribute("value", value).raw(if is_chosen { " selected>" } else { ">" }).text(label).raw("</option>");
}

/// Links to the pages of a long list; `n_pages` counts from 1.
pub(super) fn pages(html: &mut Html, ask: &Ask, page: usize, n_pages: usize) {
    if n_pages <= 1 {
        return;
    }
    let path = ask.target.split('?').next().unwrap_or("/");
    let to = |n: usize| format!("{path}{}", ask.query.with("page", Some(&n.to_string())));
    html.raw("<nav class=\"pages\" aria-label=\"Pages of this list\">");
    if page > 1 {
        html.raw("<a rel=\"prev\"").attribute("href", &to(page - 1)).raw(">← before</a> ");
    }
    html.element("span", "", &format!("page {page} of {n_pages}"));
    if page < n_pages {
        html.raw(" <a rel=\"next\"").attribute("href", &to(page + 1)).raw(">next →</a>");
    }
    html.raw("</nav>\n");
}

/// The title of a page with what stands beside it.
pub(super) fn title(html: &mut Html, kicker: &str, text: &str) {
    if !kicker.is_empty() {
        html.element("p", "kicker", kicker);
    }
    html.raw("<h1>").foreign(text).raw("</h1>\n");
}
