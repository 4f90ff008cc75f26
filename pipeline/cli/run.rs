//! `outspoken run`

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use clap::Args;

use super::Ending;
use super::tell::Voice;
use crate::config::{self, Settings};
use crate::error::Error;
use crate::month::Month;
use crate::runner::{self, Outcome, Progress, RunOptions, TooManyRejects};

/// What `run` takes.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) input: InputArguments,
    /// Output directory; made if it is missing.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Account file: ids, aliases, tier, revenue, renewal date, account manager [default: that of the settings, else as before].
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// Invitation file: who was asked in which wave [default: that of the settings, else as before].
    #[arg(long, value_name = "FILE")]
    invited: Option<PathBuf>,
    /// Figures from elsewhere by month, such as first call resolution [default: that of the settings, else as before].
    #[arg(long, value_name = "FILE")]
    indicators: Option<PathBuf>,
    /// Published rows of the months and sources of the input go unless the input has them.
    ///
    /// For sources without an id column: a corrected dump replaces the whole month.
    #[arg(long)]
    replace_month: bool,
    /// Share of rejected rows that is too many [default: no limit]; see --too-many-rejects.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_reject_share: Option<f64>,
    /// What happens above --max-reject-share: exit code 2 and nothing published, or exit code 1 and the other rows published.
    #[arg(long, value_name = "WHAT", value_enum, default_value = "stop")]
    too_many_rejects: OnTooMany,
    /// Bytes of memory for what must be known of all rows; the rest spills to disk [default: 512 MB].
    #[arg(long, value_name = "MB", default_value_t = 512, hide_default_value = true, value_parser = clap::value_parser!(u32).range(16..=1_000_000))]
    memory: u32,
    /// Print the manifest of the run as JSON on standard output.
    #[arg(long)]
    json: bool,
}

/// What names the input and how it is read: shared by `run` and `check`.
#[derive(Args, Debug)]
pub(super) struct InputArguments {
    /// Files, directories, globs, pipes, or `-` for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<String>,
    #[command(flatten)]
    pub(super) how: HowArguments,
}

/// How input is read, whatever it is: shared with `watch`.
#[derive(Args, Debug)]
pub(super) struct HowArguments {
    /// Settings file; without it columns are found from names and content.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Name of the source that the whole input belongs to [default: feedback, or the one whose `files` match].
    #[arg(long, value_name = "NAME")]
    pub(super) source: Option<String>,
    /// Month of rows whose date is missing or cannot be read.
    #[arg(long, value_name = "YYYY-MM", value_parser = month)]
    pub(super) month: Option<Month>,
    /// Clock of the run: cases are detected at this time [default: now].
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) as_of: Option<jiff::Timestamp>,
    /// Worker threads; never changes results [default: all cores].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Rows of a batch; never changes results.
    #[arg(long, value_name = "N", default_value_t = 8192, hide = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) batch_rows: u32,
}

/// What happens above `--max-reject-share`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum OnTooMany {
    /// Publish nothing, exit code 2.
    Stop,
    /// Publish the rows that can be read, exit code 1.
    Publish,
}

impl From<OnTooMany> for TooManyRejects {
    fn from(asked: OnTooMany) -> Self {
        match asked {
            OnTooMany::Stop => Self::Stop,
            OnTooMany::Publish => Self::Publish,
        }
    }
}

impl InputArguments {
    pub(super) fn options(&self, out: PathBuf) -> anyhow::Result<RunOptions> {
        self.how.options(self.inputs.clone(), out)
    }
}

impl HowArguments {
    pub(super) fn options(&self, inputs: Vec<String>, out: PathBuf) -> anyhow::Result<RunOptions> {
        let settings = match &self.config {
            Some(path) => config::load(path)?,
            None => Settings::default(),
        };
        let mut options = RunOptions::new(inputs, out);
        options.settings = settings;
        options.source = self.source.clone();
        options.month = self.month;
        options.as_of = self.as_of.unwrap_or(options.as_of);
        options.n_threads = self.threads.map_or(options.n_threads, usize::from);
        options.batch_rows = self.batch_rows as usize;
        Ok(options)
    }
}

/// Runs and tells.
pub(super) fn main(arguments: &Arguments, voice: Voice) -> anyhow::Result<Ending> {
    let mut options = arguments.input.options(arguments.out.clone())?;
    options.accounts.clone_from(&arguments.accounts);
    options.invited.clone_from(&arguments.invited);
    options.indicators.clone_from(&arguments.indicators);
    options.replace_month = arguments.replace_month;
    options.max_reject_share = arguments.max_reject_share;
    options.too_many_rejects = arguments.too_many_rejects.into();
    options.memory_bytes = (arguments.memory as usize) << 20;
    let outcome = run(&options, voice)?;
    if arguments.json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &outcome.manifest)?;
        writeln!(out)?;
    }
    let needs_attention = outcome.manifest.rows.rejected > 0;
    let indexed = index(&options, voice);
    Ok(if needs_attention { Ending::Attention } else { indexed })
}

/// Brings the search index to what was published, unless the settings say otherwise. It is a cache: where it cannot be written the run is
/// complete, a warning says so, and the next search or run catches up.
pub(super) fn index(options: &RunOptions, voice: Voice) -> Ending {
    #[cfg(feature = "index")]
    if options.settings.index.enabled {
        return super::index::after_run(&options.out, voice);
    }
    let (_, _) = (options, voice);
    Ending::Complete
}

/// Runs with a meter and prints the summary on standard error.
pub(super) fn run(options: &RunOptions, voice: Voice) -> anyhow::Result<Outcome> {
    let cancel = cancel_on_signal()?;
    let progress = Progress::default();
    tell_choices(options, voice)?;
    let started = std::time::Instant::now();
    let outcome = voice.meter(&progress, || runner::run(options, &progress, &cancel))?;
    summary(options, &outcome, started.elapsed().as_secs_f64(), voice);
    Ok(outcome)
}

/// Ctrl-C and SIGTERM end a run between two batches: nothing half-written is visible.
pub(super) fn cancel_on_signal() -> anyhow::Result<Arc<AtomicBool>> {
    let cancel = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancel);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).context("cannot listen to Ctrl-C")?;
    Ok(cancel)
}

/// Without settings, what was found out about the columns is told before the long work begins.
fn tell_choices(options: &RunOptions, voice: Voice) -> Result<(), Error> {
    if options.settings.sources.iter().any(crate::config::SourceSettings::names_columns)
        || options.inputs.iter().any(|input| runner::is_stream(input))
    {
        return Ok(());
    }
    let listing = runner::list(options)?;
    let inputs = runner::resolve(listing.files, &options.settings, options.source.as_deref(), options.look())?;
    for file in &inputs.files {
        voice.say(&format!("{}:", file.shape.name));
        for note in file.shape.notes.iter().chain(&file.binding.notes) {
            voice.say(&format!("  {note}"));
        }
        for choice in file.choices.iter().filter(|c| c.role != "left out") {
            voice.say(&format!("  {:<32} {:<22} {}", choice.column, choice.role, choice.why));
        }
        let left_out: Vec<&str> = file.choices.iter().filter(|c| c.role == "left out").map(|c| c.column.as_str()).collect();
        if !left_out.is_empty() {
            voice.say(&format!("  left out: {}", left_out.join(", ")));
        }
    }
    Ok(())
}

pub(super) fn summary(options: &RunOptions, outcome: &Outcome, seconds: f64, voice: Voice) {
    let manifest = &outcome.manifest;
    let rows = &manifest.rows;
    let bytes: u64 = manifest.inputs.iter().map(|input| input.bytes).sum();
    voice.say(&format!(
        "{} rows read: {} new, {} replacing, {} unchanged, {} superseded, {} rejected ({:.1} s, {:.1} MB/s)",
        rows.read,
        rows.new,
        rows.replacing,
        rows.unchanged,
        rows.superseded,
        rows.rejected,
        seconds,
        bytes as f64 / 1e6 / seconds.max(1e-3)
    ));
    let verbatims = &manifest.verbatims;
    if verbatims.verbatims > 0 {
        let residual =
            verbatims.residual_share.map_or_else(String::new, |share| format!("; {:.0} % of clauses near no theme", 100.0 * share));
        voice.say(&format!("{} verbatims, {} pieces of personal data replaced{residual}", verbatims.verbatims, verbatims.redactions));
        if verbatims.entities + verbatims.mojibake > 0 {
            voice.say(&format!(
                "mended in verbatims: {} HTML entities, {} characters of mojibake, first at {}",
                verbatims.entities,
                verbatims.mojibake,
                verbatims.mended_at.join(", ")
            ));
        }
        let routes: Vec<String> = manifest.hotlines.iter().map(|(route, n)| format!("{n} {route}")).collect();
        voice.say(&format!("HOTLINE: {}", if routes.is_empty() { "none".to_owned() } else { routes.join(", ") }));
        let [flags, found] = manifest.partner_flags;
        if flags > 0 {
            voice.say(&format!("survey partner's flags: {flags}, of which a rule or a score found {found}"));
        }
        let themes: Vec<String> = outcome.top_themes.iter().take(5).map(|(label, n)| format!("{label} ({n})")).collect();
        if !themes.is_empty() {
            voice.say(&format!("top themes: {}", themes.join(", ")));
        }
    }
    for warning in manifest.warnings.iter().chain(&outcome.warnings) {
        voice.warn(warning);
    }
    voice.say(&format!("tables: {}", options.out.join("tables").display()));
}

pub(super) fn month(text: &str) -> Result<Month, String> {
    Month::parse(text).ok_or_else(|| "write a month as YYYY-MM, as in 2026-07".to_owned())
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| "write a share between 0 and 1, as in 0.05".to_owned())
}

pub(super) fn time(text: &str) -> Result<jiff::Timestamp, String> {
    text.parse().map_err(|_| "write a time as RFC 3339, as in 2026-10-01T06:00:00Z".to_owned())
}
