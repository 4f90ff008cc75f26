//! Which themes does the month have?

use super::super::answer::Answer;
use super::super::export;
use super::super::link;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, option, title};
use super::overview::verdict_class;
use crate::error::Result;
use crate::month::Month;
use crate::report::html::Html;
use crate::report::number::{Unit, month_name, sentiment};
use crate::report::theme::Figures;

/// Themes drawn on the map.
const N_MAPPED: usize = 30;

/// The page.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    let month = view.month()?;
    let all = view.tables.figures(month)?;
    let sources: Vec<&str> = {
        let mut sources: Vec<&str> = all.iter().map(|f| f.source.as_str()).collect();
        sources.dedup();
        sources
    };
    let source = view.ask.query.get("source").filter(|asked| sources.contains(asked));
    let order = view.ask.query.text("order");
    let mut shown: Vec<&Figures> = all.iter().filter(|f| source.is_none_or(|asked| f.source == asked)).collect();
    shown.sort_by(|a, b| {
        let by = match order {
            "change" => b.change.unwrap_or(f64::NEG_INFINITY).total_cmp(&a.change.unwrap_or(f64::NEG_INFINITY)),
            "sentiment" => a.sentiment.unwrap_or(f64::INFINITY).total_cmp(&b.sentiment.unwrap_or(f64::INFINITY)),
            "hotlines" => b.hotlines.cmp(&a.hotlines),
            _ => b.responses.cmp(&a.responses),
        };
        by.then_with(|| (&a.source, &a.theme_id).cmp(&(&b.source, &b.theme_id)))
    });
    let mut list = list(&format!("Themes of {}", month_name(month)));
    for figures in &shown {
        list.row(row(view, month, figures));
    }
    if let Some(file) = export::file(&list, view.ask.query.get("as")) {
        return Ok(file);
    }
    let mut html = Html::default();
    title(&mut html, "Themes", &month_name(month));
    html.raw("<form class=\"choose\" action=\"/themes\"><label>Month <select name=\"month\" data-submit>");
    for known in view.tables.months.iter().rev() {
        option(&mut html, &known.to_string(), &month_name(*known), *known == month);
    }
    html.raw("</select></label><label>Source <select name=\"source\" data-submit>");
    option(&mut html, "", "all", source.is_none());
    for known in &sources {
        option(&mut html, known, known, source == Some(known));
    }
    html.raw("</select></label><label>Order <select name=\"order\" data-submit>");
    for (value, label) in
        [("", "most responses"), ("change", "grew most"), ("sentiment", "most negative"), ("hotlines", "most HOTLINE responses")]
    {
        option(&mut html, value, label, value == order);
    }
    html.raw("</select></label><button>Show</button></form>\n");
    map(&mut html, view, &shown);
    list.write(&mut html, Some(&format!("/themes{}", view.ask.query.with("as", None))));
    Ok(view.page(Menu::Themes, "Themes", &html))
}

/// An empty list of themes.
pub(super) fn list(caption: &str) -> List {
    let columns = [
        ("Theme", Align::Words),
        ("Source", Align::Words),
        ("Responses", Align::Figures),
        ("Share", Align::Figures),
        ("95 % interval", Align::Figures),
        ("Change", Align::Figures),
        ("Verdict", Align::Words),
        ("Trend", Align::Words),
        ("Sentiment", Align::Figures),
        ("HOTLINE", Align::Figures),
    ];
    List::new("themes", caption, &columns, "No response of this month has a theme.")
}

/// A theme in a list.
pub(super) fn row(view: &View<'_>, month: Month, figures: &Figures) -> Vec<Cell> {
    let id = figures.theme_id.as_str();
    let (of, source) = (month.to_string(), figures.source.as_str());
    let behind = [("theme", id), ("month", of.as_str()), ("source", source)];
    let mut with_cases = behind.to_vec();
    with_cases.push(("hotline", "any"));
    let mut verdict = Html::default();
    verdict.raw("<span").attribute("class", verdict_class(figures.verdict)).raw(">").text(figures.verdict.words()).raw("</span>");
    vec![
        Cell::link(view.tables.themes.label(id), &link::theme(id)),
        Cell::text(source),
        Cell::counted(figures.responses, &link::search(&behind)),
        Cell::figure(figures.share, &Unit::Share.value(figures.share)),
        Cell::html(
            Html::of(&Unit::Share.interval(figures.share_low, figures.share_high)),
            &Unit::Share.interval(figures.share_low, figures.share_high),
        ),
        Cell::figure(figures.change, &Unit::Share.change(figures.change)),
        Cell::html(verdict, figures.verdict.words()),
        Cell::given(figures.trend.as_deref()),
        Cell::figure(figures.sentiment, &sentiment(figures.sentiment)),
        figures.hotlines.map_or_else(Cell::none, |n| Cell::counted(n, &link::search(&with_cases))),
    ]
}

/// Themes by share and sentiment: what is said by many and is bad stands at the lower right.
fn map(html: &mut Html, view: &View<'_>, shown: &[&Figures]) {
    let placed: Vec<(&Figures, f64, f64)> = shown.iter().take(N_MAPPED).filter_map(|f| Some((*f, f.share?, f.sentiment?))).collect();
    let largest = placed.iter().map(|(_, share, _)| *share).fold(0.0, f64::max);
    if placed.len() < 3 || largest <= 0.0 {
        return;
    }
    html.raw("<details class=\"map\"><summary>Map: share against sentiment</summary>\n<svg viewBox=\"0 0 720 360\" role=\"img\" aria-label=\"Themes by share of responses and sentiment; the table below has the same figures\">");
    for (class, from, to) in
        [("axis", (60.0, 320.0), (700.0, 320.0)), ("axis", (60.0, 20.0), (60.0, 320.0)), ("axis", (60.0, 170.0), (700.0, 170.0))]
    {
        line(html, class, from, to);
    }
    label(html, "end", (54.0, 28.0), "+1");
    label(html, "end", (54.0, 174.0), "0");
    label(html, "end", (54.0, 324.0), "−1");
    label(html, "start", (60.0, 345.0), "share of responses: 0%");
    label(html, "end", (700.0, 345.0), &Unit::Share.value(Some(largest)));
    for (figures, share, mean) in &placed {
        let (x, y) = (60.0 + 620.0 * share / largest, 170.0 - 150.0 * mean.clamp(-1.0, 1.0));
        html.raw("<a")
            .attribute("href", &link::theme(&figures.theme_id))
            .raw("><circle r=\"6\"")
            .attribute("class", super::search::tone(*mean));
        html.place("cx", x).place("cy", y).raw("><title>").text(view.tables.themes.label(&figures.theme_id));
        html.text(&format!(": {}, sentiment {}", Unit::Share.value(Some(*share)), sentiment(Some(*mean)))).raw("</title></circle>");
        let name: String = view.tables.themes.label(&figures.theme_id).chars().take(24).collect();
        if x < 560.0 {
            label(html, "start", (x + 9.0, y + 4.0), &name)
        } else {
            label(html, "end", (x - 9.0, y + 4.0), &name)
        }
        html.raw("</a>");
    }
    html.raw("</svg></details>\n");
}

fn line(html: &mut Html, class: &'static str, from: (f64, f64), to: (f64, f64)) {
    html.raw("<line").attribute("class", class).place("x1", from.0).place("y1", from.1).place("x2", to.0).place("y2", to.1).raw("/>");
}

fn label(html: &mut Html, anchor: &str, at: (f64, f64), text: &str) {
    html.raw("<text").attribute("class", anchor).place("x", at.0).place("y", at.1).raw(">").text(text).raw("</text>");
}
