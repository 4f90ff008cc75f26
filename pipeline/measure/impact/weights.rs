//! How often does a response count in a replicate of the bootstrap?
//!
//! In a Poisson bootstrap each response has a weight of its own, drawn from a Poisson distribution of mean one. Responses of one class with the same
//! themes do the same to the regression, so that only the sum of their weights matters: which is drawn at once, for `n` of them from a Poisson distribution of
//! mean `n`. That is the same bootstrap, and on survey comments, of which most name one theme or two, a hundredth of the draws.

use std::collections::HashMap;
use std::sync::LazyLock;

/// More groups than this are not kept: then nearly every response has themes of its own, and nothing is gained by looking for others.
const MAX_CELLS: usize = 1 << 16;

/// Responses of one class with the same themes.
pub(super) struct Cell {
    pub(super) n: i64,
    pub(super) class: i64,
    /// Ascending.
    pub(super) columns: Vec<u32>,
    hash: u64,
}

impl Cell {
    /// How often they count in a replicate, all together.
    pub(super) fn weight(&self, replicate: u64) -> i64 {
        poisson_of(self.n, self.hash, replicate)
    }
}

/// Responses put together by class and themes.
#[derive(Default)]
pub(super) struct Cells {
    /// By class and themes: how many, and the sum of their hashes, which knows no order.
    known: HashMap<Vec<u32>, (i64, u64)>,
    key: Vec<u32>,
    are_too_many: bool,
}

impl Cells {
    /// Takes a response in; `themes` ascend.
    pub(super) fn see(&mut self, id_hash: u64, class: i64, themes: &[u32]) {
        if self.are_too_many {
            return;
        }
        self.key.clear();
        self.key.push(class as i32 as u32);
        self.key.extend_from_slice(themes);
        let own = mixed(id_hash);
        if let Some((n, hash)) = self.known.get_mut(self.key.as_slice()) {
            (*n, *hash) = (*n + 1, hash.wrapping_add(own));
        } else if self.known.len() < MAX_CELLS {
            self.known.insert(self.key.clone(), (1, own));
        } else {
            self.are_too_many = true;
            self.known = HashMap::new();
        }
    }

    /// All of them, with `column` of each theme; none when there are too many.
    pub(super) fn all(self, column: impl Fn(&u32) -> u32) -> Option<Vec<Cell>> {
        if self.are_too_many {
            return None;
        }
        let mut known: Vec<(Vec<u32>, (i64, u64))> = self.known.into_iter().collect();
        known.sort_unstable();
        let cell = |(key, (n, hash)): (Vec<u32>, (i64, u64))| {
            let (class, themes) = key.split_first().expect("the class comes first");
            Cell { n, class: i64::from(class.cast_signed()), columns: themes.iter().map(&column).collect(), hash }
        };
        Some(known.into_iter().map(cell).collect())
    }
}

/// SplitMix64's mixing of bits.
fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Draw `number` of a replicate, 64 bits.
fn draw(hash: u64, replicate: u64, number: u64) -> u64 {
    mixed(hash.wrapping_add((replicate + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(number.wrapping_mul(0xd1b5_4a32_d192_ed03)))
}

/// A Poisson weight of mean one, from the response's hash and the replicate.
pub(super) fn poisson(id_hash: u64, replicate: u64) -> i64 {
    POISSON[0].at((draw(id_hash, replicate, 0) >> 32) as u32)
}

/// A Poisson weight of mean `n`.
///
/// The sum of independent Poisson numbers is one whose mean is the sum of theirs: `n` is put together from powers of two. From 64 on the normal distribution
/// stands for it, rounded: its skewness is below an eighth there, and what is asked for is a standard error.
fn poisson_of(n: i64, hash: u64, replicate: u64) -> i64 {
    if n >= 1 << POISSON.len() {
        let unit = |number: u64| ((draw(hash, replicate, number) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        // Box and Muller.
        let normal = (-2.0 * libm::log(unit(0))).sqrt() * libm::cos(std::f64::consts::TAU * unit(1));
        return ((n as f64 + (n as f64).sqrt() * normal).round() as i64).max(0);
    }
    let powers = POISSON.iter().enumerate().filter(|(power, _)| n >> power & 1 == 1);
    powers.map(|(power, table)| table.at((draw(hash, replicate, power as u64) >> 32) as u32)).sum()
}

/// Tables of the Poisson distributions of means 1, 2, 4, 8, 16 and 32.
static POISSON: LazyLock<[Table; 6]> = LazyLock::new(|| std::array::from_fn(|power| Table::of((1 << power) as f64)));

/// A Poisson distribution by its inverse.
struct Table {
    /// 2^32 times the distribution function at 0, 1, 2, ...
    up_to: Vec<u32>,
    /// By the first eight bits of a draw: the least number that they can stand for.
    first: [u8; 256],
}

impl Table {
    fn of(mean: f64) -> Self {
        let (mut up_to, mut chance, mut sum) = (Vec::new(), libm::exp(-mean), 0.0);
        for k in 1.. {
            sum += chance;
            let scaled = (sum * 4_294_967_296.0) as u64;
            if scaled > u64::from(u32::MAX) || up_to.len() == usize::from(u8::MAX) || chance < 1e-12 && f64::from(k) > mean {
                break;
            }
            up_to.push(scaled as u32);
            chance *= mean / f64::from(k);
        }
        let first = std::array::from_fn(|bits| up_to.partition_point(|up_to| *up_to <= (bits as u32) << 24) as u8);
        Self { up_to, first }
    }

    fn at(&self, draw: u32) -> i64 {
        let first = self.first[(draw >> 24) as usize];
        let rest = self.up_to.get(usize::from(first)..).unwrap_or_default();
        i64::from(first) + rest.iter().take_while(|up_to| draw >= **up_to).count() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(n: i64) {
        let weights: Vec<f64> = (0_u64..40_000).map(|i| poisson_of(n, i.wrapping_mul(0x1234_5678_9abc_def1), i % 100) as f64).collect();
        let mean = weights.iter().sum::<f64>() / 4e4;
        let variance = weights.iter().map(|w| (w - mean) * (w - mean)).sum::<f64>() / 4e4;
        let (mean, variance) = (mean / n as f64, variance / n as f64);
        assert!((mean - 1.0).abs() < 0.02 && (variance - 1.0).abs() < 0.04, "{n}: {mean} {variance}");
    }

    #[test]
    fn weights_have_the_mean_and_the_variance_of_as_many_responses() {
        [1, 2, 3, 7, 21, 32, 63, 64, 1_000, 250_000].into_iter().for_each(check);
    }

    /// 1/e, 2/e, 5/2e, 8/3e and so on.
    #[test]
    fn the_distribution_of_mean_one_is_that_of_the_books() {
        assert_eq!(POISSON[0].up_to[..4], [1_580_030_168, 3_160_060_337, 3_950_075_421, 4_213_413_783]);
        for draw in [0, 1_580_030_167, 1_580_030_168, 4_000_000_000, u32::MAX] {
            let slowly = POISSON[0].up_to.iter().take_while(|up_to| draw >= **up_to).count() as i64;
            assert_eq!(POISSON[0].at(draw), slowly);
        }
    }

    #[test]
    fn cells_know_no_order() {
        let cells = |order: &[usize]| {
            let responses = [(11, 1, vec![2, 5]), (12, -1, vec![2, 5]), (13, 1, vec![2, 5]), (14, 0, vec![])];
            let mut cells = Cells::default();
            order.iter().for_each(|i| cells.see(responses[*i].0, responses[*i].1, &responses[*i].2));
            let all = cells.all(|theme| *theme).unwrap();
            all.iter().map(|cell| (cell.n, cell.class, cell.columns.clone(), cell.weight(7))).collect::<Vec<_>>()
        };
        assert_eq!(cells(&[0, 1, 2, 3]), cells(&[3, 2, 1, 0]));
        assert_eq!(cells(&[0, 1, 2, 3]).len(), 3);
    }
}
