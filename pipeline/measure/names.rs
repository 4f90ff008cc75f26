//! Which number stands for which name?
//!
//! A month numbers names as they come; [`unify`] then numbers the names of all months in their order.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

use super::tallies::SeriesKey;

/// Names of one month, numbered as they come.
#[derive(Debug)]
pub(super) struct Dictionary<K> {
    codes: HashMap<K, u32, RandomState>,
    names: Vec<K>,
}

impl<K> Default for Dictionary<K> {
    fn default() -> Self {
        Self { codes: HashMap::default(), names: Vec::new() }
    }
}

impl<K: Hash + Eq + Clone> Dictionary<K> {
    /// The number of a name, a new one if need be.
    pub(super) fn code<Q: Hash + Eq + ToOwned<Owned = K> + ?Sized>(&mut self, name: &Q) -> u32
    where
        K: Borrow<Q>,
    {
        if let Some(code) = self.codes.get(name) {
            return *code;
        }
        let code = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.codes.insert(name.to_owned(), code);
        code
    }
}

/// The names of one month.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) sources: Dictionary<String>,
    /// Of area, channel, product and segment.
    pub(super) parts: [Dictionary<String>; 4],
    pub(super) series: Dictionary<SeriesKey>,
    pub(super) themes: Dictionary<String>,
}

impl<K> Dictionary<K> {
    /// The names by number.
    pub(super) fn names(&self) -> &[K] {
        &self.names
    }
}

/// Names of all months in their order, and what each month's numbers become.
#[derive(Debug)]
pub(super) struct Unified<K> {
    pub(super) names: Vec<K>,
    codes: Vec<Vec<u32>>,
}

impl<K> Unified<K> {
    /// What the numbers of the month at `month` become.
    pub(super) fn of_month(&self, month: usize) -> &[u32] {
        &self.codes[month]
    }
}

/// Numbers the names of all months in their order.
pub(super) fn unify<K: Ord + Clone>(months: &[Names], of: impl Fn(&Names) -> &Dictionary<K>) -> Unified<K> {
    let mut names: Vec<K> = months.iter().flat_map(|month| &of(month).names).cloned().collect();
    names.sort_unstable();
    names.dedup();
    let code = |name: &K| names.binary_search(name).expect("every name was gathered") as u32;
    let codes = months.iter().map(|month| of(month).names.iter().map(code).collect()).collect();
    Unified { names, codes }
}
