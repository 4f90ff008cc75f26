//! How is a case called before people?
//!
//! Tables, rules and files hold short names that programs compare (`fraud_security`); pages show these words. A name of a user's own is
//! shown as it was written, with blanks for underscores.

/// Categories of the rules that are shipped.
const CATEGORIES: [(&str, &str); 8] = [
    ("churn", "Churn"),
    ("legal_regulatory", "Legal and regulatory"),
    ("safety", "Safety"),
    ("fraud_security", "Fraud and security"),
    ("vulnerable", "Vulnerable customer"),
    ("unresolved_repeat", "Unresolved, repeated"),
    ("irate", "Irate customer"),
    ("sales_lead", "Sales lead"),
];

/// What opens a case.
const TRIGGERS: [(&str, &str); 5] = [
    ("keyword", "a rule on words"),
    ("score", "the worst score"),
    ("partner", "the survey partner's flag"),
    ("callback", "a wish to be called back"),
    ("manual", "a colleague, by hand"),
];

/// What a case is about: "Fraud and security".
pub(crate) fn category(name: &str) -> String {
    known(&CATEGORIES, name).map_or_else(|| plain(name), str::to_owned)
}

/// What opened a case: "the worst score".
pub(crate) fn trigger(name: &str) -> String {
    known(&TRIGGERS, name).map_or_else(|| name.replace('_', " "), str::to_owned)
}

/// A name of tables or settings as people write it: "Call back".
pub(crate) fn plain(name: &str) -> String {
    sentence_case(&name.replace('_', " "))
}

/// With a capital at the beginning.
pub(crate) fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The line of a case, with its category in words: `Fraud and security: "number stolen"`.
#[cfg(feature = "review")]
pub(crate) fn line(description: Option<&str>, of: Option<&str>) -> String {
    match (description, of) {
        (Some(line), Some(of)) => after(line, of).map_or_else(|| line.to_owned(), |rest| format!("{}: {rest}", category(of))),
        (Some(line), None) => line.to_owned(),
        (None, of) => of.map_or_else(|| "case".to_owned(), category),
    }
}

/// What follows the category in the line of a case.
pub(crate) fn after<'a>(line: &'a str, category: &str) -> Option<&'a str> {
    line.strip_prefix(category)?.strip_prefix(": ")
}

fn known(names: &[(&str, &'static str)], asked: &str) -> Option<&'static str> {
    names.iter().find(|(name, _)| *name == asked).map(|(_, words)| *words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables_become_words() {
        assert_eq!(category("fraud_security"), "Fraud and security");
        assert_eq!(category("data_protection"), "Data protection");
        assert_eq!(trigger("score"), "the worst score");
        #[cfg(feature = "review")]
        assert_eq!(line(Some("fraud_security: \"number stolen\""), Some("fraud_security")), "Fraud and security: \"number stolen\"");
        #[cfg(feature = "review")]
        assert_eq!((line(Some("asked"), Some("churn")), line(None, None)), ("asked".to_owned(), "case".to_owned()));
        assert_eq!(plain(""), "");
    }
}
