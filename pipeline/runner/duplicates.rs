//! Which verbatim was the first to say this?
//!
//! Asked once for each verbatim, in the order in which they are written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::error::Result;
use crate::identity::{base32, from_base32};

/// Finds the first of equal texts.
pub(super) trait Duplicates {
    /// The id of the first verbatim with this text; none when `id` is the first.
    fn first(&mut self, text: u128, id: &str) -> Result<Option<String>>;
}

/// Keeps every distinct text's hash in memory, 32 bytes and a slot each.
#[derive(Debug, Default)]
pub(super) struct InMemory(HashMap<u128, u128>);

impl Duplicates for InMemory {
    fn first(&mut self, text: u128, id: &str) -> Result<Option<String>> {
        match self.0.entry(text) {
            Entry::Occupied(first) => Ok(Some(base32(*first.get()))),
            Entry::Vacant(slot) => {
                slot.insert(from_base32(id).expect("verbatim ids are written by `base32`"));
                Ok(None)
            }
        }
    }
}
