//! Which verbatim was the first to say this?
//!
//! Asked once for each verbatim, in the order in which they are written. While they are few enough, every distinct text's hash
//! is in memory ([`InMemory`]). Above the budget the answers are found beforehand ([`Gather`]): hashes go
//! to files by bucket, each bucket is settled by itself, and the answers are read back in order ([`Spilled`]).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use fs_err::File;

use crate::error::{Error, Result};
use crate::identity::{base32, from_base32};

/// Finds the first of equal texts.
pub(super) trait Duplicates {
    /// The id of the first verbatim with this text; none when `id` is the first.
    fn first(&mut self, text: u128, id: &str) -> Result<Option<String>>;
}

/// Memory that a distinct text takes in [`InMemory`]: two hashes in a table that is between half and seven eighths full.
pub(super) const BYTES_IN_MEMORY: usize = 56;

/// Keeps every distinct text's hash in memory.
#[derive(Debug, Default)]
pub(super) struct InMemory(HashMap<u128, u128, RandomState>);

impl Duplicates for InMemory {
    fn first(&mut self, text: u128, id: &str) -> Result<Option<String>> {
        match self.0.entry(text) {
            Entry::Occupied(first) => Ok(Some(base32(*first.get()))),
            Entry::Vacant(slot) => {
                slot.insert(number(id));
                Ok(None)
            }
        }
    }
}

fn number(id: &str) -> u128 {
    from_base32(id).expect("verbatim ids are written by `base32`")
}

const N_BUCKETS: usize = 64;

/// Takes texts and ids in the order of writing, to files.
#[derive(Debug)]
pub(super) struct Gather {
    folder: PathBuf,
    buckets: Vec<BufWriter<File>>,
    n: u64,
}

impl Gather {
    /// Files go to `folder`: hashes only, nothing that a respondent wrote.
    pub(super) fn new(folder: &Path) -> Result<Self> {
        fs_err::create_dir_all(folder).map_err(Error::io("cannot spill the hashes of texts"))?;
        let open = |i| Ok(BufWriter::new(File::create(path(folder, "texts", i)).map_err(Error::io("cannot spill the hashes of texts"))?));
        Ok(Self { folder: folder.to_owned(), buckets: (0..N_BUCKETS).map(open).collect::<Result<_>>()?, n: 0 })
    }

    /// The next verbatim.
    pub(super) fn push(&mut self, text: u128, id: &str) -> Result<()> {
        let bucket = &mut self.buckets[(text >> 122) as usize];
        let mut record = [0; 40];
        record[..16].copy_from_slice(&text.to_le_bytes());
        record[16..32].copy_from_slice(&number(id).to_le_bytes());
        record[32..].copy_from_slice(&self.n.to_le_bytes());
        self.n += 1;
        bucket.write_all(&record).map_err(Error::io("cannot spill the hashes of texts"))
    }

    /// Settles bucket by bucket: what is in memory at a time is a sixty-fourth of the texts.
    pub(super) fn settle(self) -> Result<Spilled> {
        let mut answers = Vec::with_capacity(N_BUCKETS);
        for (i, mut bucket) in self.buckets.into_iter().enumerate() {
            bucket.flush().map_err(Error::io("cannot spill the hashes of texts"))?;
            drop(bucket);
            let texts = path(&self.folder, "texts", i);
            let firsts = path(&self.folder, "firsts", i);
            settle_bucket(&texts, &firsts)?;
            fs_err::remove_file(&texts).map_err(Error::io("cannot clear spilled hashes"))?;
            answers.push(Answers::open(&firsts)?);
        }
        Ok(Spilled { answers, n: 0 })
    }
}

fn settle_bucket(texts: &Path, firsts: &Path) -> Result<()> {
    let mut records = Records::<40>::open(texts)?;
    let mut known: HashMap<u128, u128> = HashMap::new();
    let mut out = BufWriter::new(File::create(firsts).map_err(Error::io("cannot spill the hashes of texts"))?);
    while let Some([text @ .., _, _, _, _, _, _, _, _]) = records.next()? {
        let (text, id) = text.split_at(16);
        let number = |bytes: &[u8]| u128::from_le_bytes(bytes.try_into().expect("a hash has 16 bytes"));
        match known.entry(number(text)) {
            Entry::Vacant(slot) => {
                slot.insert(number(id));
            }
            Entry::Occupied(first) => {
                let order = records.last.get(32..).expect("a record ends with its number");
                out.write_all(order)
                    .and_then(|()| out.write_all(&first.get().to_le_bytes()))
                    .map_err(Error::io("cannot spill the hashes of texts"))?;
            }
        }
    }
    out.flush().map_err(Error::io("cannot spill the hashes of texts"))
}

/// Answers found beforehand, read in the order of writing.
#[derive(Debug)]
pub(super) struct Spilled {
    answers: Vec<Answers>,
    n: u64,
}

impl Duplicates for Spilled {
    fn first(&mut self, text: u128, _id: &str) -> Result<Option<String>> {
        let n = self.n;
        self.n += 1;
        self.answers[(text >> 122) as usize].take(n)
    }
}

/// The answers of one bucket, in order.
#[derive(Debug)]
struct Answers {
    records: Records<24>,
    next: Option<(u64, u128)>,
}

impl Answers {
    fn open(path: &Path) -> Result<Self> {
        let mut answers = Self { records: Records::open(path)?, next: None };
        answers.advance()?;
        Ok(answers)
    }

    fn take(&mut self, n: u64) -> Result<Option<String>> {
        match self.next {
            Some((at, first)) if at == n => {
                self.advance()?;
                Ok(Some(base32(first)))
            }
            _ => Ok(None),
        }
    }

    fn advance(&mut self) -> Result<()> {
        self.next = self.records.next()?.map(|record| {
            let (n, first) = record.split_at(8);
            let n = u64::from_le_bytes(n.try_into().expect("a number has 8 bytes"));
            (n, u128::from_le_bytes(first.try_into().expect("a hash has 16 bytes")))
        });
        Ok(())
    }
}

/// Records of `N` bytes of a file.
#[derive(Debug)]
struct Records<const N: usize> {
    file: BufReader<File>,
    last: [u8; N],
}

impl<const N: usize> Records<N> {
    fn open(path: &Path) -> Result<Self> {
        Ok(Self { file: BufReader::new(File::open(path).map_err(Error::io("cannot read spilled hashes"))?), last: [0; N] })
    }

    fn next(&mut self) -> Result<Option<[u8; N]>> {
        match self.file.read_exact(&mut self.last) {
            Ok(()) => Ok(Some(self.last)),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(Error::Io { doing: "cannot read spilled hashes", source: error }),
        }
    }
}

fn path(folder: &Path, what: &str, bucket: usize) -> PathBuf {
    folder.join(format!("{what}-{bucket:02}.bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn spilled_answers_are_those_of_memory(texts in proptest::collection::vec(0_u128..50, 0..300)) {
            let folder = tempfile::tempdir().unwrap();
            let asked: Vec<(u128, String)> = (0_u128..).zip(&texts).map(|(i, text)| (text << 121 | text, base32(i))).collect();
            let mut gather = Gather::new(folder.path()).unwrap();
            for (text, id) in &asked {
                gather.push(*text, id).unwrap();
            }
            let (mut spilled, mut in_memory) = (gather.settle().unwrap(), InMemory::default());
            for (text, id) in &asked {
                proptest::prop_assert_eq!(spilled.first(*text, id).unwrap(), in_memory.first(*text, id).unwrap());
            }
        }
    }
}
