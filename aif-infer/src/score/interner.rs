//! States of a life met in one evaluation, each worked out once: found again by the exact bits of values and derivatives.

use aif_runtime::{GenerativeModel, LifeState, Real};
use rustc_hash::FxHashMap;

/// A list of distinct states, whose memory is used again after it is cleared.
pub(super) struct Interner<M: GenerativeModel<T>, T: Real> {
    states: Vec<LifeState<M, T>>,
    /// How many of the states count.
    len: usize,
    /// The last filter of a hash, and for each state the one before it of the same hash.
    by_hash: FxHashMap<u64, u32>,
    before: Vec<u32>,
}

/// No state of that hash before.
const NONE: u32 = u32::MAX;

impl<M: GenerativeModel<T>, T: Real> Interner<M, T> {
    pub fn new() -> Self {
        Interner { states: Vec::new(), len: 0, by_hash: FxHashMap::default(), before: Vec::new() }
    }

    /// Forgets all states, and keeps the memory.
    pub fn clear(&mut self) {
        self.len = 0;
        self.by_hash.clear();
        self.before.clear();
    }

    /// The place of a state, which is added unless it is there; `intern` says whether it is looked for.
    pub fn place(&mut self, state: &LifeState<M, T>, intern: bool) -> u32 {
        let new = self.len as u32;
        let mut before = NONE;
        if intern {
            let hash = state.mark();
            let mut at = self.by_hash.get(&hash).copied().unwrap_or(NONE);
            while at != NONE {
                if self.states[at as usize] == *state {
                    return at;
                }
                at = self.before[at as usize];
            }
            before = self.by_hash.insert(hash, new).unwrap_or(NONE);
        }
        self.before.push(before);
        match self.states.get_mut(self.len) {
            Some(old) => old.clone_from(state),
            None => self.states.push(state.clone()),
        }
        self.len += 1;
        new
    }

    pub fn get(&self, id: u32) -> &LifeState<M, T> {
        &self.states[id as usize]
    }
}
