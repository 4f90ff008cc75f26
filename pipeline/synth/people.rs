//! Which account and which person answered?
//!
//! Nothing is kept: the account of a rank, and a person of it, are worked out from seed and rank each time, so that memory stays flat.
//! Account sizes follow Zipf's law: the first has under one percent of all rows, the last ones a few or none.

use super::grammar::{Grammar, ListId};
use super::random::Random;
use super::special::{number, padded};

/// All accounts of a run.
pub(crate) struct Accounts {
    seed: u64,
    n: u32,
    first: ListId,
    trade: ListId,
    given: ListId,
    family: ListId,
    title: ListId,
}

/// One account.
#[derive(Clone, Copy)]
pub(crate) struct Account {
    rank: u32,
    /// How content it is, −120 to 120 thousandths of the range of scores.
    pub(crate) bias: i32,
    /// Its segment.
    pub(crate) segment: &'static str,
    /// Its region.
    pub(crate) region: &'static str,
    /// Its state.
    pub(crate) state: &'static str,
    /// How many people it has.
    n_contacts: u32,
}

/// How much the head of the law of account sizes is flattened: the largest account has under 1 % of the rows.
const HEAD: u32 = 15;

const REGIONS: [&str; 4] = ["East", "Central", "West", "South"];
const STATES: [&str; 24] = [
    "CA", "TX", "FL", "NY", "PA", "IL", "OH", "GA", "NC", "MI", "NJ", "VA", "WA", "AZ", "MA", "TN", "IN", "MO", "MD", "WI", "CO", "MN",
    "OR", "UT",
];

impl Accounts {
    /// The accounts of a run of `rows` rows: one for about sixty rows, 20 to 200,000.
    pub(crate) fn new(seed: u64, rows: u64, grammar: &Grammar) -> Self {
        Self {
            seed,
            n: (rows / 60).clamp(20, 200_000) as u32,
            first: grammar.list("Company"),
            trade: grammar.list("Trade"),
            given: grammar.list("First"),
            family: grammar.list("Last"),
            title: grammar.list("Title"),
        }
    }

    /// Draws an account.
    pub(crate) fn draw(&self, random: &mut Random) -> Account {
        let rank = random.zipf_mandelbrot(self.n, HEAD);
        let mut own = Random::of(self.seed ^ 0xacc0, u64::from(rank));
        // Segments by size: each doubling of the rank has about as many rows as the one before.
        let octave = |rank: u32| (rank + HEAD + 1).ilog2() - (HEAD + 1).ilog2();
        let (segment, n_contacts) = match octave(rank) * 100 / (octave(self.n) + 1) {
            0..=24 => ("Enterprise", 40),
            25..=59 => ("Mid-market", 8),
            _ => ("Small business", 2),
        };
        Account {
            rank,
            bias: own.below(241) as i32 - 120,
            segment,
            region: REGIONS[own.below(4) as usize],
            state: STATES[own.zipf(24) as usize],
            n_contacts,
        }
    }

    /// Writes its id: `A-000017`.
    pub(crate) fn write_id(&self, account: &Account, out: &mut Vec<u8>) {
        out.extend_from_slice(b"A-");
        padded(account.rank + 1, 6, out);
    }

    /// Writes its name: no two accounts share one.
    pub(crate) fn write_name(&self, account: &Account, grammar: &Grammar, out: &mut Vec<u8>) {
        let (n_first, n_trade) = (grammar.n_items(self.first), grammar.n_items(self.trade));
        let n = n_first * n_trade;
        let unused = &mut Random::of(0, 0);
        // Each name once before any is taken again: a step that is a prime above n visits all places.
        let place = (u64::from(account.rank % n) * 2_654_435_761 % u64::from(n)) as u32;
        grammar.write_item(self.first, place / n_trade, unused, out);
        out.push(b' ');
        grammar.write_item(self.trade, place % n_trade, unused, out);
        if account.rank >= n {
            out.push(b' ');
            number(account.rank / n + 1, out);
        }
    }

    /// Draws a person of the account and writes id, name and job title.
    pub(crate) fn write_contact(&self, account: &Account, grammar: &Grammar, random: &mut Random, [id, name, title]: [&mut Vec<u8>; 3]) {
        let person = random.zipf(account.n_contacts);
        let mut own = Random::of(self.seed ^ 0xc0de, u64::from(account.rank) << 8 | u64::from(person));
        id.extend_from_slice(b"C-");
        padded(account.rank + 1, 6, id);
        id.push(b'-');
        padded(person + 1, 2, id);
        grammar.write(self.given, &mut own, name);
        name.push(b' ');
        grammar.write(self.family, &mut own, name);
        grammar.write(self.title, &mut own, title);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_accounts_share_a_name() {
        let grammar = Grammar::compile(&super::super::INVENTORIES);
        let accounts = Accounts::new(1, 10_000_000, &grammar);
        let mut seen = std::collections::BTreeSet::new();
        for rank in 0..20_000 {
            let mut name = Vec::new();
            let account = Account { rank, bias: 0, segment: "", region: "", state: "", n_contacts: 1 };
            accounts.write_name(&account, &grammar, &mut name);
            assert!(seen.insert(name), "account {rank}");
        }
    }
}
