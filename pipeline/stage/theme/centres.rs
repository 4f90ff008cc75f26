//! Which of many centres is nearest to a vector?

use fearless_simd::{Level, Simd, dispatch, i16x32, i32x16, prelude::*};

use crate::stage::embed::{Vector, stride};

/// Centres side by side: of sixteen the first two numbers, then the next two.
///
/// So a sum for each of sixteen centres grows in one register, and nothing has to be added across it: all products with a vector take half the
/// time that they take one centre after the other, in the widest registers that the processor has. Computing the first halves and passing over
/// centres that the second could not bring to the front was slower: of 133 themes 41 stay, and telling which costs more than it saves.
#[derive(Debug)]
pub(crate) struct Centres {
    /// Numbers of a centre.
    width: usize,
    /// Blocks of [`TOGETHER`] times sixteen centres, then blocks of sixteen: pair by pair, each of all centres of the block.
    pairs: Vec<[i16; 32]>,
    n: usize,
    level: Level,
}

/// Sums of sixteen centres that grow at once: what is loaded of the vector then serves four of them.
const TOGETHER: usize = 4;

impl Centres {
    /// Of `dimensions` each.
    pub(crate) fn new<'v>(dimensions: usize, centres: impl Iterator<Item = &'v Vector>) -> Self {
        let (width, centres) = (stride(dimensions), centres.collect::<Vec<_>>());
        let mut pairs = Vec::with_capacity(centres.len().div_ceil(16) * width / 2);
        // The last block may lack some of its last sixteen.
        let n_together = (centres.len().div_ceil(16) / TOGETHER * TOGETHER * 16).min(centres.len());
        let (together, alone) = centres.split_at(n_together);
        for block in together.chunks(TOGETHER * 16).chain(alone.chunks(16)) {
            for at in (0..width).step_by(2) {
                for group in block.chunks(16) {
                    let mut pair = [0; 32];
                    for (to, centre) in pair.as_chunks_mut::<2>().0.iter_mut().zip(group) {
                        to.iter_mut().zip(centre.padded().iter().skip(at)).for_each(|(to, value)| *to = *value);
                    }
                    pairs.push(pair);
                }
            }
        }
        Self { width, pairs, n: centres.len(), level: Level::new() }
    }

    /// The centre with the greatest product above `floor`, the first of equal ones; none too when `vector` is of other
    /// dimensions. `products` is room to work in.
    pub(crate) fn nearest(&self, vector: &[i16], floor: i32, products: &mut Vec<[i32; 16]>) -> Option<(usize, i32)> {
        if vector.len() != self.width || vector.is_empty() {
            return None;
        }
        products.resize(self.n.div_ceil(16), [0; 16]);
        dispatch!(self.level, simd => self.multiply(simd, vector.as_chunks::<2>().0, products));
        let products = products.as_flattened().get(..self.n)?;
        let most = products.iter().copied().max().filter(|most| *most > floor)?;
        Some((products.iter().position(|product| *product == most)?, most))
    }

    #[inline(always)]
    fn multiply<S: Simd>(&self, simd: S, vector: &[[i16; 2]], out: &mut [[i32; 16]]) {
        let (together, alone) = out.as_chunks_mut::<TOGETHER>();
        let (pairs, rest) = self.pairs.split_at(together.len() * TOGETHER * vector.len());
        sums(simd, vector, pairs, together);
        sums(simd, vector, rest, alone.as_chunks_mut::<1>().0);
    }
}

/// Products of a vector with the centres of each block.
#[inline(always)]
fn sums<const N: usize, S: Simd>(simd: S, vector: &[[i16; 2]], pairs: &[[i16; 32]], out: &mut [[[i32; 16]; N]]) {
    for (out, block) in out.iter_mut().zip(pairs.as_chunks::<N>().0.chunks_exact(vector.len())) {
        let mut sums = [i32x16::splat(simd, 0); N];
        for ([first, second], groups) in vector.iter().zip(block) {
            // One number of 32 bits has both, wherever bytes begin: the lower half is the first.
            let both = i32::from(*first) & 0xffff | i32::from(*second) << 16;
            let both: i16x32<S> = i32x16::splat(simd, both).bitcast();
            for (sum, group) in sums.iter_mut().zip(groups) {
                *sum += i16x32::simd_from(simd, *group).pairwise_dot_product(both);
            }
        }
        for (sum, out) in sums.iter().zip(out) {
            sum.store_slice(out);
        }
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
            centres in prop::collection::vec(prop::collection::vec(-20..20_i32, 40), 1..150),
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
            prop_assert_eq!(fast.nearest(asked.padded(), i32::MIN, &mut Vec::new()), slow);
        }
    }
}
