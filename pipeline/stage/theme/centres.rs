//! Which of many centres is nearest to a vector?

use std::ops::Range;

use fearless_simd::{Level, dispatch};

use crate::stage::embed::{Vector, dots, stride};

/// Centres, one behind the other.
///
/// All products with a vector are computed, in one sweep of the widest registers that the processor has, and the greatest is taken. Computing the first
/// halves and passing over centres that the second could not bring to the front was slower: of 133 themes 41 stay, and telling which
/// costs more than it saves.
#[derive(Debug)]
pub(crate) struct Centres {
    /// Numbers in a row.
    width: usize,
    rows: Vec<i16>,
    n: usize,
    level: Level,
}

impl Centres {
    /// Of `dimensions` each.
    pub(crate) fn new<'v>(dimensions: usize, centres: impl Iterator<Item = &'v Vector>) -> Self {
        let mut all = Self { width: stride(dimensions), rows: Vec::new(), n: 0, level: Level::new() };
        for centre in centres {
            all.rows.extend_from_slice(centre.padded());
            all.n += 1;
        }
        all
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.n
    }

    /// The centre of `range` with the greatest product above `floor`, the first of equal ones; none too when `vector` is of other
    /// dimensions. `products` is room to work in.
    pub(crate) fn nearest(&self, vector: &[i16], range: Range<usize>, floor: i32, products: &mut Vec<i32>) -> Option<(usize, i32)> {
        if vector.len() != self.width || range.is_empty() {
            return None;
        }
        let rows = self.rows.get(range.start * self.width..range.end * self.width)?;
        products.resize(range.len(), 0);
        let most = dispatch!(self.level, _simd => dots(vector, rows, products));
        if most <= floor {
            return None;
        }
        let place = products.iter().position(|product| *product == most)?;
        Some((range.start + place, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::embed::dot;
    use proptest::prelude::*;

    fn vector(values: &[i32], dimensions: usize) -> Option<Vector> {
        let mut padded = values.get(..dimensions)?.to_vec();
        padded.resize(stride(dimensions), 0);
        Vector::unit(&padded, dimensions)
    }

    proptest! {
        #[test]
        fn the_nearest_is_that_of_comparing_all(
            centres in prop::collection::vec(prop::collection::vec(-20..20_i32, 40), 1..12),
            asked in prop::collection::vec(-20..20_i32, 40),
            dimensions in prop::sample::select(vec![1_usize, 7, 16, 33, 40]),
        ) {
            let centres: Vec<Vector> = centres.iter().filter_map(|values| vector(values, dimensions)).collect();
            let Some(asked) = vector(&asked, dimensions) else { return Ok(()) };
            let mut slow: Option<(usize, i32)> = None;
            for (place, centre) in centres.iter().enumerate() {
                let product = dot(asked.padded(), centre.padded());
                if slow.is_none_or(|best| product > best.1) {
                    slow = Some((place, product));
                }
            }
            let fast = Centres::new(dimensions, centres.iter());
            prop_assert_eq!(fast.nearest(asked.padded(), 0..centres.len(), i32::MIN, &mut Vec::new()), slow);
        }
    }
}
