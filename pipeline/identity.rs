//! What are rows, verbatims and cases called, so that the next run calls them the same?
//!
//! Ids are hashes (XXH3, 128 bits) of what identifies a thing, written in 26 characters of Crockford's
//! base 32. Parts are hashed with their lengths, so that ("ab", "c") and ("a", "bc") differ.

use xxhash_rust::xxh3::xxh3_128;

/// A 128-bit hash of parts.
///
/// Parts are gathered and hashed at once: a row's key has dozens of short ones, and the state of a hash that streams is
/// larger than all of them. Those of an id fit where they are; only long ones, of whole rows and texts, ask for memory.
#[derive(Clone)]
pub struct Fingerprint {
    short: [u8; SHORT_BYTES],
    n_short: usize,
    long: Vec<u8>,
}

const SHORT_BYTES: usize = 192;

/// A part that stands in many fingerprints, as it is written into each: the name of a column, in the keys of its rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Box<[u8]>);

impl Name {
    /// The part as [`Fingerprint::add`] writes it.
    pub fn of(part: &str) -> Self {
        Self([&(part.len() as u64 + 1).to_le_bytes(), part.as_bytes()].concat().into())
    }
}

impl Fingerprint {
    /// Starts with the name of the kind of thing, so that equal parts of two kinds differ.
    pub fn of(kind: &str) -> Self {
        let mut parts = Self { short: [0; SHORT_BYTES], n_short: 0, long: Vec::new() };
        parts.add(Some(kind));
        parts
    }

    /// The same as [`Fingerprint::of`], with room for the parts of a whole row.
    pub fn of_row(kind: &str, n_bytes: usize) -> Self {
        let mut parts = Self { short: [0; SHORT_BYTES], n_short: 0, long: Vec::with_capacity(n_bytes.max(SHORT_BYTES)) };
        parts.long.extend_from_slice(&Name::of(kind).0);
        parts
    }

    /// Adds the name of a part, and the part, as [`Fingerprint::add`] does one after the other.
    pub fn add_named(&mut self, name: &Name, part: Option<&str>) {
        if self.long.is_empty() {
            self.push(&name.0);
            return self.add(part);
        }
        let text = part.unwrap_or_default();
        self.long.reserve(name.0.len() + 8 + text.len());
        self.long.extend_from_slice(&name.0);
        self.long.extend_from_slice(&part.map_or(0, |part| part.len() as u64 + 1).to_le_bytes());
        self.long.extend_from_slice(text.as_bytes());
    }

    /// Adds a part.
    #[must_use]
    pub fn part(mut self, part: &str) -> Self {
        self.add(Some(part));
        self
    }

    /// Adds a part that may be missing: missing and empty differ.
    pub fn add(&mut self, part: Option<&str>) {
        match part {
            Some(part) => {
                self.push(&(part.len() as u64 + 1).to_le_bytes());
                self.push(part.as_bytes());
            }
            None => self.push(&0_u64.to_le_bytes()),
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.long.is_empty() {
            if let Some(room) = self.short.get_mut(self.n_short..self.n_short + bytes.len()) {
                room.copy_from_slice(bytes);
                self.n_short += bytes.len();
                return;
            }
            self.long.reserve(4 * SHORT_BYTES + bytes.len());
            self.long.extend_from_slice(self.short.get(..self.n_short).unwrap_or_default());
        }
        self.long.extend_from_slice(bytes);
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.add_number(number);
        self
    }

    /// Adds a number, where it is.
    pub fn add_number(&mut self, number: u64) {
        self.push(&number.to_le_bytes());
    }

    /// The hash.
    pub fn finish(&self) -> u128 {
        match self.long.as_slice() {
            [] => xxh3_128(self.short.get(..self.n_short).unwrap_or_default()),
            long => xxh3_128(long),
        }
    }

    /// The hash as text.
    pub fn id(&self) -> String {
        base32(self.finish())
    }
}

/// The row key of a response: equal for equal (source, response id).
pub fn response_key(source: &str, response_id: &str) -> u128 {
    of_parts("response", [source, response_id]).finish()
}

/// The id of a response without an id column: its content, and which of the equal rows of its month it is.
pub fn response_id_of_content(content: u128, k: u32) -> String {
    base32(content ^ (u128::from(k)).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

/// The id of a verbatim.
pub fn verbatim_id(source: &str, response_id: &str, question: &str) -> String {
    of_parts("verbatim", [source, response_id, question]).id()
}

/// The id of a HOTLINE case.
pub fn hotline_id(source: &str, response_id: &str, route: &str) -> String {
    of_parts("hotline", [source, response_id, route]).id()
}

/// Where it is filled: a chain of [`Fingerprint::part`] moves it once a part.
fn of_parts<const N: usize>(kind: &str, parts: [&str; N]) -> Fingerprint {
    let mut fingerprint = Fingerprint::of(kind);
    parts.iter().for_each(|part| fingerprint.add(Some(part)));
    fingerprint
}

/// 26 characters of Crockford's base 32: no letter that can be taken for a digit, equal when case is lost.
pub fn base32(mut value: u128) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut out = [b'0'; 26];
    for digit in out.iter_mut().rev() {
        *digit = DIGITS[(value & 31) as usize];
        value >>= 5;
    }
    std::str::from_utf8(&out).expect("digits are ASCII").to_owned()
}

/// The value that [`base32`] wrote; none for other text.
pub fn from_base32(text: &str) -> Option<u128> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'h' => Some(b - b'a' + 10),
        b'j' | b'k' => Some(b - b'j' + 18),
        b'm' | b'n' => Some(b - b'm' + 20),
        b'p'..=b't' => Some(b - b'p' + 22),
        b'v'..=b'z' => Some(b - b'v' + 27),
        _ => None,
    };
    let is_ours = text.len() == 26 && text.as_bytes()[0] <= b'7';
    is_ours.then(|| text.bytes().try_fold(0_u128, |value, b| Some(value << 5 | u128::from(digit(b)?)))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_hashed_with_their_lengths() {
        let id = |a: &str, b: &str| Fingerprint::of("x").part(a).part(b).id();
        assert_ne!(id("ab", "c"), id("a", "bc"));
        let mut missing = Fingerprint::of("x");
        missing.add(None);
        assert_ne!(missing.finish(), Fingerprint::of("x").part("").finish());
        assert_eq!(base32(0).len(), 26);
        assert_eq!(base32(u128::MAX), format!("7{}", "z".repeat(25)));
    }

    proptest::proptest! {
        #[test]
        fn the_hash_is_that_of_all_parts_one_behind_the_other(parts in proptest::collection::vec("[a-z]{0,90}", 0..9)) {
            let (mut fingerprint, mut bytes) = (Fingerprint::of("x"), Vec::from(2_u64.to_le_bytes()));
            bytes.push(b'x');
            for part in &parts {
                fingerprint.add(Some(part));
                bytes.extend((part.len() as u64 + 1).to_le_bytes());
                bytes.extend(part.as_bytes());
            }
            proptest::prop_assert_eq!(fingerprint.finish(), xxh3_128(&bytes));
            let pairs = |mut fingerprint: Fingerprint| {
                for pair in parts.chunks(2) {
                    fingerprint.add_named(&Name::of(&pair[0]), pair.get(1).map(String::as_str));
                }
                fingerprint.finish()
            };
            if parts.len() % 2 == 1 {
                bytes.extend(0_u64.to_le_bytes());
            }
            let expected = xxh3_128(&bytes);
            proptest::prop_assert_eq!([pairs(Fingerprint::of("x")), pairs(Fingerprint::of_row("x", 9))], [expected; 2]);
        }

        #[test]
        fn ids_go_there_and_back(value: u128) {
            proptest::prop_assert_eq!(from_base32(&base32(value)), Some(value));
        }
    }

    #[test]
    fn equal_rows_have_ids_of_their_own() {
        assert_ne!(response_id_of_content(7, 0), response_id_of_content(7, 1));
        assert_eq!(response_id_of_content(7, 1), response_id_of_content(7, 1));
    }
}
