//! How do the themes look when all months are fitted again?
//!
//! From the published, redacted text, month by month, as if none were known; pinned themes stay as they are. A new theme whose clauses are
//! mostly those of an old one, and the other way round, is that theme: it keeps its id and its name. The others are new, and old ones
//! without a successor are retired. A mapping old → new says how much they share. History stays as it was assigned, unless
//! it is restated: then all months are assigned again, from the published text too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, Int32Builder, StringBuilder};
use arrow_array::{Array as _, ArrayRef, RecordBatch, cast::AsArray as _};
use jiff::Timestamp;
use serde::Serialize;

use super::{Known, put};
use crate::annotate::ThemeReader;
use crate::config::Settings;
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::measure::Room;
use crate::month::Month;
use crate::runner::{Previous, decisions, detections, figures, manifest, remove_spill, roster, settings};
use crate::schema::{CLAUSE, Table, VERBATIM, round6};
use crate::sink::{DimensionWriter, FileTerms, Output, Staging, Version, stream_table};
use crate::stage::embed::Model;
use crate::store::Store;
use crate::text::{Tokens, Verbatim, WordTable};
use crate::theme::{Registry, Sampler, Seeds, text_hash};

/// What `themes refit` is asked to do.
#[derive(Clone, Debug)]
pub struct RefitOptions {
    /// The output directory.
    pub out: PathBuf,
    /// The clock.
    pub as_of: Timestamp,
    /// Whether all months are assigned again.
    pub restate: bool,
    /// Whether only to tell what would come of it.
    pub dry_run: bool,
    /// What was set; none: as in the last run.
    pub settings: Option<Settings>,
}

/// What became of an old theme, or where a new one came from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mapped {
    /// The old theme; none: the new one has none of its own.
    pub old_id: Option<String>,
    /// Its name.
    pub old_label: Option<String>,
    /// The new theme that has most of its clauses; none: most are about no theme now.
    pub new_id: Option<String>,
    /// Its name.
    pub new_label: Option<String>,
    /// Published clauses of the old theme.
    pub n_old: u64,
    /// Clauses of the new one.
    pub n_new: u64,
    /// Clauses of both.
    pub n_both: u64,
    /// Whether the new theme is the old one, with its id and name.
    pub is_same: bool,
}

/// What a refit came to.
#[derive(Clone, Debug, Serialize)]
pub struct Refit {
    /// Version of the registry before and now.
    pub versions: [i32; 2],
    /// Old → new, themes with most clauses first.
    pub mapping: Vec<Mapped>,
    /// Share of clauses about no theme, before and now.
    pub residual_share: [f64; 2],
    /// Months that were assigned again.
    pub restated: Vec<String>,
}

/// A new theme is the old one when this share of the clauses of each is the other's.
const SAME_SHARE: f64 = 0.5;
/// Texts of a month that themes are found from, as in a run.
const SAMPLE_CAPACITY: usize = 50_000;
/// For what figures must know of all rows, as in `sync`.
const MEMORY_BYTES: usize = 256 << 20;

/// Fits all months again.
///
/// Fails with [`Error::Output`] when nothing was published yet or another run is writing; readers then see what they saw before.
pub fn refit(options: &RefitOptions) -> Result<Refit> {
    let mut output = Output::open(&options.out)?;
    let Some(old) = output.version() else {
        return Err(Error::Output {
            path: options.out.clone(),
            what: "has no tables yet".to_owned(),
            hint: Some("`outspoken run` writes them, and finds the first themes".to_owned()),
        });
    };
    let mut store = Store::open(&options.out)?;
    let settings = options.settings.clone().map_or_else(|| settings::load(&old), Ok)?;
    let model = Model::of(&settings.themes, &settings.folder)?;
    let seeds = Seeds::of(&settings.themes, &settings.folder)?;
    let before = Registry::open(&old.themes())?.unwrap_or_else(|| Registry::empty(&model.fingerprint()));
    let edits = store.theme_edits()?;
    let months = old.months(&VERBATIM)?;

    let pinned = |id: &str| edits.is_pinned(id);
    let mut registry = Registry::refitted(&before, &model.fingerprint(), pinned);
    for month in &months {
        let mut sampler = Sampler::new(SAMPLE_CAPACITY);
        each_text(&old, *month, |_, text, language| {
            if settings.themes.reads(language) {
                sampler.see(text_hash(text), text);
            }
        })?;
        registry.grow_from(month.days(), &sampler.finish(), &model, &seeds, settings.themes.max)?;
    }
    let counted = count(&old, &months, &registry, &model, &settings)?;
    let mapping = carry(&before, &mut registry, &counted);
    let versions = [before.version(), registry.version()];
    let n = counted.n_clauses.max(1) as f64;
    let residual_share = [counted.n_none_before, counted.n_none_now].map(|none| round6(none as f64 / n));
    let mut refit = Refit { versions, mapping, residual_share, restated: Vec::new() };
    if options.dry_run {
        return Ok(refit);
    }

    let mut held = settings::Held::kept(&old, &settings)?;
    held.directory = roster::directory(&old, settings.accounts.high_value)?;
    let previous = Previous::of(Some(&old))?;
    let hash = Fingerprint::of("refit").part(previous.run_id.as_deref().unwrap_or_default()).part(&options.as_of.to_string()).id();
    let run_id = manifest::run_id(options.as_of, &hash);
    let terms = FileTerms { compression: settings.output.compression, run_id: run_id.clone() };
    let staging = output.stage()?;
    staging.keep_folder(&old, old.folder())?;
    let themes = staging.version().themes();
    for file in ["registry.json", "words.json", "residual.jsonl"] {
        super::remove(&themes.join(file))?;
    }
    registry.save(&themes)?;
    put(&themes.join(format!("refit-{}.json", registry.version())), &refit)?;
    let mut rows = BTreeSet::new();
    if options.restate {
        for month in &months {
            restate(&staging, &terms, *month, &registry, &model, &settings)?;
            rows.insert(*month);
        }
        refit.restated = months.iter().map(Month::to_string).collect();
    }
    let known = Known { registry: &registry, model: &model, old: Some(&old), touched: &rows };
    let changed = decisions::lay_over(&staging, &terms, &store, &settings, known)?;
    rows.extend(changed.rows);
    let mut written = rows.clone();
    if !rows.is_empty() {
        let spill = staging.version().folder().join("spill");
        let room = Room { folder: &spill, budget_bytes: MEMORY_BYTES };
        written.extend(figures::write(&staging, Some(&old), &rows, &held, &terms, room)?.months);
        remove_spill(&spill)?;
    }
    manifest::write_synced(&staging, &old, &run_id, options.as_of, &written, &held.fingerprint())?;
    let version = output.publish(staging)?;
    detections::write_down(&version, &mut store, &settings.handovers, options.as_of.as_microsecond())?;
    Ok(refit)
}

/// Calls `see` with id, text and language of each published verbatim of a month.
fn each_text(version: &Version, month: Month, mut see: impl FnMut(&str, &str, &str)) -> Result<()> {
    for batch in stream_table(version, &VERBATIM, Some(month), Some(&["verbatim_id", "text", "language"]))? {
        let batch = batch?;
        let column = |name: &str| batch.column_by_name(name).expect("a column of verbatim").as_string::<i32>();
        let (ids, texts, languages) = (column("verbatim_id"), column("text"), column("language"));
        for i in 0..batch.num_rows() {
            see(ids.value(i), texts.value(i), if languages.is_valid(i) { languages.value(i) } else { "und" });
        }
    }
    Ok(())
}

/// What a verbatim is about by a registry: its clauses' themes with similarities, and its own.
type About = (Vec<Option<(usize, f32, bool)>>, Option<usize>);

struct Reader<'e> {
    themes: ThemeReader<'e>,
    tokens: Tokens,
    table: WordTable,
    settings: &'e Settings,
}

impl<'e> Reader<'e> {
    fn new(registry: &'e Registry, model: &'e Model, settings: &'e Settings) -> Self {
        Self { themes: ThemeReader::new(model, registry), tokens: Tokens::default(), table: WordTable::default(), settings }
    }

    fn read(&mut self, text: &str, language: &str) -> About {
        self.tokens.cut(text, &mut self.table);
        let verbatim = Verbatim { text, words: &self.tokens.words, clauses: &self.tokens.clauses, table: &self.table, language: "und" };
        if self.settings.themes.reads(language) {
            self.themes.read(&verbatim);
        } else {
            self.themes.pass(&verbatim);
        }
        let clauses = self.themes.themes().iter().map(|near| near.map(|near| (near.theme, near.similarity, near.is_near)));
        (clauses.collect(), self.themes.primary())
    }
}

#[derive(Default)]
struct Counted {
    both: BTreeMap<(String, usize), u64>,
    old: BTreeMap<String, u64>,
    new: BTreeMap<usize, u64>,
    n_clauses: u64,
    n_none_before: u64,
    n_none_now: u64,
}

/// How many published clauses each old and each new theme have, and have together.
fn count(version: &Version, months: &BTreeSet<Month>, registry: &Registry, model: &Model, settings: &Settings) -> Result<Counted> {
    let mut counted = Counted::default();
    let mut reader = Reader::new(registry, model, settings);
    for month in months {
        let mut now: BTreeMap<String, Vec<Option<usize>>> = BTreeMap::new();
        each_text(version, *month, |id, text, language| {
            let (clauses, _) = reader.read(text, language);
            let near = clauses.into_iter().map(|near| near.filter(|(.., is_near)| *is_near).map(|(theme, ..)| theme));
            now.insert(id.to_owned(), near.collect());
        })?;
        for batch in stream_table(version, &CLAUSE, Some(*month), None)? {
            let batch = batch?;
            let column = |name: &str| batch.column_by_name(name).expect("a column of clause").as_string::<i32>();
            let (ids, themes, found) = (column("verbatim_id"), column("theme_id"), column("found_theme_id"));
            let places = batch.column_by_name("clause").expect("a column of clause").as_primitive::<arrow_array::types::Int32Type>();
            for i in 0..batch.num_rows() {
                let old = [found, themes].into_iter().find(|column| column.is_valid(i)).map(|column| column.value(i));
                let new = now.get(ids.value(i)).and_then(|clauses| *clauses.get(places.value(i) as usize)?);
                counted.n_clauses += 1;
                counted.n_none_before += u64::from(old.is_none());
                counted.n_none_now += u64::from(new.is_none());
                old.into_iter().for_each(|old| *counted.old.entry(old.to_owned()).or_default() += 1);
                new.into_iter().for_each(|new| *counted.new.entry(new).or_default() += 1);
                if let (Some(old), Some(new)) = (old, new) {
                    *counted.both.entry((old.to_owned(), new)).or_default() += 1;
                }
            }
        }
    }
    Ok(counted)
}

/// Gives new themes that are old ones their ids and names, keeps the other old ones as retired, and tells the mapping.
fn carry(before: &Registry, registry: &mut Registry, counted: &Counted) -> Vec<Mapped> {
    let share = |n: u64, of: u64| if of == 0 { 0.0 } else { n as f64 / of as f64 };
    let mut mapping = Vec::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut same: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, theme) in before.themes().iter().enumerate() {
        let n_old = counted.old.get(&theme.id).copied().unwrap_or(0);
        let of_it = counted.both.iter().filter(|((old, _), _)| *old == theme.id).map(|((_, new), n)| (*new, *n));
        let best = of_it.reduce(|best, next| if next.1 > best.1 { next } else { best });
        // A guided theme that nobody met, or a wider one, is known by its name.
        let by_name = || {
            let is_it = |new: &crate::theme::Theme| new.label == theme.label && new.origin == theme.origin && new.level == theme.level;
            registry.themes().iter().position(is_it).map(|new| (new, 0))
        };
        let kept = registry.themes().iter().position(|new| new.id == theme.id).map(|new| (new, 0));
        let best = kept.or(best).or_else(by_name);
        let Some((new, n_both)) = best else {
            mapping.push(Mapped {
                old_id: Some(theme.id.clone()),
                old_label: Some(theme.label.clone()),
                new_id: None,
                new_label: None,
                n_old,
                n_new: 0,
                n_both: 0,
                is_same: false,
            });
            continue;
        };
        let n_new = counted.new.get(&new).copied().unwrap_or(0);
        let n_both = counted.both.get(&(theme.id.clone(), new)).copied().unwrap_or(n_both);
        let mutual = share(n_both, n_old) >= SAME_SHARE && share(n_both, n_new) >= SAME_SHARE;
        let seed = registry.themes()[new].label == theme.label && registry.themes()[new].origin == theme.origin;
        let is_same = (kept.is_some() || mutual || seed) && taken.insert(new);
        if is_same {
            same.insert(new, at);
        }
        let (old_label, new_label) = (theme.label.clone(), registry.themes()[new].label.clone());
        let new_label = if is_same { old_label.clone() } else { new_label };
        let new_id = if is_same { theme.id.clone() } else { registry.themes()[new].id.clone() };
        let [old_id, old_label] = [&theme.id, &old_label].map(|text| Some(text.clone()));
        mapping.push(Mapped { old_id, old_label, new_id: Some(new_id), new_label: Some(new_label), n_old, n_new, n_both, is_same });
    }
    registry.continue_from(before, &same);
    for (at, theme) in registry.themes().iter().enumerate() {
        let (Some(n_new), false) = (counted.new.get(&at).copied(), same.contains_key(&at)) else { continue };
        let [new_id, new_label] = [&theme.id, &theme.label].map(|text| Some(text.clone()));
        mapping.push(Mapped { old_id: None, old_label: None, new_id, new_label, n_old: 0, n_new, n_both: 0, is_same: false });
    }
    mapping.sort_by(|a, b| b.n_old.max(b.n_new).cmp(&a.n_old.max(a.n_new)).then_with(|| a.old_label.cmp(&b.old_label)));
    mapping
}

/// Assigns the clauses and verbatims of a month again.
fn restate(staging: &Staging, terms: &FileTerms, month: Month, registry: &Registry, model: &Model, settings: &Settings) -> Result<()> {
    let mut reader = Reader::new(registry, model, settings);
    let mut about: BTreeMap<String, About> = BTreeMap::new();
    each_text(staging.version(), month, |id, text, language| {
        about.insert(id.to_owned(), reader.read(text, language));
    })?;
    let id_of = |theme: usize| registry.themes()[theme].id.as_str();
    again(staging, terms, &CLAUSE, month, |batch| {
        let ids = batch.column_by_name("verbatim_id").expect("a column of clause").as_string::<i32>();
        let places = batch.column_by_name("clause").expect("a column of clause").as_primitive::<arrow_array::types::Int32Type>();
        let (mut themes, mut similarities) = (StringBuilder::new(), Float64Builder::new());
        for i in 0..batch.num_rows() {
            let near = about.get(ids.value(i)).and_then(|(clauses, _)| *clauses.get(places.value(i) as usize)?);
            themes.append_option(near.filter(|(.., is_near)| *is_near).map(|(theme, ..)| id_of(theme)));
            similarities.append_option(near.map(|(_, similarity, _)| round6(f64::from(similarity))));
        }
        vec![("theme_id", Arc::new(themes.finish()) as ArrayRef), ("theme_similarity", Arc::new(similarities.finish()))]
    })?;
    again(staging, terms, &VERBATIM, month, |batch| {
        let ids = batch.column_by_name("verbatim_id").expect("a column of verbatim").as_string::<i32>();
        let (mut themes, mut versions) = (StringBuilder::new(), Int32Builder::new());
        for i in 0..batch.num_rows() {
            themes.append_option(about.get(ids.value(i)).and_then(|(_, primary)| *primary).map(id_of));
            versions.append_value(registry.version());
        }
        vec![("primary_theme_id", Arc::new(themes.finish()) as ArrayRef), ("registry_version", Arc::new(versions.finish()))]
    })
}

/// Writes a month of a table again with some columns others; what people changed is laid over it afterwards.
fn again(
    staging: &Staging,
    terms: &FileTerms,
    table: &'static Table,
    month: Month,
    columns: impl Fn(&RecordBatch) -> Vec<(&'static str, ArrayRef)>,
) -> Result<()> {
    let path = staging.version().month_file(table, month);
    let next = path.with_extension("next");
    let mut file = DimensionWriter::open(table, &next, terms)?;
    for batch in stream_table(staging.version(), table, Some(month), None)? {
        let batch = batch?;
        let mut all = batch.columns().to_vec();
        for (name, column) in columns(&batch) {
            all[table.index_of(name).expect("a column of the table")] = column;
        }
        let none = arrow_array::new_null_array(&arrow_schema::DataType::Utf8, batch.num_rows());
        all[table.index_of("found_theme_id").expect("a column of the table")] = none;
        file.write(&RecordBatch::try_new(batch.schema(), all).expect("columns were replaced by those of their types"))?;
    }
    file.finish()?;
    fs_err::rename(&next, &path).map_err(Error::io("cannot write a table"))
}
