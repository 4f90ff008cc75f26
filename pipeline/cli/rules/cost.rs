//! `outspoken rules cost`: which rules are slow, and why?

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::Ending;
use crate::rules::backtest;

/// What `rules cost` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Rule files, directories of them, or `shipped` [default: shipped].
    #[arg(value_name = "FILES")]
    files: Vec<String>,
    /// Published feedback: count in how many verbatims each rule had to be looked at.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints the cost of every rule, the dearest first.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let rules = crate::rules::load(&arguments.files, Path::new(""))?;
    let measured = match &arguments.out {
        Some(out) => {
            let options =
                backtest::Options { months: Default::default(), only: Vec::new(), n_examples: 0, default_language: "en".to_owned() };
            Some(backtest::run(out, &rules, &options)?)
        }
        None => None,
    };
    let looked_at = |i: usize| measured.as_ref().map(|measured| measured.rules[i].n_looked_at);
    let costs = rules.costs();
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse((looked_at(*i), costs[*i].reasons.len(), costs[*i].work, costs[*i].n_sequences)));
    if arguments.json {
        let list: Vec<serde_json::Value> = order
            .iter()
            .map(|i| {
                let cost = &costs[*i];
                json!({
                    "rule": rules.rules()[*i].id, "sequences": cost.n_sequences, "work": cost.work, "max_work": cost.max_work,
                    "looked_at": looked_at(*i), "reasons": cost.reasons,
                })
            })
            .collect();
        super::print_json(&json!({ "verbatims": measured.as_ref().map(|m| m.n_verbatims), "rules": list }))?;
        return Ok(Ending::Complete);
    }
    let mut out = std::io::stdout().lock();
    if let Some(measured) = &measured {
        writeln!(out, "{} verbatims", measured.n_verbatims)?;
    }
    writeln!(out, "{:<28} {:>10} {:>9} {:>10}", "rule", "looked at", "sequences", "work/word")?;
    for i in order {
        let cost = &costs[i];
        let at = looked_at(i).map_or_else(|| "-".to_owned(), |n| n.to_string());
        writeln!(out, "{:<28} {at:>10} {:>9} {:>10}", rules.rules()[i].id, cost.n_sequences, cost.work)?;
        for reason in &cost.reasons {
            writeln!(out, "    {reason}")?;
        }
    }
    Ok(Ending::Complete)
}
