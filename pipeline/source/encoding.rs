//! Which characters do the bytes stand for?
//!
//! The first bytes settle the encoding; then the stream is decoded piece by piece, so that readers see valid UTF-8
//! whatever came in. Stray bytes in UTF-8 (a column pasted from an older system) are read as Windows-1252, and
//! the place of each is kept until the cell that holds it is counted.

use std::collections::VecDeque;
use std::io::{self, Read};

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Encoding;

/// Finds the encoding from the first bytes.
///
/// A byte-order mark decides; else zero bytes in every other place mean UTF-16; else bytes that are not UTF-8 mean
/// Windows-1252, unless more characters of several bytes are whole than broken.
pub(crate) fn guess(head: &[u8]) -> Encoding {
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8Bom,
        [0xff, 0xfe, ..] => return Encoding::Utf16Le,
        [0xfe, 0xff, ..] => return Encoding::Utf16Be,
        _ => {}
    }
    let pairs = head.len().min(4096) / 2;
    let zeros = |odd: usize| head.chunks_exact(2).take(pairs).filter(|pair| pair[odd] == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Latin text in UTF-16 has a zero in nearly every pair; 40 % leaves room for other scripts in the first lines.
    if pairs >= 2 && odd * 10 > pairs * 4 && even * 20 < pairs {
        return Encoding::Utf16Le;
    }
    if pairs >= 2 && even * 10 > pairs * 4 && odd * 20 < pairs {
        return Encoding::Utf16Be;
    }
    let (n_whole, n_broken) = whole_and_broken(head);
    if n_broken > n_whole { Encoding::Windows1252 } else { Encoding::Utf8 }
}

/// Whether the bytes are no text at all: control characters in more than one of a hundred places.
pub(crate) fn is_binary(head: &[u8]) -> bool {
    let head = head.get(..8192).unwrap_or(head);
    let n_control = head.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31)).count();
    n_control * 100 > head.len()
}

fn whole_and_broken(bytes: &[u8]) -> (usize, usize) {
    let (mut n_whole, mut n_broken, mut rest) = (0, 0, bytes);
    loop {
        let (valid, bad) = match std::str::from_utf8(rest) {
            Ok(text) => (text.as_bytes(), None),
            Err(error) => (rest.get(..error.valid_up_to()).unwrap_or_default(), error.error_len()),
        };
        n_whole += valid.iter().filter(|b| **b >= 0xc0).count();
        let Some(n) = bad else { return (n_whole, n_broken) };
        n_broken += n;
        rest = rest.get(valid.len() + n..).unwrap_or_default();
    }
}

/// A stream of text: bytes in, valid UTF-8 out.
pub(crate) struct Text {
    reader: Box<dyn Read + Send>,
    kind: Kind,
    /// Bytes of a character that the last read cut.
    carry: Vec<u8>,
    /// Bytes given so far.
    at: u64,
    ended: bool,
    /// Places, in the bytes given, of characters that were mended; increasing.
    pub(crate) repairs: VecDeque<u64>,
}

enum Kind {
    Utf8 { at_start: bool },
    Other { decoder: Decoder, raw: Vec<u8> },
}

impl Text {
    /// Text of `reader` in `encoding`; a byte-order mark is not part of it.
    pub(crate) fn new(reader: Box<dyn Read + Send>, encoding: Encoding) -> Self {
        let other = |decoder| Kind::Other { decoder, raw: Vec::new() };
        let kind = match encoding {
            Encoding::Utf8 | Encoding::Utf8Bom => Kind::Utf8 { at_start: true },
            Encoding::Utf16Le => other(UTF_16LE.new_decoder_with_bom_removal()),
            Encoding::Utf16Be => other(UTF_16BE.new_decoder_with_bom_removal()),
            Encoding::Windows1252 => other(WINDOWS_1252.new_decoder_without_bom_handling()),
        };
        Self { reader, kind, carry: Vec::new(), at: 0, ended: false, repairs: VecDeque::new() }
    }

    /// Appends about `n_bytes` more bytes of text to `out`; false: the text has ended.
    pub(crate) fn fill(&mut self, out: &mut Vec<u8>, n_bytes: usize) -> io::Result<bool> {
        let start = out.len();
        while !self.ended && out.len() == start {
            match &mut self.kind {
                Kind::Utf8 { .. } => self.fill_utf8(out, n_bytes)?,
                Kind::Other { decoder, raw } => {
                    raw.resize(n_bytes, 0);
                    let n = read_some(&mut self.reader, raw)?;
                    self.ended = n == 0;
                    let room = decoder.max_utf8_buffer_length(n).unwrap_or(n * 4 + 16);
                    out.resize(start + room, 0);
                    let (_, _, n_written, _) = decoder.decode_to_utf8(&raw[..n], &mut out[start..], self.ended);
                    out.truncate(start + n_written);
                }
            }
        }
        self.at += (out.len() - start) as u64;
        Ok(!self.ended || out.len() > start)
    }

    fn fill_utf8(&mut self, out: &mut Vec<u8>, n_bytes: usize) -> io::Result<()> {
        let start = out.len();
        out.append(&mut self.carry);
        let kept = out.len();
        out.resize(kept + n_bytes, 0);
        let n = read_some(&mut self.reader, &mut out[kept..])?;
        out.truncate(kept + n);
        self.ended = n == 0;
        if let Kind::Utf8 { at_start } = &mut self.kind
            && std::mem::take(at_start)
        {
            while !self.ended && out.len() < start + 3 {
                let kept = out.len();
                out.resize(kept + 3, 0);
                let n = read_some(&mut self.reader, &mut out[kept..])?;
                out.truncate(kept + n);
                self.ended = n == 0;
            }
            if out[start..].starts_with(&[0xef, 0xbb, 0xbf]) {
                out.drain(start..start + 3);
            }
        }
        match std::str::from_utf8(&out[start..]) {
            Ok(_) => {}
            Err(error) if error.error_len().is_none() && !self.ended => {
                self.carry = out.split_off(start + error.valid_up_to());
            }
            Err(_) => {
                let bytes = out.split_off(start);
                self.mend(&bytes, out);
            }
        }
        Ok(())
    }

    /// Copies `bytes`, reading those that are not UTF-8 as Windows-1252; an unfinished character at the end is kept back.
    fn mend(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let (start, mut rest) = (out.len(), bytes);
        while let Err(error) = std::str::from_utf8(rest) {
            let (valid, after) = rest.split_at(error.valid_up_to());
            out.extend_from_slice(valid);
            let n = match error.error_len() {
                None if !self.ended => {
                    self.carry = after.to_vec();
                    return;
                }
                length => length.unwrap_or(after.len()),
            };
            self.repairs.push_back(self.at + (out.len() - start) as u64);
            let (stray, next) = after.split_at(n);
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(stray);
            out.extend_from_slice(text.as_bytes());
            rest = next;
        }
        out.extend_from_slice(rest);
    }
}

fn read_some(reader: &mut dyn Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(out) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], step: usize) -> (String, Vec<u64>, Encoding) {
        let encoding = guess(bytes);
        let mut text = Text::new(Box::new(std::io::Cursor::new(bytes.to_vec())), encoding);
        let mut out = Vec::new();
        while text.fill(&mut out, step).unwrap() {}
        (String::from_utf8(out).unwrap(), text.repairs.into(), encoding)
    }

    fn check(bytes: &[u8], expected: &str, encoding: Encoding, repairs: &[u64]) {
        for step in [1, 2, 3, 7, 4096] {
            assert_eq!(read(bytes, step), (expected.to_owned(), repairs.to_vec(), encoding), "step {step}");
        }
    }

    #[test]
    fn encodings_are_found_and_decoded() {
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        check("id,né 😀".as_bytes(), "id,né 😀", Encoding::Utf8, &[]);
        check(b"\xef\xbb\xbfid", "id", Encoding::Utf8Bom, &[]);
        check(b"caf\xe9,\x93ok\x94", "café,“ok”", Encoding::Windows1252, &[]);
        check(&utf16("\u{feff}id,né 😀", u16::to_le_bytes), "id,né 😀", Encoding::Utf16Le, &[]);
        check(&utf16("\u{feff}id,né", u16::to_be_bytes), "id,né", Encoding::Utf16Be, &[]);
        check(&utf16("id,text", u16::to_le_bytes), "id,text", Encoding::Utf16Le, &[]);
        check(&utf16("id,text", u16::to_be_bytes), "id,text", Encoding::Utf16Be, &[]);
        check(b"", "", Encoding::Utf8, &[]);
    }

    #[test]
    fn stray_bytes_in_utf8_are_mended_and_their_places_kept() {
        check(
            "né é \u{e9}".as_bytes().iter().copied().chain(*b"caf\xe9 x").collect::<Vec<_>>().as_slice(),
            "né é écafé x",
            Encoding::Utf8,
            &[12],
        );
        check(b"\xc3\xa9\xc3\xa9 cut \xc3", "éé cut Ã", Encoding::Utf8, &[9]);
    }
}
