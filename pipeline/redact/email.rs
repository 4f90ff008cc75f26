//! Is it an e-mail address?

use super::context::Folded;
use super::digits::{char_at, char_before};

/// The address around the `@` at `at`; none for handles and for "2 @ 5".
///
/// Spaces beside the sign are allowed when the domain is a mail provider's or the local part could be nothing else.
pub(super) fn at_sign(text: &str, at: usize) -> Option<(usize, usize)> {
    if text.as_bytes().get(at) != Some(&b'@') {
        return None;
    }
    let left_space = usize::from(char_before(text, at) == Some(' '));
    let right_space = usize::from(char_at(text, at + 1) == Some(' '));
    let (start, local_end) = local(text, at - left_space)?;
    let (domain_start, end) = domain(text, at + 1 + right_space)?;
    if left_space + right_space > 0 {
        // "quick as @gmail" is a handle.
        let domain = text.get(domain_start..end)?;
        let local = text.get(start..local_end)?;
        let sure = is_provider(domain) || local.contains(['.', '_']) && local.contains(char::is_alphabetic);
        if !sure || !domain.contains('.') {
            return None;
        }
    }
    Some((start, end))
}

/// An address with its signs spelled out, at a cue: "(at)", the "dot" of " dot ", or the "gmail" of " at gmail".
pub(super) fn spoken(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text.get(at..)?;
    if ["(at)", "[at]"].iter().any(|sign| rest.starts_with(sign)) {
        let left_space = usize::from(char_before(text, at) == Some(' '));
        let right_space = usize::from(char_at(text, at + 4) == Some(' '));
        let (start, _) = local(text, at - left_space)?;
        let (_, end) = domain_with_dots(text, at + 4 + right_space)?;
        return Some((start, end));
    }
    if rest.starts_with("dot ") {
        return dotted(text, at.checked_sub(1)?);
    }
    // "hotmail" is triggered behind its first letter.
    let domain_start = if rest.starts_with("otmail") { at.checked_sub(1)? } else { at };
    let sign = domain_start.checked_sub(" at ".len())?;
    if text.get(sign..domain_start)? != " at " {
        return None;
    }
    let (_, end) = domain_with_dots(text, domain_start).filter(|span| text.get(span.0..span.1).is_some_and(is_provider))?;
    local_in_words(text, sign).map(|start| (start, end))
}

/// Most that is read of a local part and a domain: the limits of RFC 5321.
const MAX_LOCAL_BYTES: usize = 64;
const MAX_DOMAIN_BYTES: usize = 255;

/// The local part that ends at `end`.
fn local(text: &str, end: usize) -> Option<(usize, usize)> {
    let mut start = end;
    while let Some(c) = char_before(text, start)
        && is_local(c)
    {
        start -= c.len_utf8();
        if end - start > MAX_LOCAL_BYTES {
            return None;
        }
    }
    while let Some(c) = char_at(text, start)
        && start < end
        && matches!(c, '.' | '\'' | '-' | '/' | '=' | '&' | '*' | '~' | '!')
    {
        start += c.len_utf8();
    }
    let ends_well = char_before(text, end).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+'));
    (start < end && ends_well).then_some((start, end))
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'' | '&' | '=' | '~' | '!' | '*' | '/')
}

/// The domain that starts at `start`: labels with a known kind of end, or a mail provider without one ("gmail").
fn domain(text: &str, start: usize) -> Option<(usize, usize)> {
    let mut end = start;
    while let Some(c) = char_at(text, end)
        && (c.is_alphanumeric() || matches!(c, '-' | '.'))
        && end - start < MAX_DOMAIN_BYTES
    {
        if c == '.' && !char_at(text, end + 1).is_some_and(char::is_alphanumeric) {
            break;
        }
        end += c.len_utf8();
    }
    while text.get(start..end)?.ends_with('-') {
        end -= 1;
    }
    let name = text.get(start..end)?;
    let Some((host, last)) = name.rsplit_once('.') else { return is_provider(name).then_some((start, end)) };
    let top = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic) || last.starts_with("xn--");
    let starts_well = host.chars().next().is_some_and(char::is_alphanumeric);
    // "me@mail.com.Please call": the next sentence, its space forgotten.
    let runs_on = last.starts_with(char::is_uppercase) && host.contains('.') && !host.contains(char::is_uppercase);
    if runs_on && host.rsplit('.').next().is_some_and(is_top) {
        return Some((start, start + host.len()));
    }
    if top && starts_well {
        return Some((start, end));
    }
    None
}

/// Domains that give addresses to anybody: with one of these an address is meant.
fn is_provider(domain: &str) -> bool {
    let host = domain.split(['.', ' ']).next().unwrap_or_default();
    matches!(
        Folded::new(host).as_str(),
        "gmail"
            | "googlemail"
            | "yahoo"
            | "ymail"
            | "hotmail"
            | "outlook"
            | "live"
            | "msn"
            | "aol"
            | "icloud"
            | "gmx"
            | "web"
            | "protonmail"
            | "proton"
            | "mail"
            | "yandex"
            | "orange"
            | "wanadoo"
            | "laposte"
            | "libero"
            | "comcast"
            | "verizon"
            | "sbcglobal"
            | "att"
            | "t-online"
            | "btinternet"
    )
}

/// A domain whose dots may be spelled: "mail.com", "mail dot com", "mail (dot) com".
fn domain_with_dots(text: &str, start: usize) -> Option<(usize, usize)> {
    let mut end = label_end(text, start)?;
    let mut last = (start, end);
    let mut n_dots = 0;
    for _ in 0..4 {
        let Some(n) = dot_length(text, end) else { break };
        let Some(label) = label_end(text, end + n) else { break };
        last = (end + n, label);
        end = label;
        n_dots += 1;
    }
    let written = text.get(start..end)?;
    if written.contains('.') && n_dots == 0 {
        return domain(text, start);
    }
    let top = text.get(last.0..last.1)?.rsplit('.').next()?;
    (n_dots > 0 && is_top(top)).then_some((start, end))
}

/// The end of the letters, digits, dashes and inner dots from `start`.
fn label_end(text: &str, start: usize) -> Option<usize> {
    let mut end = start;
    while let Some(c) = char_at(text, end)
        && (c.is_alphanumeric() || matches!(c, '-' | '_') || c == '.' && char_at(text, end + 1).is_some_and(char::is_alphanumeric))
        && end - start < MAX_LOCAL_BYTES
    {
        end += c.len_utf8();
    }
    (end > start).then_some(end)
}

/// How long a spelled dot is, its spaces included.
fn dot_length(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    [" dot ", " DOT ", " (dot) ", "(dot)", " [dot] ", "[dot]", " Dot ", " punkt ", " punto ", " point "]
        .iter()
        .find(|dot| rest.starts_with(**dot))
        .map(|dot| dot.len())
}

/// Ends of domains that are said aloud in feedback.
fn is_top(label: &str) -> bool {
    matches!(
        Folded::new(label).as_str(),
        "com"
            | "net"
            | "org"
            | "edu"
            | "gov"
            | "info"
            | "biz"
            | "io"
            | "co"
            | "us"
            | "uk"
            | "ca"
            | "au"
            | "nz"
            | "ie"
            | "de"
            | "at"
            | "ch"
            | "fr"
            | "be"
            | "es"
            | "mx"
            | "ar"
            | "it"
            | "pt"
            | "br"
            | "nl"
            | "se"
            | "no"
            | "dk"
            | "fi"
            | "pl"
            | "eu"
            | "in"
            | "jp"
            | "me"
    )
}

/// "john dot doe at mail dot com": the " dot " at `at` is the last one, or one of the domain's.
fn dotted(text: &str, at: usize) -> Option<(usize, usize)> {
    if !text.get(at..)?.starts_with(' ') {
        return None;
    }
    let end = label_end(text, at + " dot ".len())?;
    if !is_top(text.get(at + " dot ".len()..end)?) {
        return None;
    }
    let end = match dot_length(text, end).and_then(|n| Some((end + n, label_end(text, end + n)?))) {
        Some((start, longer)) if is_top(text.get(start..longer)?) => longer,
        _ => end,
    };
    let mut start = label_start(text, at)?;
    while let Some(dot) = start.checked_sub(" dot ".len())
        && text.get(dot..start).is_some_and(|t| t.eq_ignore_ascii_case(" dot "))
    {
        start = label_start(text, dot)?;
    }
    let sign = start.checked_sub(" at ".len())?;
    if !text.get(sign..start)?.eq_ignore_ascii_case(" at ") {
        return None;
    }
    local_in_words(text, sign).map(|start| (start, end))
}

/// Where a local part starts that ends at `end` and may have its dots spelled; none for words that no address is made of.
fn local_in_words(text: &str, end: usize) -> Option<usize> {
    let mut start = label_start(text, end)?;
    let word = Folded::new(text.get(start..end)?);
    let mut n_signs = 0;
    for _ in 0..4 {
        let sign = [" dot ", " DOT ", " underscore ", " dash "]
            .iter()
            .find_map(|sign| start.checked_sub(sign.len()).filter(|at| text.get(*at..start) == Some(*sign)));
        let Some(sign) = sign else { break };
        let Some(earlier) = label_start(text, sign) else { break };
        start = earlier;
        n_signs += 1;
    }
    let said_otherwise = matches!(
        word.as_str(),
        "me" | "us"
            | "him"
            | "her"
            | "them"
            | "it"
            | "you"
            | "look"
            | "looking"
            | "is"
            | "was"
            | "available"
            | "contact"
            | "reach"
            | "mail"
            | "email"
            | "write"
            | "page"
            | "site"
            | "website"
            | "account"
            | "order"
            | "ordered"
            | "found"
            | "online"
            | "visit"
            | "shop"
            | "bought"
            | "and"
            | "or"
            | "address"
            | "up"
            | "here"
            | "support"
            | "people"
            | "someone"
            | "team"
            | "the"
            | "inbox"
            | "service"
            | "working"
            | "work"
            | "works"
            | "folks"
    );
    (n_signs > 0 || !said_otherwise).then_some(start)
}

/// The start of the letters, digits, dashes, underscores and inner dots that end at `end`.
fn label_start(text: &str, end: usize) -> Option<usize> {
    let mut start = end;
    while let Some(c) = char_before(text, start)
        && (c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && end - start < MAX_LOCAL_BYTES
    {
        start -= c.len_utf8();
    }
    while start < end && text.get(start..)?.starts_with(['.', '-']) {
        start += 1;
    }
    (start < end).then_some(start)
}
