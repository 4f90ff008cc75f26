//! Where do the key terms of a theme stand in what somebody said?
//!
//! Whole words without regard to case, a plural counted as its word; of two terms at one place the longer. Terms are words of a theme, the text is a
//! respondent's: both are escaped.

use super::html::Html;

/// Writes a text with the key terms of a theme in bold.
pub(super) fn marked(html: &mut Html, text: &str, terms: &[String]) {
    let mut at = 0;
    for (from, to) in places(text, terms) {
        html.text(text.get(at..from).unwrap_or_default());
        html.element("b", "", text.get(from..to).unwrap_or_default());
        at = to;
    }
    html.text(text.get(at..).unwrap_or_default());
}

/// The terms that a label and a list of keywords name, as lower-case words.
pub(super) fn of_theme(label: &str, keywords: &str) -> Vec<String> {
    let named = keywords.split(',').chain([label]).map(|term| term.trim().to_lowercase());
    let mut terms: Vec<String> = named.filter(|term| term.chars().any(char::is_alphanumeric)).collect();
    terms.sort();
    terms.dedup();
    terms
}

/// Where terms stand, in bytes, ascending and apart.
fn places(text: &str, terms: &[String]) -> Vec<(usize, usize)> {
    let words = words(text);
    let folded: Vec<String> = words.iter().map(|(from, to)| text.get(*from..*to).unwrap_or_default().to_lowercase()).collect();
    let terms: Vec<Vec<String>> = terms
        .iter()
        .map(|term| self::words(term).iter().filter_map(|(from, to)| Some(term.get(*from..*to)?.to_owned())).collect())
        .collect();
    let mut found = Vec::new();
    let mut word = 0;
    while word < words.len() {
        let fits = |term: &&Vec<String>| {
            let said = folded.get(word..word + term.len());
            !term.is_empty() && said.is_some_and(|said| said.iter().zip(term.iter()).all(|(said, word)| is_word(said, word)))
        };
        let n_words = terms.iter().filter(fits).map(Vec::len).max();
        if let Some(n_words) = n_words
            && let (Some((from, _)), Some((_, to))) = (words.get(word), words.get(word + n_words - 1))
        {
            found.push((*from, *to));
        }
        word += n_words.unwrap_or(1);
    }
    found
}

/// Whether a word that was said is a term's word, or its plural.
fn is_word(said: &str, word: &str) -> bool {
    said.strip_prefix(word).is_some_and(|rest| matches!(rest, "" | "s" | "es"))
}

/// Runs of letters and digits, apostrophes and hyphens within them, in bytes.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words: Vec<(usize, usize)> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut start = None;
    while let Some((at, c)) = chars.next() {
        let next_is_letter = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        let is_inside = c.is_alphanumeric() || (start.is_some() && matches!(c, '\'' | '’' | '-') && next_is_letter);
        match (start, is_inside) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| (from, text.len())));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_terms_are_set_off_as_whole_words() {
        let check = |text: &str, keywords: &str, expected: &str| {
            let mut html = Html::default();
            marked(&mut html, text, &of_theme("late fees", keywords));
            assert_eq!(html.finish(), expected);
        };
        check("A Late Fee again", "late fee,fee", "A <b>Late Fee</b> again");
        check("Three late fees, and coffee", "late fee,fee", "Three <b>late fees</b>, and coffee");
        check("fee <b>fee</b>", "fee", "<b>fee</b> &lt;b&gt;<b>fee</b>&lt;/b&gt;");
        check("Gebühr für die Über-Weisung", "gebühr, über-weisung", "<b>Gebühr</b> für die <b>Über-Weisung</b>");
        check("don't", "don", "don&#39;t");
        check("", "fee", "");
        check("nothing of it", "", "nothing of it");
    }
}
