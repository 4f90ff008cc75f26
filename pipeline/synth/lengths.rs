//! How long is the next text?
//!
//! Lengths follow log-normal laws, held as 65 quantiles in whole characters (of `median · exp(sigma · z)`), between
//! which a length is drawn evenly: no float at run time. The last cell has a long tail of its own.

use super::random::Random;

/// Quantiles of a law of lengths, in characters.
pub(crate) struct Lengths([u16; 65]);

/// Survey comments: median 60, sigma 0.83, which gives a mean of about 85.
pub(crate) const COMMENT: Lengths = Lengths([
    7, 10, 13, 15, 17, 18, 20, 22, 23, 25, 26, 27, 29, 30, 31, 33, 34, 36, 37, 39, 40, 41, 43, 44, 46, 48, 49, 51, 53, 54, 56, 58, 60, 62,
    64, 66, 68, 71, 73, 76, 78, 81, 84, 87, 90, 93, 97, 101, 105, 109, 114, 120, 125, 132, 139, 147, 156, 167, 179, 195, 214, 241, 282,
    359, 542,
]);

/// Complaint narratives: median 620, sigma 0.74, which gives a mean of about 815.
pub(crate) const NARRATIVE: Lengths = Lengths([
    87, 126, 156, 179, 199, 217, 234, 250, 265, 279, 294, 308, 322, 335, 349, 363, 376, 390, 404, 418, 432, 446, 460, 475, 490, 505, 520,
    536, 552, 568, 585, 602, 620, 638, 657, 676, 697, 717, 739, 761, 785, 809, 835, 862, 890, 920, 952, 985, 1021, 1060, 1101, 1146, 1195,
    1249, 1309, 1376, 1452, 1540, 1644, 1770, 1929, 2143, 2461, 3052, 4413,
]);

impl Lengths {
    /// Draws a length.
    pub(crate) fn draw(&self, random: &mut Random) -> usize {
        let cell = random.below(64) as usize;
        let (low, high) = (self.0[cell], self.0[cell + 1]);
        let length = low + random.below(u32::from(high - low) + 1) as u16;
        // One text in about a thousand is several times as long as the rest of the longest.
        let factor = if cell == 63 && random.below(16) == 0 { random.within(2, 4) } else { 1 };
        usize::from(length) * factor as usize
    }
}
