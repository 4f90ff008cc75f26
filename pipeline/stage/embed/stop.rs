//! Which words say nothing about the subject?
//!
//! Function words of the languages in `lexicons/themes/stop.txt`, masks such as "XXXX", and words of digits.

use std::collections::HashSet;
use std::sync::LazyLock;

static STOP: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../lexicons/themes/stop.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(':')).flat_map(|(_, words)| words.split_whitespace()).collect()
});

/// Whether a folded word is a function word.
pub(crate) fn is_stop(folded: &str) -> bool {
    STOP.contains(folded) || folded.chars().nth(1).is_none() && folded.is_ascii()
}

/// Whether a folded word is a mask ("xx", "xxxx") or mostly digits.
pub(crate) fn is_mask(folded: &str) -> bool {
    let n_digits = folded.chars().filter(|c| c.is_numeric()).count();
    n_digits * 2 >= folded.chars().count() || folded.len() >= 2 && folded.bytes().all(|b| b == b'x')
}

/// Whether a folded word begins a link.
pub(crate) fn is_link(folded: &str) -> bool {
    matches!(folded, "http" | "https" | "www")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_numbers() {
        for (word, stop, mask) in [
            ("xxxx", false, true),
            ("24", false, true),
            ("b2b", false, false),
            ("the", true, false),
            ("u", true, false),
            ("ü", false, false),
        ] {
            assert_eq!((is_stop(word), is_mask(word)), (stop, mask), "{word}");
        }
    }
}
