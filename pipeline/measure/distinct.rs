//! How many different people, or accounts, answered in a window?

/// How many distinct ones were seen in any window: each is counted in the month when it was last seen.
pub(super) struct Distinct {
    /// Round and month of the last sight; a sight of an older round is none.
    last: Vec<(u32, u32)>,
    round: u32,
    by_month: Vec<i64>,
}

impl Distinct {
    /// Of `n` ones over `n_months`.
    pub(super) fn new(n: usize, n_months: usize) -> Self {
        Self { last: vec![(0, 0); n], round: 0, by_month: vec![0; n_months] }
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.round += 1;
        self.by_month.fill(0);
    }

    /// One was seen in a month; months must ascend.
    pub(super) fn see(&mut self, code: u32, month: usize) {
        let (round, last) = &mut self.last[code as usize];
        if *round == self.round {
            self.by_month[*last as usize] -= 1;
        }
        (*round, *last) = (self.round, month as u32);
        self.by_month[month] += 1;
    }

    /// How many were seen from one month to another, both included, where the last is the latest one seen so far or later.
    pub(super) fn between(&self, from: usize, to: usize) -> i64 {
        self.by_month.iter().take(to + 1).skip(from).sum()
    }
}
