//! What was run, when, on what?

use super::super::answer::Answer;
use super::super::export;
use super::super::list::{Align, Cell, List};
use super::super::view::{Menu, View, title};
use crate::error::{Error, Result};
use crate::report::html::Html;
use crate::report::number::count;

/// Runs shown, the newest first.
const N_RUNS: usize = 200;

/// The page.
pub(super) fn page(view: &View<'_>) -> Result<Answer> {
    let columns = [
        ("Run", Align::Words),
        ("As of", Align::Words),
        ("Input", Align::Words),
        ("Read", Align::Figures),
        ("New", Align::Figures),
        ("Replacing", Align::Figures),
        ("Rejected", Align::Figures),
        ("Months written", Align::Words),
        ("Seconds", Align::Figures),
        ("Program", Align::Words),
    ];
    let mut list = List::new("runs", "Runs", &columns, "There is no run yet.");
    for run in manifests(view)? {
        let text = |key: &str| run.get(key).and_then(|v| v.as_str()).unwrap_or_default();
        let rows = |key: &str| run.get("rows").and_then(|rows| rows.get(key)).and_then(serde_json::Value::as_i64);
        let figure = |value: Option<i64>| value.map_or_else(Cell::none, Cell::count);
        let names = |key: &str, of: &dyn Fn(&serde_json::Value) -> Option<String>| -> Vec<String> {
            run.get(key).and_then(|v| v.as_array()).into_iter().flatten().filter_map(of).collect()
        };
        let inputs = names("inputs", &|input| {
            let rows = input.get("rows").and_then(serde_json::Value::as_i64).map(count).unwrap_or_default();
            Some(format!("{} ({rows} rows)", input.get("name")?.as_str()?))
        });
        let months = names("months_written", &|month| month.as_str().map(str::to_owned));
        let shown_months = match months.as_slice() {
            [first, .., last] if months.len() > 3 => format!("{first} to {last}, {} months", months.len()),
            _ => months.join(", "),
        };
        let seconds: f64 = run.get("phase_seconds").and_then(|p| p.as_object()).into_iter().flatten().filter_map(|(_, s)| s.as_f64()).sum();
        let is_current = text("run_id") == view.tables.run_id;
        let mut id = Html::of_foreign(text("run_id"));
        if is_current {
            id.raw(" <strong class=\"badge\">shown</strong>");
        }
        list.row(vec![
            Cell::html(id, text("run_id")),
            Cell::text(text("as_of")),
            Cell::given(Some(&inputs.join(", "))),
            figure(rows("read")),
            figure(rows("new")),
            figure(rows("replacing")),
            figure(rows("rejected")),
            Cell::given(Some(&shown_months)),
            Cell::figure(Some(seconds), &format!("{seconds:.1}")),
            Cell::text(text("program")),
        ]);
    }
    if let Some(file) = export::file(&list, view.ask.query.get("as")) {
        return Ok(file);
    }
    let mut html = Html::default();
    title(&mut html, "", "Runs");
    list.write(&mut html, Some("/runs"));
    Ok(view.page(Menu::Runs, "Runs", &html))
}

fn manifests(view: &View<'_>) -> Result<Vec<serde_json::Value>> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(view.tables.version.runs()).map_err(Error::io("cannot read the manifests"))? {
        let name = entry.map_err(Error::io("cannot read the manifests"))?.file_name();
        names.extend(name.to_str().filter(|name| name.ends_with(".json") && *name != "latest.json").map(str::to_owned));
    }
    // Names begin with the clock of the run.
    names.sort_by(|a, b| b.cmp(a));
    let read = |name: &String| -> Option<serde_json::Value> {
        serde_json::from_slice(&fs_err::read(view.tables.version.runs().join(name)).ok()?).ok()
    };
    Ok(names.iter().take(N_RUNS).filter_map(read).collect())
}
