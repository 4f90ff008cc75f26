//! Are two words forms of one?
//!
//! Endings are cut so that "charge", "charges", "charged" and "charging" are one word, and "top" and "topped" too. English only; it
//! is for telling that words are alike, never for showing.

/// A word without its ending.
pub(super) fn stem(word: &str) -> &str {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix('’')).unwrap_or(word);
    for (ending, least) in [("ings", 3), ("ing", 3), ("ied", 3), ("ies", 3), ("ed", 3), ("ers", 4), ("er", 4)] {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.chars().count() >= least
            && rest.contains(['a', 'e', 'i', 'o', 'u', 'y'])
        {
            return without_e(undoubled(rest));
        }
    }
    for hissing in ["sses", "shes", "ches", "xes", "zzes"] {
        if word.len() > hissing.len() + 1 && word.ends_with(hissing) {
            return word.strip_suffix("es").unwrap_or(word);
        }
    }
    let single = match word.strip_suffix('s') {
        Some(rest) if rest.chars().count() >= 3 && !rest.ends_with(['s', 'u', 'i']) => rest,
        _ => word,
    };
    without_e(single)
}

/// "topp" is "top", "cancell" is "cancel"; "call" and "miss" stay as they are only by being cut alike everywhere.
fn undoubled(stem: &str) -> &str {
    let mut ends = stem.chars().rev();
    match (ends.next(), ends.next()) {
        (Some(a), Some(b)) if a == b && !matches!(a, 'l' | 's' | 'z' | 'e' | 'o') && stem.chars().count() >= 4 => {
            stem.strip_suffix(a).unwrap_or(stem)
        }
        (Some('l'), Some('l')) if stem.chars().count() >= 6 => stem.strip_suffix('l').unwrap_or(stem),
        _ => stem,
    }
}

fn without_e(stem: &str) -> &str {
    let short = |cut: &&str| cut.chars().count() >= 4;
    stem.strip_suffix(['e', 'y', 'i']).filter(short).unwrap_or(stem)
}

/// Whether two folded words are forms of one, or one is the beginning of the other: "respond" and "response", "document" and "documentation".
pub(super) fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (stem(a), stem(b));
    if a == b {
        return true;
    }
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let (shorter, longer) = (a.chars().count().min(b.chars().count()), a.chars().count().max(b.chars().count()));
    let begins = common == shorter && (shorter >= 4 && longer <= shorter + 3 || shorter >= 6 && longer <= shorter + 5);
    begins || common >= 5 && common * 3 >= longer * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word() {
        for (a, b, expected) in [
            ("charge", "charges", true),
            ("charged", "charging", true),
            ("top", "topped", true),
            ("dress", "dresses", true),
            ("delay", "delayed", true),
            ("cancelled", "canceled", true),
            ("transferred", "transfer", true),
            ("verify", "verified", true),
            ("respond", "response", true),
            ("customer", "customers", true),
            ("bill", "billing", true),
            ("box", "boxes", true),
            ("size", "sizes", true),
            ("quiz", "quizzes", true),
            ("documents", "documentation", true),
            ("hold", "home", false),
            ("bus", "bill", false),
            ("invoice", "inventory", false),
            ("class", "clash", false),
            ("food", "foot", false),
            ("", "a", false),
        ] {
            assert_eq!(alike(a, b), expected, "{a}, {b}: {} {}", stem(a), stem(b));
        }
    }
}
