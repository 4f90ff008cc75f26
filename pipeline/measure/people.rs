//! Who answered what in a month?
//!
//! Sums cannot tell how many people stand behind the answers of a window, nor which of their answers is the newest: the same person may answer in
//! several months of it. So who answered what is spooled, month by month, and looked at again, bucket by bucket of people or accounts
//! when there are too many for memory.

use super::Room;
use super::one_per::OnePer;
use super::response::Response;
use super::spool::{Spool, Spooled};
use super::tallies::{AllTallies, Codes, NONE};
use super::tally::{Answer, Boxes};
use crate::error::Result;
use crate::month::Month;

/// Who answered what in a month.
#[derive(Debug)]
pub(super) struct People {
    spool: Spool,
    record: Vec<u8>,
    one_per: OnePer,
}

impl People {
    pub(super) fn new(month: Month, room: Room<'_>, limit: usize, one_per: OnePer) -> Self {
        Self { spool: Spool::new(room, &format!("people-{month}"), limit), record: Vec::new(), one_per }
    }

    pub(super) fn add(&mut self, response: &Response) -> Result<()> {
        let is_nobody = response.respondent == 0 && response.account == 0;
        if response.answers.is_empty() || (is_nobody && self.one_per == OnePer::Response) {
            return Ok(());
        }
        let said = Said {
            respondent: response.respondent,
            account: response.account,
            rank: (response.received_at, response.id_hash),
            month: 0,
            parts: response.parts,
        };
        self.record.clear();
        said.put(&response.answers, &mut self.record);
        self.spool.write(&self.record)
    }

    pub(super) fn seal(&mut self) -> Result<()> {
        self.spool.seal()
    }

    pub(super) fn remove(self) -> Result<()> {
        self.spool.remove()
    }
}

/// Who gave the answers of a response, and where they count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    /// Zero: nobody that is known.
    pub(super) respondent: u64,
    /// Zero: none that is known.
    pub(super) account: u64,
    /// When it was received, and the hash of its id: which of two in a month is the newer.
    pub(super) rank: (i64, u64),
    /// Months since the first with tallies.
    pub(super) month: i32,
    pub(super) parts: [u32; 4],
}

impl Said {
    pub(super) fn put(&self, answers: &[Answer], record: &mut Vec<u8>) {
        record.extend(self.respondent.to_le_bytes());
        record.extend(self.account.to_le_bytes());
        record.extend(self.rank.0.to_le_bytes());
        record.extend(self.rank.1.to_le_bytes());
        record.extend(self.month.to_le_bytes());
        self.parts.iter().for_each(|part| record.extend(part.to_le_bytes()));
        record.extend((answers.len() as u32).to_le_bytes());
        for answer in answers {
            record.extend(answer.series.to_le_bytes());
            record.extend(answer.value.to_le_bytes());
            record.push(answer.boxes.0);
        }
    }

    fn get(spooled: &mut Spooled<'_>, answers: &mut Vec<Answer>) -> Result<Self> {
        let (respondent, account) = (spooled.u64()?, spooled.u64()?);
        let rank = (spooled.u64()?.cast_signed(), spooled.u64()?);
        let month = spooled.u32()?.cast_signed();
        let mut parts = [NONE; 4];
        for part in &mut parts {
            *part = spooled.u32()?;
        }
        answers.clear();
        for _ in 0..spooled.u32()? {
            let (series, value) = (spooled.u32()?, spooled.u64()?.cast_signed());
            answers.push(Answer { series, value, boxes: Boxes(spooled.u8()?) });
        }
        Ok(Self { respondent, account, rank, month, parts })
    }
}

/// Shows everything that was said in all months; codes are those of all months.
pub(super) fn each_said(tallies: &AllTallies, mut take: impl FnMut(&Said, &[Answer]) -> Result<()>) -> Result<()> {
    let Some(first) = tallies.months.first().map(|m| m.month) else { return Ok(()) };
    let mut answers = Vec::new();
    for of_month in &tallies.months {
        let mut spooled = of_month.people.spool.read()?;
        while !spooled.is_at_end() {
            let mut said = Said::get(&mut spooled, &mut answers)?;
            said.month = of_month.month.since(first);
            said.parts = recoded(said.parts, &of_month.codes);
            answers.iter_mut().for_each(|answer| answer.series = of_month.codes.series[answer.series as usize]);
            take(&said, &answers)?;
        }
    }
    Ok(())
}

fn recoded(mut parts: [u32; 4], codes: &Codes) -> [u32; 4] {
    for (part, codes) in parts.iter_mut().zip(&codes.parts).filter(|(part, _)| **part != NONE) {
        *part = codes[*part as usize];
    }
    parts
}

/// What was said, spread over buckets by who said it: all of one person, or of one account, is in one bucket.
pub(super) struct Buckets {
    spools: Vec<Spool>,
    by: fn(&Said) -> u64,
    record: Vec<u8>,
}

impl Buckets {
    /// As many as it takes to look at one at a time.
    pub(super) fn new(tallies: &AllTallies, room: Room<'_>, name: &str, by: fn(&Said) -> u64) -> Self {
        let n_bytes: u64 = tallies.months.iter().map(|month| month.people.spool.n_bytes()).sum();
        let n = n_bytes.div_ceil((room.budget_bytes as u64 / 8).max(1 << 10)).clamp(1, 1024);
        let limit = room.budget_bytes / 4 / n as usize;
        Self { spools: (0..n).map(|i| Spool::new(room, &format!("{name}-{i}"), limit)).collect(), by, record: Vec::new() }
    }

    /// Whether all of it has room at once, so that nothing needs to be spread.
    pub(super) fn is_one(&self) -> bool {
        self.spools.len() == 1
    }

    pub(super) fn write(&mut self, said: &Said, answers: &[Answer]) -> Result<()> {
        self.record.clear();
        said.put(answers, &mut self.record);
        // The high bits: the low ones place an id in hash maps.
        let bucket = (u128::from((self.by)(said)) * self.spools.len() as u128) >> 64;
        self.spools[bucket as usize].write(&self.record)
    }

    /// Shows one bucket after the other, each as something that is filled with what was said.
    pub(super) fn each<T: Default>(
        mut self,
        mut fill: impl FnMut(&mut T, &Said, &[Answer]),
        mut take: impl FnMut(T) -> Result<()>,
    ) -> Result<()> {
        self.spools.iter_mut().try_for_each(Spool::seal)?;
        let mut answers = Vec::new();
        for spool in self.spools {
            let mut filled = T::default();
            let mut spooled = spool.read()?;
            while !spooled.is_at_end() {
                let said = Said::get(&mut spooled, &mut answers)?;
                fill(&mut filled, &said, &answers);
            }
            drop(spooled);
            spool.remove()?;
            take(filled)?;
        }
        Ok(())
    }
}
