//! What have people decided since the tables were written?
//!
//! No input is read: the published version is taken over file by file, decisions are laid over it, figures follow, and one rename
//! publishes what changed. Where nothing did, nothing is published.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;

use super::decisions::{self, Changed};
use super::themes::Known;
use super::{Previous, actions, detections, figures, handover, manifest, remove_spill, roster, settings};
use crate::config::Settings;
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::measure::Room;
use crate::month::Month;
use crate::schema::RESPONSE;
use crate::sink::{FileTerms, Output};
use crate::stage::embed::Model;
use crate::store::Store;
use crate::theme::Registry;

/// Memory for figures: as much as a run with its default takes for them.
const MEMORY_BYTES: usize = 256 << 20;

/// What `sync` is asked to do.
#[derive(Clone, Debug)]
pub struct SyncOptions {
    /// The output directory.
    pub out: PathBuf,
    /// The clock.
    pub as_of: Timestamp,
    /// What was set; none: as in the last run.
    pub settings: Option<Settings>,
}

impl SyncOptions {
    /// `sync` of `out`, now, with the settings of the last run.
    pub fn new(out: PathBuf) -> Self {
        Self { out, as_of: Timestamp::now(), settings: None }
    }
}

/// What `sync` did.
#[derive(Clone, Debug, Default)]
pub struct SyncOutcome {
    /// The id under which changes were published; none: nothing had changed.
    pub run_id: Option<String>,
    /// Months with changed tables.
    pub months: BTreeSet<Month>,
    /// What a person should look at.
    pub warnings: Vec<String>,
}

/// Brings the tables up to what people have decided since.
///
/// Fails with [`Error::Output`] when nothing was published yet or another run is writing; readers then see what they saw before.
pub fn sync(options: &SyncOptions) -> Result<SyncOutcome> {
    let mut output = Output::open(&options.out)?;
    let Some(old) = output.version() else {
        return Err(Error::Output {
            path: options.out.clone(),
            what: "has no tables yet".to_owned(),
            hint: Some("`outspoken run` writes them; `sync` brings them up to what people decided".to_owned()),
        });
    };
    let mut store = Store::open(&options.out)?;
    let now = options.as_of.as_microsecond();
    let settings = match &options.settings {
        Some(settings) => settings.clone(),
        None => settings::load(&old)?,
    };
    let mut held = match &options.settings {
        Some(settings) => settings::Held::of(settings)?,
        None => settings::Held::kept(&old, &settings)?,
    };
    held.directory = roster::directory(&old, settings.accounts.high_value)?;
    let previous = Previous::of(Some(&old))?;
    let id = Fingerprint::of("sync").part(previous.run_id.as_deref().unwrap_or_default()).part(&options.as_of.to_string()).id();
    let run_id = manifest::run_id(options.as_of, &id);
    let terms = FileTerms { compression: settings.output.compression, run_id: run_id.clone() };

    let staging = output.stage()?;
    staging.keep_folder(&old, old.folder())?;
    let model = Model::of(&settings.themes, &settings.folder)?;
    let registry = Registry::open(&old.themes())?.unwrap_or_else(|| Registry::empty(&model.fingerprint()));
    let none = BTreeSet::new();
    let known = Known { registry: &registry, model: &model, old: Some(&old), touched: &none };
    let decided = decisions::lay_over(&staging, &terms, &store, &settings, known)?;
    let Changed { mut rows, themes, cases, mut warnings } = decided;
    if previous.goals.as_ref() != Some(&held.fingerprint()) {
        // Goals are no rows: every month is held against the new ones.
        rows.extend(old.months(&RESPONSE)?);
    }
    let actions = actions::write(&staging, Some(&old), &terms, &store)?;
    if rows.is_empty() && cases.is_empty() && actions.is_empty() && !themes {
        drop(staging);
        // Detections that a killed run left, and what could not be handed over then.
        detections::write_down(&old, &mut store, &settings.handovers, now)?;
        warnings.extend(handover::deliver(&mut store, &output, &settings, now)?);
        store.purge_contacts(now)?;
        return Ok(SyncOutcome { warnings, ..SyncOutcome::default() });
    }
    let spill = staging.version().folder().join("spill");
    let room = Room { folder: &spill, budget_bytes: MEMORY_BYTES };
    let mut months = rows.clone();
    if !rows.is_empty() {
        let figures = figures::write(&staging, Some(&old), &rows, &held, &terms, room)?;
        months.extend(figures.months);
        warnings.extend(figures.idle_goals);
    }
    let of_accounts: BTreeSet<Month> = cases.difference(&months).copied().collect();
    figures::write_accounts(&staging, &old, &of_accounts, &held, &terms)?;
    remove_spill(&spill)?;
    months.extend(cases);
    months.extend(actions);
    settings::save_goals(&staging, held.text.as_deref())?;
    if options.settings.is_some() {
        settings::save(&staging, &settings, held.text.as_deref())?;
    }
    manifest::write_synced(&staging, &old, &run_id, options.as_of, &months, &held.fingerprint())?;
    let version = output.publish(staging)?;
    detections::write_down(&version, &mut store, &settings.handovers, now)?;
    warnings.extend(handover::deliver(&mut store, &output, &settings, now)?);
    // Not before: until its detection is written, a case of a killed run looks like none.
    store.purge_contacts(now)?;
    Ok(SyncOutcome { run_id: Some(run_id), months, warnings })
}
