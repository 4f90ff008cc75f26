//! Which emoticons stand between two words?

/// Emoticons and their valences, longer ones first. Those that end in a letter or digit are found where the next word begins.
const EMOTICONS: [(&str, f64); 30] = [
    (">:-(", -2.4),
    (":'-(", -2.2),
    (":-))", 2.4),
    (":-((", -2.4),
    (":-)", 2.0),
    (":-(", -2.0),
    (":-/", -1.2),
    (":-D", 2.4),
    (":-|", -0.6),
    (";-)", 1.4),
    (":'(", -2.2),
    (">:(", -2.4),
    (":))", 2.4),
    (":((", -2.4),
    ("-_-", -1.4),
    ("^_^", 2.0),
    (":)", 2.0),
    (":(", -2.0),
    (":D", 2.4),
    (":P", 1.0),
    (";)", 1.4),
    ("=)", 2.0),
    ("=(", -2.0),
    (":]", 1.8),
    (":[", -1.8),
    (":/", -1.2),
    (":|", -0.6),
    ("<3", 2.2),
    ("^^", 1.4),
    ("D:", -1.8),
];

/// The valence of the first emoticon that begins in `text[from..to]` and is no part of something else (a link, a time), with
/// the bytes that it takes.
pub(super) fn find(text: &str, from: usize, to: usize) -> Option<(f64, usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < to {
        if matches!(bytes[at], b':' | b';' | b'=' | b'<' | b'>' | b'-' | b'^')
            && let Some((face, valence)) = EMOTICONS.iter().find(|(face, _)| bytes[at..].starts_with(face.as_bytes()))
        {
            let end = at + face.len();
            let alone_after = bytes.get(end).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'/');
            let alone_before = at == 0 || !bytes[at - 1].is_ascii_alphanumeric() || face.ends_with([')', '(']);
            if alone_after && alone_before {
                return Some((*valence, at, end));
            }
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoticons_between_words() {
        let check = |text: &str, expected: Option<f64>| assert_eq!(find(text, 0, text.len()).map(|f| f.0), expected, "{text}");
        check("good :) bye", Some(2.0));
        check("good:)", Some(2.0));
        check("http://x", None);
        check("at 10:30", None);
        check("see: (a)", None);
        check("love <3", Some(2.2));
        check(">:( no", Some(-2.4));
        check("note:D", None);
    }
}
