//! What does a row of the made-up complaint log hold?

use super::grammar::Grammar;
use super::people::Accounts;
use super::random::Random;
use super::record::Records;
use super::times::Moment;
use super::voice::{N_AREAS, Voice};

/// Its columns.
pub(crate) const COLUMNS: [&str; 10] = [
    "Complaint ID",
    "Date received",
    "Channel",
    "Account ID",
    "Account name",
    "Segment",
    "Product",
    "Area",
    "State",
    "Complaint narrative",
];

const PRODUCTS: [&str; 8] = ["Internet", "Mobile", "Voice", "Devices", "Cloud backup", "Security", "Managed network", "Training"];
const CHANNELS: [&str; 5] = ["Web form", "Phone", "E-mail", "Letter", "Chat"];

/// Writes one row.
pub(crate) struct Complaints<'a> {
    pub(crate) seed: u64,
    pub(crate) grammar: &'a Grammar,
    pub(crate) voice: &'a Voice,
    pub(crate) accounts: Accounts,
    /// A text in the making.
    pub(crate) scratch: Vec<u8>,
}

impl Complaints<'_> {
    pub(crate) fn write_row(&mut self, row: u64, moment: &Moment, records: &mut Records) {
        let random = &mut Random::of(self.seed ^ 0xc0_0b1a, row);
        let text = &mut self.scratch;
        let account = self.accounts.draw(random);
        let mut field = |write: &mut dyn FnMut(&mut Vec<u8>), records: &mut Records| {
            text.clear();
            write(text);
            records.text(text);
        };
        let area = moment.area(random, N_AREAS);
        field(&mut |out| super::write_row_id(b"K", self.seed, row, out), records);
        field(&mut |out| moment.write(b'T', random, out), records);
        records.text(CHANNELS[random.zipf(5) as usize].as_bytes());
        field(&mut |out| self.accounts.write_id(&account, out), records);
        field(&mut |out| self.accounts.write_name(&account, self.grammar, out), records);
        records.text(account.segment.as_bytes());
        records.text(PRODUCTS[random.zipf(8) as usize].as_bytes());
        records.text(self.voice.area(area).name.as_bytes());
        records.text(account.state.as_bytes());
        field(&mut |out| self.voice.write_narrative(area, self.grammar, random, out), records);
        records.end_row();
    }
}
