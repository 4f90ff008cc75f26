//! How can somebody who opened a case be reached?
//!
//! What the configured columns say, and what redaction masked in the answers. It goes to review.db and nowhere else; card numbers and the
//! like are no way to reach anybody and are not kept.

use super::{Engine, Row};
use crate::config::Role;
use crate::response::cell;
use crate::store::Contact;
use crate::text::normalise;

/// Kinds of masked pieces by which somebody can be reached.
const KINDS: [&str; 3] = ["name", "phone", "email"];

/// Adds what is known of the person who answered. Cases are few: their answers are redacted once more.
pub(super) fn gather(engine: &Engine, row: &Row<'_>, hotline_id: &str, out: &mut Vec<Contact>) {
    let mut add = |kind: &str, value: &str, origin: &str| {
        let contact =
            Contact { hotline_id: hotline_id.to_owned(), kind: kind.to_owned(), value: value.trim().to_owned(), origin: origin.to_owned() };
        let is_there = || {
            out.iter()
                .rev()
                .take_while(|other| other.hotline_id == hotline_id)
                .any(|other| (&other.kind, &other.value) == (&contact.kind, &contact.value))
        };
        if !contact.value.is_empty() && !is_there() {
            out.push(contact);
        }
    };
    let (mut normalised, mut redacted, mut removed) = (String::new(), String::new(), Vec::new());
    for (role, kind) in [(Role::ContactName, "name"), (Role::ContactPhone, "phone"), (Role::ContactEmail, "email")] {
        if let Some(value) = row.field(role) {
            normalise(value, &mut normalised);
            add(kind, &normalised, "column");
        }
    }
    for (_, column) in &row.binding.verbatims {
        let Some(answer) = cell(row.raw, *column, row.i) else { continue };
        normalise(answer, &mut normalised);
        removed.clear();
        engine.redactor.redact_keeping(&normalised, &mut redacted, &mut removed);
        for piece in removed.iter().filter(|piece| KINDS.contains(&piece.kind)) {
            add(piece.kind, &piece.text, "text");
        }
    }
}
