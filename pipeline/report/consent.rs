//! Whose words may be shown?
//!
//! In a source that asks, only those of people who said `named` or `anonymous`; who was asked and said nothing stays unquoted. A source
//! that never asks (a complaint log) may be quoted in this internal pack. No name goes with any quotation.

use std::collections::{BTreeSet, HashSet};

use super::edition::Circle;
use super::row::each_row;
use crate::error::Result;
use crate::identity::response_key;
use crate::month::Month;
use crate::schema::{RESPONSE, response as col};
use crate::sink::Version;

/// What is known of consent.
#[derive(Debug, Default)]
pub(super) struct Consent {
    is_outside: bool,
    asking: BTreeSet<String>,
    given: HashSet<u128>,
}

impl Consent {
    /// Consent to quote the responses of `month`; whether a source asks is seen from all its months.
    pub(super) fn load(version: &Version, month: Month, circle: Circle) -> Result<Self> {
        let mut consent = Self { is_outside: circle == Circle::Outside, ..Self::default() };
        for of_month in version.months(&RESPONSE)? {
            each_row(version, of_month, &[col::source, col::share_consent], |row| {
                let (Some(source), Some(_)) = (row.text(col::source), row.text(col::share_consent)) else { return };
                if !consent.asking.contains(source) {
                    consent.asking.insert(source.to_owned());
                }
            })?;
        }
        each_row(version, month, &[col::source, col::response_id, col::share_consent], |row| {
            let (source, id) = (row.text(col::source).unwrap_or_default(), row.text(col::response_id).unwrap_or_default());
            if matches!(row.text(col::share_consent), Some("named" | "anonymous")) {
                consent.given.insert(response_key(source, id));
            }
        })?;
        Ok(consent)
    }

    /// Whether the words of a response may be shown: outside the house only of people who said so.
    pub(super) fn allows(&self, source: &str, response_id: &str) -> bool {
        (!self.is_outside && !self.asking.contains(source)) || self.given.contains(&response_key(source, response_id))
    }

    /// Whether a source asks for consent at all.
    pub(super) fn asks(&self, source: &str) -> bool {
        self.asking.contains(source)
    }

    /// Whether the report leaves the circle of those who work on the feedback.
    pub(super) fn is_outside(&self) -> bool {
        self.is_outside
    }
}
