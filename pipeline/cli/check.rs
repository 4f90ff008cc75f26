//! `outspoken check`: what `run` would decide, writing nothing.

use std::io::Write as _;

use clap::Args;

use super::Ending;
use super::run::InputArguments;
use super::tell::Voice;
use crate::error::Error;
use crate::runner::{self, BoundFile};

/// What `check` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    input: InputArguments,
}

/// Prints the decisions on standard output.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let options = arguments.input.options(std::path::PathBuf::new())?;
    let knowledge = runner::Knowledge::load(&options.settings)?;
    if let Some(stream) = options.inputs.iter().find(|input| runner::is_stream(input)) {
        let hint = "`run` takes it; to look at it first, write it to a file".to_owned();
        return Err(Error::InputNotFound { what: format!("`{stream}` can be read once only"), hint }.into());
    }
    let listing = runner::list(&options)?;
    let inputs = runner::resolve(listing.files, &options.settings, options.source.as_deref(), knowledge.terms(&options))?;
    let mut out = std::io::stdout().lock();
    for file in &inputs.files {
        print_file(file, &mut out)?;
    }
    for (path, why) in listing.skipped.iter().chain(&inputs.skipped) {
        voice.warn(&format!("`{}` would be left out: {why}", path.display()));
    }
    writeln!(out, "rules: {}", knowledge.n_rules())?;
    let megabytes = |bytes: usize| bytes >> 20;
    writeln!(
        out,
        "memory: at most {} MB for keys and open row groups, then {} batches of {} rows in flight, {} threads",
        megabytes(options.memory_bytes),
        3 * options.n_threads + 1,
        options.batch_rows,
        options.n_threads
    )?;
    Ok(Ending::Complete)
}

fn print_file(file: &BoundFile, out: &mut impl std::io::Write) -> std::io::Result<()> {
    let source = &file.binding.source;
    writeln!(out, "{} → source `{}`, {} bytes", file.shape.name, source.name, file.shape.size_bytes)?;
    for note in file.shape.notes.iter().chain(&file.binding.notes) {
        writeln!(out, "  {note}")?;
    }
    if !file.choices.is_empty() {
        for choice in &file.choices {
            writeln!(out, "  {:<36} {:<24} {}", choice.column, choice.role, choice.why)?;
        }
    } else {
        for (role, column) in source.fields() {
            if let Some(column) = column {
                writeln!(out, "  {column:<36} {}", role.key())?;
            }
        }
        for (question, _) in &file.binding.verbatims {
            writeln!(out, "  {question:<36} verbatim")?;
        }
        for score in &file.binding.scores {
            let hotline = if score.hotline { ", worst point is a HOTLINE" } else { "" };
            writeln!(out, "  {:<36} score {} {}{hotline}", file.binding.names[score.column], score.kind.as_str(), score.scale_text())?;
        }
        for (column, _) in &file.binding.passthrough {
            writeln!(out, "  {column:<36} passthrough")?;
        }
        let used = |name: &String| file.binding.names.contains(name);
        let left_out: Vec<&str> = file.shape.header.iter().filter(|name| !used(name)).map(String::as_str).collect();
        if !left_out.is_empty() {
            writeln!(out, "  left out: {}", left_out.join(", "))?;
        }
    }
    if source.id.is_none() {
        writeln!(out, "  no id column: ids are made from the content, and a corrected dump needs --replace-month")?;
    }
    Ok(())
}
