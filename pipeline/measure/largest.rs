//! How many answers of a window come from the one account that gave most?
//!
//! A window slides over the months: answers that enter it are added, those that leave it are taken away, and how many
//! accounts have each count tells the largest without a search.

/// Answers by account in a window that slides.
pub(super) struct Largest {
    n_answers: Vec<u32>,
    /// How many accounts have so many answers; accounts without are not kept.
    n_accounts: Vec<u32>,
    largest: usize,
}

impl Largest {
    /// Of `n` accounts.
    pub(super) fn new(n: usize) -> Self {
        Self { n_answers: vec![0; n], n_accounts: vec![0], largest: 0 }
    }

    /// An answer of an account enters the window.
    pub(super) fn enter(&mut self, account: u32) {
        let n = &mut self.n_answers[account as usize];
        *n += 1;
        let n = *n as usize;
        if n == self.n_accounts.len() {
            self.n_accounts.push(0);
        }
        if n > 1 {
            self.n_accounts[n - 1] -= 1;
        }
        self.n_accounts[n] += 1;
        self.largest = self.largest.max(n);
    }

    /// An answer that had entered leaves.
    pub(super) fn leave(&mut self, account: u32) {
        let n = self.n_answers[account as usize] as usize;
        self.n_answers[account as usize] -= 1;
        self.n_accounts[n] -= 1;
        if n > 1 {
            self.n_accounts[n - 1] += 1;
        }
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
            let mut largest = Largest::new(5);
            let account = |i: usize| accounts[i];
            for i in 0..accounts.len() {
                largest.enter(account(i));
                if i >= width {
                    largest.leave(account(i - width));
                }
                let window = (i + 1).saturating_sub(width)..=i;
                let counted = (0..5).map(|a| window.clone().filter(|j| account(*j) == a).count()).max();
                prop_assert_eq!(largest.answers(), counted.unwrap_or(0) as i64);
            }
        }
    }
}
