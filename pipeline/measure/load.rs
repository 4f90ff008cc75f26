//! How do the rows of a month become columns of codes?
//!
//! Reads only the columns that figures need and replaces every name by a number, so that counting is arithmetic.
//! Names are numbered month by month and then once for all months, in the order of the names: the order of
//! codes is the order of rows in the tables.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{Array as _, BooleanArray, Float64Array, Int32Array, RecordBatch, StringArray};
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::Tables;
use super::dictionary::{Dictionary, unify};
use super::rows::{AllRows, Mention, MonthRows, NONE, Responses, SeriesKey};
use super::tally::{Answer, Boxes, SCALE};
use crate::error::Result;
use crate::month::Month;
use crate::schema;

/// Reads the rows of `months` (ascending); `detail` are those that need account figures.
pub(super) fn load(tables: &dyn Tables, months: &[Month], detail: &[Month]) -> Result<AllRows> {
    let read: Vec<(MonthRows, Names)> =
        months.iter().map(|month| read_month(tables, *month, detail.contains(month))).collect::<Result<_>>()?;
    let (mut months, mut names): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    let sources = unify(&mut names, |n| &mut n.sources);
    let parts = [0, 1, 2, 3].map(|part| unify(&mut names, |n| &mut n.parts[part]));
    let series = unify(&mut names, |n| &mut n.series);
    let themes = unify(&mut names, |n| &mut n.themes);
    let respondents = unify(&mut names, |n| &mut n.respondents);
    let accounts = unify(&mut names, |n| &mut n.accounts);
    months.par_iter_mut().enumerate().for_each(|(idx, month)| {
        let responses = &mut month.responses;
        sources.recode(idx, &mut responses.source);
        for (column, names) in responses.parts.iter_mut().zip(&parts) {
            names.recode(idx, column);
        }
        respondents.recode(idx, &mut responses.respondent);
        accounts.recode(idx, &mut responses.account);
        let mut answers: Vec<Vec<Answer>> = std::iter::repeat_with(Vec::new).take(series.names.len()).collect();
        for (local, of_series) in std::mem::take(&mut month.answers).into_iter().enumerate() {
            answers[series.code(idx, local) as usize] = of_series;
        }
        month.answers = answers;
        for mention in &mut month.mentions {
            mention.theme = themes.code(idx, mention.theme as usize);
        }
    });
    Ok(AllRows {
        months,
        sources: sources.names,
        parts: parts.map(|p| p.names),
        series: series.names,
        themes: themes.names,
        n_respondents: respondents.names.len(),
        n_accounts: accounts.names.len(),
    })
}

/// The names of one month.
#[derive(Default)]
struct Names {
    sources: Dictionary<String>,
    parts: [Dictionary<String>; 4],
    series: Dictionary<SeriesKey>,
    themes: Dictionary<String>,
    respondents: Dictionary<u64>,
    accounts: Dictionary<u64>,
}

fn read_month(tables: &dyn Tables, month: Month, detail: bool) -> Result<(MonthRows, Names)> {
    let mut names = Names::default();
    let mut places = Places::default();
    let mut rows = MonthRows { month, responses: Responses::default(), answers: Vec::new(), mentions: Vec::new(), accounts: Vec::new() };
    read_responses(tables, &mut rows, &mut names, &mut places, detail)?;
    read_answers(tables, &mut rows, &mut names, &places)?;
    read_mentions(tables, &mut rows, &mut names, &places, detail)?;
    if detail {
        read_cases(tables, &mut rows, &names, &places)?;
    }
    Ok((rows, names))
}

/// Where a response stands, by its id in each source.
#[derive(Default)]
struct Places(Vec<HashMap<Box<str>, u32>>);

impl Places {
    fn of(&self, names: &Names, source: &str, response_id: &str) -> Option<u32> {
        self.0.get(names.sources.get(source)? as usize)?.get(response_id).copied()
    }

    fn insert(&mut self, source: u32, response_id: &str, place: u32) {
        if self.0.len() <= source as usize {
            self.0.resize_with(source as usize + 1, HashMap::new);
        }
        self.0[source as usize].insert(Box::from(response_id), place);
    }
}

fn read_responses(tables: &dyn Tables, rows: &mut MonthRows, names: &mut Names, places: &mut Places, detail: bool) -> Result<()> {
    const COLUMNS: &[&str] = &[
        "response_id",
        "source",
        "account_id",
        "account_name",
        "contact_id",
        "contact_name",
        "segment",
        "channel",
        "product",
        "area",
        "nps_score",
        "is_hotline",
    ];
    let mut account_names = Dictionary::default();
    for batch in tables.read(&schema::RESPONSE, rows.month, COLUMNS)? {
        let batch = batch?;
        let [id, sources] = ["response_id", "source"].map(|c| text(&batch, c));
        let [account_id, account_name] = ["account_id", "account_name"].map(|c| text(&batch, c));
        let [contact_id, contact_name] = ["contact_id", "contact_name"].map(|c| text(&batch, c));
        let parts = ["area", "channel", "product", "segment"].map(|c| text(&batch, c));
        let nps_score = ints(&batch, "nps_score");
        let is_hotline = flags(&batch, "is_hotline");
        let responses = &mut rows.responses;
        for row in 0..batch.num_rows() {
            let place = responses.source.len() as u32;
            let source = names.sources.code(sources.value(row));
            responses.source.push(source);
            places.insert(source, id.value(row), place);
            for ((column, names), part) in responses.parts.iter_mut().zip(&mut names.parts).zip(parts) {
                column.push(given(part, row).map_or(NONE, |name| names.code(name)));
            }
            let account = given(account_id, row).map(str::to_owned).or_else(|| given(account_name, row).map(normalised));
            let hash = |key: &str| xxh3_64(key.as_bytes());
            responses.account.push(account.as_deref().map_or(NONE, |key| names.accounts.code(&hash(key))));
            let respondent = match (given(contact_id, row), &account, given(contact_name, row)) {
                (Some(contact), _, _) => Some(hash(contact)),
                (None, Some(account), Some(name)) => Some(hash(&format!("{account}\0{}", normalised(name)))),
                _ => None,
            };
            responses.respondent.push(respondent.map_or(NONE, |key| names.respondents.code(&key)));
            responses.nps_class.push(nps_score.is_valid(row).then(|| nps_class(nps_score.value(row))));
            responses.id_hash.push(hash(&format!("{}\0{}", sources.value(row), id.value(row))));
            responses.is_hotline.push(is_hotline.is_valid(row) && is_hotline.value(row));
            if detail {
                responses.detail.account.push(account.as_deref().map_or(NONE, |key| account_names.code(key)));
                responses.detail.account_name.push(given(account_name, row).map(str::to_owned));
            }
        }
    }
    let n_responses = rows.responses.source.len();
    rows.responses.has_meaningful = vec![false; n_responses];
    if detail {
        rows.responses.detail.sentiment = vec![(0, 0); n_responses];
        rows.responses.detail.cases = vec![(0, 0); n_responses];
        rows.accounts = account_names.into_names();
    }
    Ok(())
}

fn read_answers(tables: &dyn Tables, rows: &mut MonthRows, names: &mut Names, places: &Places) -> Result<()> {
    const COLUMNS: &[&str] = &[
        "response_id",
        "source",
        "measure",
        "kind",
        "area",
        "value",
        "scale_low",
        "scale_high",
        "is_top_box",
        "is_top_band",
        "is_top_2_box",
        "is_bottom_box",
    ];
    for batch in tables.read(&schema::SCORE, rows.month, COLUMNS)? {
        let batch = batch?;
        let [id, source, measure, kind, area] = ["response_id", "source", "measure", "kind", "area"].map(|c| text(&batch, c));
        let [value, low, high] = ["value", "scale_low", "scale_high"].map(|c| floats(&batch, c));
        let boxes = ["is_top_box", "is_top_band", "is_top_2_box", "is_bottom_box"].map(|c| flags(&batch, c));
        // Names of series by the cells that they are made of, so that a key is built once in a batch, not once an answer.
        let mut known = HashMap::new();
        for row in (0..batch.num_rows()).filter(|row| value.is_valid(*row)) {
            let Some(response) = places.of(names, source.value(row), id.value(row)) else { continue };
            let scale = (low.is_valid(row) && high.is_valid(row)).then(|| (scaled(low.value(row)), scaled(high.value(row))));
            let kind = kind_of(given(kind, row), scale);
            let value = scaled(value.value(row));
            if kind == "nps" && value % SCALE as i64 != 0 {
                continue;
            }
            let (source, measure, area) = (source.value(row), measure.value(row), given(area, row));
            let series = *known.entry((source, measure, area, kind, scale)).or_insert_with(|| {
                let [source, measure, kind] = [source, measure, kind].map(str::to_owned);
                names.series.code(&SeriesKey { source, measure, area: area.map(str::to_owned), kind, scale }) as usize
            });
            if series == rows.answers.len() {
                rows.answers.push(Vec::new());
            }
            rows.answers[series].push(Answer { response, value, boxes: boxes_of(boxes, row) });
        }
    }
    Ok(())
}

/// A recommend question on another scale than 0 to 10 is a rating.
fn kind_of(kind: Option<&str>, scale: Option<(i64, i64)>) -> &str {
    match kind {
        Some("nps") if scale.is_some_and(|scale| scale != (0, 10 * SCALE as i64)) => "rating",
        kind => kind.unwrap_or("rating"),
    }
}

fn boxes_of([top, band, top_2, bottom]: [&BooleanArray; 4], row: usize) -> Boxes {
    let bit = |flags: &BooleanArray, bit: u8| if flags.is_valid(row) && flags.value(row) { bit } else { 0 };
    let has_top_2 = if top_2.is_valid(row) { Boxes::HAS_TOP_2 } else { 0 };
    Boxes(bit(top, Boxes::TOP) | bit(band, Boxes::BAND) | has_top_2 | bit(top_2, Boxes::TOP_2) | bit(bottom, Boxes::BOTTOM))
}

fn read_mentions(tables: &dyn Tables, rows: &mut MonthRows, names: &mut Names, places: &Places, detail: bool) -> Result<()> {
    const VERBATIM: &[&str] = &["verbatim_id", "response_id", "source", "meaningful", "sentiment"];
    const CLAUSE: &[&str] = &["verbatim_id", "sentiment", "theme_id"];
    let mut verbatims: HashMap<Box<str>, (u32, u32)> = HashMap::new();
    for batch in tables.read(&schema::VERBATIM, rows.month, VERBATIM)? {
        let batch = batch?;
        let [id, response_id, source] = ["verbatim_id", "response_id", "source"].map(|c| text(&batch, c));
        let (meaningful, sentiment) = (flags(&batch, "meaningful"), floats(&batch, "sentiment"));
        for row in 0..batch.num_rows() {
            let Some(response) = places.of(names, source.value(row), response_id.value(row)) else { continue };
            if meaningful.is_null(row) || meaningful.value(row) {
                rows.responses.has_meaningful[response as usize] = true;
                let number = verbatims.len() as u32;
                verbatims.insert(Box::from(id.value(row)), (number, response));
            }
            if detail && sentiment.is_valid(row) {
                let (sum, n) = &mut rows.responses.detail.sentiment[response as usize];
                *sum += scaled(sentiment.value(row));
                *n += 1;
            }
        }
    }
    for batch in tables.read(&schema::CLAUSE, rows.month, CLAUSE)? {
        let batch = batch?;
        let [id, theme] = ["verbatim_id", "theme_id"].map(|c| text(&batch, c));
        let sentiment = floats(&batch, "sentiment");
        for row in 0..batch.num_rows() {
            let Some(theme) = given(theme, row) else { continue };
            let Some(&(verbatim, response)) = verbatims.get(id.value(row)) else { continue };
            let theme = names.themes.code(theme);
            let sentiment = if sentiment.is_valid(row) { scaled(sentiment.value(row).clamp(-1.0, 1.0)) as i32 } else { Mention::UNSCORED };
            rows.mentions.push(Mention { theme, response, verbatim, sentiment });
        }
    }
    Ok(())
}

fn read_cases(tables: &dyn Tables, rows: &mut MonthRows, names: &Names, places: &Places) -> Result<()> {
    for batch in tables.read(&schema::HOTLINE, rows.month, &["response_id", "source", "status"])? {
        let batch = batch?;
        let [id, source, status] = ["response_id", "source", "status"].map(|c| text(&batch, c));
        for row in 0..batch.num_rows() {
            let Some(response) = places.of(names, source.value(row), id.value(row)) else { continue };
            let (n, n_open) = &mut rows.responses.detail.cases[response as usize];
            *n += 1;
            *n_open += i64::from(matches!(given(status, row), Some("open" | "acting")));
        }
    }
    Ok(())
}

fn nps_class(score: i32) -> i8 {
    i8::from(score >= 9) - i8::from(score <= 6)
}

/// A name with outer white space cut, inner runs of it made one space, in lower case.
fn normalised(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Millionths; points beyond a million are cut to it, so that no sum can overflow.
fn scaled(value: f64) -> i64 {
    (value.clamp(-1e6, 1e6) * SCALE).round() as i64
}

/// A cell that says something.
fn given(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row).trim()).filter(|v| !v.is_empty())
}

const HAS: &str = "tables hold the columns of the schema";

fn text<'b>(batch: &'b RecordBatch, name: &str) -> &'b StringArray {
    batch.column_by_name(name).expect(HAS).as_string()
}

fn floats<'b>(batch: &'b RecordBatch, name: &str) -> &'b Float64Array {
    batch.column_by_name(name).expect(HAS).as_primitive::<Float64Type>()
}

fn ints<'b>(batch: &'b RecordBatch, name: &str) -> &'b Int32Array {
    batch.column_by_name(name).expect(HAS).as_primitive::<Int32Type>()
}

fn flags<'b>(batch: &'b RecordBatch, name: &str) -> &'b BooleanArray {
    batch.column_by_name(name).expect(HAS).as_boolean()
}
