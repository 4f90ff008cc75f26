//! How does a query become a search of the index?

use std::ops::Bound;

use tantivy::Term as IndexTerm;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, ExistsQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field as IndexField, IndexRecordOption};

use super::highlight::Matcher;
use super::index::{Searcher, failed};
use super::names::ThemeNames;
use super::syntax::{Field, Node, Sign, Term, TermKind};
use super::words::{Words, plain, stems};
use crate::error::{Error, Result, nearest};
use crate::month::Month;

/// A search, what of a text made it match, and whether matches differ in relevance.
pub(super) struct Plan {
    pub(super) query: Box<dyn Query>,
    pub(super) matchers: Vec<Matcher>,
}

/// Makes the search that a query asks for.
pub(super) fn plan(searcher: &Searcher, themes: &ThemeNames, query: &str, node: Option<&Node>) -> Result<Plan> {
    let mut planner = Planner { searcher, themes, query, words: Words::default(), languages: Vec::new(), matchers: Vec::new() };
    let Some(node) = node else { return Ok(Plan { query: Box::new(AllQuery), matchers: Vec::new() }) };
    planner.languages = planner.values(searcher.fields.language, &|_| true)?;
    let query = planner.query(node, true)?;
    Ok(Plan { query, matchers: planner.matchers })
}

struct Planner<'a> {
    searcher: &'a Searcher,
    themes: &'a ThemeNames,
    query: &'a str,
    words: Words,
    languages: Vec<String>,
    matchers: Vec<Matcher>,
}

/// Distinct values of a field that are looked at: more than any list of areas or segments has.
const MAX_VALUES: usize = 10_000;

impl Planner<'_> {
    fn fail<T>(&self, at: usize, what: impl Into<String>, hint: impl Into<String>) -> Result<T> {
        Err(Error::Query { query: self.query.to_owned(), at, what: what.into(), hint: Some(hint.into()) })
    }

    /// `is_asked`: matches are shown; below NOT they are not.
    fn query(&mut self, node: &Node, is_asked: bool) -> Result<Box<dyn Query>> {
        Ok(match node {
            Node::And(nodes) => {
                let mut parts = Vec::new();
                for node in nodes {
                    match node {
                        Node::Not(inner) => parts.push((Occur::MustNot, self.query(inner, false)?)),
                        _ => parts.push((Occur::Must, self.query(node, is_asked)?)),
                    }
                }
                if parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                    parts.push((Occur::Must, Box::new(AllQuery)));
                }
                Box::new(BooleanQuery::new(parts))
            }
            Node::Or(nodes) => {
                let parts = nodes.iter().map(|node| Ok((Occur::Should, self.query(node, is_asked)?))).collect::<Result<_>>()?;
                Box::new(BooleanQuery::new(parts))
            }
            Node::Not(inner) => {
                let inner = self.query(inner, false)?;
                Box::new(BooleanQuery::new(vec![(Occur::MustNot, inner), (Occur::Must, Box::new(AllQuery))]))
            }
            Node::Words(term) => {
                let (query, matcher) = self.words(term)?;
                if is_asked {
                    self.matchers.push(matcher);
                }
                query
            }
            // Fields choose; they say nothing about relevance.
            Node::Field { field, sign, value } => Box::new(ConstScoreQuery::new(self.field(*field, *sign, value)?, 0.0)),
        })
    }

    fn words(&mut self, term: &Term) -> Result<(Box<dyn Query>, Matcher)> {
        let (word, stem) = (self.searcher.fields.word, self.searcher.fields.stem);
        let mut folded = Vec::new();
        let plains = self.words.plain(&term.text);
        self.words.each(&term.text, "", |at, plain, _| {
            let written = term.text.get(at.start_byte as usize..at.end_byte as usize).unwrap_or(plain);
            folded.push(written.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'"));
        });
        let (Some(first), Some(first_folded)) = (plains.first(), folded.first()) else {
            return self.fail(term.at, "there is no letter or digit to look for", "write a word");
        };
        let of = |field, text: &str| IndexTerm::from_field_text(field, text);
        if plains.len() > 1 {
            return Ok((phrase(word, &plains), Matcher::Phrase(plains)));
        }
        Ok(match term.kind {
            TermKind::Quoted => (one(of(word, first)), Matcher::Phrase(plains)),
            TermKind::Prefix => (Box::new(FuzzyTermQuery::new_prefix(of(word, first), 0, true)), Matcher::Prefix(first.clone())),
            TermKind::Fuzzy(distance) => {
                (Box::new(FuzzyTermQuery::new(of(word, first), distance, true)), Matcher::Fuzzy(first.clone(), distance))
            }
            TermKind::Plain => {
                let stems = stems(first_folded, self.languages.iter().map(String::as_str));
                let mut parts: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Should, one(of(word, first)))];
                parts.extend(stems.iter().map(|text| (Occur::Should, one(of(stem, text)))));
                (Box::new(BooleanQuery::new(parts)), Matcher::Word { plain: first.clone(), stems })
            }
        })
    }

    fn field(&mut self, field: Field, sign: Sign, value: &Term) -> Result<Box<dyn Query>> {
        if let TermKind::Fuzzy(_) = value.kind {
            return self.fail(
                value.at,
                "a field has no fuzzy values",
                "~ is for words of the text; a field takes a prefix, as in area:bill*",
            );
        }
        let f = &self.searcher.fields;
        let text = value.text.trim();
        Ok(match field {
            Field::Month => self.month(sign, value)?,
            Field::Nps => match text.to_lowercase().as_str() {
                "promoter" => range(f.nps, Some(9), None),
                "passive" => range(f.nps, Some(7), Some(8)),
                "detractor" => range(f.nps, None, Some(6)),
                _ => self.nps(sign, value)?,
            },
            Field::Sentiment => match text.to_lowercase().as_str() {
                label @ ("negative" | "neutral" | "positive") => one(IndexTerm::from_field_text(f.sentiment_label, label)),
                _ => self.sentiment(sign, value)?,
            },
            Field::Theme => match text.to_lowercase().as_str() {
                "none" => none_of("theme"),
                "any" => any_of("theme"),
                _ => self.theme(value)?,
            },
            Field::Hotline => match text.to_lowercase().as_str() {
                "none" | "no" => none_of("route"),
                "any" | "yes" => any_of("route"),
                _ => self.named(f.route, value)?,
            },
            Field::Account => self.account(value)?,
            Field::AccountId => one(IndexTerm::from_field_text(f.account_id, &text.to_lowercase())),
            Field::Area => self.named(f.area, value)?,
            Field::Segment => self.named(f.segment, value)?,
            Field::Channel => self.named(f.channel, value)?,
            Field::Product => self.named(f.product, value)?,
            Field::Source => self.named(f.source, value)?,
            Field::Language => self.named(f.language, value)?,
            Field::Emotion => self.named(f.emotion, value)?,
            Field::Rule => self.named(f.rule, value)?,
            Field::Suppressed => self.named(f.suppressed, value)?,
            Field::Response => one(IndexTerm::from_field_text(f.response_id, text)),
            Field::Verbatim => one(IndexTerm::from_field_text(f.verbatim_id, text)),
        })
    }

    fn month(&self, sign: Sign, value: &Term) -> Result<Box<dyn Query>> {
        let bounds = |text: &str| -> Option<(Month, Month)> {
            let year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
            if year {
                Some((Month::parse(&format!("{text}-01"))?, Month::parse(&format!("{text}-12"))?))
            } else {
                Month::parse(text).map(|m| (m, m))
            }
        };
        let (from, to) = value.text.split_once("..").unwrap_or((&value.text, &value.text));
        let (Some((from, from_end)), Some((to_start, to))) = (bounds(from), bounds(to)) else {
            return self.fail(value.at, "this is no month", "write it as 2026-09, 2026, >=2026-07 or 2026-01..2026-06");
        };
        let days = |month: Month| Some(i64::from(month.days()));
        let (low, high) = match sign {
            Sign::Is => (days(from), days(to)),
            Sign::Below => (None, days(from.plus(-1))),
            Sign::AtMost => (None, days(to)),
            Sign::Above => (days(from_end.plus(1)), None),
            Sign::AtLeast => (days(to_start), None),
        };
        Ok(range(self.searcher.fields.month, low, high))
    }

    fn nps(&self, sign: Sign, value: &Term) -> Result<Box<dyn Query>> {
        let (from, to) = value.text.split_once("..").unwrap_or((&value.text, &value.text));
        let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>()) else {
            return self.fail(value.at, "this is no NPS answer", "write 0 to 10, <=6, 7..8, or promoter, passive, detractor");
        };
        let (from, to) = (from.clamp(-1, 11), to.clamp(-1, 11));
        let (low, high) = match sign {
            Sign::Is => (Some(from), Some(to)),
            Sign::Below => (None, Some(from - 1)),
            Sign::AtMost => (None, Some(to)),
            Sign::Above => (Some(from + 1), None),
            Sign::AtLeast => (Some(from), None),
        };
        Ok(range(self.searcher.fields.nps, low, high))
    }

    fn sentiment(&self, sign: Sign, value: &Term) -> Result<Box<dyn Query>> {
        let field = self.searcher.fields.sentiment;
        let (from, to) = value.text.split_once("..").unwrap_or((&value.text, &value.text));
        let number = |text: &str| text.replace('−', "-").parse::<f64>().ok().filter(|v| v.is_finite());
        let (Some(from), Some(to)) = (number(from), number(to)) else {
            return self.fail(value.at, "this is no sentiment", "write -1 to 1, as in <0 or -1..-0.5, or negative, neutral, positive");
        };
        let term = |v: f64| IndexTerm::from_field_f64(field, v);
        let (low, high) = match sign {
            Sign::Is => (Bound::Included(term(from)), Bound::Included(term(to))),
            Sign::Below => (Bound::Unbounded, Bound::Excluded(term(from))),
            Sign::AtMost => (Bound::Unbounded, Bound::Included(term(to))),
            Sign::Above => (Bound::Excluded(term(from)), Bound::Unbounded),
            Sign::AtLeast => (Bound::Included(term(from)), Bound::Unbounded),
        };
        Ok(Box::new(RangeQuery::new(low, high)))
    }

    fn theme(&self, value: &Term) -> Result<Box<dyn Query>> {
        let ids = self.themes.meant(&value.text);
        if ids.is_empty() {
            let labels = self.themes.labels();
            let hint = match nearest(&value.text, &labels) {
                Some(near) => format!("did you mean theme:\"{near}\"?"),
                None => "write the name of a theme, a word of it, or its id; `outspoken themes list` names them".to_owned(),
            };
            return self.fail(value.at, format!("no theme is called `{}`", value.text), hint);
        }
        let field = self.searcher.fields.theme;
        Ok(Box::new(TermSetQuery::new(ids.iter().map(|id| IndexTerm::from_field_text(field, id)))))
    }

    fn account(&mut self, value: &Term) -> Result<Box<dyn Query>> {
        let f = &self.searcher.fields;
        let exact = one(IndexTerm::from_field_text(f.account_id, &value.text.trim().to_lowercase()));
        let plains = self.words.plain(&value.text);
        let by_words: Box<dyn Query> = match plains.as_slice() {
            [] => return Ok(exact),
            [word] if value.kind == TermKind::Prefix => {
                Box::new(FuzzyTermQuery::new_prefix(IndexTerm::from_field_text(f.account, word), 0, true))
            }
            _ => phrase(f.account, &plains),
        };
        Ok(Box::new(BooleanQuery::new(vec![(Occur::Should, exact), (Occur::Should, by_words)])))
    }

    /// A field of few values: case and accents do not matter.
    fn named(&self, field: IndexField, value: &Term) -> Result<Box<dyn Query>> {
        let fold = |text: &str| plain(&text.trim().to_lowercase());
        let asked = fold(&value.text);
        let is_meant = |text: &str| {
            let text = fold(text);
            if value.kind == TermKind::Prefix { text.starts_with(&asked) } else { text == asked }
        };
        let values = self.values(field, &is_meant)?;
        if values.is_empty() {
            return Ok(Box::new(EmptyQuery));
        }
        Ok(Box::new(TermSetQuery::new(values.iter().map(|text| IndexTerm::from_field_text(field, text)))))
    }

    /// Values of a field that are meant, each once, in order.
    fn values(&self, field: IndexField, is_meant: &dyn Fn(&str) -> bool) -> Result<Vec<String>> {
        let mut values = Vec::new();
        for segment in self.searcher.searcher.segment_readers() {
            let read = || -> tantivy::Result<Vec<String>> {
                let mut found = Vec::new();
                let index = segment.inverted_index(field)?;
                let mut stream = index.terms().stream()?;
                for _ in 0..MAX_VALUES {
                    if !stream.advance() {
                        break;
                    }
                    found.extend(std::str::from_utf8(stream.key()).ok().filter(|text| is_meant(text)).map(str::to_owned));
                }
                Ok(found)
            };
            values.extend(read().map_err(failed(&self.searcher.folder))?);
        }
        values.sort();
        values.dedup();
        Ok(values)
    }
}

fn one(term: IndexTerm) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn phrase(field: IndexField, words: &[String]) -> Box<dyn Query> {
    let mut terms: Vec<IndexTerm> = words.iter().map(|word| IndexTerm::from_field_text(field, word)).collect();
    if terms.len() == 1 { one(terms.swap_remove(0)) } else { Box::new(PhraseQuery::new(terms)) }
}

fn range(field: IndexField, low: Option<i64>, high: Option<i64>) -> Box<dyn Query> {
    let bound = |v: Option<i64>| v.map_or(Bound::Unbounded, |v| Bound::Included(IndexTerm::from_field_i64(field, v)));
    Box::new(RangeQuery::new(bound(low), bound(high)))
}

fn any_of(field: &str) -> Box<dyn Query> {
    Box::new(ExistsQuery::new(field.to_owned(), false))
}

fn none_of(field: &str) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(vec![(Occur::MustNot, any_of(field)), (Occur::Must, Box::new(AllQuery))]))
}
