//! `outspoken rules backtest`: what does each rule hit in published feedback?

use std::io::Write as _;

use clap::Args;

use super::{Chosen, Published, excerpt, percent};
use crate::cli::Ending;
use crate::error::Error;
use crate::rules::backtest::{self, Backtest, RuleFigures};

/// What `rules backtest` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    published: Published,
    #[command(flatten)]
    chosen: Chosen,
    /// Only rules whose id begins so; may be given again.
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    /// Examples shown of each rule, fired and suppressed each.
    #[arg(long, value_name = "N", default_value_t = 2)]
    examples: usize,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints hits, shares, what was suppressed and by what, false alarms and examples of each rule.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let rules = arguments.chosen.load()?;
    for id in &arguments.rule {
        if !rules.rules().iter().any(|rule| rule.id.starts_with(id.as_str())) {
            let known: Vec<&str> = rules.rules().iter().map(|rule| rule.id.as_str()).collect();
            let hint = format!("rules are {}", known.join(", "));
            return Err(Error::InputNotFound { what: format!("rule `{id}`"), hint }.into());
        }
    }
    let options = backtest::Options {
        months: arguments.published.months(),
        only: arguments.rule.clone(),
        n_examples: arguments.examples,
        default_language: arguments.published.default_language.clone(),
    };
    let found = backtest::run(&arguments.published.out, &rules, &options)?;
    if arguments.json {
        super::print_json(&found)?
    } else {
        print(&found)?
    }
    Ok(Ending::Complete)
}

fn print(found: &Backtest) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let span = match found.months.as_slice() {
        [only] => only.clone(),
        [first, .., last] => format!("{first} to {last}"),
        [] => String::new(),
    };
    let alerts = if found.base > 0 { found.n_alerts as f64 * 100.0 / found.base as f64 } else { 0.0 };
    writeln!(
        out,
        "{span}: {} responses with text, {} verbatims; {} alerts, {alerts:.1} in 100 responses",
        found.base, found.n_verbatims, found.n_alerts
    )?;
    writeln!(
        out,
        "{:<28} {:>9} {:>8} {:>6} {:>6} {:>10} {:>20}",
        "rule", "responses", "share", "hits", "alone", "suppressed", "false alarms (95 %)"
    )?;
    for rule in &found.rules {
        let false_alarms = rule
            .false_alarms
            .map_or_else(|| "-".to_owned(), |f| format!("{} of {} ({:.0}-{:.0} %)", f.n, f.base, f.low * 100.0, f.high * 100.0));
        writeln!(
            out,
            "{:<28} {:>9} {:>8} {:>6} {:>6} {:>10} {:>20}",
            rule.rule,
            rule.n_responses,
            percent(rule.share),
            rule.n_fired,
            rule.n_alone,
            rule.suppressed.values().sum::<u64>(),
            false_alarms
        )?;
    }
    for rule in found.rules.iter().filter(|rule| !rule.examples.is_empty() || !rule.suppressed_examples.is_empty()) {
        print_examples(&mut out, rule)?;
    }
    Ok(())
}

fn print_examples(out: &mut impl std::io::Write, rule: &RuleFigures) -> std::io::Result<()> {
    writeln!(out, "\n{} ({}, to {})", rule.rule, rule.category, rule.route)?;
    for example in &rule.examples {
        writeln!(out, "  fired       {}", excerpt(example))?;
    }
    for example in &rule.suppressed_examples {
        writeln!(out, "  suppressed  {}", excerpt(example))?;
    }
    let mut by: Vec<(&String, &u64)> = rule.suppressed.iter().collect();
    by.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (by, n) in by.iter().take(5) {
        writeln!(out, "  {n:>5} × {by}")?;
    }
    Ok(())
}
