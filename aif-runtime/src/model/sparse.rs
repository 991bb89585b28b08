//! Transitions without their zeros: how they are stored, and how they are read.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::column::{Column, ColumnError, ColumnWriter, accept};
use super::meta::Kind;
use crate::domain::Domain;
use crate::scalar::Real;
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
    #[inline(always)]
    pub fn column(self, column: usize) -> (&'a [u16], &'a [f64]) {
        let entries = self.begins[column] as usize..self.begins[column + 1] as usize;
        (&self.states[entries.clone()], &self.probabilities[entries])
    }

    /// Calls `f` for each next state of a column that is not impossible, with its probability.
    #[inline(always)]
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

    fn push<O: Domain>(&mut self, column: &Sparse<O>) -> Result<(), ColumnError> {
        let mut entries: Vec<(usize, f64)> =
            column.entries().iter().map(|(o, p)| (o.index(), *p)).filter(|(_, p)| *p != 0.0).collect();
        entries.sort_by_key(|(state, _)| *state);
        entries.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        let mut probabilities: Vec<f64> = entries.iter().map(|(_, p)| *p).collect();
        accept(&mut probabilities).map_err(|error| match error {
            ColumnError::Entry(i, what, value) => ColumnError::Entry(entries[i].0, what, value),
            other => other,
        })?;
        // Beyond four thousand million entries places are no longer numbers of 32 bits; memory ends before.
        self.states.extend(entries.iter().map(|(state, _)| *state as u16));
        self.probabilities.extend(probabilities);
        Ok(())
    }
}

/// A column by its outcomes that are not impossible.
impl<O: Domain, T: Real> Column<T> for Sparse<O> {
    const KIND: Kind = Kind::Sparse;
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError> {
        match to.sparse {
            Some(entries) => entries.push(self),
            None => Ok(()),
        }
    }
}
