//! The slow twin of the splitter and its reader: a machine that looks at one byte at a time and knows the whole text.

use std::io::Cursor;

use arrow_array::Array;
use proptest::prelude::*;

use super::split::{Dialect, Limits};
use super::{CsvReader, Layout, Short};
use crate::source::encoding::Text;
use crate::source::{Encoding, Reason};

/// A row as (row, line, fields), or a reject as (row, line, reason).
#[derive(Debug, PartialEq, Eq)]
enum Row {
    Fields(u64, u64, Vec<Option<String>>),
    Reject(u64, u64, Reason),
}

enum Slow {
    Fields(Vec<Vec<u8>>),
    Unbalanced,
    RowTooLarge,
    FieldTooLarge,
}

/// Reads one record from `from`; gives what it is and where the next one starts.
fn record(dialect: Dialect, limits: &Limits, data: &[u8], from: usize) -> (Slow, usize) {
    let after_line = |from: usize| {
        let mut end = from.min(data.len());
        while end < data.len() && data[end] != dialect.newline {
            end += 1;
        }
        (end + 1).min(data.len())
    };
    let too_large = || (Slow::RowTooLarge, after_line(from + limits.row_bytes));
    let unbalanced = |start: usize| {
        let line = data[start..].split(|b| *b == dialect.newline).next().map_or(0, <[u8]>::len);
        let is_long = line > limits.field_bytes;
        if is_long { (Slow::FieldTooLarge, after_line(start + limits.field_bytes + 1)) } else { (Slow::Unbalanced, after_line(start)) }
    };
    let (mut fields, mut at, mut sizes) = (Vec::new(), from, Vec::new());
    let end = 'record: loop {
        if at - from > limits.row_bytes {
            return too_large();
        }
        let (start, mut field) = (at, Vec::new());
        let mut after_quote = false;
        let mut quote = at;
        while dialect.spaced && data.get(quote) == Some(&b' ') {
            quote += 1;
        }
        let n_spaces = quote - at;
        if dialect.quote && data.get(quote) == Some(&b'"') {
            at = quote + 1;
            let inner = at;
            let mut n_lines = 0;
            loop {
                let is_over = at - inner > limits.field_bytes;
                if is_over || at >= data.len() {
                    n_lines = usize::MAX;
                    break;
                }
                match (data[at], data.get(at + 1)) {
                    (b'\\', Some(&next @ (b'\\' | b'"'))) if dialect.escape => {
                        field.extend_from_slice(if next == b'"' { b"\"" } else { b"\\\\" });
                        at += 2;
                    }
                    (b'"', Some(b'"')) => {
                        field.push(b'"');
                        at += 2;
                    }
                    (b'"', _) => break,
                    (byte, _) => {
                        n_lines += usize::from(byte == b'\n');
                        field.push(byte);
                        at += 1;
                    }
                }
            }
            if n_lines > limits.field_lines {
                return unbalanced(start);
            }
            at += 1;
            let rest = &data[at..];
            let goes_on = match dialect.newline {
                b'\n' if rest == b"\r" || rest.starts_with(b"\r\n") => false,
                newline => !matches!(rest.first(), None | Some(b',')) && rest.first() != Some(&newline),
            };
            if goes_on && data[inner..at].contains(&dialect.newline) {
                return unbalanced(start);
            }
            after_quote = true;
        }
        let text_start = at;
        loop {
            let byte = data.get(at).copied();
            let is_end = byte.is_none() || byte == Some(dialect.newline);
            if is_end || byte == Some(dialect.delimiter) {
                let text = &data[text_start..at];
                let is_crlf = is_end && dialect.newline == b'\n' && text.last() == Some(&b'\r');
                field.extend_from_slice(if is_crlf { &text[..text.len() - 1] } else { text });
                sizes.push(at - start - usize::from(is_crlf) - if after_quote { 2 + n_spaces } else { 0 });
                fields.push(field);
                at += 1;
                if is_end {
                    break 'record at.min(data.len());
                }
                break;
            }
            at += 1;
        }
    };
    if end - from > limits.row_bytes { too_large() } else { (Slow::Fields(fields), end) }
}

fn slow(dialect: Dialect, limits: &Limits, n_fields: usize, data: &[u8]) -> Vec<Row> {
    let (mut rows, mut at, mut row, mut line) = (Vec::new(), 0, 0, 1);
    while at < data.len() {
        let (found, end) = record(dialect, limits, data, at);
        let is_blank = match dialect.newline {
            b'\n' => matches!(data[at..end], [b'\n'] | [b'\r', b'\n'] | [b'\r']),
            newline => data[at..end] == [newline],
        };
        if !is_blank {
            row += 1;
            rows.push(match found {
                Slow::Unbalanced => Row::Reject(row, line, Reason::UnbalancedQuote),
                Slow::RowTooLarge => Row::Reject(row, line, Reason::RowTooLarge),
                Slow::FieldTooLarge => Row::Reject(row, line, Reason::FieldTooLarge),
                Slow::Fields(fields) if fields.iter().skip(n_fields).any(|field| !field.is_empty()) => {
                    Row::Reject(row, line, Reason::TooManyFields)
                }
                Slow::Fields(fields) if fields.len() < n_fields => Row::Reject(row, line, Reason::TooFewFields),
                Slow::Fields(fields) => {
                    let cell = |field: Vec<u8>| (!field.is_empty()).then(|| String::from_utf8(field).unwrap());
                    Row::Fields(row, line, fields.into_iter().take(n_fields).map(cell).collect())
                }
            });
        }
        line += data[at..end].iter().filter(|b| **b == dialect.newline).count() as u64;
        at = end;
    }
    rows
}

fn fast(dialect: Dialect, limits: Limits, n_fields: usize, data: &[u8], chunk_bytes: usize, max_rows: usize) -> Vec<Row> {
    let layout = Layout { dialect, n_skip: 0, n_fields, short: Short::Reject };
    let columns: Vec<usize> = (0..n_fields).collect();
    let mut reader = CsvReader::new(Text::new(Box::new(Cursor::new(data.to_vec())), Encoding::Utf8), layout, &columns);
    (reader.limits, reader.chunk_bytes) = (limits, chunk_bytes);
    let mut rows = Vec::new();
    while let Some(batch) = reader.next_batch(max_rows).unwrap() {
        for (i, (row, line)) in batch.rows.iter().zip(&batch.lines).enumerate() {
            let cell = |column: &arrow_array::StringArray| column.is_valid(i).then(|| column.value(i).to_owned());
            rows.push(Row::Fields(*row, *line, batch.columns.iter().map(cell).collect()));
        }
        rows.extend(batch.rejects.iter().map(|reject| Row::Reject(reject.row, reject.line.unwrap(), reject.reason)));
    }
    rows.sort_by_key(|row| match row {
        Row::Fields(row, ..) | Row::Reject(row, ..) => *row,
    });
    rows
}

fn check(dialect: Dialect, limits: Limits, n_fields: usize, text: &str, chunk_bytes: usize, max_rows: usize) {
    let fast = fast(dialect, limits, n_fields, text.as_bytes(), chunk_bytes, max_rows);
    let slow = slow(dialect, &limits, n_fields, text.as_bytes());
    assert_eq!(fast, slow, "{text:?} {dialect:?} {limits:?} chunk {chunk_bytes}");
}

const COMMA: Dialect = Dialect { delimiter: b',', quote: true, escape: false, spaced: false, newline: b'\n' };

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_splitter_agrees_with_its_slow_twin(
        text in "[ab\"\", \\\\\n\ré]{0,120}",
        quote: bool,
        escape: bool,
        spaced: bool,
        cr in 0..8,
        field_bytes in 1usize..60,
        field_lines in 0usize..4,
        row_bytes in 2usize..120,
        chunk_bytes in 1usize..40,
        max_rows in 1usize..6,
        n_fields in 1usize..4,
    ) {
        let newline = if cr == 0 { b'\r' } else { b'\n' };
        // A field over the limit that is not quoted is tested apart: here the row's limit is the smaller one.
        let limits = Limits { field_bytes: field_bytes.max(row_bytes), field_lines, row_bytes };
        check(Dialect { delimiter: b',', quote, escape, spaced, newline }, limits, n_fields, &text, chunk_bytes, max_rows);
    }

    #[test]
    fn quoted_files_agree_too(rows in prop::collection::vec(prop::collection::vec("[a-zé\" ,\n]{0,12}", 3), 0..12), chunk_bytes in 1usize..40, crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let quoted = |cells: &Vec<String>| cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",") + end;
        let text: String = rows.iter().map(quoted).collect();
        check(COMMA, super::LIMITS, 3, &text, chunk_bytes, 5);
        let read = fast(COMMA, super::LIMITS, 3, text.as_bytes(), chunk_bytes, 5);
        let cells: Vec<Vec<Option<String>>> = rows.iter().map(|row| row.iter().map(|cell| (!cell.is_empty()).then(|| cell.clone())).collect()).collect();
        let got: Vec<Vec<Option<String>>> = read.into_iter().map(|row| match row { Row::Fields(_, _, cells) => cells, Row::Reject(..) => Vec::new() }).collect();
        prop_assert_eq!(got, cells);
    }
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let limits = Limits { field_bytes: 20, field_lines: 3, row_bytes: 60 };
    for (text, n_rows) in [
        ("a,b\n1,\"open\n2,x\n3,y\n4,z\n5,zz\n6,zzz\n", 7),
        ("a,b\n1,\"open", 2),
        ("a,b\n1,\"o\n\n\n\n\nz\"\n2,x\n", 4),
        ("1,\"o\"\"\n2,\"\"\"x\"\n", 2),
        ("1,\"o\n2,\"x, y\"\n3,z\n", 3),
    ] {
        for chunk_bytes in [1, 3, 64] {
            check(COMMA, limits, 2, text, chunk_bytes, 100);
        }
        assert_eq!(slow(COMMA, &limits, 2, text.as_bytes()).len(), n_rows, "{text:?}");
    }
}
