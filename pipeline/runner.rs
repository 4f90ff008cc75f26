//! How is the whole job done?
//!
//! Two passes over the input. The first (`survey`) places and keys every row and samples the verbatims of months that the
//! theme registry does not know; then rows are decided on and the registry grows, oldest month first. The second
//! (`write`) analyses the rows that are to be written and fills the partitions of the months that they touch. Then cases
//! get their clocks, themes their months, figures are computed from the staged tables, and one rename publishes all.

mod actions;
mod batches;
mod decisions;
mod detections;
mod duplicates;
mod figures;
pub mod flow;
mod gate;
mod gather;
mod handover;
pub(crate) mod inputs;
pub mod keys;
mod knowledge;
mod listing;
mod manifest;
mod options;
mod overlay;
mod progress;
pub(crate) mod rejects;
mod roster;
mod settings;
mod spans;
mod stamps;
pub(crate) mod survey;
mod sync;
mod tables;
mod themes;
mod told;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

pub use inputs::{BoundFile, Inputs, resolve};
pub use knowledge::Knowledge;
pub use listing::{is_stream, list};
pub use manifest::{InputRecord, Manifest, RowCounts, VerbatimCounts};
pub use options::{RunOptions, TooManyRejects};
pub use progress::{Progress, Standing};
pub(crate) use roster::directory;
pub(crate) use settings::load as settings_of;
pub use stamps::fingerprint_of_file;
pub use sync::{SyncOptions, SyncOutcome, sync};
pub(crate) use themes::rows_of_registry;
pub use themes::{Change, Effect, ListedTheme, Mapped, Refit, RefitOptions, ThemeDesk, ThemeDetail, refit};

use crate::annotate::Engine;
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::measure::Room;
use crate::month::Month;
use crate::schema::{RESPONSE, SCHEMA_VERSION};
use crate::sink::{FileTerms, Output, PartitionSettings, Partitions, Version, row_tables};
use crate::store::Store;
use crate::theme::{Shown, shown};
use gate::{check_months, check_rejects};
use knowledge::open_registry;
use listing::with_streams;
use stamps::{stamps, unchanged_since};
use tables::{drop_empty_months, keep_equal_dimensions, missing_is_fine, write_missing_tables};
use told::{input_records, tell, warnings};

/// What a run did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The record that was written.
    pub manifest: Manifest,
    /// Labels of the themes of the months written, most frequent first, with their verbatims.
    pub top_themes: Vec<(String, u64)>,
    /// Newest month with rows.
    pub newest_month: Option<Month>,
    /// What a person should look at, of what was done after publishing.
    pub warnings: Vec<String>,
}

/// Does the whole job: reads, analyses, publishes.
///
/// Fails with nothing published; a reader of the output directory then sees what it saw before.
pub fn run(options: &RunOptions, progress: &Progress, cancel: &AtomicBool) -> Result<Outcome> {
    let mut phases = Phases { seconds: BTreeMap::new(), since: Instant::now() };
    progress.begin("opening", 0);
    let knowledge = Knowledge::load(&options.settings)?;
    let listing = list(options)?;
    let mut output = Output::open(&options.out)?;
    let old = output.version();
    let staging = output.stage()?;
    let (files, skipped) = with_streams(listing, options, &staging, &knowledge)?;
    let mut inputs = resolve(files, &options.settings, options.source.as_deref(), knowledge.terms(options))?;
    inputs.skipped.extend(skipped);
    let stamps = stamps(&inputs)?;
    let mut registry = open_registry(old.as_ref(), &knowledge)?;
    let mut store = Store::open(&options.out)?;
    let now = options.as_of.as_microsecond();
    if let Some(old) = &old {
        detections::write_down(old, &mut store, &options.settings.handovers, now)?;
    }
    let previous = Previous::of(old.as_ref())?;
    let mut held = settings::Held::of(&options.settings)?;
    phases.end("open");

    progress.begin("surveying", inputs.n_bytes());
    let spill = staging.version().folder().join("spill");
    let terms = survey::SurveyTerms {
        n_threads: options.n_threads,
        batch_rows: options.batch_rows,
        budget_bytes: options.memory_bytes / 2,
        themes: &options.settings.themes,
        spill: &spill,
        cancel,
        progress,
    };
    let survey = survey::survey(&inputs, &registry, &knowledge.redactor, terms)?;
    phases.end("survey");

    let n_rows = survey.keys.n_rows() + survey.n_unreadable;
    let n_verbatims = survey.n_verbatims;
    let n_rejected = survey.n_unreadable + survey.n_unplaced;
    check_rejects(options, n_rejected, n_rows)?;
    let published = match &old {
        Some(old) => old.months(&RESPONSE)?.into_iter().map(|month| (month, old.keys_file(month))).collect(),
        None => Vec::new(),
    };
    let replace: Vec<(u32, Month)> = if options.replace_month { survey.source_months.iter().copied().collect() } else { Vec::new() };
    let decisions = survey.keys.decide(&published, &replace)?;
    let touched = decisions.touched();
    check_months(&touched)?;
    phases.end("decide");

    progress.begin("finding themes", 0);
    for (month, sampler) in survey.samples {
        if registry.needs(month.days()) {
            let max = options.settings.themes.max;
            registry.grow_from(month.days(), &sampler.finish(), &knowledge.model, &knowledge.seeds, max)?;
        }
        stop_if(cancel)?;
    }
    phases.end("themes");

    progress.begin("analysing", inputs.n_bytes());
    let Knowledge { rules, lexicons, model, redactor, mut fingerprints, .. } = knowledge;
    let engine =
        Engine { settings: options.settings.clone(), rules, lexicons, model, registry, redactor, as_of: options.as_of.as_microsecond() };
    fingerprints
        .insert("input", Fingerprint::of("input").part(&stamps.iter().map(|s| s.fingerprint.as_str()).collect::<Vec<_>>().join(",")).id());
    fingerprints.insert("roster", roster::fingerprint(options)?);
    fingerprints.insert("goals", held.goals.fingerprint());
    let run_id = run_id(options, &fingerprints, previous.run_id.as_deref());
    let file_terms = FileTerms { compression: options.settings.output.compression, run_id: run_id.clone() };
    if let Some(old) = &old {
        for table in row_tables() {
            staging.keep_table(old, table, &touched)?;
        }
        for month in old.months(&RESPONSE)?.difference(&touched) {
            staging.keep(old, &old.keys_file(*month))?;
        }
        staging.keep_folder(old, &old.runs())?;
    }
    let kept = old.as_ref().map_or_else(|| Ok(BTreeSet::new()), |old| old.months(&RESPONSE))?;
    let spans = survey.spans.of(&touched, &kept);
    let partitions = Partitions::new(PartitionSettings {
        folder: staging.version().tables(),
        terms: file_terms.clone(),
        budget_bytes: options.memory_bytes / 2,
        n_months: spans.depth(),
        n_writers: options.n_threads.div_ceil(2),
    });
    let writing = write::Writing {
        inputs: &inputs,
        engine: &engine,
        decisions: &decisions,
        touched: &touched,
        spans: &spans,
        old: old.as_ref(),
        staging: &staging,
        terms: &file_terms,
        n_threads: options.n_threads,
        batch_rows: options.batch_rows,
        cancel,
        progress,
    };
    let mut in_memory = duplicates::InMemory::default();
    let mut spilled;
    let duplicates: &mut dyn duplicates::Duplicates = if n_verbatims * duplicates::BYTES_IN_MEMORY as u64 > options.memory_bytes as u64 / 2
    {
        spilled = gather::gather(&writing, &spill)?;
        progress.begin("analysing", inputs.n_bytes());
        &mut spilled
    } else {
        &mut in_memory
    };
    let write::Written { tally, n_rows: rows_written, contacts } = write::write(&writing, partitions, duplicates)?;
    unchanged_since(&inputs, &stamps)?;
    phases.end("analyse");

    progress.begin("computing figures", 0);
    drop_empty_months(&staging, &touched)?;
    engine.registry.save(&staging.version().themes())?;
    let known = themes::Known { registry: &engine.registry, model: &engine.model, old: old.as_ref(), touched: &touched };
    let decided = decisions::lay_over(&staging, &file_terms, &store, &options.settings, known)?;
    let decisions::Changed { rows: changed, cases, warnings: about_cases, .. } = decided;
    let actions = actions::write(&staging, old.as_ref(), &file_terms, &store)?;
    let brought = roster::bring(&staging, old.as_ref(), options, &file_terms)?;
    held.directory = roster::directory(staging.version(), options.settings.accounts.high_value)?;
    fingerprints.insert("goals", held.fingerprint());
    settings::save(&staging, &options.settings, held.text.as_deref())?;
    let room = Room { folder: &spill, budget_bytes: options.memory_bytes / 2 };
    let mut rows_changed: BTreeSet<Month> = touched.union(&changed).chain(&brought.invited).copied().collect();
    if previous.goals.as_deref() != fingerprints.get("goals").map(String::as_str) {
        // Goals are no rows: every month is held against the new ones.
        rows_changed.extend(staging.version().months(&RESPONSE)?);
    }
    let mut figures = figures::write(&staging, old.as_ref(), &rows_changed, &held, &file_terms, room)?;
    if let Some(old) = &old {
        let of_accounts: BTreeSet<Month> = cases.difference(&figures.months).copied().collect();
        figures::write_accounts(&staging, old, &of_accounts, &held, &file_terms)?;
    }
    figures.months.extend(cases);
    figures.months.extend(actions);
    figures.months.extend(brought.invited);
    figures.months.extend(brought.indicators);
    write_missing_tables(&staging, options, &file_terms)?;
    keep_equal_dimensions(&staging, old.as_ref())?;
    remove_spill(&spill)?;
    phases.end("figures");

    stop_if(cancel)?;
    let [new, replacing, unchanged, superseded, _] = decisions.counts();
    let withdrawn = decisions.dropped.values().map(|places| places.len() as u64).sum();
    let rows = RowCounts { read: n_rows, new, replacing, unchanged, superseded, rejected: n_rejected, withdrawn };
    let records = input_records(&inputs, stamps, &survey.files);
    let warnings = warnings(&records, &inputs, &tally, &rows, options);
    let mut manifest = Manifest {
        run_id: run_id.clone(),
        previous_run_id: previous.run_id,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: SCHEMA_VERSION.to_owned(),
        as_of: options.as_of.to_string(),
        rows,
        inputs: records,
        fingerprints,
        registry_version: engine.registry.version(),
        months_written: touched.union(&figures.months).map(Month::to_string).collect(),
        months_restated: match &old {
            Some(old) => old.months(&RESPONSE)?.intersection(&touched).map(Month::to_string).collect(),
            None => Vec::new(),
        },
        rows_written: rows_written.into_iter().map(|(table, n)| (table.to_owned(), n)).collect(),
        warnings: warnings.into_iter().chain(about_cases).chain(brought.warnings).chain(figures.idle_goals).collect(),
        ..Manifest::default()
    };
    tell(&mut manifest, &inputs, &tally);
    progress.begin("publishing", 0);
    phases.end("manifest");
    manifest.phase_seconds = phases.seconds.clone();
    manifest.write(&staging)?;
    stop_if(cancel)?;
    // Before the switch: a run that is killed in between leaves contact details of cases that will come, not cases without them.
    let retention = i64::from(options.settings.hotline.contact_retention_days) * 86_400_000_000;
    store.keep_contacts(&contacts, now.saturating_add(retention))?;
    let version = output.publish(staging)?;
    detections::write_down(&version, &mut store, &options.settings.handovers, now)?;
    let handed_over = handover::deliver(&mut store, &output, &options.settings, now)?;
    store.purge_contacts(now)?;
    let top_themes = top_themes(&version, &shown(&engine.registry, &store.theme_edits()?), &touched)?;
    let newest_month = version.months(&RESPONSE)?.last().copied();
    Ok(Outcome { manifest, top_themes, newest_month, warnings: handed_over })
}

struct Phases {
    seconds: BTreeMap<&'static str, f64>,
    since: Instant,
}

impl Phases {
    fn end(&mut self, phase: &'static str) {
        let now = Instant::now();
        *self.seconds.entry(phase).or_default() += crate::schema::round6((now - self.since).as_secs_f64());
        self.since = now;
    }
}

fn run_id(options: &RunOptions, fingerprints: &BTreeMap<&'static str, String>, previous: Option<&str>) -> String {
    let mut id = Fingerprint::of("run").part(previous.unwrap_or_default()).part(&options.as_of.to_string());
    for (name, value) in fingerprints {
        id = id.part(name).part(value);
    }
    let id = id.part(&format!("{:?} {:?} {}", options.source, options.month, options.replace_month)).id();
    manifest::run_id(options.as_of, &id)
}

/// What the last manifest says that this run depends on.
#[derive(Default)]
struct Previous {
    run_id: Option<String>,
    goals: Option<String>,
}

impl Previous {
    fn of(old: Option<&Version>) -> Result<Self> {
        let Some(old) = old else { return Ok(Self::default()) };
        let manifest = manifest::latest(old)?;
        let text = |value: Option<&serde_json::Value>| value.and_then(|value| value.as_str()).map(str::to_owned);
        let goals = manifest.get("fingerprints").and_then(|fingerprints| fingerprints.get("goals"));
        Ok(Self { run_id: text(manifest.get("run_id")), goals: text(goals) })
    }
}

fn remove_spill(spill: &Path) -> Result<()> {
    if spill.exists() { fs_err::remove_dir_all(spill).map_err(Error::io("cannot clear spilled keys")) } else { Ok(()) }
}

fn top_themes(version: &Version, themes: &[Shown], months: &BTreeSet<Month>) -> Result<Vec<(String, u64)>> {
    use arrow_array::{Array as _, cast::AsArray as _};
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for month in months {
        for batch in crate::sink::stream_table(version, &crate::schema::VERBATIM, Some(*month), Some(&["primary_theme_id"]))? {
            let batch = batch?;
            let ids = batch.column(0).as_string::<i32>();
            for i in (0..ids.len()).filter(|i| ids.is_valid(*i)) {
                *counts.entry(ids.value(i).to_owned()).or_default() += 1;
            }
        }
    }
    let label = |id: &str| themes.iter().find(|theme| theme.theme_id == id).map_or_else(|| id.to_owned(), |theme| theme.label.clone());
    let mut top: Vec<(String, u64)> = counts.iter().map(|(id, n)| (label(id), *n)).collect();
    top.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(top)
}

fn stop_if(cancel: &AtomicBool) -> Result<()> {
    if cancel.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
}
