//! `outspoken lexicon`: what a person who edits lexicons asks.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Ending;
use crate::error::Error;
use crate::lexicon::check::{Finding, Level, check};

/// What `lexicon` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check lexicon files: what cannot be read, is given twice, never counts, or changes the layers before.
    Check(Check),
}

#[derive(Args, Debug)]
struct Check {
    /// Lexicon files in the order of their layers, as the settings name them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON array.
    #[arg(long)]
    json: bool,
}

/// Does what was asked.
pub(super) fn main(arguments: &Arguments) -> anyhow::Result<Ending> {
    let Command::Check(arguments) = &arguments.command;
    let mut earlier: Vec<(String, String)> = Vec::new();
    let mut found: Vec<(String, Vec<Finding>)> = Vec::new();
    for path in &arguments.files {
        let name = path.display().to_string();
        let bytes = fs_err::read(path).map_err(Error::io("cannot read the lexicon"))?;
        let findings = check(&name, &bytes, &earlier);
        if findings.iter().all(|finding| finding.level != Level::Error)
            && let Ok(text) = String::from_utf8(bytes)
        {
            earlier.push((name.clone(), text));
        }
        found.push((name, findings));
    }
    print(&found, arguments.json)?;
    let needs_a_person = found.iter().flat_map(|(_, findings)| findings).any(|finding| finding.level != Level::Note);
    Ok(if needs_a_person { Ending::Attention } else { Ending::Complete })
}

fn print(found: &[(String, Vec<Finding>)], json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        let objects: Vec<serde_json::Value> = found
            .iter()
            .flat_map(|(file, findings)| findings.iter().map(move |finding| (file, finding)))
            .map(|(file, finding)| {
                let mut object = serde_json::to_value(finding).unwrap_or_default();
                object["file"] = file.as_str().into();
                object
            })
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&objects)?)?;
        return Ok(());
    }
    for (file, findings) in found {
        for finding in findings {
            writeln!(out, "{file}:{}:{}: {}: {}", finding.line, finding.column, finding.level.as_str(), finding.what)?;
            if let Some(hint) = &finding.hint {
                writeln!(out, "  hint: {hint}")?;
            }
        }
        let count = |level| findings.iter().filter(|finding| finding.level == level).count();
        let (errors, warnings, notes) = (count(Level::Error), count(Level::Warning), count(Level::Note));
        writeln!(out, "{file}: {errors} errors, {warnings} warnings, {notes} notes")?;
    }
    Ok(())
}
