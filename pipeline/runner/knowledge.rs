//! What is known before any row is read?
//!
//! Rules, lexicons, embedding model and redactor, as the settings name them, with a fingerprint of each; the themes of the version before.

use std::collections::BTreeMap;

use super::RunOptions;
use crate::config::Settings;
use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::redact::Redactor;
use crate::response::Terms;
use crate::sink::Version;
use crate::stage::embed::Model;
use crate::stage::hotline::Rules;
use crate::stage::sentiment::Lexicons;
use crate::theme::{Registry, Seeds};

/// Goes up when the same row would be given other values than before, so that a dump that is run again is written again.
const ANALYSIS_VERSION: &str = "1";

/// What rules, lexicons and model say before any row is read.
pub struct Knowledge {
    pub(crate) rules: Rules,
    pub(crate) lexicons: Lexicons,
    pub(crate) model: Model,
    pub(crate) seeds: Seeds,
    pub(crate) redactor: Redactor,
    pub(super) fingerprints: BTreeMap<&'static str, String>,
    salt: u128,
}

impl Knowledge {
    /// Loads and compiles what the settings name; shipped data where they name nothing.
    pub fn load(settings: &Settings) -> Result<Self> {
        let read = |names: &[String]| -> Result<Vec<(String, String)>> {
            let read = |name: &String| {
                Ok((
                    name.clone(),
                    fs_err::read_to_string(settings.folder.join(name)).map_err(Error::io("cannot read a file that the settings name"))?,
                ))
            };
            names.iter().map(read).collect()
        };
        let rules = || match &settings.hotline.rules {
            // An empty list is a list: no rules, where a command without files means the shipped ones.
            Some(files) if files.is_empty() => Rules::load(&[]),
            Some(files) => crate::rules::load(files, &settings.folder),
            None => Rules::shipped(),
        };
        // Side by side: together they are most of what a run of ten rows takes.
        let (rules, (lexicons, model)) = rayon::join(rules, || {
            let lexicons = read(&settings.sentiment.lexicons).and_then(|files| Lexicons::with(&files, &settings.language.default));
            (lexicons, Model::of(&settings.themes, &settings.folder))
        });
        let (rules, lexicons, model) = (rules?, lexicons?, model?);
        let seeds = Seeds::of(&settings.themes, &settings.folder)?;
        let redactor = Redactor::new(&settings.privacy)?;
        let json = |value: &dyn erased::Json| Fingerprint::of("settings").part(&value.json()).id();
        let fingerprints = BTreeMap::from([
            ("analysis", ANALYSIS_VERSION.to_owned()),
            ("settings", json(settings)),
            ("privacy", json(&settings.privacy)),
            ("language", json(&settings.language)),
            ("hotline", json(&settings.hotline.of_rows())),
            ("rules", rules.fingerprint()),
            ("lexicons", lexicons.fingerprint()),
            ("model", model.fingerprint()),
        ]);
        let mut salt = Fingerprint::of("salt");
        for (name, value) in fingerprints.iter().filter(|(name, _)| **name != "settings") {
            salt = salt.part(name).part(value);
        }
        Ok(Self { rules, lexicons, model, seeds, redactor, fingerprints, salt: salt.finish() })
    }

    /// What a binding needs of it.
    pub fn terms(&self, options: &RunOptions) -> Terms {
        Terms { salt: self.salt, ..options.look() }
    }

    /// The themes of a version, an empty registry where there are none.
    ///
    /// Fails with [`Error::Output`] when they were made with another embedding model.
    pub fn registry(&self, version: Option<&Version>) -> Result<Registry> {
        open_registry(version, self)
    }

    /// HOTLINE rules in force.
    pub fn n_rules(&self) -> usize {
        self.rules.rules().len()
    }

    /// The redactor that the settings ask for.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }
}

mod erased {
    //! One call for settings of several types.
    pub(super) trait Json {
        fn json(&self) -> String;
    }
    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> String {
            serde_json::to_string(self).expect("settings are maps of text and numbers")
        }
    }
}

pub(super) fn open_registry(old: Option<&Version>, knowledge: &Knowledge) -> Result<Registry> {
    let fingerprint = knowledge.model.fingerprint();
    let Some(registry) = old.map_or(Ok(None), |old| Registry::open(&old.themes()))? else { return Ok(Registry::empty(&fingerprint)) };
    if registry.model() == fingerprint {
        return Ok(registry);
    }
    Err(Error::Output {
        path: old.map(Version::themes).unwrap_or_default(),
        what: "the themes were made with another embedding model".to_owned(),
        hint: Some("use the model that they were made with (`[themes] model`), or another output directory".to_owned()),
    })
}
