//! Transitions without their zeros: how they are stored, and how they are read.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::domain::Domain;
use crate::sparse::Sparse;

/// The transition of a factor under one combination of actions, without its zeros.
#[derive(Clone, Copy, Debug)]
pub struct SparseTable<'a> {
    /// Where each column begins among the entries of all; one more than there are columns.
    begins: &'a [u32],
    /// The next state of each entry, ascending within a column.
    states: &'a [u16],
    /// The probability of each entry.
    probabilities: &'a [f64],
}

impl<'a> SparseTable<'a> {
    /// The next states of a column that are not impossible, ascending, and their probabilities.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn column(self, column: usize) -> (&'a [u16], &'a [f64]) {
        let entries = self.begins[column] as usize..self.begins[column + 1] as usize;
        (&self.states[entries.clone()], &self.probabilities[entries])
    }

    /// Calls `f` for each next state of a column that is not impossible, with its probability.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn each(self, column: usize, mut f: impl FnMut(usize, f64)) {
        let (states, probabilities) = self.column(column);
        for (&state, &p) in states.iter().zip(probabilities) {
            f(usize::from(state), p);
        }
    }

    /// One probability.
    pub fn entry(self, column: usize, state: usize) -> f64 {
        let (states, probabilities) = self.column(column);
        states.binary_search_by_key(&state, |s| usize::from(*s)).map_or(0.0, |at| probabilities[at])
    }
}

/// The entries of all sparse transitions of a model, in the order in which they are filled.
#[derive(Clone, Debug)]
pub(crate) struct SparseEntries {
    begins: Box<[u32]>,
    states: Vec<u16>,
    probabilities: Vec<f64>,
}

impl SparseEntries {
    /// No entries; room for where so many columns begin, and end.
    pub fn new(begins: usize) -> Self {
        SparseEntries { begins: vec![0; begins].into(), states: Vec::new(), probabilities: Vec::new() }
    }

    /// Forgets all entries, to be filled anew.
    pub fn clear(&mut self) {
        self.states.clear();
        self.probabilities.clear();
    }

    /// A column, or the end of a table, begins with the next entry.
    pub fn begin(&mut self, column: usize) {
        if let Some(begin) = self.begins.get_mut(column) {
            *begin = self.states.len() as u32;
        }
    }

    /// The columns from one on.
    pub fn table(&self, first: usize, columns: usize) -> SparseTable<'_> {
        SparseTable { begins: &self.begins[first..=first + columns], states: &self.states, probabilities: &self.probabilities }
    }

    /// Adds a column: its states, ascending, and their probabilities.
    pub fn push(&mut self, states: impl Iterator<Item = usize>, probabilities: &[f64]) {
        // Domains have at most MAX_VALUES values: the compiler has checked it. Memory ends before places are too many for 32 bits.
        self.states.extend(states.map(|state| state as u16));
        self.probabilities.extend_from_slice(probabilities);
    }
}

/// The entries of a column that are not zero, by their states, ascending; one that is named twice has the sum.
pub(super) fn merged<O: Domain>(column: &Sparse<O>) -> Vec<(usize, f64)> {
    let entries = column.entries().iter().map(|(state, p)| (state.index(), *p));
    let mut entries: Vec<(usize, f64)> = entries.filter(|(_, p)| *p != 0.0).collect();
    entries.sort_by_key(|(state, _)| *state);
    entries.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    entries
}
