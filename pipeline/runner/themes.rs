//! Which themes does a version know, and in which months were they met?
//!
//! The registry knows how themes came, review.db what people changed about them; the clauses of the months say when each was met and
//! which verbatim shows it best. That is kept month by month beside the registry, so that only touched months are read again.

mod desk;
mod overlay;
mod refit;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use arrow_array::types::Float64Type;
use arrow_array::{Array as _, RecordBatch, cast::AsArray as _};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use desk::{Change, Effect, ListedTheme, ThemeDesk, ThemeDetail};
pub use refit::{Mapped, Refit, RefitOptions, refit};

use crate::error::{Error, Result};
use crate::identity::{from_base32, response_key};
use crate::month::Month;
use crate::schema::{CLAUSE, RESPONSE, Rows, THEME, VERBATIM};
use crate::sink::{FileTerms, Staging, Version, read_table, stream_table, write_file};
use crate::stage::embed::Model;
use crate::theme::{Edits, Registry, shown};

/// What a month's clauses say of its themes: theme id → what.
type Months = BTreeMap<String, BTreeMap<String, Met>>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Met {
    n_clauses: u64,
    /// The verbatim with the clause nearest the centre; those first that may be quoted, of equals the smallest id.
    example: String,
    similarity: f64,
    /// Whether the respondent allows that it is quoted.
    #[serde(default)]
    may_be_quoted: bool,
}

impl Met {
    fn is_worse_than(&self, other: &Self) -> bool {
        let rank = |met: &Self| (met.may_be_quoted, met.similarity);
        let (ours, theirs) = (rank(self), rank(other));
        theirs > ours || theirs == ours && other.example < self.example
    }
}

const FILE: &str = "months.json";
const EDITS: &str = "edits.json";

/// What themes are known by.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) registry: &'k Registry,
    pub(super) model: &'k Model,
    /// The version before.
    pub(super) old: Option<&'k Version>,
    /// Months whose rows were written.
    pub(super) touched: &'k BTreeSet<Month>,
}

/// What changes to themes changed.
pub(super) struct Laid {
    /// Months whose rows are now others.
    pub(super) months: BTreeSet<Month>,
    /// Whether the table of themes is another than the one staged.
    pub(super) table: bool,
}

/// Lays people's changes over the staged rows, and writes the table of themes.
pub(super) fn lay_over(staging: &Staging, terms: &FileTerms, edits: &Edits, known: Known<'_>) -> Result<Laid> {
    let published = staging.version().months(&CLAUSE)?;
    let folder = staging.version().themes();
    fs_err::create_dir_all(&folder).map_err(Error::io("cannot make a folder"))?;
    let laid_before: String = match known.old.map(|old| old.themes().join(EDITS)).filter(|path| path.exists()) {
        Some(path) => serde_json::from_slice(&fs_err::read(path).map_err(Error::io("cannot read the themes"))?).unwrap_or_default(),
        None => Edits::default().fingerprint(),
    };
    let as_before = laid_before == edits.fingerprint();
    let wanted = if as_before { published.intersection(known.touched).copied().collect() } else { published };
    let reading = overlay::Reading { registry: known.registry, model: known.model };
    let months = if as_before && edits.is_empty() { BTreeSet::new() } else { overlay::lay_edits(staging, terms, edits, reading, &wanted)? };
    put(&folder.join(EDITS), &serde_json::Value::from(edits.fingerprint()))?;
    let touched: BTreeSet<Month> = known.touched.union(&months).copied().collect();
    let table = table(known.registry, edits, staging, known.old, &touched)?;
    let path = staging.version().dimension_file(&THEME);
    let before = read_table(staging.version(), &THEME, None, None)?;
    let same = path.exists() && arrow_select::concat::concat_batches(&THEME.arrow(), &before).is_ok_and(|before| before == table);
    if !same {
        remove(&path)?;
        write_file(&THEME, &table, &path, terms)?;
    }
    Ok(Laid { months, table: !same })
}

/// Never through a hard link into the version before.
fn remove(path: &Path) -> Result<()> {
    fs_err::remove_file(path).or_else(super::missing_is_fine).map_err(Error::io("cannot replace a file"))
}

fn put(path: &Path, value: &impl Serialize) -> Result<()> {
    let json = serde_json::to_vec_pretty(value).expect("maps of text and numbers");
    remove(path)?;
    fs_err::write(path, json).map_err(Error::io("cannot write the themes"))
}

/// Reads the touched months' clauses, keeps the others' figures, and gives the table of themes.
fn table(registry: &Registry, edits: &Edits, staging: &Staging, old: Option<&Version>, touched: &BTreeSet<Month>) -> Result<RecordBatch> {
    let mut months: Months = match old {
        Some(old) => load(&old.themes().join(FILE))?,
        None => Months::new(),
    };
    let published = staging.version().months(&CLAUSE)?;
    months.retain(|month, _| Month::parse(month).is_some_and(|m| published.contains(&m)));
    let wanted: Vec<Month> = touched.intersection(&published).copied().collect();
    let asking = if wanted.is_empty() { BTreeSet::new() } else { asking(staging.version())? };
    let met = |month: Month| Ok((month.to_string(), met(staging.version(), month, &asking)?));
    months.extend(wanted.into_par_iter().map(met).collect::<Result<Vec<_>>>()?);
    put(&staging.version().themes().join(FILE), &months)?;
    Ok(rows(registry, edits, &months))
}

/// Sources that ask whether words may be shown.
fn asking(version: &Version) -> Result<BTreeSet<String>> {
    let mut asking = BTreeSet::new();
    for month in version.months(&RESPONSE)? {
        for batch in stream_table(version, &RESPONSE, Some(month), Some(&["source", "share_consent"]))? {
            let batch = batch?;
            let text = |name: &str| batch.column_by_name(name).expect("a column of response").as_string::<i32>();
            let (sources, consents) = (text("source"), text("share_consent"));
            for i in (0..batch.num_rows()).filter(|i| consents.is_valid(*i)) {
                if !asking.contains(sources.value(i)) {
                    asking.insert(sources.value(i).to_owned());
                }
            }
        }
    }
    Ok(asking)
}

/// Verbatims of a month that may not be quoted: of a source that asks, by somebody who did not say yes.
fn unquotable(version: &Version, month: Month, asking: &BTreeSet<String>) -> Result<HashSet<u128>> {
    let mut unquotable = HashSet::new();
    if asking.is_empty() {
        return Ok(unquotable);
    }
    let mut given: HashSet<u128> = HashSet::new();
    for batch in stream_table(version, &RESPONSE, Some(month), Some(&["source", "response_id", "share_consent"]))? {
        let batch = batch?;
        let text = |name: &str| batch.column_by_name(name).expect("a column of response").as_string::<i32>();
        let (sources, ids, consents) = (text("source"), text("response_id"), text("share_consent"));
        let yes = |i: &usize| consents.is_valid(*i) && matches!(consents.value(*i), "named" | "anonymous");
        given.extend((0..batch.num_rows()).filter(yes).map(|i| response_key(sources.value(i), ids.value(i))));
    }
    for batch in stream_table(version, &VERBATIM, Some(month), Some(&["verbatim_id", "source", "response_id"]))? {
        let batch = batch?;
        let text = |name: &str| batch.column_by_name(name).expect("a column of verbatim").as_string::<i32>();
        let (verbatims, sources, ids) = (text("verbatim_id"), text("source"), text("response_id"));
        for i in (0..batch.num_rows()).filter(|i| asking.contains(sources.value(*i))) {
            if !given.contains(&response_key(sources.value(i), ids.value(i))) {
                unquotable.extend(from_base32(verbatims.value(i)));
            }
        }
    }
    Ok(unquotable)
}

fn load(path: &Path) -> Result<Months> {
    if !path.exists() {
        return Ok(Months::new());
    }
    let bytes = fs_err::read(path).map_err(Error::io("cannot read the themes"))?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Output {
        path: path.to_owned(),
        what: format!("is not as it was written: {error}"),
        hint: Some("restore the directory from a copy".to_owned()),
    })
}

fn met(version: &Version, month: Month, asking: &BTreeSet<String>) -> Result<BTreeMap<String, Met>> {
    let unquotable = unquotable(version, month, asking)?;
    let mut found: BTreeMap<String, Met> = BTreeMap::new();
    for batch in stream_table(version, &CLAUSE, Some(month), Some(&["verbatim_id", "theme_id", "theme_similarity"]))? {
        let batch = batch?;
        let text = |name: &str| batch.column_by_name(name).expect("a column of clause").as_string::<i32>();
        let (verbatims, themes) = (text("verbatim_id"), text("theme_id"));
        let similarities = batch.column_by_name("theme_similarity").expect("a column of clause").as_primitive::<Float64Type>();
        for i in (0..batch.num_rows()).filter(|i| themes.is_valid(*i)) {
            let (verbatim, similarity) = (verbatims.value(i), similarities.value(i));
            let best = found.get_mut(themes.value(i));
            // Nearly every clause ends here: farther from the centre than one that may be quoted.
            if let Some(met) = best.filter(|met| met.may_be_quoted && similarity < met.similarity) {
                met.n_clauses += 1;
                continue;
            }
            let may_be_quoted = !from_base32(verbatim).is_some_and(|id| unquotable.contains(&id));
            let this = Met { n_clauses: 1, example: verbatim.to_owned(), similarity, may_be_quoted };
            match found.get_mut(themes.value(i)) {
                Some(met) if met.is_worse_than(&this) => *met = Met { n_clauses: met.n_clauses + 1, ..this },
                Some(met) => met.n_clauses += 1,
                None => {
                    found.insert(themes.value(i).to_owned(), this);
                }
            }
        }
    }
    Ok(found)
}

/// The themes of a registry as rows of `theme`, with nothing of what people decided and of the rows that were assigned to them.
pub(crate) fn rows_of_registry(registry: &Registry) -> RecordBatch {
    rows(registry, &Edits::default(), &Months::default())
}

fn rows(registry: &Registry, edits: &Edits, months: &Months) -> RecordBatch {
    let mut rows = Rows::new(&THEME);
    for known in shown(registry, edits) {
        let met = |(month, themes): (&String, &BTreeMap<String, Met>)| Some((Month::parse(month)?, themes.get(&known.theme_id)?.clone()));
        let met: Vec<(Month, Met)> = months.iter().filter_map(met).collect();
        let best = met.iter().fold(None::<&Met>, |best, (_, met)| match best {
            Some(best) if !best.is_worse_than(met) => Some(best),
            _ => Some(met),
        });
        use crate::schema::theme as col;
        rows.text(col::theme_id, known.theme_id.as_str());
        rows.text(col::label, known.label.as_str());
        rows.text(col::keywords, Some(known.keywords.join(", ")).as_deref().filter(|k| !k.is_empty()));
        rows.text(col::parent_id, known.parent_id.as_deref());
        rows.int(col::level, i64::from(known.level));
        rows.text(col::status, known.status);
        rows.text(col::merged_into, known.merged_into.as_deref());
        rows.text(col::area, known.area.as_deref());
        rows.date(col::first_month, met.first().map(|(month, _)| month.days()));
        rows.date(col::last_month, met.last().map(|(month, _)| month.days()));
        rows.text(col::origin, known.origin);
        rows.text(col::example_verbatim_id, best.map(|met| met.example.as_str()));
        rows.end_row();
    }
    rows.finish()
}
