//! Beliefs met in one evaluation, each worked out once: found again by the exact bits of values and derivatives.

use std::hash::Hasher;

use aif_runtime::perceive::Filter;
use aif_runtime::{Marginals, Real};
use rustc_hash::{FxHashMap, FxHasher};

/// A list of distinct filters.
pub(super) struct Interner<B, T> {
    filters: Vec<Filter<B, T>>,
    by_hash: FxHashMap<u64, Vec<u32>>,
    factors: usize,
}

impl<B: Marginals<T>, T: Real> Interner<B, T> {
    pub fn new(factors: usize) -> Self {
        Interner { filters: Vec::new(), by_hash: FxHashMap::default(), factors }
    }

    /// The place of a filter, which is added unless it is there.
    pub fn place(&mut self, filter: Filter<B, T>) -> u32 {
        let mut hasher = FxHasher::default();
        filter.bits(self.factors, |bits| hasher.write_u64(bits));
        let same = self.by_hash.entry(hasher.finish()).or_default();
        if let Some(&known) = same.iter().find(|&&known| self.filters[known as usize].believes_as(&filter)) {
            return known;
        }
        let new = self.filters.len() as u32;
        same.push(new);
        self.filters.push(filter);
        new
    }

    pub fn get(&self, id: u32) -> &Filter<B, T> {
        &self.filters[id as usize]
    }
}
