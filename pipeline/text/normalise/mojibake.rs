//! Which characters were UTF-8 read as Windows-1252?
//!
//! "é" read so is "Ã©". A sequence is turned back only when its bytes are one whole UTF-8 character of a kind
//! that feedback has, and when the sequence is not how people write: `CAFÉ™` and `MENÜ“` stay as they are.

/// The character that Windows-1252 has at `byte`; the five bytes that it leaves open are C1 controls, as browsers read them.
pub(super) fn of_windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte) - 0x80],
        _ => char::from(byte),
    }
}

/// Bytes 0x80 to 0x9f.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The byte of a character that is not ASCII.
fn byte_of(c: char) -> Option<u8> {
    match c {
        '\u{a0}'..='\u{ff}' => Some(c as u8),
        '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}' => Some(c as u8),
        '\u{152}'..='\u{2122}' => HIGH.iter().position(|h| *h == c).map(|i| i as u8 + 0x80),
        _ => None,
    }
}

/// How many characters a sequence has that begins with `c`: 0 when none does.
pub(super) fn n_chars(c: char) -> usize {
    match c {
        '\u{c2}'..='\u{c5}' | '\u{ce}'..='\u{d1}' | '\u{d7}'..='\u{d9}' => 2,
        '\u{e0}' | '\u{e2}'..='\u{e9}' | '\u{ef}' => 3,
        '\u{f0}' => 4,
        _ => 0,
    }
}

/// The longest sequence.
pub(super) const MAX_CHARS: usize = 4;

/// Whether a sequence can end with `c`.
pub(super) fn can_end(c: char) -> bool {
    byte_of(c).is_some_and(|byte| (0x80..0xc0).contains(&byte))
}

/// The character that `sequence` was before; `before` is what stands to its left.
pub(super) fn repair(before: Option<char>, sequence: &[char]) -> Option<char> {
    let mut bytes = [0_u8; MAX_CHARS];
    for (byte, c) in bytes.iter_mut().zip(sequence) {
        *byte = byte_of(*c)?;
    }
    let c = std::str::from_utf8(bytes.get(..sequence.len())?).ok()?.chars().next()?;
    let closes = |c: &char| matches!(c, '”' | '’' | '“' | '…' | '»' | '›' | '™' | '®' | '\u{a0}');
    let plausible = match c as u32 {
        // Latin, Greek, Cyrillic, Hebrew, Arabic; not combining marks, which would join with what stands before.
        0xa0..=0x17f | 0x391..=0x3ce | 0x400..=0x482 | 0x48a..=0x4ff | 0x5d0..=0x5ea | 0x60c..=0x60f | 0x61b..=0x64a | 0x660..=0x6ff => {
            !(sequence.get(1).is_some_and(closes) && before.is_some_and(char::is_uppercase))
        }
        // Devanagari, punctuation and symbols; the signs for kelvin, ohm and ångström are letters in normal form.
        0x900..=0x97f | 0x2010..=0x2125 | 0x2127..=0x2129 | 0x212c..=0x27bf | 0xfe0f | 0xfeff | 0x1f000..=0x1faff => true,
        // Kana, Han and Hangul begin like "é", so what may be a closed quotation, "café…”", is not theirs.
        0x3040..=0x30ff | 0x4e00..=0x9fff => !sequence.iter().skip(1).any(closes),
        _ => false,
    };
    (plausible && !unicode_normalization::char::is_combining_mark(c) || c == '\u{fe0f}').then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, sequence: &str, expected: Option<char>) {
        let sequence: Vec<char> = sequence.chars().collect();
        assert_eq!(repair(before.chars().last(), &sequence), expected, "{before}{sequence:?}");
    }

    #[test]
    fn only_whole_sequences_that_nobody_writes_are_repaired() {
        check("caf", "Ã©", Some('é'));
        check("don", "â€™", Some('’'));
        check("", "â€\u{9d}", Some('”'));
        check("", "ðŸ˜€", Some('😀'));
        check("", "Â\u{a0}", Some('\u{a0}'));
        check("CAF", "É™", None);
        check("MEN", "Ü“", None);
        check("MANH", "Ã”", None);
        check("caf", "é»”", None);
        check("", "Ãé", None);
    }

    #[test]
    fn windows_1252_is_its_own_inverse() {
        for byte in 0x80..=0xff_u8 {
            assert_eq!(byte_of(of_windows_1252(byte)), Some(byte));
        }
    }
}
