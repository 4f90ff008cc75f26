//! Reading: files on disk through the public interface.

#![expect(clippy::unwrap_used, reason = "these are the helpers of tests")]

mod columns;
mod damaged;
mod json;
mod limits;
mod listed;
mod packed;
mod properties;
mod spool;
mod tables;
mod text;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use arrow_array::Array;
use outspoken::source::{self, InputFile, Shape};

fn file(folder: &Path, name: &str, bytes: &[u8]) -> InputFile {
    let path = folder.join(name);
    fs_err::write(&path, bytes).unwrap();
    InputFile { path, name: name.to_owned() }
}

/// Everything that a file holds, for the eye: the header, then each row as `row:line a|b`, `~` for null, and rejects as `row:line! reason`.
fn read(shape: &Shape, max_rows: usize) -> String {
    let columns: Vec<usize> = (0..shape.header.len()).collect();
    let mut reader = source::open(shape, &columns).unwrap();
    let mut lines: Vec<(u64, String)> = Vec::new();
    let mut counts = (0, 0);
    while let Some(batch) = reader.next_batch(max_rows).unwrap() {
        assert!(batch.rows.len() + batch.rejects.len() <= max_rows);
        counts = (counts.0 + batch.n_repaired, counts.1 + batch.n_unknown);
        for (i, (row, line)) in batch.rows.iter().zip(&batch.lines).enumerate() {
            let cells: Vec<&str> = batch.columns.iter().map(|column| if column.is_null(i) { "~" } else { column.value(i) }).collect();
            lines.push((*row, format!("{row}:{line} {}", cells.join("|").replace('\r', "␍").replace('\n', "␊"))));
        }
        for reject in &batch.rejects {
            lines.push((reject.row, format!("{}:{}! {} {}", reject.row, reject.line.unwrap_or(0), reject.reason.as_str(), reject.detail)));
        }
    }
    lines.sort();
    let mut out = shape.header.join("|");
    for (_, line) in lines {
        write!(out, "\n{line}").unwrap();
    }
    if counts != (0, 0) {
        write!(out, "\nmended {} unknown {}", counts.0, counts.1).unwrap();
    }
    out
}

/// Holds a file against what it reads as, and its notes, for batches of several sizes.
fn check(name: &str, bytes: &[u8], notes: &str, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let shape = source::inspect(&file(folder.path(), name, bytes)).unwrap();
    assert_eq!(shape.notes.join("; "), notes, "{name}");
    for max_rows in [1, 2, 1000] {
        assert_eq!(read(&shape, max_rows), expected.join("\n"), "{name}, {max_rows} rows at once");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const PARQUET_ROWS: [&str; 4] =
    ["id|when|score|ok|text", "1:0 7|2026-07-14T12:30:00Z|4.5|true|hello", "2:0 8|~|~|false|~", "3:0 9|2026-07-15T00:00:00Z|5.0|~|x"];

/// Three rows of several types, and a nested column.
fn parquet_file() -> Vec<u8> {
    parquet_file_packed(parquet::basic::Compression::SNAPPY)
}

fn parquet_file_packed(compression: parquet::basic::Compression) -> Vec<u8> {
    use arrow_array::{
        BooleanArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, TimestampMicrosecondArray, types::Int64Type,
    };
    use std::sync::Arc;
    let when = TimestampMicrosecondArray::from(vec![Some(1_784_032_200_000_000), None, Some(1_784_073_600_000_000)]).with_timezone("UTC");
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>(vec![Some(vec![Some(1)]), None, None]);
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from(vec![7, 8, 9])) as Arc<dyn Array>),
        ("when", Arc::new(when)),
        ("score", Arc::new(Float64Array::from(vec![Some(4.5), None, Some(5.0)]))),
        ("list", Arc::new(list)),
        ("ok", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ("text", Arc::new(StringArray::from(vec![Some("hello"), Some(""), Some("x")]))),
    ])
    .unwrap();
    let properties = parquet::file::properties::WriterProperties::builder().set_compression(compression).build();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

const SHEET_ROWS: [&str; 4] = [
    "Response ID|Date|Overall satisfaction|Comment",
    "1:3 R-1|2026-07-14|5|Good & fast",
    "2:4 R-2|2026-07-15T12:30:00|3|~",
    "3:6 R-3|~|4.5|line one␊line two",
];
