//! What does the input hold, before anything is written?
//!
//! The first of two passes: every row is placed and keyed, and of months that the theme registry does not know a
//! sample of verbatims is taken. Afterwards it is known which rows are new, which months are touched and how much there is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};

use super::batches::{Batches, Job};
use super::flow::ordered;
use super::inputs::Inputs;
use super::keys::{Keys, PublishedKey};
use super::progress::Progress;
use super::spans::Spans;
use crate::config::ThemeSettings;
use crate::error::Result;
use crate::language;
use crate::month::Month;
use crate::redact::Redactor;
use crate::response::{RowKey, cell};
use crate::source::{MAX_REPAIRS, Repair};
use crate::text::normalise;
use crate::theme::{Registry, Sampler, text_hash};

/// What the first pass found.
#[derive(Debug)]
pub(super) struct Survey {
    /// The keys of all rows.
    pub(super) keys: Keys,
    /// Verbatims to find themes from, by month.
    pub(super) samples: BTreeMap<Month, Sampler>,
    /// Sources (short hashes) and months that the input has rows of.
    pub(super) source_months: BTreeSet<(u32, Month)>,
    /// Where in the input each month has its rows.
    pub(super) spans: Spans,
    /// Rows that the readers rejected: they have no key.
    pub(super) n_unreadable: u64,
    /// Rows that have no month or no id.
    pub(super) n_unplaced: u64,
    /// Open questions answered.
    pub(super) n_verbatims: u64,
    /// What each file held.
    pub(super) files: Vec<FileCounts>,
}

/// What the readers found in a file.
#[derive(Clone, Debug, Default)]
pub(super) struct FileCounts {
    /// Rows, those that could not be read included.
    pub(super) n_rows: u64,
    /// Cells whose bytes were mended.
    pub(super) n_repaired: u64,
    /// The first of them.
    pub(super) repairs: Vec<Repair>,
    /// Values under keys that do not occur in the first thousand rows.
    pub(super) n_unknown: u64,
}

impl FileCounts {
    fn add(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.n_repaired += other.n_repaired;
        self.n_unknown += other.n_unknown;
        let room = MAX_REPAIRS.saturating_sub(self.repairs.len());
        self.repairs.extend(other.repairs.into_iter().take(room));
    }
}

/// Distinct verbatims of a month that themes are found from. NMI on 10,000 questions of one bank is the same for 8,000
/// and for all; at 815 bytes each, two years of months stay below 200 MB.
pub(crate) const SAMPLE_CAPACITY: usize = 10_000;

struct Placed {
    file: usize,
    rows: Vec<Option<(RowKey, Month)>>,
    source: u32,
    n_unreadable: u64,
    n_verbatims: u64,
    counts: FileCounts,
}

/// What the survey is taken with.
#[derive(Clone, Copy, Debug)]
pub(super) struct SurveyTerms<'a> {
    /// Worker threads.
    pub(super) n_threads: usize,
    /// Rows of a batch.
    pub(super) batch_rows: usize,
    /// Memory for keys.
    pub(super) budget_bytes: usize,
    /// Which languages themes are found in.
    pub(super) themes: &'a ThemeSettings,
    /// Where keys go above it.
    pub(super) spill: &'a Path,
    /// Set when the run is to stop.
    pub(super) cancel: &'a AtomicBool,
    /// Told as rows pass.
    pub(super) progress: &'a Progress,
}

/// Surveys the input.
pub(super) fn survey(inputs: &Inputs, registry: &Registry, redactor: &Redactor, terms: SurveyTerms<'_>) -> Result<Survey> {
    let mut survey = Survey {
        keys: Keys::new(terms.spill, terms.budget_bytes),
        samples: BTreeMap::new(),
        source_months: BTreeSet::new(),
        spans: Spans::default(),
        n_unreadable: 0,
        n_unplaced: 0,
        n_verbatims: 0,
        files: vec![FileCounts::default(); inputs.files.len()],
    };
    let samples = Mutex::new(BTreeMap::new());
    let mut batches = Batches::new(inputs, terms.batch_rows, terms.progress);
    ordered(
        terms.n_threads,
        terms.cancel,
        || batches.next(),
        || {
            let mut worker = Surveyor {
                inputs,
                registry,
                redactor,
                terms,
                samples: &samples,
                full_at: BTreeMap::new(),
                normalised: String::new(),
                text: String::new(),
            };
            move |job| Ok(worker.place(&job))
        },
        |placed: Placed| {
            survey.files[placed.file].add(placed.counts);
            survey.n_unreadable += placed.n_unreadable;
            survey.n_verbatims += placed.n_verbatims;
            for row in placed.rows {
                survey.n_unplaced += u64::from(row.is_none());
                if let Some((_, month)) = row {
                    survey.source_months.insert((placed.source, month));
                    survey.spans.see(month, survey.keys.n_rows());
                }
                survey.keys.push(row)?;
            }
            Ok(())
        },
    )?;
    survey.samples = samples.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(survey)
}

struct Surveyor<'a> {
    inputs: &'a Inputs,
    registry: &'a Registry,
    redactor: &'a Redactor,
    terms: SurveyTerms<'a>,
    /// One for all workers: each of its own would take as much again for every thread.
    samples: &'a Mutex<BTreeMap<Month, Sampler>>,
    /// What a text's hash must be below to come into the sample of its month; it only falls, so an old one lets too much through.
    full_at: BTreeMap<Month, u128>,
    normalised: String,
    text: String,
}

impl Surveyor<'_> {
    fn place(&mut self, job: &Job) -> Placed {
        let binding = &self.inputs.files[job.file].binding;
        let raw = &job.raw;
        let mut n_verbatims = 0;
        let rows = (0..raw.rows.len())
            .map(|i| {
                let place = binding.place(raw, i).ok()?;
                let key = binding.key(raw, i, place.month).ok()?;
                for (_, column) in &binding.verbatims {
                    if let Some(text) = cell(raw, *column, i) {
                        n_verbatims += 1;
                        self.sample(place.month, text);
                    }
                }
                Some((key, place.month))
            })
            .collect();
        Placed {
            file: job.file,
            rows,
            source: PublishedKey::source_of(&binding.source.name),
            n_unreadable: raw.rejects.len() as u64,
            n_verbatims,
            counts: FileCounts {
                n_rows: (raw.rows.len() + raw.rejects.len()) as u64,
                n_repaired: raw.n_repaired,
                repairs: raw.repairs.clone(),
                n_unknown: raw.n_unknown,
            },
        }
    }

    fn sample(&mut self, month: Month, raw: &str) {
        if !self.registry.needs(month.days()) {
            return;
        }
        let full_at = self.full_at.entry(month).or_insert(u128::MAX);
        let Some((hash, text)) = legible(raw, self.redactor, self.terms.themes, *full_at, (&mut self.normalised, &mut self.text)) else {
            return;
        };
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let sampler = samples.entry(month).or_insert_with(|| Sampler::new(SAMPLE_CAPACITY));
        sampler.see(hash, text);
        *full_at = sampler.full_at();
    }
}

/// A verbatim as samples take it, redacted, with its hash: if that is not above `full_at`, and themes are found in its language.
pub(crate) fn legible<'t>(
    raw: &str,
    redactor: &Redactor,
    themes: &ThemeSettings,
    full_at: u128,
    (normalised, text): (&mut String, &'t mut String),
) -> Option<(u128, &'t str)> {
    normalise(raw, normalised);
    redactor.redact(normalised, text);
    let hash = text_hash(text);
    (!text.is_empty() && hash <= full_at && themes.reads(language::detect(text))).then_some((hash, text.as_str()))
}
