//! Files that cannot be used, and limits.

use outspoken::source;

use super::{file, read};

pub(super) fn refused(name: &str, bytes: &[u8], expected: &str) {
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
