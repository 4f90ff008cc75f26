//! Packed files, and what is in them: by content, damaged, hostile.

use std::io::Read as _;

use outspoken::Error;
use outspoken::source;

use super::{PARQUET_ROWS, SHEET_ROWS, check, file, gzip, parquet_file, read};

#[test]
fn packed_files_are_found_by_content() {
    let text = b"id,text\n1,a\n2,b\n";
    let rows = ["id|text", "1:2 1|a", "2:3 2|b"];
    check("wrong_name.csv", &gzip(text), "gzip", &rows);
    check("two_members.gz", &[gzip(b"id,text\n1,a\n"), gzip(b"2,b\n")].concat(), "gzip", &rows);
    check("a.zst", &zstd::encode_all(text.as_slice(), 1).unwrap(), "zstd", &rows);
    check("a.jsonl.gz", &gzip(b"{\"id\":1}\n"), "gzip", &["id", "1:1 1"]);
    check("parquet.gz", &gzip(&parquet_file()), "gzip; column list is nested: left out", &PARQUET_ROWS);
    check("sheet.gz", &gzip(include_bytes!("sheet.xlsx")), "gzip; sheet Answers of 2; 1 line before the header", &SHEET_ROWS);
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

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Each format as it is and packed either way, under a name that says something else: the same rows.
#[test]
fn every_format_is_read_packed_or_not_whatever_its_name() {
    let utf16 = |text: &str| "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let rows = "id,text\n1,a\n2,b\n";
    let formats: [(&str, Vec<u8>); 9] = [
        ("CSV", rows.into()),
        ("CSV", rows.replace(',', "\t").into()),
        ("CSV", rows.replace(',', ";").replace('\n', "\r\n").into()),
        ("CSV", utf16(rows)),
        ("JSON Lines", "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}\n".into()),
        ("JSON array", "[{\"id\":1,\"text\":\"a\"},{\"id\":2,\"text\":\"b\"}]".into()),
        ("JSON array", utf16("[{\"id\":1,\"text\":\"a\"},\n{\"id\":2,\"text\":\"b\"}]")),
        ("Parquet", parquet_file()),
        ("xlsx", include_bytes!("sheet.xlsx").to_vec()),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (i, (format, bytes)) in formats.iter().enumerate() {
        let shape_of = |packed: &[u8], name: &str| source::inspect(&file(folder.path(), name, packed)).unwrap();
        let plain = shape_of(bytes, "plain.bin");
        assert_eq!(plain.format.as_str(), *format);
        let expected = read(&plain, 100);
        assert!(expected.lines().count() >= 3, "{expected}");
        for (name, packed) in
            [("rows.csv", gzip(bytes)), ("rows.parquet", zstd(bytes)), ("rows.gz", zstd(bytes)), ("rows.zst", gzip(bytes))]
        {
            let shape = shape_of(&packed, name);
            assert_eq!(shape.format.as_str(), *format, "{i} as {name}");
            assert_eq!(read(&shape, 1), expected, "{i} as {name}");
        }
    }
}

/// A bomb ends with the stated limit whatever is in it, long before it is unpacked.
#[test]
fn bombs_stop_early() {
    let folder = tempfile::tempdir().unwrap();
    let head = b"id,text\n1,a\n";
    let mut zeros = Vec::new();
    let mut encoder = flate2::write::GzEncoder::new(&mut zeros, flate2::Compression::best());
    std::io::copy(&mut std::io::repeat(b'x').take(300 << 20), &mut encoder).unwrap();
    encoder.finish().unwrap();
    // Deflate reaches 1,032 at most: gzip in gzip is what makes such a bomb dangerous, and is not unpacked twice.
    let twice = gzip(&zeros);
    let error = source::inspect(&file(folder.path(), "twice.csv.gz", &twice)).unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error}");
    let long = zstd::encode_all(std::io::repeat(b'x').take(2 << 30), 1).unwrap();
    for (name, bytes) in [("rows", [zstd(head), long.clone()].concat()), ("json", [zstd(b"{\"a\":1}\n{\"a\":\""), long].concat())] {
        let started = std::time::Instant::now();
        let error = match source::inspect(&file(folder.path(), name, &bytes)) {
            Err(error) => error,
            Ok(shape) => {
                let mut reader = source::open(&shape, &[0]).unwrap();
                loop {
                    match reader.next_batch(1000) {
                        Ok(batch) => assert!(batch.is_some(), "{name}: a bomb was read to its end"),
                        Err(error) => break error,
                    }
                }
            }
        };
        assert!(error.to_string().contains("is over the limit of 1000 times its size"), "{name}: {error}");
        assert!(error.hint().unwrap().contains("unpack it first"));
        assert!(started.elapsed().as_secs() < 30, "{name}");
    }
}
