//! Which sequences of words does a term stand for?

use crate::text::{Tokens, WordTable};

/// A term stands for at most this many sequences: more is a mistake, and memory would not be bounded.
const MAX_SEQUENCES: usize = 1024;

/// Writes a term out. `hang/hung up on me/us` gives four sequences, `a? rip off` two; hyphens part words, as they do in a
/// verbatim; `#` and `%` stay as they are.
pub(super) fn expand(term: &str) -> Result<Vec<Vec<String>>, String> {
    // Most terms are one plain word, which needs no cutting.
    if !term.is_empty() && term.bytes().all(|b| b.is_ascii_lowercase()) {
        return Ok(vec![vec![term.to_owned()]]);
    }
    written_out(term)
}

fn written_out(term: &str) -> Result<Vec<Vec<String>>, String> {
    let mut table = WordTable::default();
    let mut tokens = Tokens::default();
    let mut sequences: Vec<Vec<String>> = vec![Vec::new()];
    for part in term.split_whitespace() {
        let (part, optional) = part.strip_suffix('?').map_or((part, false), |part| (part, true));
        let mut next: Vec<Vec<String>> = if optional { sequences.clone() } else { Vec::new() };
        for alternative in part.split('/') {
            let words = match alternative {
                "#" | "%" => vec![alternative.to_owned()],
                _ => {
                    tokens.cut(alternative, &mut table);
                    tokens.words.iter().map(|word| table.folded(word.id).to_owned()).collect()
                }
            };
            if words.is_empty() {
                return Err("the term has no word".to_owned());
            }
            next.extend(sequences.iter().map(|before| before.iter().chain(&words).cloned().collect()));
        }
        if next.len() > MAX_SEQUENCES {
            return Err(format!("the term stands for more than {MAX_SEQUENCES} sequences of words"));
        }
        sequences = next;
    }
    sequences.retain(|words| !words.is_empty());
    if sequences.is_empty() { Err("the term has no word".to_owned()) } else { Ok(sequences) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_written_out() {
        let check = |term: &str, expected: &[&str]| {
            let found: Vec<String> = expand(term).unwrap().iter().map(|words| words.join(" ")).collect();
            assert_eq!(found, expected, "{term}");
        };
        check("Run-around", &["run around"]);
        check("hung/hang up on me?", &["hung up on", "hang up on", "hung up on me", "hang up on me"]);
        check("# hours", &["# hours"]);
        check("❤️", &["❤"]);
        for plain in ["a", "excellent", "cannot", "aaaa"] {
            assert_eq!(expand(plain), written_out(plain));
        }
        assert!(expand("a/b/c/d/e/f/g/h a/b/c/d/e/f/g/h a/b/c/d/e/f/g/h a/b/c/d/e/f/g/h").is_err());
    }
}
