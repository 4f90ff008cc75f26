//! `outspoken themes show`

use std::io::Write as _;

use clap::Args;

use super::Place;
use crate::cli::Ending;
use crate::cli::hotline::words::{cut, line};
use crate::month::Month;
use crate::runner::ThemeDesk;

/// What `themes show` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The theme: its id or its label.
    #[arg(value_name = "THEME")]
    theme: String,
    #[command(flatten)]
    place: Place,
}

/// Shows.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let desk = ThemeDesk::open(&arguments.place.out)?;
    let detail = desk.show(&desk.find(&arguments.theme)?)?;
    let mut out = std::io::stdout().lock();
    if arguments.place.json {
        writeln!(out, "{:#}", serde_json::to_value(&detail)?)?;
        return Ok(Ending::Complete);
    }
    let theme = &detail.listed.theme;
    writeln!(out, "{}  {}", theme.theme_id, line(&theme.label))?;
    writeln!(out, "  status     {}{}", theme.status, if theme.pinned { ", pinned" } else { "" })?;
    if let Some(into) = &theme.merged_into {
        writeln!(out, "  merged     into {into}")?;
    }
    writeln!(out, "  origin     {}, area {}", theme.origin, line(theme.area.as_deref().unwrap_or("none")))?;
    writeln!(out, "  key terms  {}", line(&theme.keywords.join(", ")))?;
    if let Some(threshold) = detail.threshold {
        writeln!(out, "  threshold  {threshold:.3}: a clause at least this near to the centre is of it")?;
    }
    writeln!(out, "  clauses    {} in {} months", detail.listed.n_clauses, detail.months.len())?;
    for (month, n) in &detail.months {
        let days = Month::parse(month).map(Month::days);
        let drift = detail.drift.iter().find(|past| Some(past.month) == days);
        let drift = drift.map_or_else(String::new, |past| {
            let words = past.words.map_or_else(|| "-".to_owned(), |words| format!("{words:.2}"));
            format!("   centre {:.2}, words {words} (1: as it was made; from {} distinct clauses)", past.similarity, past.n_clauses)
        });
        writeln!(out, "    {}  {n:>7}{drift}", month.get(..7).unwrap_or(month))?;
    }
    if !detail.examples.is_empty() {
        writeln!(out, "  nearest verbatims, newest month first")?;
        for (id, month, text) in &detail.examples {
            writeln!(out, "    {}  {id}  {}", month.get(..7).unwrap_or(month), cut(&line(text), 160))?;
        }
    }
    for change in &detail.changes {
        let standing = if change.in_force { "" } else { " (taken back)" };
        writeln!(
            out,
            "  change {}  {} {}: {}{standing}",
            change.number,
            change.at,
            line(change.who.as_deref().unwrap_or("")),
            line(&change.what)
        )?;
    }
    Ok(Ending::Complete)
}
