//! Which strengths are slipping, and what is worth asking?
//!
//! A slipping strength is a measure of an area that stood above the median of all areas a month ago and fell, beyond chance or two waves in a row:
//! what is still good and goes is noticed last. Questions follow from verdicts, goals and bases; they are asked, not answered.

use super::headline;
use super::html::Html;
use super::kpi::{Kpi, Verdict};
use super::number::{Unit, count, month_name};
use super::pack::Pack;

/// Questions of an area.
const N_QUESTIONS: usize = 4;

/// Writes slipping strengths and questions; `area`: of this one alone.
pub(super) fn write(html: &mut Html, pack: &Pack, area: Option<&str>) {
    let shown = |kpi: &&Kpi| area.is_none_or(|area| kpi.area.as_deref() == Some(area));
    let slipping: Vec<(&Kpi, String)> = means(pack).filter(shown).filter_map(|kpi| Some((kpi, fall(pack, kpi)?))).collect();
    if !slipping.is_empty() {
        html.raw("<h3>Slipping strengths</h3>\n<ul>\n");
        for (kpi, how) in slipping {
            html.raw("<li><b>")
                .foreign(kpi.area.as_deref().unwrap_or_default())
                .raw("</b> ")
                .text(&kpi.statistic_name())
                .text(": ")
                .text(&how)
                .raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
    let mut asked: Vec<Html> = questions(pack, area);
    asked.truncate(if area.is_some() { N_QUESTIONS } else { 2 * N_QUESTIONS });
    if !asked.is_empty() {
        html.raw("<h3>Questions worth asking</h3>\n<ul>\n");
        for question in asked {
            html.raw("<li>").push(&question).raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
}

/// Means of areas: the figure in which a fall shows first.
fn means(pack: &Pack) -> impl Iterator<Item = &Kpi> {
    pack.means_now().chain(pack.kpis_now().filter(|kpi| kpi.statistic == "mean")).filter(|kpi| kpi.area.is_some())
}

fn fall(pack: &Pack, kpi: &Kpi) -> Option<String> {
    let before = kpi.previous?;
    let mut all: Vec<f64> = means(pack).filter(|other| other.source == kpi.source).filter_map(|other| other.previous).collect();
    all.sort_by(f64::total_cmp);
    let median = all.get(all.len() / 2).copied()?;
    if all.len() < 3 || before < median {
        return None;
    }
    let unit = kpi.unit();
    if kpi.verdict == Verdict::Down {
        return Some(format!("down {} to {} (base {}), beyond chance", unit.distance(kpi.change), unit.value(kpi.value), count(kpi.base)));
    }
    let values: Vec<f64> = pack.history(kpi).filter_map(|k| k.value).collect();
    let [.., first, second, third] = values.as_slice() else { return None };
    (first > second && second > third).then(|| {
        format!(
            "two falls in a row, {} → {} → {}; each within chance",
            unit.value(Some(*first)),
            unit.value(Some(*second)),
            unit.value(Some(*third))
        )
    })
}

fn questions(pack: &Pack, area: Option<&str>) -> Vec<Html> {
    let mut asked = Vec::new();
    let before = month_name(pack.month.plus(-1));
    for kpi in means(pack).filter(|kpi| area.is_none_or(|area| kpi.area.as_deref() == Some(area))) {
        let mut html = Html::default();
        let named = kpi.area.as_deref().unwrap_or_default();
        let unit = kpi.unit();
        match (kpi.verdict, kpi.status.as_deref()) {
            (Verdict::Down, _) => html.foreign(named).text(&format!(
                " fell {} since {before}. What changed for customers in these weeks, and which accounts carry the fall?",
                unit.distance(kpi.change)
            )),
            (Verdict::Up, _) => html.foreign(named).text(&format!(
                " rose {} since {before}. Which of the things that were done do customers name, and can others do the same?",
                unit.distance(kpi.change)
            )),
            (_, Some("missed")) => html.foreign(named).text(&format!(
                " is at {} against a goal of {}, with no evidence of a move. Is the goal right, and what is being done that customers could feel?",
                unit.value(kpi.value),
                unit.value(kpi.goal)
            )),
            _ => continue,
        };
        if let Some(share) = kpi.largest_account_share.filter(|share| *share > super::areas::LEANS_ON_ONE) {
            html.text(&format!(" {} of its answers are from one account: does it hold without it?", Unit::Share.value(Some(share))));
        }
        asked.push(html);
    }
    let growing = pack.themes.iter().filter(|theme| theme.trend.as_deref() == Some("growing") && theme.sentiment.is_some_and(|s| s < 0.0));
    let of_area = |id: &str| area.is_none_or(|area| pack.labels.get(id).is_some_and(|label| label.area.as_deref() == Some(area)));
    for of_sources in headline::by_theme(growing.filter(|theme| of_area(&theme.theme_id))) {
        let mut html = Html::default();
        html.text("“").foreign(pack.label(&of_sources[0].theme_id)).text("” grows (");
        for (idx, theme) in of_sources.iter().enumerate() {
            html.text(if idx > 0 { ", " } else { "" });
            html.text(&format!("{} of {} responses in ", count(theme.responses), count(theme.base)))
                .foreign(&theme.source.replace('_', " "));
        }
        html.text("). Who owns it, and is it one event or a habit?");
        asked.push(html);
    }
    asked
}
