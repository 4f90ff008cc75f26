//! `outspoken index`: the search index, brought up to date or built again.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Ending;
use super::tell::Voice;
use crate::error::{Error, Result};
use crate::search::{CaughtUp, Index};
use crate::sink::Version;

/// What `index` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Output directory of the runs.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write only the months whose tables changed since; without it the whole index is built again.
    #[arg(long)]
    catch_up: bool,
}

/// Builds and tells.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let version = published(&arguments.out)?;
    let index = Index::open(&arguments.out)?;
    let how = if arguments.catch_up { How::CatchUp } else { How::Anew };
    write(&index, &version, how, voice)?;
    Ok(Ending::Complete)
}

/// After a run: brings the index up to date. A failure is told and leaves the tables as they are.
pub(super) fn after_run(out: &Path, voice: Voice) -> Ending {
    let catch_up = || -> Result<CaughtUp> {
        let version = published(out)?;
        write(&Index::open(out)?, &version, How::CatchUp, voice)
    };
    match catch_up() {
        Ok(_) => Ending::Complete,
        Err(error) => {
            voice.warn(&format!("the tables are published, but the search index is behind: {error}"));
            Ending::Attention
        }
    }
}

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// What changed.
    CatchUp,
    /// Everything.
    Anew,
}

/// Writes and tells: a line when it takes long, one at the end.
pub(super) fn write(index: &Index, version: &Version, how: How, voice: Voice) -> Result<CaughtUp> {
    let started = std::time::Instant::now();
    let mut told = started;
    let mut tell = |month, n_verbatims| {
        if told.elapsed().as_secs() >= 5 {
            told = std::time::Instant::now();
            voice.say(&format!("indexing {month}: {n_verbatims} verbatims so far"));
        }
    };
    let done = match how {
        How::CatchUp => index.catch_up(version, &mut tell)?,
        How::Anew => index.rebuild(version, &mut tell)?,
    };
    let seconds = started.elapsed().as_secs_f64();
    voice.say(&match done.n_months {
        0 => "search index: nothing changed".to_owned(),
        1 => format!("search index: {} verbatims of 1 month written ({seconds:.1} s)", done.n_verbatims),
        n => format!("search index: {} verbatims of {n} months written ({seconds:.1} s)", done.n_verbatims),
    });
    Ok(done)
}

/// The version that readers see.
pub(super) fn published(out: &Path) -> Result<Version> {
    Version::current(out)?.ok_or_else(|| Error::Output {
        path: out.to_owned(),
        what: "no tables are published here".to_owned(),
        hint: Some("run first: `outspoken run INPUT --out DIR`".to_owned()),
    })
}
