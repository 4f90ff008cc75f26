//! `outspoken sync`: brings the tables up to what people decided.

use std::path::PathBuf;

use clap::Args;

use super::Ending;
use super::tell::Voice;
use crate::config;
use crate::runner::{self, SyncOptions};

/// What `sync` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Settings file [default: what was set in the last run].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The clock [default: now].
    #[arg(long, value_name = "TIME", value_parser = super::run::time)]
    as_of: Option<jiff::Timestamp>,
}

/// Syncs and tells.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let mut options = SyncOptions::new(arguments.out.clone());
    options.as_of = arguments.as_of.unwrap_or(options.as_of);
    options.settings = arguments.config.as_deref().map(config::load).transpose()?;
    let outcome = runner::sync(&options)?;
    for warning in &outcome.warnings {
        voice.warn(warning);
    }
    match outcome.run_id {
        None => voice.say("nothing was decided since: the tables stay as they are"),
        Some(_) => {
            let months: Vec<String> = outcome.months.iter().map(ToString::to_string).collect();
            voice.say(&format!("tables of {} written again", months.join(", ")));
            #[cfg(feature = "index")]
            if arguments.out.join("index").exists() && super::index::after_run(&arguments.out, voice) == Ending::Attention {
                return Ok(Ending::Attention);
            }
        }
    }
    Ok(if outcome.warnings.is_empty() { Ending::Complete } else { Ending::Attention })
}
