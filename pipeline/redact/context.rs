//! Which words stand before an identifier?

use super::digits::char_before;

/// Reads words backward, folded: ASCII lower case, accents taken off, so that lists of cues are plain.
#[derive(Debug)]
pub(super) struct Backward<'a> {
    text: &'a str,
    end: usize,
    gap_start: usize,
}

/// Between two words of one phrase there is not more than this.
const MAX_GAP_BYTES: usize = 8;

impl<'a> Backward<'a> {
    /// Starts with what ends at `at`.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, end: at, gap_start: at }
    }

    /// The next word to the left; none at the beginning, or when the gap is long, ends a sentence or holds a bracket.
    pub(super) fn next(&mut self) -> Option<Folded> {
        let gap_end = self.end;
        let mut at = self.end;
        loop {
            let c = char_before(self.text, at)?;
            if c.is_alphanumeric() {
                break;
            }
            at -= c.len_utf8();
            if gap_end - at > MAX_GAP_BYTES || matches!(c, '!' | '?' | ';' | '[' | ']' | '$' | '€' | '£' | '@' | '{' | '}') {
                return None;
            }
        }
        self.gap_start = at;
        let end = at;
        while let Some(c) = char_before(self.text, at)
            && c.is_alphanumeric()
            && end - at < 32
        {
            at -= c.len_utf8();
        }
        self.end = at;
        let word = Folded::new(self.text.get(at..end)?);
        // A full stop and a space end the sentence, unless the word is cut short: "acct. no. 12".
        let gap = self.text.get(end..gap_end)?;
        if gap.starts_with('.') && gap.len() > 1 && word.len > 4 {
            return None;
        }
        Some(word)
    }

    /// What stands between the last word and what came before it in the reading.
    pub(super) fn gap(&self, right: usize) -> &'a str {
        self.text.get(self.gap_start..right).unwrap_or_default()
    }

    /// Where the last word starts.
    pub(super) fn start(&self) -> usize {
        self.end
    }

    /// The last word as it is written.
    pub(super) fn written(&self) -> &'a str {
        self.text.get(self.end..self.gap_start).unwrap_or_default()
    }
}

/// A folded word of at most 32 bytes; longer ones are cut, no cue is as long.
#[derive(Debug)]
pub(super) struct Folded {
    bytes: [u8; 32],
    len: usize,
}

impl Folded {
    pub(super) fn new(word: &str) -> Self {
        let mut folded = Self { bytes: [0; 32], len: 0 };
        for c in word.chars() {
            match c {
                c if c.is_ascii() => folded.push(c.to_ascii_lowercase() as u8),
                'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' => folded.push(b'a'),
                'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => folded.push(b'e'),
                'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => folded.push(b'i'),
                'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' => folded.push(b'o'),
                'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => folded.push(b'u'),
                'ñ' | 'Ñ' => folded.push(b'n'),
                'ç' | 'Ç' => folded.push(b'c'),
                'ß' => {
                    folded.push(b's');
                    folded.push(b's');
                }
                _ => folded.push(b'?'),
            }
        }
        folded
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    pub(super) fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
    }
}
