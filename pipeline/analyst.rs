//! What do all stages say of rows that are in memory already?
//!
//! For bindings: Arrow batches come in, the rows of the row tables go out, by the very function that a run's workers call. What
//! belongs to a run and not to a row is left to whoever has all rows: `duplicate_of`, which of two rows with one id holds, links between
//! cases, and what people decided. For engines that work on partitions there are the two halves of finding themes:
//! [`Analyst::sample`] where the rows are, [`Analyst::grow`] where the samples meet.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::RecordBatch;
use jiff::Timestamp;

use crate::annotate::{Annotator, Engine};
use crate::config::{Role, Settings, SourceSettings};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::response::{Binding, Terms, bind, cell};
use crate::runner::flow::ordered;
use crate::runner::inputs::block_of;
use crate::runner::keys::Decision;
use crate::runner::rejects::write_row;
use crate::runner::survey::{SAMPLE_CAPACITY, legible};
use crate::runner::{Knowledge, rows_of_registry};
use crate::schema::{REJECT, Rows, TABLES, Table};
use crate::sink::{Version, row_tables};
use crate::source::{self, RawBatch, Reject, Shape, roles};
use crate::theme::{Registry, SampleText, Sampler, Seeds};

/// Whether the rows at hand are all there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of them: what is not set is found from names and content, as a run does.
    Whole,
    /// A part of more: nothing is found from the rows, because other parts could lead elsewhere.
    Part,
}

/// What an analyst is told besides the settings.
#[derive(Clone, Debug, Default)]
pub struct Brief {
    /// The source that the rows belong to; none: the only one of the settings.
    pub source: Option<String>,
    /// The month of rows whose date is missing or cannot be read.
    pub month: Option<Month>,
    /// The clock: from it follows which rows are too old for a HOTLINE, and `detected_at`. None: now.
    pub as_of: Option<Timestamp>,
}

/// Analyses rows in memory.
#[derive(Debug)]
pub struct Analyst {
    engine: Engine,
    seeds: Seeds,
    source: SourceSettings,
    terms: Terms,
}

/// The rows of each table.
pub type Tables = Vec<(&'static Table, Vec<RecordBatch>)>;

/// The tables that an analyst gives: the row tables and `reject`.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    TABLES.iter().copied().filter(|table| table.name == REJECT.name || row_tables().any(|row| row.name == table.name))
}

impl Analyst {
    /// Loads and compiles what the settings name. `registry`: an output directory or a folder with a theme registry; none: no themes.
    ///
    /// Fails with [`Error::Setting`] when the source is not settled, and with what loading rules, lexicons, model and registry fails with.
    pub fn load(settings: &Settings, registry: Option<&Path>, brief: &Brief) -> Result<Self> {
        let source = source_of(settings, brief.source.as_deref())?;
        let knowledge = Knowledge::load(settings)?;
        let registry = match registry {
            Some(folder) => open(folder, &knowledge)?,
            None => Registry::empty(&knowledge.model.fingerprint()),
        };
        let as_of = brief.as_of.unwrap_or_else(Timestamp::now).as_microsecond();
        let Knowledge { rules, lexicons, model, seeds, redactor, .. } = knowledge;
        let engine = Engine { settings: settings.clone(), rules, lexicons, model, registry, redactor, as_of };
        Ok(Self { engine, seeds, source, terms: Terms { month: brief.month, as_of, salt: 0 } })
    }

    /// The source that rows are taken to belong to; its columns are named where the settings name them.
    pub fn source(&self) -> &SourceSettings {
        &self.source
    }

    /// Version of the theme registry; 0: no themes.
    pub fn registry_version(&self) -> i32 {
        self.engine.registry.version()
    }

    /// Analyses rows; tables come in the order of [`tables`], rows by month and within it in the order of the input, as in the published tables.
    ///
    /// `name` stands for the rows in messages. Fails with [`Error::MissingColumn`] and what binding columns fails with, and with
    /// [`Error::Input`] when the rows are a part of more and something would have to be found from them.
    pub fn annotate(&self, name: &str, batches: Vec<RecordBatch>, extent: Extent, n_threads: usize, cancel: &AtomicBool) -> Result<Tables> {
        let (shape, binding) = self.bind(name, batches, extent)?;
        let mut reader = source::open(&shape, &binding.projection)?;
        let mut keys = Keys::new(&binding);
        let mut rejects = Rows::new(&REJECT);
        let mut buffers = (String::new(), String::new());
        let mut found: BTreeMap<(&'static str, Month), Vec<RecordBatch>> = BTreeMap::new();
        ordered(
            n_threads.max(1),
            cancel,
            || Ok(reader.next_batch(BATCH_ROWS)?.map(|raw| keys.decide(raw))),
            || {
                let mut worker = Annotator::new(&self.engine);
                let binding = &binding;
                move |(raw, decisions, refused): Job| Ok((worker.annotate(binding, &raw, &decisions, "")?, refused))
            },
            |(annotated, refused)| {
                for (month, rows) in annotated.months {
                    for (table, batch) in rows.tables {
                        found.entry((table.name, month)).or_default().push(batch);
                    }
                }
                for reject in &refused {
                    let redactor = &self.engine.redactor;
                    write_row((&self.source.name, None), reject, redactor, (&mut buffers.0, &mut buffers.1), &mut rejects);
                }
                Ok(())
            },
        )?;
        let mut by_table: BTreeMap<&'static str, Vec<RecordBatch>> = BTreeMap::from([(REJECT.name, vec![rejects.finish()])]);
        for ((table, _), batches) in found {
            by_table.entry(table).or_default().extend(batches);
        }
        Ok(tables().map(|table| (table, by_table.remove(table.name).unwrap_or_default())).collect())
    }

    /// The verbatims that themes are found from, redacted, by month: of each month those with the smallest hashes.
    ///
    /// Samples of parts are brought together by [`smallest`] and [`Self::grow`] to the sample of the whole. Fails as [`Self::annotate`] does.
    pub fn sample(&self, name: &str, batches: Vec<RecordBatch>, extent: Extent, cancel: &AtomicBool) -> Result<Vec<(Month, SampleText)>> {
        let (shape, binding) = self.bind(name, batches, extent)?;
        let mut reader = source::open(&shape, &binding.projection)?;
        let mut samplers = Samplers::new();
        let mut buffers = (String::new(), String::new());
        while let Some(raw) = reader.next_batch(BATCH_ROWS)? {
            if cancel.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            for i in 0..raw.rows.len() {
                let Ok(place) = binding.place(&raw, i) else { continue };
                if binding.key(&raw, i, place.month).is_err() || !self.engine.registry.needs(place.month.days()) {
                    continue;
                }
                for text in binding.verbatims.iter().filter_map(|(_, column)| cell(&raw, *column, i)) {
                    let (redactor, themes) = (&self.engine.redactor, &self.engine.settings.themes);
                    if let Some((hash, text)) = legible(text, redactor, themes, u128::MAX, (&mut buffers.0, &mut buffers.1)) {
                        samplers.entry(place.month).or_insert_with(|| Sampler::new(SAMPLE_CAPACITY)).see(hash, text);
                    }
                }
            }
        }
        Ok(texts(samplers))
    }

    /// Grows the registry by samples, oldest month first, as a run does, and writes it into `folder`. Returns its version.
    ///
    /// Months that the registry knows, or that are older than its newest, are passed over. Fails with [`Error::Io`] when it cannot be written,
    /// and with [`Error::Cancelled`] between two months, nothing written.
    pub fn grow(&self, samples: impl Iterator<Item = (Month, SampleText)>, folder: &Path, cancel: &AtomicBool) -> Result<i32> {
        let mut registry = self.engine.registry.clone();
        for (month, sampler) in merged(samples) {
            if cancel.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            if registry.needs(month.days()) {
                let max = self.engine.settings.themes.max;
                registry.grow_from(month.days(), &sampler.finish(), &self.engine.model, &self.seeds, max)?;
            }
        }
        registry.save(folder)?;
        Ok(registry.version())
    }

    /// The themes that rows are assigned to, as rows of `theme`. What follows from the rows of all months is null: `first_month`, `last_month`
    /// and `example_verbatim_id`.
    pub fn themes(&self) -> RecordBatch {
        rows_of_registry(&self.engine.registry)
    }

    fn bind(&self, name: &str, batches: Vec<RecordBatch>, extent: Extent) -> Result<(Shape, Binding)> {
        let shape = source::of_batches(name, batches)?;
        let mut source = self.source.clone();
        let refuse = |what: String, hint: &str| Error::Input { path: name.into(), what, found: None, hint: Some(hint.to_owned()) };
        if !source.names_columns() {
            if extent == Extent::Part {
                let what = format!("source `{}` does not name its columns, and these rows are a part of more", source.name);
                return Err(refuse(
                    what,
                    "name them in a `[[source]]` block; `outspoken check` on a file of such rows prints what it would find",
                ));
            }
            source = source.with_columns(roles::find(&shape)?.settings);
        }
        if extent == Extent::Part && source.id.is_none() {
            let what = format!("source `{}` has no id column, and these rows are a part of more", source.name);
            return Err(refuse(what, "equal rows without an id are told apart by counting all of them: give the rows an `id`"));
        }
        let binding = bind(&shape, &source, self.terms)?;
        match binding.settled_by_cells.first() {
            Some(column) if extent == Extent::Part => {
                let what = format!("dates of column `{column}` can be read with day or month first, and these rows are a part of more");
                Err(refuse(what, "set `date_order = \"day_first\"` or `\"month_first\"` in the `[[source]]` block, or give dates as dates"))
            }
            _ => Ok((shape, binding)),
        }
    }
}

/// Rows of a batch. What comes out does not depend on it.
const BATCH_ROWS: usize = 8192;

type Samplers = BTreeMap<Month, Sampler>;

/// Of samples those texts that [`Analyst::grow`] looks at: of each month those with the smallest hashes, each text once with its whole weight.
///
/// It may be taken of parts, and of what was taken of parts, in any order and any number of times.
pub fn smallest(samples: impl Iterator<Item = (Month, SampleText)>) -> Vec<(Month, SampleText)> {
    texts(merged(samples))
}

fn merged(samples: impl Iterator<Item = (Month, SampleText)>) -> Samplers {
    let mut samplers = Samplers::new();
    for (month, text) in samples {
        samplers.entry(month).or_insert_with(|| Sampler::new(SAMPLE_CAPACITY)).add(text);
    }
    samplers
}

fn texts(samplers: Samplers) -> Vec<(Month, SampleText)> {
    let of_month = |(month, sampler): (Month, Sampler)| sampler.finish().into_texts().into_iter().map(move |text| (month, text));
    samplers.into_iter().flat_map(of_month).collect()
}

type Job = (RawBatch, Vec<Decision>, Vec<Reject>);

/// Places and keys rows in their order; equal rows without ids are counted.
struct Keys<'a> {
    binding: &'a Binding,
    counts: BTreeMap<u128, u32>,
}

impl<'a> Keys<'a> {
    fn new(binding: &'a Binding) -> Self {
        Self { binding, counts: BTreeMap::new() }
    }

    fn decide(&mut self, mut raw: RawBatch) -> Job {
        let mut refused = std::mem::take(&mut raw.rejects);
        let has_id = self.binding.position(Role::Id).is_some();
        let decide = |i: usize| match self.binding.place(&raw, i).and_then(|place| self.binding.key(&raw, i, place.month)) {
            Ok(_) if has_id => Decision::New(0),
            Ok(key) => {
                let n = self.counts.entry(key.base).or_default();
                *n += 1;
                Decision::New(*n - 1)
            }
            Err(reject) => {
                refused.push(reject);
                Decision::Rejected
            }
        };
        let decisions = (0..raw.rows.len()).map(decide).collect();
        refused.sort_by_key(|reject| reject.row);
        (raw, decisions, refused)
    }
}

fn source_of(settings: &Settings, name: Option<&str>) -> Result<SourceSettings> {
    if name.is_none() && settings.sources.len() > 1 {
        let names: Vec<&str> = settings.sources.iter().map(|source| source.name.as_str()).collect();
        return Err(Error::Setting {
            place: "source".to_owned(),
            what: format!("the settings have {} sources, and rows in memory have no file name to choose by", names.len()),
            hint: Some(format!("name one of: {}", names.join(", "))),
        });
    }
    let only = settings.sources.first().map(|source| source.name.as_str());
    block_of(settings, name.or(only))
}

/// A registry in an output directory, or in a folder of its own.
fn open(folder: &Path, knowledge: &Knowledge) -> Result<Registry> {
    if let Some(version) = Version::current(folder)? {
        return knowledge.registry(Some(&version));
    }
    match Registry::open(folder)? {
        Some(registry) if registry.model() == knowledge.model.fingerprint() => Ok(registry),
        Some(_) => Err(Error::Output {
            path: folder.to_owned(),
            what: "the themes were made with another embedding model".to_owned(),
            hint: Some("use the model that they were made with (`[themes] model`)".to_owned()),
        }),
        None => Err(Error::Output {
            path: folder.to_owned(),
            what: "holds neither published tables nor a theme registry".to_owned(),
            hint: Some("give the output directory of a run, or a folder that themes were fitted into".to_owned()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::StringArray;
    use arrow_array::cast::AsArray as _;
    use std::sync::Arc;

    fn rows(cells: &[(&str, &[&str])]) -> RecordBatch {
        let columns = cells.iter().map(|(name, cells)| {
            let array: arrow_array::ArrayRef = Arc::new(cells.iter().map(|c| (!c.is_empty()).then_some(*c)).collect::<StringArray>());
            (*name, array)
        });
        RecordBatch::try_from_iter(columns).unwrap()
    }

    fn analyst(settings: &str) -> Analyst {
        let settings = crate::config::parse(settings, "test").unwrap();
        let as_of = "2026-10-02T08:00:00Z".parse().ok();
        Analyst::load(&settings, None, &Brief { as_of, ..Brief::default() }).unwrap()
    }

    static GO: AtomicBool = AtomicBool::new(false);

    const NAMED: &str = "[[source]]\nname = \"s\"\nid = \"id\"\nreceived_at = \"day\"\nverbatims = [\"say\"]\n";

    fn annotate(analyst: &Analyst, batches: Vec<RecordBatch>, extent: Extent) -> Result<BTreeMap<&'static str, usize>> {
        let tables = analyst.annotate("rows", batches, extent, 2, &GO)?;
        Ok(tables.into_iter().map(|(table, batches)| (table.name, batches.iter().map(RecordBatch::num_rows).sum())).collect())
    }

    #[test]
    fn rows_become_the_rows_of_the_tables_and_refused_ones_rejects() {
        let batch = rows(&[
            ("id", &["1", "2", "3"]),
            ("day", &["2026-07-01", "never", "2026-08-01"]),
            ("say", &["Please cancel my account", "lost", "fine"]),
        ]);
        let n = annotate(&analyst(NAMED), vec![batch], Extent::Part).unwrap();
        assert_eq!((n["response"], n["verbatim"], n["hotline"], n["reject"]), (2, 2, 1, 1));
        let empty = rows(&[("id", &[]), ("day", &[]), ("say", &[])]);
        assert_eq!(annotate(&analyst(NAMED), vec![empty], Extent::Part).unwrap()["response"], 0);
    }

    #[test]
    fn rows_come_by_month_and_in_their_order_however_they_are_parted() {
        let n = BATCH_ROWS + 3;
        let ids: Vec<String> = (0..n).map(|i| format!("r{i:05}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let days: Vec<&str> = (0..n).map(|i| if i % 2 == 0 { "2026-08-02" } else { "2026-07-01" }).collect();
        let batch = rows(&[("id", &ids), ("day", &days), ("say", &vec!["fine"; n])]);
        let analyst = analyst(NAMED);
        let ids_of = |parts: Vec<RecordBatch>| {
            let tables = analyst.annotate("rows", parts, Extent::Whole, 3, &GO).unwrap();
            let ids = tables.iter().flat_map(|(table, batches)| batches.iter().filter(|_| table.name == "response"));
            let text = |batch: &RecordBatch| batch.column(0).as_string::<i32>().iter().flatten().map(str::to_owned).collect::<Vec<_>>();
            ids.flat_map(text).collect::<Vec<_>>()
        };
        let expected: Vec<&str> = [1, 0].iter().flat_map(|first| ids.iter().skip(*first).step_by(2).copied()).collect();
        assert_eq!(ids_of(vec![batch.clone()]), expected);
        assert_eq!(ids_of(vec![batch.slice(0, 5), batch.slice(5, n - 5)]), expected);
    }

    #[test]
    fn themes_are_rows_without_what_needs_all_months() {
        let themes = analyst(NAMED).themes();
        assert_eq!((themes.num_rows(), themes.schema()), (0, crate::schema::THEME.arrow()));
    }

    #[test]
    fn nothing_is_found_from_a_part_of_more() {
        let batch =
            rows(&[("id", &["1", "2"]), ("day", &["03/04/2026", "04/05/2026"]), ("say", &["The room was cold", "The staff was kind"])]);
        let refused = |settings: &str| annotate(&analyst(settings), vec![batch.clone()], Extent::Part).unwrap_err().to_string();
        assert!(refused("").contains("does not name its columns"), "{}", refused(""));
        assert!(refused(&NAMED.replace("id = \"id\"\n", "")).contains("has no id column"));
        assert!(refused(NAMED).contains("day or month first"));
        assert_eq!(annotate(&analyst(NAMED), vec![batch.clone()], Extent::Whole).unwrap()["response"], 2);
        let named = NAMED.replace("received_at", "date_order = \"day_first\"\nreceived_at");
        assert_eq!(annotate(&analyst(&named), vec![batch], Extent::Part).unwrap()["response"], 2);
    }

    #[test]
    fn samples_of_parts_grow_the_registry_of_the_whole() {
        let texts: Vec<String> =
            (0..60).map(|i| format!("The invoice number {i} was wrong and nobody at the desk could explain it")).collect();
        let ids: Vec<String> = (0..60).map(|i| i.to_string()).collect();
        let (texts, ids): (Vec<&str>, Vec<&str>) = (texts.iter().map(String::as_str).collect(), ids.iter().map(String::as_str).collect());
        let batch = rows(&[("id", &ids), ("day", &["2026-07-01"; 60]), ("say", &texts)]);
        let analyst = analyst(NAMED);
        let grown = |parts: Vec<RecordBatch>| {
            let folder = tempfile::tempdir().unwrap();
            let of_part = |part| smallest(analyst.sample("rows", vec![part], Extent::Part, &GO).unwrap().into_iter());
            let samples = parts.into_iter().flat_map(of_part).collect::<Vec<_>>();
            analyst.grow(samples.into_iter(), folder.path(), &GO).unwrap();
            fs_err::read(folder.path().join("registry.json")).unwrap()
        };
        assert_eq!(grown(vec![batch.clone()]), grown(vec![batch.slice(40, 20), batch.slice(0, 40)]));
    }
}
