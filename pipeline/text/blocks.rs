//! Which of 64 bytes are of words?
//!
//! Whole blocks are classified without a branch, which becomes vector code; what is left for each word is to count zeros and ones.

use super::marks::Gap;

/// Bytes that are classified at once.
pub(super) const STEP: usize = 64;
/// Bytes of a block: those, and those that a word which begins among them may reach to.
pub(super) const BYTES: usize = STEP + 16;
/// The last place where a word may end in a block: what stands behind it is told by the two places after it.
pub(super) const LAST_END: usize = STEP - 3;

/// Some bytes of a text, classified.
pub(super) struct Block<'a> {
    bytes: &'a [u8; BYTES],
    /// ASCII letters and digits.
    alphanumeric: u64,
    /// Apostrophes inside words of ASCII.
    inner: u64,
    /// Bytes of other characters.
    beyond: u64,
    /// Places that no word of ASCII may touch: `beyond`, and apostrophes that may be inside a word of other characters.
    special: u64,
}

impl<'a> Block<'a> {
    /// The bytes from `base` on; behind the end of the text come zeros, in `padded`.
    #[inline]
    pub(super) fn at(text: &'a [u8], base: usize, padded: &'a mut [u8; BYTES]) -> Self {
        let rest = text.get(base..).unwrap_or_default();
        let bytes: &[u8; BYTES] = match rest.first_chunk() {
            Some(chunk) => chunk,
            None => {
                *padded = [0; BYTES];
                padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                padded
            }
        };
        let alphanumeric = gather(bytes, |b| (b | 0x20).wrapping_sub(b'a') < 26 || b.wrapping_sub(b'0') < 10);
        let mut block = Self { bytes, alphanumeric, inner: 0, beyond: 0, special: 0 };
        if bytes.iter().take(STEP).fold(false, |any, b| any | (*b >= 0x80) | (*b == b'\'')) {
            block.look_closer();
        }
        block
    }

    fn look_closer(&mut self) {
        let apostrophes = gather(self.bytes, |b| b == b'\'');
        let letters = gather(self.bytes, |b| (b | 0x20).wrapping_sub(b'a') < 26);
        self.beyond = gather(self.bytes, |b| b >= 0x80);
        self.inner = apostrophes & self.alphanumeric << 1 & letters >> 1;
        self.special = self.beyond | apostrophes & self.beyond >> 1;
    }

    /// Places of words and of characters beyond ASCII.
    #[inline]
    pub(super) fn words(&self) -> u64 {
        self.alphanumeric | self.inner | self.beyond
    }

    /// Whether what stands from `start` to `end`, or right behind, is no matter of ASCII alone.
    #[inline]
    pub(super) fn is_special(&self, start: usize, end: usize) -> bool {
        // A word ends at LAST_END or before, so that the shift stays below 64.
        self.special >> start & ((2 << (end - start)) - 1) != 0
    }

    /// Whether the word that begins at `start` may go on behind the block.
    pub(super) fn is_cut_off(&self, start: usize) -> bool {
        start + (!(self.words() >> start)).trailing_zeros() as usize > LAST_END
    }

    /// The bytes of a word of at most 16, the first in the lowest place.
    #[inline]
    pub(super) fn key(&self, start: usize, end: usize) -> u128 {
        let chunk = self.bytes.get(start..start + 16).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        u128::from_le_bytes(chunk) & LOW_BYTES[(end - start) & 31]
    }

    /// The bits of what stands behind a word.
    #[inline]
    pub(super) fn gap(&self, end: usize) -> u8 {
        let is_word = |at: usize| self.alphanumeric >> (at & 63) & 1 != 0;
        let at = end & 63;
        Gap::bits(self.bytes[at], |n_marks| (self.bytes[at + n_marks] == b' ') & is_word(at + n_marks + 1))
    }
}

/// By number: as many low bytes.
const LOW_BYTES: [u128; 32] = {
    let mut masks = [u128::MAX; 32];
    let mut n = 0;
    while n < 16 {
        masks[n] = (1 << (8 * n)) - 1;
        n += 1;
    }
    masks
};

/// One bit for each of the first 64 bytes that is of a kind.
#[inline]
fn gather(bytes: &[u8; BYTES], is: impl Fn(u8) -> bool) -> u64 {
    let mut flags = [0_u8; STEP];
    for (flag, byte) in flags.iter_mut().zip(bytes) {
        *flag = u8::from(is(*byte));
    }
    let mut bits = 0;
    for (i, eight) in flags.chunks_exact(8).enumerate() {
        let eight = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        // Each byte is 0 or 1; the product brings the eight together in the highest byte.
        bits |= (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_its_bit() {
        for at in 0..STEP {
            let mut bytes = [b' '; BYTES];
            bytes[at] = b'x';
            assert_eq!(gather(&bytes, |b| b == b'x'), 1 << at);
            assert_eq!(gather(&bytes, |b| b == b' '), !(1 << at));
        }
    }
}
