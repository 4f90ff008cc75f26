//! What stands around a word, as far as loops over words want to pass it by?
//!
//! Four in five words are followed by one space and another word; stages that look at the bytes between words only where that is not
//! so save most of their time.

use super::clauses::Kind;
/// What stands between a word and the next, in the common cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// One space, then an ASCII letter or digit.
    Space,
    /// A comma or full stop and one space, then an ASCII letter or digit.
    Pause,
    /// An exclamation or question mark and one space, then an ASCII letter or digit.
    Outcry,
    /// Anything else, the end of the text included.
    Other,
}

/// The gap that a byte may begin.
const BEGINS: [u8; 256] = {
    let mut begins = [Gap::Other as u8; 256];
    begins[b' ' as usize] = Gap::Space as u8;
    begins[b',' as usize] = Gap::Pause as u8;
    begins[b'.' as usize] = Gap::Pause as u8;
    begins[b'!' as usize] = Gap::Outcry as u8;
    begins[b'?' as usize] = Gap::Outcry as u8;
    begins
};

impl Gap {
    /// The bits of the gap that begins with `first`; `goes_on`: by how many more bytes the space and the word after it come, whether they do.
    ///
    /// Without a branch: which gap comes next is what a processor guesses worst.
    #[inline]
    pub(super) fn bits(first: u8, goes_on: impl FnOnce(usize) -> bool) -> u8 {
        let begins = BEGINS[first as usize];
        let n_marks = usize::from(begins != Self::Space as u8);
        begins | (u8::from(!goes_on(n_marks)) * Self::Other as u8)
    }

    /// The bits of the gap behind the word that ends at `end`.
    pub(super) fn bits_behind(bytes: &[u8], end: usize) -> u8 {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        Self::bits(byte(end), |n_marks| byte(end + n_marks) == b' ' && byte(end + n_marks + 1).is_ascii_alphanumeric())
    }
}

/// A byte of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks(u8);

const GAP: u8 = 3;
/// It has characters beyond ASCII.
const WIDE: u8 = 1 << 2;
/// It has capitals and no small letter.
const CAPITALS: u8 = 1 << 3;
/// More than one space stands before it, or it turns against what came before.
const BREAK: u8 = 1 << 4;
const KIND_SHIFT: u8 = 5;

impl Marks {
    /// `gap`: the bits of the gap behind it; `gap_before`: those of the gap before it, those of a space for the first word.
    #[inline]
    pub(super) fn new(gap: u8, capitals: bool, kind: Kind, gap_before: u8) -> Self {
        let breaks = (kind == Kind::Contrast) | (gap_before != Gap::Space as u8);
        Self(gap | (u8::from(capitals) * CAPITALS) | (u8::from(breaks) * BREAK) | ((kind as u8) << KIND_SHIFT))
    }

    /// The same for a word of plain kind so far that is of `kind`.
    #[inline]
    pub(super) fn of_kind(self, kind: Kind) -> Self {
        Self(self.0 | (u8::from(kind == Kind::Contrast) * BREAK) | ((kind as u8) << KIND_SHIFT))
    }

    pub(super) fn wide(self) -> Self {
        Self(self.0 | WIDE)
    }

    /// What stands behind the word.
    #[inline]
    pub(crate) fn gap(self) -> Gap {
        match self.0 & GAP {
            0 => Gap::Space,
            1 => Gap::Pause,
            2 => Gap::Outcry,
            _ => Gap::Other,
        }
    }

    /// Whether more than a space, a comma or a full stop follows, or may follow.
    #[inline]
    pub(crate) fn is_far(self) -> bool {
        self.0 & 2 != 0
    }

    /// Whether it has characters beyond ASCII.
    #[inline]
    pub(crate) fn is_wide(self) -> bool {
        self.0 & WIDE != 0
    }

    /// Whether it has capitals and no small letter, digits aside.
    #[inline]
    pub(crate) fn is_capitals(self) -> bool {
        self.0 & CAPITALS != 0
    }

    /// Whether a clause may begin with the word: not after one space alone, unless it is a word of contrast.
    #[inline]
    pub(super) fn may_begin(self) -> bool {
        self.0 & BREAK != 0
    }

    /// What it means for clauses.
    #[inline]
    pub(super) fn kind(self) -> Kind {
        match self.0 >> KIND_SHIFT {
            0 => Kind::Plain,
            1 => Kind::Contrast,
            2 => Kind::Opener,
            _ => Kind::Abbreviation,
        }
    }
}
