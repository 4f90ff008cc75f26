//! How is the whole job done?
//!
//! Two passes over the input. The first (`survey`) places and keys every row and samples the verbatims of months that the
//! theme registry does not know; then rows are decided on and the registry grows, oldest month first. The second
//! (`write`) analyses the rows that are to be written and fills the partitions of the months that they touch. Then cases
//! get their clocks, themes their months, figures are computed from the staged tables, and one rename publishes all.

mod actions;
mod decisions;
mod duplicates;
mod figures;
pub mod flow;
mod gather;
mod handover;
mod inputs;
pub mod keys;
mod manifest;
mod overlay;
mod progress;
mod rejects;
mod replay;
mod settings;
mod survey;
mod sync;
mod themes;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use jiff::Timestamp;

pub use inputs::{BoundFile, Inputs, resolve};
pub use manifest::{InputRecord, Manifest, RowCounts, VerbatimCounts};
pub use progress::{Progress, Standing};
pub(crate) use settings::load as settings_of;
pub use sync::{SyncOptions, SyncOutcome, sync};
pub use themes::{Change, Effect, ListedTheme, Mapped, Refit, RefitOptions, ThemeDesk, ThemeDetail, refit};

use crate::annotate::{Engine, Tally};
use crate::config::{Role, Settings, SourceSettings};
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::measure::Room;
use crate::month::Month;
use crate::redact::Redactor;
use crate::response::Terms;
use crate::schema::{Layout, REJECT, RESPONSE, Rows, SCHEMA_VERSION, TABLES, THEME};
use crate::sink::{FileTerms, Output, PartitionSettings, Partitions, Staging, Version, row_tables, write_file};
use crate::source::{self, InputFile};
use crate::stage::embed::Model;
use crate::stage::hotline::Rules;
use crate::stage::sentiment::Lexicons;
use crate::store::Store;
use crate::theme::{Registry, Seeds, Shown, shown};

/// Goes up when the same row would be given other values than before, so that a dump that is run again is written again.
const ANALYSIS_VERSION: &str = "1";

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Files, directories, globs, or `-` for standard input.
    pub inputs: Vec<String>,
    /// The output directory.
    pub out: PathBuf,
    /// What was set.
    pub settings: Settings,
    /// The source that takes every file.
    pub source: Option<String>,
    /// The month of rows whose date is missing or cannot be read.
    pub month: Option<Month>,
    /// Whether published rows of the sources and months of the input go unless the input has them.
    pub replace_month: bool,
    /// Share of rejected rows above which nothing is published; none: no limit.
    pub max_reject_share: Option<f64>,
    /// What happens above it.
    pub too_many_rejects: TooManyRejects,
    /// The clock of the run.
    pub as_of: Timestamp,
    /// Worker threads; never changes results.
    pub n_threads: usize,
    /// Rows of a batch; never changes results.
    pub batch_rows: usize,
    /// Memory for what must be known of all rows, and as much again for open row groups. Bytes.
    pub memory_bytes: usize,
}

impl RunOptions {
    /// A run over `inputs` into `out` with all defaults.
    pub fn new(inputs: Vec<String>, out: PathBuf) -> Self {
        Self {
            inputs,
            out,
            settings: Settings::default(),
            source: None,
            month: None,
            replace_month: false,
            max_reject_share: None,
            too_many_rejects: TooManyRejects::default(),
            as_of: Timestamp::now(),
            n_threads: std::thread::available_parallelism().map_or(1, usize::from),
            batch_rows: 8192,
            memory_bytes: 512 << 20,
        }
    }
}

impl RunOptions {
    /// What columns are found with; keys of rows need [`Knowledge::terms`].
    pub fn look(&self) -> Terms {
        Terms { month: self.month, as_of: self.as_of.as_microsecond(), salt: 0 }
    }
}

/// What happens when more rows are rejected than `--max-reject-share` allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TooManyRejects {
    /// Nothing is published.
    #[default]
    Stop,
    /// The rows that can be read are published, and a warning says so.
    Publish,
}

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

/// What rules, lexicons and model say before any row is read.
pub struct Knowledge {
    pub(crate) rules: Rules,
    pub(crate) lexicons: Lexicons,
    pub(crate) model: Model,
    seeds: Seeds,
    pub(crate) redactor: Redactor,
    fingerprints: BTreeMap<&'static str, String>,
    salt: u128,
}

impl Knowledge {
    /// Loads and compiles what the settings name; shipped data where they name nothing.
    pub fn load(settings: &Settings) -> Result<Self> {
        let read = |names: &[String]| -> Result<Vec<(String, String)>> {
            let read = |name: &String| {
                Ok((
                    name.clone(),
                    fs_err::read_to_string(settings.folder.join(name)).map_err(Error::io("cannot read a file that the settings name"))?,
                ))
            };
            names.iter().map(read).collect()
        };
        let rules = match &settings.hotline.rules {
            Some(files) => crate::rules::load(files, &settings.folder)?,
            None => Rules::shipped()?,
        };
        let lexicons = Lexicons::with(&read(&settings.sentiment.lexicons)?, &settings.language.default)?;
        let model = Model::of(&settings.themes, &settings.folder)?;
        let seeds = Seeds::of(&settings.themes, &settings.folder)?;
        let redactor = Redactor::new(&settings.privacy)?;
        let json = |value: &dyn erased::Json| Fingerprint::of("settings").part(&value.json()).id();
        let fingerprints = BTreeMap::from([
            ("analysis", ANALYSIS_VERSION.to_owned()),
            ("settings", json(settings)),
            ("privacy", json(&settings.privacy)),
            ("language", json(&settings.language)),
            ("hotline", json(&settings.hotline.of_rows())),
            ("rules", rules.fingerprint()),
            ("lexicons", lexicons.fingerprint()),
            ("model", model.fingerprint()),
        ]);
        let mut salt = Fingerprint::of("salt");
        for (name, value) in fingerprints.iter().filter(|(name, _)| **name != "settings") {
            salt = salt.part(name).part(value);
        }
        Ok(Self { rules, lexicons, model, seeds, redactor, fingerprints, salt: salt.finish() })
    }

    /// What a binding needs of it.
    pub fn terms(&self, options: &RunOptions) -> Terms {
        Terms { salt: self.salt, ..options.look() }
    }

    /// The themes of a version, an empty registry where there are none.
    ///
    /// Fails with [`Error::Output`] when they were made with another embedding model.
    pub fn registry(&self, version: Option<&Version>) -> Result<Registry> {
        open_registry(version, self)
    }

    /// HOTLINE rules in force.
    pub fn n_rules(&self) -> usize {
        self.rules.rules().len()
    }

    /// The redactor that the settings ask for.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}

mod erased {
    //! One call for settings of several types.
    pub(super) trait Json {
        fn json(&self) -> String;
    }
    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> String {
            serde_json::to_string(self).expect("settings are maps of text and numbers")
        }
    }
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
    let (files, skipped) = with_stdin(listing, options, &staging, &knowledge)?;
    let mut inputs = resolve(files, &options.settings, options.source.as_deref(), knowledge.terms(options))?;
    inputs.skipped.extend(skipped);
    let stamps = stamps(&inputs)?;
    let mut registry = open_registry(old.as_ref(), &knowledge)?;
    let mut store = Store::open(&options.out)?;
    replay::replay(old.as_ref(), &mut store)?;
    let previous = Previous::of(old.as_ref())?;
    let (goals, goals_text) = settings::goals(&options.settings)?;
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
    fingerprints.insert("goals", goals.fingerprint());
    fingerprints
        .insert("input", Fingerprint::of("input").part(&stamps.iter().map(|s| s.fingerprint.as_str()).collect::<Vec<_>>().join(",")).id());
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
    let partitions = Partitions::new(PartitionSettings {
        folder: staging.version().tables(),
        terms: file_terms.clone(),
        budget_bytes: options.memory_bytes / 2,
        n_months: touched.len(),
        n_writers: options.n_threads.div_ceil(2),
    });
    let writing = write::Writing {
        inputs: &inputs,
        engine: &engine,
        decisions: &decisions,
        touched: &touched,
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
    let decisions::Changed { rows: changed, cases, detected, warnings: about_cases, .. } = decided;
    let actions = actions::write(&staging, old.as_ref(), &file_terms, &store)?;
    settings::save(&staging, &options.settings, goals_text.as_deref())?;
    let room = Room { folder: &spill, budget_bytes: options.memory_bytes / 2 };
    let mut rows_changed: BTreeSet<Month> = touched.union(&changed).copied().collect();
    if previous.goals.as_deref() != fingerprints.get("goals").map(String::as_str) {
        // Goals are no rows: every month is held against the new ones.
        rows_changed.extend(staging.version().months(&RESPONSE)?);
    }
    let mut figures = figures::write(&staging, old.as_ref(), &rows_changed, &goals, &file_terms, room)?;
    if let Some(old) = &old {
        let of_accounts: BTreeSet<Month> = cases.difference(&figures.months).copied().collect();
        figures::write_accounts(&staging, old, &of_accounts, &file_terms)?;
    }
    figures.months.extend(cases);
    figures.months.extend(actions);
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
        rows_written: rows_written.into_iter().map(|(table, n)| (table.to_owned(), n)).collect(),
        warnings: warnings.into_iter().chain(about_cases).chain(figures.idle_goals).collect(),
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
    store.keep_contacts(&contacts, options.as_of.as_microsecond().saturating_add(retention))?;
    let version = output.publish(staging)?;
    let now = options.as_of.as_microsecond();
    let handed_over = handover::hand_over(&mut store, &output, &options.settings, &detected, now)?;
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

/// The files that the options name; standard input is not among them.
pub fn list(options: &RunOptions) -> Result<source::Listing> {
    let named: Vec<String> = options.inputs.iter().filter(|name| *name != "-").cloned().collect();
    if named.is_empty() && !options.inputs.is_empty() {
        return Ok(source::Listing { files: Vec::new(), skipped: Vec::new() });
    }
    source::list(&named)
}

type Files = (Vec<InputFile>, Vec<(PathBuf, String)>);

/// Standard input is read twice like any file: it is spooled, redacted, into the version under construction.
fn with_stdin(listing: source::Listing, options: &RunOptions, staging: &Staging, knowledge: &Knowledge) -> Result<Files> {
    let source::Listing { mut files, skipped } = listing;
    if options.inputs.iter().any(|name| name == "-") {
        let folder = staging.version().folder().join("spill");
        fs_err::create_dir_all(&folder).map_err(Error::io("cannot spool standard input"))?;
        let mut redact = |column: &str, text: &str, out: &mut String| {
            if is_key(column, &options.settings) {
                out.push_str(text);
            } else {
                knowledge.redactor.redact(text, out);
            }
        };
        files.push(source::spool_stdin(Box::new(std::io::stdin()), &folder, &mut redact)?);
    }
    Ok((files, skipped))
}

/// Whether a column holds keys, which a placeholder would make equal: those that the settings name for anything but text, and
/// without settings those that are called so.
fn is_key(column: &str, settings: &Settings) -> bool {
    if settings.sources.iter().any(SourceSettings::names_columns) {
        return settings
            .sources
            .iter()
            .flat_map(SourceSettings::fields)
            .any(|(role, name)| role != Role::HotlineNote && name == Some(column));
    }
    const KEYS: [&str; 12] = ["id", "no", "nr", "number", "key", "ref", "case", "ticket", "account", "acct", "contact", "customer"];
    let words = crate::response::measure_name(column);
    words.split('_').any(|word| KEYS.contains(&word)) || words.ends_with("id")
}

/// What a file was like before it was read.
struct Stamp {
    fingerprint: String,
    modified: Option<std::time::SystemTime>,
    record: InputRecord,
}

fn stamps(inputs: &Inputs) -> Result<Vec<Stamp>> {
    let stamp = |file: &BoundFile| {
        let fingerprint = fingerprint_of_file(&file.shape.path)?;
        let notes = file.shape.notes.iter().chain(&file.binding.notes).cloned().collect();
        let record = InputRecord {
            name: file.shape.name.clone(),
            source: file.binding.source.name.clone(),
            bytes: file.shape.size_bytes,
            fingerprint: fingerprint.clone(),
            notes,
            ..InputRecord::default()
        };
        Ok(Stamp { fingerprint, modified: modified(&file.shape.path)?, record })
    };
    inputs.files.iter().map(stamp).collect()
}

fn modified(path: &Path) -> Result<Option<std::time::SystemTime>> {
    Ok(fs_err::metadata(path).map_err(Error::io("cannot read the input"))?.modified().ok())
}

/// XXH3 of a file's bytes, as manifests hold it.
pub fn fingerprint_of_file(path: &Path) -> Result<String> {
    let mut file = fs_err::File::open(path).map_err(Error::io("cannot read the input"))?;
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = file.read(&mut buffer).map_err(Error::io("cannot read the input"))?;
        if n == 0 {
            return Ok(crate::identity::base32(hash.digest128()));
        }
        hash.update(buffer.get(..n).unwrap_or_default());
    }
}

/// A file that changed between the passes would give rows that were never decided on.
fn unchanged_since(inputs: &Inputs, stamps: &[Stamp]) -> Result<()> {
    for (file, stamp) in inputs.files.iter().zip(stamps) {
        let metadata = fs_err::metadata(&file.shape.path).map_err(Error::io("cannot read the input"))?;
        if metadata.len() != stamp.record.bytes || metadata.modified().ok() != stamp.modified {
            return Err(Error::Input {
                path: file.shape.path.clone(),
                what: "the file changed while it was read".to_owned(),
                found: None,
                hint: Some("run again when it is complete".to_owned()),
            });
        }
    }
    Ok(())
}

fn open_registry(old: Option<&Version>, knowledge: &Knowledge) -> Result<Registry> {
    let fingerprint = knowledge.model.fingerprint();
    let Some(registry) = old.map_or(Ok(None), |old| Registry::open(&old.themes()))? else { return Ok(Registry::empty(&fingerprint)) };
    if registry.model() == fingerprint {
        return Ok(registry);
    }
    Err(Error::Output {
        path: old.map(Version::themes).unwrap_or_default(),
        what: "the themes were made with another embedding model".to_owned(),
        hint: Some("use the model that they were made with (`[themes] model`), or another output directory".to_owned()),
    })
}

fn check_rejects(options: &RunOptions, n_rejected: u64, n_rows: u64) -> Result<()> {
    match (rejects_over(options, n_rejected, n_rows), options.too_many_rejects) {
        (Some(_), TooManyRejects::Stop) => Err(Error::Limit {
            what: format!("{n_rejected} of {n_rows} rows rejected ({:.1} %)", 100.0 * n_rejected as f64 / n_rows as f64),
            limit: format!("--max-reject-share {}", options.max_reject_share.unwrap_or_default()),
            hint: Some("look at the reasons in tables/reject of a run into another directory with --too-many-rejects publish".to_owned()),
        }),
        _ => Ok(()),
    }
}

/// What is said when more rows are rejected than the options allow.
fn rejects_over(options: &RunOptions, n_rejected: u64, n_rows: u64) -> Option<String> {
    let max = options.max_reject_share?;
    let share = n_rejected as f64 / n_rows.max(1) as f64;
    (share > max).then(|| format!("{n_rejected} of {n_rows} rows rejected ({:.1} %), over --max-reject-share {max}", 100.0 * share))
}

/// More months than these in one run are a date column gone wrong: dates reach from 1970 to a year ahead of the clock.
const MAX_MONTHS: usize = 600;

fn check_months(touched: &BTreeSet<Month>) -> Result<()> {
    if touched.len() <= MAX_MONTHS {
        return Ok(());
    }
    let span = touched.first().zip(touched.last()).map_or_else(String::new, |(first, last)| format!(", {first} to {last}"));
    Err(Error::Limit {
        what: format!("{} months with rows in one run{span},", touched.len()),
        limit: format!("{MAX_MONTHS} months"),
        hint: Some("is that the column that gives the month? If it is, run some of the years at a time".to_owned()),
    })
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

/// A month whose rows all left has no partition.
fn drop_empty_months(staging: &Staging, touched: &BTreeSet<Month>) -> Result<()> {
    for month in touched {
        let path = staging.version().month_file(&RESPONSE, *month);
        if path.exists() && is_empty(&path)? {
            for table in row_tables() {
                let folder = staging.version().month_file(table, *month);
                fs_err::remove_dir_all(folder.parent().expect("partitions lie in folders")).map_err(Error::io("cannot clear a month"))?;
            }
            fs_err::remove_file(staging.version().keys_file(*month)).or_else(missing_is_fine).map_err(Error::io("cannot clear a month"))?;
        }
    }
    Ok(())
}

fn missing_is_fine(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn is_empty(path: &Path) -> Result<bool> {
    let file = fs_err::File::open(path).map_err(Error::io("cannot read a table"))?;
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file.into_file()).map_err(Error::parquet(path))?;
    Ok(reader.metadata().file_metadata().num_rows() == 0)
}

/// A table without rows is an empty file under the run's month, so that every reader finds every table.
fn write_missing_tables(staging: &Staging, options: &RunOptions, terms: &FileTerms) -> Result<()> {
    for table in TABLES {
        let path = match table.layout {
            Layout::Month if staging.version().months(table)?.is_empty() => {
                let month = staging.version().months(&RESPONSE)?.last().copied().or(options.month);
                let today = options.as_of.to_zoned(jiff::tz::TimeZone::UTC);
                staging.version().month_file(table, month.unwrap_or_else(|| Month::new(today.year(), today.month())))
            }
            Layout::Dimension if !staging.version().dimension_file(table).exists() => staging.version().dimension_file(table),
            _ => continue,
        };
        write_file(table, &Rows::new(table).finish(), &path, terms)?;
    }
    Ok(())
}

/// Dimensions that came out as they were keep their file.
fn keep_equal_dimensions(staging: &Staging, old: Option<&Version>) -> Result<()> {
    let Some(old) = old else { return Ok(()) };
    for table in [&THEME, &REJECT] {
        let before = crate::sink::read_table(old, table, None, None)?;
        let after = crate::sink::read_table(staging.version(), table, None, None)?;
        if before == after {
            staging.keep(old, &old.dimension_file(table))?;
        }
    }
    Ok(())
}

fn remove_spill(spill: &Path) -> Result<()> {
    if spill.exists() { fs_err::remove_dir_all(spill).map_err(Error::io("cannot clear spilled keys")) } else { Ok(()) }
}

/// What was read, with what the readers mended and passed over.
fn input_records(inputs: &Inputs, stamps: Vec<Stamp>, files: &[survey::FileCounts]) -> Vec<InputRecord> {
    let place = |file: &BoundFile, repair: &source::Repair| {
        let at = if repair.line > 0 { format!("line {}", repair.line) } else { format!("row {}", repair.row) };
        let column = repair.column.and_then(|column| file.binding.names.get(column));
        column.map_or_else(|| at.clone(), |column| format!("{at}, column {column}"))
    };
    let record = |((stamp, file), counts): ((Stamp, &BoundFile), &survey::FileCounts)| InputRecord {
        rows: counts.n_rows,
        repaired: counts.n_repaired,
        repaired_at: counts.repairs.iter().map(|repair| place(file, repair)).collect(),
        unknown_values: counts.n_unknown,
        ..stamp.record
    };
    stamps.into_iter().zip(&inputs.files).zip(files).map(record).collect()
}

fn warnings(inputs: &[InputRecord], bound: &Inputs, tally: &Tally, rows: &RowCounts, options: &RunOptions) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(gate) = rejects_over(options, rows.rejected, rows.read) {
        warnings.push(gate);
    }
    for file in inputs {
        if file.repaired > 0 {
            let more = if file.repaired > file.repaired_at.len() as u64 { " …" } else { "" };
            warnings.push(format!(
                "{}: {} cells with bytes that are not UTF-8 were read as Windows-1252, at {}{more}",
                file.name,
                file.repaired,
                file.repaired_at.join("; ")
            ));
        }
        if file.unknown_values > 0 {
            warnings.push(format!(
                "{}: {} values were left out: their keys do not occur in the first thousand rows",
                file.name, file.unknown_values
            ));
        }
    }
    if rows.rejected > 0 {
        warnings.push(format!("{} rows could not be used: tables/reject says which and why", rows.rejected));
    }
    for (measure, n) in &tally.n_out_of_scale {
        let scale = bound.files.iter().flat_map(|f| &f.binding.scores).find(|s| s.measure == *measure);
        let scale = scale.map_or_else(String::new, |s| format!(" {}", s.scale_text()));
        warnings.push(format!("{n} answers to `{measure}` are not on its scale{scale} and were left out"));
    }
    for (path, why) in &bound.skipped {
        warnings.push(format!("`{}` was left out: {why}", path.display()));
    }
    warnings
}

fn tell(manifest: &mut Manifest, inputs: &Inputs, tally: &Tally) {
    manifest.verbatims = VerbatimCounts {
        verbatims: tally.n_verbatims,
        text_bytes: tally.n_text_bytes,
        redactions: tally.n_redactions,
        entities: tally.n_entities,
        mojibake: tally.n_mojibake,
        mended_at: tally.mended.iter().map(|(file, row)| format!("{}:{row}", inputs.files[*file].shape.name)).collect(),
        clauses: tally.n_clauses,
        residual_share: (tally.n_clauses > 0).then(|| crate::schema::round6(tally.n_residual as f64 / tally.n_clauses as f64)),
    };
    manifest.hotlines = tally.n_cases.clone();
    manifest.partner_flags = [tally.n_partner_flags, tally.n_partner_flags_found];
    manifest.stage_seconds = tally.times.0.iter().map(|(stage, time)| (*stage, crate::schema::round6(time.as_secs_f64()))).collect();
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
