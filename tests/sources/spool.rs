//! Standard input, spooled.

use std::io::Cursor;

use outspoken::source;

use super::{file, gzip, parquet_file, read};

/// Spools `bytes` and holds what is then read against the same bytes read as a file, with every `secret` gone.
fn check_spool(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let direct = source::inspect(&file(folder.path(), name, bytes)).unwrap();
    let mut redact = |_: &str, cell: &str, out: &mut String| {
        out.push_str(&cell.replace("secret", "[gone]"));
        cell.matches("secret").count() as u32
    };
    let spooled = source::spool(Box::new(Cursor::new(bytes.to_vec())), "-", &folder.path().join("spool.jsonl"), &mut redact).unwrap();
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
    check_spool("a.xlsx", include_bytes!("sheet.xlsx"));
    let folder = tempfile::tempdir().unwrap();
    let mut redact = |_: &str, cell: &str, out: &mut String| {
        out.push_str(cell);
        0
    };
    assert!(source::spool(Box::new(Cursor::new(Vec::new())), "-", &folder.path().join("spool.jsonl"), &mut redact).is_err());
}

#[test]
fn what_was_replaced_before_is_counted_by_row_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = b"id,text,more\n1,my secret secret,x\n,,\n2,open,a secret\n3,\"torn secret\n".to_vec();
    let mut redact = |_: &str, cell: &str, out: &mut String| {
        out.push_str(&cell.replace("secret", "[gone]"));
        cell.matches("secret").count() as u32
    };
    let spooled = source::spool(Box::new(Cursor::new(bytes)), "-", &folder.path().join("spool.jsonl"), &mut redact).unwrap();
    let shape = source::inspect(&spooled).unwrap();
    // The columns in another order, and not all of them.
    let mut reader = source::open(&shape, &[2, 1]).unwrap();
    let mut found = Vec::new();
    while let Some(batch) = reader.next_batch(100).unwrap() {
        found.extend(batch.redacted.iter().map(|((row, column), n)| (batch.rows[*row], *column, *n)));
    }
    assert_eq!(found, [(1, 1, 2), (3, 0, 1)]);
}
