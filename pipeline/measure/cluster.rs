//! How much do the answers of one account tell together?
//!
//! Thirty users of one account are not thirty opinions: they share a contract, a price and an account manager. So the variance of a figure
//! is taken between accounts (the linearised variance of a ratio, as in survey sampling), and how much larger it is than that of as many
//! answers that know nothing of each other is the design effect. An answer whose account is not known stands alone.
//!
//! ```text
//! design effect = G / (G - 1) * (n - 1) / n * sum over accounts of (S_g - n_g m)^2 / sum over answers of (y - m)^2
//! ```
//!
//! with `G` accounts, `n` answers `y` of mean `m`, and of each account `n_g` answers with the sum `S_g`; never below 1, because agreement
//! within few accounts shows small by chance. Intervals take Student's t with `G - 1` degrees of freedom for the normal quantile. Where all
//! answers are equal, the variance between accounts cannot be seen, and an account counts as one opinion: `sum n_g^2 / n`.

use super::distribution::{Z_95, student_95};
use super::tally::{Answer, Boxes, SCALE, Statistic, Tally};

/// Things that are summed over answers: value, four boxes, promoter less detractor.
pub(super) const N_QUANTITIES: usize = 6;

/// What one answer, or several, add to each quantity.
pub(super) type Quantities = [i64; N_QUANTITIES];

/// The quantities of an answer.
pub(super) fn quantities(answer: &Answer) -> Quantities {
    let bit = |bit: u8| i64::from(answer.boxes.0 & bit != 0);
    let net = i64::from(answer.value >= 9 * SCALE as i64) - i64::from(answer.value <= 6 * SCALE as i64);
    [answer.value, bit(Boxes::TOP), bit(Boxes::BAND), bit(Boxes::TOP_2), bit(Boxes::BOTTOM), net]
}

/// The place of the quantity that a statistic is the mean of.
pub(super) fn place(statistic: Statistic) -> usize {
    match statistic {
        Statistic::Mean | Statistic::Ces => 0,
        Statistic::TopBox => 1,
        Statistic::TopBand => 2,
        Statistic::Top2Box => 3,
        Statistic::BottomBox => 4,
        Statistic::Nps => 5,
    }
}

/// Answers of one account, or some of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) n: i64,
    pub(super) sums: Quantities,
    /// Sums of the squares of single answers.
    pub(super) squares: [i128; N_QUANTITIES],
}

impl Sums {
    pub(super) fn of(quantities: &Quantities) -> Self {
        Self { n: 1, sums: *quantities, squares: quantities.map(|q| i128::from(q) * i128::from(q)) }
    }

    /// Adds so many times the other.
    pub(super) fn add(&mut self, other: &Self, times: i64) {
        self.n += times * other.n;
        self.sums.iter_mut().zip(&other.sums).for_each(|(a, b)| *a += times * b);
        self.squares.iter_mut().zip(&other.squares).for_each(|(a, b)| *a += i128::from(times) * b);
    }
}

/// Answers of an account that are in a window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    pub(super) n: i64,
    sums: Quantities,
}

/// The accounts behind the answers of a window. Whole numbers, so that no order can matter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clusters {
    pub(super) n_accounts: i64,
    /// Of answers whose account is known.
    known: Sums,
    /// Sum over accounts of the square of their answers.
    n_squares: i128,
    /// Sums over accounts of the squares of their sums, and of these times their answers.
    sum_squares: [i128; N_QUANTITIES],
    products: [i128; N_QUANTITIES],
}

impl Clusters {
    /// Answers of an account enter the window (1) or leave it (-1).
    pub(super) fn change(&mut self, account: &mut Standing, sums: &Sums, sign: i64) {
        self.weigh(account, -1);
        account.n += sign * sums.n;
        account.sums.iter_mut().zip(&sums.sums).for_each(|(a, b)| *a += sign * b);
        self.known.add(sums, sign);
        self.weigh(account, 1);
    }

    fn weigh(&mut self, account: &Standing, sign: i128) {
        if account.n == 0 {
            return;
        }
        let n = i128::from(account.n);
        self.n_accounts += sign as i64;
        self.n_squares += sign * n * n;
        for (q, sum) in account.sums.iter().enumerate() {
            let sum = i128::from(*sum);
            self.sum_squares[q] += sign * sum * sum;
            self.products[q] += sign * sum * n;
        }
    }

    /// Adds other accounts.
    pub(super) fn merge(&mut self, other: &Self) {
        self.n_accounts += other.n_accounts;
        self.known.add(&other.known, 1);
        self.n_squares += other.n_squares;
        for q in 0..N_QUANTITIES {
            self.sum_squares[q] += other.sum_squares[q];
            self.products[q] += other.products[q];
        }
    }

    /// How far the answers of a window, of which these are the accounts, spread in a statistic.
    pub(super) fn spread(&self, tally: &Tally, statistic: Statistic) -> Spread {
        if self.n_squares == i128::from(self.known.n) {
            return Spread::Alone;
        }
        let q = place(statistic);
        let (n, n_alone) = (tally.base as f64, (tally.base - self.known.n) as f64);
        let n_groups = self.n_accounts as f64 + n_alone;
        if n_groups < 2.0 {
            return Spread::OneAccount;
        }
        let (sum, squares) = tally.sums(statistic);
        let mean = sum as f64 / n;
        let (alone_sum, alone_squares) = (sum - i128::from(self.known.sums[q]), squares - self.known.squares[q]);
        let between = (self.sum_squares[q] + alone_squares) as f64 - 2.0 * mean * (self.products[q] + alone_sum) as f64
            + mean * mean * (self.n_squares as f64 + n_alone);
        let within = (squares * i128::from(tally.base) - sum * sum) as f64 / n;
        let effect = if within > 0.0 {
            n_groups / (n_groups - 1.0) * (n - 1.0) / n * between / within
        } else {
            (self.n_squares as f64 + n_alone) / n
        };
        Spread::Together { effect: effect.max(1.0), df: n_groups - 1.0 }
    }
}

/// Whether answers stand alone, or what their standing together does to a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Spread {
    /// No account gave two answers.
    Alone,
    /// Some did: the design effect, at least 1, and the degrees of freedom between accounts.
    Together { effect: f64, df: f64 },
    /// All answers are of one account: it is one opinion, and has no interval.
    OneAccount,
}

impl Spread {
    /// How many times larger a variance is to be taken with the normal quantile; none for one account.
    pub(super) fn factor(self) -> Option<f64> {
        match self {
            Self::Alone => Some(1.0),
            Self::Together { effect, df } => {
                let wider = student_95(df) / Z_95;
                Some(effect * wider * wider)
            }
            Self::OneAccount => None,
        }
    }

    /// As many answers that know nothing of each other would tell as much.
    pub(super) fn effective_base(self, base: i64) -> f64 {
        self.factor().map_or(1.0, |factor| base as f64 / factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windowed(answers: &[(i64, Option<usize>)]) -> (Tally, Clusters) {
        let (mut tally, mut clusters) = (Tally::default(), Clusters::default());
        let mut accounts = vec![Standing::default(); answers.len()];
        for (points, account) in answers {
            let boxes = Boxes(if *points == 5 { Boxes::TOP } else { 0 });
            let answer = Answer { series: 0, value: points * SCALE as i64, boxes };
            tally.add(&answer);
            if let Some(account) = account {
                clusters.change(&mut accounts[*account], &Sums::of(&quantities(&answer)), 1);
            }
        }
        (tally, clusters)
    }

    /// Figures of the formula worked in numpy.
    #[test]
    fn answers_of_one_account_tell_less_than_as_many_of_several() {
        let (tally, clusters) = windowed(&[(5, Some(0)), (5, Some(0)), (4, Some(0)), (1, Some(1)), (2, Some(1)), (3, None), (5, None)]);
        let Spread::Together { effect, df } = clusters.spread(&tally, Statistic::Mean) else { panic!("answers stand together") };
        assert!((effect - 2.205_565_862_708_72).abs() < 1e-9 && df == 3.0, "{effect} {df}");
        let Spread::Together { effect, .. } = clusters.spread(&tally, Statistic::TopBox) else { panic!("answers stand together") };
        assert!((effect - 1.170_068_027_210_885).abs() < 1e-9, "{effect}");
    }

    #[test]
    fn answers_of_several_accounts_stand_alone_and_those_of_one_are_one_opinion() {
        let (tally, clusters) = windowed(&[(5, Some(0)), (4, Some(1)), (1, None)]);
        assert_eq!(clusters.spread(&tally, Statistic::Mean), Spread::Alone);
        let (tally, clusters) = windowed(&[(5, Some(0)), (4, Some(0))]);
        assert_eq!(clusters.spread(&tally, Statistic::Mean), Spread::OneAccount);
        let (tally, clusters) = windowed(&[(5, Some(0)), (5, Some(0)), (5, Some(1))]);
        assert_eq!(clusters.spread(&tally, Statistic::TopBox), Spread::Together { effect: 5.0 / 3.0, df: 1.0 });
    }

    #[test]
    fn what_entered_and_left_leaves_nothing() {
        let mut clusters = Clusters::default();
        let mut account = Standing::default();
        let sums = Sums::of(&[3, 1, 0, 1, 0, -1]);
        for sign in [1, 1, -1, 1, -1, -1] {
            clusters.change(&mut account, &sums, sign);
        }
        assert_eq!((clusters.n_accounts, clusters.n_squares, clusters.sum_squares, account.n), (0, 0, [0; 6], 0));
    }
}
