//! What does a row of the made-up relationship survey hold?

use super::grammar::Grammar;
use super::people::Accounts;
use super::random::Random;
use super::record::Records;
use super::times::Moment;
use super::voice::{Mood, N_AREAS, Voice};

/// Its columns.
pub(crate) const COLUMNS: [&str; 20] = [
    "Response ID",
    "Survey date",
    "Account ID",
    "Account name",
    "Contact ID",
    "Contact name",
    "Job title",
    "Segment",
    "Region",
    "Product",
    "Channel",
    "Recommend (0-10)",
    "Overall satisfaction",
    "Support",
    "Billing",
    "Delivery",
    "Product quality",
    "What is the main reason for your score?",
    "What should we improve first?",
    "Share consent",
];

const PRODUCTS: [&str; 8] = ["Internet", "Voice", "Mobile", "Cloud backup", "Managed network", "Security", "Devices", "Training"];
const CHANNELS: [&str; 4] = ["E-mail", "Web", "Phone", "SMS"];
const CONSENTS: [&str; 4] = ["named", "anonymous", "named", "aggregate_only"];

/// Of a thousand respondents, how many give at most 0, 1, … 10: 26 % detractors, 33 % passives, 41 % promoters.
const UP_TO_NPS: [i32; 11] = [30, 40, 60, 90, 120, 190, 260, 390, 590, 760, 1000];

/// Writes one row.
pub(crate) struct Survey<'a> {
    pub(crate) seed: u64,
    pub(crate) grammar: &'a Grammar,
    pub(crate) voice: &'a Voice,
    pub(crate) accounts: Accounts,
    /// Texts in the making.
    pub(crate) scratch: [Vec<u8>; 4],
}

impl Survey<'_> {
    pub(crate) fn write_row(&mut self, row: u64, moment: &Moment, records: &mut Records) {
        let random = &mut Random::of(self.seed, row);
        let [id, name, title, text] = &mut self.scratch;
        let account = self.accounts.draw(random);
        let mut field = |write: &mut dyn FnMut(&mut Vec<u8>), records: &mut Records| {
            text.clear();
            write(text);
            records.text(text);
        };
        field(&mut |out| super::write_row_id(b"R", self.seed, row, out), records);
        field(&mut |out| moment.write(b' ', random, out), records);
        field(&mut |out| self.accounts.write_id(&account, out), records);
        field(&mut |out| self.accounts.write_name(&account, self.grammar, out), records);
        [&mut *id, &mut *name, &mut *title].into_iter().for_each(Vec::clear);
        self.accounts.write_contact(&account, self.grammar, random, [&mut *id, &mut *name, &mut *title]);
        for value in [&*id, &*name, &*title] {
            records.text(value);
        }
        records.text(account.segment.as_bytes());
        records.text(account.region.as_bytes());
        records.text(PRODUCTS[random.zipf(8) as usize].as_bytes());
        records.text(CHANNELS[random.zipf(4) as usize].as_bytes());
        let area = moment.area(random, N_AREAS);
        let answers = Answers::draw(account.bias + moment.drift, area, random);
        records.number(answers.nps);
        records.number(answers.overall);
        answers.areas.into_iter().for_each(|score| records.number(score));
        field(&mut |out| self.voice.write_comment(answers.mood, area, self.grammar, random, out), records);
        field(&mut |out| self.voice.write_wish(answers.mood, self.grammar, random, out), records);
        records.text(CONSENTS[random.zipf(4) as usize].as_bytes());
        records.end_row();
    }
}

/// The closed answers of one respondent; they agree with each other as those of people do.
struct Answers {
    mood: Mood,
    nps: Option<u32>,
    overall: Option<u32>,
    /// The first four areas of the voice: support, billing, delivery, product.
    areas: [Option<u32>; 4],
}

impl Answers {
    fn draw(shift: i32, area: usize, random: &mut Random) -> Self {
        // Shifted levels are folded back at the ends, so that no point gets all that would lie beyond.
        let level = random.below(1000) as i32 + shift;
        let level = if level > 999 { 1998 - level } else { level.abs() };
        let nps = UP_TO_NPS.iter().position(|up_to| level < *up_to).unwrap_or(10);
        let mood = match nps {
            0..=6 => Mood::Unhappy,
            7..=8 => Mood::Mixed,
            _ => Mood::Happy,
        };
        let near = |score: i32, random: &mut Random| (score + [-1, 0, 0, 0, 0, 0, 0, 1][random.below(8) as usize]).clamp(1, 5);
        let overall = near([1, 1, 1, 2, 2, 2, 3, 4, 4, 5, 5][nps], random);
        let mut areas = [None; 4];
        for (i, score) in areas.iter_mut().enumerate() {
            // What is talked of is what moved the score.
            let pull = match mood {
                Mood::Unhappy if i == area => -1,
                Mood::Unhappy => 1,
                Mood::Mixed => 0,
                Mood::Happy if i == area => 1,
                Mood::Happy => 0,
            };
            let value = near((overall + pull).clamp(1, 5), random);
            *score = (!random.per_mille(110)).then_some(value as u32);
        }
        let given = |value: u32, random: &mut Random| (!random.per_mille(25)).then_some(value);
        Self { mood, nps: given(nps as u32, random), overall: given(overall as u32, random), areas }
    }
}
