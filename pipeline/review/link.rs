//! Where do figures lead?

use super::ask::encode;
use crate::month::Month;

/// The verbatims with these fields, as an address of the search page.
pub(super) fn search(terms: &[(&str, &str)]) -> String {
    let query: Vec<String> = terms.iter().map(|(field, value)| term(field, value)).collect();
    format!("/search?q={}", encode(&query.join(" ")))
}

/// `field:value` as a query takes it.
pub(super) fn term(field: &str, value: &str) -> String {
    let is_plain = !value.is_empty() && value.chars().all(|c| c.is_alphanumeric() || "-_.<>=".contains(c));
    // A quotation mark cannot stand in a quotation; values with one are found by their words.
    if is_plain { format!("{field}:{value}") } else { format!("{field}:\"{}\"", value.replace('"', " ")) }
}

pub(super) fn verbatim(id: &str) -> String {
    format!("/verbatim/{}", encode(id))
}

pub(super) fn theme(id: &str) -> String {
    format!("/theme/{}", encode(id))
}

pub(super) fn case(id: &str) -> String {
    format!("/case/{}", encode(id))
}

pub(super) fn response(source: &str, id: &str) -> String {
    format!("/response/{}/{}", encode(source), encode(id))
}

/// A page of a month.
pub(super) fn of_month(page: &str, month: Month) -> String {
    format!("{page}?month={month}")
}
