//! How is the pack put together?

use super::html::Html;
use super::number::{count, month_name};
use super::pack::Pack;
use super::{
    action, areas, attention, coverage, headline, hotlines, indicator, initiatives, proposal, publish, reading, slipping, themes, tiles,
};
use crate::casework::wording;

/// A page: no script, nothing from elsewhere.
pub(super) fn page(title: &str, body: &Html) -> String {
    let mut html = Html::default();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
    html.text(title);
    html.raw("</title>\n<style>\n").raw(include_str!("style.css")).raw("</style>\n</head>\n<body>\n<main>\n");
    html.push(body).raw("</main>\n</body>\n</html>\n");
    html.finish()
}

/// The review pack.
pub(super) fn render(pack: &Pack) -> String {
    let mut html = Html::default();
    title(&mut html, pack);
    publish::write(&mut html, pack);
    headline::write(&mut html, pack);
    tiles::write(&mut html, pack);
    action::write(&mut html, pack, None);
    areas::write(&mut html, pack);
    proposal::write(&mut html, pack);
    slipping::write(&mut html, pack, None);
    themes::write(&mut html, pack);
    hotlines::write(&mut html, pack);
    attention::write(&mut html, pack);
    initiatives::write(&mut html, pack, None);
    indicator::write(&mut html, pack, None);
    coverage::write(&mut html, pack);
    tiles::behind(&mut html, pack);
    reading::write(&mut html, pack);
    page(&format!("Customer feedback review, {}", month_name(pack.month)), &html)
}

fn title(html: &mut Html, pack: &Pack) {
    html.raw("<header>\n<p class=\"kicker\">Customer feedback review · internal</p>\n<h1>")
        .text(&month_name(pack.month))
        .raw("</h1>\n<p class=\"sources\">");
    for (idx, volume) in pack.volumes.iter().enumerate() {
        html.raw(if idx > 0 { "<br>" } else { "" }).raw("<b>").foreign(&wording::plain(&volume.source)).raw("</b> ");
        html.text(&format!("{} responses, {} verbatims", count(volume.responses), count(volume.verbatims)));
    }
    html.raw("</p>\n<nav><a href=\"#areas\">Areas</a> <a href=\"#themes\">Themes</a> <a href=\"#hotline\">HOTLINE</a> ");
    html.raw("<a href=\"#accounts\">Accounts</a> ");
    html.raw(if pack.initiatives.is_empty() { "" } else { "<a href=\"#initiatives\">Initiatives</a> " });
    html.raw(if pack.coverage.is_empty() { "" } else { "<a href=\"#coverage\">Who answered</a> " });
    html.raw("<a href=\"#reading\">How to read this</a></nav>\n</header>\n");
}
