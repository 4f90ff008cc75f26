//! What is wrong, or odd, with a lexicon file?
//!
//! Reading a lexicon stops at the first line that cannot be used; checking goes on to the end and says of every line what a person
//! would want to know before the file is in force: what cannot be read, what is given twice, what another layer says otherwise, and
//! what can never count because a longer term or a later layer always takes its place.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{KEYS, LexiconFile, Meaning, Purpose, meaning, pattern};
use crate::stage::sentiment::{Lexicons, Scorer};
use crate::text::{Tokens, Verbatim, WordTable};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The file cannot be used.
    Error,
    /// An entry does not do what it seems to.
    Warning,
    /// Worth knowing.
    Note,
}

impl Level {
    /// As it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Line in the file, from 1.
    pub line: u32,
    /// Character in the line, from 1.
    pub column: u32,
    /// How much it matters.
    pub level: Level,
    /// What was found.
    pub what: String,
    /// What to do, where that is plain.
    pub hint: Option<String>,
}

/// Checks a lexicon file; `earlier` are the files of the layers before it (name, text), the shipped ones not among them.
///
/// Returns findings by line; none when all is well.
pub fn check(name: &str, bytes: &[u8], earlier: &[(String, String)]) -> Vec<Finding> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return vec![not_utf8(bytes, error.valid_up_to())],
    };
    let mut checker = Checker { findings: Vec::new(), purpose: None, seen: BTreeMap::new(), has_entries: false };
    if text.starts_with('\u{feff}') {
        checker.say(1, 1, Level::Note, "the file begins with a byte order mark", Some("it is passed over; UTF-8 needs none"));
    }
    checker.purpose = purpose(text);
    for (line, content) in (1_u32..).zip(text.trim_start_matches('\u{feff}').lines()) {
        checker.line(line, content);
    }
    if !checker.has_entries && checker.findings.is_empty() {
        checker.say(1, 1, Level::Warning, "the file has no entry", None);
    }
    if checker.findings.iter().all(|finding| finding.level != Level::Error) {
        match LexiconFile::read(name, text) {
            Ok(file) => checker.findings.extend(among_layers(&file, text, earlier)),
            Err(error) => checker.say(1, 1, Level::Error, &error.to_string(), error.hint().as_deref()),
        }
    }
    checker.findings.sort();
    checker.findings.dedup();
    checker.findings
}

fn not_utf8(bytes: &[u8], at: usize) -> Finding {
    let before = &bytes[..at];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u32;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |i| i + 1);
    let column = 1 + String::from_utf8_lossy(&before[start..]).chars().count() as u32;
    let what = format!("byte {:#04x} is not UTF-8", bytes[at]);
    Finding { line, column, level: Level::Error, what, hint: Some("save the file as UTF-8".to_owned()) }
}

fn purpose(text: &str) -> Option<Purpose> {
    let value = text.lines().find_map(|line| line.strip_prefix("# lexicon:"))?;
    match value.trim() {
        "sentiment" => Some(Purpose::Sentiment),
        "emotion" => Some(Purpose::Emotion),
        _ => None,
    }
}

struct Checker {
    findings: Vec<Finding>,
    purpose: Option<Purpose>,
    /// Line and meaning of each sequence of words.
    seen: BTreeMap<(Vec<String>, bool), (u32, String)>,
    has_entries: bool,
}

impl Checker {
    fn say(&mut self, line: u32, column: u32, level: Level, what: &str, hint: Option<&str>) {
        self.findings.push(Finding { line, column, level, what: what.to_owned(), hint: hint.map(str::to_owned) });
    }

    fn line(&mut self, line: u32, content: &str) {
        if let Some(comment) = content.strip_prefix('#').filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
            self.header(line, comment);
            return;
        }
        if content.trim().is_empty() {
            return;
        }
        self.has_entries = true;
        self.encoding(line, content);
        let Some(purpose) = self.purpose else { return };
        let mut fields = content.split('\t');
        let (term, what) = (fields.next().unwrap_or(""), fields.next());
        let negated = fields.next().unwrap_or("").trim();
        let column_of_what = term.chars().count() as u32 + 2;
        let Some(what) = what else {
            let hint = "fields are parted by a tab: term, meaning, and, where it makes sense, the meaning when negated";
            self.say(line, term.chars().count() as u32 + 1, Level::Error, "the entry has one field only", Some(hint));
            return;
        };
        if let Err(hint) = meaning(purpose, what.trim(), negated) {
            let found = format!("`{}` is not a meaning that is known", what.trim());
            self.say(line, column_of_what, Level::Error, &found, Some(&format!("accepted: {hint}")));
            return;
        }
        match pattern::expand(term.trim()) {
            Err(what) => self.say(line, 1, Level::Error, &what, None),
            Ok(sequences) => self.duplicates(line, sequences, what.trim(), negated),
        }
    }

    fn header(&mut self, line: u32, comment: &str) {
        let Some((key, _)) = comment.split_once(':') else { return };
        let key = key.trim();
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase()) && !self.has_entries;
        if is_key
            && !KEYS.contains(&key)
            && let Some(near) = crate::error::nearest(key, &KEYS)
        {
            self.say(line, 3, Level::Warning, &format!("`{key}` is no key of the header"), Some(&format!("did you mean `{near}`?")));
        }
    }

    /// UTF-8 that was read as Windows-1252 and saved again.
    fn encoding(&mut self, line: u32, content: &str) {
        const SIGNS: [&str; 6] = ["Ã©", "Ã¨", "Ã¼", "Ã¤", "Ã±", "â€"];
        let sign = SIGNS.iter().find_map(|sign| content.find(sign));
        if let Some(at) = sign.or_else(|| content.find('\u{fffd}')) {
            let column = 1 + content.get(..at).map_or(0, |before| before.chars().count()) as u32;
            let hint = "no verbatim is written so: the file went through a wrong encoding";
            self.say(line, column, Level::Warning, "the term looks like UTF-8 that was read as something else", Some(hint));
        }
    }

    fn duplicates(&mut self, line: u32, sequences: Vec<Vec<String>>, what: &str, negated: &str) {
        let says = format!("{what} {negated}").trim().to_owned();
        let (mut n_again, mut first_line) = (0, 0);
        let n = sequences.len();
        for words in sequences {
            match self.seen.get(&(words.clone(), what == "effort")) {
                Some((first, same)) if *same == says => (n_again, first_line) = (n_again + 1, *first),
                // That the line which says less at once wins is a way to write exceptions; equals are told when the file is read.
                Some(_) => {}
                None => _ = self.seen.insert((words, what == "effort"), (line, says.clone())),
            }
        }
        if n_again == n {
            self.say(
                line,
                1,
                Level::Warning,
                &format!("the term is given again: line {first_line} says the same"),
                Some("keep one of them"),
            );
        }
    }
}

/// What the file changes in the layers before it, and which of its terms never count.
fn among_layers(file: &LexiconFile, text: &str, earlier: &[(String, String)]) -> Vec<Finding> {
    let (Ok(before), Ok(after)) = (Lexicons::with(earlier, &file.language), {
        let mut all = earlier.to_vec();
        all.retain(|(name, _)| *name != file.name);
        all.push((file.name.clone(), text.to_owned()));
        Lexicons::with(&all, &file.language)
    }) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let (mut before, mut after) = (Probe::new(&before, &file.language), Probe::new(&after, &file.language));
    let mut lines: BTreeMap<u32, Vec<&super::Entry>> = BTreeMap::new();
    let counts = |meaning: &Meaning| matches!(meaning, Meaning::Valence(..) | Meaning::Emotion(..) | Meaning::Effort);
    for entry in file.entries.iter().filter(|entry| counts(&entry.meaning) && entry.spelling_of.is_none()) {
        lines.entry(entry.line).or_default().push(entry);
    }
    for (line, entries) in lines {
        let place = format!("{}:{line}", file.name);
        let mut taken = None;
        let mut n_taken = 0;
        let mut says = |level, what: String, hint: Option<&str>| {
            findings.push(Finding { line, column: 1, level, what, hint: hint.map(str::to_owned) });
        };
        for entry in &entries {
            let sample = sample(&entry.words);
            let found = after.whole(&sample);
            if !found.iter().any(|found| found.place == place) {
                n_taken += 1;
                taken = taken.or(Some(found.into_iter().next().map(|found| found.place)));
            }
        }
        match taken {
            Some(by) if n_taken == entries.len() => match by {
                Some(by) => says(
                    Level::Warning,
                    format!("the term never counts: {by} always takes its place"),
                    Some("drop it, or change the other"),
                ),
                None => says(Level::Warning, "the term never counts: no text is cut into these words".to_owned(), None),
            },
            _ => {}
        }
        let Some(entry) = entries.first() else { continue };
        if let (Some(then), Meaning::Valence(now, _)) =
            (before.whole(&sample(&entry.words)).into_iter().find(|t| t.valence.is_some()), entry.meaning)
        {
            match then.valence {
                Some(valence) if valence == now => {
                    says(Level::Note, format!("{} says the same", then.place), Some("the layer before would do"));
                }
                Some(valence) => says(Level::Note, format!("changes {}, from {valence:+} to {now:+}", then.place), None),
                None => {}
            }
        }
    }
    findings
}

/// A text that holds the words and nothing else.
fn sample(words: &[String]) -> String {
    let word = |word: &String| match word.as_str() {
        "#" => "3".to_owned(),
        "%" => "the".to_owned(),
        word => word.to_owned(),
    };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Looks up which terms a text is.
struct Probe<'l> {
    scorer: Scorer<'l>,
    table: WordTable,
    tokens: Tokens,
    language: String,
}

/// A term that spans the whole text.
struct Found {
    place: String,
    valence: Option<f64>,
}

impl<'l> Probe<'l> {
    fn new(lexicons: &'l Lexicons, language: &str) -> Self {
        let language = if language == "*" { "en" } else { language }.to_owned();
        Self { scorer: Scorer::new(lexicons), table: WordTable::default(), tokens: Tokens::default(), language }
    }

    /// The terms that begin and end with the text.
    fn whole(&mut self, text: &str) -> Vec<Found> {
        self.tokens.cut(text, &mut self.table);
        let verbatim =
            Verbatim { text, words: &self.tokens.words, clauses: &self.tokens.clauses, table: &self.table, language: &self.language };
        let n_chars = text.chars().count() as i32;
        let explained = self.scorer.explain(&verbatim);
        let whole = |start: i32, end: i32| start == 0 && end == n_chars;
        let terms = explained.clauses.iter().flat_map(|clause| &clause.terms);
        let sentiment = terms
            .filter(|term| whole(term.start_char, term.end_char))
            .map(|term| Found { place: term.place.clone(), valence: Some(term.valence) });
        let emotions = explained.emotions.iter().filter(|term| whole(term.start_char, term.end_char));
        sentiment.chain(emotions.map(|term| Found { place: term.place.clone(), valence: None })).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Vec<String> {
        let text = format!("# lexicon: sentiment\n# language: en\n# layer: test\n{body}");
        check("own.tsv", text.as_bytes(), &[]).iter().map(|f| format!("{}:{} {} {}", f.line, f.column, f.level.as_str(), f.what)).collect()
    }

    #[test]
    fn every_line_is_checked_to_the_end() {
        assert_eq!(
            found("zorbly\t9\nfrumious\t-2\nquuxly nope\n…\t1\n"),
            ["4:8 error `9` is not a meaning that is known", "6:12 error the entry has one field only", "7:1 error the term has no word",]
        );
        assert_eq!(found("frumious\t-2\nfrumious\t-2\n"), ["5:1 warning the term is given again: line 4 says the same"]);
        assert_eq!(found("frumious\t-2\nfrumious\t2\n"), ["1:1 error own.tsv:5: `frumious` was given another meaning on line 4"]);
        assert_eq!(found("frumious bandersnatch\t-2\n"), Vec::<String>::new());
        assert_eq!(found("fÃ©roce\t-2\n"), ["4:2 warning the term looks like UTF-8 that was read as something else"]);
    }

    #[test]
    fn layers_are_compared() {
        let notes = found("good\t-3\n");
        assert!(notes.len() == 1 && notes[0].starts_with("4:1 note changes ") && notes[0].ends_with("to -3"), "{notes:?}");
    }

    #[test]
    fn what_is_not_utf_8_is_told_with_its_place() {
        let findings = check("own.tsv", b"# lexicon: sentiment\nfianc\xe9\t1\n", &[]);
        assert_eq!((findings.len(), findings[0].line, findings[0].column), (1, 2, 6));
    }
}
