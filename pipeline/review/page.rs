//! Which pages are there?

mod account;
mod case;
mod change;
mod data;
mod hotline;
mod initiative;
mod meeting;
mod overview;
mod response;
mod rules;
mod runs;
mod search;
mod theme;
mod themes;
mod trial;
mod verbatim;
mod you;

use super::answer::Answer;
use super::app::missing;
use super::ask::Method;
use super::view::{Menu, View, title};
use crate::error::Result;
use crate::report::html::Html;

/// The page of an address.
pub(super) fn route(view: &View<'_>, path: &[&str]) -> Result<Answer> {
    match (view.ask.method, path) {
        (Method::Get, []) => overview::page(view),
        (Method::Get, ["search"]) => search::page(view),
        (Method::Get, ["themes"]) => themes::page(view),
        (Method::Get, ["theme", id]) => theme::page(view, id),
        (Method::Get, ["theme", id, "change"]) => change::page(view, id),
        (Method::Post, ["theme", id, "change"]) => change::save(view, id),
        (Method::Get, ["verbatim", id]) => verbatim::page(view, id),
        (Method::Get, ["response", source, id]) => response::page(view, source, id),
        (Method::Get, ["hotline"]) => hotline::page(view),
        (Method::Get, ["case", id]) => case::page(view, id),
        (Method::Post, ["case", id]) => case::decide(view, id),
        (Method::Get, ["rules"]) => rules::page(view),
        (Method::Post, ["rules", "try"]) => trial::run(view),
        (Method::Get, ["meeting"]) => meeting::page(view),
        (Method::Post, ["meeting", "area"]) => meeting::save_area(view),
        (Method::Post, ["meeting", "action"]) => meeting::save_action(view),
        (Method::Post, ["meeting", "minutes"]) => meeting::save_minutes(view),
        (Method::Get, ["initiatives"]) => initiative::page(view),
        (Method::Get, ["accounts"]) => account::list(view),
        (Method::Get, ["data"]) => data::page(view),
        (Method::Get, ["runs"]) => runs::page(view),
        (Method::Get, ["you"]) => you::page(view),
        (Method::Post, ["you"]) => you::name(view),
        (Method::Get, ["sign-in"]) => you::sign_in_page(view),
        (Method::Post, ["sign-in"]) => you::sign_in(view),
        (Method::Post, ["sign-out"]) => you::sign_out(view),
        (Method::Get, _) => Ok(missing(view, "There is no such page.")),
        (Method::Post, _) => Ok(Answer::refusal(404, "there is nothing to change here")),
    }
}

/// A page that says what went wrong and what to do.
pub(super) fn problem(view: &View<'_>, status: u16, what: &str, why: &str, hint: Option<&str>) -> Answer {
    let mut html = Html::default();
    title(&mut html, "", what);
    html.raw("<p class=\"error\" role=\"alert\">").text(why).raw("</p>\n");
    if let Some(hint) = hint {
        html.element("p", "", hint);
    }
    html.raw("<p><a href=\"/\">To the overview</a></p>\n");
    view.page(Menu::None, what, &html).status(status)
}
