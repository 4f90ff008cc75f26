//! `outspoken rules test`: do the examples of every rule come out as the rule says?

use std::io::Write as _;
use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::cli::Ending;
use crate::cli::tell::Voice;

/// What `rules test` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Rule files, directories of them, or `shipped` [default: shipped].
    #[arg(value_name = "FILES")]
    files: Vec<String>,
    /// Print the failures as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints each example that fails; exit code 1 if there is one.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let rules = crate::rules::load(&arguments.files, Path::new(""))?;
    let failed = rules.test();
    let n_examples: usize = rules.rules().iter().map(|rule| rule.fires.len() + rule.silent.len()).sum();
    if arguments.json {
        let failures: Vec<serde_json::Value> = failed
            .iter()
            .map(|f| json!({ "place": f.place, "rule": f.rule, "text": f.text, "should_fire": f.should_fire, "found": f.found }))
            .collect();
        super::print_json(&json!({ "rules": rules.rules().len(), "examples": n_examples, "failures": failures }))?;
    } else {
        let mut out = std::io::stdout().lock();
        for f in &failed {
            let expected = if f.should_fire { "should fire" } else { "should be silent" };
            writeln!(out, "{}: {} {expected} on {:?}; found: {}", f.place, f.rule, f.text, f.found)?;
        }
    }
    for rule in rules.rules().iter().filter(|rule| rule.fires.is_empty() || rule.silent.is_empty()) {
        voice.warn(&format!("rule `{}` has no example that {}", rule.id, if rule.fires.is_empty() { "fires" } else { "is silent" }));
    }
    voice.say(&format!("{} rules, {n_examples} examples, {} failed", rules.rules().len(), failed.len()));
    Ok(if failed.is_empty() { Ending::Complete } else { Ending::Attention })
}
