//! With which settings were the tables made?
//!
//! A version keeps what was set when it was made, every default filled, so that `sync` needs no settings file.

use crate::config::Settings;
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::measure::{Directory, Goals, OnePer, Pools, Terms};
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

/// What figures are held against, and how they are counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    pub(super) goals: Goals,
    /// The text of the goals file.
    pub(super) text: Option<String>,
    pub(super) one_per: OnePer,
    /// Sources that are counted together, too.
    pub(super) pools: Pools,
    /// The accounts, once they are read.
    pub(super) directory: Directory,
}

impl Held {
    /// What settings say, with the goals file that they name.
    pub(super) fn of(settings: &Settings) -> Result<Self> {
        let held = Self::counting(settings);
        let Some(name) = &settings.goals else { return Ok(held) };
        let text = fs_err::read_to_string(settings.folder.join(name)).map_err(Error::io("cannot read the goals that the settings name"))?;
        Ok(Self { goals: Goals::parse(&text, name)?, text: Some(text), ..held })
    }

    /// What the last run was told.
    pub(super) fn kept(version: &Version, settings: &Settings) -> Result<Self> {
        let path = version.folder().join(GOALS);
        let held = Self::counting(settings);
        if !path.exists() {
            return Ok(held);
        }
        let text = fs_err::read_to_string(&path).map_err(Error::io("cannot read the goals of the last run"))?;
        Ok(Self { goals: Goals::parse(&text, GOALS)?, text: Some(text), ..held })
    }

    /// How settings count.
    fn counting(settings: &Settings) -> Self {
        Self { one_per: settings.measures.one_per, pools: Pools::new(settings.measures.pool.clone()), ..Self::default() }
    }

    /// What figures take from it.
    pub(super) fn terms(&self) -> Terms<'_> {
        Terms { goals: &self.goals, one_per: self.one_per, directory: &self.directory, pools: &self.pools }
    }

    /// Equal figures follow from equal rows where this is equal.
    pub(super) fn fingerprint(&self) -> String {
        if self.one_per == OnePer::Response && self.directory.is_empty() && self.pools.is_empty() {
            return self.goals.fingerprint();
        }
        let one_per = if self.one_per == OnePer::Contact { "contact" } else { "response" };
        let held = Fingerprint::of("held").part(&self.goals.fingerprint()).part(one_per).part(&self.directory.fingerprint());
        if self.pools.is_empty() { held.id() } else { held.part(&self.pools.fingerprint()).id() }
    }
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
