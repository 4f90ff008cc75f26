//! What does a search give back?

use std::collections::BTreeMap;

use tantivy::columnar::StrColumn;
use tantivy::query::TermQuery;
use tantivy::schema::{Field, IndexRecordOption, Value as _};
use tantivy::{DocAddress, TantivyDocument, Term};

use super::collect::{Collect, Counts};
use super::highlight::{Matcher, marks};
use super::index::{Searcher, failed};
use super::names::ThemeNames;
use super::plan::plan;
use super::syntax::parse;
use super::words::Words;
use crate::error::{Error, Result};
use crate::month::Month;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The query; empty: everything. `docs/search.md` has its syntax.
    pub query: &'a str,
    /// What comes first; none: relevance where words are asked for, else the newest.
    pub sort: Option<Sort>,
    /// Matches left out at the beginning.
    pub offset: usize,
    /// Matches given.
    pub limit: usize,
    /// Whether matches are counted by theme, month, area, segment and route.
    pub with_facets: bool,
}

/// What comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The best match (BM25).
    Relevance,
    /// The latest answer.
    Newest,
    /// The earliest answer.
    Oldest,
    /// The lowest sentiment.
    MostNegative,
    /// The highest sentiment.
    MostPositive,
}

impl Sort {
    /// Every order with its name on the command line and in addresses.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("relevance", Self::Relevance),
        ("newest", Self::Newest),
        ("oldest", Self::Oldest),
        ("negative", Self::MostNegative),
        ("positive", Self::MostPositive),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, sort)| *sort == self).map_or("", |(name, _)| name)
    }

    /// The order of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, sort)| *sort)
    }
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Verbatims that match.
    pub total: u64,
    /// Those asked for, in order.
    pub hits: Vec<Hit>,
    /// How they part; empty lists when not asked for.
    pub facets: Facets,
    /// The order they are in.
    pub sort: Sort,
}

/// How matches part. A verbatim counts once for each of its themes and routes.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Facets {
    /// By theme, most frequent first.
    pub theme: Vec<FacetValue>,
    /// By month, newest first.
    pub month: Vec<FacetValue>,
    /// By functional area, most frequent first.
    pub area: Vec<FacetValue>,
    /// By segment, most frequent first.
    pub segment: Vec<FacetValue>,
    /// By HOTLINE route, most frequent first.
    pub route: Vec<FacetValue>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FacetValue {
    /// As a query takes it.
    pub value: String,
    /// As people read it.
    pub label: String,
    /// Matches that have it.
    pub n: u64,
}

/// A verbatim that was found.
#[derive(Clone, Debug, Default)]
pub struct Hit {
    /// Its id.
    pub verbatim_id: String,
    /// Its response.
    pub response_id: String,
    /// Its source.
    pub source: String,
    /// The question; none: the source has no header.
    pub question: Option<String>,
    /// The whole text.
    pub text: String,
    /// Its language.
    pub language: String,
    /// What made it match: bytes of the text, in order.
    pub marks: Vec<(usize, usize)>,
    /// Report month; none: the index has none, which no verbatim of a run lacks.
    pub month: Option<Month>,
    /// When the answer came, seconds since 1970; the first of the month where it is not known.
    pub received: Option<i64>,
    /// Answer to the recommend question.
    pub nps: Option<i64>,
    /// -1 to 1.
    pub sentiment: Option<f64>,
    /// Theme of most of its clauses.
    pub primary_theme: Option<String>,
    /// Themes of its clauses.
    pub themes: Vec<String>,
    /// Name of the account, else its id.
    pub account: Option<String>,
    /// Routes of the HOTLINE cases of its response.
    pub routes: Vec<String>,
    /// Where its rows are in the tables of the month.
    pub places: Places,
}

/// Row numbers in the files of the month that the index covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// In `verbatim`.
    pub verbatim: u32,
    /// In `response`.
    pub response: Option<u32>,
    /// First and one past the last in `clause`.
    pub clauses: (u32, u32),
    /// First and one past the last in `score`.
    pub scores: (u32, u32),
}

impl Places {
    pub(super) fn bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        let numbers = [self.verbatim, self.response.map_or(0, |row| row + 1), self.clauses.0, self.clauses.1, self.scores.0, self.scores.1];
        for (chunk, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            chunk.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Self {
        let mut numbers = bytes.chunks_exact(4).map(|chunk| chunk.try_into().map_or(0, u32::from_le_bytes));
        let mut next = || numbers.next().unwrap_or_default();
        Self { verbatim: next(), response: next().checked_sub(1), clauses: (next(), next()), scores: (next(), next()) }
    }
}

/// Matches are looked through up to here: nobody reads further, and the order of all matches would have to be kept.
pub(super) const MAX_OFFSET: usize = 10_000;

impl Searcher {
    /// Finds verbatims.
    ///
    /// Fails with [`Error::Query`] when the query cannot be read, with [`Error::Index`] when the index cannot.
    pub fn find(&self, request: Request<'_>, themes: &ThemeNames) -> Result<Found> {
        let node = parse(request.query)?;
        let plan = plan(self, themes, request.query, node.as_ref())?;
        let default = if plan.matchers.is_empty() { Sort::Newest } else { Sort::Relevance };
        let sort = request.sort.unwrap_or(default);
        let offset = request.offset.min(MAX_OFFSET);
        let known = if node.is_none() { self.all_counts.get() } else { None };
        let with_facets = request.with_facets && known.is_none();
        let collect = Collect { sort, limit: (offset + request.limit).min(MAX_OFFSET), with_facets };
        let collected = self.searcher.search(&*plan.query, &collect).map_err(failed(&self.folder))?;
        let mut words = Words::default();
        let mut hits = Vec::new();
        for (_, address) in collected.top.iter().skip(offset) {
            hits.push(self.hit(*address, &mut words, &plan.matchers)?);
        }
        if with_facets && node.is_none() {
            // Another request may have been faster with the same.
            self.all_counts.set(collected.counts.clone()).ok();
        }
        let facets = match known {
            Some(counts) if request.with_facets => facets(counts, themes),
            _ => facets(&collected.counts, themes),
        };
        Ok(Found { total: collected.total, hits, facets, sort })
    }

    /// A verbatim by its id.
    pub fn verbatim(&self, verbatim_id: &str) -> Result<Option<Hit>> {
        Ok(self.by(&[(self.fields.verbatim_id, verbatim_id)])?.pop())
    }

    /// The verbatims of a response, in the order of the table.
    pub fn response(&self, source: &str, response_id: &str) -> Result<Vec<Hit>> {
        self.by(&[(self.fields.response_id, response_id), (self.fields.source, source)])
    }

    fn by(&self, terms: &[(Field, &str)]) -> Result<Vec<Hit>> {
        use tantivy::query::{BooleanQuery, Occur, Query};
        let of = |(field, text): &(Field, &str)| -> (Occur, Box<dyn Query>) {
            (Occur::Must, Box::new(TermQuery::new(Term::from_field_text(*field, text), IndexRecordOption::Basic)))
        };
        let query = BooleanQuery::new(terms.iter().map(of).collect());
        let collect = Collect { sort: Sort::Newest, limit: 100, with_facets: false };
        let collected = self.searcher.search(&query, &collect).map_err(failed(&self.folder))?;
        let mut words = Words::default();
        let mut hits = collected.top.iter().map(|(_, at)| self.hit(*at, &mut words, &[])).collect::<Result<Vec<_>>>()?;
        hits.sort_by(|a, b| (a.places.verbatim, &a.verbatim_id).cmp(&(b.places.verbatim, &b.verbatim_id)));
        Ok(hits)
    }

    fn hit(&self, address: DocAddress, words: &mut Words, matchers: &[Matcher]) -> Result<Hit> {
        let fail = || failed(&self.folder);
        let document: TantivyDocument = self.searcher.doc(address).map_err(fail())?;
        let f = &self.fields;
        let given = |field| document.get_first(field).and_then(|value| value.as_str().map(str::to_owned));
        let text = given(f.text).unwrap_or_default();
        let language = given(f.language).unwrap_or_default();
        let fast = self.searcher.segment_reader(address.segment_ord).fast_fields();
        let doc = address.doc_id;
        let names = |name: &str| -> Result<Vec<String>> { names_of(fast.str(name).map_err(fail())?, doc).map_err(failed(&self.folder)) };
        let month = fast.i64("month").map_err(fail())?.first(doc).and_then(|days| i32::try_from(days).ok());
        Ok(Hit {
            verbatim_id: given(f.verbatim_id).unwrap_or_default(),
            response_id: given(f.response_id).unwrap_or_default(),
            source: given(f.source).unwrap_or_default(),
            question: given(f.question),
            marks: marks(words, &text, &language, matchers),
            text,
            language,
            month: month.map(Month::from_days),
            received: fast.i64("received").map_err(fail())?.first(doc),
            nps: fast.i64("nps").map_err(fail())?.first(doc),
            sentiment: fast.f64("sentiment").map_err(fail())?.first(doc),
            primary_theme: given(f.primary_theme),
            themes: names("theme")?,
            account: given(f.account_name),
            routes: names("route")?,
            places: document.get_first(f.places).and_then(|v| v.as_bytes().map(Places::read)).unwrap_or_default(),
        })
    }
}

fn names_of(column: Option<StrColumn>, doc: u32) -> std::io::Result<Vec<String>> {
    let Some(column) = column else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for ordinal in column.ords().values_for_doc(doc) {
        let mut name = String::new();
        column.ord_to_str(ordinal, &mut name)?;
        names.push(name);
    }
    Ok(names)
}

fn facets(counts: &Counts, themes: &ThemeNames) -> Facets {
    let by_count = |counts: &BTreeMap<String, u64>, label: &dyn Fn(&str) -> String| {
        let value = |(value, n): (&String, &u64)| FacetValue { label: label(value), value: value.clone(), n: *n };
        let mut values: Vec<FacetValue> = counts.iter().map(value).collect();
        values.sort_by(|a, b| b.n.cmp(&a.n).then_with(|| a.label.cmp(&b.label)));
        values
    };
    let months = counts.months.iter().rev().filter_map(|(days, n)| {
        let month = Month::from_days(i32::try_from(*days).ok()?).to_string();
        Some(FacetValue { value: month.clone(), label: month, n: *n })
    });
    let [theme, area, segment, route] = &counts.facets;
    let itself = |value: &str| value.to_owned();
    Facets {
        theme: by_count(theme, &|id| themes.label(id).to_owned()),
        month: months.collect(),
        area: by_count(area, &itself),
        segment: by_count(segment, &itself),
        route: by_count(route, &itself),
    }
}

impl Error {
    /// Whether a query could not be read: the fault of whoever typed it.
    pub fn is_query(&self) -> bool {
        matches!(self, Self::Query { .. })
    }
}
