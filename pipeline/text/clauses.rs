//! Where does one statement end and the next begin?
//!
//! Sentences end at closing punctuation, blank lines and lines that start anew. Inside a sentence a clause ends
//! at a semicolon or dash, before a word of contrast ("but", "aber", "pero"), and at a comma that a new
//! subject or conjunction follows ("…, and they", "…, so I"). Runs without punctuation end at 100 words.
//! No grammar is parsed: the rules look at one gap between two words and at the word behind it.

use super::Clause;
use super::words::{Case, Word, WordTable};

/// What a folded word means for clauses; kept by the word table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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

/// How far a gap between two words parts them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
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
    let mut start_byte = trimmed_start(text, 0, first.start_byte as usize);
    let (mut first_word, mut sentence) = (0_u32, 0_u32);
    for (i, pair) in words.windows(2).enumerate() {
        let [before, after] = pair else { unreachable!("windows of two") };
        let next_word = i as u32 + 1;
        let n_words = next_word - first_word;
        let gap_text = text.get(before.end_byte as usize..after.start_byte as usize).expect("words are in order");
        let after_kind = table.kind(after.id);
        if gap_text == " " && after_kind != Kind::Contrast && n_words < MAX_WORDS {
            continue;
        }
        let gap = gap(gap_text, before, after, table);
        let n_left = words.len() as u32 - next_word;
        let ends = match gap {
            Gap::Sentence | Gap::Clause => true,
            _ if after_kind == Kind::Contrast && n_words >= 2 && n_left >= 2 => true,
            Gap::Comma => n_words >= LONG_WORDS || after_kind == Kind::Opener && n_words >= 3 && n_left >= 3,
            Gap::None => n_words >= MAX_WORDS,
        };
        if !ends {
            continue;
        }
        let split = before.end_byte as usize + split_in(gap_text);
        clauses.push(Clause {
            start_byte: start_byte as u32,
            end_byte: trimmed_end(text, before.end_byte as usize, split) as u32,
            first_word,
            end_word: next_word,
            sentence,
        });
        start_byte = trimmed_start(text, split, after.start_byte as usize);
        first_word = next_word;
        sentence += u32::from(gap == Gap::Sentence);
    }
    clauses.push(Clause {
        start_byte: start_byte as u32,
        end_byte: trimmed_end(text, last.end_byte as usize, text.len()) as u32,
        first_word,
        end_word: words.len() as u32,
        sentence,
    });
}

fn gap(gap: &str, before: &Word, after: &Word, table: &WordTable) -> Gap {
    let mut found = Gap::None;
    let mut chars = gap.chars().peekable();
    let mut n_newlines = 0;
    while let Some(c) = chars.next() {
        let open = chars.peek().is_none_or(|next| next.is_whitespace() || !next.is_alphanumeric() && *next != '.');
        let this = match c {
            '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '।' | '‽' => Gap::Sentence,
            '.' if gap.trim_start().starts_with("..") => Gap::Sentence,
            '.' if open && chars.peek().is_some() && !is_abbreviation(before, table) => Gap::Sentence,
            ';' | '—' | '–' | '•' | '|' | '；' => Gap::Clause,
            '-' | ':' if chars.peek().is_some_and(|next| next.is_whitespace()) => Gap::Clause,
            ',' | '(' | ')' | '、' | '，' | '،' => Gap::Comma,
            '\n' => {
                n_newlines += 1;
                if n_newlines > 1 || starts_line(after) { Gap::Sentence } else { Gap::None }
            }
            _ => Gap::None,
        };
        found = found.max(this);
    }
    let emoji_joins = after.case == Case::Emoji && (found == Gap::None || before.case == Case::Emoji);
    if emoji_joins { Gap::None } else { found }
}

fn starts_line(after: &Word) -> bool {
    matches!(after.case, Case::Capitalised | Case::Upper | Case::Digits | Case::Emoji)
}

fn is_abbreviation(before: &Word, table: &WordTable) -> bool {
    let single_letter = before.end_byte - before.start_byte == 1 && before.case == Case::Capitalised;
    single_letter && table.folded(before.id) != "i" || table.kind(before.id) == Kind::Abbreviation
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
