//! Which matches come first, how many are there, and how do they part by theme, month, area, segment and route?
//!
//! All in one pass over the matches: names are counted by their number in the segment and looked up once at its end.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::index::SegmentReader;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal};

use super::find::Sort;

/// The facets by name of their field; months apart.
pub(super) const FACETS: [&str; 4] = ["theme", "area", "segment", "route"];

/// What comes first: a greater key; of equal ones the later answer.
pub(super) type Key = (u64, i64);

pub(super) struct Collect {
    pub(super) sort: Sort,
    pub(super) limit: usize,
    pub(super) with_facets: bool,
}

#[derive(Default)]
pub(super) struct Collected {
    pub(super) total: u64,
    pub(super) top: Vec<(Key, DocAddress)>,
    pub(super) counts: Counts,
}

/// How matches part.
#[derive(Clone, Default)]
pub(super) struct Counts {
    /// In the order of [`FACETS`].
    pub(super) facets: [BTreeMap<String, u64>; 4],
    /// By the first day of the month.
    pub(super) months: BTreeMap<i64, u64>,
}

pub(super) struct OfSegment {
    ordinal: SegmentOrdinal,
    sort: Sort,
    limit: usize,
    total: u64,
    top: BinaryHeap<Reverse<(Key, Reverse<DocAddress>)>>,
    received: Column<i64>,
    sentiment: Column<f64>,
    facets: Option<OfFacets>,
}

struct OfFacets {
    names: [Option<(StrColumn, Vec<u32>)>; 4],
    month: Column<i64>,
    months: BTreeMap<i64, u64>,
    /// Neighbours are of one month: counted in runs.
    run: (i64, u64),
}

impl Collector for Collect {
    type Fruit = Collected;
    type Child = OfSegment;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<OfSegment> {
        let fast = segment.fast_fields();
        let facets = if self.with_facets {
            let mut names = [None, None, None, None];
            for (slot, name) in names.iter_mut().zip(FACETS) {
                *slot = fast.str(name)?.map(|column| {
                    let n = column.num_terms();
                    (column, vec![0; n])
                });
            }
            Some(OfFacets { names, month: fast.i64("month")?, months: BTreeMap::new(), run: (i64::MIN, 0) })
        } else {
            None
        };
        Ok(OfSegment {
            ordinal,
            sort: self.sort,
            limit: self.limit,
            total: 0,
            top: BinaryHeap::with_capacity(self.limit + 1),
            received: fast.i64("received")?,
            sentiment: fast.f64("sentiment")?,
            facets,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, parts: Vec<tantivy::Result<Collected>>) -> tantivy::Result<Collected> {
        let mut all = Collected::default();
        for part in parts {
            let part = part?;
            all.total += part.total;
            all.top.extend(part.top);
            for (into, from) in all.counts.facets.iter_mut().zip(part.counts.facets) {
                for (name, n) in from {
                    *into.entry(name).or_default() += n;
                }
            }
            for (month, n) in part.counts.months {
                *all.counts.months.entry(month).or_default() += n;
            }
        }
        all.top.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        all.top.truncate(self.limit);
        Ok(all)
    }
}

impl OfSegment {
    fn key(&self, doc: DocId, score: Score) -> u64 {
        match self.sort {
            Sort::Relevance => u64::from(score.max(0.0).to_bits()),
            Sort::Newest => ordered(self.received.first(doc).unwrap_or(i64::MIN)),
            Sort::Oldest => !ordered(self.received.first(doc).unwrap_or(i64::MAX)),
            // Verbatims without a sentiment come last either way.
            Sort::MostNegative => self.sentiment.first(doc).map_or(0, |v| !ordered_float(v)),
            Sort::MostPositive => self.sentiment.first(doc).map_or(0, ordered_float),
        }
    }
}

impl SegmentCollector for OfSegment {
    type Fruit = tantivy::Result<Collected>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        if let Some(facets) = &mut self.facets {
            facets.count(doc);
        }
        if self.limit == 0 {
            return;
        }
        let key = self.key(doc, score);
        let is_full = self.top.len() >= self.limit;
        if is_full && self.top.peek().is_some_and(|Reverse(((worst, _), _))| key < *worst) {
            return;
        }
        let received = self.received.first(doc).unwrap_or(i64::MIN);
        self.top.push(Reverse(((key, received), Reverse(DocAddress::new(self.ordinal, doc)))));
        if is_full {
            self.top.pop();
        }
    }

    fn harvest(self) -> tantivy::Result<Collected> {
        let top = self.top.into_iter().map(|Reverse((key, Reverse(address)))| (key, address)).collect();
        let mut collected = Collected { total: self.total, top, ..Collected::default() };
        let Some(facets) = self.facets else { return Ok(collected) };
        for (into, names) in collected.counts.facets.iter_mut().zip(facets.names) {
            let Some((column, counts)) = names else { continue };
            for (ordinal, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
                let mut name = String::new();
                column.ord_to_str(ordinal as u64, &mut name)?;
                into.insert(name, u64::from(*n));
            }
        }
        collected.counts.months = facets.months;
        if facets.run.1 > 0 {
            *collected.counts.months.entry(facets.run.0).or_default() += facets.run.1;
        }
        Ok(collected)
    }
}

impl OfFacets {
    fn count(&mut self, doc: DocId) {
        for (column, counts) in self.names.iter_mut().flatten() {
            for ordinal in column.ords().values_for_doc(doc) {
                counts[ordinal as usize] += 1;
            }
        }
        let month = self.month.first(doc).unwrap_or_default();
        if month == self.run.0 {
            self.run.1 += 1;
        } else {
            if self.run.1 > 0 {
                *self.months.entry(self.run.0).or_default() += self.run.1;
            }
            self.run = (month, 1);
        }
    }
}

fn ordered(value: i64) -> u64 {
    (value as u64) ^ (1 << 63)
}

fn ordered_float(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}
