//! What is sent back, and what does the browser have to keep to?

use crate::report::html::Html;

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) kind: &'static str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// On every answer: nothing from elsewhere, no script or style inside pages, no frames, nothing guessed, nothing kept.
pub(super) const SAFETY: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // With no-referrer browsers send `Origin: null` with forms, and the check of the origin would refuse them.
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("x-robots-tag", "noindex"),
];

impl Answer {
    /// A page.
    pub(super) fn page(html: Html) -> Self {
        Self { status: 200, kind: "text/html; charset=utf-8", headers: Vec::new(), body: html.finish().into_bytes() }
    }

    /// Something that does not change while the program runs.
    pub(super) fn asset(kind: &'static str, body: &'static [u8]) -> Self {
        Self { status: 200, kind, headers: vec![("cache-control", "max-age=86400".to_owned())], body: body.to_vec() }
    }

    /// A file to be kept; the name is one of ours.
    pub(super) fn file(kind: &'static str, name: &str, body: Vec<u8>) -> Self {
        let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        Self { status: 200, kind, headers: vec![("content-disposition", format!("attachment; filename=\"{name}\""))], body }
    }

    /// Look there instead; `to` is an address of this app.
    pub(super) fn see(to: &str) -> Self {
        let is_here = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\') && to.bytes().all(|b| (0x21..0x7f).contains(&b));
        let to = if is_here { to } else { "/" };
        Self { status: 303, kind: "text/plain; charset=utf-8", headers: vec![("location", to.to_owned())], body: Vec::new() }
    }

    /// A refusal in plain text: for those that are no people with a browser.
    pub(super) fn refusal(status: u16, text: &str) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", headers: Vec::new(), body: format!("{text}\n").into_bytes() }
    }

    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        let check = |to: &str, expected: &str| assert_eq!(Answer::see(to).headers[0].1, expected, "{to}");
        check("/themes?month=2026-09", "/themes?month=2026-09");
        check("//evil.example", "/");
        check("https://evil.example", "/");
        check("/\\evil.example", "/");
        check("/a\r\nset-cookie: x=1", "/");
        check("javascript:alert(1)", "/");
    }
}
