//! `outspoken themes rename|merge|split|pin|retire|undo`: what a change would do is shown, then it is kept.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use clap::Args;

use super::Place;
use crate::cli::Ending;
use crate::cli::hotline::{who, words::line};
use crate::cli::tell::Voice;
use crate::error::Error;
use crate::runner::ThemeDesk;
use crate::theme::Edit;

/// Who changes, and whether to ask first.
#[derive(Args, Debug)]
struct By {
    /// Do not ask, do it.
    #[arg(long)]
    yes: bool,
    /// Your name [default: $OUTSPOKEN_USER, else that of the login].
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// When it was [default: now].
    #[arg(long, value_name = "TIME", value_parser = crate::cli::run::time)]
    at: Option<jiff::Timestamp>,
}

/// What `themes rename` takes.
#[derive(Args, Debug)]
pub(super) struct Rename {
    /// The theme: its id or its label.
    #[arg(value_name = "THEME")]
    theme: String,
    /// What it is called from now on.
    #[arg(value_name = "LABEL")]
    label: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    by: By,
}

/// What `themes merge` takes.
#[derive(Args, Debug)]
pub(super) struct Merge {
    /// The theme that goes: its id or its label.
    #[arg(value_name = "THEME")]
    theme: String,
    /// The theme that gets its clauses.
    #[arg(value_name = "INTO")]
    into: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    by: By,
}

/// What `themes split` takes.
#[derive(Args, Debug)]
pub(super) struct Split {
    /// The theme: its id or its label.
    #[arg(value_name = "THEME")]
    theme: String,
    /// At most so many parts.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=12))]
    parts: u8,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    by: By,
}

/// What `themes pin` takes.
#[derive(Args, Debug)]
pub(super) struct Pin {
    /// The theme: its id or its label.
    #[arg(value_name = "THEME")]
    theme: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    by: By,
}

/// What `themes retire` takes.
#[derive(Args, Debug)]
pub(super) struct Retire {
    /// The theme: its id or its label.
    #[arg(value_name = "THEME")]
    theme: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    by: By,
}

/// What `themes undo` takes.
#[derive(Args, Debug)]
pub(super) struct Undo {
    /// Number of the change, as `themes list --changes` shows it [default: the newest in force].
    #[arg(value_name = "CHANGE")]
    change: Option<i64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    by: By,
}

impl Rename {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        let desk = ThemeDesk::open(&self.place.out)?;
        let theme = desk.find(&self.theme)?;
        change(desk, &theme, &Edit::Rename { label: self.label.trim().to_owned() }, &self.place, &self.by, voice)
    }
}

impl Merge {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        let desk = ThemeDesk::open(&self.place.out)?;
        let (theme, into) = (desk.find(&self.theme)?, desk.find(&self.into)?);
        change(desk, &theme, &Edit::Merge { into }, &self.place, &self.by, voice)
    }
}

impl Split {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        let desk = ThemeDesk::open(&self.place.out)?;
        let theme = desk.find(&self.theme)?;
        let parts = desk.parts(&theme, usize::from(self.parts))?;
        change(desk, &theme, &Edit::Split { parts }, &self.place, &self.by, voice)
    }
}

impl Pin {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        let desk = ThemeDesk::open(&self.place.out)?;
        let theme = desk.find(&self.theme)?;
        change(desk, &theme, &Edit::Pin, &self.place, &self.by, voice)
    }
}

impl Retire {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        let desk = ThemeDesk::open(&self.place.out)?;
        let theme = desk.find(&self.theme)?;
        change(desk, &theme, &Edit::Retire, &self.place, &self.by, voice)
    }
}

impl Undo {
    pub(super) fn main(&self, voice: Voice) -> anyhow::Result<Ending> {
        let desk = ThemeDesk::open(&self.place.out)?;
        let edits = desk.edits()?;
        let event = match self.change {
            Some(number) => edits.in_force().iter().find(|event| event.number == number).cloned(),
            None => desk.newest_change()?,
        };
        let Some(event) = event else {
            let what = self.change.map_or_else(|| "no change is in force".to_owned(), |number| format!("change {number} is not in force"));
            let hint = Some("`outspoken themes list --changes` shows those that are".to_owned());
            return Err(Error::Setting { place: "themes undo".to_owned(), what, hint }.into());
        };
        change(desk, &event.theme_id, &Edit::Undo { event: event.number }, &self.place, &self.by, voice)
    }
}

/// Shows what the change would do, asks unless told not to, keeps it.
fn change(mut desk: ThemeDesk, theme: &str, edit: &Edit, place: &Place, by: &By, voice: Voice) -> anyhow::Result<Ending> {
    let effect = desk.effect(theme, edit)?;
    let n_months = effect.months.len();
    let lines: Vec<String> = effect.what.lines().map(line).collect();
    let told = format!("{}: {} clauses in {n_months} months", lines.join("\n  "), effect.n_clauses);
    if !by.yes {
        if !std::io::stdin().is_terminal() {
            let hint = Some("add --yes to do it".to_owned());
            return Err(Error::Setting { place: format!("themes {}", edit.as_str()), what: format!("would do this: {told}"), hint }.into());
        }
        let mut asked = std::io::stderr().lock();
        write!(asked, "{told}\nDo it? [y/N] ")?;
        asked.flush()?;
        drop(asked);
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer)?;
        if !matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
            voice.say("nothing was changed");
            return Ok(Ending::Complete);
        }
    }
    let at = by.at.unwrap_or_else(jiff::Timestamp::now);
    let number = desk.save(theme, edit, at.as_microsecond(), Some(&who(by.who.as_deref())))?;
    if place.json {
        let mut value = serde_json::to_value(&effect)?;
        value["change"] = number.into();
        writeln!(std::io::stdout().lock(), "{value:#}")?;
    }
    if by.yes {
        voice.say(&told);
    }
    voice.say(&format!("kept as change {number}; `outspoken sync --out {}` brings it into the tables", place.out.display()));
    Ok(Ending::Complete)
}
