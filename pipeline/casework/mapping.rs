//! Which column of a file says what about a case?
//!
//! A mapping file is TOML: `[columns]` names a column for each field, `[status]` and `[disposition]` say what the words of another
//! tool mean, `[closed]` fills in what it does not say of a closed case.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::close::Disposition;
use super::field::Field;
use super::state::Status;
use crate::config::DateOrder;
use crate::error::{Error, Result};

/// Which column says what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name of the tool.
    pub name: String,
    /// IANA zone of times without one.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Order of day and month in dates such as 03/04/2026; none: settled by the whole column.
    #[serde(default)]
    pub date_order: Option<DateOrder>,
    /// Whether an empty cell takes away what the case has: so in our own report, never where a tool knows only a part.
    #[serde(default)]
    pub blank_clears: bool,
    /// The column of each field.
    pub columns: BTreeMap<Field, String>,
    /// The tool's words for where a case stands; without regard to case. Our own words are always known.
    #[serde(default)]
    status: BTreeMap<String, String>,
    /// The tool's words for how a case ended.
    #[serde(default)]
    disposition: BTreeMap<String, String>,
    /// What the tool does not say of a closed case.
    #[serde(default)]
    pub(super) closed: Closed,
}

/// What a tool does not say of a closed case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Closed {
    pub(super) disposition: Option<String>,
    pub(super) resolution: Option<String>,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// The mappings that come with the program: our own report first.
pub const SHIPPED_MAPPINGS: [(&str, &str); 3] = [
    ("report", include_str!("mappings/report.toml")),
    ("zendesk", include_str!("mappings/zendesk.toml")),
    ("jira", include_str!("mappings/jira.toml")),
];

impl Mapping {
    /// A shipped mapping by its name, or one from a file.
    pub fn load(name: &str) -> Result<Self> {
        match SHIPPED_MAPPINGS.iter().find(|(shipped, _)| *shipped == name) {
            Some((name, text)) => Self::parse(text, &format!("{name}.toml")),
            None if Path::new(name).exists() => {
                Self::parse(&fs_err::read_to_string(name).map_err(Error::io("cannot read the mapping"))?, name)
            }
            None => Err(Error::InputNotFound {
                what: name.to_owned(),
                hint: format!("a mapping file, or one that comes with the program: {}", names()),
            }),
        }
    }

    /// The shipped mapping whose columns the header has: all of those that tell which case a line is about.
    ///
    /// Fails with [`Error::Input`] when there is none.
    pub fn of(header: &[String], path: &Path) -> Result<Self> {
        for (name, _) in SHIPPED_MAPPINGS {
            let mapping = Self::load(name)?;
            let n_found = mapping.columns.values().filter(|column| find(header, column).is_some()).count();
            let tells_case = [Field::HotlineId, Field::ExternalRef].iter().any(|field| mapping.column(*field, header).is_some());
            if tells_case && n_found >= 3 {
                return Ok(mapping);
            }
        }
        Err(Error::Input {
            path: path.to_owned(),
            what: "is no HOTLINE report and no export of a known tool".to_owned(),
            found: Some(header.join(", ")),
            hint: Some(format!("name the mapping with --map: {}, or a file of your own", names())),
        })
    }

    fn parse(text: &str, place: &str) -> Result<Self> {
        let fail = |what: String, hint: &str| Error::Setting { place: place.to_owned(), what, hint: Some(hint.to_owned()) };
        let mapping: Self =
            toml::from_str(text).map_err(|error| fail(error.message().to_owned(), "see the mappings that `outspoken init` writes"))?;
        if !mapping.columns.contains_key(&Field::HotlineId) && !mapping.columns.contains_key(&Field::ExternalRef) {
            return Err(fail("no column says which case a line is about".to_owned(), "give `hotline_id` or `external_ref` in [columns]"));
        }
        for word in mapping.status.values() {
            Status::parse(word).ok_or_else(|| fail(format!("`{word}` is no status"), "open, acting, closed or historical"))?;
        }
        for word in mapping.disposition.values().chain(&mapping.closed.disposition) {
            let names: Vec<&str> = Disposition::ALL.iter().map(|d| d.as_str()).collect();
            Disposition::parse(word).ok_or_else(|| fail(format!("`{word}` is no disposition"), &names.join(", ")))?;
        }
        Ok(mapping)
    }

    /// Where the column of a field stands in a header.
    pub(super) fn column(&self, field: Field, header: &[String]) -> Option<usize> {
        find(header, self.columns.get(&field)?)
    }

    pub(super) fn status(&self, word: &str) -> Option<Status> {
        Status::parse(translate(&self.status, word).as_deref().unwrap_or(word))
    }

    pub(super) fn disposition(&self, word: &str) -> Option<Disposition> {
        Disposition::parse(translate(&self.disposition, word).as_deref().unwrap_or(word))
    }
}

fn translate(words: &BTreeMap<String, String>, word: &str) -> Option<String> {
    let word = word.trim().to_lowercase();
    words.iter().find(|(theirs, _)| theirs.to_lowercase() == word).map(|(_, ours)| ours.clone())
}

fn find(header: &[String], column: &str) -> Option<usize> {
    header.iter().position(|name| name.trim().eq_ignore_ascii_case(column.trim()))
}

fn names() -> String {
    SHIPPED_MAPPINGS.map(|(name, _)| name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_mappings_can_be_read_and_are_told_by_their_columns() {
        for (name, _) in SHIPPED_MAPPINGS {
            let mapping = Mapping::load(name).unwrap();
            let header: Vec<String> = mapping.columns.values().cloned().collect();
            assert_eq!(Mapping::of(&header, Path::new("x.csv")).unwrap().name, mapping.name);
        }
        let report = Mapping::load("report").unwrap();
        for field in Field::of_report() {
            assert_eq!(report.columns.get(&field).map(String::as_str), Some(field.heading()), "{field:?}");
        }
    }

    #[test]
    fn a_mapping_that_cannot_be_used_is_refused_with_a_hint() {
        let check = |text: &str, what: &str| {
            let error = Mapping::parse(text, "mine.toml").unwrap_err();
            assert!(error.to_string().contains(what) && error.hint().is_some(), "{error}");
        };
        check("name = \"x\"\n[columns]\nowner = \"Assignee\"\n", "which case");
        check("name = \"x\"\n[columns]\nhotline = \"ID\"\n", "unknown variant `hotline`");
        check("name = \"x\"\n[columns]\nhotline_id = \"ID\"\n[status]\nsolved = \"done\"\n", "`done` is no status");
        check("name = \"x\"\n[columns]\nhotline_id = \"ID\"\n[closed]\ndisposition = \"solved\"\n", "`solved` is no disposition");
    }

    #[test]
    fn words_of_the_tool_and_our_own_are_understood() {
        let zendesk = Mapping::load("zendesk").unwrap();
        assert_eq!(zendesk.status("Solved"), Some(Status::Closed));
        assert_eq!(zendesk.status(" acting "), Some(Status::Acting));
        assert_eq!(zendesk.status("whatever"), None);
    }
}
