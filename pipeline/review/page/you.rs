//! Who decides?

use super::super::answer::Answer;
use super::super::guard::cookie;
use super::super::view::{Menu, View, head, hidden, title};
use crate::error::Result;
use crate::report::html::Html;

/// Where a person says who they are.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    let mut html = Html::default();
    title(&mut html, "", "Who decides");
    if view.ask.query.get("why") == Some("decide") {
        html.element("p", "notice", "Every decision carries the name of who made it: say who you are, then decide again.");
    }
    if view.app.people.signs_in() {
        html.raw("<p>You are signed in as <strong>")
            .foreign(view.visit.session.reviewer.as_deref().unwrap_or("nobody"))
            .raw("</strong>.</p>\n");
        view.form(&mut html, "/sign-out", "");
        html.raw("<button>Sign out</button></form>\n");
        return Ok(view.page(Menu::None, "Who decides", &html));
    }
    let name = view.visit.session.reviewer.as_deref().unwrap_or_default();
    view.form(&mut html, "/you", "stack");
    html.raw("<label>Your name <input name=\"reviewer\" maxlength=\"80\" required list=\"reviewers\" autocomplete=\"name\"")
        .attribute("value", name);
    html.raw("></label><datalist id=\"reviewers\">");
    for known in view.app.people.reviewers() {
        html.raw("<option").attribute("value", known).raw("></option>");
    }
    html.raw("</datalist><button>Decide under this name</button></form>\n");
    Ok(view.page(Menu::None, "Who decides", &html))
}

/// Takes the name.
pub(super) fn name(view: &View<'_>) -> Result<Answer> {
    view.app.people.name(&view.visit.session.id, view.ask.form.text("reviewer"));
    Ok(Answer::see("/?done=you"))
}

/// Where a token is given.
pub(super) fn sign_in_page(view: &View<'_>) -> Result<Answer> {
    let mut html = head("Sign in");
    html.raw("<main id=\"main\" class=\"door\"><h1>outspoken</h1>");
    if view.ask.query.get("why") == Some("wrong") {
        html.raw(
            "<p class=\"error\" role=\"alert\">That token is not known here, or there were too many wrong ones in the last minute.</p>",
        );
    }
    view.form(&mut html, "/sign-in", "stack");
    hidden(&mut html, "back", view.ask.query.text("back"));
    html.raw("<label>Token <input name=\"token\" type=\"password\" autocomplete=\"current-password\" required></label>");
    html.raw("<button>Sign in</button></form></main></body></html>");
    Ok(Answer::page(html))
}

/// Takes the token: a new session, so that one that was given to a stranger's browser before is worth nothing.
pub(super) fn sign_in(view: &View<'_>) -> Result<Answer> {
    match view.app.people.sign_in(view.ask.form.text("token"))? {
        Some(session) => {
            view.app.people.end(&view.visit.session.id);
            Ok(Answer::see(view.ask.form.text("back")).header("set-cookie", cookie(&view.app.names, &session)))
        }
        None => Ok(Answer::see("/sign-in?why=wrong")),
    }
}

/// Ends the session.
pub(super) fn sign_out(view: &View<'_>) -> Result<Answer> {
    view.app.people.end(&view.visit.session.id);
    Ok(Answer::see("/sign-in"))
}
