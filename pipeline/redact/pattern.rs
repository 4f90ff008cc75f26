//! What does the user want redacted?
//!
//! Names of kinds, the user's own regular expressions, and the placeholders that both leave in a text.

use std::collections::BTreeMap;

use regex::Regex;

use super::{By, Found, Kind};
use crate::error::{Error, Result, nearest};

/// The kinds of a list of names.
pub(super) fn kinds(names: &[String]) -> Result<Vec<Kind>> {
    let kind = |name: &String| Kind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| unknown_kind(name));
    names.iter().map(kind).collect()
}

fn unknown_kind(name: &str) -> Error {
    let known = Kind::ALL.map(Kind::as_str);
    let hint = match nearest(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known kinds: {}", known.join(", ")),
    };
    Error::Setting { place: "privacy.redact".to_owned(), what: format!("unknown kind `{name}`"), hint: Some(hint) }
}

/// The user's own patterns, in the order of their names.
#[derive(Debug)]
pub(super) struct Patterns {
    patterns: Vec<(String, Regex)>,
}

impl Patterns {
    pub(super) fn compile(patterns: &BTreeMap<String, String>) -> Result<Self> {
        let patterns = patterns.iter().map(|(name, pattern)| Ok((name.clone(), compile(name, pattern)?))).collect::<Result<_>>()?;
        Ok(Self { patterns })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    pub(super) fn name(&self, i: usize) -> &str {
        self.patterns.get(i).map_or("", |(name, _)| name)
    }

    /// The matches of the first pattern that matches in `text`.
    pub(super) fn find(&self, text: &str, found: &mut Vec<Found>) {
        for (i, (_, pattern)) in self.patterns.iter().enumerate() {
            let matches = pattern.find_iter(text).filter(|m| !m.is_empty());
            found.extend(matches.map(|m| Found { start_byte: m.start(), end_byte: m.end(), by: By::Pattern(i) }));
            if !found.is_empty() {
                return;
            }
        }
    }

    /// The pieces of `text` that no placeholder covers.
    pub(super) fn between_placeholders(&self, text: &str) -> Vec<(usize, usize)> {
        let mut pieces = Vec::with_capacity(1);
        let mut start = 0;
        for open in memchr::memchr_iter(b'[', text.as_bytes()) {
            let Some(n) = text.get(open + 1..).and_then(|rest| self.placeholder(rest)) else { continue };
            pieces.push((start, open));
            start = open + 1 + n;
        }
        pieces.push((start, text.len()));
        pieces
    }

    /// How long the placeholder is whose `[` stands before `rest`.
    fn placeholder(&self, rest: &str) -> Option<usize> {
        let mut names = Kind::ALL.iter().map(|kind| kind.as_str()).chain(self.patterns.iter().map(|(name, _)| name.as_str()));
        names.find_map(|name| rest.strip_prefix(name)?.starts_with(']').then_some(name.len() + 1))
    }
}

fn compile(name: &str, pattern: &str) -> Result<Regex> {
    let error = |what: String, hint: &str| Error::Setting { place: format!("privacy.patterns.{name}"), what, hint: Some(hint.to_owned()) };
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-') {
        return Err(error("not a name".to_owned(), "lower-case letters, digits, `_` and `-`: it becomes the placeholder"));
    }
    if Kind::ALL.iter().any(|kind| kind.as_str() == name) {
        return Err(error("the name of a built-in kind".to_owned(), "choose another name"));
    }
    let regex = Regex::new(pattern).map_err(|e| {
        let what = e.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        error(what, "regular expressions of the `regex` crate: linear time, no look-around, no back-references")
    })?;
    if regex.is_match("") {
        return Err(error("matches the empty text".to_owned(), "ask for at least one character, `+` for `*`"));
    }
    Ok(regex)
}
