//! Does an answer say anything?

/// Whether `text` says something: false for "n/a", "nothing", "-", "asdf".
pub fn is_meaningful(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    text.chars().any(char::is_alphabetic) && !matches!(text.as_str(), "n/a" | "na" | "none" | "nothing" | "no" | "nada")
}
