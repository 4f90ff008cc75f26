//! Which sources are counted together?
//!
//! None, unless the settings name a pool: then its responses are counted a second time under the name of the pool, beside the figures of each source. Accounts are
//! not: whatever they answered is told of each source.

use std::collections::{BTreeMap, HashMap};

use super::names::Names;
use super::response::Response;
use super::tallies::SeriesKey;
use crate::error::Result;
use crate::identity::Fingerprint;

/// Pools of sources by name; empty by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pools(BTreeMap<String, Vec<String>>);

impl Pools {
    /// Pools by name, each with its sources.
    pub fn new(pools: BTreeMap<String, Vec<String>>) -> Self {
        Self(pools)
    }

    /// Whether nothing is pooled.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Equal figures follow from equal rows where this is equal.
    pub fn fingerprint(&self) -> String {
        // The derived form names every pool and source; nothing reads it back.
        Fingerprint::of("pools").part(&format!("{:?}", self.0)).id()
    }
}

/// The pools of a month while its responses pass.
pub(super) struct Pooling<'p> {
    pools: &'p Pools,
    /// Codes of the pools of each source.
    of_source: HashMap<u32, Vec<u32>>,
    /// Series of a pool by the pool and the series of the source.
    series: HashMap<(u32, u32), u32>,
}

impl<'p> Pooling<'p> {
    pub(super) fn new(pools: &'p Pools) -> Self {
        Self { pools, of_source: HashMap::new(), series: HashMap::new() }
    }

    /// Shows a response once for each pool that its source belongs to, as a response of the pool.
    pub(super) fn each(
        &mut self,
        response: &mut Response,
        names: &mut Names,
        take: &mut impl FnMut(&Response) -> Result<()>,
    ) -> Result<()> {
        if self.pools.is_empty() {
            return Ok(());
        }
        if !self.of_source.contains_key(&response.source) {
            let source = names.sources.names()[response.source as usize].clone();
            let named = self.pools.0.iter().filter(|(_, sources)| sources.contains(&source)).map(|(pool, _)| pool);
            let codes = named.map(|pool| names.sources.code(pool.as_str())).collect();
            self.of_source.insert(response.source, codes);
        }
        let codes = self.of_source.get(&response.source).cloned().unwrap_or_default();
        for pool in codes {
            response.source = pool;
            response.is_pooled = true;
            for answer in &mut response.answers {
                answer.series = self.series_of(pool, answer.series, names);
            }
            if let Some((series, _)) = &mut response.overall {
                *series = self.series_of(pool, *series, names);
            }
            take(response)?;
        }
        Ok(())
    }

    fn series_of(&mut self, pool: u32, series: u32, names: &mut Names) -> u32 {
        if let Some(known) = self.series.get(&(pool, series)) {
            return *known;
        }
        let source = names.sources.names()[pool as usize].clone();
        let key = SeriesKey { source, ..names.series.names()[series as usize].clone() };
        let code = names.series.code(&key);
        self.series.insert((pool, series), code);
        code
    }
}
