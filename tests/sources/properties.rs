//! What must hold of any bytes.

use std::io::Cursor;

use arrow_array::Array as _;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use outspoken::source::{self, roles};

use super::{file, read};

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
                let mut redact = |_: &str, cell: &str, out: &mut String| {
                    out.push_str(cell);
                    0
                };
                let spooled = source::spool(Box::new(Cursor::new(bytes.clone())), "-", &folder.path().join("spool.jsonl"), &mut redact).unwrap();
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
