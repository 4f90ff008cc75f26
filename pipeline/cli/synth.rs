//! `outspoken synth`

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Ending;
use crate::error::Error;
use crate::month::Month;
use crate::synth::{self, Format, Shape, SynthSettings};

/// What `synth` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How many rows.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    rows: u64,
    /// Chooses the accounts, people and texts; the same seed gives the same bytes on every machine.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// What the rows are.
    #[arg(long, value_name = "SHAPE", default_value = "survey")]
    shape: ShapeArgument,
    /// How rows are written.
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    format: FormatArgument,
    /// Over how many months the rows are spread, up to --last.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
    /// The last month.
    #[arg(long, value_name = "YYYY-MM", default_value = "2026-09", value_parser = super::run::month)]
    last: Month,
    /// Where the rows go [default: standard output].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ShapeArgument {
    /// A survey: scores and short comments.
    Survey,
    /// A complaint log: long narratives.
    Complaints,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatArgument {
    /// Comma-separated values.
    Csv,
    /// JSON Lines.
    Jsonl,
}

/// Writes the rows.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let settings = SynthSettings {
        rows: arguments.rows,
        seed: arguments.seed,
        shape: match arguments.shape {
            ShapeArgument::Survey => Shape::Survey,
            ShapeArgument::Complaints => Shape::Complaints,
        },
        months: synth::last_months(arguments.months, arguments.last),
        format: match arguments.format {
            FormatArgument::Csv => Format::Csv,
            FormatArgument::Jsonl => Format::Jsonl,
        },
    };
    let mut out: Box<dyn std::io::Write> = match &arguments.out {
        Some(path) => Box::new(fs_err::File::create(path).map_err(Error::io("cannot write the rows"))?),
        None => Box::new(std::io::stdout().lock()),
    };
    match synth::write(&settings, &mut out) {
        // Whoever read our output has seen enough.
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::BrokenPipe => {}
        other => other?,
    }
    out.flush()?;
    Ok(Ending::Complete)
}
