//! What is a direction in the space of the model, and how near are two?
//!
//! Vectors have unit length and hold 16-bit integers, so that a dot product is the sum of products that every
//! x86-64 and ARM processor adds eight at a time, with one result on all of them. Lengths are computed in
//! floats with a fixed order of additions, divisions and one square root, which IEEE 754 fixes to the last bit.

/// The length of a vector: its components are at most this.
///
/// 8,192 leaves a cosine exact to about 1e-4, and the sum of 256 products below 2^27.
pub(crate) const UNIT: i32 = 1 << 13;

/// Models of more dimensions are refused.
pub(crate) const MAX_DIMENSIONS: usize = 256;

/// How many numbers a vector of so many dimensions takes in an array: whole groups of sixteen, filled with zeros.
pub(crate) fn stride(dimensions: usize) -> usize {
    dimensions.next_multiple_of(16)
}

/// A direction: unit length, 16-bit components, up to 256 dimensions.
#[derive(Clone, Debug)]
pub struct Vector {
    values: [i16; MAX_DIMENSIONS],
    dimensions: u16,
    length: f32,
}

impl Default for Vector {
    fn default() -> Self {
        Self { values: [0; MAX_DIMENSIONS], dimensions: 0, length: 0.0 }
    }
}

/// Equal directions: lengths do not count.
impl PartialEq for Vector {
    fn eq(&self, other: &Self) -> bool {
        self.values() == other.values()
    }
}

impl Vector {
    /// The direction of `sum`; none when it is zero. Also none when it has more dimensions than a model may have.
    pub(crate) fn unit<T: Copy>(sum: &[T], dimensions: usize) -> Option<Self>
    where
        f32: LossyFrom<T>,
    {
        let mut vector = Self::default();
        vector.set_unit(sum, dimensions).then_some(vector)
    }

    /// Takes the direction of `sum`, whose length is a [`stride`]; false and unchanged when it is zero.
    pub(crate) fn set_unit<T: Copy>(&mut self, sum: &[T], dimensions: usize) -> bool
    where
        f32: LossyFrom<T>,
    {
        let mut squares = [0_f32; 16];
        for group in sum.chunks_exact(16) {
            for (square, value) in squares.iter_mut().zip(group) {
                let value = f32::lossy_from(*value);
                *square += value * value;
            }
        }
        let square: f32 = squares.iter().fold(0.0, |sum, square| sum + square);
        if square == 0.0 || sum.len() > MAX_DIMENSIONS {
            return false;
        }
        self.length = square.sqrt();
        let scale = UNIT as f32 / self.length;
        for (to, from) in self.values.iter_mut().zip(sum) {
            *to = round(f32::lossy_from(*from) * scale);
        }
        self.values[sum.len()..].fill(0);
        self.dimensions = dimensions as u16;
        true
    }

    /// How long the sum was that it is the direction of: how much the words of a clause tell, all together. It has no unit;
    /// compare it with that of other clauses. 0 for a vector that was read from a file.
    pub fn length(&self) -> f32 {
        self.length
    }

    /// Its components, filled with zeros to a [`stride`].
    pub(crate) fn padded(&self) -> &[i16] {
        &self.values[..stride(usize::from(self.dimensions))]
    }

    /// Its components, in units of 1/8,192.
    pub fn values(&self) -> &[i16] {
        &self.values[..usize::from(self.dimensions)]
    }

    /// From components as [`Vector::values`] gave them; none when there are too many.
    pub(crate) fn from_values(values: &[i16]) -> Option<Self> {
        let mut vector = Self { dimensions: u16::try_from(values.len()).ok()?, ..Self::default() };
        vector.values.get_mut(..values.len())?.copy_from_slice(values);
        Some(vector)
    }

    /// Cosine of the angle between two vectors, -1 to 1.
    pub fn similarity(&self, other: &Self) -> f32 {
        cosine(dot(self.padded(), other.padded()))
    }
}

/// The cosine that a dot product of unit vectors stands for.
pub(crate) fn cosine(dot: i32) -> f32 {
    dot as f32 / (UNIT * UNIT) as f32
}

/// Numbers that become floats, rounded where they are large.
pub(crate) trait LossyFrom<T> {
    /// The nearest float.
    fn lossy_from(value: T) -> Self;
}

macro_rules! lossy {
    ($($from:ty),*) => { $(impl LossyFrom<$from> for f32 { fn lossy_from(value: $from) -> f32 { value as f32 } })* };
}
lossy!(i16, i32, i64);

/// Rounds to the nearest integer, ties to even: adding 1.5 × 2^23 leaves the integer in the low bits. Values are at most
/// [`UNIT`] in size. A plain `as` cast also checks for what cannot occur.
fn round(value: f32) -> i16 {
    const MAGIC: f32 = 12_582_912.0;
    ((value + MAGIC).to_bits() as i32 - MAGIC.to_bits() as i32) as i16
}

/// Sum of products of two arrays of equal length, a [`stride`].
pub(crate) fn dot(a: &[i16], b: &[i16]) -> i32 {
    // The length that the shipped model has is known to the compiler, which then unrolls the loop.
    if let (Ok(a), Ok(b)) = (<&[i16; 128]>::try_from(a), <&[i16; 128]>::try_from(b)) {
        return products(a, b);
    }
    products(a, b)
}

/// Adds a row to a sum, both a [`stride`] long; what passes 16 bits stays at the limit. To be called inside of
/// `fearless_simd::dispatch!`, which makes it twice as wide where the processor is.
#[inline(always)]
pub(super) fn add(sum: &mut [i16], row: &[i16]) {
    let each = |sum: &mut [i16], row: &[i16]| sum.iter_mut().zip(row).for_each(|(sum, value)| *sum = sum.saturating_add(*value));
    match (<&mut [i16; 128]>::try_from(&mut *sum), <&[i16; 128]>::try_from(row)) {
        (Ok(sum), Ok(row)) => each(sum, row),
        _ => each(sum, row),
    }
}

/// Sixteen sums side by side, which the compiler adds in pairs as it multiplies: 3.9 ns for 128 products with 128-bit registers, 3.2 ns with wider ones;
/// with eight sums it gives up on the wider ones and takes 15 ns.
#[inline(always)]
fn products(a: &[i16], b: &[i16]) -> i32 {
    let mut sums = [0_i32; 16];
    for (a, b) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += i32::from(*a) * i32::from(*b);
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_has_unit_length_and_keeps_its_sign() {
        let mut sum = vec![0_i32; 16];
        (sum[0], sum[1]) = (3_000_000, -4_000_000);
        let vector = Vector::unit(&sum, 2).unwrap();
        assert_eq!(vector.values(), &[4915, -6554]);
        assert_eq!(Vector::from_values(vector.values()).unwrap(), vector);
        assert!(Vector::unit(&[0_i32; 16], 2).is_none());
    }
}
