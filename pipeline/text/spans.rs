//! At which character is a byte?
//!
//! Inside the program spans are bytes; tables hold Unicode scalar values, which is what every
//! engine's `substring` counts.

/// Turns bytes of one text into characters, in increasing order of bytes.
#[derive(Debug)]
pub struct CharIndex<'a> {
    text: &'a str,
    ascii: bool,
    byte: usize,
    n_chars: i32,
}

impl<'a> CharIndex<'a> {
    /// Starts at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, ascii: text.is_ascii(), byte: 0, n_chars: 0 }
    }

    /// How many characters come before `byte`, which must be a character boundary. Asking in increasing
    /// order costs one walk over the text in all; going back starts again from the beginning.
    pub fn char_at(&mut self, byte: u32) -> i32 {
        let byte = byte as usize;
        if self.ascii {
            return byte as i32;
        }
        if byte < self.byte {
            (self.byte, self.n_chars) = (0, 0);
        }
        let between = self.text.get(self.byte..byte).expect("spans fall on character boundaries");
        self.n_chars += between.chars().count() as i32;
        self.byte = byte;
        self.n_chars
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_before_a_byte() {
        let mut index = CharIndex::new("né ❤x");
        assert_eq!([0, 1, 3, 4, 7, 8].map(|b| index.char_at(b)), [0, 1, 2, 3, 4, 5]);
        assert_eq!(index.char_at(3), 2);
        assert_eq!(CharIndex::new("plain").char_at(3), 3);
    }
}
