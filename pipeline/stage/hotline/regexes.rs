//! Which places of a text does a `/regex/` of a rule match?
//!
//! Linear-time, case-insensitive, over the text of the rule's scope. A regex runs only on texts with a word
//! that holds its longest literal; that is known per distinct word, so a text is never scanned for it.

use regex::{Regex, RegexBuilder};

/// Compiled size allowed to one regex: repetitions such as `(a{100}){100}` are refused.
const MAX_BYTES: usize = 1 << 20;

/// Compiles a pattern; the error is one line without the pattern itself.
pub(super) fn build(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(pattern).case_insensitive(true).size_limit(MAX_BYTES).dfa_size_limit(MAX_BYTES).build();
    match built {
        Ok(regex) if regex.is_match("") => Err("the regular expression matches nothing at all as well".to_owned()),
        Ok(regex) => Ok(regex),
        Err(regex::Error::CompiledTooBig(limit)) => Err(format!("the regular expression could blow up: over {limit} bytes when compiled")),
        Err(e) => {
            let text = e.to_string();
            Err(text.lines().last().unwrap_or("not a regular expression").trim_start_matches("error: ").to_owned())
        }
    }
}

/// The longest run of plain ASCII letters and digits that every match must hold inside one word, lower case.
///
/// Nothing is taken from patterns with alternation, groups, classes or flags that could make a run optional:
/// only the top level counts, and the letter before a quantifier does not. None when shorter than 3.
pub(super) fn required_literal(pattern: &str) -> Option<String> {
    let chars: Vec<char> = pattern.chars().collect();
    if chars.contains(&'|') && !alternation_is_grouped(&chars) || pattern.contains("(?") {
        return None;
    }
    let (mut best, mut run) = (String::new(), String::new());
    let mut depth = 0;
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        let quantified = matches!(chars.get(i + 1), Some('*' | '?' | '+' | '{'));
        match c {
            '\\' => i += 1 + escape_len(&chars, i + 1),
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && c.is_ascii_alphanumeric() && !quantified && !in_braces(&chars, i) {
            run.push(c.to_ascii_lowercase());
        } else {
            if run.len() > best.len() {
                best = std::mem::take(&mut run);
            }
            run.clear();
        }
        i += 1;
    }
    if run.len() > best.len() {
        best = run;
    }
    (best.len() >= 3).then_some(best)
}

/// How many characters beyond the one escaped belong to an escape: `\p{…}`, `\x41`, `\u{…}`.
fn escape_len(chars: &[char], at: usize) -> usize {
    match (chars.get(at), chars.get(at + 1)) {
        (Some('p' | 'P' | 'x' | 'u' | 'U'), Some('{')) => chars.iter().skip(at).position(|c| *c == '}').unwrap_or(0),
        (Some('p' | 'P'), Some(_)) => 1,
        (Some('x'), _) => 2,
        (Some('u'), _) => 4,
        (Some('U'), _) => 8,
        _ => 0,
    }
}

fn in_braces(chars: &[char], at: usize) -> bool {
    let before = chars.get(..at).unwrap_or_default();
    let open = before.iter().rposition(|c| *c == '{');
    let close = before.iter().rposition(|c| *c == '}');
    open.is_some() && open > close
}

fn alternation_is_grouped(chars: &[char]) -> bool {
    let mut depth = 0;
    for c in chars {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '|' if depth == 0 => return false,
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_those_that_every_match_holds() {
        for (pattern, expected) in [
            (r"account\s+number", Some("account")),
            (r"(a|b) invoices?", Some("invoice")),
            ("abc|def", None),
            ("ab+c", None),
            (r"\bcancel(led)?\b", Some("cancel")),
            (r"[0-9]{3}", None),
            (r"\p{Greek}xyz", Some("xyz")),
            ("(?i)cancel", None),
        ] {
            assert_eq!(required_literal(pattern).as_deref(), expected, "{pattern}");
        }
        assert!(build("(a{1000}){1000}").is_err());
        assert!(build("a*").is_err());
        assert!(build("(?=a)").is_err());
    }
}
