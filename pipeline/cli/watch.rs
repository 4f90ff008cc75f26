//! `outspoken watch`: each file is run when it has landed.
//!
//! A folder is looked at twice a second. A file is taken when its size and time of change have stayed as they are for a while (a file that is
//! moved in under its final name has them at once), is run by itself, and moves to `done/` or, with the reason beside it, to
//! `failed/`. What was run already is found in the manifests of the output directory, by name and content, so that a file is run once
//! whatever kills the program; a run that was killed is repeated, which is safe. What is no fault of the file (another
//! run is writing, the disk is full) leaves it where it is, to be tried again.

mod inbox;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;

use super::Ending;
use super::run::{self, HowArguments, OnTooMany, share};
use super::tell::Voice;
use crate::error::Error;
use crate::runner::{self, Outcome, Progress, RunOptions};
use inbox::{Inbox, Landed};

/// What `watch` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The folder in which files land; hidden ones and *.part, *.tmp are left until they have another name.
    #[arg(value_name = "INBOX")]
    inbox: PathBuf,
    /// Output directory; made if it is missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Run what is there, then end: for schedulers.
    #[arg(long)]
    once: bool,
    /// Seconds that a file must have stayed the same before it is taken.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0, value_parser = seconds)]
    settle: f64,
    #[command(flatten)]
    how: HowArguments,
    /// Share of rejected rows that is too many [default: no limit]; see --too-many-rejects.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_reject_share: Option<f64>,
    /// What happens above --max-reject-share: the file fails, or its other rows are published.
    #[arg(long, value_name = "WHAT", value_enum, default_value = "stop")]
    too_many_rejects: OnTooMany,
}

/// Between two looks at the folder.
const LOOK: Duration = Duration::from_millis(500);
/// Between two tries while something else is in the way.
const PATIENCE: Duration = Duration::from_secs(10);

/// Watches until it is stopped, or with `--once` until nothing is left.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let cancel = run::cancel_on_signal()?;
    let mut options = arguments.how.options(Vec::new(), arguments.out.clone())?;
    options.max_reject_share = arguments.max_reject_share;
    options.too_many_rejects = arguments.too_many_rejects.into();
    // A mistake in rules or lexicons is told now, not when the first file lands.
    runner::Knowledge::load(&options.settings)?;
    let inbox = Inbox::open(&arguments.inbox, Duration::from_secs_f64(arguments.settle))?;
    let mut watch = Watch { inbox, options, as_of: arguments.how.as_of, voice, needs_attention: false, waits_until: None };
    voice.say(&format!("watching {}; Ctrl-C ends it", arguments.inbox.display()));
    while !cancel.load(Ordering::Relaxed) {
        let n_waiting = watch.look(&cancel)?;
        if arguments.once && n_waiting == 0 {
            break;
        }
        pause(&cancel);
    }
    Ok(if watch.needs_attention && arguments.once { Ending::Attention } else { Ending::Complete })
}

fn pause(cancel: &AtomicBool) {
    let until = Instant::now() + LOOK;
    while !cancel.load(Ordering::Relaxed) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
}

struct Watch {
    inbox: Inbox,
    options: RunOptions,
    as_of: Option<jiff::Timestamp>,
    voice: Voice,
    needs_attention: bool,
    waits_until: Option<Instant>,
}

impl Watch {
    /// Runs every file that has landed; how many are left that may land yet.
    fn look(&mut self, cancel: &AtomicBool) -> anyhow::Result<usize> {
        let (landed, n_growing) = self.inbox.look()?;
        if self.waits_until.is_some_and(|until| Instant::now() < until) {
            return Ok(n_growing + landed.len());
        }
        self.waits_until = None;
        for (i, file) in landed.iter().enumerate() {
            if cancel.load(Ordering::Relaxed) || !self.take(file, cancel)? {
                return Ok(n_growing + landed.len() - i);
            }
        }
        Ok(n_growing)
    }

    /// Runs one file and moves it; false: it stays, to be tried again.
    fn take(&mut self, file: &Landed, cancel: &AtomicBool) -> anyhow::Result<bool> {
        if let Some(run_id) = self.inbox.run_of(file, &self.options.out)? {
            let moved = self.inbox.done(file)?;
            self.report(file, "done", &moved, &[("run_id", run_id.into()), ("note", "run before".into())])?;
            return Ok(true);
        }
        self.options.inputs = vec![file.pattern()];
        self.options.as_of = self.as_of.unwrap_or_else(jiff::Timestamp::now);
        let started = Instant::now();
        match runner::run(&self.options, &Progress::default(), cancel) {
            Ok(outcome) => self.done(file, &outcome, started.elapsed().as_secs_f64())?,
            Err(Error::Cancelled) => {
                self.voice.say(&format!("{} stays where it is: nothing of it was published", file.name));
                return Ok(false);
            }
            Err(error) if is_in_the_way(&error) => {
                self.voice.error(&error.into());
                self.voice.say(&format!("{} stays where it is and is tried again in {} s", file.name, PATIENCE.as_secs()));
                self.waits_until = Some(Instant::now() + PATIENCE);
                return Ok(false);
            }
            // The writer was slower than the settling time: it is complete later.
            Err(_) if self.inbox.has_changed(file) => {
                self.voice.say(&format!("{} changed while it was read and is tried again", file.name));
                return Ok(false);
            }
            Err(error) => self.failed(file, error)?,
        }
        Ok(true)
    }

    fn done(&mut self, file: &Landed, outcome: &Outcome, seconds: f64) -> anyhow::Result<()> {
        run::summary(&self.options, outcome, seconds, self.voice);
        let manifest = &outcome.manifest;
        self.needs_attention |= manifest.rows.rejected > 0;
        let moved = self.inbox.done(file)?;
        let more = [
            ("run_id", manifest.run_id.clone().into()),
            ("rows", serde_json::to_value(manifest.rows)?),
            ("hotlines", serde_json::to_value(&manifest.hotlines)?),
        ];
        self.report(file, "done", &moved, &more)
    }

    fn failed(&mut self, file: &Landed, error: Error) -> anyhow::Result<()> {
        self.needs_attention = true;
        let reason = error.to_string();
        let mut text = format!("{reason}\n");
        for (name, part) in [("found", error.found()), ("hint", error.hint())] {
            text.extend(part.map(|part| format!("{name}: {part}\n")));
        }
        let moved = self.inbox.failed(file, &text)?;
        self.voice.error(&error.into());
        self.report(file, "failed", &moved, &[("reason", reason.into())])
    }

    /// One line of JSON for each file, on standard output.
    fn report(&self, file: &Landed, state: &str, moved: &Path, more: &[(&str, serde_json::Value)]) -> anyhow::Result<()> {
        let mut line = serde_json::Map::new();
        line.insert("file".to_owned(), file.name.clone().into());
        line.insert("state".to_owned(), state.into());
        line.insert("moved_to".to_owned(), moved.display().to_string().into());
        line.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::Value::Object(line))?;
        Ok(out.flush()?)
    }
}

/// Whether the fault lies with the surroundings, not with the file.
fn is_in_the_way(error: &Error) -> bool {
    matches!(error, Error::Output { .. } | Error::Io { .. } | Error::Store { .. })
        || matches!(error, Error::Parquet { source: parquet::errors::ParquetError::External(_), .. })
}

fn seconds(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|seconds| (0.0..=3600.0).contains(seconds)).ok_or_else(|| "write seconds from 0 to 3600".to_owned())
}
