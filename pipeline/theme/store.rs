//! How does a registry lie on disk?
//!
//! Three files: `registry.json` with themes and months, `words.json` with how the corpus uses its words, `residual.jsonl` with clauses
//! that were near no theme. Equal registries are equal bytes; nothing in them depends on the machine or the clock.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{LoggedMonth, Registry, Residual, Theme};
use crate::error::{Error, Result};
use crate::stage::embed::{Usage, Vector};

/// 2: `words.json` also says what words mean in the corpus.
const FORMAT: u32 = 2;
const REGISTRY: &str = "registry.json";
const WORDS: &str = "words.json";
const RESIDUAL: &str = "residual.jsonl";

#[derive(Serialize, Deserialize)]
struct Stored {
    format: u32,
    model: String,
    version: i32,
    dimensions: usize,
    months: Vec<LoggedMonth>,
    themes: Vec<Theme>,
    boiler_plate: Vec<StoredVector>,
}

#[derive(Serialize, Deserialize)]
struct StoredVector(#[serde(with = "vector")] Option<Vector>);

impl Registry {
    /// The registry in `folder`; none when there is none.
    ///
    /// Fails with [`Error::Output`] when its files are not a registry of this or an earlier format.
    pub fn open(folder: &Path) -> Result<Option<Self>> {
        if !folder.join(REGISTRY).exists() {
            return Ok(None);
        }
        let read = |name: &str| fs_err::read_to_string(folder.join(name)).map_err(Error::io("cannot read the theme registry"));
        let broken = |name: &'static str| {
            move |error: serde_json::Error| Error::Output {
                path: folder.join(name),
                what: format!("is not part of a theme registry (line {})", error.line()),
                hint: Some("restore it from a backup, or move the folder away to begin a new registry".to_owned()),
            }
        };
        let stored: Stored = serde_json::from_str(&read(REGISTRY)?).map_err(broken(REGISTRY))?;
        if stored.format > FORMAT {
            return Err(Error::Output {
                path: folder.join(REGISTRY),
                what: format!("was written by a newer version (format {}; this one reads up to {FORMAT})", stored.format),
                hint: Some("update the program".to_owned()),
            });
        }
        let usage: Usage = serde_json::from_str(&read(WORDS)?).map_err(broken(WORDS))?;
        let residual = read(RESIDUAL)?.lines().map(serde_json::from_str).collect::<Result<Vec<Residual>, _>>().map_err(broken(RESIDUAL))?;
        Ok(Some(Self {
            model: stored.model,
            version: stored.version,
            dimensions: stored.dimensions,
            months: stored.months,
            themes: stored.themes,
            boiler_plate: stored.boiler_plate.into_iter().filter_map(|vector| vector.0).collect(),
            usage,
            residual,
        }))
    }

    /// Writes the registry into `folder`, which is made if need be.
    ///
    /// Fails with [`Error::Io`] when it cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        fs_err::create_dir_all(folder).map_err(Error::io("cannot make the folder of the theme registry"))?;
        let stored = Stored {
            format: FORMAT,
            model: self.model.clone(),
            version: self.version,
            dimensions: self.dimensions,
            months: self.months.clone(),
            themes: self.themes.clone(),
            boiler_plate: self.boiler_plate.iter().cloned().map(|vector| StoredVector(Some(vector))).collect(),
        };
        let residual: String = self.residual.iter().map(|clause| json(&clause, Layout::Line)).collect();
        for (name, text) in [(REGISTRY, json(&stored, Layout::Tree)), (WORDS, json(&self.usage, Layout::Tree)), (RESIDUAL, residual)] {
            fs_err::write(folder.join(name), text).map_err(Error::io("cannot write the theme registry"))?;
        }
        Ok(())
    }
}

enum Layout {
    Tree,
    Line,
}

fn json<T: Serialize>(value: &T, layout: Layout) -> String {
    let text = match layout {
        Layout::Tree => serde_json::to_string_pretty(value),
        Layout::Line => serde_json::to_string(value),
    };
    text.expect("keys are text and nothing fails to serialise") + "\n"
}

/// Vectors as integers in one string: a line in a file that people compare, and half the bytes of an array.
pub(super) mod vector {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Vector;

    pub(in crate::theme) fn serialize<S: Serializer>(vector: &Option<Vector>, to: S) -> Result<S::Ok, S::Error> {
        let numbers: Vec<String> = vector.iter().flat_map(|vector| vector.values()).map(i16::to_string).collect();
        to.serialize_str(&numbers.join(" "))
    }

    pub(in crate::theme) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vector>, D::Error> {
        let text = String::deserialize(from)?;
        let numbers: Vec<i16> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>().map_err(D::Error::custom)?;
        if numbers.is_empty() {
            return Ok(None);
        }
        Vector::from_values(&numbers).map(Some).ok_or_else(|| D::Error::custom("a vector has at most 256 numbers"))
    }
}
