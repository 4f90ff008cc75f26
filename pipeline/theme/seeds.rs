//! Which themes are known before the first verbatim?
//!
//! A taxonomy file names themes with example sentences, key terms and a functional area. They exist from the start, so
//! that a first month of a hundred comments has readable themes. The file also lists boiler-plate: thanks, greetings and
//! signatures that are near no theme however often they come.

use std::path::Path;

use serde::Deserialize;

use crate::config::ThemeSettings;
use crate::error::{Error, Result};

/// The themes of taxonomy files, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seeds {
    /// Guided themes.
    #[serde(default, rename = "theme")]
    pub themes: Vec<Seed>,
    /// Sentences that are about nothing, a group for each kind.
    #[serde(default)]
    pub boiler_plate: Vec<BoilerPlate>,
}

/// A guided theme.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Readable name, unique.
    pub name: String,
    /// Functional area.
    #[serde(default)]
    pub area: Option<String>,
    /// Key terms, best first.
    #[serde(default)]
    pub terms: Vec<String>,
    /// Sentences that a respondent might write.
    #[serde(default)]
    pub examples: Vec<String>,
}

/// A kind of sentence that is about nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoilerPlate {
    /// Sentences of the kind.
    pub examples: Vec<String>,
}

/// The shipped taxonomy as it is written.
pub const SHIPPED_SEEDS: &str = include_str!("../../lexicons/themes/areas.toml");

impl Seeds {
    /// The taxonomy of functional areas that comes with the program.
    pub fn shipped() -> Result<Self> {
        Self::parse(SHIPPED_SEEDS, "lexicons/themes/areas.toml")
    }

    /// The taxonomy that the settings name, in relation to `folder`; none named: the shipped one.
    ///
    /// Fails with [`Error::Io`] when a file cannot be read and with [`Error::Lexicon`] when it cannot be used.
    pub fn of(settings: &ThemeSettings, folder: &Path) -> Result<Self> {
        let Some(files) = &settings.seeds else { return Self::shipped() };
        let mut seeds = Self::default();
        for file in files {
            let text = fs_err::read_to_string(folder.join(file)).map_err(Error::io("cannot read the themes"))?;
            let Self { themes, boiler_plate } = Self::parse(&text, file)?;
            seeds.themes.extend(themes);
            seeds.boiler_plate.extend(boiler_plate);
        }
        seeds.check("themes.seeds")?;
        Ok(seeds)
    }

    /// Reads a taxonomy; `name` is the file's name for messages.
    pub fn parse(text: &str, name: &str) -> Result<Self> {
        let seeds: Self = toml::from_str(text).map_err(|error| {
            let line = 1 + text.bytes().take(error.span().map_or(0, |span| span.start)).filter(|b| *b == b'\n').count();
            Error::Lexicon { place: format!("{name}:{line}"), what: error.message().to_owned(), hint: None }
        })?;
        seeds.check(name)?;
        Ok(seeds)
    }

    fn check(&self, place: &str) -> Result<()> {
        let fail = |what: String, hint: &str| Err(Error::Lexicon { place: place.to_owned(), what, hint: Some(hint.to_owned()) });
        for (i, seed) in self.themes.iter().enumerate() {
            if seed.name.trim().is_empty() || seed.terms.is_empty() && seed.examples.is_empty() {
                return fail(
                    format!("theme {} (`{}`) has no name or neither terms nor examples", i + 1, seed.name),
                    "give each theme a `name` and a few `examples` of what people write",
                );
            }
            if self.themes.iter().take(i).any(|other| other.name == seed.name) {
                return fail(format!("two themes are named `{}`", seed.name), "a guided theme is known by its name: give each its own");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_taxonomy_can_be_used() {
        let seeds = Seeds::shipped().unwrap();
        assert!(seeds.themes.len() >= 30 && seeds.themes.iter().all(|seed| seed.area.is_some() && seed.examples.len() >= 3));
        assert!(!seeds.boiler_plate.is_empty());
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_place() {
        for (text, expected) in [
            ("[[theme]]\nname = 'a'", "x.toml: theme 1 (`a`) has no name or neither terms nor examples"),
            ("[[theme]]\nname = 'a'\nterms = ['b']\n[[theme]]\nname = 'a'\nterms = ['b']", "x.toml: two themes are named `a`"),
            ("\n[[theme]]\nnames = 'a'", "x.toml:3: unknown field `names`, expected one of `name`, `area`, `terms`, `examples`"),
        ] {
            assert_eq!(Seeds::parse(text, "x.toml").unwrap_err().to_string(), expected);
        }
    }
}
