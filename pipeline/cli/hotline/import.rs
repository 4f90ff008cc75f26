//! `outspoken hotline import`

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::Place;
use super::words::line;
use crate::casework::{Casebook, Conflicts, Mapping, Plan, plan};
use crate::cli::Ending;
use crate::cli::tell::Voice;

/// What `hotline import` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The report of `hotline export`, edited, or the export of a ticket system: CSV, xlsx and whatever `run` reads.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// How the file is read: report, zendesk, jira, or a mapping file of your own [default: told by its columns].
    #[arg(long, value_name = "NAME|FILE")]
    map: Option<String>,
    /// Write the changes; without it they are only shown.
    #[arg(long)]
    apply: bool,
    /// Where a field was changed in the file and here, take the file's side.
    #[arg(long)]
    take_file: bool,
    /// Your name [default: $OUTSPOKEN_USER, else that of the login].
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// The time of what the file gives no time for [default: now].
    #[arg(long, value_name = "TIME", value_parser = crate::cli::run::time)]
    at: Option<jiff::Timestamp>,
    /// Print the plan as JSON.
    #[arg(long)]
    json: bool,
}

/// Shows what would change, and writes it when asked.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let mut book = Casebook::open(&arguments.place.out)?;
    let mapping = arguments.map.as_deref().map(Mapping::load).transpose()?;
    let conflicts = if arguments.take_file { Conflicts::TakeFile } else { Conflicts::Tell };
    let at = arguments.at.unwrap_or_else(jiff::Timestamp::now).as_microsecond();
    let mut plan = plan(&book, &arguments.file, mapping.as_ref(), conflicts, at)?;
    let n_written = if arguments.apply { plan.apply(&mut book, &super::who(arguments.who.as_deref()))? } else { 0 };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{:#}", serde_json::to_value(&plan)?)?;
    } else {
        write!(out, "{}", text(&plan))?;
    }
    let done = if arguments.apply {
        let sync = if n_written > 0 { "; `outspoken sync` brings them into the tables" } else { "" };
        format!("{n_written} events written{sync}")
    } else if plan.changes.is_empty() {
        "nothing to write".to_owned()
    } else {
        "nothing written yet: add --apply".to_owned()
    };
    let others = if plan.n_others > 0 { format!(", {} about no case", plan.n_others) } else { String::new() };
    voice.say(&format!(
        "{} lines read as {}{others}: {} changes, {} conflicts, {} problems; {done}",
        plan.n_lines,
        plan.mapping,
        plan.changes.len(),
        plan.conflicts.len(),
        plan.problems.len()
    ));
    let is_clean = plan.conflicts.is_empty() && plan.problems.is_empty();
    Ok(if is_clean { Ending::Complete } else { Ending::Attention })
}

fn text(plan: &Plan) -> String {
    let short = |id: &str| id.get(..8).unwrap_or(id).to_owned();
    let changes = plan.changes.iter().map(|c| format!("line {:<5} {}  {}\n", c.line, short(&c.hotline_id), line(&c.what)));
    let conflicts = plan.conflicts.iter().map(|c| {
        let sides = format!("{}: the file says “{}”, here it was changed to “{}”", c.field, c.file, c.here);
        format!("line {:<5} {}  CONFLICT {}\n", c.line, short(&c.hotline_id), line(&sides))
    });
    let problems = plan.problems.iter().map(|p| format!("line {:<5} PROBLEM {}\n", p.line, line(&p.what)));
    changes.chain(conflicts).chain(problems).collect()
}
