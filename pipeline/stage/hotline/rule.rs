//! What does a rule file hold?
//!
//! TOML text in, rules out, checked field by field. Errors name the file, line and column, and what is accepted.

use crate::clock::RespondWithin;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::assertion::Assertion;
use super::condition::{self, Condition};
use super::evaluate::{self, Cost};
use super::expression::{self, Expr, ExprError, Leaf, List};
use crate::{Error, Result};

/// One rule of the HOTLINE, as its file gives it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What hits and cases call it; unique among all rules.
    pub id: String,
    /// Goes up when the rule's meaning changes; 1 or more.
    pub version: i32,
    /// One of the guide's eight, or a user's own.
    pub category: String,
    /// The team that acts: `care`, `sales`, or a user's own.
    pub route: String,
    /// 1 (worst) to 5.
    pub severity: i32,
    /// How soon somebody must act.
    pub respond_within: RespondWithin,
    /// The text of `match`.
    pub expression: String,
    /// Where all of an expression must be found.
    pub scope: Scope,
    /// Assertions with which a hit fires.
    pub accept: Vec<Assertion>,
    /// Expressions whose spans pre-empt a hit that they overlap, as written.
    pub unless: Vec<String>,
    /// Conditions on the response, all of which must hold, as written.
    pub when: Vec<String>,
    /// What "can't" before a hit means.
    pub cannot: Cannot,
    /// Whose act or state the rule is about.
    pub subject: Subject,
    /// Only verbatims of this language, ISO 639-1; none: of every language.
    pub language: Option<String>,
    /// Texts in which the rule must fire.
    pub fires: Vec<String>,
    /// Texts in which the rule must not fire.
    pub silent: Vec<String>,
    /// File, line and column of each of `fires`, then of each of `silent`.
    pub(super) example_places: Vec<String>,
    pub(super) parsed: Expr<Leaf>,
    pub(super) parsed_unless: Vec<Expr<Leaf>>,
    pub(super) conditions: Vec<Condition>,
    /// Spans that the costliest of its expressions could look at for each word of a text.
    pub(super) work: u64,
}

/// Where all of an expression must be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Inside one clause; the default.
    Clause,
    /// Inside one sentence.
    Sentence,
    /// Anywhere.
    Verbatim,
}

/// What "can't", "unable to" or "won't let me" before a hit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cannot {
    /// The wish stands: "I can't cancel" is said by one who wants to. The default.
    Wish,
    /// The statement is denied: "I can't complain".
    Negation,
}

/// Whose act or state a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// The customer's: "my sister cancelled" is another party's. The default.
    Customer,
    /// Anybody's: "they are the worst".
    Any,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    list: Vec<ListEntry>,
    #[serde(default)]
    rule: Vec<Spanned<RuleEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListEntry {
    name: String,
    terms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    version: i32,
    category: String,
    route: String,
    severity: Spanned<i32>,
    respond_within: Spanned<String>,
    #[serde(rename = "match")]
    expression: Spanned<String>,
    scope: Option<Scope>,
    accept: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    #[serde(default)]
    when: Vec<Spanned<String>>,
    cannot: Option<Cannot>,
    subject: Option<Subject>,
    language: Option<String>,
    #[serde(default)]
    tests: Tests,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tests {
    #[serde(default)]
    fires: Vec<Spanned<String>>,
    #[serde(default)]
    silent: Vec<Spanned<String>>,
}

/// Reads all files: lists first, since a rule may name a list of any file, then rules in order. A later file replaces rules of the
/// same id of an earlier one, in their place; a later list of the same name replaces the earlier one.
pub(super) fn read(files: &[(String, String)]) -> Result<Vec<Rule>> {
    let mut parsed = Vec::new();
    let mut lists: Vec<List> = Vec::new();
    for (name, text) in files {
        let place = Place { name, text };
        let file: File = toml::from_str(text).map_err(|e| place.error(e.span().unwrap_or(0..0), one_line(e.message()), None))?;
        for list in file.list {
            lists.retain(|known| known.name != list.name);
            lists.push(List { name: list.name, terms: list.terms, sequences: OnceCell::new() });
        }
        parsed.push((place, file.rule));
    }
    let mut rules: Vec<Rule> = Vec::new();
    // By id: where the rule stands, and the file that gave it.
    let mut known: HashMap<String, (usize, usize)> = HashMap::new();
    for (file, (place, entries)) in parsed.into_iter().enumerate() {
        for entry in entries {
            let span = entry.span();
            let rule = check(entry.into_inner(), span.clone(), &place, &lists)?;
            match known.get(&rule.id).copied() {
                Some((_, of)) if of == file => {
                    let accepted = "an id of its own for each rule of a file".to_owned();
                    return Err(place.error(span, format!("rule `{}` is there twice", rule.id), Some(accepted)));
                }
                Some((i, _)) => {
                    known.insert(rule.id.clone(), (i, file));
                    rules[i] = rule;
                }
                None => {
                    known.insert(rule.id.clone(), (rules.len(), file));
                    rules.push(rule);
                }
            }
        }
    }
    Ok(rules)
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check(entry: RuleEntry, span: Range<usize>, place: &Place<'_>, lists: &[List]) -> Result<Rule> {
    let severity = *entry.severity.get_ref();
    if !(1..=5).contains(&severity) {
        return Err(place.error(entry.severity.span(), format!("severity {severity}"), Some("1 (worst) to 5".to_owned())));
    }
    for (key, value) in [("id", &entry.id), ("category", &entry.category), ("route", &entry.route)] {
        if value.trim().is_empty() {
            return Err(place.error(span, format!("`{key}` is empty"), Some("a name".to_owned())));
        }
    }
    let respond_within = RespondWithin::parse(entry.respond_within.get_ref()).ok_or_else(|| {
        let accepted = "\"24h\", \"2 days\", \"8 business hours\" or \"2 business days\"".to_owned();
        place.error(entry.respond_within.span(), "`respond_within` is not a time".to_owned(), Some(accepted))
    })?;
    let parse = |text: &Spanned<String>| expression::parse(text.get_ref(), lists).map_err(|e| place.expression_error(text, e));
    let parsed = parse(&entry.expression)?;
    let parsed_unless = entry.unless.iter().map(parse).collect::<Result<Vec<_>>>()?;
    let mut most = 0;
    for (text, expr) in std::iter::once((&entry.expression, &parsed)).chain(entry.unless.iter().zip(&parsed_unless)) {
        let work = evaluate::cost(expr, &leaf_cost).work;
        most = most.max(work);
        if work > MAX_WORK {
            let what = format!("the expression could look at {work} spans for each word of a text, the limit is {MAX_WORK}");
            let accepted = "smaller numbers in NEAR/n and BEFORE/n, or fewer of them inside each other".to_owned();
            return Err(place.error(text.span(), what, Some(accepted)));
        }
    }
    let condition = |text: &Spanned<String>| condition::parse(text.get_ref()).map_err(|e| place.expression_error(text, e));
    let conditions = entry.when.iter().map(condition).collect::<Result<Vec<_>>>()?;
    Ok(Rule {
        id: entry.id,
        version: entry.version,
        category: entry.category,
        route: entry.route,
        severity,
        respond_within,
        expression: entry.expression.into_inner(),
        scope: entry.scope.unwrap_or(Scope::Clause),
        accept: accepted(entry.accept, place)?,
        unless: entry.unless.into_iter().map(Spanned::into_inner).collect(),
        when: entry.when.into_iter().map(Spanned::into_inner).collect(),
        cannot: entry.cannot.unwrap_or(Cannot::Wish),
        subject: entry.subject.unwrap_or(Subject::Customer),
        language: entry.language,
        example_places: entry.tests.fires.iter().chain(&entry.tests.silent).map(|text| place.of(text.span().start)).collect(),
        fires: entry.tests.fires.into_iter().map(Spanned::into_inner).collect(),
        silent: entry.tests.silent.into_iter().map(Spanned::into_inner).collect(),
        parsed,
        parsed_unless,
        conditions,
        work: most,
    })
}

/// A rule may look at this many spans and pairs for each word of a text that consists of its terms only. The
/// shipped rules stay below 1,200; `(a NEAR/20 b) NEAR/20 (c NEAR/20 d)`, which nobody has needed, has 18,568.
pub(super) const MAX_WORK: u64 = 5_000;

fn leaf_cost(leaf: &Leaf) -> Cost {
    match leaf {
        Leaf::Regex(_) => Cost::of_lengths(&[1]),
        Leaf::Words(sequences) => {
            let mut lengths: Vec<usize> = sequences.iter().map(Vec::len).collect();
            lengths.sort_unstable();
            lengths.dedup();
            Cost::of_lengths(&lengths)
        }
    }
}

/// What fires when a rule says nothing: what is said of now, or threatened.
const ACCEPT: [Assertion; 2] = [Assertion::Affirmed, Assertion::Conditional];

fn accepted(given: Option<Vec<Spanned<String>>>, place: &Place<'_>) -> Result<Vec<Assertion>> {
    let Some(given) = given else { return Ok(ACCEPT.to_vec()) };
    let one = |name: Spanned<String>| {
        Assertion::ALL.into_iter().find(|a| a.as_str() == name.get_ref()).ok_or_else(|| {
            let names: Vec<&str> = Assertion::ALL.iter().map(|a| a.as_str()).collect();
            place.error(name.span(), format!("`{}` is not an assertion", name.get_ref()), Some(names.join(", ")))
        })
    };
    given.into_iter().map(one).collect()
}

/// A file, for the places of errors.
struct Place<'a> {
    name: &'a str,
    text: &'a str,
}

impl Place<'_> {
    /// File, line and column of a byte.
    fn of(&self, at: usize) -> String {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{}:{line}:{column}", self.name)
    }

    fn error(&self, span: Range<usize>, what: String, hint: Option<String>) -> Error {
        Error::Lexicon { place: self.of(span.start), what, hint: hint.map(|hint| format!("accepted: {hint}")) }
    }

    fn expression_error(&self, text: &Spanned<String>, error: ExprError) -> Error {
        let span = text.span();
        let raw = self.text.get(span.clone()).unwrap_or_default();
        let at = span.start + raw_offset(raw, text.get_ref(), error.at_byte);
        self.error(at..at, error.what, Some(error.accepted))
    }
}

/// Where in a TOML string, quotes and escapes included, the byte `at` of its value stands.
fn raw_offset(raw: &str, value: &str, at: usize) -> usize {
    let quotes = if raw.starts_with("'''") || raw.starts_with("\"\"\"") { 3 } else { 1 };
    let escapes = raw.starts_with('"');
    let mut offset = quotes;
    let inside = raw.get(quotes..).unwrap_or_default();
    if quotes == 3 {
        offset += inside.len() - inside.strip_prefix("\r\n").or_else(|| inside.strip_prefix('\n')).unwrap_or(inside).len();
    }
    for (byte, c) in value.char_indices() {
        if byte >= at {
            break;
        }
        let rest = raw.get(offset..).unwrap_or_default();
        offset += match rest.strip_prefix('\\').filter(|_| escapes).and_then(|escape| escape.chars().next()) {
            Some('u') => 6,
            Some('U') => 10,
            Some(_) => 2,
            None => c.len_utf8(),
        };
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "[[rule]]\nid = 'a'\nversion = 1\ncategory = 'churn'\nroute = 'care'\nseverity = 2\nrespond_within = '24h'\n";

    fn check(text: &str, place: &str, what: &str) {
        match read(&[("own.toml".to_owned(), text.to_owned())]) {
            Ok(_) => assert_eq!(what, "", "{text}"),
            Err(Error::Lexicon { place: found, what: said, .. }) => {
                assert!(!what.is_empty() && said.contains(what), "{text}: {found}: {said}");
                assert_eq!(found, place, "{text}: {said}");
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn errors_name_line_and_column() {
        check(&format!("{RULE}match = 'cancel'"), "", "");
        check(&format!("{RULE}match = 'cancel AND'"), "own.toml:8:20", "operand");
        check(&format!("{RULE}match = \"\\\"a b\\\" AND\""), "own.toml:8:21", "operand");
        check(&format!("{RULE}match = '''\ncancel\n  account'''"), "own.toml:10:3", "nothing joins");
        check(&format!("{RULE}match = 'x1'\nwhen = ['nsp <= 6']"), "own.toml:9:10", "nsp");
        check(&format!("{RULE}match = 'x1'\naccept = ['affirmed', 'perhaps']"), "own.toml:9:23", "perhaps");
        check(&format!("{RULE}match = 'x1'\nmatches = 'y1'"), "own.toml:9:1", "matches");
        check(&RULE.replace("= 2", "= 9"), "own.toml:1:1", "match");
        check(&format!("{}match = 'x1'", RULE.replace("= 2", "= 9")), "own.toml:6:12", "severity 9");
        check(&format!("{}match = 'x1'", RULE.replace("24h", "soon")), "own.toml:7:18", "respond_within");
        check(
            &format!("{RULE}match = 'a1 NEAR/90 (b1 NEAR/90 (c1 NEAR/90 (d1 NEAR/90 (e1 NEAR/90 f1))))'"),
            "own.toml:8:9",
            "could look at",
        );
        check(&format!("{RULE}match = '/(a{{1000}}){{1000}}/'"), "own.toml:8:11", "blow up");
        check(&format!("{RULE}match = 'x1'\n{RULE}match = 'y1'"), "own.toml:9:1", "twice");
    }

    #[test]
    fn a_later_file_replaces_rules_of_the_same_id() {
        let file = |name: &str, text: &str| (name.to_owned(), format!("{RULE}match = '{text}'"));
        let rules = read(&[file("a.toml", "one1"), file("b.toml", "two2")]).unwrap();
        assert_eq!(rules.iter().map(|rule| rule.expression.as_str()).collect::<Vec<_>>(), ["two2"]);
    }
}
