//! Which words of a text made it match, and which part of a long text shows them?

use super::words::Words;

/// What of a query can be seen in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Matcher {
    Word { plain: String, stems: Vec<String> },
    Prefix(String),
    Fuzzy(String, u8),
    Phrase(Vec<String>),
}

/// Spans of a text that made it match: bytes, in order, apart from each other.
pub(super) fn marks(words: &mut Words, text: &str, language: &str, matchers: &[Matcher]) -> Vec<(usize, usize)> {
    if matchers.is_empty() {
        return Vec::new();
    }
    let mut cut = Vec::new();
    words.each(text, language, |word, plain, stem| {
        cut.push((word.start_byte as usize, word.end_byte as usize, plain.to_owned(), stem.unwrap_or(plain).to_owned()));
    });
    let mut spans = Vec::new();
    for (idx, (start, end, plain, stem)) in cut.iter().enumerate() {
        for matcher in matchers {
            match matcher {
                Matcher::Word { plain: asked, stems } if asked == plain || stems.contains(stem) => spans.push((*start, *end)),
                Matcher::Prefix(asked) if plain.starts_with(asked) => spans.push((*start, *end)),
                Matcher::Fuzzy(asked, distance) if is_near(asked, plain, usize::from(*distance)) => spans.push((*start, *end)),
                Matcher::Phrase(asked) => {
                    let run = cut.get(idx..idx + asked.len()).unwrap_or_default();
                    if let Some(last) = run.last().filter(|_| run.iter().map(|(_, _, plain, _)| plain).eq(asked)) {
                        spans.push((*start, last.1));
                    }
                }
                _ => {}
            }
        }
    }
    spans.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match merged.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// Whether two words are within so many edits of each other, two neighbours that changed places being one.
fn is_near(a: &str, b: &str, distance: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > distance {
        return false;
    }
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let above = &rows[i - 1];
            let mut best = (above[j] + 1).min(row[j - 1] + 1).min(above[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()] <= distance
}

/// The part of a text that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet<'a> {
    /// Whether something before it is left out.
    pub is_cut_before: bool,
    /// Pieces in order; true: it made the text match.
    pub pieces: Vec<(&'a str, bool)>,
    /// Whether something after it is left out.
    pub is_cut_after: bool,
}

/// About `max_chars` characters of a text around its first mark; `marks` are bytes as in [`super::Hit`].
pub fn snippet<'a>(text: &'a str, marks: &[(usize, usize)], max_chars: usize) -> Snippet<'a> {
    let (start, end) = window(text, marks.first().map_or(0, |mark| mark.0), max_chars);
    let mut pieces = Vec::new();
    let mut at = start;
    for (from, to) in marks.iter().map(|(from, to)| (*from.max(&start), *to.min(&end))).filter(|(from, to)| from < to) {
        pieces.push((text.get(at..from).unwrap_or_default(), false));
        pieces.push((text.get(from..to).unwrap_or_default(), true));
        at = to;
    }
    pieces.push((text.get(at..end).unwrap_or_default(), false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    Snippet { is_cut_before: start > 0, pieces, is_cut_after: end < text.len() }
}

/// A part of about `max_chars` characters with `focus` in its first third, cut between words where there are any.
fn window(text: &str, focus: usize, max_chars: usize) -> (usize, usize) {
    let n_before = text.get(..focus).map_or(0, |before| before.chars().count());
    let n = text.chars().count();
    if n <= max_chars {
        return (0, text.len());
    }
    let first = n_before.saturating_sub(max_chars / 3).min(n - max_chars);
    let byte = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    let (mut start, mut end) = (byte(first), byte(first + max_chars));
    if let Some((space, _)) = text.get(start..focus.max(start)).and_then(|part| part.char_indices().find(|(_, c)| c.is_whitespace()))
        && start > 0
    {
        start += space + 1;
    }
    let tail = byte(first + max_chars - max_chars / 6);
    if let Some((space, _)) = text.get(tail..end).and_then(|part| part.char_indices().rfind(|(_, c)| c.is_whitespace()))
        && end < text.len()
    {
        end = tail + space;
    }
    while !text.is_char_boundary(start) {
        start += 1;
    }
    (start, end.max(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, matchers: &[Matcher]) -> Vec<String> {
        marks(&mut Words::default(), text, "en", matchers).into_iter().map(|(from, to)| text.get(from..to).unwrap().to_owned()).collect()
    }

    #[test]
    fn what_matched_is_marked() {
        let word = |plain: &str, stem: &str| Matcher::Word { plain: plain.into(), stems: vec![stem.into()] };
        assert_eq!(marked("Refunds! I was refunded.", &[word("refund", "refund")]), ["Refunds", "refunded"]);
        assert_eq!(marked("A late fee, and fees late", &[Matcher::Phrase(vec!["late".into(), "fee".into()])]), ["late fee"]);
        assert_eq!(marked("chargeback charges", &[Matcher::Prefix("charge".into())]), ["chargeback", "charges"]);
        assert_eq!(marked("refnud rfund refine", &[Matcher::Fuzzy("refund".into(), 1)]), ["refnud", "rfund"]);
        assert_eq!(marked("Crédit", &[word("credit", "credit")]), ["Crédit"]);
    }

    #[test]
    fn a_long_text_is_cut_between_words_around_the_first_mark() {
        let text = format!("{}the refund came {}", "word ".repeat(100), "tail ".repeat(100));
        let at = text.find("refund").unwrap();
        let snippet = snippet(&text, &[(at, at + 6)], 60);
        assert!(snippet.is_cut_before && snippet.is_cut_after);
        assert_eq!(snippet.pieces[1], ("refund", true));
        let whole: String = snippet.pieces.iter().map(|(piece, _)| *piece).collect();
        assert!(whole.chars().count() <= 60 && whole.starts_with("word"), "{whole}");
        let hostile = "\u{1f468}\u{200d}".repeat(500);
        super::snippet(&hostile, &[], 100);
        super::snippet(&"é".repeat(1_000), &[(2, 4)], 10);
    }
}
