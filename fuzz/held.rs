//! What must hold of any bytes that are read, whatever they are?
//!
//! No reader panics; batches of any size hold the same rows and rejects; what is spooled reads as the file did.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::PathBuf;

use outspoken::source::{self, InputFile, Shape, roles};

/// Where a file lies for the time of one reading: in memory, where the machine has such a place.
fn place() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = folder.join(format!("outspoken-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for one file");
    folder
}

/// Reads `bytes` as a file and panics if what must hold does not.
pub fn holds(bytes: &[u8]) {
    let folder = place();
    let path = folder.join("x");
    std::fs::write(&path, bytes).expect("a file in memory");
    let Ok(shape) = source::inspect(&InputFile { path, name: "x".to_owned() }) else { return };
    assert!(shape.header.iter().all(|name| !name.is_empty()), "a column has a name");
    drop(roles::find(&shape));
    let (small, large) = (read(&shape, 3), read(&shape, 1000));
    // Damage in the middle of a packed file is an error in both.
    assert_eq!(small.is_some(), large.is_some(), "batches of 3 and of 1,000 end alike");
    assert_eq!(small, large, "batches of 3 and of 1,000");
    let Some(large) = large else { return };
    let mut redact = |_: &str, cell: &str, out: &mut String| out.push_str(cell);
    let spooled = source::spool_stdin(Box::new(Cursor::new(bytes.to_vec())), &folder, &mut redact).expect("what is read is spooled");
    let spooled = source::inspect(&spooled).expect("a spool is read");
    assert_eq!(read(&spooled, 7).expect("a spool is whole"), large, "the spool and the file");
}

/// Every row and reject; none: the file is damaged.
fn read(shape: &Shape, max_rows: usize) -> Option<String> {
    let all: Vec<usize> = (0..shape.header.len()).collect();
    let mut reader = source::open(shape, &all).ok()?;
    let mut rows: Vec<(u64, String)> = Vec::new();
    while let Some(batch) = reader.next_batch(max_rows).ok()? {
        assert!(batch.rows.len() + batch.rejects.len() <= max_rows);
        assert!(batch.columns.iter().all(|column| column.len() == batch.rows.len()), "one cell for each row");
        for (i, (row, line)) in batch.rows.iter().zip(&batch.lines).enumerate() {
            let mut cells = format!("{line}");
            for column in &batch.columns {
                write!(cells, "|{:?}", column.is_valid(i).then(|| column.value(i))).expect("a string takes it");
            }
            rows.push((*row, cells));
        }
        for reject in &batch.rejects {
            rows.push((reject.row, format!("{reject:?}")));
        }
    }
    rows.sort();
    Some(format!("{:?}\n{rows:#?}", shape.header))
}

use arrow_array::Array as _;
