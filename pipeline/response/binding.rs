//! Which column of a file is what?

use std::path::Path;

use super::cell;
use super::scores::{self, ScoreBinding};
use crate::config::{MonthFrom, Role, SourceSettings};
use crate::error::{Error, Result};
use crate::identity::{Fingerprint, Name};
use crate::month::Month;
use crate::source::dates::{DateReader, Serials};
use crate::source::{self, Format, Shape};

/// The columns of one file, bound to their meaning.
#[derive(Debug)]
pub struct Binding {
    /// The source that the file belongs to, every column named.
    pub source: SourceSettings,
    /// Columns to read, as indices into the file's header; positions below index into this.
    pub projection: Vec<usize>,
    /// Names of the projected columns.
    pub names: Vec<String>,
    /// Open questions with their columns.
    pub verbatims: Vec<(String, usize)>,
    /// Ratings, one for each measure.
    pub scores: Vec<ScoreBinding>,
    /// Columns carried through.
    pub passthrough: Vec<(String, usize)>,
    /// What was settled about dates, to be told.
    pub notes: Vec<String>,
    /// Date columns whose order of day and month was settled from their cells: other rows of the column could settle it otherwise.
    pub settled_by_cells: Vec<String>,
    /// Columns that are part of a row's content, in an order that the file's does not change.
    pub(super) hashed: Vec<(Name, usize)>,
    /// Fingerprint of everything that decides what is made of a row.
    pub(super) salt: u128,
    /// The month of `--month`: for rows whose date is missing or cannot be read.
    pub(super) month: Option<Month>,
    /// Times after this are refused: a year ahead of the run's clock.
    pub(super) latest: i64,
    fields: Vec<(Role, usize)>,
    dates: Vec<(Role, DateReader)>,
}

/// What a run brings to a binding.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// `--month`.
    pub month: Option<Month>,
    /// The clock of the run, microseconds.
    pub as_of: i64,
    /// Fingerprint of rules, lexicons, model, privacy and program: a change makes every row a changed row.
    pub salt: u128,
}

/// What a row means depends on what its columns are taken for, not on the files that a source takes.
fn salt(salt: u128, source: &SourceSettings) -> u128 {
    let meaning = SourceSettings { files: Vec::new(), ..source.clone() };
    let meaning = serde_json::to_string(&meaning).expect("settings are maps of text and numbers");
    Fingerprint::of("binding").number(salt as u64).number((salt >> 64) as u64).part(&meaning).finish()
}

const YEAR_MICROS: i64 = 366 * 24 * 3600 * 1_000_000;

/// Binds a file to its source.
///
/// Fails with [`Error::MissingColumn`] for a column that the file lacks, and with [`Error::Setting`] when a month
/// cannot be found for any row.
pub fn bind(shape: &Shape, source: &SourceSettings, terms: Terms) -> Result<Binding> {
    let mut columns = Columns { shape, projection: Vec::new() };
    let mut fields = Vec::new();
    for (role, name) in source.fields() {
        if let Some(name) = name {
            fields.push((role, columns.take(name)?));
        }
    }
    let verbatims = source.verbatims.iter().map(|name| Ok((name.clone(), columns.take(name)?))).collect::<Result<Vec<_>>>()?;
    let scores = scores::bind(&source.scores, |name| columns.take(name))?;
    let passthrough = source.passthrough.iter().map(|name| Ok((name.clone(), columns.take(name)?))).collect::<Result<Vec<_>>>()?;
    let projection = columns.projection;
    let names: Vec<String> = projection.iter().map(|&c| shape.header[c].clone()).collect();
    let mut hashed: Vec<(&String, usize)> = names.iter().zip(0..).collect();
    hashed.sort();
    let hashed = hashed.into_iter().map(|(name, column)| (Name::of(name), column)).collect();
    let mut binding = Binding {
        source: source.clone(),
        projection,
        names,
        verbatims,
        scores,
        passthrough,
        notes: Vec::new(),
        settled_by_cells: Vec::new(),
        hashed,
        salt: salt(terms.salt, source),
        month: terms.month,
        latest: terms.as_of.saturating_add(YEAR_MICROS),
        fields,
        dates: Vec::new(),
    };
    binding.require_month(&shape.path)?;
    binding.settle_dates(shape)?;
    Ok(binding)
}

impl Binding {
    /// Where a single column stands in the projection.
    pub fn position(&self, role: Role) -> Option<usize> {
        self.fields.iter().find(|(r, _)| *r == role).map(|(_, column)| *column)
    }

    /// Name of a single column.
    pub fn column_name(&self, role: Role) -> Option<&str> {
        self.position(role).map(|column| self.names[column].as_str())
    }

    pub(super) fn date_reader(&self, role: Role) -> &DateReader {
        self.dates.iter().find(|(r, _)| *r == role).map(|(_, reader)| reader).expect("every date column has a reader")
    }

    fn require_month(&self, path: &Path) -> Result<()> {
        let role = match self.source.month_from {
            MonthFrom::ReceivedAt => Role::ReceivedAt,
            MonthFrom::SentAt => Role::SentAt,
            MonthFrom::ExperienceAt => Role::ExperienceAt,
            MonthFrom::Wave => Role::Wave,
        };
        if self.month.is_some() || self.position(role).is_some() {
            return Ok(());
        }
        Err(Error::Input {
            path: path.to_owned(),
            what: "no column says which month a response belongs to".to_owned(),
            found: Some(self.names.join(", ")),
            hint: Some(format!("give the month of the whole dump with --month YYYY-MM, or name the column with `{} = \"…\"`", role.key())),
        })
    }

    /// Settles day and month order by the whole column where the sample leaves it open.
    fn settle_dates(&mut self, shape: &Shape) -> Result<()> {
        for role in [Role::ReceivedAt, Role::SentAt, Role::ExperienceAt] {
            let Some(column) = self.position(role) else { continue };
            let serials = if shape.format == Format::Xlsx { Serials::Excel } else { Serials::No };
            let mut reader = DateReader::new(&self.source.time_zone, self.source.date_order)?.with_serials(serials);
            let whole = self.projection[column];
            for i in 0..shape.sample.rows.len() {
                if let Some(value) = cell(&shape.sample, whole, i) {
                    reader.see(value);
                }
            }
            if reader.is_ambiguous() {
                let mut rest = source::open(shape, &[whole])?;
                while let Some(batch) = rest.next_batch(8192)? {
                    for i in 0..batch.rows.len() {
                        if let Some(value) = cell(&batch, 0, i) {
                            reader.see(value);
                        }
                    }
                }
            }
            if let Some(note) = reader.settle() {
                self.settled_by_cells.push(self.names[column].clone());
                self.notes.push(format!("column `{}`: {note}", self.names[column]));
            }
            self.dates.push((role, reader));
        }
        Ok(())
    }
}

struct Columns<'a> {
    shape: &'a Shape,
    projection: Vec<usize>,
}

impl Columns<'_> {
    fn take(&mut self, name: &str) -> Result<usize> {
        let header = &self.shape.header;
        let found =
            header.iter().position(|h| h == name).or_else(|| header.iter().position(|h| h.trim().eq_ignore_ascii_case(name.trim())));
        let Some(column) = found else {
            return Err(Error::MissingColumn { column: name.to_owned(), path: self.shape.path.clone(), found: header.clone() });
        };
        Ok(self.projection.iter().position(|c| *c == column).unwrap_or_else(|| {
            self.projection.push(column);
            self.projection.len() - 1
        }))
    }
}
