//! What was a file like before it was read, and is it so still?

use std::io::Read as _;
use std::path::Path;

use super::{BoundFile, InputRecord, Inputs};
use crate::error::{Error, Result};

/// What a file was like before it was read.
pub(super) struct Stamp {
    pub(super) fingerprint: String,
    modified: Option<std::time::SystemTime>,
    pub(super) record: InputRecord,
}

pub(super) fn stamps(inputs: &Inputs) -> Result<Vec<Stamp>> {
    let stamp = |file: &BoundFile| {
        let fingerprint = fingerprint_of_file(&file.shape.path)?;
        let notes = file.shape.notes.iter().chain(&file.binding.notes).cloned().collect();
        let record = InputRecord {
            name: file.shape.name.clone(),
            source: file.binding.source.name.clone(),
            bytes: file.shape.size_bytes,
            fingerprint: fingerprint.clone(),
            notes,
            ..InputRecord::default()
        };
        Ok(Stamp { fingerprint, modified: modified(&file.shape.path)?, record })
    };
    inputs.files.iter().map(stamp).collect()
}

fn modified(path: &Path) -> Result<Option<std::time::SystemTime>> {
    Ok(fs_err::metadata(path).map_err(Error::io("cannot read the input"))?.modified().ok())
}

/// XXH3 of a file's bytes, as manifests hold it.
pub fn fingerprint_of_file(path: &Path) -> Result<String> {
    let mut file = fs_err::File::open(path).map_err(Error::io("cannot read the input"))?;
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = file.read(&mut buffer).map_err(Error::io("cannot read the input"))?;
        if n == 0 {
            return Ok(crate::identity::base32(hash.digest128()));
        }
        hash.update(buffer.get(..n).unwrap_or_default());
    }
}

/// A file that changed between the passes would give rows that were never decided on.
pub(super) fn unchanged_since(inputs: &Inputs, stamps: &[Stamp]) -> Result<()> {
    for (file, stamp) in inputs.files.iter().zip(stamps) {
        let metadata = fs_err::metadata(&file.shape.path).map_err(Error::io("cannot read the input"))?;
        if metadata.len() != stamp.record.bytes || metadata.modified().ok() != stamp.modified {
            return Err(Error::Input {
                path: file.shape.path.clone(),
                what: "the file changed while it was read".to_owned(),
                found: None,
                hint: Some("run again when it is complete".to_owned()),
            });
        }
    }
    Ok(())
}
