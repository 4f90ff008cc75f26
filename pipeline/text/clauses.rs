//! Where does one statement end and the next begin?
//!
//! Sentences end at closing punctuation, blank lines and lines that start anew. Inside a sentence a clause ends
//! at a semicolon or dash, before a word of contrast ("but", "aber", "pero"), and at a comma that a new
//! subject or conjunction follows ("…, and they", "…, so I"). Runs without punctuation end at 100 words.
//! No grammar is parsed: the rules look at one gap between two words and at the word behind it.

use super::Clause;
use super::marks::Gap;
use super::table::WordTable;
use super::words::{Case, Word};

/// What a folded word means for clauses; kept by the word table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Plain,
    /// Turns against what came before: a clause starts here.
    Contrast,
    /// Starts a clause when a comma stands before it.
    Opener,
    /// Is followed by a full stop that ends no sentence.
    Abbreviation,
}

/// The kind of a folded word.
pub(super) fn kind(folded: &str) -> Kind {
    match folded {
        "but" | "however" | "although" | "though" | "yet" | "whereas" | "nevertheless" | "aber" | "jedoch" | "sondern" | "obwohl"
        | "pero" | "aunque" | "sino" | "mais" | "cependant" | "pourtant" | "mas" | "porém" | "embora" | "però" | "ma" | "maar"
        | "echter" | "hoewel" => Kind::Contrast,
        "and" | "or" | "so" | "because" | "since" | "which" | "who" | "when" | "while" | "then" | "also" | "if" | "unless" | "i" | "we"
        | "they" | "he" | "she" | "it" | "you" | "this" | "that" | "there" | "nobody" | "no" | "not" | "never" | "please" | "und"
        | "oder" | "weil" | "dass" | "wenn" | "ich" | "wir" | "sie" | "es" | "y" | "o" | "porque" | "que" | "si" | "yo" | "nosotros"
        | "et" | "ou" | "parce" | "je" | "nous" | "ils" | "elle" | "il" | "e" | "eu" | "nós" | "se" | "perché" | "che" | "io" | "noi"
        | "en" | "of" | "omdat" | "ik" | "wij" | "ze" => Kind::Opener,
        "mr" | "mrs" | "ms" | "dr" | "st" | "vs" | "inc" | "ltd" | "co" | "corp" | "nr" | "approx" | "dept" | "ext" | "acct" | "jr"
        | "sr" | "prof" | "sra" | "mme" | "bzw" | "usw" => Kind::Abbreviation,
        _ => Kind::Plain,
    }
}

/// How far what stands between two words parts them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Parts {
    None,
    Comma,
    Clause,
    Sentence,
}

/// A clause without punctuation ends here at the latest: longer ones blur every theme they touch.
const MAX_WORDS: u32 = 100;
/// From here a bare comma is enough.
const LONG_WORDS: u32 = 40;

/// Cuts the words of `text` into `clauses`.
pub(super) fn cut(text: &str, words: &[Word], table: &WordTable, clauses: &mut Vec<Clause>) {
    clauses.clear();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
    let mut start_byte = match first.start_byte as usize {
        0 => 0,
        until => trimmed_start(text, 0, until),
    };
    let (mut first_word, mut sentence) = (0_u32, 0_u32);
    for (i, after) in words.iter().enumerate().skip(1) {
        let next_word = i as u32;
        let n_words = next_word - first_word;
        if !after.marks.may_begin() && n_words < MAX_WORDS {
            continue;
        }
        let before = &words[i - 1];
        let after_kind = after.marks.kind();
        let between = between(text, before, after, table);
        let n_left = words.len() as u32 - next_word;
        let ends = match between.parts {
            Parts::Sentence | Parts::Clause => true,
            _ if after_kind == Kind::Contrast && n_words >= 2 && n_left >= 2 => true,
            Parts::Comma => n_words >= LONG_WORDS || after_kind == Kind::Opener && n_words >= 3 && n_left >= 3,
            Parts::None => n_words >= MAX_WORDS,
        };
        if !ends {
            continue;
        }
        clauses.push(Clause { start_byte: start_byte as u32, end_byte: between.end_byte, first_word, end_word: next_word, sentence });
        start_byte = between.start_byte as usize;
        first_word = next_word;
        sentence += u32::from(between.parts == Parts::Sentence);
    }
    let end = last.end_byte as usize;
    clauses.push(Clause {
        start_byte: start_byte as u32,
        end_byte: if end == text.len() { end } else { trimmed_end(text, end, text.len()) } as u32,
        first_word,
        end_word: words.len() as u32,
        sentence,
    });
}

/// What stands between two words: how far it parts them, and where the clauses would end and begin.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Between {
    parts: Parts,
    end_byte: u32,
    start_byte: u32,
}

/// The common cases by their marks, without a look at the text beyond one byte.
#[inline]
fn between(text: &str, before: &Word, after: &Word, table: &WordTable) -> Between {
    let (end_byte, start_byte) = (before.end_byte, after.start_byte);
    match before.marks.gap() {
        Gap::Space => Between { parts: Parts::None, end_byte, start_byte },
        Gap::Outcry => Between { parts: Parts::Sentence, end_byte: end_byte + 1, start_byte },
        Gap::Pause => {
            let parts = match text.as_bytes().get(end_byte as usize) {
                Some(b',') => Parts::Comma,
                _ if is_abbreviation(before, table) => Parts::None,
                _ => Parts::Sentence,
            };
            Between { parts, end_byte: end_byte + 1, start_byte }
        }
        Gap::Other => read_between(text, before, after, table),
    }
}

/// Any case, character by character.
fn read_between(text: &str, before: &Word, after: &Word, table: &WordTable) -> Between {
    let (end, start) = (before.end_byte as usize, after.start_byte as usize);
    let gap = text.get(end..start).expect("words are in order");
    let split = end + split_in(gap);
    Between {
        parts: parts(gap, before, after, table),
        end_byte: trimmed_end(text, end, split) as u32,
        start_byte: trimmed_start(text, split, start) as u32,
    }
}

fn parts(gap: &str, before: &Word, after: &Word, table: &WordTable) -> Parts {
    let mut found = Parts::None;
    let mut chars = gap.chars().peekable();
    let mut n_newlines = 0;
    while let Some(c) = chars.next() {
        let open = chars.peek().is_none_or(|next| next.is_whitespace() || !next.is_alphanumeric() && *next != '.');
        let this = match c {
            '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '।' | '‽' => Parts::Sentence,
            '.' if gap.trim_start().starts_with("..") => Parts::Sentence,
            '.' if open && chars.peek().is_some() && !is_abbreviation(before, table) => Parts::Sentence,
            ';' | '—' | '–' | '•' | '|' | '；' => Parts::Clause,
            '-' | ':' if chars.peek().is_some_and(|next| next.is_whitespace()) => Parts::Clause,
            ',' | '(' | ')' | '、' | '，' | '،' => Parts::Comma,
            '\n' => {
                n_newlines += 1;
                if n_newlines > 1 || starts_line(after) { Parts::Sentence } else { Parts::None }
            }
            _ => Parts::None,
        };
        found = found.max(this);
    }
    let emoji_joins = after.case == Case::Emoji && (found == Parts::None || before.case == Case::Emoji);
    if emoji_joins { Parts::None } else { found }
}

fn starts_line(after: &Word) -> bool {
    matches!(after.case, Case::Capitalised | Case::Upper | Case::Digits | Case::Emoji)
}

fn is_abbreviation(before: &Word, table: &WordTable) -> bool {
    let single_letter = before.end_byte - before.start_byte == 1 && before.case == Case::Capitalised;
    single_letter && table.folded(before.id) != "i" || before.marks.kind() == Kind::Abbreviation
}

/// Where the gap is parted: behind its first run of punctuation; the rest opens the next clause.
fn split_in(gap: &str) -> usize {
    let mut seen = false;
    for (at, c) in gap.char_indices() {
        if c.is_whitespace() {
            if seen {
                return at;
            }
        } else if opens(c) {
            return at;
        } else {
            seen = true;
        }
    }
    if seen { gap.len() } else { 0 }
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '“' | '¿' | '¡' | '@' | '#' | '$' | '€' | '£' | '«' | '{' | '•')
}

fn trimmed_start(text: &str, from: usize, limit: usize) -> usize {
    let gap = text.get(from..limit).expect("a gap lies between two words");
    limit - gap.trim_start().len()
}

fn trimmed_end(text: &str, word_end: usize, until: usize) -> usize {
    let gap = text.get(word_end..until).expect("a gap lies behind its word");
    word_end + gap.trim_end().len()
}

#[cfg(test)]
mod tests {
    use crate::text::{Tokens, WordTable};

    fn check(text: &str, expected: &[&str]) {
        let mut table = WordTable::default();
        let mut tokens = Tokens::default();
        tokens.cut(text, &mut table);
        let found: Vec<_> = tokens.clauses.iter().map(|c| text.get(c.start_byte as usize..c.end_byte as usize).unwrap()).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn sentences() {
        check("Good. Bad service!", &["Good.", "Bad service!"]);
        check("Waited 3.5 hours at St. Mary for a U.S. agent.", &["Waited 3.5 hours at St. Mary for a U.S. agent."]);
        check("Slow... really slow", &["Slow...", "really slow"]);
        check("first line\ncontinues here\n\nNew paragraph", &["first line\ncontinues here", "New paragraph"]);
        check("He said \"no.\" I left.", &["He said \"no.\"", "I left."]);
        check("...", &[]);
        check("  ", &[]);
        check("¿Por qué? ¡Nunca más!", &["¿Por qué?", "¡Nunca más!"]);
    }

    #[test]
    fn clauses_inside_a_sentence() {
        check("The room was nice but the staff was rude", &["The room was nice", "but the staff was rude"]);
        check("I called twice, and they never called back.", &["I called twice,", "and they never called back."]);
        check("Fast, cheap, friendly", &["Fast, cheap, friendly"]);
        check("great line; awful router", &["great line;", "awful router"]);
        check("all but one", &["all but one"]);
    }

    #[test]
    fn a_run_without_punctuation_ends() {
        let text = vec!["word"; 250].join(" ");
        let mut tokens = Tokens::default();
        tokens.cut(&text, &mut WordTable::default());
        assert_eq!(tokens.clauses.len(), 3);
        assert_eq!(tokens.clauses[2].end_word, 250);
    }
}
