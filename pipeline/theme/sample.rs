//! Which verbatims of a month are looked at to find its themes?
//!
//! Those with the smallest hashes of their text: which they are depends neither on row order nor on threads, and samples
//! taken apart merge into the sample of the whole. Equal texts are one, with a weight.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// The hash that samples are chosen by, of a normalised, redacted text.
pub fn text_hash(text: &str) -> u128 {
    xxh3_128(text.as_bytes())
}

/// Takes a sample of bounded size.
#[derive(Clone, Debug)]
pub struct Sampler {
    capacity: usize,
    kept: BTreeMap<u128, SampleText>,
}

/// One distinct text of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleText {
    /// [`text_hash`] of the whole text.
    pub hash: u128,
    /// The text, of very long ones the beginning.
    pub text: String,
    /// How many verbatims say exactly this.
    pub weight: u32,
}

/// The texts of a month that themes are found from, in order of their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    pub(crate) texts: Vec<SampleText>,
}

/// Themes are found from the first 8 KiB of a text, ten times a long complaint: a sample of 50,000 stays below 400 MB
/// whatever people paste. Assigning themes has no such limit.
const MAX_TEXT_BYTES: usize = 8 << 10;

impl Sampler {
    /// For at most `capacity` distinct texts.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, kept: BTreeMap::new() }
    }

    /// Sees one verbatim; `text_hash` is [`text_hash`] of its `text`.
    pub fn see(&mut self, text_hash: u128, text: &str) {
        if self.capacity == 0 || text_hash > self.full_at() {
            return;
        }
        let new = || SampleText { hash: text_hash, text: beginning(text).to_owned(), weight: 0 };
        let kept = self.kept.entry(text_hash).or_insert_with(new);
        kept.weight = kept.weight.saturating_add(1);
        self.trim();
    }

    /// The largest hash that a text may have to come into the sample as it is now.
    pub fn full_at(&self) -> u128 {
        if self.kept.len() < self.capacity { u128::MAX } else { self.kept.last_key_value().map_or(0, |(largest, _)| *largest) }
    }

    /// Adds a text of another sampler of this capacity, with its weight there.
    pub fn add(&mut self, text: SampleText) {
        self.kept.entry(text.hash).and_modify(|kept| kept.weight = kept.weight.saturating_add(text.weight)).or_insert(text);
        self.trim();
    }

    /// The sample, in order of hashes.
    pub fn finish(self) -> Sample {
        Sample { texts: self.kept.into_values().collect() }
    }

    /// A text that is dropped here cannot come back: what is kept only gets smaller. So the weight of what stays is whole.
    fn trim(&mut self) {
        while self.kept.len() > self.capacity {
            self.kept.pop_last();
        }
    }
}

impl Sample {
    /// Distinct texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The texts, in order of their hashes.
    pub fn texts(&self) -> &[SampleText] {
        &self.texts
    }

    /// The texts, in order of their hashes, to keep.
    pub fn into_texts(self) -> Vec<SampleText> {
        self.texts
    }

    /// A hash of which texts there are and how often, 32 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        let mut hash = Xxh3::new();
        for text in &self.texts {
            hash.update(&text.hash.to_le_bytes());
            hash.update(&text.weight.to_le_bytes());
        }
        format!("{:032x}", hash.digest128())
    }
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MAX_TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).expect("a character boundary")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(texts: &[String], capacity: usize) -> Sample {
        let mut sampler = Sampler::new(capacity);
        texts.iter().for_each(|text| sampler.see(text_hash(text), text));
        sampler.finish()
    }

    proptest! {
        #[test]
        fn order_and_parts_do_not_matter(numbers in prop::collection::vec(0..40_u8, 0..80), cut in 0..80_usize, capacity in 0..50_usize) {
            let texts: Vec<_> = numbers.iter().map(u8::to_string).collect();
            let whole = sample(&texts, capacity);
            let reversed: Vec<_> = texts.iter().rev().cloned().collect();
            prop_assert_eq!(&whole, &sample(&reversed, capacity));
            let (left, right) = texts.split_at(cut.min(texts.len()));
            let [mut merged, other] = [left, right].map(|part| {
                let mut sampler = Sampler::new(capacity);
                part.iter().for_each(|text| sampler.see(text_hash(text), text));
                sampler
            });
            other.finish().texts.into_iter().for_each(|text| merged.add(text));
            let merged = merged.finish();
            prop_assert_eq!(&whole, &merged);
            for kept in whole.texts() {
                prop_assert_eq!(kept.weight as usize, texts.iter().filter(|text| **text == kept.text).count());
            }
        }
    }
}
