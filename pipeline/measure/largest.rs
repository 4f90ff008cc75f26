//! How many answers of a window come from the one account that gave most?
//!
//! A window slides over the months: answers that enter it are added, those that leave it are taken away, and how many
//! accounts have each count tells the largest without a search.

/// Answers by account in a window that slides.
#[derive(Default)]
pub(super) struct Largest {
    /// How many accounts have so many answers; accounts without are not kept.
    n_accounts: Vec<u32>,
    largest: usize,
}

impl Largest {
    /// An account that had so many answers in the window now has so many.
    pub(super) fn change(&mut self, before: usize, now: usize) {
        if now >= self.n_accounts.len() {
            self.n_accounts.resize(now + 1, 0);
        }
        if before > 0 {
            self.n_accounts[before] -= 1;
        }
        if now > 0 {
            self.n_accounts[now] += 1;
        }
        self.largest = self.largest.max(now);
        while self.largest > 0 && self.n_accounts[self.largest] == 0 {
            self.largest -= 1;
        }
    }

    /// Answers of the account with most of them; zero when no account is known.
    pub(super) fn answers(&self) -> i64 {
        self.largest as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sliding_window_agrees_with_counting(accounts in prop::collection::vec(0_u32..5, 1..80), width in 1_usize..20) {
            let mut largest = Largest::default();
            let mut n_answers = [0_usize; 5];
            let account = |i: usize| accounts[i] as usize;
            for i in 0..accounts.len() {
                let n = &mut n_answers[account(i)];
                largest.change(*n, *n + 1);
                *n += 1;
                if i >= width {
                    let n = &mut n_answers[account(i - width)];
                    largest.change(*n, *n - 1);
                    *n -= 1;
                }
                let window = (i + 1).saturating_sub(width)..=i;
                let counted = (0..5_usize).map(|a| window.clone().filter(|j| account(*j) == a).count()).max();
                prop_assert_eq!(largest.answers(), counted.unwrap_or(0) as i64);
            }
        }
    }
}
