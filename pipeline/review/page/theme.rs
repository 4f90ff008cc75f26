//! What is said under a theme, by whom, and since when?

use super::super::answer::Answer;
use super::super::app::missing;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, title};
use crate::error::Result;
use crate::month::Month;
use crate::report::chart::{self, Point};
use crate::report::html::Html;
use crate::report::number::{Unit, count, month_name, sentiment};
use crate::report::row::each_row;
use crate::schema::{clause, theme as col, theme_month};
use crate::search::{Hit, Request, Sort, snippet};

/// Clauses shown.
const N_CLAUSES: usize = 12;
/// HOTLINE responses shown.
const N_CASES: usize = 5;

/// A row of `theme`.
struct Theme {
    label: String,
    keywords: Vec<String>,
    parent: Option<String>,
    status: String,
    merged_into: Option<String>,
    area: Option<String>,
    origin: String,
    first: Option<Month>,
    last: Option<Month>,
}

/// The page.
pub(super) fn page(view: &View<'_>, id: &str) -> Result<Answer> {
    let Some(theme) = load(view, id)? else { return Ok(missing(view, "There is no theme with this id.")) };
    let month = view.month()?;
    let mut html = Html::default();
    title(&mut html, "Theme", &theme.label);
    facts(&mut html, view, id, &theme);
    view.choose_month(&mut html, &link::theme(id), month);
    trend(&mut html, view, id, month)?;
    clauses(&mut html, view, id, &theme, month)?;
    segments(&mut html, view, id, month)?;
    cases(&mut html, view, id, month)?;
    Ok(view.page(Menu::Themes, &theme.label, &html))
}

fn load(view: &View<'_>, id: &str) -> Result<Option<Theme>> {
    use col::*;
    let columns = [theme_id, label, keywords, parent_id, status, merged_into, area, origin, first_month, last_month];
    let mut found = None;
    each_row(&view.tables.version, Month::new(1970, 1), &columns, |row| {
        if row.text(theme_id) == Some(id) {
            found = Some(Theme {
                label: row.text(label).unwrap_or(id).to_owned(),
                keywords: row
                    .text(keywords)
                    .unwrap_or_default()
                    .split(',')
                    .map(|k| k.trim().to_owned())
                    .filter(|k| !k.is_empty())
                    .collect(),
                parent: row.text(parent_id).map(str::to_owned),
                status: row.owned(status),
                merged_into: row.text(merged_into).map(str::to_owned),
                area: row.text(area).map(str::to_owned),
                origin: row.owned(origin),
                first: row.month(first_month),
                last: row.month(last_month),
            });
        }
    })?;
    Ok(found)
}

fn facts(html: &mut Html, view: &View<'_>, id: &str, theme: &Theme) {
    html.raw("<dl class=\"facts\">");
    let mut fact = |name: &str, value: &str| {
        html.element("dt", "", name).raw("<dd>").foreign(value).raw("</dd>");
    };
    fact("Key terms", &theme.keywords.join(", "));
    if let Some(parent) = &theme.parent {
        fact("Part of", view.tables.themes.label(parent));
    }
    if let Some(area) = &theme.area {
        fact("Area", area);
    }
    fact("Status", &theme.status);
    if let Some(into) = &theme.merged_into {
        fact("Merged into", view.tables.themes.label(into));
    }
    fact("Came from", &theme.origin);
    if let (Some(first), Some(last)) = (theme.first, theme.last) {
        fact("Known", &format!("{} to {}", month_name(first), month_name(last)));
    }
    fact("Id", id);
    html.raw("</dl>\n<p><a").attribute("href", &link::search(&[("theme", id)])).raw(">All its verbatims</a> · <a");
    html.attribute("href", &format!("{}/change", link::theme(id))).raw(">Rename, merge, split, pin or retire it</a></p>\n");
}

/// The share of responses over the months, one drawing a source.
fn trend(html: &mut Html, view: &View<'_>, id: &str, month: Month) -> Result<()> {
    let mut by_source: std::collections::BTreeMap<String, Vec<Point>> = std::collections::BTreeMap::new();
    let columns = [
        ("Source", Align::Words),
        ("Month", Align::Words),
        ("Responses", Align::Figures),
        ("Share", Align::Figures),
        ("95 % interval", Align::Figures),
        ("Sentiment", Align::Figures),
    ];
    let mut list = List::new("theme-months", "Month by month", &columns, "No month has it.");
    for of in view.tables.theme_months()?.into_iter().filter(|of| *of <= month && month.since(*of) <= 12) {
        for figures in view.tables.figures(of)?.iter().filter(|f| f.theme_id == id) {
            let point = Point { month: of, value: figures.share, low: figures.share_low, high: figures.share_high };
            by_source.entry(figures.source.clone()).or_default().push(point);
            let behind = link::search(&[("theme", id), ("month", &of.to_string()), ("source", &figures.source)]);
            let interval = Unit::Share.interval(figures.share_low, figures.share_high);
            list.row(vec![
                Cell::text(&figures.source),
                Cell::text(&of.to_string()),
                Cell::counted(figures.responses, &behind),
                Cell::figure(figures.share, &Unit::Share.value(figures.share)),
                Cell::html(Html::of(&interval), &interval),
                Cell::figure(figures.sentiment, &sentiment(figures.sentiment)),
            ]);
        }
    }
    html.raw("<h2>Share of responses</h2>\n<div class=\"tiles\">");
    for (source, points) in &by_source {
        html.raw("<section class=\"tile\"><h3>").foreign(source).raw("</h3>");
        chart::trend(html, "Share of responses", Unit::Share, points, None);
        html.raw("</section>");
    }
    html.raw("</div>\n<details><summary>The figures</summary>\n");
    list.write(html, None);
    html.raw("</details>\n");
    Ok(())
}

/// What is said: clauses of the theme, its key terms marked.
fn clauses(html: &mut Html, view: &View<'_>, id: &str, theme: &Theme, month: Month) -> Result<()> {
    html.raw("<h2>What is said</h2>\n");
    let Some(searcher) = view.tables.searcher() else { return Ok(()) };
    let words: Vec<String> = theme.keywords.iter().take(8).map(|word| format!("\"{}\"", word.replace('"', " "))).collect();
    let of = format!("{} {}", link::term("theme", id), link::term("month", &month.to_string()));
    // Those with key terms first: they show best what the theme is about.
    let mut hits = Vec::new();
    if !words.is_empty() {
        let query = format!("{of} ({})", words.join(" OR "));
        let request = Request { query: &query, sort: Some(Sort::Relevance), offset: 0, limit: N_CLAUSES, with_facets: false };
        hits = searcher.find(request, &view.tables.themes).map(|found| found.hits).unwrap_or_default();
    }
    let request = Request { query: &of, sort: Some(Sort::Newest), offset: 0, limit: 2 * N_CLAUSES, with_facets: false };
    let found = searcher.find(request, &view.tables.themes)?;
    for hit in found.hits {
        if hits.len() < N_CLAUSES && !hits.iter().any(|known: &Hit| known.verbatim_id == hit.verbatim_id) {
            hits.push(hit);
        }
    }
    if hits.is_empty() {
        html.element("p", "empty", "Nothing in this month.");
        return Ok(());
    }
    html.raw("<ul class=\"clauses\">");
    for hit in &hits {
        for (from, to, score) in spans(view, hit, id)? {
            let text = hit.text.get(from..to).unwrap_or_default();
            let marks: Vec<(usize, usize)> =
                hit.marks.iter().filter(|(a, b)| *a >= from && *b <= to).map(|(a, b)| (a - from, b - from)).collect();
            html.raw("<li><a").attribute("href", &link::verbatim(&hit.verbatim_id)).raw("><bdi>");
            for (piece, is_mark) in snippet(text, &marks, 400).pieces {
                if is_mark {
                    html.raw("<mark>").text(piece).raw("</mark>")
                } else {
                    html.text(piece)
                };
            }
            html.raw("</bdi></a>");
            if let Some(score) = score {
                html.raw(" <span").attribute("class", super::search::tone(score)).raw(">").text(&sentiment(Some(score))).raw("</span>");
            }
            html.raw("</li>\n");
        }
    }
    html.raw("</ul>\n<p><a").attribute("href", &format!("/search?q={}", super::super::ask::encode(&of))).raw(">");
    html.text(&format!("All {} of this month", count(found.total as i64))).raw("</a></p>\n");
    Ok(())
}

/// Bytes of the clauses of a verbatim that are of the theme, with their sentiment.
fn spans(view: &View<'_>, hit: &Hit, id: &str) -> Result<Vec<(usize, usize, Option<f64>)>> {
    let Some(month) = hit.month else { return Ok(Vec::new()) };
    let mut spans = Vec::new();
    view.tables.rows::<clause::Column>(month, hit.places.clauses, |row| {
        if row.text(clause::verbatim_id) == Some(&hit.verbatim_id) && row.text(clause::theme_id) == Some(id) {
            let byte = |chars: Option<i64>| {
                let chars = usize::try_from(chars.unwrap_or_default()).unwrap_or_default();
                hit.text.char_indices().nth(chars).map_or(hit.text.len(), |(at, _)| at)
            };
            spans.push((byte(row.int(clause::start_char)), byte(row.int(clause::end_char)), row.float(clause::sentiment)));
        }
    })?;
    Ok(spans)
}

fn segments(html: &mut Html, view: &View<'_>, id: &str, month: Month) -> Result<()> {
    use theme_month::*;
    let columns = [
        ("Part", Align::Words),
        ("Value", Align::Words),
        ("Source", Align::Words),
        ("Responses", Align::Figures),
        ("Share", Align::Figures),
        ("95 % interval", Align::Figures),
        ("Sentiment", Align::Figures),
        ("Verdict", Align::Words),
    ];
    let mut list = List::new("theme-parts", "By segment, channel, product and area", &columns, "No parts are known for this month.");
    let asked = [source, theme_id, dimension, dimension_value, responses, share, share_low, share_high, theme_month::sentiment, verdict];
    each_row(&view.tables.version, month, &asked, |row| {
        let (part, value) = (row.owned(dimension), row.owned(dimension_value));
        if row.text(theme_id) != Some(id) || part == "all" || row.int(responses) == Some(0) {
            return;
        }
        let of = row.owned(source);
        let interval = Unit::Share.interval(row.float(share_low), row.float(share_high));
        let behind = link::search(&[("theme", id), ("month", &month.to_string()), ("source", &of), (&part, &value)]);
        list.row(vec![
            Cell::text(&part),
            Cell::text(&value),
            Cell::text(&of),
            row.int(responses).map_or_else(Cell::none, |n| Cell::counted(n, &behind)),
            Cell::figure(row.float(share), &Unit::Share.value(row.float(share))),
            Cell::html(Html::of(&interval), &interval),
            Cell::figure(row.float(theme_month::sentiment), &crate::report::number::sentiment(row.float(theme_month::sentiment))),
            Cell::given(row.text(verdict)),
        ]);
    })?;
    html.raw("<h2>Who says it</h2>\n");
    list.write(html, None);
    Ok(())
}

fn cases(html: &mut Html, view: &View<'_>, id: &str, month: Month) -> Result<()> {
    let Some(searcher) = view.tables.searcher() else { return Ok(()) };
    let query = format!("{} {} hotline:any", link::term("theme", id), link::term("month", &month.to_string()));
    let request = Request { query: &query, sort: Some(Sort::Newest), offset: 0, limit: N_CASES, with_facets: false };
    let found = searcher.find(request, &view.tables.themes)?;
    html.raw("<h2>HOTLINE among them</h2>\n");
    if found.total == 0 {
        html.element("p", "empty", "None this month.");
        return Ok(());
    }
    html.raw("<ol class=\"hits\">");
    for hit in &found.hits {
        html.raw("<li>").push(&super::search::hit(view, hit)).raw("</li>\n");
    }
    html.raw("</ol>\n<p><a").attribute("href", &format!("/search?q={}", super::super::ask::encode(&query))).raw(">");
    html.text(&format!("All {}", count(found.total as i64))).raw("</a></p>\n");
    Ok(())
}
