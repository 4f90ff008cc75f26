//! Which theme is a clause about?
//!
//! In: the vector of a clause. Out: the nearest theme of the registry, with its similarity, and whether
//! that is near enough. Of two equally near themes the first is taken. Boiler-plate ("thank you for your help") is known to the
//! registry too, and a clause that is nearer to it is near no theme.

use std::ops::Range;

use crate::stage::embed::{Vector, cosine, dot, stride};
use crate::theme::{Registry, Status};

/// Finds nearest themes; cheap to make, one for each worker.
#[derive(Debug)]
pub struct Assigner<'e> {
    registry: &'e Registry,
    centres: Centres,
    /// Index in the registry of each of the first centres; those behind are boiler-plate.
    themes: Vec<usize>,
}

/// The theme nearest to a clause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Index in [`Registry::themes`].
    pub theme: usize,
    /// Cosine with the theme's centre, -1 to 1.
    pub similarity: f32,
    /// Whether that is at or above the theme's own threshold; if not, the clause is about none of the themes.
    pub near: bool,
}

impl<'e> Assigner<'e> {
    /// Over the active themes of `registry` that take clauses.
    pub fn new(registry: &'e Registry) -> Self {
        let active = registry.themes().iter().enumerate().filter(|(_, theme)| theme.status == Status::Active);
        let (themes, centroids): (Vec<usize>, Vec<&Vector>) = active.filter_map(|(i, theme)| Some((i, theme.centroid.as_ref()?))).unzip();
        let centres = Centres::new(registry.dimensions(), centroids.into_iter().chain(registry.boiler_plate()));
        Self { registry, centres, themes }
    }

    /// The nearest theme; none when the registry has no theme that takes clauses or the vector is of another model.
    pub fn nearest(&mut self, vector: &Vector) -> Option<Nearest> {
        let n_themes = self.themes.len();
        let (place, product) = self.centres.nearest(vector, 0..n_themes, i32::MIN)?;
        let theme = self.themes[place];
        let similarity = cosine(product);
        let near = similarity >= self.registry.themes()[theme].threshold
            && self.centres.nearest(vector, n_themes..self.centres.tail_lengths.len(), product).is_none();
        Some(Nearest { theme, similarity, near })
    }
}

/// Centres, each parted in two halves.
///
/// Most centres are out of reach after the first half: what the second can add is at most the product of the lengths
/// of the two second halves (Cauchy-Schwarz). The model's first dimensions hold most of a vector, so that few second halves
/// are multiplied, and the answer is that of multiplying all.
#[derive(Debug, Default)]
struct Centres {
    /// Numbers in a half.
    half: usize,
    heads: Vec<i16>,
    tails: Vec<i16>,
    /// Length of each second half, rounded up.
    tail_lengths: Vec<f32>,
    /// Products of the first halves with the vector at hand.
    products: Vec<i32>,
}

impl Centres {
    fn new<'v>(dimensions: usize, centres: impl Iterator<Item = &'v Vector>) -> Self {
        let mut all = Self { half: stride(dimensions) / 2, ..Self::default() };
        for centre in centres {
            let (head, tail) = centre.padded().split_at(all.half);
            all.heads.extend_from_slice(head);
            all.tails.extend_from_slice(tail);
            all.tail_lengths.push(length(tail));
        }
        all.products = vec![0; all.tail_lengths.len()];
        all
    }

    /// The centre of `range` with the greatest product above `floor`, the first of equal ones.
    fn nearest(&mut self, vector: &Vector, range: Range<usize>, floor: i32) -> Option<(usize, i32)> {
        if vector.padded().len() != self.half * 2 || range.is_empty() {
            return None;
        }
        let (head, tail) = vector.padded().split_at(self.half);
        let products = &mut self.products[range.clone()];
        let (mut likely, mut most) = (range.start, i32::MIN);
        let heads = self.heads[range.start * self.half..].chunks_exact(self.half);
        for ((place, product), centre) in range.clone().zip(products.iter_mut()).zip(heads) {
            *product = dot(head, centre);
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
            let mut fast = Centres::new(dimensions, centres.iter());
            prop_assert_eq!(fast.nearest(&asked, 0..centres.len(), i32::MIN), slow);
        }
    }
}
