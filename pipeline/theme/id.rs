//! What is a theme called by machines?
//!
//! Ids come from the registry version and the members, neither from a counter nor from a random number: the same
//! corpus gives the same ids on another machine, and another corpus gives others.

use xxhash_rust::xxh3::Xxh3;

/// Letters and digits that cannot be taken for one another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// `t-` and ten characters (50 bits: two of 10,000 themes share an id once in twenty million registries).
///
/// `kind` keeps apart ids of things whose members are equal: a theme and the wider theme that holds only it.
pub(super) fn theme_id(version: i32, kind: &str, members: impl Iterator<Item = u128>) -> String {
    let mut members: Vec<u128> = members.collect();
    members.sort_unstable();
    let mut hash = Xxh3::new();
    hash.update(&version.to_le_bytes());
    hash.update(kind.as_bytes());
    for member in members {
        hash.update(&member.to_le_bytes());
    }
    let bits = hash.digest();
    let digits = (0..10).map(|i| char::from(ALPHABET[(bits >> (5 * i) & 31) as usize]));
    std::iter::once("t-".to_owned()).chain(digits.map(String::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::theme_id;

    #[test]
    fn ids_follow_version_and_members_in_any_order() {
        let id = theme_id(1, "theme", [3, 1, 2].into_iter());
        assert_eq!(id, theme_id(1, "theme", [1, 2, 3].into_iter()));
        assert_eq!(id.len(), 12);
        assert!(id != theme_id(2, "theme", [1, 2, 3].into_iter()) && id != theme_id(1, "theme", [1, 2].into_iter()));
    }
}
