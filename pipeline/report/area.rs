//! What does one functional area prepare from?
//!
//! Its measures with goal and trend, its themes, what customers say both ways, its cases and initiatives, what is worth asking, and a page for its
//! front line without any name.

use std::collections::BTreeSet;

use super::chart::{self, Point};
use super::html::Html;
use super::initiative::Initiative;
use super::kpi::Kpi;
use super::number::{count, month_name, plain};
use super::pack::Pack;
use super::quote::{self, Order, Quote};
use super::theme::{self, Figures};
use super::{action, areas, hotlines, indicator, initiatives, page, slipping, themes};
use crate::casework::wording;
use crate::error::{Error, Result, nearest};
use crate::stage::sentiment::label_of;

/// Themes of an area: more are not discussed in one meeting.
const N_THEMES: usize = 10;

/// What fewer said is not hung up.
const MIN_SAID: i64 = 2;

/// Verbatims each way.
const N_WORDS: usize = 3;

/// The pack of an area.
///
/// Fails when nothing is known of it, with the areas that are.
pub(super) fn render(pack: &Pack, asked: &str) -> Result<String> {
    let area = known(pack, asked)?;
    let figures = themes_of(pack, &area)?;
    let [praise, complaints] = words(pack, &figures)?;
    let mut html = Html::default();
    html.raw("<header>\n<p class=\"kicker\">Customer feedback review · internal</p>\n<h1>")
        .foreign(&area)
        .raw("</h1>\n<p class=\"sources\">");
    html.text(&month_name(pack.month)).raw("</p>\n</header>\n");
    action::write(&mut html, pack, Some(&area));
    measures(&mut html, pack, &area);
    slipping::write(&mut html, pack, Some(&area));
    html.raw("<h2>What customers speak about</h2>\n");
    themes::of_area(&mut html, pack, &area, &figures);
    both_ways(&mut html, &praise, &complaints);
    let cases: Vec<_> = pack.cases.iter().filter(|case| case.area.as_deref() == Some(area.as_str())).collect();
    html.raw("<h2>HOTLINE</h2>\n");
    if cases.is_empty() {
        html.raw("<p>No case of this month names the area.</p>\n");
    } else {
        hotlines::list(&mut html, pack, &cases, "Cases of the area; times in UTC", hotlines::Beside::EachAccount);
    }
    initiatives::write(&mut html, pack, Some(&area));
    indicator::write(&mut html, pack, Some(&area));
    let mut hung = figures.clone();
    // What few said of the area, many may have said without naming it.
    hung.extend(pack.themes.iter().filter(|theme| belongs(pack, theme, &area)).cloned());
    front_line(&mut html, pack, &area, &hung);
    Ok(page::page(&format!("{area}, {}", month_name(pack.month)), &html))
}

/// The area as the tables write it.
fn known(pack: &Pack, asked: &str) -> Result<String> {
    let mut known: BTreeSet<&str> = pack.kpis.iter().filter_map(|kpi| kpi.area.as_deref()).collect();
    known.extend(pack.labels.values().filter_map(|label| label.area.as_deref()));
    known.extend(pack.initiatives.iter().filter_map(|initiative| initiative.area.as_deref()));
    known.extend(pack.cases.iter().filter_map(|case| case.area.as_deref()));
    known.extend(pack.actions.iter().map(|action| action.area.as_str()));
    if let Some(found) = known.iter().find(|area| area.to_lowercase() == asked.trim().to_lowercase()) {
        return Ok((*found).to_owned());
    }
    let known: Vec<&str> = known.into_iter().collect();
    let hint = match nearest(asked, &known) {
        Some(found) => format!("did you mean `{found}`?"),
        None => format!("areas of the tables: {}", known.join(", ")),
    };
    Err(Error::Setting { place: "--area".to_owned(), what: format!("nothing is known of the area `{asked}`"), hint: Some(hint) })
}

/// Themes of what was said in the area, where responses name one; else the themes that belong to it.
fn themes_of(pack: &Pack, area: &str) -> Result<Vec<Figures>> {
    let mut figures = theme::figures_of(&pack.version, pack.month, ("area", area))?;
    let said: BTreeSet<String> = figures.iter().map(|theme| theme.source.clone()).collect();
    let silent = pack.themes.iter().filter(|theme| !said.contains(&theme.source));
    figures.extend(silent.filter(|theme| belongs(pack, theme, area)).cloned());
    figures.sort_by(|a, b| (b.responses, &a.source, &a.theme_id).cmp(&(a.responses, &b.source, &b.theme_id)));
    figures.truncate(N_THEMES);
    Ok(figures)
}

/// Whether a theme belongs to an area.
fn belongs(pack: &Pack, theme: &Figures, area: &str) -> bool {
    pack.labels.get(&theme.theme_id).is_some_and(|label| label.area.as_deref() == Some(area))
}

/// What praises most and what complains most, of people whose words may be shown.
fn words(pack: &Pack, figures: &[Figures]) -> Result<[Vec<Quote>; 2]> {
    let wanted: BTreeSet<quote::Key> = figures.iter().map(|theme| (theme.source.clone(), theme.theme_id.clone())).collect();
    let mut found = [Vec::new(), Vec::new()];
    for (order, into) in [Order::Praise, Order::Complaint].into_iter().zip(&mut found) {
        let mut quotes: Vec<Quote> =
            quote::ordered(&pack.version, pack.month, &wanted, &pack.consent, order)?.into_values().flatten().collect();
        quotes.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| (&a.verbatim_id, a.clause).cmp(&(&b.verbatim_id, b.clause))));
        let mut seen = BTreeSet::new();
        quotes.retain(|quote| seen.insert(quote.verbatim_id.clone()));
        quotes.truncate(N_WORDS);
        *into = quotes;
    }
    Ok(found)
}

fn of_area<'a>(pack: &'a Pack, area: &'a str) -> impl Iterator<Item = &'a Kpi> {
    pack.kpis_now().chain(pack.means_now()).filter(move |kpi| kpi.area.as_deref() == Some(area))
}

fn measures(html: &mut Html, pack: &Pack, area: &str) {
    html.raw("<h2>Where it stands</h2>\n");
    let kpis: Vec<&Kpi> = of_area(pack, area).collect();
    if kpis.is_empty() {
        html.raw("<p>No measure of this month belongs to the area.</p>\n");
        return;
    }
    html.raw("<div class=\"tiles\">\n");
    for kpi in &kpis {
        let unit = kpi.unit();
        html.raw("<section class=\"tile\">\n<h3>").foreign(&kpi.name()).raw("</h3>\n").element("p", "big", &unit.value(kpi.value));
        html.raw("<p class=\"of\">").text(&format!("95% interval {}; base {}; ", unit.interval(kpi.low, kpi.high), count(kpi.base)));
        html.foreign(&wording::plain(&kpi.source)).raw("</p>\n<p class=\"verdict\">").element("b", "", kpi.verdict.words());
        html.text(&format!(" {}", unit.change(kpi.change))).raw("</p>\n");
        if let Some(goal) = kpi.goal {
            html.raw("<p class=\"of\">").text(&format!("goal {}: {}", unit.value(Some(goal)), kpi.status.as_deref().unwrap_or("–")));
            if let Some(owner) = &kpi.owner {
                html.text("; ").foreign(owner);
            }
            html.raw("</p>\n");
        }
        let points: Vec<Point> = pack.history(kpi).map(|k| Point { month: k.month, value: k.value, low: k.low, high: k.high }).collect();
        chart::trend(html, &kpi.name(), unit, &points, kpi.goal);
        html.raw("</section>\n");
    }
    html.raw("</div>\n");
    areas::table(html, pack, &kpis);
}

fn both_ways(html: &mut Html, praise: &[Quote], complaints: &[Quote]) {
    html.raw("<div class=\"quotes\">\n");
    for (said, quotes) in [("What they praise", praise), ("What they complain of", complaints)] {
        html.raw("<section><h4>").text(said).raw("</h4>\n");
        if quotes.is_empty() {
            html.raw("<p class=\"of\">Nothing that may be shown.</p>\n");
        }
        quotes.iter().for_each(|quote| themes::quote(html, quote, &[]));
        html.raw("</section>\n");
    }
    html.raw("</div>\n");
}

/// A page to hang up: no names, no figures but the most important one.
fn front_line(html: &mut Html, pack: &Pack, area: &str, figures: &[Figures]) {
    html.raw("<section class=\"sheet\">\n<h2>For the front line: ")
        .foreign(area)
        .raw("</h2>\n<p class=\"of\">")
        .text(&month_name(pack.month))
        .raw("</p>\n");
    for (said, sign) in [("Customers praise", 1.0), ("Customers ask us to mend", -1.0)] {
        let label = if sign > 0.0 { "positive" } else { "negative" };
        let is_said = |theme: &&Figures| theme.responses >= MIN_SAID && theme.sentiment.is_some_and(|s| label_of(s) == label);
        let mut named: Vec<&Figures> = figures.iter().filter(is_said).collect();
        let weight = |theme: &Figures| theme.sentiment.unwrap_or_default().abs() * theme.responses as f64;
        named.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| a.theme_id.cmp(&b.theme_id)));
        let mut seen = BTreeSet::new();
        named.retain(|theme| seen.insert(&theme.theme_id));
        html.raw("<h3>").text(said).raw("</h3>\n");
        if named.is_empty() {
            html.raw(if sign > 0.0 {
                "<p>No theme that several customers clearly praise this month.</p>\n"
            } else {
                "<p>No theme that several customers clearly complain of this month.</p>\n"
            });
            continue;
        }
        html.raw("<ol>\n");
        for theme in named.iter().take(3) {
            html.raw("<li>").foreign(pack.label(&theme.theme_id)).text(&share(theme)).raw("</li>\n");
        }
        html.raw("</ol>\n");
    }
    html.raw("<h3>What we are doing</h3>\n");
    let doing: Vec<&Initiative> = pack.initiatives.iter().filter(|initiative| initiative.area.as_deref() == Some(area)).collect();
    let actions: Vec<_> = pack.actions.iter().filter(|action| action.area == area && action.status == "open").collect();
    if doing.is_empty() && actions.is_empty() {
        html.raw("<p>To be agreed in the review.</p>\n");
    } else {
        html.raw("<ul>\n");
        for initiative in doing {
            html.raw("<li>").foreign(initiative.name());
            if let Some(status) = &initiative.status {
                html.text(" — ").foreign(status);
            }
            html.raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
    html.raw("</section>\n");
}

fn share(theme: &Figures) -> String {
    let share = theme.share.unwrap_or_default();
    match () {
        () if theme.base < 100 => format!(" ({} of {} who wrote)", count(theme.responses), count(theme.base)),
        () if share < 0.01 => " (fewer than 1 of every 100 who wrote)".to_owned(),
        () => format!(" ({} of every 100 who wrote)", plain(100.0 * share, 0)),
    }
}
