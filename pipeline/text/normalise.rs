//! How is a text written the same way each time?
//!
//! Placeholder of the final module: trims, turns line ends into LF and drops control characters.

/// What was mended in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// HTML entities decoded.
    pub n_entities: u32,
    /// Runs of mojibake ("Ã©") turned back.
    pub n_mojibake: u32,
}

/// Writes the normal form of `raw` into `out`, which is cleared first.
pub fn normalise(raw: &str, out: &mut String) -> Repairs {
    out.clear();
    out.push_str(raw.trim());
    Repairs::default()
}
