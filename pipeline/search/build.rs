//! How do the tables of a month become documents?

use std::collections::HashMap;

use tantivy::TantivyDocument;
use xxhash_rust::xxh3::xxh3_64;

use super::fields::Fields;
use super::find::Places;
use super::words::Words;
use crate::error::Result;
use crate::identity::response_key;
use crate::month::Month;
use crate::report::row::Row;
use crate::schema::{ColumnOf, clause, hotline, hotline_hit, response, score, verbatim};
use crate::sink::{Version, stream_table};

/// Hands on one document for each verbatim of the month.
pub(super) fn documents(
    version: &Version,
    month: Month,
    fields: &Fields,
    words: &mut Words,
    mut add: impl FnMut(TantivyDocument) -> Result<()>,
) -> Result<u64> {
    let month_rows = MonthRows::load(version, month)?;
    let columns = {
        use verbatim::*;
        [verbatim_id, response_id, source, question, text, language, sentiment, sentiment_label, emotion, primary_theme_id]
    };
    let mut n = 0;
    let mut stems = String::new();
    let mut plains = String::new();
    each(version, month, &columns, |row, number| {
        n += 1;
        add(month_rows.document(row, number, month, fields, words, (&mut plains, &mut stems)))
    })?;
    Ok(n)
}

/// Hands on every row of a month with its place in the table.
fn each<C: ColumnOf>(version: &Version, month: Month, columns: &[C], mut take: impl FnMut(Row<'_>, u32) -> Result<()>) -> Result<()> {
    let names: Vec<&str> = columns.iter().map(|column| C::TABLE.columns[column.index()].name).collect();
    let mut number = 0;
    for batch in stream_table(version, C::TABLE, Some(month), Some(&names))? {
        let batch = batch?;
        for idx in 0..batch.num_rows() {
            take(Row::new(&batch, idx), number)?;
            number += 1;
        }
    }
    Ok(())
}

/// What the other tables say of the verbatims of a month.
#[derive(Default)]
struct MonthRows {
    names: Names,
    responses: HashMap<u128, Response>,
    /// Hash of the verbatim's id, theme.
    themes: Vec<(u64, u32)>,
    /// First row and one past the last of a verbatim's clauses.
    clauses: HashMap<u64, (u32, u32)>,
    /// Hash of the verbatim's id, rule, whether it fired.
    hits: Vec<(u64, u32, bool)>,
    /// Response, route.
    routes: Vec<(u128, u32)>,
}

/// Texts that repeat, by number; 0: null.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

#[derive(Default)]
struct Response {
    row: u32,
    scores: (u32, u32),
    received_at: Option<i64>,
    nps: Option<i64>,
    account_id: u32,
    account_name: u32,
    segment: u32,
    channel: u32,
    product: u32,
    area: u32,
}

impl Names {
    fn number(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return 0 };
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.texts.push(text.to_owned());
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn text(&self, number: u32) -> Option<&str> {
        self.texts.get((number as usize).checked_sub(1)?).map(String::as_str)
    }
}

impl MonthRows {
    fn load(version: &Version, month: Month) -> Result<Self> {
        let mut rows = Self::default();
        rows.load_responses(version, month)?;
        each(version, month, &[score::source, score::response_id], |row, number| {
            let key = response_key(row.text(score::source).unwrap_or_default(), row.text(score::response_id).unwrap_or_default());
            if let Some(response) = rows.responses.get_mut(&key) {
                widen(&mut response.scores, number);
            }
            Ok(())
        })?;
        each(version, month, &[clause::verbatim_id, clause::theme_id], |row, number| {
            let verbatim = xxh3_64(row.text(clause::verbatim_id).unwrap_or_default().as_bytes());
            widen(rows.clauses.entry(verbatim).or_default(), number);
            if let Some(theme) = row.text(clause::theme_id) {
                let theme = rows.names.number(Some(theme));
                rows.themes.push((verbatim, theme));
            }
            Ok(())
        })?;
        each(version, month, &[hotline_hit::verbatim_id, hotline_hit::rule_id, hotline_hit::fired], |row, _| {
            if let Some(verbatim) = row.text(hotline_hit::verbatim_id) {
                let rule = rows.names.number(row.text(hotline_hit::rule_id));
                rows.hits.push((xxh3_64(verbatim.as_bytes()), rule, row.flag(hotline_hit::fired) == Some(true)));
            }
            Ok(())
        })?;
        each(version, month, &[hotline::source, hotline::response_id, hotline::route], |row, _| {
            let key = response_key(row.text(hotline::source).unwrap_or_default(), row.text(hotline::response_id).unwrap_or_default());
            let route = rows.names.number(row.text(hotline::route));
            rows.routes.push((key, route));
            Ok(())
        })?;
        rows.themes.sort_unstable();
        rows.themes.dedup();
        rows.hits.sort_unstable();
        rows.hits.dedup();
        rows.routes.sort_unstable();
        rows.routes.dedup();
        Ok(rows)
    }

    fn load_responses(&mut self, version: &Version, month: Month) -> Result<()> {
        use response::*;
        let columns = [source, response_id, received_at, nps_score, account_id, account_name, segment, channel, product, area];
        each(version, month, &columns, |row, number| {
            let key = response_key(row.text(source).unwrap_or_default(), row.text(response_id).unwrap_or_default());
            let mut name = |column| self.names.number(row.text(column));
            let response = Response {
                row: number,
                scores: (0, 0),
                received_at: row.int(received_at),
                nps: row.int(nps_score),
                account_id: name(account_id),
                account_name: name(account_name),
                segment: name(segment),
                channel: name(channel),
                product: name(product),
                area: name(area),
            };
            self.responses.insert(key, response);
            Ok(())
        })
    }

    fn document(
        &self,
        row: Row<'_>,
        number: u32,
        month: Month,
        fields: &Fields,
        words: &mut Words,
        (plains, stems): (&mut String, &mut String),
    ) -> TantivyDocument {
        let text = row.text(verbatim::text).unwrap_or_default();
        let language = row.text(verbatim::language).unwrap_or("und");
        let (id, source) = (row.text(verbatim::verbatim_id).unwrap_or_default(), row.text(verbatim::source).unwrap_or_default());
        let response_id = row.text(verbatim::response_id).unwrap_or_default();
        let hash = xxh3_64(id.as_bytes());
        plains.clear();
        stems.clear();
        words.each(text, language, |_, plain, stem| {
            plains.push_str(plain);
            plains.push(' ');
            stems.push_str(stem.unwrap_or(plain));
            stems.push(' ');
        });
        let mut document = TantivyDocument::new();
        document.add_text(fields.word, &plains);
        document.add_text(fields.stem, &stems);
        document.add_text(fields.text, text);
        document.add_text(fields.verbatim_id, id);
        document.add_text(fields.response_id, response_id);
        document.add_text(fields.source, source);
        document.add_text(fields.language, language);
        document.add_i64(fields.month, i64::from(month.days()));
        let mut given = |field, text: Option<&str>| {
            if let Some(text) = text {
                document.add_text(field, text);
            }
        };
        given(fields.question, row.text(verbatim::question));
        given(fields.sentiment_label, row.text(verbatim::sentiment_label));
        given(fields.emotion, row.text(verbatim::emotion));
        given(fields.primary_theme, row.text(verbatim::primary_theme_id));
        for (_, theme) in run(&self.themes, |(verbatim, _)| *verbatim, hash) {
            given(fields.theme, self.names.text(*theme));
        }
        for (_, rule, fired) in run(&self.hits, |(verbatim, ..)| *verbatim, hash) {
            given(if *fired { fields.rule } else { fields.suppressed }, self.names.text(*rule));
        }
        let key = response_key(source, response_id);
        for (_, route) in run(&self.routes, |(response, _)| *response, key) {
            given(fields.route, self.names.text(*route));
        }
        if let Some(sentiment) = row.float(verbatim::sentiment) {
            document.add_f64(fields.sentiment, sentiment);
        }
        let (first_clause, end_clause) = self.clauses.get(&hash).copied().unwrap_or_default();
        let mut places = Places { verbatim: number, clauses: (first_clause, end_clause), ..Places::default() };
        let response = self.responses.get(&key);
        if let Some(response) = response {
            places.response = Some(response.row);
            places.scores = response.scores;
            self.add_response(&mut document, response, fields, words);
        }
        let received = response.and_then(|r| r.received_at).map_or(i64::from(month.days()) * 86_400, |us| us.div_euclid(1_000_000));
        document.add_i64(fields.received, received);
        document.add_bytes(fields.places, &places.bytes());
        document
    }

    fn add_response(&self, document: &mut TantivyDocument, response: &Response, fields: &Fields, words: &mut Words) {
        let parts = [
            (fields.segment, response.segment),
            (fields.channel, response.channel),
            (fields.product, response.product),
            (fields.area, response.area),
        ];
        for (field, name) in parts {
            if let Some(text) = self.names.text(name) {
                document.add_text(field, text);
            }
        }
        let (id, name) = (self.names.text(response.account_id), self.names.text(response.account_name));
        for text in [id, name].into_iter().flatten() {
            document.add_text(fields.account_id, text.trim().to_lowercase());
            document.add_text(fields.account, words.plain(text).join(" "));
        }
        if let Some(name) = name.or(id) {
            document.add_text(fields.account_name, name);
        }
        if let Some(nps) = response.nps {
            document.add_i64(fields.nps, nps);
        }
    }
}

fn widen(range: &mut (u32, u32), row: u32) {
    *range = if *range == (0, 0) { (row, row + 1) } else { (range.0.min(row), range.1.max(row + 1)) };
}

/// The elements of a sorted list with this key.
fn run<T, K: Ord>(sorted: &[T], key_of: impl Fn(&T) -> K, key: K) -> impl Iterator<Item = &T> {
    let first = sorted.partition_point(|item| key_of(item) < key);
    sorted.iter().skip(first).take_while(move |item| key_of(item) == key)
}
