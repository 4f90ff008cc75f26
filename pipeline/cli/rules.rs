//! `outspoken rules`: what do rules say, what would a change of them say, and are they right?

mod audit;
mod backtest;
mod cost;
mod diff;
mod test;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Ending;
use super::tell::Voice;
use crate::month::Month;
use crate::rules::{Excerpt, Range};
use crate::stage::hotline::Rules;

/// What `rules` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the examples of every rule; exit code 1 when one fails.
    Test(test::Arguments),
    /// Count what each rule hits in published feedback, with examples.
    Backtest(backtest::Arguments),
    /// Show what new rules would add and drop in published feedback.
    Diff(diff::Arguments),
    /// Tell which rules are slow, and why.
    Cost(cost::Arguments),
    /// Draw a sample to label, label it, tell precision and recall.
    Audit(audit::Arguments),
}

/// What names the published feedback: shared by all that read it.
#[derive(Args, Debug)]
struct Published {
    /// Output directory of `run` or `demo`.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Report months: 2026-07, 2026-07..2026-09, 2026-07.. or ..2026-09 [default: all].
    #[arg(long, value_name = "MONTHS", value_parser = range)]
    months: Option<Range>,
    /// Language whose rules undecided texts get, as `[language] default` of the run.
    #[arg(long, value_name = "CODE", default_value = "en")]
    default_language: String,
}

impl Published {
    fn months(&self) -> Range {
        self.months.unwrap_or_default()
    }
}

/// Which rules: shared by all but `diff`.
#[derive(Args, Debug)]
struct Chosen {
    /// Rule files, directories of them, or `shipped`; a later one replaces rules of the same id [default: shipped].
    #[arg(long, value_name = "FILES", num_args = 1.., value_delimiter = ',')]
    rules: Vec<String>,
}

impl Chosen {
    fn load(&self) -> anyhow::Result<Rules> {
        Ok(crate::rules::load(&self.rules, Path::new(""))?)
    }
}

/// Does what the arguments say.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    match &arguments.command {
        Command::Test(arguments) => test::main(arguments, voice),
        Command::Backtest(arguments) => backtest::main(arguments),
        Command::Diff(arguments) => diff::main(arguments),
        Command::Cost(arguments) => cost::main(arguments),
        Command::Audit(arguments) => audit::main(arguments, voice),
    }
}

fn range(text: &str) -> Result<Range, String> {
    let month = |text: &str| match text {
        "" => Ok(None),
        text => Month::parse(text)
            .map(Some)
            .ok_or_else(|| format!("`{text}` is not a month: 2026-07, 2026-07..2026-09, 2026-07.. or ..2026-09")),
    };
    let range = match text.split_once("..") {
        Some((from, to)) => Range { from: month(from)?, to: month(to)? },
        None => Range { from: month(text)?, to: month(text)? },
    };
    if range.from.zip(range.to).is_some_and(|(from, to)| from > to) {
        return Err("the first month is after the last".to_owned());
    }
    Ok(range)
}

/// Prints a value as JSON on standard output.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(())
}

/// One line for a person: where, what, and the words around it.
fn excerpt(excerpt: &Excerpt) -> String {
    let one_line = |text: &str| printable(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let why = excerpt.suppressed_by.as_ref().map_or_else(String::new, |by| format!(", suppressed by {by}"));
    let gap = |text: &str, at_end: bool| {
        let found = if at_end { text.chars().next_back() } else { text.chars().next() };
        if found.is_some_and(char::is_whitespace) { " " } else { "" }
    };
    format!(
        "{} {}: {}{}[{}]{}{} ({}{why})",
        excerpt.month,
        excerpt.response_id,
        one_line(&excerpt.before),
        gap(&excerpt.before, true),
        one_line(&excerpt.matched),
        gap(&excerpt.after, false),
        one_line(&excerpt.after),
        excerpt.assertion
    )
}

/// A share as a person reads it; `-` without a base.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.2} %", share * 100.0))
}

/// Without control characters, which a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}
