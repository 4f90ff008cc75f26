//! What was handed out, and has it changed since?
//!
//! A published edition is frozen: its page is copied beside the live one, with the figures that it showed. When later data change a figure, the
//! live report says so, with both values; nothing changes silently.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::html::Html;
use super::kpi::Kpi;
use super::number::{count, counted};
use super::pack::Pack;
use crate::error::{Error, Result};
use crate::month::Month;

/// The list of what was published of a month, in its folder.
const LIST: &str = "published.json";

/// Differences shown; the file has the rest.
const N_SHOWN: usize = 12;

/// An edition that was handed out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Published {
    /// The name of its file, without the ending.
    pub(super) edition: String,
    /// Counts up for each edition.
    pub(super) number: usize,
    /// The frozen page.
    pub(super) file: String,
    /// The run whose tables it was made from.
    pub(super) run_id: String,
    /// The clock of that run.
    pub(super) as_of: String,
    /// When the results of the fieldwork were received.
    pub(super) results_received: Option<String>,
    /// When the review meeting is.
    pub(super) meeting: Option<String>,
    /// Value and base of each figure that it shows.
    pub(super) figures: BTreeMap<String, (Option<f64>, i64)>,
}

/// The edition of a month that was published last.
pub(super) fn last(out: &Path, month: Month, edition: &str) -> Result<Option<Published>> {
    Ok(list(&out.join("reports").join(month.to_string()))?.into_iter().rfind(|published| published.edition == edition))
}

fn list(folder: &Path) -> Result<Vec<Published>> {
    let path = folder.join(LIST);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = fs_err::read(&path).map_err(Error::io("cannot read what was published"))?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Output {
        path,
        what: format!("the list of what was published cannot be read: {error}"),
        hint: Some("restore it from a copy; the frozen pages lie beside it".to_owned()),
    })
}

/// Freezes a page; the same page of the same run is published once.
pub(super) fn freeze(
    folder: &Path,
    pack: &Pack,
    edition: &str,
    page: &str,
    dates: [Option<jiff::civil::Date>; 2],
) -> Result<std::path::PathBuf> {
    let mut all = list(folder)?;
    let of_edition = || all.iter().filter(|published| published.edition == edition);
    let number = of_edition().count() + 1;
    let [results_received, meeting] = dates.map(|date| date.map(|date| date.to_string()));
    let file = format!("published/{edition}-{number}.html");
    let path = folder.join(&file);
    fs_err::create_dir_all(folder.join("published")).map_err(Error::io("cannot make the folder of what is published"))?;
    fs_err::write(&path, page).map_err(Error::io("cannot write what is published"))?;
    all.push(Published {
        edition: edition.to_owned(),
        number,
        file,
        run_id: pack.record.run_id.clone(),
        as_of: pack.record.as_of.clone(),
        results_received,
        meeting,
        figures: figures(pack),
    });
    let json = serde_json::to_vec_pretty(&all).expect("text and numbers");
    let next = folder.join(".published.next");
    fs_err::write(&next, json).map_err(Error::io("cannot write what is published"))?;
    fs_err::rename(&next, folder.join(LIST)).map_err(Error::io("cannot write what is published"))?;
    Ok(path)
}

fn figures(pack: &Pack) -> BTreeMap<String, (Option<f64>, i64)> {
    let key = |kpi: &Kpi| [kpi.source.as_str(), &kpi.measure, kpi.area.as_deref().unwrap_or("all"), &kpi.statistic].join(" / ");
    let mut figures: BTreeMap<String, (Option<f64>, i64)> =
        pack.kpis_now().chain(pack.means_now()).map(|kpi| (key(kpi), (kpi.value, kpi.base))).collect();
    for theme in &pack.themes {
        figures.insert(format!("{} / theme {} / share", theme.source, theme.theme_id), (theme.share, theme.base));
    }
    figures
}

/// Writes when the pack was published and which of its figures are others now; nothing where it was not.
pub(super) fn write(html: &mut Html, pack: &Pack) {
    let Some(published) = &pack.published else { return };
    html.raw("<div class=\"notice\">\n<p><b>").text(&format!("Published, edition {}", published.number)).raw("</b>");
    for (said, date) in [("results received", &published.results_received), ("meeting", &published.meeting)] {
        if let Some(date) = date {
            html.text(&format!("; {said} {date}"));
        }
    }
    html.text(". ");
    let now = figures(pack);
    let keys: std::collections::BTreeSet<&String> = published.figures.keys().chain(now.keys()).collect();
    let changed: Vec<&String> = keys.into_iter().filter(|key| published.figures.get(*key) != now.get(*key)).collect();
    if changed.is_empty() {
        html.text("No figure has changed since.").raw("</p>\n</div>\n");
        return;
    }
    html.raw("<b>")
        .text(&format!("Restated: {} changed since.", counted(changed.len(), "figure has", "figures have")))
        .raw("</b></p>\n<ul>\n");
    for key in changed.iter().take(N_SHOWN) {
        let value = |figures: &BTreeMap<String, (Option<f64>, i64)>| match figures.get(*key) {
            Some((Some(value), base)) => format!("{} (base {})", super::number::plain(*value, 3), count(*base)),
            Some((None, base)) => format!("not shown (base {})", count(*base)),
            None => "none".to_owned(),
        };
        html.raw("<li>").foreign(key).text(&format!(": {} → {}", value(&published.figures), value(&now))).raw("</li>\n");
    }
    html.raw("</ul>\n");
    if changed.len() > N_SHOWN {
        html.raw("<p class=\"note\">").text(&format!("And {} more.", count((changed.len() - N_SHOWN) as i64))).raw("</p>\n");
    }
    html.raw("</div>\n");
}
