//! What do people speak about?
//!
//! Of each source the themes that most responses raise, with their figures and, in people's own words, examples.

use super::areas::verdict;
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, Unit, count, count_or_dash, counted, sentiment, signed};
use super::pack::{N_THEMES, Pack};
use super::quote::Quote;
use super::theme::Figures;
use crate::schema::{THEME_MONTH, theme_month as col};

/// Examples that are seen at once.
const N_SHOWN: usize = 2;

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
        ("Impact on NPS", Align::Figures),
        ("HOTLINE", Align::Figures),
    ];
    let mut grid = Grid::new(&format!("Themes of {source}, by responses"), origin, &columns);
    for theme in themes.iter().take(N_THEMES) {
        grid.row(row(pack, theme));
    }
    grid.write(html);
    impacts(html, pack, themes);
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

/// Writes the themes of one area.
pub(super) fn of_area(html: &mut Html, pack: &Pack, area: &str, themes: &[Figures]) {
    if themes.is_empty() {
        html.raw("<p>No theme of this month belongs to the area.</p>\n");
        return;
    }
    let origin = Origin::of(&THEME_MONTH).day(col::report_month, &pack.day()).text(col::dimension_value, area);
    let columns = [
        ("Theme", Align::Words),
        ("Source", Align::Words),
        ("Share of responses", Align::Figures),
        ("Responses of base", Align::Figures),
        ("Change", Align::Figures),
        ("Verdict", Align::Terms),
        ("Trend", Align::Terms),
        ("Sentiment", Align::Figures),
    ];
    let mut grid = Grid::new("Themes of the area, by responses", origin, &columns);
    for theme in themes {
        let cells = row(pack, theme);
        let mut shown = vec![cells[0].clone(), Html::of_foreign(&theme.source)];
        shown.extend([1, 3, 4, 5, 6, 7].into_iter().filter_map(|idx: usize| cells.get(idx).cloned()));
        grid.row(shown);
    }
    grid.write(html);
    let query = format!("area:{} month:{}", quoted(area), pack.month);
    html.raw("<p class=\"origin\">").element("code", "", &format!("outspoken search '{query}' --out DIR")).raw("</p>\n");
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
        Html::of(&impact(theme)),
        Html::of(&count_or_dash(theme.hotlines)),
    ]
}

/// Points of NPS; one whose interval holds zero stands in brackets.
fn impact(theme: &Figures) -> String {
    let Some(points) = theme.impact else { return NOT_GIVEN.to_owned() };
    let is_told = theme.impact_low.zip(theme.impact_high).is_some_and(|(low, high)| low > 0.0 || high < 0.0);
    if is_told { signed(points, 1) } else { format!("({})", signed(points, 1)) }
}

/// What carries NPS and what weighs on it, beyond chance.
fn impacts(html: &mut Html, pack: &Pack, themes: &[&Figures]) {
    let told = |sign: f64| {
        let is_told = move |theme: &&&Figures| {
            let ends = theme.impact_low.zip(theme.impact_high);
            ends.is_some_and(|(low, high)| if sign > 0.0 { low > 0.0 } else { high < 0.0 })
        };
        let mut told: Vec<&&Figures> = themes.iter().filter(is_told).collect();
        let points = |theme: &Figures| sign * theme.impact.unwrap_or_default();
        told.sort_by(|a, b| points(b).total_cmp(&points(a)).then_with(|| a.theme_id.cmp(&b.theme_id)));
        told
    };
    let (carries, weighs) = (told(1.0), told(-1.0));
    if carries.is_empty() && weighs.is_empty() {
        return;
    }
    html.raw("<p>");
    for (said, of) in [("Weighs on NPS: ", weighs), ("Carries it: ", carries)] {
        if of.is_empty() {
            continue;
        }
        html.element("b", "", said);
        for (idx, theme) in of.iter().take(5).enumerate() {
            html.text(if idx > 0 { ", “" } else { "“" }).foreign(pack.label(&theme.theme_id));
            html.text(&format!("” {} points", signed(theme.impact.unwrap_or_default(), 1)));
        }
        html.text(". ");
    }
    html.raw("</p>\n<p class=\"note\">Impact: points that NPS would lose (or gain) without the theme, other themes being as they are, over three months; in brackets where its interval holds zero. No proof of cause.</p>\n");
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
        for example in quotes.iter().take(N_SHOWN) {
            quote(html, example);
        }
        html.raw("<details><summary>More, and where all are found</summary>\n");
        for example in quotes.iter().skip(N_SHOWN) {
            quote(html, example);
        }
        let query = format!("theme:{} source:{} month:{}", theme.theme_id, quoted(source), pack.month);
        html.raw("<p class=\"origin\">").element("code", "", &format!("outspoken search '{query}' --out DIR"));
        html.raw("; in the review app <code>/theme/").text(&theme.theme_id).raw("</code></p>\n</details>\n</section>\n");
    }
    html.raw("</div>\n<p class=\"origin\">Source: <code>clause</code> with <code>verbatim.text</code> from start_char to end_char, the highest theme_similarity first, ");
    html.raw("one a response, each text once; only of responses whose <code>response.share_consent</code> is named or anonymous, or whose source never asks.</p>\n");
}

/// A value of a query, in quotes where it needs them. An apostrophe would end the argument of the shell.
fn quoted(value: &str) -> String {
    let is_plain = value.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    if is_plain { value.to_owned() } else { format!("\"{}\"", value.replace(['"', '\''], " ")) }
}

pub(super) fn quote(html: &mut Html, quote: &Quote) {
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
