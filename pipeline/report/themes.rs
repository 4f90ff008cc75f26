//! What do people speak about?
//!
//! Of each source the themes that most responses raise, with their figures and, in people's own words, examples.

use super::areas::verdict;
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, Unit, count, count_or_dash, counted, sentiment};
use super::pack::{N_THEMES, Pack};
use super::quote::Quote;
use super::theme::Figures;
use crate::schema::{THEME_MONTH, theme_month as col};

/// Writes the themes of every source.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<h2 id=\"themes\">Themes</h2>\n");
    for volume in &pack.volumes {
        let themes: Vec<&Figures> = pack.themes.iter().filter(|theme| theme.source == volume.source).collect();
        html.raw("<h3>").foreign(&volume.source).raw("</h3>\n");
        if themes.is_empty() {
            html.raw("<p>No clause of this month lies near a theme.</p>\n");
            continue;
        }
        of_source(html, pack, &volume.source, &themes);
    }
    if let Some(share) = pack.record.verbatims.residual_share {
        let said = format!(
            "{} of the {} clauses that the last run wrote lie near no theme and are counted in none",
            Unit::Share.value(Some(share)),
            count(pack.record.verbatims.clauses)
        );
        html.raw("<p class=\"note\">").text(&said).raw(" (<code>runs/latest.json</code>, verbatims.residual_share).</p>\n");
    }
}

fn of_source(html: &mut Html, pack: &Pack, source: &str, themes: &[&Figures]) {
    let origin = Origin::of(&THEME_MONTH).text(col::source, source).day(col::report_month, &pack.day()).text(col::dimension, "all");
    let origin = origin.ending(&format!("ORDER BY responses DESC, theme_id LIMIT {N_THEMES}"));
    let columns = [
        ("Theme", Align::Words),
        ("Share of responses", Align::Figures),
        ("95% interval", Align::Figures),
        ("Responses of base", Align::Figures),
        ("Change", Align::Figures),
        ("Verdict", Align::Terms),
        ("Trend", Align::Terms),
        ("Sentiment", Align::Figures),
        ("HOTLINE", Align::Figures),
    ];
    let mut grid = Grid::new(&format!("Themes of {source}, by responses"), origin, &columns);
    for theme in themes.iter().take(N_THEMES) {
        grid.row(row(pack, theme));
    }
    grid.write(html);
    let n_rest = themes.len().saturating_sub(N_THEMES);
    let mut new: Vec<&&Figures> = themes.iter().skip(N_THEMES).filter(|theme| pack.is_new(theme)).collect();
    if n_rest > 0 {
        html.raw("<p class=\"note\">").text(&format!("{} more in the table.", counted(n_rest, "theme is", "themes are")));
        new.truncate(N_THEMES);
        for (idx, theme) in new.iter().enumerate() {
            html.text(if idx == 0 { " New among them: “" } else { ", “" }).foreign(pack.label(&theme.theme_id));
            html.text(&format!("” ({})", counted(theme.responses as usize, "response", "responses")));
        }
        html.raw("</p>\n");
    }
    examples(html, pack, source, themes);
}

fn row(pack: &Pack, theme: &Figures) -> Vec<Html> {
    let mut label = Html::default();
    label.raw("<b>").foreign(pack.label(&theme.theme_id)).raw("</b>");
    if pack.is_new(theme) {
        label.raw(" <span class=\"new\">NEW</span>");
    }
    vec![
        label,
        Html::of(&Unit::Share.value(theme.share)),
        Html::of(&Unit::Share.interval(theme.share_low, theme.share_high)),
        Html::of(&format!("{} of {}", count(theme.responses), count(theme.base))),
        Html::of(&Unit::Share.change(theme.change)),
        verdict(theme.verdict),
        Html::of(theme.trend.as_deref().unwrap_or(NOT_GIVEN)),
        Html::of(&sentiment(theme.sentiment)),
        Html::of(&count_or_dash(theme.hotlines)),
    ]
}

fn examples(html: &mut Html, pack: &Pack, source: &str, themes: &[&Figures]) {
    html.raw("<h4>In their words</h4>\n<div class=\"quotes\">\n");
    for theme in themes.iter().take(N_THEMES) {
        let quotes = pack.quotes.get(&(source.to_owned(), theme.theme_id.clone())).map_or(&[][..], Vec::as_slice);
        html.raw("<section><h5>").foreign(pack.label(&theme.theme_id)).raw("</h5>\n");
        let keywords = pack.labels.get(&theme.theme_id).map_or("", |label| label.keywords.as_str());
        if !keywords.is_empty() {
            html.raw("<p class=\"of\">Key terms: ");
            for (idx, term) in keywords.split(',').enumerate() {
                html.text(if idx > 0 { ", " } else { "" }).foreign(term.trim());
            }
            html.raw("</p>\n");
        }
        if quotes.is_empty() {
            html.raw("<p class=\"of\">No example: nobody whose words may be shown.</p>\n");
        }
        for example in quotes {
            quote(html, example);
        }
        html.raw("</section>\n");
    }
    html.raw("</div>\n<p class=\"origin\">Source: <code>clause</code> with <code>verbatim.text</code> from start_char to end_char, the highest theme_similarity first, ");
    html.raw("one a response, each text once; only of responses whose <code>response.share_consent</code> is named or anonymous, or whose source never asks.</p>\n");
}

fn quote(html: &mut Html, quote: &Quote) {
    html.raw("<blockquote dir=\"auto\"><p dir=\"auto\">").text(quote.text.trim());
    if quote.of_chars.is_some() {
        html.text("…");
    }
    html.raw("</p><footer dir=\"ltr\">").text(&format!("verbatim {}, clause {}", quote.verbatim_id, quote.clause));
    if let Some(n) = quote.of_chars {
        html.text(&format!("; the beginning of {} characters", count(n as i64)));
    }
    html.raw("</footer></blockquote>\n");
}
