//! `outspoken themes refit`

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::Place;
use crate::cli::Ending;
use crate::cli::hotline::words::{cut, line};
use crate::cli::tell::Voice;
use crate::config;
use crate::runner::{self, RefitOptions};

/// What `themes refit` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Assign all months again; without it history stays as it was assigned.
    #[arg(long)]
    restate: bool,
    /// Publish it; without it only the mapping is shown.
    #[arg(long)]
    yes: bool,
    /// Settings file [default: what was set in the last run].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The clock [default: now].
    #[arg(long, value_name = "TIME", value_parser = crate::cli::run::time)]
    as_of: Option<jiff::Timestamp>,
}

/// Fits and tells the mapping.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let options = RefitOptions {
        out: arguments.place.out.clone(),
        as_of: arguments.as_of.unwrap_or_else(jiff::Timestamp::now),
        restate: arguments.restate,
        dry_run: !arguments.yes,
        settings: arguments.config.as_deref().map(config::load).transpose()?,
    };
    let refit = runner::refit(&options)?;
    let mut out = std::io::stdout().lock();
    if arguments.place.json {
        writeln!(out, "{:#}", serde_json::to_value(&refit)?)?;
    } else {
        writeln!(out, "{:<30} {:>8} {:>8} {:>8}  NOW", "WAS", "CLAUSES", "NOW", "BOTH")?;
        for mapped in refit.mapping.iter().filter(|mapped| mapped.n_old + mapped.n_new > 0) {
            let was = mapped.old_label.as_deref().map_or_else(|| "-".to_owned(), line);
            let now = match (mapped.is_same, mapped.new_label.as_deref()) {
                (true, _) => "the same".to_owned(),
                (false, Some(label)) if mapped.old_id.is_some() => format!("retired; most of it in `{}`", line(label)),
                (false, Some(label)) => format!("new: {}", line(label)),
                (false, None) => "retired".to_owned(),
            };
            writeln!(out, "{:<30} {:>8} {:>8} {:>8}  {now}", cut(&was, 30), mapped.n_old, mapped.n_new, mapped.n_both)?;
        }
    }
    let [before, now] = refit.residual_share.map(|share| 100.0 * share);
    voice.say(&format!(
        "registry version {} → {}; clauses about no theme: {before:.1} % → {now:.1} %; {}",
        refit.versions[0],
        refit.versions[1],
        match (arguments.yes, refit.restated.is_empty()) {
            (false, _) => "nothing was changed: add --yes to publish it".to_owned(),
            (true, true) => "history stays as it was assigned".to_owned(),
            (true, false) => format!("{} months assigned again", refit.restated.len()),
        }
    ));
    Ok(Ending::Complete)
}
