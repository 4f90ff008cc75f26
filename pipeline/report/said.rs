//! What do staff and customers hear of what came of it?
//!
//! "You said, we did, what is next": one page from initiatives, what was measured and words whose authors agreed to be quoted. It is a draft: each line
//! can be edited in the browser before it is printed. No name, no account, no case.

use std::collections::BTreeMap;

use super::html::Html;
use super::initiative::Initiative;
use super::kpi::{Kpi, Verdict};
use super::number::{Unit, counted, month_name, plain, signed};
use super::pack::Pack;
use super::quote::{self, Order, Quote};
use super::row::each_row;
use super::theme::Figures;
use super::{handout, page};
use crate::casework::wording;
use crate::error::Result;
use crate::schema::score;

/// A theme of fewer responses is an anecdote, and its author might be known by it.
const MIN_SAID: i64 = 3;

/// Answers below which no figure is told to everybody.
const MIN_BASE: i64 = 30;

/// Who reads the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// Everybody in the house.
    Staff,
    /// All customers.
    Customers,
}

/// The page.
pub(super) fn render(pack: &Pack, reader: Reader) -> Result<String> {
    let about = pack.themes.iter().filter(|theme| pack.initiatives.iter().any(|initiative| is_about(pack, theme, initiative)));
    let wanted = about.map(|theme| (theme.source.clone(), theme.theme_id.clone())).collect();
    let words = quote::ordered(&pack.version, pack.month, &wanted, &pack.consent, Order::Complaint)?;
    let mut html = Html::default();
    let (kicker, title) = match reader {
        Reader::Staff => ("For all staff", "What customers told us, and what we did"),
        Reader::Customers => ("To our customers", "You said, we did"),
    };
    html.raw("<header>\n<p class=\"kicker\">").text(kicker).raw("</p>\n<h1>").text(title).raw("</h1>\n<p class=\"sources\">");
    html.text(&month_name(pack.month)).raw("</p>\n</header>\n");
    thanks(&mut html, pack, reader);
    let mut shown: Vec<&Initiative> = pack.initiatives.iter().collect();
    shown.sort_by_key(|initiative| (initiative.verdict.as_deref() != Some("on_track"), initiative.id.clone()));
    if shown.is_empty() {
        html.raw("<p contenteditable=\"true\">No initiative is in the goals file yet: write here what was done.</p>\n");
    }
    for initiative in shown {
        one(&mut html, pack, &words, initiative, reader);
    }
    if reader == Reader::Staff {
        figures(&mut html, pack);
    }
    html.raw("<p class=\"note\">A draft from the tables: every line can be changed here before it is printed.</p>\n");
    Ok(page::page(&format!("{title}, {}", month_name(pack.month)), &html))
}

fn thanks(html: &mut Html, pack: &Pack, reader: Reader) {
    let n: i64 = pack.volumes.iter().map(|volume| volume.responses).sum();
    let thanks = if reader == Reader::Customers { " Thank you for each of them." } else { "" };
    let said = format!("{} reached us in {}.{thanks} This is what came of it.", answers(n), month_name(pack.month));
    html.raw("<p class=\"lead\" contenteditable=\"true\">").text(&said).raw("</p>\n");
}

fn answers(n: i64) -> String {
    counted(usize::try_from(n).unwrap_or_default(), "answer", "answers")
}

fn one(html: &mut Html, pack: &Pack, words: &BTreeMap<quote::Key, Vec<Quote>>, initiative: &Initiative, reader: Reader) {
    html.raw("<section class=\"said\">\n<div><h3>You said</h3>\n<p contenteditable=\"true\">");
    let said = if initiative.aims_at_theme {
        pack.label(&initiative.aim).to_owned()
    } else {
        initiative.area.clone().unwrap_or_else(|| initiative.aim.replace('_', " "))
    };
    let about = || pack.themes.iter().filter(|theme| is_about(pack, theme, initiative) && theme.responses >= MIN_SAID);
    let quoted = |theme: &&Figures| words.get(&(theme.source.clone(), theme.theme_id.clone())).is_some_and(|quotes| !quotes.is_empty());
    // A theme in somebody's words before one without.
    let theme = about().find(quoted).or_else(|| about().next());
    let rated = if initiative.aims_at_theme { None } else { rated(pack, initiative) };
    match (rated, theme) {
        (Some(rated), _) => {
            html.foreign(&wording::sentence_case(&said)).text(&rated);
        }
        (None, Some(theme)) => {
            html.foreign(&wording::sentence_case(pack.label(&theme.theme_id)))
                .text(&format!(": {} of those who wrote spoke of it.", Unit::Share.value(theme.share)));
        }
        (None, None) => {
            html.foreign(&wording::sentence_case(&said)).text(" could be better.");
        }
    }
    html.raw("</p>\n");
    let quote = theme.and_then(|theme| words.get(&(theme.source.clone(), theme.theme_id.clone()))?.first());
    if let Some(quote) = quote {
        html.raw("<blockquote dir=\"auto\"><p dir=\"auto\">").text(quote.text.trim()).raw("</p></blockquote>\n");
    }
    html.raw("</div>\n<div><h3>").text(if handout::is_done(initiative) { "We did" } else { "We are doing" });
    html.raw("</h3>\n<p contenteditable=\"true\">").foreign(initiative.name());
    if let Some(status) = initiative.status.as_ref().filter(|_| reader == Reader::Staff) {
        html.text(" — ").foreign(status);
    }
    html.raw("</p>\n</div>\n<div><h3>What is next</h3>\n<p contenteditable=\"true\">")
        .text(&next(initiative, reader))
        .raw("</p>\n</div>\n</section>\n");
}

/// How high what an initiative aims at is rated, and by how many: ": 2.79 of 5 on average, from 178 answers."
fn rated(pack: &Pack, initiative: &Initiative) -> Option<String> {
    let of_aim = |kpi: &&Kpi| kpi.measure == initiative.aim && kpi.statistic == "mean" && kpi.base >= MIN_BASE;
    let kpi = pack.kpis_now().chain(pack.means_now()).find(of_aim)?;
    let mut best = None;
    let columns = [score::source, score::measure, score::scale_high];
    let read = each_row(&pack.version, pack.month, &columns, |row| {
        if best.is_none() && row.text(score::source) == Some(&kpi.source) && row.text(score::measure) == Some(&kpi.measure) {
            best = row.float(score::scale_high);
        }
    });
    let of_best = read.ok().and(best).map_or_else(String::new, |best| format!(" of {}", plain(best, 0)));
    let (unit, now) = (kpi.unit(), kpi.value?);
    // The baseline is of another statistic where the change does not lead from it to the mean.
    let before = initiative.baseline.filter(|before| initiative.actual.is_some_and(|change| (before + change - now).abs() < 0.01));
    Some(match before {
        Some(before) => format!(
            ": {}{of_best} on average before the work, {} in this month, from {}.",
            unit.value(Some(before)),
            unit.value(Some(now)),
            answers(kpi.base)
        ),
        None => format!(": {}{of_best} on average, from {}.", unit.value(Some(now)), answers(kpi.base)),
    })
}

/// Whether a theme is what an initiative is about: the theme that it aims at, else the most frequent one of its area that people complain of.
fn is_about(pack: &Pack, theme: &Figures, initiative: &Initiative) -> bool {
    if initiative.aims_at_theme {
        return theme.theme_id == initiative.aim;
    }
    let area = pack.labels.get(&theme.theme_id).and_then(|label| label.area.as_deref());
    area.is_some() && area == initiative.area.as_deref() && theme.sentiment.is_some_and(|mean| mean < 0.0)
}

fn next(initiative: &Initiative, reader: Reader) -> String {
    let later = initiative.full_effect.map_or_else(String::new, |month| format!(" It should be felt in full by {}.", month_name(month)));
    let measured = match (initiative.verdict.as_deref(), initiative.actual, reader) {
        (Some("on_track"), Some(actual), Reader::Staff) => format!("Customers notice: {} points since the work began.", signed(actual, 2)),
        (Some("on_track"), ..) => "Your answers show that it helps.".to_owned(),
        (Some("short"), Some(actual), Reader::Staff) => {
            format!("{} points so far, less than we said. We look at what is missing.", signed(actual, 2))
        }
        (Some("short"), ..) => "It does not help as much as we hoped. We keep working on it.".to_owned(),
        (Some("cannot_be_told"), ..) => "It is too early to tell from the answers whether it helps.".to_owned(),
        _ => "It is under way.".to_owned(),
    };
    format!("{measured}{later}")
}

/// What all answers together say, with their base.
fn figures(html: &mut Html, pack: &Pack) {
    html.raw("<h2>The month in figures</h2>\n<ul>\n");
    for kpi in pack.kpis_now().filter(|kpi| kpi.area.is_none() && kpi.base >= MIN_BASE) {
        html.raw("<li><b>").foreign(&wording::sentence_case(&kpi.name())).raw("</b> ");
        html.text(&format!("{} from {}", kpi.unit().value(kpi.value), answers(kpi.base)));
        html.text(match kpi.verdict {
            Verdict::Up => ", higher than before",
            Verdict::Down => ", lower than before",
            Verdict::NoEvidence => ", no real change",
            _ => "",
        });
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
}
