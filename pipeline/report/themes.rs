//! What do people speak about?
//!
//! Of each source the themes that most responses raise, with their figures and, in people's own words, examples.

use super::areas::{self, verdict};
use super::grid::{Align, Grid, Origin};
use super::html::Html;
use super::number::{NOT_GIVEN, Unit, count, count_or_dash, counted, sentiment};
use super::pack::{N_THEMES, Pack};
use super::quote::Quote;
use super::theme::Figures;
use super::{chart, rank, terms};
use crate::casework::wording;
use crate::schema::{THEME_MONTH, theme_month as col};

/// Examples that are seen at once.
const N_SHOWN: usize = 2;

/// Place of the impact on NPS in a row; a source that never asks for recommendation has none.
const IMPACT: usize = 8;

/// Places of change, verdict and trend, of which a first month has none.
const MOVES: std::ops::RangeInclusive<usize> = 4..=6;

/// Writes the themes of every source.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    html.raw("<h2 id=\"themes\">Themes</h2>\n");
    for volume in &pack.volumes {
        let themes: Vec<&Figures> = pack.themes.iter().filter(|theme| theme.source == volume.source).collect();
        html.raw("<h3>").foreign(&wording::plain(&volume.source)).raw("</h3>\n");
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
    let has_impact = themes.iter().any(|theme| theme.impact.is_some());
    let shown = |idx: usize| (has_impact || idx != IMPACT) && !(pack.is_first_month && MOVES.contains(&idx));
    let columns: Vec<_> = (0..).zip(columns).filter(|(idx, _)| shown(*idx)).map(|(_, column)| column).collect();
    let mut grid = Grid::new(&format!("Themes of {}, by responses", source.replace('_', " ")), origin, &columns);
    for theme in themes.iter().take(N_THEMES) {
        grid.row((0..).zip(row(pack, theme)).filter(|(idx, _)| shown(*idx)).map(|(_, cell)| cell).collect());
    }
    grid.write(html);
    html.raw("<p class=\"note\">Below the mean sentiment: per cent of the clauses that are negative / neutral / positive, in the bar dark, pale and between.</p>\n");
    rank::write(html, pack, source, themes);
    let n_rest = themes.len().saturating_sub(N_THEMES);
    let mut new: Vec<&&Figures> = themes.iter().skip(N_THEMES).filter(|theme| pack.is_new(theme)).collect();
    if n_rest > 0 {
        html.raw("<p class=\"note\">").text(&format!("{} in the table.", counted(n_rest, "more theme is", "more themes are")));
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
        let mut shown = vec![cells[0].clone(), Html::of_foreign(&wording::plain(&theme.source))];
        shown.extend([1, 3, 4, 5, 6].into_iter().filter_map(|idx: usize| cells.get(idx).cloned()));
        // The spread is known of all responses, not of a part.
        shown.push(Html::of(&sentiment(theme.sentiment)));
        grid.row(shown);
    }
    grid.write(html);
    areas::place(pack, area).write(html);
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
        feeling(pack, theme),
        Html::of(&rank::impact([theme.impact, theme.impact_low, theme.impact_high])),
        Html::of(&count_or_dash(theme.hotlines)),
    ]
}

/// The mean, and below it how many per cent of the clauses are negative, neutral and positive.
fn feeling(pack: &Pack, theme: &Figures) -> Html {
    let mut html = Html::of(&sentiment(theme.sentiment));
    let key = (theme.source.clone(), theme.theme_id.clone());
    if let Some((spread, words)) = pack.spreads.get(&key).and_then(|spread| Some((spread, spread.words()?))) {
        chart::parts(&mut html, spread.counts());
        html.element("span", "of spread", &words);
    }
    html
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
        who(html, pack, source, theme);
        let terms = terms::of_theme(pack.label(&theme.theme_id), keywords);
        for example in quotes.iter().take(N_SHOWN) {
            quote(html, example, &terms);
        }
        html.raw("<details><summary>More, and where all are found</summary>\n");
        for example in quotes.iter().skip(N_SHOWN) {
            quote(html, example, &terms);
        }
        let query = format!("theme:{} source:{} month:{}", theme.theme_id, quoted(source), pack.month);
        html.raw("<p class=\"origin\">").element("code", "", &format!("outspoken search '{query}' --out DIR"));
        html.raw("; in the review app <code>/theme/").text(&theme.theme_id).raw("</code></p>\n</details>\n</section>\n");
    }
    html.raw("</div>\n<p class=\"origin\">Source: <code>clause</code> with <code>verbatim.text</code> from start_char to end_char, the highest theme_similarity first, ");
    html.raw("one a response, each text once; only of responses whose <code>response.share_consent</code> is named or anonymous, or whose source never asks.</p>\n");
}

/// Who speaks of it more often than others.
fn who(html: &mut Html, pack: &Pack, source: &str, theme: &Figures) {
    let Some(voices) = pack.voices.get(&(source.to_owned(), theme.theme_id.clone())) else { return };
    html.raw("<p class=\"of\">More often from ");
    for (idx, voice) in voices.iter().enumerate() {
        let (dimension, part, share) = voice.words();
        html.text(if idx > 0 { ", " } else { "" }).text(dimension).text(" ").foreign(part).text(" ").text(&share);
    }
    html.text(&format!("; all: {}", Unit::Share.value(theme.share))).raw("</p>\n");
}

/// A value of a query, in quotes where it needs them. An apostrophe would end the argument of the shell.
pub(super) fn quoted(value: &str) -> String {
    let is_plain = value.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    if is_plain { value.to_owned() } else { format!("\"{}\"", value.replace(['"', '\''], " ")) }
}

/// Writes an example, with the key terms of its theme set off.
pub(super) fn quote(html: &mut Html, quote: &Quote, terms: &[String]) {
    html.raw("<blockquote dir=\"auto\"><p dir=\"auto\">");
    terms::marked(html, quote.text.trim(), terms);
    if quote.of_chars.is_some() {
        html.text("…");
    }
    html.raw("</p><footer dir=\"ltr\">").text(&format!("verbatim {}", quote.verbatim_id));
    if let Some(clause) = quote.clause {
        html.text(&format!(", clause {clause}"));
    }
    if let Some(n) = quote.of_chars {
        html.text(&format!("; the beginning of {} characters", count(n as i64)));
    }
    html.raw("</footer></blockquote>\n");
}
