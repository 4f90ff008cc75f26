//! Where does a table start, and what are its columns called?
//!
//! The first records of a delimited text or a sheet come in; out go how many records lie before the header, whether
//! there is one, and the names. Names are trimmed, made distinct, and given where there are none.

use std::collections::{BTreeMap, BTreeSet};

/// Records among which the header is looked for.
pub(crate) const MAX_BEFORE: usize = 20;

/// The top of a table.
pub(crate) struct Top {
    /// Records before the header, or before the first row where there is none.
    pub(crate) n_before: usize,
    pub(crate) has_header: bool,
    pub(crate) header: Vec<String>,
    /// Records after the header that are no rows: a survey tool's second and third header.
    pub(crate) n_after: usize,
}

impl Top {
    /// Records before the first row.
    pub(crate) fn n_skip(&self) -> usize {
        self.n_before + usize::from(self.has_header) + self.n_after
    }

    /// What is worth telling.
    pub(crate) fn notes(&self, n_lines_before: usize) -> Vec<String> {
        let lines = |n: usize| if n == 1 { "1 line".to_owned() } else { format!("{n} lines") };
        let mut notes = Vec::new();
        if n_lines_before > 0 {
            notes.push(format!("{} before the header", lines(n_lines_before)));
        }
        if self.n_after > 0 {
            notes.push(format!("{} of further headers", lines(self.n_after)));
        }
        if !self.has_header {
            notes.push("no header: columns are named column_1, column_2, …".to_owned());
        }
        notes
    }
}

/// Finds the top of a table; none without any record.
pub(crate) fn top(records: &[&[String]]) -> Option<Top> {
    let n_fields = usual_length(records.iter().map(|cells| cells.len()));
    if let Some(top) = one_short(records, n_fields) {
        return Some(top);
    }
    let n_before = records.iter().take(MAX_BEFORE).position(|cells| cells.len() >= n_fields && is_full(cells)).unwrap_or(0);
    let first = records.get(n_before)?;
    let body = records.get(n_before + 1..).unwrap_or_default();
    let has_header = is_header(first, body);
    let header = if has_header { names(first) } else { (1..=first.len()).map(|i| format!("column_{i}")).collect() };
    Some(Top { n_before, has_header, header, n_after: further_headers(body) })
}

/// A header that is one field shorter than the rows: rows end with a delimiter, or begin with a row name that has no column name.
fn one_short(records: &[&[String]], n_fields: usize) -> Option<Top> {
    let (first, body) = records.split_first()?;
    if first.is_empty() || first.len() + 1 != n_fields || !is_header(first, &[]) || first.iter().any(|cell| cell.trim().is_empty()) {
        return None;
    }
    let ends_empty = body.iter().filter(|cells| cells.len() == n_fields).all(|cells| cells.last().is_some_and(String::is_empty));
    let mut cells = first.to_vec();
    if !ends_empty {
        cells.insert(0, String::new());
        if first.len() < 2 || !is_header(&cells, body) {
            return None;
        }
    }
    Some(Top { n_before: 0, has_header: true, header: names(&cells), n_after: 0 })
}

/// Survey tools write the questions and their own ids, as JSON, below the names.
fn further_headers(body: &[&[String]]) -> usize {
    let is_ids = |cells: &&[String]| cells.iter().any(|cell| cell.starts_with("{\"ImportId\":"));
    body.iter().take(2).position(is_ids).map_or(0, |at| at + 1)
}

/// The length of the first record, if it is more than one field and at least a fifth of the records have it (a header rules over rows that do
/// not fit); else the commonest length; of several, that of the earliest record.
pub(crate) fn usual_length(lengths: impl Iterator<Item = usize>) -> usize {
    let mut counts: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let (mut n, mut first) = (0, 0);
    for (i, length) in lengths.enumerate() {
        first = if i == 0 { length } else { first };
        n += 1;
        counts.entry(length).or_insert((0, i)).0 += 1;
    }
    if first > 1 && counts.get(&first).is_some_and(|(like, _)| like * 5 >= n && *like >= 2) {
        return first;
    }
    counts.iter().max_by_key(|(_, (n, first))| (*n, std::cmp::Reverse(*first))).map_or(0, |(length, _)| *length)
}

/// Whether at least half of the cells hold something: a title padded with delimiters does not.
fn is_full(cells: &[String]) -> bool {
    cells.iter().filter(|cell| !cell.trim().is_empty()).count() * 2 >= cells.len()
}

/// Whether `first` names the columns of `body`.
///
/// It does not if a cell is a number or a date over a column of numbers or dates, if a cell occurs again in its own column
/// (a label), or if a cell is a sentence over a column of sentences while no other cell looks like a name.
fn is_header(first: &[String], body: &[&[String]]) -> bool {
    let column = |i: usize| body.iter().filter_map(move |cells| cells.get(i)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let is_data = first.iter().enumerate().any(|(i, cell)| {
        let cell = cell.trim();
        let share =
            |test: fn(&str) -> bool| test(cell) && column(i).filter(|other| test(other)).count() * 5 >= column(i).count().max(1) * 4;
        (is_number(cell) && (share(is_number) || body.is_empty()))
            || share(looks_like_date)
            || (!cell.is_empty() && cell.chars().count() <= 40 && column(i).any(|other| other == cell) && body.len() > 1)
    });
    let is_named = first.iter().any(|cell| known_name(cell));
    let is_prose = first.iter().any(|cell| cell.split_whitespace().count() > 30)
        || (first.len() == 1
            && !is_named
            && first.iter().all(|cell| cell.split_whitespace().count() > 4 && !cell.trim_end().ends_with('?')));
    let has_letters = first.iter().any(|cell| cell.chars().any(char::is_alphabetic));
    has_letters && (is_named && !first.iter().any(|cell| is_number(cell.trim())) || !is_data && !is_prose)
}

fn known_name(cell: &str) -> bool {
    const NAMES: [&str; 18] = [
        "id", "text", "comment", "comments", "review", "date", "rating", "score", "label", "category", "verbatim", "feedback", "message",
        "title", "name", "content", "nps", "answer",
    ];
    NAMES.contains(&cell.trim().to_lowercase().as_str())
}

fn is_number(cell: &str) -> bool {
    !cell.is_empty() && cell.bytes().any(|b| b.is_ascii_digit()) && cell.replace(',', ".").parse::<f64>().is_ok()
}

fn looks_like_date(cell: &str) -> bool {
    let n_digits = cell.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = cell.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'/' | b'.' | b':' | b' ' | b'T' | b'Z' | b'+'));
    is_plain && n_digits >= 5 && cell.bytes().filter(|b| matches!(b, b'-' | b'/' | b'.')).count() >= 2
}

/// Names trimmed and made distinct: a second `Score` is `Score_2`, a column without a name is `column_7`.
pub(crate) fn names(cells: &[String]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut header = Vec::with_capacity(cells.len());
    for (i, cell) in cells.iter().enumerate() {
        let lines: Vec<&str> = cell.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty()).collect();
        let base = if lines.is_empty() { format!("column_{}", i + 1) } else { lines.join(" ") };
        let mut name = base.clone();
        let mut n = 1;
        while !taken.insert(name.clone()) {
            n += 1;
            name = format!("{base}_{n}");
        }
        header.push(name);
    }
    header
}
