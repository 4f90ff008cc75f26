//! `outspoken rules audit`: how often are the rules right, and what do they miss?

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::{Chosen, printable, range};
use crate::cli::Ending;
use crate::cli::tell::Voice;
use crate::error::Error;
use crate::rules::Range;
use crate::rules::audit::{self, COLUMNS, Drawn, Estimate, Share};
use crate::rules::sheet;

/// What `rules audit` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Output directory to draw a sample from.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["label", "read"], required_unless_present_any = ["label", "read"])]
    out: Option<PathBuf>,
    /// Verbatims to draw.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    sample: u32,
    /// Another seed draws another sample.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Report months [default: all].
    #[arg(long, value_name = "MONTHS", value_parser = range)]
    months: Option<Range>,
    /// Write the sample to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Label the rows of a sample that have no label: one answer a line on standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "read")]
    label: Option<PathBuf>,
    /// Read a labelled sample: precision and recall of rules and categories.
    #[arg(long, value_name = "FILE")]
    read: Option<PathBuf>,
    #[command(flatten)]
    chosen: Chosen,
    /// Language whose rules undecided texts get.
    #[arg(long, value_name = "CODE", default_value = "en")]
    default_language: String,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

/// Draws, labels or reads a sample.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let rules = arguments.chosen.load()?;
    let categories: BTreeMap<String, String> = rules.rules().iter().map(|rule| (rule.id.clone(), rule.category.clone())).collect();
    if let Some(file) = &arguments.label {
        label(file, &categories, voice)?;
        return Ok(Ending::Complete);
    }
    if let Some(file) = &arguments.read {
        let drawn = audit::read(file)?;
        let estimate = audit::estimate(&drawn, &categories);
        if estimate.n_labelled == 0 {
            let hint = format!("fill the column `label` with categories or `{}`, or use --label", audit::NONE);
            let what = "no row has a label".to_owned();
            return Err(Error::Input { path: file.clone(), what, found: None, hint: Some(hint) }.into());
        }
        if arguments.json {
            super::print_json(&estimate)?
        } else {
            print(&estimate)?
        }
        return Ok(Ending::Complete);
    }
    let out = arguments.out.as_deref().context("clap asks for --out")?;
    let n = arguments.sample as usize;
    let drawn = audit::draw(out, &rules, arguments.months.unwrap_or_default(), n, arguments.seed, &arguments.default_language)?;
    if arguments.json {
        super::print_json(&drawn)?;
        return Ok(Ending::Complete);
    }
    let text = sheet_of(&drawn);
    match &arguments.csv {
        Some(path) if path.exists() => {
            let what = "it is there already and may hold labels".to_owned();
            return Err(Error::Input { path: path.clone(), what, found: None, hint: Some("give another name".to_owned()) }.into());
        }
        Some(path) => {
            fs_err::write(path, text).map_err(Error::io("cannot write the sample"))?;
            voice.say(&format!("{} verbatims to label: fill the column `label`, then --read {}", drawn.len(), path.display()));
        }
        None => std::io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(Ending::Complete)
}

fn sheet_of(drawn: &[Drawn]) -> String {
    let rows = drawn.iter().map(|row| {
        let cells = row.cells();
        sheet::line(cells.iter().map(String::as_str))
    });
    std::iter::once(sheet::line(COLUMNS)).chain(rows).collect()
}

/// Shows each row without a label and takes a line; saved after every answer, so that one can stop at any time.
fn label(path: &Path, categories: &BTreeMap<String, String>, voice: Voice) -> anyhow::Result<()> {
    let mut drawn = audit::read(path)?;
    let mut names: Vec<&str> = categories.values().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let mut stderr = std::io::stderr();
    writeln!(stderr, "categories: {}, {}; empty line: later; q: stop", names.join(", "), audit::NONE)?;
    let todo: Vec<usize> = (0..drawn.len()).filter(|i| drawn[*i].label.is_empty()).collect();
    let mut lines = std::io::stdin().lock().lines();
    let mut n_done = 0;
    'rows: for (k, i) in todo.iter().enumerate() {
        let row = &drawn[*i];
        let fired = if row.fired.is_empty() { "no rule".to_owned() } else { format!("{} on {}", row.fired, row.matched) };
        writeln!(stderr, "\n{} of {}: {fired}\n{}", k + 1, todo.len(), printable(&row.text))?;
        loop {
            write!(stderr, "label> ")?;
            stderr.flush()?;
            let Some(line) = lines.next() else { break 'rows };
            let answer = line?.trim().to_lowercase();
            if answer == "q" {
                break 'rows;
            }
            let unknown = answer
                .split([',', ';', ' '])
                .find(|name| !name.is_empty() && *name != audit::NONE && !names.contains(name))
                .map(str::to_owned);
            if let Some(unknown) = unknown {
                writeln!(stderr, "`{}` is no category; one of {}, {}", printable(&unknown), names.join(", "), audit::NONE)?;
                continue;
            }
            if !answer.is_empty() {
                drawn[*i].label = answer;
                n_done += 1;
                save(path, &drawn)?;
            }
            break;
        }
    }
    voice.say(&format!("{n_done} labelled, {} left", todo.len() - n_done));
    Ok(())
}

/// The file as it was or as it is to be, never half of it.
fn save(path: &Path, drawn: &[Drawn]) -> anyhow::Result<()> {
    let mut next = path.as_os_str().to_owned();
    next.push(".next");
    fs_err::write(&next, sheet_of(drawn)).map_err(Error::io("cannot write the sample"))?;
    fs_err::rename(&next, path).map_err(Error::io("cannot write the sample"))?;
    Ok(())
}

fn print(estimate: &Estimate) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} labelled, {} not", estimate.n_labelled, estimate.n_unlabelled)?;
    writeln!(out, "{:<28} {:>26} {:>26}", "", "precision (95 %, labels)", "recall (95 %, labels)")?;
    let told = |share: Option<Share>| {
        share.map_or_else(|| "-".to_owned(), |s| format!("{:.2} ({:.2}-{:.2}, {})", s.share, s.low, s.high, s.n_labels))
    };
    writeln!(out, "{:<28} {:>26} {:>26}", "any", told(estimate.any.precision), told(estimate.any.recall))?;
    for (name, figures) in estimate.categories.iter().chain(&estimate.rules) {
        writeln!(out, "{name:<28} {:>26} {:>26}", told(figures.precision), told(figures.recall))?;
    }
    Ok(())
}
