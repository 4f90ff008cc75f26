//! For whom is a report written?
//!
//! The pack is for the review meeting; editions are parts of it for one area, for a meeting with one customer, and for telling staff and
//! customers what came of what they said. What leaves the house holds no other account, no HOTLINE case, no score of a model, and only words
//! whose authors agreed to be quoted.

use crate::error::{Error, Result};

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// The review pack of the month.
    #[default]
    Pack,
    /// The pack of one functional area, with a page for its front line.
    Area(String),
    /// A sheet to prepare a meeting with an account, by its id or name.
    Account(String),
    /// What is handed to that account in the meeting.
    Customer(String),
    /// One page for staff: you said, we did, what is next.
    Staff,
    /// The same for customers.
    Customers,
}

/// Who reads it: what may be shown depends on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Circle {
    /// Those who work on the feedback.
    Inside,
    /// Everybody else: all staff, customers.
    Outside,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A page that opens from disk.
    #[default]
    Html,
    /// A workbook of the tables behind the pack.
    Xlsx,
    /// Markdown.
    Markdown,
}

impl Edition {
    pub(super) fn circle(&self) -> Circle {
        match self {
            Self::Pack | Self::Area(_) | Self::Account(_) => Circle::Inside,
            Self::Customer(_) | Self::Staff | Self::Customers => Circle::Outside,
        }
    }

    /// The name of its file, without the ending.
    pub(super) fn file(&self) -> String {
        match self {
            Self::Pack => "index".to_owned(),
            Self::Area(area) => format!("area-{}", slug(area)),
            Self::Account(account) => format!("account-{}-internal", slug(account)),
            Self::Customer(account) => format!("account-{}-customer", slug(account)),
            Self::Staff => "staff".to_owned(),
            Self::Customers => "customers".to_owned(),
        }
    }
}

impl Format {
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Markdown => "md",
        }
    }

    /// Fails where there is no such report: workbooks are of the pack.
    pub(super) fn check(self, edition: &Edition) -> Result<()> {
        if self == Self::Xlsx && *edition != Edition::Pack {
            return Err(Error::Setting {
                place: "--format xlsx".to_owned(),
                what: "a workbook is of the whole pack".to_owned(),
                hint: Some("leave out --area, --account and --audience, or use --format html or md".to_owned()),
            });
        }
        Ok(())
    }
}

/// A name as part of a file's name: letters and digits in lower case, everything else a hyphen.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars().take(60) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_folder() {
        for (name, file) in [
            ("Account management", "area-account-management"),
            ("../../etc/passwd", "area-etc-passwd"),
            ("Büro & Co.", "area-büro-co"),
            ("…", "area-unnamed"),
        ] {
            assert_eq!(Edition::Area(name.to_owned()).file(), file);
        }
    }
}
