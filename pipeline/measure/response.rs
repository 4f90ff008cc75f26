//! What is known of one response, and how do the rows of a month become responses?
//!
//! The rows of `score` and `verbatim` follow the order of `response`, those of `clause` the order of `verbatim`: that is how
//! they were written. So a month is read side by side, one response at a time, and nothing of it is kept.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int32Type, TimestampMicrosecondType};
use arrow_array::{Array as _, BooleanArray, Float64Array, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use foldhash::fast::RandomState;
use xxhash_rust::xxh3::xxh3_64;

use super::dimension::Dimension;
use super::directory::{Directory, normalise};
use super::follow::Follower;
use super::names::Names;
use super::pool::Pooling;
use super::series::SeriesCodes;
use super::tallies::NONE;
use super::tally::{Answer, Boxes, SCALE};
use super::{Batches, Tables, Terms};
use crate::error::{Error, Result};
use crate::month::Month;
use crate::response::trimmed;
use crate::schema::{self, Table};

/// A response with all that was said in it; names are codes of the month's [`Names`].
#[derive(Debug, Default)]
pub(super) struct Response {
    pub(super) source: u32,
    /// Area, channel, product and segment; [`NONE`] where it names none.
    pub(super) parts: [u32; 4],
    /// Hash of the person; zero when unknown.
    pub(super) respondent: u64,
    /// Hash of [`Response::account_key`]; zero when unknown.
    pub(super) account: u64,
    /// Id of the account, else its normalised name; empty when unknown.
    pub(super) account_key: String,
    /// Empty when unknown.
    pub(super) account_name: String,
    /// Hash of source and id.
    pub(super) id_hash: u64,
    /// When it was received, in microseconds; the earliest time there is when that was not given.
    pub(super) received_at: i64,
    /// Promoter 1, passive 0, detractor -1.
    pub(super) nps_class: Option<i8>,
    pub(super) nps_score: Option<i32>,
    /// Whether it is shown as a response of a pool of sources.
    pub(super) is_pooled: bool,
    /// What its account is worth, as the source has it.
    pub(super) account_value: Option<f64>,
    /// Whether the person agreed to be named with the answers.
    pub(super) is_named: bool,
    pub(super) is_hotline: bool,
    pub(super) answers: Vec<Answer>,
    /// Series of the answer on overall satisfaction, and whether it is the best point.
    pub(super) overall: Option<(u32, bool)>,
    pub(super) has_meaningful: bool,
    /// Clauses with a theme in meaningful verbatims.
    pub(super) mentions: Vec<Mention>,
    /// Sum of the sentiment of its verbatims in millionths, and how many have one.
    pub(super) sentiment: (i64, i64),
    /// Cases, and of these open ones.
    pub(super) cases: (i64, i64),
}

impl Response {
    /// The parts that it belongs to, one for each dimension that it names.
    pub(super) fn places(&self) -> impl Iterator<Item = (Dimension, u32)> + use<> {
        let [area, channel, product, segment] = self.parts;
        Dimension::EVERY.into_iter().zip([0, area, channel, product, segment]).filter(|(_, part)| *part != NONE)
    }
}

/// A clause with a theme, in a meaningful verbatim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    pub(super) theme: u32,
    /// Number of the verbatim in the response.
    pub(super) verbatim: u32,
    /// Millionths; [`Mention::UNSCORED`] without.
    pub(super) sentiment: i32,
}

impl Mention {
    pub(super) const UNSCORED: i32 = i32::MIN;
}

/// Shows every response of a month to `take`, in order.
///
/// Fails when the tables cannot be read or do not follow one order.
pub(super) fn each_response(
    tables: &dyn Tables,
    month: Month,
    names: &mut Names,
    terms: Terms<'_>,
    mut take: impl FnMut(&Response) -> Result<()>,
) -> Result<()> {
    let cases = cases(tables, month)?;
    let mut scores = Follower::new(tables.read(&schema::SCORE, month, Scores::COLUMNS)?, Scores::of);
    let mut verbatims = Follower::new(tables.read(&schema::VERBATIM, month, Verbatims::COLUMNS)?, Verbatims::of);
    let mut clauses = Follower::new(tables.read(&schema::CLAUSE, month, Clauses::COLUMNS)?, Clauses::of);
    let mut series = SeriesCodes::default();
    let mut pooling = Pooling::new(terms.pools);
    let mut response = Response::default();
    let mut key = String::new();
    for batch in responses(tables, month)? {
        let rows = Responses::of(&batch?);
        for row in 0..rows.id.len() {
            let (source, id) = (rows.source.value(row), rows.id.value(row));
            rows.fill(row, &mut response, names, terms.directory, &mut key);
            response.cases = cases.get(&response.id_hash).copied().unwrap_or_default();
            while let Some((scores, row)) = scores.next_if(|s, row| s.id.value(row) == id && s.source.value(row) == source)? {
                if let Some(answer) = scores.answer(row, &mut series, names) {
                    series.choose(&answer, &mut response.overall, names);
                    response.answers.push(answer);
                }
            }
            let mut number = 0;
            while let Some((verbatims, row)) =
                verbatims.next_if(|v, row| v.response_id.value(row) == id && v.source.value(row) == source)?
            {
                verbatims.add(row, number, &mut response, names, &mut clauses)?;
                number += 1;
            }
            take(&response)?;
            pooling.each(&mut response, names, &mut take)?;
        }
    }
    in_order(&schema::SCORE, month, scores.is_done()?)?;
    in_order(&schema::VERBATIM, month, verbatims.is_done()?)?;
    in_order(&schema::CLAUSE, month, clauses.is_done()?)
}

fn in_order(table: &'static Table, month: Month, is_done: bool) -> Result<()> {
    if is_done {
        return Ok(());
    }
    Err(Error::Output {
        path: format!("tables/{}/p_month={month}-01", table.name).into(),
        what: "its rows do not follow the order of the responses".to_owned(),
        hint: Some("tables are not to be edited by hand: run the month again with `--replace-month`".to_owned()),
    })
}

fn responses(tables: &dyn Tables, month: Month) -> Result<Batches> {
    const COLUMNS: &[&str] = &[
        "response_id",
        "source",
        "received_at",
        "account_id",
        "account_name",
        "contact_id",
        "contact_name",
        "segment",
        "channel",
        "product",
        "area",
        "nps_score",
        "share_consent",
        "is_hotline",
        "account_value",
    ];
    tables.read(&schema::RESPONSE, month, COLUMNS)
}

/// Cases of each response, and of these open ones, by the hash of source and id: a case may lie anywhere in its table.
fn cases(tables: &dyn Tables, month: Month) -> Result<HashMap<u64, (i64, i64), RandomState>> {
    let mut cases = HashMap::default();
    let mut key = String::new();
    for batch in tables.read(&schema::HOTLINE, month, &["response_id", "source", "status"])? {
        let batch = batch?;
        let [id, source, status] = ["response_id", "source", "status"].map(|c| text(&batch, c));
        for row in 0..batch.num_rows() {
            let (n, n_open) = cases.entry(id_hash(source.value(row), id.value(row), &mut key)).or_insert((0, 0));
            *n += 1;
            *n_open += i64::from(matches!(given(&status, row), Some("open" | "acting")));
        }
    }
    Ok(cases)
}

struct Responses {
    id: StringArray,
    source: StringArray,
    received_at: TimestampMicrosecondArray,
    account_id: StringArray,
    account_name: StringArray,
    contact_id: StringArray,
    contact_name: StringArray,
    parts: [StringArray; 4],
    nps_score: Int32Array,
    share_consent: StringArray,
    is_hotline: BooleanArray,
    account_value: Float64Array,
}

impl Responses {
    fn of(batch: &RecordBatch) -> Self {
        Self {
            id: text(batch, "response_id"),
            source: text(batch, "source"),
            received_at: batch.column_by_name("received_at").expect(HAS).as_primitive::<TimestampMicrosecondType>().clone(),
            account_id: text(batch, "account_id"),
            account_name: text(batch, "account_name"),
            contact_id: text(batch, "contact_id"),
            contact_name: text(batch, "contact_name"),
            parts: ["area", "channel", "product", "segment"].map(|c| text(batch, c)),
            nps_score: batch.column_by_name("nps_score").expect(HAS).as_primitive::<Int32Type>().clone(),
            share_consent: text(batch, "share_consent"),
            is_hotline: flags(batch, "is_hotline"),
            account_value: floats(batch, "account_value"),
        }
    }

    fn fill(&self, row: usize, out: &mut Response, names: &mut Names, directory: &Directory, key: &mut String) {
        out.source = names.sources.code(self.source.value(row));
        for ((part, names), column) in out.parts.iter_mut().zip(&mut names.parts).zip(&self.parts) {
            *part = given(column, row).map_or(NONE, |name| names.code(name));
        }
        out.account_name.clear();
        let account_name = given(&self.account_name, row);
        out.account_name.push_str(account_name.unwrap_or_default());
        directory.key(given(&self.account_id, row), account_name, &mut out.account_key);
        out.account = if out.account_key.is_empty() { 0 } else { hash(&out.account_key) };
        out.respondent = match (given(&self.contact_id, row), given(&self.contact_name, row)) {
            (Some(contact), _) => hash(contact),
            (None, Some(name)) if out.account != 0 => {
                person_key(&out.account_key, name, key);
                hash(key)
            }
            _ => 0,
        };
        out.id_hash = id_hash(self.source.value(row), self.id.value(row), key);
        out.received_at = if self.received_at.is_valid(row) { self.received_at.value(row) } else { i64::MIN };
        out.nps_score = self.nps_score.is_valid(row).then(|| self.nps_score.value(row));
        out.nps_class = out.nps_score.map(nps_class);
        out.is_named = given(&self.share_consent, row) == Some("named");
        out.is_hotline = self.is_hotline.is_valid(row) && self.is_hotline.value(row);
        out.account_value = self.account_value.is_valid(row).then(|| self.account_value.value(row));
        out.is_pooled = false;
        out.answers.clear();
        out.overall = None;
        out.has_meaningful = false;
        out.mentions.clear();
        out.sentiment = (0, 0);
    }
}

struct Scores {
    id: StringArray,
    source: StringArray,
    measure: StringArray,
    kind: StringArray,
    area: StringArray,
    value: Float64Array,
    low: Float64Array,
    high: Float64Array,
    boxes: [BooleanArray; 4],
}

impl Scores {
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

    fn of(batch: &RecordBatch) -> Self {
        Self {
            id: text(batch, "response_id"),
            source: text(batch, "source"),
            measure: text(batch, "measure"),
            kind: text(batch, "kind"),
            area: text(batch, "area"),
            value: floats(batch, "value"),
            low: floats(batch, "scale_low"),
            high: floats(batch, "scale_high"),
            boxes: ["is_top_box", "is_top_band", "is_top_2_box", "is_bottom_box"].map(|c| flags(batch, c)),
        }
    }

    fn answer(&self, row: usize, series: &mut SeriesCodes, names: &mut Names) -> Option<Answer> {
        if self.value.is_null(row) {
            return None;
        }
        let scale =
            (self.low.is_valid(row) && self.high.is_valid(row)).then(|| (scaled(self.low.value(row)), scaled(self.high.value(row))));
        let kind = kind_of(given(&self.kind, row), scale);
        let value = scaled(self.value.value(row));
        if kind == "nps" && value % SCALE as i64 != 0 {
            return None;
        }
        let (source, measure, area) = (self.source.value(row), self.measure.value(row), given(&self.area, row));
        let code = series.code((source, measure, kind, area), scale, names);
        Some(Answer { series: code, value, boxes: self.boxes(row) })
    }

    fn boxes(&self, row: usize) -> Boxes {
        let bit = |flags: &BooleanArray, bit: u8| if flags.is_valid(row) && flags.value(row) { bit } else { 0 };
        let [top, band, top_2, bottom] = &self.boxes;
        let has_top_2 = if top_2.is_valid(row) { Boxes::HAS_TOP_2 } else { 0 };
        Boxes(bit(top, Boxes::TOP) | bit(band, Boxes::BAND) | has_top_2 | bit(top_2, Boxes::TOP_2) | bit(bottom, Boxes::BOTTOM))
    }
}

/// A recommend question on another scale than 0 to 10 is a rating.
fn kind_of(kind: Option<&str>, scale: Option<(i64, i64)>) -> &str {
    match kind {
        Some("nps") if scale.is_some_and(|scale| scale != (0, 10 * SCALE as i64)) => "rating",
        kind => kind.unwrap_or("rating"),
    }
}

struct Verbatims {
    id: StringArray,
    response_id: StringArray,
    source: StringArray,
    meaningful: BooleanArray,
    sentiment: Float64Array,
}

impl Verbatims {
    const COLUMNS: &[&str] = &["verbatim_id", "response_id", "source", "meaningful", "sentiment"];

    fn of(batch: &RecordBatch) -> Self {
        Self {
            id: text(batch, "verbatim_id"),
            response_id: text(batch, "response_id"),
            source: text(batch, "source"),
            meaningful: flags(batch, "meaningful"),
            sentiment: floats(batch, "sentiment"),
        }
    }

    fn add(&self, row: usize, number: u32, out: &mut Response, names: &mut Names, clauses: &mut Follower<Clauses>) -> Result<()> {
        let is_meaningful = self.meaningful.is_null(row) || self.meaningful.value(row);
        out.has_meaningful |= is_meaningful;
        if self.sentiment.is_valid(row) {
            out.sentiment.0 += scaled(self.sentiment.value(row));
            out.sentiment.1 += 1;
        }
        let id = self.id.value(row);
        while let Some((clauses, row)) = clauses.next_if(|c, row| c.verbatim_id.value(row) == id)? {
            let Some(theme) = given(&clauses.theme, row).filter(|_| is_meaningful) else { continue };
            let scored = clauses.sentiment.is_valid(row);
            let sentiment = if scored { scaled(clauses.sentiment.value(row).clamp(-1.0, 1.0)) as i32 } else { Mention::UNSCORED };
            out.mentions.push(Mention { theme: names.themes.code(theme), verbatim: number, sentiment });
        }
        Ok(())
    }
}

struct Clauses {
    verbatim_id: StringArray,
    theme: StringArray,
    sentiment: Float64Array,
}

impl Clauses {
    const COLUMNS: &[&str] = &["verbatim_id", "sentiment", "theme_id"];

    fn of(batch: &RecordBatch) -> Self {
        Self { verbatim_id: text(batch, "verbatim_id"), theme: text(batch, "theme_id"), sentiment: floats(batch, "sentiment") }
    }
}

fn nps_class(score: i32) -> i8 {
    i8::from(score >= 9) - i8::from(score <= 6)
}

/// Zero is nobody.
pub(super) fn hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes()).max(1)
}

/// Hash of a person who is known by account and name.
pub(super) fn person_hash(account_key: &str, name: &str) -> u64 {
    let mut key = String::new();
    person_key(account_key, name, &mut key);
    if account_key.is_empty() { 0 } else { hash(&key) }
}

fn person_key(account_key: &str, name: &str, key: &mut String) {
    key.clear();
    key.push_str(account_key);
    key.push('\0');
    normalise(name, key);
}

fn id_hash(source: &str, id: &str, key: &mut String) -> u64 {
    key.clear();
    key.push_str(source);
    key.push('\0');
    key.push_str(id);
    xxh3_64(key.as_bytes())
}

/// Millionths; points beyond a million are cut to it, so that no sum can overflow.
fn scaled(value: f64) -> i64 {
    (value.clamp(-1e6, 1e6) * SCALE).round() as i64
}

/// A cell that says something.
fn given(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| trimmed(column.value(row))).filter(|v| !v.is_empty())
}

const HAS: &str = "tables hold the columns of the schema";

fn text(batch: &RecordBatch, name: &str) -> StringArray {
    batch.column_by_name(name).expect(HAS).as_string().clone()
}

fn floats(batch: &RecordBatch, name: &str) -> Float64Array {
    batch.column_by_name(name).expect(HAS).as_primitive::<Float64Type>().clone()
}

fn flags(batch: &RecordBatch, name: &str) -> BooleanArray {
    batch.column_by_name(name).expect(HAS).as_boolean().clone()
}
