//! What would a change to a theme do, and who made which?
//!
//! Nothing is kept before its effect was shown: a form asks, the next page says what would happen, and only its button keeps the change.

use super::super::answer::Answer;
use super::super::app::missing;
use super::super::ask::Fields;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, hidden, option, title};
use crate::error::{Error, Result};
use crate::report::html::Html;
use crate::report::number::count;
use crate::runner::{Change, Effect, ListedTheme, ThemeDesk};
use crate::theme::Edit;

/// Changes listed.
const N_CHANGES: usize = 50;
/// Parts that a theme can be split into at once.
const MAX_PARTS: usize = 8;

/// Where a theme is changed; with `do` in the query, what that would do.
pub(super) fn page(view: &View<'_>, id: &str) -> Result<Answer> {
    let desk = ThemeDesk::open(&view.app.out)?;
    let themes = desk.list()?;
    let Some(theme) = themes.iter().find(|known| known.theme.theme_id == id) else {
        return Ok(missing(view, "There is no theme with this id."));
    };
    if view.ask.query.get("do").is_none() {
        return Ok(view.page(Menu::Themes, "Change a theme", &forms(&desk, theme, &themes, None)?));
    }
    let tried = edit(&desk, id, &view.ask.query).and_then(|edit| desk.effect(id, &edit));
    match tried {
        Ok(effect) => Ok(view.page(Menu::Themes, "Change a theme", &confirm(view, &desk, theme, &effect, None)?)),
        Err(error @ Error::Setting { .. }) => {
            Ok(view.page(Menu::Themes, "Change a theme", &forms(&desk, theme, &themes, Some(&error))?).status(422))
        }
        Err(error) => Err(error),
    }
}

/// Keeps a change whose effect was shown.
pub(super) fn save(view: &View<'_>, id: &str) -> Result<Answer> {
    let who = match view.reviewer() {
        Ok(who) => who.to_owned(),
        Err(ask_first) => return Ok(ask_first),
    };
    let mut desk = ThemeDesk::open(&view.app.out)?;
    let themes = desk.list()?;
    let Some(theme) = themes.iter().find(|known| known.theme.theme_id == id) else {
        return Ok(missing(view, "There is no theme with this id."));
    };
    let tried = edit(&desk, id, &view.ask.form).and_then(|edit| Ok((desk.effect(id, &edit)?, edit)));
    let (effect, edit) = match tried {
        Ok(tried) => tried,
        Err(error @ Error::Setting { .. }) => {
            return Ok(view.page(Menu::Themes, "Change a theme", &forms(&desk, theme, &themes, Some(&error))?).status(409));
        }
        Err(error) => return Err(error),
    };
    let newest = newest(&desk)?;
    if view.ask.form.text("seen") != newest.as_ref().map_or_else(String::new, |change| change.number.to_string()) {
        return Ok(view.page(Menu::Themes, "Change a theme", &confirm(view, &desk, theme, &effect, newest.as_ref())?).status(409));
    }
    let is_undo = matches!(edit, Edit::Undo { .. });
    desk.save(id, &edit, view.now, Some(&who))?;
    Ok(Answer::see(&format!("{}/change?done={}", link::theme(id), if is_undo { "undone" } else { "theme" })))
}

fn newest(desk: &ThemeDesk) -> Result<Option<Change>> {
    Ok(desk.changes()?.into_iter().next())
}

fn edit(desk: &ThemeDesk, id: &str, fields: &Fields) -> Result<Edit> {
    let fail = |what: &str| Error::Setting { place: "themes".to_owned(), what: what.to_owned(), hint: None };
    Ok(match fields.text("do") {
        "rename" => Edit::Rename { label: fields.text("label").to_owned() },
        "merge" => Edit::Merge { into: fields.text("into").to_owned() },
        "pin" => Edit::Pin,
        "retire" => Edit::Retire,
        "split" => Edit::Split { parts: desk.parts(id, fields.number("parts").unwrap_or(2).clamp(2, MAX_PARTS))? },
        "undo" => Edit::Undo { event: fields.number("event").and_then(|n| i64::try_from(n).ok()).ok_or_else(|| fail("say which change"))? },
        _ => return Err(fail("this is nothing that can be done with a theme")),
    })
}

fn confirm(view: &View<'_>, desk: &ThemeDesk, theme: &ListedTheme, effect: &Effect, since: Option<&Change>) -> Result<Html> {
    let mut html = Html::default();
    title(&mut html, "Change a theme", &theme.theme.label);
    if let Some(change) = since {
        html.raw("<div class=\"error\" role=\"alert\"><p><strong>Not saved.</strong> Somebody changed themes since you looked: ")
            .foreign(&change.what);
        html.raw(", by ").foreign(change.who.as_deref().unwrap_or("somebody")).text(&format!(" at {}", change.at));
        html.raw(".</p><p>What your change would do now stands below: look, and save again.</p></div>\n");
    }
    html.raw("<h2>What it would do</h2>\n<blockquote><p>").foreign(&effect.what).raw("</p></blockquote>\n<p>");
    html.text(&format!("It concerns {} clauses of {} months", count(effect.n_clauses as i64), effect.months.len()));
    if let (Some(first), Some(last)) = (effect.months.first(), effect.months.last()) {
        html.text(&format!(" ({first} to {last})"));
    }
    html.raw(
        ". Figures of these months are computed again by the next <code>outspoken sync</code> or run; any change can be taken back.</p>\n",
    );
    view.form(&mut html, &format!("{}/change", link::theme(&theme.theme.theme_id)), "choose");
    let fields = if view.ask.form.get("do").is_some() { &view.ask.form } else { &view.ask.query };
    for name in ["do", "label", "into", "parts", "event"] {
        if let Some(value) = fields.get(name) {
            hidden(&mut html, name, value);
        }
    }
    hidden(&mut html, "seen", &newest(desk)?.map_or_else(String::new, |change| change.number.to_string()));
    html.raw("<button>Save this change</button> <a").attribute("href", &format!("{}/change", link::theme(&theme.theme.theme_id)));
    html.raw(">Leave it</a></form>\n");
    Ok(html)
}

fn forms(desk: &ThemeDesk, theme: &ListedTheme, themes: &[ListedTheme], refused: Option<&Error>) -> Result<Html> {
    let id = theme.theme.theme_id.as_str();
    let action = format!("{}/change", link::theme(id));
    let mut html = Html::default();
    title(&mut html, "Change a theme", &theme.theme.label);
    if let Some(error) = refused {
        html.raw("<div class=\"error\" role=\"alert\"><p><strong>Not saved.</strong> ").text(&error.to_string()).raw("</p>");
        if let Some(hint) = error.hint() {
            html.raw("<p>").text(&hint).raw("</p>");
        }
        html.raw("</div>\n");
    }
    html.raw("<p>").text(&format!(
        "{} clauses in all months, {} in the newest; {}. ",
        count(theme.n_clauses as i64),
        count(theme.n_newest as i64),
        theme.theme.status
    ));
    html.raw("<a").attribute("href", &link::theme(id)).raw(">Back to the theme</a></p>\n<div class=\"tiles\">\n");
    let begin = |html: &mut Html, what: &'static str, legend: &'static str| {
        html.raw("<form class=\"stack\"").attribute("action", &action).raw("><fieldset><legend>").raw(legend).raw("</legend>");
        hidden(html, "do", what);
    };
    const END: &str = "<button>Show what it would do</button></fieldset></form>\n";
    begin(&mut html, "rename", "Rename");
    html.raw("<label>New name <input name=\"label\" required maxlength=\"80\"")
        .attribute("value", &theme.theme.label)
        .raw("></label>")
        .raw(END);
    begin(&mut html, "merge", "Merge");
    html.raw("<label>Becomes part of <select name=\"into\" required>");
    for other in themes.iter().filter(|other| other.theme.theme_id != id && other.theme.status == "active") {
        option(&mut html, &other.theme.theme_id, &other.theme.label, false);
    }
    html.raw("</select></label>").raw(END);
    begin(&mut html, "split", "Split");
    html.raw("<label>Into parts <input name=\"parts\" type=\"number\" min=\"2\" max=\"8\" value=\"2\"></label>").raw(END);
    begin(&mut html, "pin", "Pin");
    html.raw("<p class=\"note\">A refit keeps it as it is.</p>").raw(END);
    begin(&mut html, "retire", "Retire");
    html.raw("<p class=\"note\">Its clauses are about no theme.</p>").raw(END);
    html.raw("</div>\n<h2>Changes to themes</h2>\n");
    changes(desk)?.write(&mut html, None);
    Ok(html)
}

fn changes(desk: &ThemeDesk) -> Result<List> {
    let columns = [
        ("Change", Align::Words),
        ("By", Align::Words),
        ("When (UTC)", Align::Words),
        ("Stands", Align::Words),
        ("Take back", Align::Signs),
    ];
    let mut list = List::new("changes", "Changes to themes, the newest first", &columns, "Nobody has changed a theme yet.");
    for change in desk.changes()?.into_iter().take(N_CHANGES) {
        let mut back = Html::default();
        if change.in_force && change.what != "undo" {
            let to = format!("{}/change?do=undo&event={}", link::theme(&change.theme_id), change.number);
            back.raw("<a").attribute("href", &to).attribute("aria-label", &format!("take back: {}", change.what)).raw(">take back</a>");
        }
        list.row(vec![
            Cell::link(&change.what, &link::theme(&change.theme_id)),
            Cell::given(change.who.as_deref()),
            Cell::text(&change.at),
            Cell::text(if change.in_force { "yes" } else { "taken back" }),
            Cell::html(back, ""),
        ]);
    }
    Ok(list)
}
