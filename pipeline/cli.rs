//! What can be asked of the program, and how does it answer?
//!
//! Standard output is data; progress, warnings and errors go to standard error. Exit codes: 0 complete; 1 complete, but
//! something needs attention; 2 could not complete, nothing published.

mod check;
mod demo;
mod explain;
mod hotline;
#[cfg(feature = "index")]
mod index;
mod init;
mod initiatives;
mod lexicon;
mod linked;
mod manual;
mod open_files;
#[cfg(feature = "object_store")]
mod publish;
mod report;
#[cfg(feature = "review")]
mod review;
mod rules;
mod run;
mod schema;
#[cfg(feature = "index")]
mod search;
mod sync;
mod synth;
mod tell;
mod themes;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

/// Text analytics for voice-of-customer feedback.
///
/// Reads survey comments and complaints, flags HOTLINE cases, scores sentiment, finds themes that last from month to
/// month, and writes Parquet tables for the monthly review. One program, no network, no server.
#[derive(Debug, Parser)]
#[command(name = "outspoken", version, max_term_width = 110, subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    /// With --version: every crate that is linked, with its version and licence.
    #[arg(long)]
    verbose: bool,
    #[command(subcommand)]
    command: Command,
}

/// What holds for every command.
#[derive(Args, Debug, Clone, Copy)]
struct Global {
    /// Say nothing but errors.
    #[arg(long, global = true)]
    quiet: bool,
    /// How messages on standard error are written.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    log: LogFormat,
}

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for log systems.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Do the whole job on the data that comes with the program.
    Demo(demo::Arguments),
    /// Write a settings file and copies of rules, lexicons, themes and goals to edit.
    Init(init::Arguments),
    /// Read feedback, analyse it, publish the tables.
    Run(run::Arguments),
    /// Tell what `run` would decide, write nothing.
    Check(check::Arguments),
    /// Look at the themes and correct them: what is changed holds in every run from then on.
    Themes(themes::Arguments),
    /// Take one verbatim apart: clauses, terms, rules, themes, and what led to each.
    Explain(explain::Arguments),
    /// Check lexicon files before they are in force.
    Lexicon(lexicon::Arguments),
    /// Write the review pack of a month: one page of HTML from the published tables.
    Report(report::Arguments),
    /// Tell people what came of their words: who raised what an initiative is about.
    Initiatives(initiatives::Arguments),
    /// Bring what a run published into an object store, whole or not at all.
    #[cfg(feature = "object_store")]
    Publish(publish::Arguments),
    /// Work on HOTLINE cases: list, show, act, assign, close, reopen.
    Hotline(hotline::Arguments),
    /// Bring the tables up to what people decided, without input.
    Sync(sync::Arguments),
    /// Rule craft: test, backtest, compare, weigh and audit HOTLINE rules.
    Rules(rules::Arguments),
    /// Find verbatims: words, "phrases", fields, boolean, prefix and fuzzy.
    #[cfg(feature = "index")]
    Search(search::Arguments),
    /// Build the search index again, or bring it up to date.
    #[cfg(feature = "index")]
    Index(index::Arguments),
    /// Open the local review app: read, search, work on cases, hold the review meeting.
    #[cfg(feature = "review")]
    Review(review::Arguments),
    /// Run each file as it lands in a folder; files move to `done/` or `failed/`.
    Watch(watch::Arguments),
    /// Generate feedback of any size, the same for the same seed.
    Synth(synth::Arguments),
    /// List every table and column: type, meaning, null, unit.
    Schema(schema::Arguments),
    /// Print completions for a shell.
    Completions(manual::CompletionArguments),
    /// Write a man page for each command.
    Man(manual::ManArguments),
}

/// What a command ends with when it completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// All is well: exit code 0.
    Complete,
    /// Complete, but a person should look: exit code 1.
    Attention,
}

/// Parses the arguments, does what they say, and gives the exit code.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let wants_all = arguments.iter().any(|argument| argument == "--verbose");
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) if cli.verbose => {
            let hint = "use `outspoken --version --verbose`".to_owned();
            let error = crate::Error::InputNotFound { what: "--verbose without --version".to_owned(), hint };
            tell::Voice::new(cli.global.quiet, cli.global.log).error(&error.into());
            return ExitCode::from(2);
        }
        Ok(cli) => cli,
        Err(version) if wants_all && version.kind() == ErrorKind::DisplayVersion => {
            return if linked::print().is_ok() { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
        Err(help) => {
            // Help and version are asked for and go to standard output; everything else is an error.
            let printed = help.print();
            return if help.use_stderr() || printed.is_err() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    open_files::allow();
    let voice = tell::Voice::new(cli.global.quiet, cli.global.log);
    let ending = match cli.command {
        Command::Demo(arguments) => demo::main(&arguments, voice),
        Command::Init(arguments) => init::main(&arguments, voice),
        Command::Run(arguments) => run::main(&arguments, voice),
        Command::Check(arguments) => check::main(&arguments, voice),
        Command::Explain(arguments) => explain::main(&arguments),
        Command::Lexicon(arguments) => lexicon::main(&arguments),
        Command::Report(arguments) => report::main(&arguments),
        #[cfg(feature = "object_store")]
        Command::Publish(arguments) => publish::main(&arguments, voice),
        Command::Themes(arguments) => themes::main(&arguments, voice),
        Command::Initiatives(arguments) => initiatives::main(&arguments, voice),
        Command::Hotline(arguments) => hotline::main(&arguments, voice),
        Command::Sync(arguments) => sync::main(&arguments, voice),
        Command::Rules(arguments) => rules::main(&arguments, voice),
        #[cfg(feature = "index")]
        Command::Search(arguments) => search::main(&arguments, voice),
        #[cfg(feature = "index")]
        Command::Index(arguments) => index::main(&arguments, voice),
        #[cfg(feature = "review")]
        Command::Review(arguments) => review::main(&arguments, voice),
        Command::Watch(arguments) => watch::main(&arguments, voice),
        Command::Synth(arguments) => synth::main(&arguments),
        Command::Schema(arguments) => schema::main(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments, Cli::command()),
        Command::Man(arguments) => manual::pages(&arguments, Cli::command()),
    };
    match ending {
        Ok(Ending::Complete) => ExitCode::SUCCESS,
        Ok(Ending::Attention) => ExitCode::from(1),
        // Whoever read our output has seen enough: `outspoken schema | head`.
        Err(error) if tell::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            voice.error(&error);
            ExitCode::from(2)
        }
    }
}
