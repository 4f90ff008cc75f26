//! Which model do the settings name?

use std::path::Path;

use crate::config::ThemeSettings;
use crate::error::{Error, Result};
use crate::stage::embed::Model;

impl Model {
    /// The model in `folder`: `tokenizer.json` and `model.safetensors`.
    ///
    /// Fails with [`Error::Io`] when one cannot be read and as [`Model::from_bytes`] does.
    pub fn load(folder: &Path) -> Result<Self> {
        let read = |name: &str| fs_err::read(folder.join(name)).map_err(Error::io("cannot read the model"));
        Self::from_bytes(&read("tokenizer.json")?, &read("model.safetensors")?)
    }

    /// The model that the settings name, in relation to `folder`; none named: the shipped one.
    pub fn of(settings: &ThemeSettings, folder: &Path) -> Result<Self> {
        settings.model.as_ref().map_or_else(Self::shipped, |named| Self::load(&folder.join(named)))
    }
}
