//! Which of many centres is nearest to a vector?

use std::ops::Range;

use crate::stage::embed::{Vector, dot, dots, stride};

/// Centres, each parted in two halves.
///
/// Most centres are out of reach after the first half: what the second can add is at most the product of the lengths
/// of the two second halves (Cauchy-Schwarz). The model's first dimensions hold most of a vector, so that few second halves
/// are multiplied, and the answer is that of multiplying all.
#[derive(Debug, Default)]
pub(crate) struct Centres {
    /// Numbers in a half.
    half: usize,
    heads: Vec<i16>,
    tails: Vec<i16>,
    /// Length of each second half, rounded up.
    tail_lengths: Vec<f32>,
}

impl Centres {
    /// Of `dimensions` each.
    pub(crate) fn new<'v>(dimensions: usize, centres: impl Iterator<Item = &'v Vector>) -> Self {
        let mut all = Self { half: stride(dimensions) / 2, ..Self::default() };
        for centre in centres {
            let (head, tail) = centre.padded().split_at(all.half);
            all.heads.extend_from_slice(head);
            all.tails.extend_from_slice(tail);
            all.tail_lengths.push(length(tail));
        }
        all
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.tail_lengths.len()
    }

    /// The centre of `range` with the greatest product above `floor`, the first of equal ones; none too when `vector` is of other
    /// dimensions. `products` is room for the products of the first halves.
    pub(crate) fn nearest(&self, vector: &[i16], range: Range<usize>, floor: i32, products: &mut Vec<i32>) -> Option<(usize, i32)> {
        if vector.len() != self.half * 2 || range.is_empty() {
            return None;
        }
        let (head, tail) = vector.split_at(self.half);
        products.clear();
        products.resize(range.len(), 0);
        dots(head, self.heads.get(range.start * self.half..).unwrap_or_default(), products);
        let (mut likely, mut most) = (range.start, i32::MIN);
        for (place, product) in range.clone().zip(products.iter()) {
            if *product > most {
                (likely, most) = (place, *product);
            }
        }
        let whole = |place: usize, product: i32| product + dot(tail, &self.tails[place * self.half..(place + 1) * self.half]);
        // The one with the best first half sets the mark for the others.
        let mut best = (likely, whole(likely, most));
        let length = length(tail);
        for (place, product) in range.zip(products.iter().copied()) {
            if product as f32 + length * self.tail_lengths[place] >= best.1 as f32 {
                let whole = whole(place, product);
                if whole > best.1 || whole == best.1 && place < best.0 {
                    best = (place, whole);
                }
            }
        }
        (best.1 > floor).then_some(best)
    }
}

/// At least the length of `values`: rounding of 32-bit floats is covered by a thousandth on top.
fn length(values: &[i16]) -> f32 {
    (dot(values, values) as f32).sqrt() * 1.001 + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
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
