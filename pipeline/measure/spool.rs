//! Where do facts wait that may be too many for memory?
//!
//! A spool is written once, from front to end, and then read from the start as often as asked. Above its limit it lies
//! in a file, which whoever gave the folder clears away.

use std::io::{BufReader, BufWriter, Read, Write as _};
use std::path::PathBuf;

use fs_err::{self as fs, File};

use super::Room;
use crate::error::{Error, Result};

/// Bytes in memory or, above a limit, in a file.
#[derive(Debug)]
pub(super) struct Spool {
    path: PathBuf,
    limit: usize,
    memory: Vec<u8>,
    file: Option<BufWriter<File>>,
    n_bytes: u64,
}

impl Spool {
    /// An empty one; `name` is that of its file, should it need one.
    pub(super) fn new(room: Room<'_>, name: &str, limit: usize) -> Self {
        Self { path: room.folder.join(name), limit, memory: Vec::new(), file: None, n_bytes: 0 }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.n_bytes += bytes.len() as u64;
        if let Some(file) = &mut self.file {
            return file.write_all(bytes).map_err(Error::io("cannot spill what figures are made of"));
        }
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > self.limit { self.move_to_file() } else { Ok(()) }
    }

    fn move_to_file(&mut self) -> Result<()> {
        let fail = || Error::io("cannot spill what figures are made of");
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(fail())?;
        }
        let mut file = BufWriter::new(File::create(&self.path).map_err(fail())?);
        file.write_all(&self.memory).map_err(fail())?;
        self.memory = Vec::new();
        self.file = Some(file);
        Ok(())
    }

    /// Ends the writing.
    pub(super) fn seal(&mut self) -> Result<()> {
        match &mut self.file {
            Some(file) => file.flush().map_err(Error::io("cannot spill what figures are made of")),
            None => Ok(()),
        }
    }

    /// All that was written, from the start.
    pub(super) fn read(&self) -> Result<Spooled<'_>> {
        let bytes = match &self.file {
            Some(_) => {
                let file = File::open(&self.path).map_err(Error::io("cannot read what was spilled"))?;
                Bytes::File(BufReader::with_capacity(1 << 16, file))
            }
            None => Bytes::Memory(&self.memory),
        };
        Ok(Spooled { bytes, left: self.n_bytes })
    }

    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Frees the memory or the disk that it takes.
    pub(super) fn remove(self) -> Result<()> {
        match self.file {
            Some(_) => fs::remove_file(&self.path).map_err(Error::io("cannot clear what was spilled")),
            None => Ok(()),
        }
    }
}

/// A spool as it is read: numbers, little-endian.
pub(super) struct Spooled<'s> {
    bytes: Bytes<'s>,
    left: u64,
}

enum Bytes<'s> {
    Memory(&'s [u8]),
    File(BufReader<File>),
}

impl Spooled<'_> {
    /// Whether all was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.left == 0
    }

    #[inline]
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.left -= N as u64;
        match &mut self.bytes {
            Bytes::Memory(memory) => {
                let (bytes, rest) = memory.split_first_chunk().expect("what is left was counted");
                *memory = rest;
                Ok(*bytes)
            }
            Bytes::File(file) => {
                let mut bytes = [0; N];
                file.read_exact(&mut bytes).map_err(Error::io("cannot read what was spilled"))?;
                Ok(bytes)
            }
        }
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        Ok(self.take::<1>()?[0])
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.take()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_wherever_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        for limit in [0, 7, 1000] {
            let mut spool = Spool::new(Room { folder: &folder.path().join("spill"), budget_bytes: 0 }, "a", limit);
            (0_u32..20).for_each(|n| spool.write(&n.to_le_bytes()).unwrap());
            spool.seal().unwrap();
            for _ in 0..2 {
                let mut read = spool.read().unwrap();
                let found: Vec<u32> = std::iter::from_fn(|| (!read.is_at_end()).then(|| read.u32().unwrap())).collect();
                assert_eq!(found, (0..20).collect::<Vec<u32>>(), "{limit}");
            }
            spool.remove().unwrap();
        }
        assert_eq!(fs::read_dir(folder.path().join("spill")).unwrap().count(), 0);
    }
}
