//! What does the text of a `match` say?
//!
//! Turns an expression into a tree whose leaves are word sequences or regular expressions. Positions of errors
//! are bytes of the expression; the rule file turns them into line and column. The grammar stands in
//! `lexicons/hotline/README.md`.

use std::cell::OnceCell;

use super::words::{Slot, WordError, alternatives, sequences};

/// An expression over leaves of type `L`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expr<L> {
    Leaf(L),
    And(Vec<Expr<L>>),
    Or(Vec<Expr<L>>),
    /// Only as a member of [`Expr::And`].
    Not(Box<Expr<L>>),
    Pair(Box<Expr<L>>, Relation, u32, Box<Expr<L>>),
    AtLeast(usize, Vec<Expr<L>>),
}

/// How two operands lie to each other, with a number of words between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Near,
    Before,
    NotNear,
}

/// What is looked for in the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leaf {
    /// Any of these sequences of words.
    Words(Vec<Vec<Slot>>),
    Regex(String),
}

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExprError {
    pub(super) at_byte: usize,
    pub(super) what: String,
    pub(super) accepted: String,
}

/// A named list: `@name`.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) terms: Vec<String>,
    /// What its terms stand for, written out when the first rule names the list.
    pub(super) sequences: OnceCell<Result<Vec<Vec<Slot>>, WordError>>,
}

/// Reads an expression; `lists` are what `@name` may name.
pub(super) fn parse(text: &str, lists: &[List]) -> Result<Expr<Leaf>, ExprError> {
    let mut parser = Parser { text, at: 0, depth: 0, lists };
    let expr = parser.or()?;
    parser.space();
    if parser.at < text.len() {
        return Err(
            parser.error("nothing joins this to what stands before", "AND, OR, NEAR/n, BEFORE/n, NOTNEAR/n; a phrase goes in quotes")
        );
    }
    check_not(&expr).map_err(|what| ExprError { at_byte: 0, what, accepted: "`x AND NOT y`".to_owned() })?;
    Ok(expr)
}

/// Parentheses may be this deep: the evaluator recurses.
const MAX_DEPTH: usize = 40;
/// NEAR, BEFORE and NOTNEAR look at most this far.
const MAX_WORDS_BETWEEN: u32 = 100;

const OPERAND: &str = "a word, \"a phrase\", stem:word, word~1, wild*, @list, /regex/, `2 of (…)`, NOT or `(`";

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    lists: &'a [List],
}

impl<'a> Parser<'a> {
    fn or(&mut self) -> Result<Expr<Leaf>, ExprError> {
        let mut members = vec![self.and()?];
        while self.keyword("OR") {
            members.push(self.and()?);
        }
        Ok(if members.len() == 1 { members.remove(0) } else { Expr::Or(members) })
    }

    fn and(&mut self) -> Result<Expr<Leaf>, ExprError> {
        let mut members = vec![self.near()?];
        while self.keyword("AND") {
            members.push(self.near()?);
        }
        Ok(if members.len() == 1 { members.remove(0) } else { Expr::And(members) })
    }

    fn near(&mut self) -> Result<Expr<Leaf>, ExprError> {
        let mut left = self.operand()?;
        while let Some((relation, n)) = self.relation()? {
            let right = self.operand()?;
            left = Expr::Pair(Box::new(left), relation, n, Box::new(right));
        }
        Ok(left)
    }

    fn relation(&mut self) -> Result<Option<(Relation, u32)>, ExprError> {
        self.space();
        for (name, relation) in [("NEAR", Relation::Near), ("BEFORE", Relation::Before), ("NOTNEAR", Relation::NotNear)] {
            let Some(rest) = self.rest().strip_prefix(name) else { continue };
            let Some(rest) = rest.strip_prefix('/') else {
                if rest.starts_with(|c: char| c.is_alphanumeric()) {
                    continue;
                }
                self.at += name.len();
                return Err(self.error(&format!("{name} needs a number of words"), &format!("{name}/5")));
            };
            let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            self.at += name.len() + 1;
            let n: Option<u32> = rest.get(..n_digits).and_then(|digits| digits.parse().ok());
            let Some(n) = n.filter(|n| *n <= MAX_WORDS_BETWEEN) else {
                return Err(self.error("not a number of words", &format!("0 to {MAX_WORDS_BETWEEN}")));
            };
            self.at += n_digits;
            return Ok(Some((relation, n)));
        }
        Ok(None)
    }

    fn operand(&mut self) -> Result<Expr<Leaf>, ExprError> {
        self.space();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("nested too deep", &format!("{MAX_DEPTH} levels")));
        }
        let found = self.operand_inside();
        self.depth -= 1;
        found
    }

    fn operand_inside(&mut self) -> Result<Expr<Leaf>, ExprError> {
        if self.keyword("NOT") {
            return Ok(Expr::Not(Box::new(self.operand()?)));
        }
        if let Some(k) = self.count() {
            return self.at_least(k);
        }
        match self.rest().chars().next() {
            Some('(') => {
                self.at += 1;
                let inside = self.or()?;
                self.close()?;
                Ok(inside)
            }
            Some('"') => self.phrase(),
            Some('/') => self.regex(),
            Some(c) if c != ')' && c != ',' => self.word(),
            _ => Err(self.error("an operand is missing", OPERAND)),
        }
    }

    /// `2 of (`: taken as such only when all three stand there, so that `2` stays a word.
    fn count(&mut self) -> Option<usize> {
        let rest = self.rest();
        let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let k: usize = rest.get(..n_digits)?.parse().ok()?;
        let of = rest.get(n_digits..)?;
        let inside = of.trim_start().strip_prefix("of")?.trim_start().strip_prefix('(')?;
        self.at += rest.len() - inside.len();
        Some(k)
    }

    fn at_least(&mut self, k: usize) -> Result<Expr<Leaf>, ExprError> {
        let start = self.at;
        let mut members = vec![self.or()?];
        self.space();
        while self.rest().starts_with(',') {
            self.at += 1;
            members.push(self.or()?);
            self.space();
        }
        self.close()?;
        if k == 0 || k > members.len() {
            self.at = start;
            return Err(self.error(&format!("{k} of {} can never be meant", members.len()), "a number from 1 to the number of members"));
        }
        Ok(Expr::AtLeast(k, members))
    }

    fn close(&mut self) -> Result<(), ExprError> {
        self.space();
        if !self.rest().starts_with(')') {
            return Err(self.error("a parenthesis is not closed", "`)`, AND, OR, NEAR/n, BEFORE/n, NOTNEAR/n"));
        }
        self.at += 1;
        Ok(())
    }

    fn phrase(&mut self) -> Result<Expr<Leaf>, ExprError> {
        let start = self.at + 1;
        let inside = self.rest().get(1..).and_then(|rest| rest.split_once('"')).map(|(inside, _)| inside);
        let Some(inside) = inside else {
            return Err(self.error("the phrase is not closed", "`\"`"));
        };
        let found = sequences(inside, self.lists).map_err(|e| word_error(e, start))?;
        self.at = start + inside.len() + 1;
        Ok(Expr::Leaf(Leaf::Words(found)))
    }

    fn regex(&mut self) -> Result<Expr<Leaf>, ExprError> {
        let start = self.at + 1;
        let rest = self.rest().get(1..).unwrap_or_default();
        let mut escaped = false;
        let end = rest.char_indices().find(|(_, c)| {
            let ends = *c == '/' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        let Some((end, _)) = end else {
            return Err(self.error("the regular expression is not closed", "`/`; a slash inside is written `\\/`"));
        };
        let pattern = rest.get(..end).unwrap_or_default().replace("\\/", "/");
        if let Err(e) = super::regexes::build(&pattern) {
            return Err(ExprError {
                at_byte: start,
                what: e,
                accepted: "the syntax of the crate `regex`: no look-around, no back-references".to_owned(),
            });
        }
        self.at = start + end + 1;
        Ok(Expr::Leaf(Leaf::Regex(pattern)))
    }

    fn word(&mut self) -> Result<Expr<Leaf>, ExprError> {
        let start = self.at;
        let n = self.rest().find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | ',')).unwrap_or(self.rest().len());
        let token = self.rest().get(..n).unwrap_or_default();
        if matches!(token, "AND" | "OR" | "of") {
            return Err(self.error(&format!("`{token}` stands where an operand is expected"), OPERAND));
        }
        if token.contains(['[', ']', '|']) || token == "_" {
            return Err(self.error("`[`, `]`, `|` and `_` belong inside a phrase", OPERAND));
        }
        let found = alternatives(token, self.lists).map_err(|e| word_error(e, start))?;
        self.at += n;
        Ok(Expr::Leaf(Leaf::Words(found)))
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        self.space();
        let found = self
            .rest()
            .strip_prefix(keyword)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '(' | ')')));
        if found {
            self.at += keyword.len();
        }
        found
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&self, what: &str, accepted: &str) -> ExprError {
        ExprError { at_byte: self.at, what: what.to_owned(), accepted: accepted.to_owned() }
    }
}

fn word_error(error: WordError, start: usize) -> ExprError {
    ExprError { at_byte: start + error.at_byte, what: error.what, accepted: error.accepted }
}

/// NOT says what must be absent; something must be present for there to be a span.
fn check_not(expr: &Expr<Leaf>) -> Result<(), String> {
    match expr {
        Expr::Leaf(_) => Ok(()),
        Expr::Not(_) => Err("NOT alone finds nothing".to_owned()),
        Expr::And(members) => {
            if members.iter().all(|member| matches!(member, Expr::Not(_))) {
                return Err("NOT alone finds nothing".to_owned());
            }
            members.iter().try_for_each(|member| match member {
                Expr::Not(inside) => check_not(inside),
                other => check_not(other),
            })
        }
        Expr::Or(members) | Expr::AtLeast(_, members) => members.iter().try_for_each(check_not),
        Expr::Pair(left, _, _, right) => check_not(left).and_then(|()| check_not(right)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, at_byte: usize, what: &str) {
        let terms = vec!["acme".to_owned(), "north bank".to_owned()];
        let lists = [List { name: "rivals".to_owned(), terms, sequences: OnceCell::new() }];
        match parse(text, &lists) {
            Ok(_) => assert_eq!(what, "", "{text}"),
            Err(e) => assert_eq!((e.at_byte, e.what.contains(what) && !what.is_empty()), (at_byte, true), "{text}: {e:?}"),
        }
    }

    #[test]
    fn errors_point_at_the_character() {
        check("cancel NEAR/3 (account OR plan)", 0, "");
        check("2 of (a1, b1, \"c d\") AND NOT x*ing", 0, "");
        check("switch* BEFORE/3 @rivals", 0, "");
        check("/can(cel|celled)\\/x/ OR stem:cancel OR cancel~1", 0, "");
        check("cancel account", 7, "nothing joins");
        check("cancel AND", 10, "missing");
        check("cancel AND )", 11, "operand is missing");
        check("(cancel", 7, "not closed");
        check("cancel NEAR account", 11, "needs a number");
        check("cancel NEAR/x b", 12, "not a number");
        check("cancel NEAR/500 b", 12, "not a number");
        check("\"cancel", 0, "not closed");
        check("NOT cancel", 0, "NOT alone");
        check("a OR NOT b", 0, "NOT alone");
        check("4 of (a, b)", 6, "can never");
        check("@nobody", 0, "no list");
        check("short~1", 0, "6 letters");
        check("a*", 0, "letters");
        check("/(/", 1, "unclosed");
        check("\"_ cancel\"", 1, "begin or end");
    }
}
