//! Where does one row of a JSON text end?
//!
//! Lines, or objects in an array or one after another: found by brackets outside of strings, without building anything.

use memchr::{memchr, memchr_iter};

use super::Layout;
use crate::source::ROW_BYTES;
use crate::source::csv::raw_text;
use crate::source::encoding::Text;

const CHUNK_BYTES: usize = 256 << 10;

/// What was found from a place on.
pub(super) enum Found {
    Object { start: usize, end: usize },
    Broken { start: usize, end: usize },
    TooLarge { raw: String },
}

/// Finds the bytes of one row after another.
pub(super) struct Objects {
    text: Text,
    layout: Layout,
    pub(super) buffer: Vec<u8>,
    at: usize,
    buffer_at: u64,
    ended: bool,
    line: u64,
    /// Line on which the last row starts.
    pub(super) object_line: u64,
}

impl Objects {
    pub(super) fn new(text: Text, layout: Layout) -> Self {
        Self { text, layout, buffer: Vec::new(), at: 0, buffer_at: 0, ended: false, line: 1, object_line: 1 }
    }

    pub(super) fn next(&mut self) -> std::io::Result<Option<Found>> {
        match self.layout {
            Layout::Lines => self.next_line(),
            Layout::Objects => self.next_object(),
        }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.drain(..self.at);
        self.buffer_at += self.at as u64;
        self.at = 0;
        let n_bytes = CHUNK_BYTES.max(self.buffer.len());
        self.ended = !self.text.fill(&mut self.buffer, n_bytes)?;
        Ok(())
    }

    fn next_line(&mut self) -> std::io::Result<Option<Found>> {
        let mut looked = 0;
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(found) = memchr(b'\n', &rest[looked..]) {
                let (start, end) = (self.at, self.at + looked + found);
                looked = 0;
                self.object_line = self.line;
                self.line += 1;
                self.at = end + 1;
                if end - start > ROW_BYTES {
                    return Ok(Some(Found::TooLarge { raw: raw_text(&self.buffer[start..end]) }));
                }
                if !self.buffer[start..end].trim_ascii().is_empty() {
                    return Ok(Some(Found::Object { start, end }));
                }
            } else if self.ended {
                let (start, end) = (self.at, self.buffer.len());
                self.at = end;
                self.object_line = self.line;
                if end - start > ROW_BYTES {
                    return Ok(Some(Found::TooLarge { raw: raw_text(&self.buffer[start..end]) }));
                }
                let is_blank = self.buffer[start..end].trim_ascii().is_empty();
                return Ok((!is_blank).then_some(Found::Object { start, end }));
            } else if rest.len() > ROW_BYTES {
                return self.skip_line().map(Some);
            } else {
                looked = rest.len();
                self.fill()?;
            }
        }
    }

    fn skip_line(&mut self) -> std::io::Result<Found> {
        let raw = raw_text(&self.buffer[self.at..]);
        self.object_line = self.line;
        loop {
            if let Some(newline) = memchr(b'\n', &self.buffer[self.at..]) {
                self.at += newline + 1;
                self.line += 1;
                return Ok(Found::TooLarge { raw });
            }
            self.at = self.buffer.len();
            if self.ended {
                return Ok(Found::TooLarge { raw });
            }
            self.fill()?;
        }
    }

    /// The next object of an array or of a stream; what lies between objects (brackets, commas, white space) is passed over.
    fn next_object(&mut self) -> std::io::Result<Option<Found>> {
        loop {
            let rest = &self.buffer[self.at..];
            let between = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']')).count();
            self.pass(self.at + between);
            if self.at < self.buffer.len() {
                break;
            }
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
        self.object_line = self.line;
        if self.buffer[self.at] != b'{' {
            return self.broken().map(Some);
        }
        let (mut scan, mut looked) = (Scan::default(), 0);
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(end) = scan.object_end(rest, &mut looked) {
                let start = self.at;
                self.pass(start + end);
                let is_large = end > ROW_BYTES;
                let raw = || raw_text(&self.buffer[start..start + end]);
                return Ok(Some(if is_large { Found::TooLarge { raw: raw() } } else { Found::Object { start, end: start + end } }));
            }
            if self.ended {
                let (start, end) = (self.at, self.buffer.len());
                self.pass(end);
                return Ok(Some(Found::Broken { start, end }));
            }
            if rest.len() > ROW_BYTES {
                return self.skip_object(scan).map(Some);
            }
            self.fill()?;
        }
    }

    fn skip_object(&mut self, mut scan: Scan) -> std::io::Result<Found> {
        let raw = raw_text(&self.buffer[self.at..]);
        self.pass(self.buffer.len());
        loop {
            if self.ended {
                return Ok(Found::TooLarge { raw });
            }
            self.fill()?;
            let mut looked = 0;
            match scan.object_end(&self.buffer[self.at..], &mut looked) {
                Some(end) => {
                    self.pass(self.at + end);
                    return Ok(Found::TooLarge { raw });
                }
                None => self.pass(self.buffer.len()),
            }
        }
    }

    /// Something that is no object: it ends at the next comma, bracket or line end.
    fn broken(&mut self) -> std::io::Result<Found> {
        loop {
            let rest = &self.buffer[self.at..];
            let length = rest.iter().skip(1).position(|b| matches!(b, b'{' | b']' | b'\n'));
            let is_over = length.is_none() && (self.ended || rest.len() > ROW_BYTES);
            if length.is_some() || is_over {
                let (start, end) = (self.at, length.map_or(self.buffer.len(), |n| self.at + 1 + n));
                self.pass(end);
                return Ok(Found::Broken { start, end });
            }
            self.fill()?;
        }
    }

    fn pass(&mut self, end: usize) {
        self.line += memchr_iter(b'\n', &self.buffer[self.at..end]).count() as u64;
        self.at = end;
    }

    /// Whether the row up to `end` holds a mended character; its cells are not told apart.
    pub(super) fn n_repaired(&mut self, end: usize) -> u64 {
        let end = self.buffer_at + end as u64;
        let mut n = 0;
        while self.text.repairs.front().is_some_and(|place| *place < end) {
            self.text.repairs.pop_front();
            n = 1;
        }
        n
    }
}

/// Follows brackets and strings.
#[derive(Default)]
pub(super) struct Scan {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl Scan {
    /// Takes one byte; true: the object ends with it.
    pub(super) fn step(&mut self, byte: u8) -> bool {
        if self.is_escaped {
            self.is_escaped = false;
        } else if self.in_string {
            self.is_escaped = byte == b'\\';
            self.in_string = byte != b'"';
        } else {
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    return self.depth == 0;
                }
                _ => {}
            }
        }
        false
    }

    /// One past the object's end in `bytes`, of which `looked` were seen already.
    fn object_end(&mut self, bytes: &[u8], looked: &mut usize) -> Option<usize> {
        let mut at = *looked;
        while at < bytes.len() {
            if self.in_string && !self.is_escaped {
                match memchr::memchr2(b'"', b'\\', &bytes[at..]) {
                    Some(found) => at += found,
                    None => break,
                }
            }
            if self.step(bytes[at]) {
                return Some(at + 1);
            }
            at += 1;
        }
        *looked = bytes.len();
        None
    }
}
