//! Which number stands for which name?
//!
//! A month numbers names as they come; [`unify`] then numbers the names of all months in their order.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Names of one month, numbered as they come.
#[derive(Debug)]
pub(super) struct Dictionary<K> {
    codes: HashMap<K, u32>,
    names: Vec<K>,
}

impl<K> Default for Dictionary<K> {
    fn default() -> Self {
        Self { codes: HashMap::new(), names: Vec::new() }
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

    /// The number of a name, if it has one.
    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<u32>
    where
        K: Borrow<Q>,
    {
        self.codes.get(name).copied()
    }

    /// The names by number.
    pub(super) fn into_names(self) -> Vec<K> {
        self.names
    }
}

/// Names of all months in their order, and what each month's numbers become.
pub(super) struct Unified<K> {
    pub(super) names: Vec<K>,
    codes: Vec<Vec<u32>>,
}

impl<K> Unified<K> {
    /// What `local` of the month at `month` becomes.
    pub(super) fn code(&self, month: usize, local: usize) -> u32 {
        self.codes[month][local]
    }

    /// Replaces the numbers of a column; [`super::rows::NONE`] stays.
    pub(super) fn recode(&self, month: usize, column: &mut [u32]) {
        let codes = &self.codes[month];
        for code in column.iter_mut().filter(|code| **code != super::rows::NONE) {
            *code = codes[*code as usize];
        }
    }
}

/// Numbers the names of all months in their order; takes the dictionaries out of `months`.
pub(super) fn unify<M, K: Ord + Clone>(months: &mut [M], of: impl Fn(&mut M) -> &mut Dictionary<K>) -> Unified<K> {
    let locals: Vec<Vec<K>> = months.iter_mut().map(|month| std::mem::take(of(month)).names).collect();
    let mut names: Vec<K> = locals.iter().flatten().cloned().collect();
    names.sort_unstable();
    names.dedup();
    let code = |name: &K| names.binary_search(name).expect("every name was gathered") as u32;
    let codes = locals.iter().map(|local| local.iter().map(code).collect()).collect();
    Unified { names, codes }
}
