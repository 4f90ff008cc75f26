//! `outspoken themes …`: the themes, looked at and corrected.

mod change;
mod list;
mod refit;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Ending;
use super::tell::Voice;

/// What `themes` takes.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List themes, the most frequent first.
    List(list::Arguments),
    /// Show everything about one theme: its months, words, examples, drift and changes.
    Show(show::Arguments),
    /// Call a theme otherwise.
    Rename(change::Rename),
    /// Make a theme part of another, in all months.
    Merge(change::Merge),
    /// Part a theme by what its clauses say.
    Split(change::Split),
    /// Keep a theme as it is when the themes are fitted again.
    Pin(change::Pin),
    /// Take a theme out: its clauses are about no theme, in all months.
    Retire(change::Retire),
    /// Fit the themes of all months again: a new version of the registry, with a mapping from the old one.
    Refit(refit::Arguments),
    /// Take a change back [default: the newest].
    Undo(change::Undo),
}

/// Where the themes are.
#[derive(Args, Debug)]
struct Place {
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Does what was asked.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    match &arguments.command {
        Command::List(arguments) => list::main(arguments),
        Command::Show(arguments) => show::main(arguments),
        Command::Rename(arguments) => arguments.main(voice),
        Command::Merge(arguments) => arguments.main(voice),
        Command::Split(arguments) => arguments.main(voice),
        Command::Pin(arguments) => arguments.main(voice),
        Command::Retire(arguments) => arguments.main(voice),
        Command::Refit(arguments) => refit::main(arguments, voice),
        Command::Undo(arguments) => arguments.main(voice),
    }
}
