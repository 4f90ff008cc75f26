//! Parquet and spreadsheets.

use outspoken::source;

use super::{PARQUET_ROWS, SHEET_ROWS, check, file, parquet_file, parquet_file_packed};

#[test]
fn parquet() {
    use parquet::basic::{Compression, GzipLevel, ZstdLevel};
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ] {
        check("a.parquet", &parquet_file_packed(compression), "column list is nested: left out", &PARQUET_ROWS);
    }
}

/// `sheet.xlsx` was written by hand: a cover sheet without cells, and one with a title, a header in row 2, dates with and
/// without time, and row 5 left out.
#[test]
fn spreadsheets() {
    check("a.xlsx", include_bytes!("sheet.xlsx"), "sheet Answers of 2; 1 line before the header", &SHEET_ROWS);
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

/// Two rows, packed with Brotli by another program.
#[test]
fn packing_that_cannot_be_read_is_named() {
    super::limits::refused(
        "a.parquet",
        include_bytes!("brotli.parquet"),
        "its packing cannot be read | Brotli, in column id | write it with snappy",
    );
}
