//! Beliefs met in one evaluation, each worked out once: found again by the exact bits of values and derivatives.

use std::hash::Hasher;

use aif_runtime::perceive::Filter;
use aif_runtime::{GenerativeModel, Real};
use rustc_hash::{FxHashMap, FxHasher};

/// A list of distinct filters.
pub(super) struct Interner<M: GenerativeModel<T>, T: Real> {
    filters: Vec<FilterOf<M, T>>,
    by_hash: FxHashMap<u64, Vec<u32>>,
}

/// The filter of a model.
pub(super) type FilterOf<M, T> = Filter<<M as GenerativeModel<T>>::Belief, <M as GenerativeModel<T>>::Evidence, T>;

impl<M: GenerativeModel<T>, T: Real> Interner<M, T> {
    pub fn new() -> Self {
        Interner { filters: Vec::new(), by_hash: FxHashMap::default() }
    }

    /// The place of a filter, which is added unless it is there.
    pub fn place(&mut self, filter: FilterOf<M, T>) -> u32 {
        let mut hasher = FxHasher::default();
        filter.bits::<M>(|bits| hasher.write_u64(bits));
        let same = self.by_hash.entry(hasher.finish()).or_default();
        if let Some(&known) = same.iter().find(|&&known| self.filters[known as usize] == filter) {
            return known;
        }
        let new = self.filters.len() as u32;
        same.push(new);
        self.filters.push(filter);
        new
    }

    pub fn get(&self, id: u32) -> &FilterOf<M, T> {
        &self.filters[id as usize]
    }
}
