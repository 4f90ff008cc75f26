//! Is it an address of the Internet Protocol?

use std::net::Ipv6Addr;

use super::context::Backward;
use super::digits::{char_at, char_before};

/// The IPv4 or IPv6 address that has the run of digits at `at` in its first group or, for IPv6, anywhere.
pub(super) fn find(text: &str, at: usize) -> Option<(usize, usize)> {
    v4(text, at).or_else(|| v6(text, at))
}

/// Four numbers below 256 without leading zeros; not what follows "version" and its like.
fn v4(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut end = at;
    for i in 0..4 {
        if i > 0 {
            if *bytes.get(end)? != b'.' {
                return None;
            }
            end += 1;
        }
        let n = bytes.iter().skip(end).take(4).take_while(|b| b.is_ascii_digit()).count();
        let group = text.get(end..end + n)?;
        let value: u16 = group.parse().ok()?;
        if value > 255 || group.len() > 1 && group.starts_with('0') {
            return None;
        }
        end += n;
    }
    if is_joined_before(text, at) || is_joined_behind(text, end) || is_version(text, at) {
        return None;
    }
    Some((at, end))
}

fn is_joined_before(text: &str, at: usize) -> bool {
    let c = char_before(text, at);
    let before = c.and_then(|c| char_before(text, at - c.len_utf8()));
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
        || c.is_some_and(|c| matches!(c, '.' | '-' | ',')) && before.is_some_and(char::is_alphanumeric)
}

fn is_joined_behind(text: &str, end: usize) -> bool {
    let c = char_at(text, end);
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
        || c.is_some_and(|c| matches!(c, '.' | '-')) && char_at(text, end + 1).is_some_and(char::is_alphanumeric)
}

fn is_version(text: &str, at: usize) -> bool {
    let mut back = Backward::new(text, at);
    for _ in 0..3 {
        let Some(word) = back.next() else { return false };
        match word.as_str() {
            "version" | "versions" | "v" | "ver" | "vers" | "firmware" | "fw" | "software" | "sw" | "release" | "build" | "update"
            | "updated" | "upgrade" | "upgraded" | "driver" | "drivers" | "bios" | "ios" | "android" | "windows" | "macos" | "chrome"
            | "firefox" | "app" | "kernel" | "patch" | "section" | "chapter" | "paragraph" | "aktualisierung" | "actualizacion"
            | "mise" => return true,
            "to" | "is" | "was" | "from" | "of" | "the" | "number" | "no" | "ist" | "auf" | "von" | "es" | "a" | "la" | "de" | "est" => {}
            word if word.bytes().all(|b| b.is_ascii_digit()) => {}
            _ => return false,
        }
    }
    false
}

/// The longest text of an address.
const MAX_V6_BYTES: usize = 39;

/// Hexadecimal groups with colons, four and more: "12::30" and times are something else.
fn v6(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_part = |b: &u8| b.is_ascii_hexdigit() || *b == b':';
    let n_behind = bytes.iter().skip(at).take(MAX_V6_BYTES + 1).take_while(|b| is_part(b)).count();
    let floor = at.saturating_sub(MAX_V6_BYTES);
    let n_before = bytes.get(floor..at)?.iter().rev().take_while(|b| is_part(b)).count();
    let (mut start, mut end) = (at - n_before, at + n_behind);
    // A colon at either end is punctuation, unless it is double.
    if bytes[start] == b':' && bytes.get(start + 1) != Some(&b':') {
        start += 1;
    }
    if bytes[end - 1] == b':' && bytes.get(end.wrapping_sub(2)) != Some(&b':') {
        end -= 1;
    }
    let address = text.get(start..end)?;
    let n_groups = address.split(':').filter(|g| !g.is_empty()).count();
    let n_colons = address.bytes().filter(|b| *b == b':').count();
    if n_colons < 3 || n_groups < 3 || address.parse::<Ipv6Addr>().is_err() {
        return None;
    }
    (!is_joined_before(text, start) && !is_joined_behind(text, end)).then_some((start, end))
}
