//! Which themes does a version know, and in which months were they met?
//!
//! The registry knows how themes came; the clauses of the months say when each was met and which verbatim shows it best.
//! That is kept month by month beside the registry, so that only touched months are read again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow_array::types::Float64Type;
use arrow_array::{Array as _, RecordBatch, cast::AsArray as _};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::month::Month;
use crate::schema::{CLAUSE, Rows, THEME};
use crate::sink::{Staging, Version, stream_table};
use crate::theme::Registry;

/// What a month's clauses say of its themes: theme id → what.
type Months = BTreeMap<String, BTreeMap<String, Met>>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Met {
    n_clauses: u64,
    /// The verbatim with the clause nearest the centre; of equals the smallest id.
    example: String,
    similarity: f64,
}

const FILE: &str = "months.json";

/// Reads the touched months' clauses, keeps the others' figures, and gives the table of themes.
pub(super) fn table(registry: &Registry, staging: &Staging, old: Option<&Version>, touched: &BTreeSet<Month>) -> Result<RecordBatch> {
    let mut months: Months = match old {
        Some(old) => load(&old.themes().join(FILE))?,
        None => Months::new(),
    };
    let published = staging.version().months(&CLAUSE)?;
    months.retain(|month, _| Month::parse(month).is_some_and(|m| published.contains(&m)));
    for month in touched.intersection(&published) {
        months.insert(month.to_string(), met(staging.version(), *month)?);
    }
    let folder = staging.version().themes();
    fs_err::create_dir_all(&folder).map_err(Error::io("cannot make a folder"))?;
    let json = serde_json::to_vec_pretty(&months).expect("maps of text and numbers");
    fs_err::write(folder.join(FILE), json).map_err(Error::io("cannot write the themes"))?;
    Ok(rows(registry, &months))
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

fn met(version: &Version, month: Month) -> Result<BTreeMap<String, Met>> {
    let mut found: BTreeMap<String, Met> = BTreeMap::new();
    for batch in stream_table(version, &CLAUSE, Some(month), Some(&["verbatim_id", "theme_id", "theme_similarity"]))? {
        let batch = batch?;
        let text = |name: &str| batch.column_by_name(name).expect("a column of clause").as_string::<i32>();
        let (verbatims, themes) = (text("verbatim_id"), text("theme_id"));
        let similarities = batch.column_by_name("theme_similarity").expect("a column of clause").as_primitive::<Float64Type>();
        for i in (0..batch.num_rows()).filter(|i| themes.is_valid(*i)) {
            let (verbatim, similarity) = (verbatims.value(i), similarities.value(i));
            match found.get_mut(themes.value(i)) {
                Some(met) => {
                    met.n_clauses += 1;
                    if similarity > met.similarity || similarity == met.similarity && verbatim < met.example.as_str() {
                        (met.example, met.similarity) = (verbatim.to_owned(), similarity);
                    }
                }
                None => {
                    found.insert(themes.value(i).to_owned(), Met { n_clauses: 1, example: verbatim.to_owned(), similarity });
                }
            }
        }
    }
    Ok(found)
}

fn rows(registry: &Registry, months: &Months) -> RecordBatch {
    let mut rows = Rows::new(&THEME);
    for known in registry.themes() {
        let met = |(month, themes): (&String, &BTreeMap<String, Met>)| Some((Month::parse(month)?, themes.get(&known.id)?.clone()));
        let met: Vec<(Month, Met)> = months.iter().filter_map(met).collect();
        let best = met.iter().fold(None::<&Met>, |best, (_, met)| match best {
            Some(b) if b.similarity > met.similarity || b.similarity == met.similarity && b.example <= met.example => Some(b),
            _ => Some(met),
        });
        let parent = known.parent.map(|parent| registry.themes()[parent].id.as_str());
        use crate::schema::theme as col;
        rows.text(col::theme_id, known.id.as_str());
        rows.text(col::label, known.label.as_str());
        rows.text(col::keywords, Some(known.keywords.join(", ")).as_deref().filter(|k| !k.is_empty()));
        rows.text(col::parent_id, parent);
        rows.int(col::level, i64::from(known.level));
        rows.text(col::status, known.status.as_str());
        rows.text(col::area, known.area.as_deref());
        rows.date(col::first_month, met.first().map(|(month, _)| month.days()));
        rows.date(col::last_month, met.last().map(|(month, _)| month.days()));
        rows.text(col::origin, known.origin.as_str());
        rows.text(col::example_verbatim_id, best.map(|met| met.example.as_str()));
        rows.end_row();
    }
    rows.finish()
}
