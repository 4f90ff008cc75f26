//! `outspoken hotline export`

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::Place;
use super::list::Choice;
use crate::casework::{self, Casebook};
use crate::cli::Ending;
use crate::cli::tell::Voice;
use crate::error::Error;

/// What `hotline export` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    choice: Choice,
    /// Write CSV, for any spreadsheet; `-` for standard output.
    #[arg(long, value_name = "FILE", required_unless_present = "xlsx", conflicts_with = "xlsx")]
    csv: Option<PathBuf>,
    /// Write a spreadsheet in which states and dispositions are chosen from lists.
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Time from which ages and deadlines are counted [default: now].
    #[arg(long, value_name = "TIME", value_parser = crate::cli::run::time)]
    as_of: Option<jiff::Timestamp>,
}

/// Writes the report.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let now = arguments.as_of.unwrap_or_else(jiff::Timestamp::now).as_microsecond();
    let cases = arguments.choice.cases_of_every_status(&Casebook::open(&arguments.place.out)?, now)?;
    match (&arguments.csv, &arguments.xlsx) {
        (Some(path), _) if path.as_os_str() == "-" => casework::csv(&cases, &mut std::io::stdout().lock())?,
        (Some(path), _) => {
            let mut bytes = Vec::new();
            casework::csv(&cases, &mut bytes)?;
            write(path, &bytes)?;
        }
        (None, Some(path)) => write(path, &casework::xlsx(&cases, now).context("cannot write the spreadsheet")?)?,
        (None, None) => unreachable!("one of them is required"),
    }
    voice.say(&format!("{} cases", cases.len()));
    Ok(Ending::Complete)
}

fn write(path: &std::path::Path, bytes: &[u8]) -> Result<(), Error> {
    let doing = "cannot write the report";
    let mut file = fs_err::File::create(path).map_err(Error::io(doing))?;
    file.write_all(bytes).map_err(Error::io(doing))
}
