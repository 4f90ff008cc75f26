//! Where do made-up rows get their chance from, the same on every machine?
//!
//! SplitMix64 (Steele, Lea, Flood 2014; the constants are Vigna's public-domain ones): sixty-four bits of
//! state, integers only. Each row has a generator of its own, seeded by seed, row and purpose, so that a row does not
//! depend on those before it.

/// A stream of chance.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of row `row` under `seed`.
    pub(crate) fn of(seed: u64, row: u64) -> Self {
        Self(mix(seed ^ 0x6f75_7473_706f_6b65).wrapping_add(mix(row.wrapping_add(1))))
    }

    /// The next sixty-four bits.
    #[inline]
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `n`; 0 when `n` is 0.
    #[inline]
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        (((self.next() >> 32) * u64::from(n)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    #[inline]
    pub(crate) fn within(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True `n` times in a thousand.
    #[inline]
    pub(crate) fn per_mille(&mut self, n: u32) -> bool {
        self.below(1000) < n
    }

    /// A rank from 0 below `n`, rank r about as often as 1 / (r + 1 + `shift`): Zipf's law as Mandelbrot flattened its head.
    #[inline]
    pub(crate) fn zipf_mandelbrot(&mut self, n: u32, shift: u32) -> u32 {
        loop {
            if let Some(rank) = self.zipf(n + shift).checked_sub(shift) {
                return rank;
            }
        }
    }

    /// A rank from 0 below `n`, rank r about as often as 1 / (r + 1): the law of Zipf without a logarithm.
    ///
    /// A power of two is drawn evenly, then a rank evenly between it and the next: the density
    /// falls by half each time that the rank doubles.
    #[inline]
    pub(crate) fn zipf(&mut self, n: u32) -> u32 {
        let n_octaves = 32 - n.leading_zeros();
        loop {
            let octave = self.below(n_octaves);
            let rank = (1_u32 << octave) - 1 + self.below(1 << octave);
            if rank < n || n == 0 {
                return rank;
            }
        }
    }
}

/// SplitMix64's finisher: spreads a counter over all sixty-four bits.
#[inline]
pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_splitmix64() {
        // The first outputs for state 0, as the reference implementation gives them.
        let mut random = Random(0);
        assert_eq!(random.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.next(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut random = Random::of(1, 2);
        for n in [1, 2, 3, 7, 1000, 65_535, 65_536] {
            for _ in 0..2_000 {
                assert!(random.below(n) < n);
                assert!(random.zipf(n) < n);
                assert!(random.zipf_mandelbrot(n, 31) < n);
            }
        }
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn low_ranks_are_drawn_most() {
        let mut random = Random::of(7, 0);
        let mut counts = [0_u32; 64];
        for _ in 0..60_000 {
            counts[random.zipf(63) as usize] += 1;
        }
        // Six octaves with ten thousand draws each: rank 0 alone has the first.
        assert!((9_500..10_500).contains(&counts[0]), "{}", counts[0]);
        assert!(counts[0] > 25 * counts[40]);
    }
}
