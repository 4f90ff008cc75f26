//! `outspoken demo`: the whole job on the data that comes with the program.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::tell::Voice;
use super::{Ending, run};
use crate::config;
use crate::error::Error;
use crate::report;
use crate::runner::RunOptions;

/// What `demo` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Where input, tables and report go.
    #[arg(long, value_name = "DIR", default_value = "outspoken-demo")]
    out: PathBuf,
    /// Worker threads; never changes results [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Rows of a batch; never changes results.
    #[arg(long, value_name = "N", default_value_t = 8192, hide = true)]
    batch_rows: u32,
}

const FILES: [(&str, &str); 7] = [
    ("outspoken.toml", include_str!("../../datasets/demo/outspoken.toml")),
    ("goals.toml", include_str!("../../datasets/demo/goals.toml")),
    ("accounts.csv", include_str!("../../datasets/demo/accounts.csv")),
    ("invitations.csv", include_str!("../../datasets/demo/invitations.csv")),
    ("call_centre.csv", include_str!("../../datasets/demo/call_centre.csv")),
    ("relationship_survey.csv", include_str!("../../datasets/demo/relationship_survey.csv")),
    ("complaints.jsonl", include_str!("../../datasets/demo/complaints.jsonl")),
];

/// The clock of the demo: the week in which the September dump would arrive.
const AS_OF: &str = "2026-10-02T08:00:00Z";

/// Writes the input, runs, and prints where everything is.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let input = arguments.out.join("input");
    fs_err::create_dir_all(&input).map_err(Error::io("cannot make the folder of the demo"))?;
    for (name, text) in FILES {
        fs_err::write(input.join(name), text).map_err(Error::io("cannot write the input of the demo"))?;
    }
    let inputs = FILES.iter().skip(FILES.len() - 2).map(|(name, _)| input.join(name).display().to_string()).collect();
    let mut options = RunOptions::new(inputs, arguments.out.clone());
    options.settings = config::load(&input.join("outspoken.toml"))?;
    options.as_of = AS_OF.parse()?;
    options.n_threads = arguments.threads.map_or(options.n_threads, usize::from);
    options.batch_rows = arguments.batch_rows as usize;
    run::run(&options, voice)?;
    run::index(&options, voice);
    let report = report::write(&arguments.out, None)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "report  {}", report.display())?;
    writeln!(out, "input   {}", input.display())?;
    writeln!(out, "tables  {}", arguments.out.join("tables").display())?;
    // The rows that cannot be read are part of the demo.
    Ok(Ending::Complete)
}
