//! What does a query ask for?
//!
//! Words, "quoted words", `field:value`, AND, OR, NOT (or `-`), brackets, `prefix*`, `fuzzy~1`. Words beside each other are all asked for. What
//! cannot be read is an error that names the character.

use crate::error::{Error, Result, nearest};

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Words(Term),
    Field { field: Field, sign: Sign, value: Term },
}

/// What is looked for, and where in the query it stands, in characters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) text: String,
    pub(super) kind: TermKind,
    pub(super) at: usize,
}

/// How it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TermKind {
    Plain,
    Quoted,
    Prefix,
    /// Letters that may differ.
    Fuzzy(u8),
}

/// How a field compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Is,
    Below,
    AtMost,
    Above,
    AtLeast,
}

macro_rules! fields {
    ($($variant:ident $($name:literal)+;)*) => {
        /// What a query can ask by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Field { $($variant),* }

        /// Every name of a field, that of the documentation first.
        pub(super) const NAMES: &[(&str, Field)] = &[$($(($name, Field::$variant)),+),*];
    };
}

fields! {
    Theme "theme" "theme_id";
    Account "account";
    AccountId "account_id";
    Month "month";
    Nps "nps";
    Hotline "hotline" "route";
    Sentiment "sentiment";
    Area "area";
    Segment "segment";
    Channel "channel";
    Product "product";
    Source "source";
    Language "language" "lang";
    Emotion "emotion";
    Rule "rule";
    Suppressed "suppressed";
    Response "response" "response_id";
    Verbatim "verbatim" "verbatim_id";
}

impl Field {
    /// Whether `<`, `>` and `..` make sense.
    pub(super) fn is_ordered(self) -> bool {
        matches!(self, Self::Month | Self::Nps | Self::Sentiment)
    }
}

const MAX_CHARS: usize = 2_000;
const MAX_TERMS: usize = 100;
const MAX_DEPTH: usize = 20;

/// Reads a query; none: it asks for everything.
///
/// Fails with [`Error::Query`].
pub(super) fn parse(query: &str) -> Result<Option<Node>> {
    let chars: Vec<char> = query.chars().collect();
    let mut parser = Parser { query, chars: &chars, at: 0, n_terms: 0 };
    if chars.len() > MAX_CHARS {
        return parser.fail(MAX_CHARS, "the query is too long", format!("at most {MAX_CHARS} characters"));
    }
    parser.skip_space();
    if parser.at == chars.len() {
        return Ok(None);
    }
    let node = parser.any(0)?;
    match parser.peek() {
        None => Ok(Some(node)),
        Some(_) => parser.fail(parser.at, "a bracket closes that was not opened", "open it before, or put it in quotes"),
    }
}

struct Parser<'a> {
    query: &'a str,
    chars: &'a [char],
    at: usize,
    n_terms: usize,
}

impl Parser<'_> {
    fn fail<T>(&self, at: usize, what: impl Into<String>, hint: impl Into<String>) -> Result<T> {
        Err(Error::Query { query: self.query.to_owned(), at, what: what.into(), hint: Some(hint.into()) })
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Whether this word, in capitals, comes next; takes it.
    fn take_word(&mut self, word: &str) -> bool {
        let end = self.at + word.len();
        let is_word = self.chars.get(self.at..end).is_some_and(|next| next.iter().copied().eq(word.chars()));
        let ends = self.chars.get(end).is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '"'));
        if is_word && ends {
            self.at = end;
            self.skip_space();
        }
        is_word && ends
    }

    fn any(&mut self, depth: usize) -> Result<Node> {
        let mut parts = vec![self.all(depth)?];
        while self.take_word("OR") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Node::Or))
    }

    fn all(&mut self, depth: usize) -> Result<Node> {
        let mut parts = vec![self.one(depth)?];
        loop {
            self.skip_space();
            let is_and = self.take_word("AND");
            let is_or = self.chars.get(self.at..self.at + 2).is_some_and(|next| next == ['O', 'R'])
                && self.chars.get(self.at + 2).is_none_or(|c| c.is_whitespace() || *c == '(');
            if !is_and && (is_or || matches!(self.peek(), None | Some(')'))) {
                return Ok(one_or(parts, Node::And));
            }
            parts.push(self.one(depth)?);
        }
    }

    fn one(&mut self, depth: usize) -> Result<Node> {
        self.skip_space();
        let start = self.at;
        if depth > MAX_DEPTH {
            return self.fail(start, "brackets stand too deep in each other", format!("at most {MAX_DEPTH}"));
        }
        if self.take_word("NOT") {
            return Ok(Node::Not(Box::new(self.one(depth + 1)?)));
        }
        match self.peek() {
            None => self.fail(start, "something is missing at the end", "AND, OR, NOT and - need a word after them"),
            Some('-') if self.chars.get(self.at + 1).is_some_and(|c| !c.is_whitespace()) => {
                self.at += 1;
                Ok(Node::Not(Box::new(self.one(depth + 1)?)))
            }
            Some('+') if self.chars.get(self.at + 1).is_some_and(|c| !c.is_whitespace()) => {
                self.at += 1;
                self.one(depth + 1)
            }
            Some('(') => {
                self.at += 1;
                let inner = self.any(depth + 1)?;
                self.skip_space();
                if self.peek() != Some(')') {
                    return self.fail(start, "a bracket is not closed", "close it with )");
                }
                self.at += 1;
                Ok(inner)
            }
            Some(')') => self.fail(start, "a bracket closes where a word is expected", "put a word before it"),
            Some(_) if self.is_word("AND") || self.is_word("OR") => {
                self.fail(start, "AND and OR stand between two words", "write the word itself in small letters or in quotes")
            }
            Some(_) => self.term(),
        }
    }

    fn is_word(&self, word: &str) -> bool {
        let end = self.at + word.len();
        self.chars.get(self.at..end).is_some_and(|next| next.iter().copied().eq(word.chars()))
            && self.chars.get(end).is_none_or(|c| c.is_whitespace() || *c == ')')
    }

    /// A word, quoted words, or `field:value`.
    fn term(&mut self) -> Result<Node> {
        self.n_terms += 1;
        if self.n_terms > MAX_TERMS {
            return self.fail(self.at, "the query has too many words", format!("at most {MAX_TERMS}"));
        }
        let start = self.at;
        if self.peek() == Some('"') {
            return Ok(Node::Words(self.quoted()?));
        }
        let end = self.chars.iter().skip(start).position(|c| *c == ':').map(|n| start + n);
        let name: Option<String> = end.and_then(|end| self.chars.get(start..end)).map(|name| name.iter().collect());
        let is_name = |name: &String| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
        let (Some(name), Some(colon)) = (name.filter(is_name), end) else { return self.bare().map(Node::Words) };
        let folded = name.to_ascii_lowercase();
        let Some((_, field)) = NAMES.iter().find(|(known, _)| *known == folded) else {
            let known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            let hint = match nearest(&folded, &known) {
                Some(near) => format!("did you mean `{near}:`? Put words with a colon in quotes"),
                None => {
                    let is_first =
                        |at: usize| at == 0 || NAMES.get(at - 1).map(|(_, field)| field) != NAMES.get(at).map(|(_, field)| field);
                    let first: Vec<&str> = known.iter().enumerate().filter(|(at, _)| is_first(*at)).map(|(_, name)| *name).collect();
                    format!("fields: {}; put words with a colon in quotes", first.join(", "))
                }
            };
            return self.fail(start, format!("there is no field `{name}`"), hint);
        };
        self.at = colon + 1;
        self.field(*field, &folded)
    }

    fn field(&mut self, field: Field, name: &str) -> Result<Node> {
        let start = self.at;
        let next = |n: usize| self.chars.get(start + n).copied();
        let (sign, n) = match (next(0), next(1)) {
            (Some('<'), Some('=')) => (Sign::AtMost, 2),
            (Some('>'), Some('=')) => (Sign::AtLeast, 2),
            (Some('<'), _) => (Sign::Below, 1),
            (Some('>'), _) => (Sign::Above, 1),
            (Some('='), _) => (Sign::Is, 1),
            _ => (Sign::Is, 0),
        };
        if sign != Sign::Is && !field.is_ordered() {
            return self.fail(start, format!("`{name}` has no order"), "<, <=, >, >= are for month, nps and sentiment");
        }
        self.at += n;
        let value = if self.peek() == Some('"') { self.quoted()? } else { self.bare()? };
        Ok(Node::Field { field, sign, value })
    }

    fn quoted(&mut self) -> Result<Term> {
        let start = self.at;
        let Some(n) = self.chars.iter().skip(start + 1).position(|c| *c == '"') else {
            return self.fail(start, "a quotation is not closed", "close it with \"");
        };
        let text: String = self.chars.iter().skip(start + 1).take(n).collect();
        self.at = start + n + 2;
        if text.trim().is_empty() {
            return self.fail(start, "there is nothing between the quotes", "write the words to look for");
        }
        Ok(Term { text, kind: TermKind::Quoted, at: start })
    }

    fn bare(&mut self) -> Result<Term> {
        let start = self.at;
        let is_part = |c: &&char| !c.is_whitespace() && !matches!(c, '(' | ')' | '"');
        let mut text: String = self.chars.iter().skip(start).take_while(is_part).collect();
        self.at += text.chars().count();
        let mut kind = TermKind::Plain;
        if text.ends_with('*') {
            text.pop();
            kind = TermKind::Prefix;
            if text.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                return self.fail(start, "a prefix needs at least two letters before the *", "as in refund*");
            }
        } else if let Some((word, distance)) = text.rsplit_once('~') {
            kind = match distance {
                "" | "1" => TermKind::Fuzzy(1),
                "2" => TermKind::Fuzzy(2),
                _ => {
                    let at = start + word.chars().count();
                    return self.fail(at, "after ~ stands how many letters may differ", "~1 or ~2, as in refnd~1");
                }
            };
            text = word.to_owned();
        }
        if text.is_empty() {
            return self.fail(start, "a value is missing", "as in month:2026-09 or area:billing");
        }
        Ok(Term { text, kind, at: start })
    }
}

fn one_or(mut parts: Vec<Node>, make: impl FnOnce(Vec<Node>) -> Node) -> Node {
    if parts.len() == 1 { parts.swap_remove(0) } else { make(parts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(node: &Node) -> String {
        let all = |nodes: &[Node]| nodes.iter().map(shape).collect::<Vec<_>>().join(" ");
        match node {
            Node::And(nodes) => format!("({})", all(nodes)),
            Node::Or(nodes) => format!("[{}]", all(nodes)),
            Node::Not(node) => format!("!{}", shape(node)),
            Node::Words(term) => format!("{}{}", term.text, mark(term.kind)),
            Node::Field { field, sign, value } => format!("{field:?}{sign:?}={}{}", value.text, mark(value.kind)),
        }
    }

    fn mark(kind: TermKind) -> String {
        match kind {
            TermKind::Plain => String::new(),
            TermKind::Quoted => "\"".to_owned(),
            TermKind::Prefix => "*".to_owned(),
            TermKind::Fuzzy(n) => format!("~{n}"),
        }
    }

    #[test]
    fn a_query_is_read() {
        let check =
            |query: &str, expected: &str| assert_eq!(parse(query).unwrap().map_or_else(String::new, |n| shape(&n)), expected, "{query}");
        check("", "");
        check("  ", "");
        check("late fee", "(late fee)");
        check("late OR fee AND no", "[late (fee no)]");
        check("(late OR fee) -waived", "([late fee] !waived)");
        check("NOT late", "!late");
        check("late AND NOT fee", "(late !fee)");
        check("\"late fee\" refund* refnd~1", "(late fee\" refund* refnd~1)");
        check("theme:billing month:2026-09", "(ThemeIs=billing MonthIs=2026-09)");
        check("nps:<=6 sentiment:<0 hotline:care", "(NpsAtMost=6 SentimentBelow=0 HotlineIs=care)");
        check("account:\"Acme Corp\"", "AccountIs=Acme Corp\"");
        check("ORDER ANDROID", "(ORDER ANDROID)");
        check("e-mail +late", "(e-mail late)");
        check("((a))", "a");
        check("12:30", "12:30");
    }

    #[test]
    fn a_query_that_cannot_be_read_names_the_character() {
        let check = |query: &str, expected_at: usize, part: &str| match parse(query) {
            Err(Error::Query { at, what, .. }) => {
                assert_eq!(at, expected_at, "{query}: {what}");
                assert!(what.contains(part), "{query}: {what}");
            }
            other => panic!("{query}: {other:?}"),
        };
        check("late \"fee", 5, "not closed");
        check("(late fee", 0, "not closed");
        check("late) fee", 4, "not opened");
        check("thme:billing", 0, "no field `thme`");
        check("late AND", 8, "missing");
        check("late OR", 7, "missing");
        check("OR late", 0, "between");
        check("refund~9", 6, "~");
        check("a*", 0, "two letters");
        check("*", 0, "two letters");
        check("month:", 6, "missing");
        check("area:<3", 5, "no order");
        check("()", 1, "closes");
        check(&"(".repeat(100_000), MAX_CHARS, "too long");
        check(&"(".repeat(1_000), MAX_DEPTH + 1, "deep");
        check(&"-".repeat(1_000), MAX_DEPTH + 1, "deep");
        check(&"a ".repeat(500), 2 * MAX_TERMS, "too many");
    }
}
