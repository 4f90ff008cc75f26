//! Which cases are not among the rows that the stages wrote, and belong there?
//!
//! Those that a person opened, and those that people worked on and whose response, written again, no longer gives rise to them: work that was
//! begun does not vanish because a text was corrected or a rule was changed. Both hang on a response; where that is gone they stay in
//! review.db alone.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::types::{Float64Type, TimestampMicrosecondType};
use arrow_array::{Array as _, BooleanArray, Date32Array, RecordBatch, StringArray, cast::AsArray as _};

use super::column;
use crate::casework::MANUAL;
use crate::error::{Error, Result};
use crate::identity::response_key;
use crate::month::Month;
use crate::schema::{HOTLINE, RESPONSE, Rows, SCORE, Table, VERBATIM, hotline as col};
use crate::sink::{DimensionWriter, FileTerms, Staging, Version, stream_table};
use crate::store::{Decided, Opened};

/// What was added.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// Months that got cases.
    pub(super) months: BTreeSet<Month>,
    /// Cases that people worked on and whose response is gone.
    pub(super) n_lost: usize,
}

/// A case that is missing, with where it comes from.
enum Missing<'a> {
    Opened(&'a Opened),
    /// Its row in the version before.
    Carried(RecordBatch),
}

/// Adds the missing cases to the staged tables, and marks their responses.
pub(super) fn add(staging: &Staging, old: Option<&Version>, terms: &FileTerms, decided: &Decided) -> Result<Added> {
    let mut missing = missing(staging, old, decided)?;
    let mut added = Added::default();
    if missing.is_empty() {
        return Ok(added);
    }
    for month in staging.version().months(&RESPONSE)? {
        let found = responses(staging, month, &missing)?;
        if found.is_empty() {
            continue;
        }
        let contexts = contexts(staging, month, &found)?;
        let mut rows = Vec::new();
        for (id, response) in &found {
            rows.push(match &missing[id] {
                Missing::Opened(opened) => row_of(id, opened, response, month, &contexts[id]),
                Missing::Carried(row) => with_month(row, month),
            });
        }
        append(staging, terms, month, &rows)?;
        mark(staging, terms, month, &found.values().map(|response| response.key).collect())?;
        missing.retain(|id, _| !found.contains_key(id));
        added.months.insert(month);
    }
    added.n_lost = missing.len();
    Ok(added)
}

/// Cases with which people had to do and that no staged month has, by their ids.
fn missing<'a>(staging: &Staging, old: Option<&Version>, decided: &'a Decided) -> Result<BTreeMap<String, Missing<'a>>> {
    let mut wanted: BTreeSet<&str> = decided.by_people().map(|(id, _)| id).collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    for month in staging.version().months(&HOTLINE)? {
        for batch in stream_table(staging.version(), &HOTLINE, Some(month), Some(&["hotline_id"]))? {
            let batch = batch?;
            let ids: &StringArray = column(&batch, "hotline_id").as_string();
            ids.iter().flatten().for_each(|id| {
                wanted.remove(id);
            });
        }
    }
    let mut missing: BTreeMap<String, Missing<'a>> = decided
        .opened_by_people()
        .filter(|(id, _)| wanted.remove(id))
        .map(|(id, opened)| (id.to_owned(), Missing::Opened(opened)))
        .collect();
    let Some(old) = old.filter(|_| !wanted.is_empty()) else { return Ok(missing) };
    for month in old.months(&HOTLINE)? {
        for batch in stream_table(old, &HOTLINE, Some(month), None)? {
            let batch = batch?;
            let ids: &StringArray = column(&batch, "hotline_id").as_string();
            for i in (0..ids.len()).filter(|i| wanted.contains(ids.value(*i))) {
                missing.insert(ids.value(i).to_owned(), Missing::Carried(batch.slice(i, 1)));
            }
        }
    }
    Ok(missing)
}

/// The response on which a case hangs.
struct Response {
    key: u128,
    received_at: Option<i64>,
    account_id: Option<String>,
    account_name: Option<String>,
    contact_name: Option<String>,
}

/// The responses of a month on which missing cases hang, by the ids of the cases.
fn responses(staging: &Staging, month: Month, missing: &BTreeMap<String, Missing<'_>>) -> Result<BTreeMap<String, Response>> {
    let mut cases: BTreeMap<u128, Vec<&str>> = BTreeMap::new();
    for (id, missing) in missing {
        let key = match missing {
            Missing::Opened(opened) => response_key(&opened.source, &opened.response_id),
            Missing::Carried(row) => {
                response_key(&text(row, "source", 0).unwrap_or_default(), &text(row, "response_id", 0).unwrap_or_default())
            }
        };
        cases.entry(key).or_default().push(id);
    }
    let mut found = BTreeMap::new();
    let columns = ["response_id", "source", "received_at", "account_id", "account_name", "contact_name"];
    for batch in stream_table(staging.version(), &RESPONSE, Some(month), Some(&columns))? {
        let batch = batch?;
        let (sources, ids) = (column(&batch, "source").as_string::<i32>(), column(&batch, "response_id").as_string::<i32>());
        let received = column(&batch, "received_at").as_primitive::<TimestampMicrosecondType>();
        for i in 0..batch.num_rows() {
            let key = response_key(sources.value(i), ids.value(i));
            for id in cases.get(&key).into_iter().flatten() {
                let response = Response {
                    key,
                    received_at: received.is_valid(i).then(|| received.value(i)),
                    account_id: text(&batch, "account_id", i),
                    account_name: text(&batch, "account_name", i),
                    contact_name: text(&batch, "contact_name", i),
                };
                found.insert((*id).to_owned(), response);
            }
        }
    }
    Ok(found)
}

/// Every answered question of the responses with its answer, scores first, by the ids of the cases.
fn contexts(staging: &Staging, month: Month, found: &BTreeMap<String, Response>) -> Result<BTreeMap<String, String>> {
    let mut answers: BTreeMap<u128, Vec<String>> = BTreeMap::new();
    let keys: BTreeSet<u128> = found.values().map(|response| response.key).collect();
    let mut each = |table: &'static Table, columns: &[&str], line: &dyn Fn(&RecordBatch, usize) -> String| -> Result<()> {
        for batch in stream_table(staging.version(), table, Some(month), Some(columns))? {
            let batch = batch?;
            let (sources, ids) = (column(&batch, "source").as_string::<i32>(), column(&batch, "response_id").as_string::<i32>());
            for i in 0..batch.num_rows() {
                let key = response_key(sources.value(i), ids.value(i));
                if keys.contains(&key) {
                    answers.entry(key).or_default().push(line(&batch, i));
                }
            }
        }
        Ok(())
    };
    each(&SCORE, &["response_id", "source", "measure", "value", "scale_low", "scale_high"], &|batch, i| {
        let number = |name: &str| column(batch, name).as_primitive::<Float64Type>().value(i);
        let measure = text(batch, "measure", i).unwrap_or_default();
        format!("{measure}: {} (of {} to {})", number("value"), number("scale_low"), number("scale_high"))
    })?;
    each(&VERBATIM, &["response_id", "source", "question", "text"], &|batch, i| {
        let question = text(batch, "question", i).unwrap_or_else(|| "answer".to_owned());
        format!("{question}: {}", text(batch, "text", i).unwrap_or_default())
    })?;
    let context =
        |response: &Response| answers.get(&response.key).map_or_else(|| "(no question answered)".to_owned(), |all| all.join("\n"));
    Ok(found.iter().map(|(id, response)| (id.clone(), context(response))).collect())
}

fn row_of(id: &str, opened: &Opened, response: &Response, month: Month, context: &str) -> RecordBatch {
    let mut row = Rows::new(&HOTLINE);
    row.text(col::hotline_id, id);
    row.text(col::response_id, opened.response_id.as_str());
    row.text(col::source, opened.source.as_str());
    row.date(col::report_month, month.days());
    row.text(col::category, opened.category.as_deref());
    row.text(col::route, opened.route.as_str());
    row.int(col::severity, i64::from(opened.severity));
    row.text(col::trigger, MANUAL);
    row.text(col::account_id, response.account_id.as_deref());
    row.text(col::account_name, response.account_name.as_deref());
    row.text(col::contact_name, response.contact_name.as_deref());
    row.text(col::description, opened.description.as_str());
    row.text(col::context, context);
    row.time(col::received_at, response.received_at);
    row.text(col::respond_within, opened.respond_within.as_str());
    row.end_row();
    row.finish()
}

fn with_month(row: &RecordBatch, month: Month) -> RecordBatch {
    let mut columns = row.columns().to_vec();
    columns[HOTLINE.index_of("report_month").expect("a column of hotline")] = std::sync::Arc::new(Date32Array::from(vec![month.days()]));
    RecordBatch::try_new(row.schema(), columns).expect("a column was replaced by one of its type")
}

fn append(staging: &Staging, terms: &FileTerms, month: Month, rows: &[RecordBatch]) -> Result<()> {
    rewrite(staging, terms, &HOTLINE, month, |batch| batch, rows)
}

/// Marks responses as having a case.
fn mark(staging: &Staging, terms: &FileTerms, month: Month, keys: &BTreeSet<u128>) -> Result<()> {
    let marked = |batch: RecordBatch| {
        let (sources, ids) = (column(&batch, "source").as_string::<i32>(), column(&batch, "response_id").as_string::<i32>());
        let flags = column(&batch, "is_hotline").as_boolean();
        let has_case = |i| flags.value(i) || keys.contains(&response_key(sources.value(i), ids.value(i)));
        let flags: BooleanArray = (0..batch.num_rows()).map(|i| Some(has_case(i))).collect();
        let mut columns = batch.columns().to_vec();
        columns[RESPONSE.index_of("is_hotline").expect("a column of response")] = std::sync::Arc::new(flags);
        RecordBatch::try_new(batch.schema(), columns).expect("a column was replaced by one of its type")
    };
    rewrite(staging, terms, &RESPONSE, month, marked, &[])
}

/// Writes a month again: a new file, then a rename, for the old one may be linked into the version that readers see.
fn rewrite(
    staging: &Staging,
    terms: &FileTerms,
    table: &'static Table,
    month: Month,
    change: impl Fn(RecordBatch) -> RecordBatch,
    more: &[RecordBatch],
) -> Result<()> {
    let path = staging.version().month_file(table, month);
    let next = path.with_extension("next");
    let mut file = DimensionWriter::open(table, &next, terms)?;
    for batch in stream_table(staging.version(), table, Some(month), None)? {
        file.write(&change(batch?))?;
    }
    more.iter().try_for_each(|batch| file.write(batch))?;
    file.finish()?;
    fs_err::rename(&next, &path).map_err(Error::io("cannot write a table"))
}

fn text(batch: &RecordBatch, name: &str, i: usize) -> Option<String> {
    let column: &StringArray = column(batch, name).as_string();
    column.is_valid(i).then(|| column.value(i).to_owned())
}
