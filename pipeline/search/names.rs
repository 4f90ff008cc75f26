//! What are themes called today?
//!
//! The index holds theme ids only: a theme that is renamed is found by its new name at once.

use std::collections::BTreeMap;

use super::words::plain;
use crate::error::Result;
use crate::month::Month;
use crate::report::row::each_row;
use crate::schema::theme as col;
use crate::sink::Version;

/// The themes of a version by id.
#[derive(Clone, Debug, Default)]
pub struct ThemeNames {
    themes: BTreeMap<String, Name>,
}

#[derive(Clone, Debug)]
struct Name {
    label: String,
    parent: Option<String>,
    merged_into: Option<String>,
}

impl ThemeNames {
    /// Reads the dimension `theme`.
    pub fn load(version: &Version) -> Result<Self> {
        let mut themes = BTreeMap::new();
        each_row(version, Month::new(1970, 1), &[col::theme_id, col::label, col::parent_id, col::merged_into], |row| {
            let id = row.owned(col::theme_id);
            let label = row.text(col::label).unwrap_or(&id).to_owned();
            let given = |column| row.text(column).map(str::to_owned);
            themes.insert(id, Name { label, parent: given(col::parent_id), merged_into: given(col::merged_into) });
        })?;
        Ok(Self { themes })
    }

    /// What a theme is called; its id where it is not known.
    pub fn label<'a>(&'a self, id: &'a str) -> &'a str {
        self.themes.get(id).map_or(id, |name| &name.label)
    }

    /// Every label.
    pub(super) fn labels(&self) -> Vec<&str> {
        self.themes.values().map(|name| name.label.as_str()).collect()
    }

    /// The ids that are meant by an id, a label or the beginning of a word of a label, with those below them and those merged into them.
    pub(super) fn meant(&self, value: &str) -> Vec<String> {
        let mut ids = self.named(value);
        // Themes stand two deep and merges are followed to their end, so few rounds reach all.
        for _ in 0..self.themes.len() {
            let more: Vec<String> = self
                .themes
                .iter()
                .filter(|(id, name)| {
                    let leads = |to: &Option<String>| to.as_ref().is_some_and(|to| ids.contains(to));
                    !ids.contains(id) && (leads(&name.parent) || leads(&name.merged_into))
                })
                .map(|(id, _)| id.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            ids.extend(more);
        }
        ids
    }

    fn named(&self, value: &str) -> Vec<String> {
        if self.themes.contains_key(value) {
            return vec![value.to_owned()];
        }
        let fold = |text: &str| plain(&text.trim().to_lowercase());
        let value = fold(value);
        let of = |is: &dyn Fn(&str) -> bool| -> Vec<String> {
            self.themes.iter().filter(|(_, name)| is(&fold(&name.label))).map(|(id, _)| id.clone()).collect()
        };
        let exact = of(&|label| label == value);
        if !exact.is_empty() {
            return exact;
        }
        of(&|label| label.split(|c: char| !c.is_alphanumeric()).any(|word| word == value) || label.contains(&value))
    }
}
