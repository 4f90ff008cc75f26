//! Which files are read, and as which source?

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::{Settings, SourceSettings};
use crate::error::{Error, Result};
use crate::response::{Binding, Terms, bind};
use crate::source::roles::{self, Choice};
use crate::source::{self, InputFile, Shape};

/// A file that will be read, with what was found out about it.
#[derive(Debug)]
pub struct BoundFile {
    /// Format, encoding, header, sample.
    pub shape: Shape,
    /// What its columns mean.
    pub binding: Arc<Binding>,
    /// Why, where it was found from names and content; empty where the settings say so.
    pub choices: Vec<Choice>,
}

/// The input of a run.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Files in the order in which they are read.
    pub files: Vec<BoundFile>,
    /// What a directory holds besides, and why it was left out.
    pub skipped: Vec<(PathBuf, String)>,
}

impl Inputs {
    /// Bytes of all files, as they lie on the disk.
    pub fn n_bytes(&self) -> u64 {
        self.files.iter().map(|f| f.shape.size_bytes).sum()
    }
}

/// Binds every file of the input to its source. `source`: the name of `--source`, which then takes every file.
pub fn resolve(files: Vec<InputFile>, settings: &Settings, source: Option<&str>, terms: Terms) -> Result<Inputs> {
    let mut inputs = Inputs::default();
    for file in files {
        let Some(block) = source_of(&file, settings, source)? else {
            inputs.skipped.push((file.path, "no [[source]] takes it".to_owned()));
            continue;
        };
        let shape = source::inspect(&file)?;
        let (block, choices) = if block.names_columns() {
            (block, Vec::new())
        } else {
            let found = roles::find(&shape)?;
            (block.with_columns(found.settings), found.choices)
        };
        let binding = Arc::new(bind(&shape, &block, terms)?);
        inputs.files.push(BoundFile { shape, binding, choices });
    }
    if inputs.files.is_empty() {
        let what = inputs
            .skipped
            .first()
            .map_or("no file to read".to_owned(), |(path, why)| format!("no file to read; `{}`: {why}", path.display()));
        let hint = "give files, directories or globs of CSV, JSON Lines, Parquet or .xlsx, or `-`".to_owned();
        return Err(Error::InputNotFound { what, hint });
    }
    Ok(inputs)
}

fn source_of(file: &InputFile, settings: &Settings, source: Option<&str>) -> Result<Option<SourceSettings>> {
    if settings.sources.is_empty() || source.is_some() {
        return block_of(settings, source).map(Some);
    }
    for source in &settings.sources {
        if source.files.is_empty() {
            return Ok(Some(source.clone()));
        }
        for pattern in &source.files {
            let glob = glob::Pattern::new(pattern).map_err(|error| Error::Setting {
                place: format!("source `{}`, files", source.name),
                what: format!("`{pattern}` is not a glob: {error}"),
                hint: Some("use `*` and `?`, as in `survey_*.csv`".to_owned()),
            })?;
            let base = file.name.rsplit('/').next().unwrap_or(&file.name);
            if glob.matches(base) || glob.matches(&file.name) {
                return Ok(Some(source.clone()));
            }
        }
    }
    Ok(None)
}

/// The block of the source named, or the default block of settings without sources.
pub(crate) fn block_of(settings: &Settings, source: Option<&str>) -> Result<SourceSettings> {
    if settings.sources.is_empty() {
        let name = source.map_or_else(|| SourceSettings::default().name, str::to_owned);
        return Ok(SourceSettings { name, ..SourceSettings::default() });
    }
    let name = source.unwrap_or_default();
    settings.sources.iter().find(|block| block.name == name).cloned().ok_or_else(|| {
        let names: Vec<&str> = settings.sources.iter().map(|block| block.name.as_str()).collect();
        Error::Setting {
            place: "--source".to_owned(),
            what: format!("no source is named `{name}`"),
            hint: Some(format!("the settings name: {}", names.join(", "))),
        }
    })
}
