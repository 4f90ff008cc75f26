//! Which rows of the input are new, and what becomes of the others?
//!
//! Every row leaves one entry; entries with one base lie in one bucket. Above the memory budget buckets go to
//! files, and are decided one after the other, so that memory does not grow with the input. The published
//! months keep their keys in small files beside the tables, row by row as in `response`.

mod spill;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use fs_err as fs;

use crate::error::{Error, Result};
use crate::identity::Fingerprint;
use crate::month::Month;
use crate::response::RowKey;
use spill::Spill;

/// What becomes of an input row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It was not known: it is written. The number tells equal rows without ids apart.
    New(u32),
    /// It is written in the place of a published row.
    Replacing(u32),
    /// It is published already, as it is.
    Unchanged,
    /// A later row of the input has its id.
    Superseded,
    /// It cannot be used.
    Rejected,
}

/// The key of a published response, in the order of the rows of `response`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    /// Hash of source and id, or of source, month and content.
    pub base: u128,
    /// Hash of the cells and of what decides what is made of them.
    pub content: u128,
    /// Which of the equal rows without ids.
    pub k: u32,
    /// Hash of the source's name.
    pub source: u32,
}

const PUBLISHED_BYTES: usize = 40;

impl PublishedKey {
    /// The short hash of a source's name.
    pub fn source_of(name: &str) -> u32 {
        Fingerprint::of("source").part(name).finish() as u32
    }

    /// Appends the key to the bytes of a key file.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.base.to_le_bytes());
        out.extend_from_slice(&self.content.to_le_bytes());
        out.extend_from_slice(&self.k.to_le_bytes());
        out.extend_from_slice(&self.source.to_le_bytes());
    }

    fn read(bytes: &[u8; PUBLISHED_BYTES]) -> Self {
        let (base, rest) = bytes.split_at(16);
        let (content, rest) = rest.split_at(16);
        let (k, source) = rest.split_at(4);
        let sized = "the parts of a key have fixed lengths";
        Self {
            base: u128::from_le_bytes(base.try_into().expect(sized)),
            content: u128::from_le_bytes(content.try_into().expect(sized)),
            k: u32::from_le_bytes(k.try_into().expect(sized)),
            source: u32::from_le_bytes(source.try_into().expect(sized)),
        }
    }
}

/// Reads the keys of a published month, one after the other; no file: none.
pub fn published(path: &Path) -> Result<impl Iterator<Item = Result<PublishedKey>>> {
    let io = Error::io("cannot read the keys of a month");
    let mut file = match fs::File::open(path) {
        Ok(file) => Some(BufReader::with_capacity(1 << 18, file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(io(error)),
    };
    let key = move || {
        let mut bytes = [0; PUBLISHED_BYTES];
        match file.as_mut()?.read_exact(&mut bytes) {
            Ok(()) => Some(Ok(PublishedKey::read(&bytes))),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => None,
            Err(error) => {
                file = None;
                Some(Err(Error::io("cannot read the keys of a month")(error)))
            }
        }
    };
    Ok(std::iter::from_fn(key))
}

/// Keys of the input, gathered row by row.
#[derive(Debug)]
pub struct Keys {
    /// One piece of memory, which goes back to the system as one; buckets that grow side by side would leave it in holes.
    entries: Vec<Entry>,
    budget_entries: usize,
    spill: Spill,
    n_rows: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    base: u128,
    content: u128,
    /// Place in the input; published rows have none.
    row: u64,
    month: Month,
    /// Of a published row: its place in its month.
    place: u32,
    k: u32,
    kind: EntryKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum EntryKind {
    Published,
    WithId,
    WithoutId,
}

const N_BUCKETS: usize = 64;

/// Entries of one base lie in one bucket.
fn bucket_of(entry: &Entry) -> usize {
    (entry.base >> 122) as usize
}

/// What was decided.
#[derive(Debug, Default)]
pub struct Decisions {
    /// One byte a row: the decision above, and below which of equal rows it is, as far as [`K_IN_TABLE`] does not say.
    codes: Vec<u8>,
    /// Which of equal rows without ids, where that does not fit a byte.
    large: BTreeMap<u64, u32>,
    /// Published rows that go, by month, as places in `response`, ascending.
    pub dropped: BTreeMap<Month, Vec<u32>>,
    gaining: BTreeSet<Month>,
}

const CODE_SHIFT: u32 = 5;
/// Says that the number is in the table.
const K_IN_TABLE: u8 = (1 << CODE_SHIFT) - 1;

impl Decisions {
    /// The decision on an input row.
    pub fn of(&self, row: u64) -> Decision {
        let code = self.codes[row as usize];
        let k = match code & K_IN_TABLE {
            K_IN_TABLE => self.large.get(&row).copied().unwrap_or_default(),
            k => u32::from(k),
        };
        match code >> CODE_SHIFT {
            0 => Decision::Rejected,
            1 => Decision::New(k),
            2 => Decision::Replacing(k),
            3 => Decision::Unchanged,
            _ => Decision::Superseded,
        }
    }

    fn drop_published(&mut self, entry: &Entry) {
        self.dropped.entry(entry.month).or_default().push(entry.place);
    }

    fn set(&mut self, entry: &Entry, decision: Decision) {
        if matches!(decision, Decision::New(_) | Decision::Replacing(_)) {
            self.gaining.insert(entry.month);
        }
        let (code, k): (u8, u32) = match decision {
            Decision::Rejected => (0, 0),
            Decision::New(k) => (1, k),
            Decision::Replacing(k) => (2, k),
            Decision::Unchanged => (3, 0),
            Decision::Superseded => (4, 0),
        };
        let small = u8::try_from(k).ok().filter(|k| *k < K_IN_TABLE);
        if small.is_none() {
            self.large.insert(entry.row, k);
        }
        self.codes[entry.row as usize] = code << CODE_SHIFT | small.unwrap_or(K_IN_TABLE);
    }

    /// Months whose partitions change: those that gain or lose rows.
    pub fn touched(&self) -> BTreeSet<Month> {
        self.gaining.iter().chain(self.dropped.keys()).copied().collect()
    }

    /// How many rows were decided on.
    pub fn n_rows(&self) -> u64 {
        self.codes.len() as u64
    }

    /// How many rows got each decision: new, replacing, unchanged, superseded, rejected.
    pub fn counts(&self) -> [u64; 5] {
        let mut counts = [0; 5];
        for code in &self.codes {
            counts[match code >> CODE_SHIFT {
                0 => 4,
                n => (n as usize - 1).min(3),
            }] += 1;
        }
        counts
    }
}

impl Keys {
    /// Keeps at most about `budget_bytes` in memory; the rest goes to files in `folder`.
    pub fn new(folder: &Path, budget_bytes: usize) -> Self {
        Self {
            entries: Vec::new(),
            budget_entries: (budget_bytes / size_of::<Entry>()).max(1),
            spill: Spill { folder: folder.to_owned(), is_used: false },
            n_rows: 0,
        }
    }

    /// The next input row: its key and month, or none for a reject.
    pub fn push(&mut self, key: Option<(RowKey, Month)>) -> Result<()> {
        let row = self.n_rows;
        self.n_rows += 1;
        let Some((key, month)) = key else { return Ok(()) };
        let kind = if key.has_id { EntryKind::WithId } else { EntryKind::WithoutId };
        self.add(Entry { base: key.base, content: key.content, row, month, place: 0, k: 0, kind })
    }

    /// How many input rows there are.
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// A published row that an input row may be the same as.
    fn push_published(&mut self, key: &PublishedKey, month: Month, place: u32) -> Result<()> {
        self.add(Entry { base: key.base, content: key.content, row: 0, month, place, k: key.k, kind: EntryKind::Published })
    }

    fn add(&mut self, entry: Entry) -> Result<()> {
        self.entries.push(entry);
        if self.entries.len() > self.budget_entries {
            self.spill.write(&mut self.entries)?;
        }
        Ok(())
    }

    /// Decides on every row. `published`: the months with their key files. `replace`: source and month pairs whose
    /// published rows all go unless the input has them.
    pub fn decide(mut self, published: &[(Month, PathBuf)], replace: &[(u32, Month)]) -> Result<Decisions> {
        let known = self.filter()?;
        let mut decisions = Decisions { codes: vec![0; self.n_rows as usize], ..Decisions::default() };
        for (month, path) in published {
            for (place, key) in (0..).zip(self::published(path)?) {
                let key = key?;
                if known.may_have(key.base) {
                    self.push_published(&key, *month, place)?;
                } else if replace.contains(&(key.source, *month)) {
                    decisions.dropped.entry(*month).or_default().push(place);
                }
            }
        }
        let replaced_months: Vec<Month> = replace.iter().map(|(_, month)| *month).collect();
        self.each_part(|part| {
            part.sort_unstable_by_key(|e| (e.base, e.kind, e.row, e.k, e.month, e.place));
            for group in part.chunk_by(|a, b| a.base == b.base) {
                decide_group(group, &replaced_months, &mut decisions);
            }
        })?;
        for places in decisions.dropped.values_mut() {
            places.sort_unstable();
            places.dedup();
        }
        Ok(decisions)
    }

    /// A set of the bases of the input that may say yes too often, at ten bits a row.
    fn filter(&mut self) -> Result<Filter> {
        let mut filter = Filter::new(self.n_rows);
        self.each_part(|part| part.iter().for_each(|entry| filter.add(entry.base)))?;
        Ok(filter)
    }

    /// All entries, those of one base in one part: at once, or bucket by bucket when they had to be written.
    fn each_part(&mut self, mut see: impl FnMut(&mut [Entry])) -> Result<()> {
        if !self.spill.is_used {
            see(&mut self.entries);
            return Ok(());
        }
        self.spill.write(&mut self.entries)?;
        for bucket in 0..N_BUCKETS {
            self.entries.clear();
            self.spill.read(bucket, &mut self.entries)?;
            see(&mut self.entries);
        }
        self.entries.clear();
        Ok(())
    }
}

/// Decides on the entries of one base: the published ones first, then the input's in its order.
fn decide_group(group: &[Entry], replaced_months: &[Month], decisions: &mut Decisions) {
    let n_published = group.partition_point(|e| e.kind == EntryKind::Published);
    let (published, rows) = group.split_at(n_published);
    if rows.is_empty() {
        // The filter said yes too often: the row is not in the input.
        for entry in published.iter().filter(|e| replaced_months.contains(&e.month)) {
            decisions.drop_published(entry);
        }
        return;
    }
    if rows[0].kind == EntryKind::WithId {
        let (last, earlier) = rows.split_last().expect("not empty");
        let unchanged = published.iter().any(|e| e.content == last.content && e.month == last.month);
        if !unchanged {
            published.iter().for_each(|entry| decisions.drop_published(entry));
        }
        for row in earlier {
            decisions.set(row, Decision::Superseded);
        }
        decisions.set(
            last,
            match (unchanged, published.is_empty()) {
                (true, _) => Decision::Unchanged,
                (_, true) => Decision::New(0),
                (_, false) => Decision::Replacing(0),
            },
        );
        return;
    }
    for (k, row) in (0_u32..).zip(rows) {
        // They stand in the order of their numbers.
        let decision = match published.get(published.partition_point(|e| e.k < k)).filter(|e| e.k == k) {
            Some(same) if same.content == row.content => Decision::Unchanged,
            Some(same) => {
                decisions.drop_published(same);
                Decision::Replacing(k)
            }
            None => Decision::New(k),
        };
        decisions.set(row, decision);
    }
    for entry in published.iter().filter(|e| e.k as usize >= rows.len() && replaced_months.contains(&e.month)) {
        decisions.drop_published(entry);
    }
}

#[derive(Debug)]
struct Filter {
    bits: Vec<u64>,
}

impl Filter {
    fn new(n: u64) -> Self {
        Self { bits: vec![0; (n as usize * 10 / 64 + 1).next_power_of_two()] }
    }

    fn places(&self, base: u128) -> [u64; 3] {
        let mask = self.bits.len() as u64 * 64 - 1;
        [base as u64 & mask, (base >> 40) as u64 & mask, (base >> 64) as u64 & mask]
    }

    fn add(&mut self, base: u128) {
        for place in self.places(base) {
            self.bits[(place / 64) as usize] |= 1 << (place % 64);
        }
    }

    fn may_have(&self, base: u128) -> bool {
        self.places(base).iter().all(|place| self.bits[(place / 64) as usize] >> (place % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month() -> Month {
        Month::new(2026, 7)
    }

    fn with_id(id: u128, content: u128) -> Option<(RowKey, Month)> {
        Some((RowKey { base: id << 100 | id, content, has_id: true }, month()))
    }

    fn decide(rows: &[Option<(RowKey, Month)>], published: &[PublishedKey], replace: bool, budget: usize) -> (Vec<Decision>, Vec<u32>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.bin");
        let mut bytes = Vec::new();
        published.iter().for_each(|key| key.write(&mut bytes));
        fs::write(&path, bytes).unwrap();
        let mut keys = Keys::new(&folder.path().join("spill"), budget);
        for row in rows {
            keys.push(*row).unwrap();
        }
        let replace: &[(u32, Month)] = if replace { &[(1, month())] } else { &[] };
        let decisions = keys.decide(&[(month(), path)], replace).unwrap();
        let dropped = decisions.dropped.get(&month()).cloned().unwrap_or_default();
        ((0..rows.len() as u64).map(|i| decisions.of(i)).collect(), dropped)
    }

    fn published(base: u128, content: u128, k: u32) -> PublishedKey {
        PublishedKey { base, content, k, source: 1 }
    }

    #[test]
    fn the_last_row_of_an_id_wins() {
        use Decision::*;
        let rows = [with_id(1, 10), None, with_id(2, 20), with_id(1, 11)];
        assert_eq!(decide(&rows, &[], false, 1 << 20).0, [Superseded, Rejected, New(0), New(0)]);
    }

    #[test]
    fn published_rows_are_replaced_only_when_they_changed() {
        use Decision::*;
        let base = |id: u128| id << 100 | id;
        let before = [published(base(1), 10, 0), published(base(2), 20, 0), published(base(3), 30, 0)];
        let rows = [with_id(1, 10), with_id(2, 21), with_id(4, 40)];
        assert_eq!(decide(&rows, &before, false, 1 << 20), (vec![Unchanged, Replacing(0), New(0)], vec![1]));
        assert_eq!(decide(&rows, &before, true, 1 << 20), (vec![Unchanged, Replacing(0), New(0)], vec![1, 2]));
    }

    #[test]
    fn equal_rows_without_ids_stay_forty_rows() {
        use Decision::*;
        let row = Some((RowKey { base: 5, content: 50, has_id: false }, month()));
        let rows = [row, row, row];
        assert_eq!(decide(&rows, &[], false, 1 << 20).0, [New(0), New(1), New(2)]);
        let before = [published(5, 50, 0), published(5, 50, 1)];
        assert_eq!(decide(&rows, &before, false, 1 << 20).0, [Unchanged, Unchanged, New(2)]);
        assert_eq!(decide(&rows[..1], &before, false, 1 << 20), (vec![Unchanged], vec![]));
        assert_eq!(decide(&rows[..1], &before, true, 1 << 20), (vec![Unchanged], vec![1]));
    }

    proptest::proptest! {
        #[test]
        fn spilled_keys_decide_the_same(ids in proptest::collection::vec((0_u128..40, 0_u128..3, proptest::bool::ANY), 0..200)) {
            let rows: Vec<_> = ids
                .iter()
                .map(|&(id, content, has_id)| {
                    let base = id << 122 | id << 60 | u128::from(has_id);
                    Some((RowKey { base, content: if has_id { content } else { base }, has_id }, month()))
                })
                .collect();
            let before = [published(3 << 122 | 3 << 60 | 1, 1, 0), published(4 << 122 | 4 << 60, 4 << 122 | 4 << 60, 0)];
            proptest::prop_assert_eq!(decide(&rows, &before, false, 1 << 20), decide(&rows, &before, false, 1000));
        }
    }
}
