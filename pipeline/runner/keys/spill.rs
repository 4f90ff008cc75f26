//! Where do keys go when there are too many to keep?

use std::io::{BufReader, BufWriter, Read as _};
use std::path::PathBuf;

use fs_err as fs;

use super::{Entry, EntryKind, bucket_of};
use crate::error::{Error, Result};
use crate::month::Month;

/// A key on disk.
const ENTRY_BYTES: usize = 53;

/// Buckets on disk: hashes and row numbers only, nothing that a respondent wrote.
#[derive(Debug)]
pub(super) struct Spill {
    pub(super) folder: PathBuf,
    pub(super) is_used: bool,
}

impl Spill {
    fn path(&self, bucket: usize) -> PathBuf {
        self.folder.join(format!("keys-{bucket:02}.bin"))
    }

    /// Appends the entries to the files of their buckets, and leaves none.
    pub(super) fn write(&mut self, entries: &mut Vec<Entry>) -> Result<()> {
        use std::io::Write as _;
        fs::create_dir_all(&self.folder).map_err(Error::io("cannot spill keys"))?;
        entries.sort_unstable_by_key(bucket_of);
        for of_bucket in entries.chunk_by(|a, b| bucket_of(a) == bucket_of(b)) {
            let path = self.path(bucket_of(&of_bucket[0]));
            let file = fs::OpenOptions::new().create(true).append(true).open(path).map_err(Error::io("cannot spill keys"))?;
            let mut file = BufWriter::with_capacity(1 << 18, file);
            for entry in of_bucket {
                file.write_all(&record_of(entry)).map_err(Error::io("cannot spill keys"))?;
            }
            file.flush().map_err(Error::io("cannot spill keys"))?;
        }
        entries.clear();
        self.is_used = true;
        Ok(())
    }

    /// Adds what was written of a bucket.
    pub(super) fn read(&self, bucket: usize, entries: &mut Vec<Entry>) -> Result<()> {
        let file = match fs::File::open(self.path(bucket)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Error::Io { doing: "cannot read spilled keys", source: error }),
        };
        let mut file = BufReader::with_capacity(1 << 20, file);
        let mut record = [0_u8; ENTRY_BYTES];
        loop {
            match file.read_exact(&mut record) {
                Ok(()) => entries.push(entry_of(&record)),
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
                Err(error) => return Err(Error::Io { doing: "cannot read spilled keys", source: error }),
            }
        }
    }
}

fn record_of(entry: &Entry) -> [u8; ENTRY_BYTES] {
    let mut record = [0; ENTRY_BYTES];
    record[..16].copy_from_slice(&entry.base.to_le_bytes());
    record[16..32].copy_from_slice(&entry.content.to_le_bytes());
    record[32..40].copy_from_slice(&entry.row.to_le_bytes());
    record[40..44].copy_from_slice(&entry.month.days().to_le_bytes());
    record[44..48].copy_from_slice(&entry.place.to_le_bytes());
    record[48..52].copy_from_slice(&entry.k.to_le_bytes());
    record[52] = entry.kind as u8;
    record
}

fn entry_of(record: &[u8; ENTRY_BYTES]) -> Entry {
    let number = |at: usize, n: usize| record[at..at + n].iter().rev().fold(0_u128, |value, byte| value << 8 | u128::from(*byte));
    Entry {
        base: number(0, 16),
        content: number(16, 16),
        row: number(32, 8) as u64,
        month: Month::from_days(number(40, 4) as u32 as i32),
        place: number(44, 4) as u32,
        k: number(48, 4) as u32,
        kind: match record[52] {
            0 => EntryKind::Published,
            1 => EntryKind::WithId,
            _ => EntryKind::WithoutId,
        },
    }
}
