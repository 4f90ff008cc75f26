//! With which settings were the tables made?
//!
//! A version keeps what was set when it was made, every default filled, so that `sync` needs no settings file.

use crate::config::Settings;
use crate::error::{Error, Result};
use crate::measure::Goals;
use crate::sink::{Staging, Version};

const FILE: &str = "settings.json";
const GOALS: &str = "goals.toml";

/// Keeps the settings of a run, and the text of its goals, with its version.
///
/// Commands are left out: whoever may write to the output directory must not thereby choose what the next `sync` runs.
pub(super) fn save(staging: &Staging, settings: &Settings, goals: Option<&str>) -> Result<()> {
    save_goals(staging, goals)?;
    let mut kept = settings.clone();
    kept.handovers.retain(|handover| handover.command.is_empty());
    let json = serde_json::to_vec_pretty(&kept).expect("settings are maps of text and numbers");
    let path = staging.version().folder().join(FILE);
    // Never through a hard link into the version before.
    fs_err::remove_file(&path).or_else(super::missing_is_fine).map_err(Error::io("cannot write the settings of the run"))?;
    fs_err::write(path, json).map_err(Error::io("cannot write the settings of the run"))
}

/// Keeps the text of the goals with a version.
pub(super) fn save_goals(staging: &Staging, goals: Option<&str>) -> Result<()> {
    let path = staging.version().folder().join(GOALS);
    if path.exists() {
        // Never through a hard link into the version before.
        fs_err::remove_file(&path).map_err(Error::io("cannot write the goals of the run"))?;
    }
    goals.map_or(Ok(()), |text| fs_err::write(path, text)).map_err(Error::io("cannot write the goals of the run"))
}

/// The goals that settings name, with the text of their file; none when they name none.
pub(super) fn goals(settings: &Settings) -> Result<(Goals, Option<String>)> {
    let Some(name) = &settings.goals else { return Ok((Goals::default(), None)) };
    let text = fs_err::read_to_string(settings.folder.join(name)).map_err(Error::io("cannot read the goals that the settings name"))?;
    Ok((Goals::parse(&text, name)?, Some(text)))
}

/// The goals of the last run.
pub(super) fn kept_goals(version: &Version) -> Result<(Goals, Option<String>)> {
    let path = version.folder().join(GOALS);
    if !path.exists() {
        return Ok((Goals::default(), None));
    }
    let text = fs_err::read_to_string(&path).map_err(Error::io("cannot read the goals of the last run"))?;
    Ok((Goals::parse(&text, GOALS)?, Some(text)))
}

/// The settings of the last run; defaults for a version that has none.
pub(crate) fn load(version: &Version) -> Result<Settings> {
    let path = version.folder().join(FILE);
    if !path.exists() {
        return Ok(Settings::default());
    }
    let bytes = fs_err::read(&path).map_err(Error::io("cannot read the settings of the last run"))?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Output {
        path,
        what: format!("the settings of the last run cannot be read: {error}"),
        hint: Some("give them with --config".to_owned()),
    })
}
