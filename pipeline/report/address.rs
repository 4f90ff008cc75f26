//! How does text stand in an address?

/// A value of an address: everything but letters, digits and `-_.~:()` as `%41`. Colons and brackets mean nothing in a value and are left, so that
/// a query can be read.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~:()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_no_character_that_would_end_it() {
        assert_eq!(encoded("area:\"R&D\" month:2026-09"), "area:%22R%26D%22%20month:2026-09");
        assert_eq!(encoded("..%2f?#/=+\u{e4}"), "..%252f%3F%23%2F%3D%2B%C3%A4");
    }
}
