//! What are the words and clauses of a verbatim?
//!
//! A verbatim is cut into words once ([`Tokens::cut`]). Each distinct word, folded, has one
//! [`WordId`] in the [`WordTable`] of its worker; stages keep what they know of a word in an array by
//! that id, filled the first time that a word is seen, so that no stage scans the text or hashes a
//! word again. Clauses are the unit of sentiment, themes and assertion. Positions inside are bytes
//! of the normalised, redacted text; tables hold Unicode scalar values ([`CharIndex`]).

mod blocks;
mod clauses;
mod marks;
mod meaningful;
mod normalise;
mod spans;
mod table;
mod words;

pub(crate) use marks::Gap;
pub use meaningful::is_meaningful;
pub use normalise::{Repairs, normalise};
pub use spans::CharIndex;
pub use table::WordTable;
pub use words::{Case, Word, WordId};

/// A part of a sentence that says one thing: what scores, themes and assertions are made for.
///
/// Clauses of a verbatim are in order, do not overlap, are not empty and have no white space at
/// their ends. Each holds at least one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// First byte.
    pub start_byte: u32,
    /// One past the last byte, closing punctuation included.
    pub end_byte: u32,
    /// Index of its first word in [`Tokens::words`].
    pub first_word: u32,
    /// One past the index of its last word.
    pub end_word: u32,
    /// Which sentence it belongs to, from 0.
    pub sentence: u32,
}

/// Words and clauses of one verbatim; reused from verbatim to verbatim without new memory.
#[derive(Default, Debug)]
pub struct Tokens {
    /// Words in order: every maximal run of letters, digits and marks, with inner apostrophes
    /// ("can't"); every emoji is a word of its own. Hyphens, slashes and underscores part words.
    pub words: Vec<Word>,
    /// Clauses in order. A verbatim without words has none.
    pub clauses: Vec<Clause>,
}

impl Tokens {
    /// Cuts `text` into words and clauses; new words enter `table`.
    pub fn cut(&mut self, text: &str, table: &mut WordTable) {
        words::cut(text, table, &mut self.words);
        clauses::cut(text, &self.words, table, &mut self.clauses);
    }
}

/// Cuts a text into words alone, without clauses; new words enter `table`.
pub fn cut_words(text: &str, table: &mut WordTable, found: &mut Vec<Word>) {
    words::cut(text, table, found);
}

/// One verbatim as the stages see it.
#[derive(Clone, Copy)]
pub struct Verbatim<'a> {
    /// The normalised, redacted text, as the table will hold it.
    pub text: &'a str,
    /// Its words.
    pub words: &'a [Word],
    /// Its clauses.
    pub clauses: &'a [Clause],
    /// The table that the words' ids belong to.
    pub table: &'a WordTable,
    /// ISO 639-1 code of its language, or `und`.
    pub language: &'a str,
}

impl<'a> Verbatim<'a> {
    /// The folded form of a word: lower case, apostrophes straight.
    pub fn folded(&self, word: &Word) -> &'a str {
        self.table.folded(word.id)
    }

    /// The words of a clause.
    pub fn words_of(&self, clause: &Clause) -> &'a [Word] {
        self.words.get(clause.first_word as usize..clause.end_word as usize).expect("a clause lies inside its verbatim")
    }

    /// The text between two bytes, as spans of words and clauses give them.
    pub fn slice(&self, start_byte: u32, end_byte: u32) -> &'a str {
        self.text.get(start_byte as usize..end_byte as usize).expect("spans fall on character boundaries")
    }
}
