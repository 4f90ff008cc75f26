//! `outspoken rules diff`: what would new rules add and drop?

use std::io::Write as _;
use std::path::Path;

use clap::Args;

use super::{Published, excerpt};
use crate::cli::Ending;
use crate::rules::diff::{self, Diff};

/// What `rules diff` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The rules as they are: a file, a directory, `shipped`, or several parted by commas.
    #[arg(value_name = "OLD")]
    old: String,
    /// The rules as they would be.
    #[arg(value_name = "NEW")]
    new: String,
    #[command(flatten)]
    published: Published,
    /// Changes shown; JSON has all.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints what is added and dropped, with the verbatims.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let load = |names: &str| {
        let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        crate::rules::load(&names, Path::new(""))
    };
    let (old, new) = (load(&arguments.old)?, load(&arguments.new)?);
    let published = &arguments.published;
    let found = diff::run(&published.out, &old, &new, published.months(), &published.default_language)?;
    if arguments.json {
        super::print_json(&found)?
    } else {
        print(&found, arguments.limit)?
    }
    Ok(Ending::Complete)
}

fn print(found: &Diff, limit: usize) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "alerts: {} before, {} after, of {} responses: {} added, {} dropped",
        found.n_alerts_old, found.n_alerts_new, found.base, found.n_alerts_added, found.n_alerts_dropped
    )?;
    for (what, rules) in [("new rules", &found.rules_added), ("rules no longer there", &found.rules_dropped)] {
        if !rules.is_empty() {
            writeln!(out, "{what}: {}", rules.join(", "))?;
        }
    }
    for (rule, counts) in &found.rules {
        writeln!(out, "{rule:<28} {:>5} verbatims added, {:>5} dropped", counts.added, counts.dropped)?;
    }
    for change in found.changes.iter().take(limit) {
        let sign = if change.change == "added" { '+' } else { '-' };
        writeln!(out, "{sign} {} {}; otherwise {}", change.rule, excerpt(&change.hit), change.otherwise)?;
    }
    if found.changes.len() > limit {
        writeln!(out, "and {} more: --limit N, or --json for all", found.changes.len() - limit)?;
    }
    Ok(())
}
