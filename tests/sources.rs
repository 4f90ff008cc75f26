//! Reading: files on disk through the public interface.

#![expect(clippy::unwrap_used, reason = "these are the helpers of tests")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use arrow_array::Array;
use outspoken::Error;
use outspoken::source::roles;
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

#[test]
fn delimited_text() {
    check("a.csv", b"id,text\n1,hello\n2,\"a, b\"\n", "", &["id|text", "1:2 1|hello", "2:3 2|a, b"]);
    check("crlf.csv", b"id,text\r\n1,\"two\nlines\"\r\n\r\n2,x\r\n", "", &["id|text", "1:2 1|two␊lines", "2:5 2|x"]);
    check("mixed.csv", b"id,text\n1,a\r\n2,b\n3,c", "", &["id|text", "1:2 1|a", "2:3 2|b", "3:4 3|c"]);
    check("cr.csv", b"id,text\r1,a\r2,b\r", "lines end with CR", &["id|text", "1:2 1|a", "2:3 2|b"]);
    check("bom.csv", b"\xef\xbb\xbfid,text\n1,a\n", "", &["id|text", "1:2 1|a"]);
    check(
        "quotes.csv",
        b"id,text\n1,\"say \"\"hi\"\"\"\n2,the 5\" disc\n3,\"\"\n",
        "",
        &["id|text", "1:2 1|say \"hi\"", "2:3 2|the 5\" disc", "3:4 3|~"],
    );
    check("semicolon.csv", b"id;score;text\n1;4,5;a\n2;3,5;b, c\n", "delimiter ;", &["id|score|text", "1:2 1|4,5|a", "2:3 2|3,5|b, c"]);
    check("pipe.txt", b"id|text\n1|a\n2|b\n", "delimiter |", &["id|text", "1:2 1|a", "2:3 2|b"]);
    check("tab.tsv", b"id\ttext\n1\ta, b\n2\tc, d\n", "delimiter tab", &["id|text", "1:2 1|a, b", "2:3 2|c, d"]);
    check("sep.csv", b"sep=;\nid;text\n1;a\n", "delimiter ;; 1 line before the header", &["id|text", "1:3 1|a"]);
    check("header_only.csv", b"id,comment\n", "", &["id|comment"]);
    check("one_column.txt", b"comment\nvery good, really\nbad\n", "", &["comment", "1:2 very good, really", "2:3 bad"]);
    check("no_name.csv", b",text,text\n0,a,b\n1,c,d\n", "", &["column_1|text|text_2", "1:2 0|a|b", "2:3 1|c|d"]);
}

#[test]
fn lines_before_the_header_are_passed_over() {
    check("export.csv", b"Survey export\nJuly 2026\nid,text\n1,a\n2,b\n", "2 lines before the header", &["id|text", "1:4 1|a", "2:5 2|b"]);
    check(
        "padded.csv",
        b"Survey export,,\nid,score,text\n1,5,a\n2,4,b\n",
        "1 line before the header",
        &["id|score|text", "1:3 1|5|a", "2:4 2|4|b"],
    );
}

#[test]
fn headers_of_exports() {
    let note = "2 lines of further headers";
    check("survey.csv", b"ResponseId,Q1\nResponse ID,\"How, in short?\"\n\"{\"\"ImportId\"\":\"\"_id\"\"}\",\"{\"\"ImportId\"\":\"\"Q1\"\"}\"\nR_1,Well\nR_2,Badly\n", note, &[
        "ResponseId|Q1",
        "1:4 R_1|Well",
        "2:5 R_2|Badly",
    ]);
    check("ends.csv", b"id,score,text\n1,5,a,\n2,4,b,\n3,1,c,\n", "", &["id|score|text", "1:2 1|5|a", "2:3 2|4|b", "3:4 3|1|c"]);
    check("row_names.csv", b"score,text\n1,5,a\n2,4,b\n3,1,c\n", "", &["column_1|score|text", "1:2 1|5|a", "2:3 2|4|b", "3:4 3|1|c"]);
}

#[test]
fn a_column_is_found_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let shape = source::inspect(&file(folder.path(), "a.csv", b"Response ID,Comment,comment\n1,a,b\n")).unwrap();
    for (name, place) in [("Response ID", Some(0)), (" response id ", Some(0)), ("comment", Some(2)), ("COMMENT", None), ("verbatim", None)]
    {
        assert_eq!(shape.column(name).ok(), place, "{name}");
    }
    assert!(shape.column("Coment").unwrap_err().hint().unwrap().contains("Comment"));
}

#[test]
fn a_file_without_header_gets_column_names() {
    let note = "delimiter tab; no header: columns are named column_1, column_2, …";
    check("labelled.txt", b"Great phone.\t1\nBad, bad.\t0\n", note, &["column_1|column_2", "1:1 Great phone.|1", "2:2 Bad, bad.|0"]);
}

#[test]
fn unbalanced_quotes() {
    let note = "delimiter tab; quotes are text: they do not balance; no header: columns are named column_1, column_2, …";
    check(
        "truth.txt",
        b"1\t2.5\t\"great\" she said\n2\t1.5\t\"never\n3\t0.5\tok\n",
        note,
        &["column_1|column_2|column_3", "1:1 1|2.5|\"great\" she said", "2:2 2|1.5|\"never", "3:3 3|0.5|ok"],
    );
    check(
        "open.csv",
        b"id,text\n1,\"a, b\"\n2,\"never closed\n3,c\n4,d\n",
        "",
        &["id|text", "1:2 1|a, b", "2:3! unbalanced_quote a quoted field does not end where its row does", "3:4 3|c", "4:5 4|d"],
    );
    check(
        "later.csv",
        b"id,text\n1,\"never closed\n2,\"fine, yes\"\n3,\"c, d\"\n",
        "",
        &["id|text", "1:2! unbalanced_quote a quoted field does not end where its row does", "2:3 2|fine, yes", "3:4 3|c, d"],
    );
}

#[test]
fn rarer_ways_to_quote() {
    let note = "quotes are escaped by a backslash";
    check(
        "spark.csv",
        b"id,text,score\n1,\"said \\\"no, never\\\" to me\",5\n2,\"a\\b\",4\n3,\"x, y\",1\n",
        note,
        &["id|text|score", "1:2 1|said \"no, never\" to me|5", "2:3 2|a\\b|4", "3:4 3|x, y|1"],
    );
    check(
        "spaced.csv",
        b"\"id\", \"text\", \"score\"\n1, \"no, never\", 5\n2, \"yes, always\", 4\n",
        "",
        &["id|text|score", "1:2 1|no, never| 5", "2:3 2|yes, always| 4"],
    );
}

#[test]
fn rows_that_do_not_fit() {
    check(
        "fields.csv",
        b"id,score,text\n1,5,a\n2,4\n3,3,b,c\n4,2,d,\n",
        "",
        &[
            "id|score|text",
            "1:2 1|5|a",
            "2:3! too_few_fields found 2 fields, header has 3",
            "3:4! too_many_fields found 4 fields, header has 3",
            "4:5 4|2|d",
        ],
    );
    let note = "2 of the first 4 rows are short: their last cells are taken as empty";
    check(
        "short.csv",
        b"id,score,text\n1,5,a\n2,4\n3\n4,2,d\n",
        note,
        &["id|score|text", "1:2 1|5|a", "2:3 2|4|~", "3:4 3|~|~", "4:5 4|2|d"],
    );
}

#[test]
fn encodings() {
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let expected = ["id|text", "1:2 1|café – naïve"];
    check("le.csv", &utf16("\u{feff}id,text\r\n1,café – naïve\r\n", u16::to_le_bytes), "UTF-16 LE", &expected);
    check("be.csv", &utf16("\u{feff}id,text\r\n1,café – naïve\r\n", u16::to_be_bytes), "UTF-16 BE", &expected);
    check("1252.csv", b"id,text\n1,caf\xe9 \x96 na\xefve\n", "Windows-1252", &expected);
    check(
        "stray.csv",
        "id,text\n1,é à ü\n".bytes().chain(*b"2,caf\xe9 \xe9t\xe9\n3,x\n").collect::<Vec<u8>>().as_slice(),
        "",
        &["id|text", "1:2 1|é à ü", "2:3 2|café été", "3:4 3|x", "mended 1 unknown 0"],
    );
}

#[test]
fn json() {
    let rows = [
        "id|user.name|user.age|text|tags",
        "1:1 1|Ann|30|a|~",
        "2:2 2|~|~|b \u{1f600}|[\"x\",1]",
        "3:3! invalid_json this is not JSON, at column 11 of its line 1",
        "4:5 4|~|~|~|~",
        "mended 0 unknown 1",
    ];
    let text = b"{\"id\": 1, \"user\": {\"name\": \"Ann\", \"age\": 30}, \"text\": \"a\"}\n{\"id\": 2, \"text\": \"b \\ud83d\\ude00\", \"tags\": [\"x\", 1]}\n{\"id\": 3, nope}\n\n{\"id\":4,\"text\":null}\n";
    let late = |n: usize| [text.as_slice(), "{\"id\":5}\n".repeat(n).as_bytes(), b"{\"id\":6,\"new\":1}\n"].concat();
    let folder = tempfile::tempdir().unwrap();
    let shape = source::inspect(&file(folder.path(), "a.jsonl", &late(1000))).unwrap();
    let read_lines = read(&shape, 1000);
    let first: Vec<&str> = read_lines.lines().take(5).chain(read_lines.lines().last()).collect();
    assert_eq!(first, rows);

    check(
        "array.json",
        b"[\n  {\"a\": 1, \"b\": \"x]\\\"}\"},\n  {\"a\": 2.5, \"b\": true}, 7,\n {\"a\": null}\n]\n",
        "",
        &["a|b", "1:2 1|x]\"}", "2:3 2.5|true", "3:3! invalid_json found no whole object", "4:4 ~|~"],
    );
    check("pretty.json", b"{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", "", &["a", "1:1 1", "2:4 2"]);
    check("cut.json", b"[{\"a\": 1}, {\"a\": 2", "", &["a", "1:1 1", "2:1! invalid_json found no whole object"]);
    check(
        "half.jsonl",
        b"{\"a\": \"cut \\ud83d\"}\n{\"a\": \"ok \\\\ud83d\"}\n",
        "",
        &["a", "1:1 cut \u{fffd}", "2:2 ok \\ud83d", "mended 1 unknown 0"],
    );
    check("dots.jsonl", b"{\"a.b\": \"x\", \"a\": {\"c\": 1}}\n", "", &["a.b|a.c", "1:1 x|1"]);
    check("order.jsonl", b"{\"z\": 1, \"a\": 2}\n{\"a\": 3, \"m\": 4}\n", "", &["z|a|m", "1:1 1|2|~", "2:2 ~|3|4"]);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_files_are_found_by_content() {
    let text = b"id,text\n1,a\n2,b\n";
    let rows = ["id|text", "1:2 1|a", "2:3 2|b"];
    check("wrong_name.csv", &gzip(text), "gzip", &rows);
    check("two_members.gz", &[gzip(b"id,text\n1,a\n"), gzip(b"2,b\n")].concat(), "gzip", &rows);
    check("a.zst", &zstd::encode_all(text.as_slice(), 1).unwrap(), "zstd", &rows);
    check("a.jsonl.gz", &gzip(b"{\"id\":1}\n"), "gzip", &["id", "1:1 1"]);
    check("parquet.gz", &gzip(&parquet_file()), "gzip; column list is nested: left out", &PARQUET_ROWS);
    check("sheet.gz", &gzip(include_bytes!("sources/sheet.xlsx")), "gzip; sheet Answers of 2; 1 line before the header", &SHEET_ROWS);
}

#[test]
fn damaged_and_hostile_packing() {
    let folder = tempfile::tempdir().unwrap();
    let long: String = (0..200_000u32).map(|i| format!("{i},{}\n", i.wrapping_mul(2_654_435_761))).collect();
    let packed = gzip(format!("id,text\n{long}").as_bytes());
    let cut = file(folder.path(), "cut.csv.gz", packed.get(..packed.len() - 5000).unwrap());
    let error = source::inspect(&cut).map(|shape| {
        let mut reader = source::open(&shape, &[0]).unwrap();
        loop {
            match reader.next_batch(1000) {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the end of a cut file was taken for its end"),
                Err(error) => return error,
            }
        }
    });
    assert!(error.unwrap_or_else(|error| error).to_string().contains("damaged or cut short"));

    let zeros = zstd::encode_all(std::io::repeat(b' ').take(120 << 20), 1).unwrap();
    let bomb = file(folder.path(), "bomb.csv.zst", &[zstd::encode_all(b"id,text\n1,a\n".as_slice(), 1).unwrap(), zeros].concat());
    let error = source::inspect(&bomb).unwrap_err();
    assert!(matches!(error, Error::Limit { .. }), "{error}");
}

use std::io::Read as _;

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

#[test]
fn parquet() {
    use parquet::basic::{Compression, GzipLevel, ZstdLevel};
    for compression in
        [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::GZIP(GzipLevel::default()), Compression::ZSTD(ZstdLevel::default())]
    {
        check("a.parquet", &parquet_file_packed(compression), "column list is nested: left out", &PARQUET_ROWS);
    }
}

const SHEET_ROWS: [&str; 4] = [
    "Response ID|Date|Overall satisfaction|Comment",
    "1:3 R-1|2026-07-14|5|Good & fast",
    "2:4 R-2|2026-07-15T12:30:00|3|~",
    "3:6 R-3|~|4.5|line one␊line two",
];

/// `sheet.xlsx` was written by hand: a cover sheet without cells, and one with a title, a header in row 2, dates with and
/// without time, and row 5 left out.
#[test]
fn spreadsheets() {
    check("a.xlsx", include_bytes!("sources/sheet.xlsx"), "sheet Answers of 2; 1 line before the header", &SHEET_ROWS);
}

fn refused(name: &str, bytes: &[u8], expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let error = source::inspect(&file(folder.path(), name, bytes)).unwrap_err();
    let told = format!("{error} | {} | {}", error.found().unwrap_or_default(), error.hint().unwrap_or_default());
    assert!(told.contains(expected), "{name}: {told}");
}

#[test]
fn files_that_cannot_be_used() {
    refused("empty.csv", b"", "the file is empty | no bytes | a header and at least one row");
    refused("blank.csv", b" \n\n", "the file is empty | only white space");
    refused("a.pdf", b"%PDF-1.7\n\0\x01\x02\x03\x04\x05\x06binary", "the format is not known | a PDF | accepted are CSV");
    refused("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0", "an old .xls spreadsheet");
    refused("a.zip", b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0plain.csv", "this is a zip archive");
    refused("values.json", b"[1, 2, 3]", "the JSON array holds no objects");
    refused("none.json", b"[]", "no object with a value");
    let wide = (0..5000).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",");
    refused("wide.csv", format!("{wide}\n").as_bytes(), "5000 columns");
}

#[test]
fn limits_of_fields_and_rows() {
    let long = "x".repeat((1 << 20) + 1);
    let folder = tempfile::tempdir().unwrap();
    let text = format!("id,text,more\n1,{long},a\n2,ok,b\n3,{},c\n4,ok,d\n5,\"{long}\",e\n6,ok,f\n", "y".repeat(5 << 20));
    let shape = source::inspect(&file(folder.path(), "long.csv", text.as_bytes())).unwrap();
    let told: String = read(&shape, 10);
    let short: Vec<&str> = told.lines().map(|line| line.get(..24.min(line.len())).unwrap()).collect();
    assert_eq!(
        short,
        [
            "id|text|more",
            "1:2! field_too_large fou",
            "2:3 2|ok|b",
            "3:4! row_too_large found",
            "4:5 4|ok|d",
            "5:6! field_too_large fou",
            "6:7 6|ok|f"
        ]
    );

    let text = format!("{{\"id\":1,\"text\":\"{long}\"}}\n{{\"id\":2}}\n{{\"id\":3,\"text\":\"{}\"}}\n{{\"id\":4}}\n", "y".repeat(5 << 20));
    for (name, text) in [("long.jsonl", text.clone()), ("long.json", format!("[{}]", text.trim_end().replace('\n', ",\n")))] {
        let shape = source::inspect(&file(folder.path(), name, text.as_bytes())).unwrap();
        let told: String = read(&shape, 10);
        let short: Vec<&str> = told.lines().map(|line| line.get(..20.min(line.len())).unwrap()).collect();
        assert_eq!(short, ["id|text", "1:1! field_too_large", "2:2 2|~", "3:3! row_too_large f", "4:4 4|~"], "{name}");
    }
}

#[test]
fn columns_come_in_the_order_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("a.csv", b"a,b,c\n1,2,3\n".to_vec()), ("a.jsonl", b"{\"a\":1,\"b\":2,\"c\":3}\n".to_vec())] {
        let shape = source::inspect(&file(folder.path(), name, &bytes)).unwrap();
        let mut reader = source::open(&shape, &[2, 0]).unwrap();
        let batch = reader.next_batch(10).unwrap().unwrap();
        let cells: Vec<&str> = batch.columns.iter().map(|column| column.value(0)).collect();
        assert_eq!(cells, ["3", "1"], "{name}");
        assert_eq!(reader.bytes_read(), bytes.len() as u64);
    }
    let shape = source::inspect(&file(folder.path(), "a.parquet", &parquet_file())).unwrap();
    let batch = source::open(&shape, &[4, 0]).unwrap().next_batch(10).unwrap().unwrap();
    assert_eq!((batch.columns[0].value(0), batch.columns[1].value(0)), ("hello", "7"));
}

#[test]
fn files_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs_err::create_dir_all(root.join("inbox/july")).unwrap();
    for (name, bytes) in [
        ("inbox/b.csv", "id,text\n1,a\n".as_bytes()),
        ("inbox/july/a.csv", b"id,text\n1,a\n"),
        ("inbox/notes.md", b"# notes"),
        ("inbox/.hidden.csv", b"id"),
        ("inbox/empty.csv", b""),
        ("inbox/image.png", b"\x89PNG"),
        ("inbox/labels.json", b"[\"a\", \"b\"]"),
        ("inbox/archive.zip", b"PK\x03\x04"),
        ("survey_1.csv", b"id,text\n1,a\n"),
    ] {
        fs_err::write(root.join(name), bytes).unwrap();
    }
    let at = |name: &str| root.join(name).display().to_string();
    let names = |inputs: &[String]| source::list(inputs).unwrap().files.into_iter().map(|file| file.name).collect::<Vec<_>>();
    assert_eq!(names(&[at("inbox")]), ["b.csv", "july/a.csv"]);
    assert_eq!(names(&[at("inbox/july/a.csv"), at("inbox")]), ["a.csv", "b.csv"]);
    assert_eq!(names(&[at("inbox/**/*.csv")]), [".hidden.csv", "b.csv", "empty.csv", "july/a.csv"]);
    assert_eq!(names(&[at("inbox/notes.md")]), ["notes.md"]);
    let skipped: Vec<String> = source::list(&[at("inbox")])
        .unwrap()
        .skipped
        .into_iter()
        .map(|(path, why)| format!("{}: {why}", path.file_name().unwrap().to_string_lossy()))
        .collect();
    assert_eq!(
        skipped,
        [
            ".hidden.csv: hidden",
            "archive.zip: a zip archive: unpack it",
            "empty.csv: empty",
            "image.png: extension .png: name the file itself to read it",
            "labels.json: a JSON array without objects",
            "notes.md: extension .md: name the file itself to read it",
        ]
    );
    for (input, hint) in [
        ("survey_2.csv", "did you mean"),
        ("nowhere/x.csv", "there is no directory"),
        ("nothing*.csv", "matches no file"),
        ("unlike-anything", "holds inbox, survey_1.csv"),
    ] {
        let error = source::list(&[at(input)]).unwrap_err();
        assert!(matches!(error, Error::InputNotFound { .. }) && error.hint().unwrap().contains(hint), "{input}: {:?}", error.hint());
    }
}

/// Spools `bytes` and holds what is then read against the same bytes read as a file, with every `secret` gone.
fn check_spool(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let direct = source::inspect(&file(folder.path(), name, bytes)).unwrap();
    let mut redact = |_: &str, cell: &str, out: &mut String| out.push_str(&cell.replace("secret", "[gone]"));
    let spooled = source::spool_stdin(Box::new(Cursor::new(bytes.to_vec())), folder.path(), &mut redact).unwrap();
    assert_eq!(spooled.name, "-");
    let written = fs_err::read_to_string(&spooled.path).unwrap();
    assert!(!written.contains("secret"), "{name}");
    let shape = source::inspect(&spooled).unwrap();
    assert_eq!(shape.format, direct.format);
    for max_rows in [1, 1000] {
        assert_eq!(read(&shape, max_rows), read(&direct, 1000).replace("secret", "[gone]"), "{name}");
    }
}

#[test]
fn standard_input_is_spooled_redacted_with_rows_lines_and_rejects() {
    check_spool("a.csv", b"title\nid,text,a.b\n1,my secret,x\n\n2,secret\n3,\"open secret\n4,caf\xe9,\n");
    check_spool("a.csv.gz", &gzip(b"id,text\n1,secret\n"));
    // Columns may be called as a spool calls its own.
    check_spool("a.csv", b"outspoken.row,0,outspoken.reason,text\n9,x,too_few_fields,secret\n7,y,,b\n");
    check_spool("a.jsonl", b"{\"id\":1,\"text\":\"secret\",\"u\":{\"n\":2}}\n{nope secret}\n{\"text\":\"\"}\n");
    check_spool("a.parquet", &parquet_file());
    check_spool("a.xlsx", include_bytes!("sources/sheet.xlsx"));
    let folder = tempfile::tempdir().unwrap();
    let mut redact = |_: &str, cell: &str, out: &mut String| out.push_str(cell);
    assert!(source::spool_stdin(Box::new(Cursor::new(Vec::new())), folder.path(), &mut redact).is_err());
}

/// What the columns of a small file are taken for: `column=role` each, and the measures with their labels.
fn roles_of(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let shape = source::inspect(&file(folder.path(), "a.csv", text.as_bytes())).unwrap();
    let found = match roles::find(&shape) {
        Ok(found) => found,
        Err(error) => return format!("{error} | {}", error.found().unwrap_or_default()).rsplit_once(": ").unwrap().1.to_owned(),
    };
    assert_eq!(found.choices.len(), shape.header.len());
    assert!(found.choices.iter().all(|choice| !choice.why.is_empty()));
    assert_eq!(format!("{:?}", roles::find(&shape).unwrap().choices), format!("{:?}", found.choices));
    found.choices.iter().map(|choice| format!("{}={}", choice.column, choice.role)).collect::<Vec<_>>().join("; ")
}

fn check_roles(text: &str, expected: &str) {
    assert_eq!(roles_of(text), expected, "{text}");
}

#[test]
fn roles_of_small_files() {
    check_roles("comment\nGood\nBad\n", "comment=verbatim");
    check_roles("id,comment\n1,Good service\n2,Bad\n", "id=id; comment=verbatim");
    check_roles(
        "id,date,nps,comment\n1,2026-07-01,9,Good\n2,2026-07-02,3,Bad\n3,2026-07-02,10,Great\n",
        "id=id; date=received_at; nps=score nps 0-10; comment=verbatim",
    );
    check_roles(
        "Response ID,Date,Account,Acct No,Overall satisfaction,Q3 Billing,Likelihood to recommend,What should we improve?\nR-1,07/14/2026,Acme,77,5,4,9,Billing is slow\nR-2,07/15/2026,Acme,77,1,2,2,Nothing\nR-3,07/16/2026,Beta,78,4,5,10,Answer the phone\n",
        "Response ID=id; Date=received_at; Account=account_name; Acct No=account_id; Overall satisfaction=score csat 1-5; Q3 Billing=score rating 1-5; Likelihood to recommend=score nps 0-10; What should we improve?=verbatim",
    );
    check_roles(
        "ticket_id,created_at,customer_email,customer_phone,subject,description,channel,priority\nT-1,2026-07-01T10:00:00Z,a@x.org,+1 555 010 0000,Late parcel,My parcel is late again,email,high\nT-2,2026-07-01T11:00:00Z,b@x.org,+1 555 010 0001,Refund,I want a refund for the broken lamp,phone,low\n",
        "ticket_id=id; created_at=received_at; customer_email=contact_email; customer_phone=contact_phone; subject=verbatim; description=verbatim; channel=channel; priority=left out",
    );
    check_roles(
        "Survey,Overall Satisfaction,Ease of use,Comments\nS1,Totally satisfied,Very easy,Good\nS2,Totally dissatisfied,Very difficult,Bad\nS3,Somewhat satisfied,Easy,Fine so far\n",
        "Survey=left out; Overall Satisfaction=score csat 5 words; Ease of use=score ces 5 words; Comments=verbatim",
    );
    check_roles(
        "review,stars,recommended,helpful_votes,label\nNice place to stay,5,1,3,pos\nDirty room,1,0,0,neg\nFine,3,1,12,pos\n",
        "review=verbatim; stars=score rating 1-5; recommended=left out; helpful_votes=left out; label=left out",
    );
    check_roles(
        "ResponseId,RecordedDate,Wave,Segment,Callback requested,May we share your comments?,Hotline,Hotline note,Verbatim\nR_1,2026-07-01 10:00:00,2026-Q3,Enterprise,Yes,Anonymous,1,angry about price,Too dear\nR_2,2026-07-02 10:00:00,2026-Q3,SMB,No,Named,0,,All fine\n",
        "ResponseId=id; RecordedDate=received_at; Wave=wave; Segment=segment; Callback requested=callback_requested; May we share your comments?=share_consent; Hotline=hotline_flag; Hotline note=hotline_note; Verbatim=verbatim",
    );
    check_roles("id,age,label\n1,20,a\n2,30,b\n", "no column with open text found | id, age, label");
    check_roles(
        "date_sent,completed,visit_date,feedback\n2026-07-01,2026-07-03,2026-06-30,Good\n2026-07-01,2026-07-04,2026-06-29,Bad\n",
        "date_sent=sent_at; completed=received_at; visit_date=experience_at; feedback=verbatim",
    );
    check_roles(
        "Name,Job title,Company,Annual revenue,Rating (1-10),Why?\nAnn,Buyer,Acme,10000,7,Slow\nBob,CFO,Beta,20000,8,Fast and friendly\n",
        "Name=contact_name; Job title=contact_title; Company=account_name; Annual revenue=account_value; Rating (1-10)=score rating 1-10; Why?=verbatim",
    );
    check_roles(
        "when,what happened\n2026-07-01,The lift was broken again\n2026-07-02,Nobody answered the phone\n",
        "when=received_at; what happened=verbatim",
    );
    check_roles(
        "Id,ProductId,UserId,ProfileName,HelpfulnessNumerator,HelpfulnessDenominator,Score,Time,Summary,Text\n1,B001,A3,delmartian,1,1,5,1303862400,Good dog food,I have bought several cans\n2,B002,A1,dll pa,0,5,1,1346976000,Not as advertised,Product arrived labeled as jumbo\n3,B003,A2,Natalia,1,3,4,1219017600,Delight says it all,This is a confection\n",
        "Id=id; ProductId=left out; UserId=contact_id; ProfileName=contact_name; HelpfulnessNumerator=left out; HelpfulnessDenominator=left out; Score=score rating 1-5; Time=received_at; Summary=verbatim; Text=verbatim",
    );
    check_roles(
        "review_id,user_id,business_id,stars,useful,funny,cool,text,date\nr1,u1,b1,5,1,0,5,Lovely place to eat,2018-07-07 22:09:11\nr2,u2,b1,1,5,2,0,Cold food and rude staff,2018-07-08 22:09:11\nr3,u3,b2,3,0,1,2,It was fine,2018-07-09 22:09:11\n",
        "review_id=id; user_id=contact_id; business_id=left out; stars=score rating 1-5; useful=left out; funny=left out; cool=left out; text=verbatim; date=received_at",
    );
    check_roles(
        "reviewId,userName,content,score,thumbsUpCount,reviewCreatedVersion,at,replyContent,repliedAt\na,Ann,Crashes all the time,1,5,4.1.0,2026-07-01 10:00:00,Hi Ann sorry to hear that,2026-07-02 10:00:00\nb,Bob,Works well for me,5,0,4.1.0,2026-07-01 11:00:00,,\nc,Cy,ok app,4,1,,2026-07-01 12:00:00,Thank you for your feedback,2026-07-02 11:00:00\n",
        "reviewId=id; userName=contact_name; content=verbatim; score=score rating 1-5; thumbsUpCount=left out; reviewCreatedVersion=left out; at=received_at; replyContent=left out; repliedAt=left out",
    );
    check_roles(
        "Respondent ID,End Date,How likely is it that you would recommend us to a friend?,What is the main reason for your score?,\"Overall, how satisfied were you with the time it took?\",Billing,Delivery,Price\n11,2026-07-01,9,Fast,5,4,5,5\n12,2026-07-02,4,Too slow,2,1,2,1\n13,2026-07-03,10,Great people,4,5,3,2\n",
        "Respondent ID=id; End Date=received_at; How likely is it that you would recommend us to a friend?=score nps 0-10; What is the main reason for your score?=verbatim; Overall, how satisfied were you with the time it took?=score csat 1-5; Billing=score rating 1-5; Delivery=score rating 1-5; Price=score rating 1-5",
    );
    check_roles(
        "text,compound,confidence score\nI love it,0.83,0.9\nI hate it,-0.5,0.7\n",
        "text=verbatim; compound=left out; confidence score=left out",
    );
    check_roles(
        "tweet_id,airline_sentiment,airline_sentiment_confidence,airline,name,retweet_count,text,tweet_coord,tweet_created,tweet_location,user_timezone\n570306133677760513,neutral,1.0,Virgin,cairdin,0,@airline What was said there.,\"[40.7, -74.0]\",2015-02-24 11:35:52 -0800,New York City,Eastern Time (US & Canada)\n570301130888122368,positive,0.3486,Virgin,jnardino,0,@airline plus you added more,,2015-02-24 11:15:59 -0800,San Francisco CA,Pacific Time (US & Canada)\n",
        "tweet_id=id; airline_sentiment=left out; airline_sentiment_confidence=left out; airline=product; name=contact_name; retweet_count=left out; text=verbatim; tweet_coord=left out; tweet_created=received_at; tweet_location=left out; user_timezone=left out",
    );
    check_roles(
        "Hotel_Address,Review_Date,Average_Score,Hotel_Name,Reviewer_Nationality,Negative_Review,Review_Total_Negative_Word_Counts,Positive_Review,Reviewer_Score,Tags,days_since_review,lat\ns Gravesandestraat 55 Oost Amsterdam,8/3/2017,7.7,Hotel Arena,Russia,I am so angry that I made this post,397,Only the park outside was beautiful,2.9,\"[' Leisure trip ', ' Couple ']\",0 days,52.36\ns Gravesandestraat 55 Oost Amsterdam,8/31/2017,7.7,Hotel Arena,Ireland,No Negative,0,No real complaints the hotel was great,7.5,\"[' Leisure trip ']\",3 days,52.36\n",
        "Hotel_Address=left out; Review_Date=received_at; Average_Score=left out; Hotel_Name=product; Reviewer_Nationality=left out; Negative_Review=verbatim; Review_Total_Negative_Word_Counts=left out; Positive_Review=verbatim; Reviewer_Score=score rating 1-10; Tags=left out; days_since_review=left out; lat=left out",
    );
    check_roles(
        "reviewerID,asin,reviewerName,vote,reviewText,overall,summary,unixReviewTime,reviewTime\nA1,B1,Ann,2,Works as it should,5.0,Good,1393545600,\"02 28, 2014\"\nA2,B1,Bob,,Broke after a week,1.0,Bad buy,1363392000,\"03 16, 2013\"\n",
        "reviewerID=contact_id; asin=left out; reviewerName=contact_name; vote=left out; reviewText=verbatim; overall=score csat 1-5; summary=verbatim; unixReviewTime=left out; reviewTime=received_at",
    );
    check_roles(
        "date_received,product,sub_product,issue,complaint_what_happened,company_public_response,company,state,zip_code,tags,consumer_consent_provided,submitted_via,date_sent_to_company,company_response,timely,consumer_disputed,complaint_id\n2026-07-01,Mortgage,FHA,Trouble during payment process,They lost my payment twice,,ACME BANK,NY,100XX,,Consent provided,Web,2026-07-02,Closed with explanation,Yes,N/A,1\n2026-07-02,Debt collection,Other,Not my debt,I never had this account,,ACME BANK,TX,700XX,,Consent provided,Web,2026-07-03,In progress,Yes,N/A,2\n",
        "date_received=received_at; product=product; sub_product=left out; issue=left out; complaint_what_happened=verbatim; company_public_response=left out; company=account_name; state=left out; zip_code=left out; tags=left out; consumer_consent_provided=left out; submitted_via=channel; date_sent_to_company=left out; company_response=left out; timely=left out; consumer_disputed=left out; complaint_id=id",
    );
    check_roles(
        "Kundennummer,Datum,Zufriedenheit,Kommentar\n100,14.07.2026,4,Die Lieferung kam zu spät\n101,15.07.2026,5,Alles bestens\n",
        "Kundennummer=left out; Datum=received_at; Zufriedenheit=score rating 1-5; Kommentar=verbatim",
    );
    check_roles(
        "Respondent ID,Account No,answered,Comments\n1122334455,1002003004,1784032200,Good\n1122334466,1002003004,1784042200,Bad\n",
        "Respondent ID=id; Account No=account_id; answered=received_at; Comments=verbatim",
    );
    check_roles("code,Comments\n1122334455,Good service\n1122334466,Bad\n", "code=left out; Comments=verbatim");
    check_roles("id,Satisfaction,Comment\n", "id=id; Satisfaction=left out; Comment=verbatim");
}

/// The real sets, where they are at hand: they lie beside the repository and are no part of it.
fn shared() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");
    let folder = std::env::var_os("OUTSPOKEN_SHARED_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    let told = format!("not run: {} is not there (OUTSPOKEN_SHARED_DATA)\n", folder.display());
    std::io::stderr().write_all(told.as_bytes()).unwrap();
    None
}

/// Rows and rejects of a shared file, and what its columns are taken for where they are not left out.
fn check_shared(folder: &Path, name: &str, n_rows: u64, expected: &str) {
    let shape = source::inspect(&InputFile { path: folder.join(name), name: name.to_owned() }).unwrap();
    let mut reader = source::open(&shape, &[0]).unwrap();
    let (mut n_read, mut n_rejects) = (0, 0);
    while let Some(batch) = reader.next_batch(4096).unwrap() {
        n_read += batch.rows.len() as u64;
        n_rejects += batch.rejects.len();
    }
    assert_eq!((n_read, n_rejects), (n_rows, 0), "{name}");
    let found = roles::find(&shape).map_or_else(
        |error| error.to_string().rsplit_once(": ").unwrap().1.to_owned(),
        |found| {
            let kept = found.choices.iter().filter(|choice| choice.role != "left out");
            kept.map(|choice| format!("{}={}", choice.column, choice.role)).collect::<Vec<_>>().join("; ")
        },
    );
    assert_eq!(found, expected, "{name}");
}

#[test]
fn real_files_are_read_whole_and_understood_without_settings() {
    let Some(folder) = shared() else { return };
    let check = |name: &str, n_rows: u64, expected: &str| check_shared(&folder, name, n_rows, expected);
    check(
        "cfpb_complaints/cfpb_2015_2020_full_columns.csv",
        3927,
        "Date received=received_at; Product=product; Consumer complaint narrative=verbatim; Company=account_name; Submitted via=channel; Complaint ID=id",
    );
    check("cfpb_complaints/cfpb_narrative_product_company.csv", 2000, "complaints=verbatim; Product=product; Company=account_name");
    check("airline_tweets/Tweets.csv", 14_640, "tweet_id=id; airline=product; text=verbatim; tweet_created=received_at");
    check(
        "clothing_reviews/womens_clothing_reviews.csv",
        14_071,
        "Title=verbatim; Review Text=verbatim; Rating=score rating 1-5; Department Name=product",
    );
    check(
        "skytrax_lounge_reviews/lounge.csv",
        2264,
        "airline_name=product; title=verbatim; author=contact_name; date=received_at; content=verbatim; date_visit=experience_at; overall_rating=score csat 1-5; comfort_rating=score rating 0-5; cleanliness_rating=score rating 0-5; bar_beverages_rating=score rating 0-5; catering_rating=score rating 0-5; washrooms_rating=score rating 0-5; wifi_connectivity_rating=score rating 0-5; staff_service_rating=score rating 0-5",
    );
    check("banking77/train.csv", 10_003, "text=verbatim");
    check("hotline_labels/labels.jsonl", 330, "id=id; text=verbatim");
    check("absa_semeval/semeval2014_laptops_train_v2.jsonl", 3045, "id=id; text=verbatim");
    check("absa_semeval/semeval2014_restaurants_train_v2.jsonl", 3041, "id=id; text=verbatim");
    check("absa_semeval/semeval2015_laptops_train.jsonl", 1739, "id=id; text=verbatim");
    check("absa_semeval/semeval2015_restaurants_train.jsonl", 1315, "id=id; text=verbatim");
    check("uci_sentiment_sentences/amazon_cells_labelled.txt", 1000, "column_1=verbatim");
    check("uci_sentiment_sentences/imdb_labelled.txt", 990, "column_1=verbatim");
    check("vader_ground_truth/tweets_GroundTruth.txt", 4200, "column_3=verbatim");
    check("vader_ground_truth/amazonReviewSnippets_GroundTruth.txt", 3708, "column_1=id; column_3=verbatim");
    check("vader_ground_truth/tweets_anonDataRatings.txt", 4200, "no column with open text found");
    check("vader_ground_truth/amazonReviewSnippets_anonDataRatings.txt", 3708, "no column with open text found");
    for (language, n_rows) in [("arabic", 324), ("english", 324), ("hindi", 324), ("indonesian", 1260), ("malay", 1005), ("spanish", 324)] {
        check(&format!("multilingual_sentiment/{language}_valid.csv"), n_rows, "text=verbatim");
    }
}

mod properties {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Pieces of which hostile files are made.
    fn piece() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            vec(any::<u8>(), 0..12),
            Just(b"id,text\n".to_vec()),
            Just(b"1,\"a\n".to_vec()),
            Just(b"\"\"\"".to_vec()),
            Just(b"{\"a\":{\"b\":[1,\"x\"]}}\n".to_vec()),
            Just(b"[{\"a\": \"\\ud800\"},".to_vec()),
            Just(b"{\"a\":".to_vec()),
            Just(vec![0xff, 0xfe]),
            Just(vec![0xef, 0xbb, 0xbf]),
            Just(vec![0x1f, 0x8b, 8, 0]),
            Just(vec![0x28, 0xb5, 0x2f, 0xfd]),
            Just(b"PAR1".to_vec()),
            Just(b"PK\x03\x04xl/".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"a\tb\t\tc;;|,\n".to_vec()),
            "[a-zé ,\"\n]{0,20}".prop_map(String::into_bytes),
        ]
    }

    /// A row's values as JSON and as cells.
    fn value() -> impl Strategy<Value = (Value, Option<String>)> {
        prop_oneof![
            Just((Value::Null, None)),
            any::<bool>().prop_map(|b| (Value::from(b), Some(b.to_string()))),
            any::<i64>().prop_map(|n| (Value::from(n), Some(n.to_string()))),
            "[a-z\"\\\\\n{}\\[\\],:é😀]{0,10}".prop_map(|text| (Value::from(text.clone()), (!text.is_empty()).then_some(text))),
            vec(0..9i64, 0..3).prop_map(|list| (Value::from(list.clone()), Some(Value::from(list).to_string()))),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_panic_and_batches_of_any_size_say_the_same(pieces in vec(piece(), 0..14)) {
            let bytes = pieces.concat();
            let folder = tempfile::tempdir().unwrap();
            if let Ok(shape) = source::inspect(&file(folder.path(), "x", &bytes)) {
                let all: Vec<usize> = (0..shape.header.len()).collect();
                let is_read = |max_rows| {
                    let mut reader = source::open(&shape, &all).unwrap();
                    let mut n = 0;
                    while let Some(batch) = reader.next_batch(max_rows).ok()? { n += batch.rows.len() + batch.rejects.len(); }
                    Some(n)
                };
                if is_read(1).is_some() {
                    prop_assert_eq!(read(&shape, 1), read(&shape, 1000));
                    let mut redact = |_: &str, cell: &str, out: &mut String| out.push_str(cell);
                    let spooled = source::spool_stdin(Box::new(Cursor::new(bytes.clone())), folder.path(), &mut redact).unwrap();
                    let spooled = source::inspect(&spooled).unwrap();
                    prop_assert_eq!(read(&spooled, 7), read(&shape, 1000));
                }
                drop(roles::find(&shape));
            }
        }

        #[test]
        fn json_reads_the_same_as_lines_and_as_an_array(rows in vec(vec(value(), 4), 1..8)) {
            let objects: Vec<Value> = rows
                .iter()
                .map(|row| serde_json::json!({"a": row[0].0, "b": {"c": row[1].0, "d": {"e": row[2].0}}, "f": row[3].0}))
                .collect();
            let lines = objects.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
            let array = Value::Array(objects.clone());
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in [("lines", lines), ("array", array.to_string()), ("pretty", serde_json::to_string_pretty(&array).unwrap())] {
                let shape = source::inspect(&file(folder.path(), name, text.as_bytes())).unwrap();
                prop_assert_eq!(shape.header.join(" "), "a b.c b.d.e f");
                let batch = source::open(&shape, &[0, 1, 2, 3]).unwrap().next_batch(100).unwrap().unwrap();
                for (i, row) in rows.iter().enumerate() {
                    let cells: Vec<Option<String>> = batch.columns.iter().map(|column| column.is_valid(i).then(|| column.value(i).to_owned())).collect();
                    let expected: Vec<Option<String>> = row.iter().map(|(_, cell)| cell.clone()).collect();
                    prop_assert_eq!(cells, expected, "{}", name);
                }
            }
        }
    }
}
