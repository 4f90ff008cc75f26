//! With which settings were the tables made?
//!
//! A version keeps what was set when it was made, every default filled, so that `sync` needs no settings file.

use crate::config::Settings;
use crate::error::{Error, Result};
use crate::sink::{Staging, Version};

const FILE: &str = "settings.json";

/// Keeps the settings of a run with its version.
pub(super) fn save(staging: &Staging, settings: &Settings) -> Result<()> {
    let json = serde_json::to_vec_pretty(settings).expect("settings are maps of text and numbers");
    let path = staging.version().folder().join(FILE);
    fs_err::write(path, json).map_err(Error::io("cannot write the settings of the run"))
}

/// The settings of the last run; defaults for a version that has none.
pub(super) fn load(version: &Version) -> Result<Settings> {
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
