//! What do people's changes to themes make of the staged rows?
//!
//! A clause keeps what the registry found for it in `found_theme_id` where a change led it elsewhere; so changes are laid over
//! tables as often as need be, and taken back, without the input. Only clauses of themes that were split are read again, from the
//! published text. A month in which nothing changes keeps its file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array as _, RecordBatch, StringArray, cast::AsArray as _};

use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{CLAUSE, Table, VERBATIM};
use crate::sink::{DimensionWriter, FileTerms, Staging, stream_table};
use crate::stage::embed::{Embedder, Model, Vector};
use crate::text::{Tokens, Verbatim, WordTable};
use crate::theme::{Edits, Registry, Settled};

/// What a changed theme needs to be read again.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'k> {
    pub(crate) registry: &'k Registry,
    pub(crate) model: &'k Model,
}

/// Lays the changes over `months`; gives the months whose rows are now others.
pub(crate) fn lay_edits(
    staging: &Staging,
    terms: &FileTerms,
    edits: &Edits,
    reading: Reading<'_>,
    months: &BTreeSet<Month>,
) -> Result<BTreeSet<Month>> {
    let mut changed = BTreeSet::new();
    for month in months {
        let parts = parts(staging, edits, reading, *month)?;
        let clauses = rewrite(staging, terms, &CLAUSE, *month, |batch| clauses(batch, edits, &parts))?;
        let verbatims = rewrite(staging, terms, &VERBATIM, *month, |batch| verbatims(batch, edits, &parts))?;
        if clauses || verbatims {
            changed.insert(*month);
        }
    }
    Ok(changed)
}

/// For clauses of split themes where they go: by verbatim, then by clause; and what each verbatim's theme becomes by its clauses.
#[derive(Default)]
struct Parts {
    of_clause: HashMap<String, BTreeMap<i32, String>>,
    of_verbatim: HashMap<String, BTreeMap<String, String>>,
}

/// Reads the clauses of split themes again.
fn parts(staging: &Staging, edits: &Edits, reading: Reading<'_>, month: Month) -> Result<Parts> {
    let mut wanted: HashMap<String, BTreeMap<i32, (String, f64)>> = HashMap::new();
    let mut reads: BTreeMap<String, bool> = BTreeMap::new();
    for batch in stream_table(staging.version(), &CLAUSE, Some(month), None)? {
        let batch = batch?;
        let (ids, found) = (text(&batch, "verbatim_id"), found(&batch, "theme_id"));
        let places = column(&batch, "clause").as_primitive::<Int32Type>();
        let similarities = column(&batch, "theme_similarity").as_primitive::<Float64Type>();
        for (i, theme) in found.into_iter().enumerate() {
            let Some(theme) = theme else { continue };
            let is_read = match reads.get(theme) {
                Some(is_read) => *is_read,
                None => *reads.entry(theme.to_owned()).or_insert_with(|| edits.reads(theme)),
            };
            if is_read {
                let of_verbatim = wanted.entry(ids.value(i).to_owned()).or_default();
                of_verbatim.insert(places.value(i), (theme.to_owned(), similarities.value(i)));
            }
        }
    }
    let mut parts = Parts::default();
    if wanted.is_empty() {
        return Ok(parts);
    }
    let mut embedder = Embedder::new(reading.model, reading.registry.usage());
    let (mut tokens, mut table) = (Tokens::default(), WordTable::default());
    for batch in stream_table(staging.version(), &VERBATIM, Some(month), Some(&["verbatim_id", "text"]))? {
        let batch = batch?;
        let (ids, texts) = (text(&batch, "verbatim_id"), text(&batch, "text"));
        for i in 0..batch.num_rows() {
            let Some(clauses) = wanted.get(ids.value(i)) else { continue };
            tokens.cut(texts.value(i), &mut table);
            let verbatim =
                Verbatim { text: texts.value(i), words: &tokens.words, clauses: &tokens.clauses, table: &table, language: "und" };
            let mut votes: BTreeMap<&str, BTreeMap<String, f64>> = BTreeMap::new();
            for (place, (theme, similarity)) in clauses {
                let clause = usize::try_from(*place).ok().and_then(|place| tokens.clauses.get(place));
                let mut vector = Vector::default();
                let has_vector = clause.is_some_and(|clause| embedder.clause(&verbatim, clause, &mut vector));
                let Settled::Theme(part) = edits.settle(theme, has_vector.then_some(&vector)) else { continue };
                *votes.entry(theme).or_default().entry(part.to_owned()).or_default() += similarity;
                parts.of_clause.entry(ids.value(i).to_owned()).or_default().insert(*place, part.to_owned());
            }
            for (theme, votes) in votes {
                let best = votes.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
                if let Some((part, _)) = best {
                    parts.of_verbatim.entry(ids.value(i).to_owned()).or_default().insert(theme.to_owned(), part);
                }
            }
        }
    }
    Ok(parts)
}

fn clauses(batch: &RecordBatch, edits: &Edits, parts: &Parts) -> RecordBatch {
    let ids = text(batch, "verbatim_id");
    let places = column(batch, "clause").as_primitive::<Int32Type>();
    let part = |i: usize, _: &str| parts.of_clause.get(ids.value(i)).and_then(|clauses| clauses.get(&places.value(i)));
    settled(batch, &CLAUSE, "theme_id", edits, part)
}

fn verbatims(batch: &RecordBatch, edits: &Edits, parts: &Parts) -> RecordBatch {
    let ids = text(batch, "verbatim_id");
    let part = |i: usize, theme: &str| parts.of_verbatim.get(ids.value(i)).and_then(|themes| themes.get(theme));
    settled(batch, &VERBATIM, "primary_theme_id", edits, part)
}

/// The batch with themes as people changed them; `part` says where a row of a split theme goes.
fn settled<'p>(
    batch: &RecordBatch,
    table: &'static Table,
    name: &str,
    edits: &Edits,
    part: impl Fn(usize, &str) -> Option<&'p String>,
) -> RecordBatch {
    let (mut themes, mut moved) = (StringBuilder::new(), StringBuilder::new());
    for (i, found) in found(batch, name).into_iter().enumerate() {
        let Some(found) = found.filter(|theme| edits.moves(theme)) else {
            themes.append_option(found);
            moved.append_null();
            continue;
        };
        match (part(i, found), edits.settle(found, None)) {
            (Some(part), _) => themes.append_value(part),
            (None, Settled::Theme(theme)) => themes.append_value(theme),
            (None, Settled::Nowhere) => themes.append_null(),
        }
        moved.append_value(found);
    }
    let mut columns = batch.columns().to_vec();
    columns[table.index_of(name).expect("a column of the table")] = Arc::new(themes.finish());
    columns[table.index_of(FOUND).expect("a column of the table")] = Arc::new(moved.finish());
    RecordBatch::try_new(batch.schema(), columns).expect("columns were replaced by those of their types")
}

const FOUND: &str = "found_theme_id";

/// What the registry found for each row, whatever people changed since.
fn found<'b>(batch: &'b RecordBatch, name: &str) -> Vec<Option<&'b str>> {
    let (now, found): (&'b StringArray, &'b StringArray) = (text(batch, name), text(batch, FOUND));
    (0..batch.num_rows()).map(|i| if found.is_valid(i) { Some(found.value(i)) } else { now.is_valid(i).then(|| now.value(i)) }).collect()
}

/// Writes a month of a table again if `change` changes a row of it.
fn rewrite(
    staging: &Staging,
    terms: &FileTerms,
    table: &'static Table,
    month: Month,
    change: impl Fn(&RecordBatch) -> RecordBatch,
) -> Result<bool> {
    let before = || stream_table(staging.version(), table, Some(month), None);
    let mut changes = false;
    for batch in before()? {
        let batch = batch?;
        changes |= change(&batch) != batch;
    }
    if !changes {
        return Ok(false);
    }
    // A new file, then a rename: the old one may be linked into the version that readers see.
    let path = staging.version().month_file(table, month);
    let next = path.with_extension("next");
    let mut file = DimensionWriter::open(table, &next, terms)?;
    for batch in before()? {
        file.write(&change(&batch?))?;
    }
    file.finish()?;
    fs_err::rename(&next, &path).map_err(Error::io("cannot write a table"))?;
    Ok(true)
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> &'b arrow_array::ArrayRef {
    batch.column_by_name(name).expect("a column of the table")
}

fn text<'b>(batch: &'b RecordBatch, name: &str) -> &'b StringArray {
    column(batch, name).as_string()
}
