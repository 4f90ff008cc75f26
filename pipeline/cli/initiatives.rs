//! `outspoken initiatives …`: telling people what came of their words.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Ending;
use super::tell::Voice;
use crate::report::notices;

/// What `initiatives` takes.
#[derive(Args, Debug)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// List those whose words raised the theme of an initiative and who agreed to be named, for a personal note.
    Notify(Notify),
}

/// What `initiatives notify` takes.
#[derive(Args, Debug)]
struct Notify {
    /// Id of the initiative, as in the goals file.
    id: String,
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Does what was asked.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let Command::Notify(asked) = &arguments.command;
    let notices = notices(&asked.out, &asked.id)?;
    let mut out = std::io::stdout().lock();
    if asked.json {
        serde_json::to_writer_pretty(&mut out, &notices)?;
        writeln!(out)?;
        return Ok(Ending::Complete);
    }
    let mut manager: Option<Option<&str>> = None;
    for notice in &notices {
        if manager != Some(notice.account_manager.as_deref()) {
            manager = Some(notice.account_manager.as_deref());
            writeln!(out, "{}", notice.account_manager.as_deref().unwrap_or("no account manager known"))?;
        }
        let title = notice.contact_title.as_ref().map_or_else(String::new, |title| format!(", {title}"));
        writeln!(out, "  {}{title}, {} ({}, {})", plain(&notice.contact_name), plain(&notice.account), notice.month, plain(&notice.theme))?;
        writeln!(out, "    “{}”", plain(&notice.words))?;
    }
    voice.say(&format!("{} clauses of people who agreed to be named", notices.len()));
    Ok(Ending::Complete)
}

/// Somebody's text on one line of a terminal, without anything that steers it.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') { ' ' } else { c }).collect()
}
