//! Which bytes does a file hold once it is unpacked?
//!
//! Any stream comes in; gzip and zstd are found by their first bytes, never by a file's name, and unpacked while
//! reading. A stream that unpacks to more than a thousand times its size ends with an error
//! instead of filling memory or disk. What the bytes mean is left to the formats.

use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Compression;
use crate::error::Error;

/// Unpacked bytes below which the ratio is not looked at: a short run of zeros is no attack.
const FREE_BYTES: u64 = 100 << 20;
/// Unpacked bytes for each packed byte. Real tables reach about 50 (deflate's own limit is 1,032), so 1,000 refuses only made-up files.
const MAX_RATIO: u64 = 1000;

/// An unpacked stream.
pub(crate) struct Unpacked {
    /// The bytes.
    pub(crate) reader: Box<dyn Read + Send>,
    /// How they were packed.
    pub(crate) compression: Compression,
    /// Packed bytes taken so far.
    pub(crate) taken: Arc<AtomicU64>,
}

/// Unpacks `raw`, if its first bytes say that it is packed.
pub(crate) fn unpack(raw: Box<dyn Read + Send>) -> io::Result<Unpacked> {
    let taken = Arc::new(AtomicU64::new(0));
    let mut raw = Counted { inner: raw, taken: Arc::clone(&taken) };
    let head = read_up_to(&mut raw, 4)?;
    let chained = Cursor::new(head.clone()).chain(raw);
    let bounded = |inner: Box<dyn Read + Send>| Box::new(Bounded { inner, given: 0, taken: Arc::clone(&taken) });
    let (reader, compression): (Box<dyn Read + Send>, _) = match head.as_slice() {
        [0x1f, 0x8b, ..] => (bounded(Box::new(flate2::read::MultiGzDecoder::new(io::BufReader::new(chained)))), Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd] => (bounded(Box::new(zstd::stream::read::Decoder::new(chained)?)), Compression::Zstd),
        _ => (Box::new(chained), Compression::None),
    };
    Ok(Unpacked { reader, compression, taken })
}

/// Reads until `n` bytes are there or the stream ends.
pub(crate) fn read_up_to(reader: &mut dyn Read, n: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(n as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// For `map_err` on reads of `path`: the limit and damaged packing are told as what they are.
pub(crate) fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |error| {
        if error.get_ref().is_some_and(|inner| inner.is::<Bomb>()) {
            return Error::Limit {
                what: format!("what {} unpacks to", path.display()),
                limit: format!("{MAX_RATIO} times its size"),
                hint: Some("if the file is genuine, unpack it first".to_owned()),
            };
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => {
                Error::Input {
                    path,
                    what: "its compressed data is damaged or cut short".to_owned(),
                    found: Some(error.kind().to_string()),
                    hint: Some("fetch the file again".to_owned()),
                }
            }
            _ => Error::Io { doing: "cannot read the input", source: error },
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("unpacks to more than {MAX_RATIO} times its size")]
struct Bomb;

struct Counted {
    inner: Box<dyn Read + Send>,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.taken.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

struct Bounded {
    inner: Box<dyn Read + Send>,
    given: u64,
    taken: Arc<AtomicU64>,
}

impl Read for Bounded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.given += n as u64;
        if self.given > FREE_BYTES && self.given / MAX_RATIO > self.taken.load(Ordering::Relaxed) {
            return Err(io::Error::other(Bomb));
        }
        Ok(n)
    }
}
