//! Whose words may be shown, and beside whose name?
//!
//! In a source that asks, only those of people who said `named` or `anonymous`; who was asked and said nothing stays unquoted. A source
//! that never asks (a complaint log) may be quoted in this internal pack. No name goes with any quotation, and beside the name of an account, where
//! words are as good as signed, stand only those of people who said `named`.

use std::collections::{BTreeSet, HashSet};

use super::edition::Circle;
use super::row::each_row;
use crate::error::Result;
use crate::identity::response_key;
use crate::month::Month;
use crate::schema::{RESPONSE, response as col};
use crate::sink::Version;

/// What may be told of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Words, and whose account they are of.
    WithName,
    /// Words, without any name.
    WithoutName,
    /// No word and no name: it counts.
    Nothing,
}

/// What is known of consent.
#[derive(Debug, Default)]
pub(super) struct Consent {
    is_outside: bool,
    asking: BTreeSet<String>,
    named: HashSet<u128>,
    anonymous: HashSet<u128>,
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
            let said = match row.text(col::share_consent) {
                Some("named") => &mut consent.named,
                Some("anonymous") => &mut consent.anonymous,
                _ => return,
            };
            said.insert(response_key(row.text(col::source).unwrap_or_default(), row.text(col::response_id).unwrap_or_default()));
        })?;
        Ok(consent)
    }

    /// What may be told of a response of the month.
    pub(super) fn told(&self, source: &str, response_id: &str) -> Told {
        let key = response_key(source, response_id);
        match () {
            () if self.named.contains(&key) => Told::WithName,
            () if self.anonymous.contains(&key) => Told::WithoutName,
            () if self.is_outside || self.asking.contains(source) => Told::Nothing,
            () => Told::WithName,
        }
    }

    /// Whether the words of a response may be shown: outside the house only of people who said so.
    pub(super) fn allows(&self, source: &str, response_id: &str) -> bool {
        self.told(source, response_id) != Told::Nothing
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
