//! `outspoken report`

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::Ending;
use crate::month::Month;
use crate::report;

/// What `report` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Month of the report [default: the newest with responses].
    #[arg(long, value_name = "YYYY-MM", value_parser = super::run::month)]
    month: Option<Month>,
}

/// Writes the report and prints its path.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let path = report::write(&arguments.out, arguments.month)?;
    writeln!(std::io::stdout().lock(), "{}", path.display())?;
    Ok(Ending::Complete)
}
