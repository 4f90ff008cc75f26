//! Which page answers which request?

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use super::answer::Answer;
use super::ask::{Ask, Method};
use super::cases::Cases;
use super::guard::{self, Names, Visit};
use super::page;
use super::people::People;
use super::server::Options;
use super::snapshot::Tables;
use super::view::{Menu, View, title};
use crate::error::{Error, Result};
use crate::report::html::Html;
use crate::search::Request;
use crate::stage::sentiment::Lexicons;

/// The app: everything that outlives a request.
#[derive(Debug)]
pub(super) struct App {
    pub(super) out: PathBuf,
    pub(super) names: Names,
    pub(super) people: People,
    pub(super) tables: Tables,
    pub(super) cases: Cases,
    lexicons: OnceLock<Lexicons>,
    /// Held while a rule is tried: one at a time.
    pub(super) trial: Mutex<()>,
}

const CSS: &str = include_str!("app.css");
const JS: &str = include_str!("app.js");
const ICON: &str = include_str!("icon.svg");

impl App {
    pub(super) fn open(options: &Options, address: std::net::SocketAddr) -> Result<Self> {
        Ok(Self {
            out: options.out.clone(),
            names: Names { address, hosts: options.hosts.clone() },
            people: People::new(options.token_file.as_deref(), &options.settings.review.reviewers, options.reviewer.as_deref())?,
            tables: Tables::open(&options.out)?,
            cases: Cases::new(&options.out),
            lexicons: OnceLock::new(),
            trial: Mutex::new(()),
        })
    }

    /// What sentiment is explained by.
    pub(super) fn lexicons(&self) -> Result<&Lexicons> {
        if self.lexicons.get().is_none() {
            // Another request may have been faster with the same.
            self.lexicons.set(Lexicons::shipped()?).ok();
        }
        Ok(self.lexicons.get().expect("it was set above"))
    }

    /// Reads ahead what pages of the tables as they are now will ask for. What fails here fails again where somebody sees it.
    pub(super) fn warm(&self) {
        let Ok(tables) = self.tables.now() else { return };
        self.cases.all(&tables).ok();
        self.lexicons().ok();
        tables.kpis().ok();
        if let Some(month) = tables.newest() {
            tables.figures(month).ok();
        }
        if let Some(searcher) = tables.searcher() {
            searcher.find(Request { query: "", sort: None, offset: 0, limit: 1, with_facets: true }, &tables.themes).ok();
        }
    }

    /// Answers; whatever goes wrong becomes a page that says so.
    pub(super) fn answer(&self, ask: &Ask) -> Answer {
        let visit = match guard::check(ask, &self.names, &self.people) {
            Ok(Ok(visit)) => visit,
            Ok(Err(refusal)) => return refusal,
            Err(error) => return Answer::refusal(500, &error.to_string()),
        };
        let answer = match self.routed(ask, &visit) {
            // A version that was removed while it was read: two runs published meanwhile.
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound && ask.method == Method::Get => {
                self.routed(ask, &visit)
            }
            other => other,
        };
        let answer = answer.unwrap_or_else(|error| self.failed(ask, &visit, &error));
        match visit.cookie {
            Some(cookie) if !answer.headers.iter().any(|(name, _)| *name == "set-cookie") => answer.header("set-cookie", cookie),
            _ => answer,
        }
    }

    fn routed(&self, ask: &Ask, visit: &Visit) -> Result<Answer> {
        let path: Vec<&str> = ask.path.iter().map(String::as_str).collect();
        if let ["assets", name] = path.as_slice() {
            return Ok(match *name {
                "app.css" => Answer::asset("text/css; charset=utf-8", CSS.as_bytes()),
                "app.js" => Answer::asset("text/javascript; charset=utf-8", JS.as_bytes()),
                "icon.svg" => Answer::asset("image/svg+xml", ICON.as_bytes()),
                _ => Answer::refusal(404, "there is no such file"),
            });
        }
        let view = View { app: self, ask, visit, tables: self.tables.now()?, now: jiff::Timestamp::now().as_microsecond() };
        page::route(&view, &path)
    }

    fn failed(&self, ask: &Ask, visit: &Visit, error: &Error) -> Answer {
        let Ok(tables) = self.tables.now() else { return Answer::refusal(500, &error.to_string()) };
        let view = View { app: self, ask, visit, tables, now: 0 };
        let status = if error.is_query() { 400 } else { 500 };
        page::problem(&view, status, "This did not work", &error.to_string(), error.hint().as_deref())
    }
}

/// A page that says that there is nothing here.
pub(super) fn missing(view: &View<'_>, what: &str) -> Answer {
    let mut html = Html::default();
    title(&mut html, "", "Not found");
    html.element("p", "", what);
    html.raw("<p><a href=\"/\">To the overview</a></p>\n");
    view.page(Menu::None, "Not found", &html).status(404)
}
