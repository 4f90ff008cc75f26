//! `outspoken hotline …`: the closed loop on the command line.

mod add;
mod change;
mod close;
mod export;
mod import;
mod list;
mod show;
pub(super) mod words;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Ending;
use super::tell::Voice;
use crate::casework::By;

/// What `hotline` takes.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List cases, what is due first.
    List(list::Arguments),
    /// Show everything about one case.
    Show(show::Arguments),
    /// Open a case by hand, for a response or an account.
    Add(add::Arguments),
    /// Begin to work on a case: say what is done.
    Act(change::Act),
    /// Say that somebody spoke or wrote with the customer.
    Contacted(change::Contacted),
    /// Write something down about a case, or its id in your own tool.
    Note(change::Note),
    /// Give a case to somebody.
    Assign(change::Assign),
    /// Close a case: how it ended, why it had happened, what was done.
    Close(close::Arguments),
    /// Open a closed case again.
    Reopen(change::Reopen),
    /// Write the HOTLINE report as CSV or spreadsheet.
    Export(export::Arguments),
    /// Take over what was changed in the report or in a ticket system: shown first, written with --apply.
    Import(import::Arguments),
}

/// Where the cases are.
#[derive(Args, Debug)]
struct Place {
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Which case is changed, by whom, when.
#[derive(Args, Debug)]
struct Change {
    /// The case: its id, or the first characters of it.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    place: Place,
    /// Your name [default: $OUTSPOKEN_USER, else that of the login].
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// When it was [default: now].
    #[arg(long, value_name = "TIME", value_parser = super::run::time)]
    at: Option<jiff::Timestamp>,
    /// Write only if this is still the last event of the case, as `show --json` gives it in `last_event`.
    #[arg(long, value_name = "KEY")]
    seen: Option<String>,
    /// Print the case as it stands then, as JSON.
    #[arg(long)]
    json: bool,
}

impl Change {
    fn by(&self) -> By {
        let at = self.at.unwrap_or_else(jiff::Timestamp::now);
        By { who: who(self.who.as_deref()), at: at.as_microsecond(), seen: self.seen.clone() }
    }
}

/// The name under which a person's doings are written.
pub(super) fn who(given: Option<&str>) -> String {
    let from = |name: &str| std::env::var(name).ok();
    let names = [given.map(str::to_owned), from("OUTSPOKEN_USER"), from("USER"), from("LOGNAME")];
    names.into_iter().flatten().map(|name| name.trim().to_owned()).find(|name| !name.is_empty()).unwrap_or_else(|| "somebody".to_owned())
}

/// Does what was asked.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    match &arguments.command {
        Command::List(arguments) => list::main(arguments, voice),
        Command::Show(arguments) => show::main(arguments),
        Command::Add(arguments) => add::main(arguments, voice),
        Command::Act(arguments) => arguments.main(voice),
        Command::Contacted(arguments) => arguments.main(voice),
        Command::Note(arguments) => arguments.main(voice),
        Command::Assign(arguments) => arguments.main(voice),
        Command::Close(arguments) => close::main(arguments, voice),
        Command::Reopen(arguments) => arguments.main(voice),
        Command::Export(arguments) => export::main(arguments, voice),
        Command::Import(arguments) => import::main(arguments, voice),
    }
}
