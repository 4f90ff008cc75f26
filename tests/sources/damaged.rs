//! Files that were damaged on their way: an error or rows, never a panic.

use outspoken::source;

use super::{file, parquet_file_packed};

/// Reads `bytes`, whatever they are; whether they could be read to their end.
fn survives(folder: &std::path::Path, name: &str, bytes: &[u8]) -> bool {
    let Ok(shape) = source::inspect(&file(folder, name, bytes)) else { return false };
    let columns: Vec<usize> = (0..shape.header.len()).collect();
    let Ok(mut reader) = source::open(&shape, &columns) else { return false };
    loop {
        match reader.next_batch(1000) {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// Every byte in turn, one of four damages each; then lengths beyond the mark that names the format.
fn check(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    assert!(survives(folder.path(), name, bytes), "{name} as it was");
    let mut damaged = bytes.to_vec();
    let mut n_refused = 0;
    for (i, before) in bytes.iter().enumerate() {
        damaged[i] = [0, 0xff, before ^ 0x80, before.wrapping_add(1)][i % 4];
        n_refused += usize::from(!survives(folder.path(), name, &damaged));
        damaged[i] = *before;
    }
    assert!(n_refused > bytes.len() / 16, "{name}: only {n_refused} damages were seen, so little was tried");
    for len in (4..bytes.len()).step_by(17) {
        assert!(!survives(folder.path(), name, &bytes[..len]), "{name} cut to {len} bytes");
    }
}

#[test]
fn parquet_files() {
    check("a.parquet", &parquet_file_packed(parquet::basic::Compression::UNCOMPRESSED));
}

#[test]
fn what_is_wrong_with_a_parquet_file_comes_with_a_hint() {
    let mut bytes = parquet_file_packed(parquet::basic::Compression::UNCOMPRESSED);
    let end = bytes.len() - 8;
    bytes[end - 40..end].fill(0xff);
    let folder = tempfile::tempdir().unwrap();
    let error = source::inspect(&file(folder.path(), "a.parquet", &bytes)).unwrap_err();
    assert!(error.to_string().contains("a.parquet"), "{error}");
    assert!(error.found().is_some() && error.hint().is_some_and(|hint| hint.contains("again")), "{error:?}");
}

#[test]
fn spreadsheets() {
    check("a.xlsx", include_bytes!("sheet.xlsx"));
}
