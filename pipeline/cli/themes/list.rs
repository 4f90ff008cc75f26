//! `outspoken themes list`

use std::io::Write as _;

use clap::Args;

use super::Place;
use crate::cli::Ending;
use crate::cli::hotline::words::{cut, line};
use crate::runner::ThemeDesk;

/// What `themes list` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Themes too that are retired, merged, or were never met.
    #[arg(long)]
    all: bool,
    /// List what people changed instead, newest first.
    #[arg(long)]
    changes: bool,
}

/// Lists.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let desk = ThemeDesk::open(&arguments.place.out)?;
    let mut out = std::io::stdout().lock();
    if arguments.changes {
        let changes = desk.changes()?;
        if arguments.place.json {
            writeln!(out, "{:#}", serde_json::to_value(changes)?)?;
            return Ok(Ending::Complete);
        }
        for change in changes {
            let standing = if change.in_force { "" } else { "  (taken back)" };
            let who = line(change.who.as_deref().unwrap_or("somebody"));
            writeln!(out, "{:>4}  {}  {:<12} {}{standing}", change.number, change.at, cut(&who, 12), line(&change.what))?;
        }
        return Ok(Ending::Complete);
    }
    let mut themes = desk.list()?;
    if !arguments.all {
        themes.retain(|listed| listed.theme.status == "active" && listed.n_clauses > 0);
    }
    if arguments.place.json {
        writeln!(out, "{:#}", serde_json::to_value(themes)?)?;
        return Ok(Ending::Complete);
    }
    writeln!(out, "{:<13} {:>8} {:>7}  {:<7} {:<7} {:<32} {:<20} KEY TERMS", "ID", "CLAUSES", "NEWEST", "FIRST", "LAST", "LABEL", "AREA")?;
    for listed in themes {
        let month = |month: &Option<String>| month.as_deref().and_then(|m| m.get(..7)).unwrap_or("-").to_owned();
        let theme = &listed.theme;
        let standing = match (theme.status, theme.pinned) {
            ("active", false) => String::new(),
            ("active", true) => " [pinned]".to_owned(),
            (status, _) => format!(" [{status}]"),
        };
        writeln!(
            out,
            "{:<13} {:>8} {:>7}  {:<7} {:<7} {:<32} {:<20} {}",
            theme.theme_id,
            listed.n_clauses,
            listed.n_newest,
            month(&listed.first_month),
            month(&listed.last_month),
            cut(&format!("{}{standing}", line(&theme.label)), 32),
            cut(&line(theme.area.as_deref().unwrap_or("-")), 20),
            cut(&line(&theme.keywords.join(", ")), 60)
        )?;
    }
    Ok(Ending::Complete)
}
