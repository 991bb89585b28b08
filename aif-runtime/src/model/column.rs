//! Columns of tables: what a model's methods return, checked and written by kind.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::ModelError;
use super::meta::Kind;
use super::sparse::{SparseEntries, merged};
use crate::dirichlet::Dirichlet;
use crate::dist::Dist;
use crate::domain::Domain;
use crate::scalar::{Lift, Real};
use crate::sparse::Sparse;

/// How far the sum of a distribution may be from one.
pub const SUM_TOLERANCE: f64 = 1e-6;

/// A value that one column of a table can be made of.
pub trait Column<T: Real> {
    /// How such columns are stored.
    const KIND: Kind;
    /// Hands the column to the writer: an index, constant probabilities, probabilities or counts.
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError>;
}

/// Where one column goes.
pub struct ColumnWriter<'a, T> {
    pub(super) map: Option<&'a mut u16>,
    pub(super) fixed: &'a mut [f64],
    pub(super) free: &'a mut [T],
    pub(super) counts: &'a mut [T],
    pub(super) held: Option<&'a mut bool>,
    pub(super) sparse: Option<&'a mut SparseEntries>,
}

/// What is wrong with one column, before it is named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnError {
    /// It sums to this.
    Sum(f64),
    /// It has counts, but none is positive.
    NoCounts,
    /// The entry at this position is this, which is no probability or count.
    Entry(usize, &'static str, f64),
}

/// Probabilities between 0 and 1 that sum to one, but for the tolerance.
fn check<T: Real>(column: &[T], rounding: f64) -> Result<(), ColumnError> {
    let mut sum = 0.0;
    let tolerance = SUM_TOLERANCE.max(rounding * column.len() as f64);
    for (i, p) in column.iter().enumerate() {
        let p = p.value();
        if !(-rounding.max(1e-12)..=1.0 + tolerance).contains(&p) {
            return Err(ColumnError::Entry(i, "probability", p));
        }
        sum += p;
    }
    if (sum - 1.0).abs() > tolerance { Err(ColumnError::Sum(sum)) } else { Ok(()) }
}

/// Takes a column as a distribution: within the tolerance it is made one. What falls below zero by rounding (`1 - p - q`) is zero, with its
/// derivatives; and where the sum is off by more than the rounding of a sum, entries are divided by it. What is exact stays as it is, to the
/// bit.
pub(super) fn accept<T: Real>(column: &mut [T]) -> Result<(), ColumnError> {
    let rounding = 8.0 * T::EPSILON;
    check(column, rounding)?;
    let mut sum = 0.0;
    for p in &mut *column {
        if p.value() < 0.0 {
            *p -= T::constant(p.value());
        }
        sum += p.value();
    }
    if (sum - 1.0f64).abs() > rounding * column.len() as f64 {
        let whole = column.iter().fold(T::zero(), |sum, &p| sum + p);
        column.iter_mut().for_each(|p| *p /= whole);
    }
    Ok(())
}

/// A deterministic column.
pub struct Certain<O>(pub O);

impl<O: Domain, T: Real> Column<T> for Certain<O> {
    const KIND: Kind = Kind::Map;
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError> {
        if let Some(map) = to.map {
            // Domains have at most MAX_VALUES values: the compiler has checked it.
            *map = self.0.index() as u16;
        }
        Ok(())
    }
}

/// A categorical column free of parameters.
pub struct Constant<O: Domain>(pub Dist<O>);

impl<O: Domain, T: Real> Column<T> for Constant<O> {
    const KIND: Kind = Kind::Fixed;
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError> {
        to.fixed.copy_from_slice(self.0.probabilities());
        accept(to.fixed)
    }
}

/// A categorical column that depends on parameters.
impl<O: Domain, T: Real> Column<T> for Dist<O, T> {
    const KIND: Kind = Kind::Free;
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError> {
        to.free.copy_from_slice(self.probabilities());
        accept(to.free)
    }
}

/// A column by its states that are not impossible.
impl<O: Domain, T: Real> Column<T> for Sparse<O> {
    const KIND: Kind = Kind::Sparse;
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError> {
        let entries = merged(self);
        let mut probabilities: Vec<f64> = entries.iter().map(|(_, p)| *p).collect();
        accept(&mut probabilities).map_err(|error| match error {
            ColumnError::Entry(i, what, value) => ColumnError::Entry(entries[i].0, what, value),
            other => other,
        })?;
        if let Some(sparse) = to.sparse {
            sparse.push(entries.iter().map(|(state, _)| *state), &probabilities);
        }
        Ok(())
    }
}

/// A column of counts.
pub struct Counts<O: Domain, U: Real>(pub Dirichlet<O, U>);

impl<O: Domain, U: Real, T: Real + Lift<U>> Column<T> for Counts<O, U> {
    const KIND: Kind = Kind::Dirichlet;
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError> {
        for (&from, to) in self.0.counts().iter().zip(&mut *to.counts) {
            *to = T::lift(from);
        }
        check_counts(to.counts)?;
        for (to, &p) in to.free.iter_mut().zip(self.0.acting().probabilities()) {
            *to = T::lift(p);
        }
        accept(to.free)?;
        if let Some(held) = to.held {
            *held = self.0.is_held();
        }
        Ok(())
    }
}

/// Counts are not negative, and at least one is positive.
pub(super) fn check_counts<T: Real>(counts: &[T]) -> Result<(), ColumnError> {
    let mut sum = 0.0;
    for (i, c) in counts.iter().enumerate() {
        if !(c.value() >= 0.0 && c.is_finite()) {
            return Err(ColumnError::Entry(i, "count", c.value()));
        }
        sum += c.value();
    }
    if sum > 0.0 { Ok(()) } else { Err(ColumnError::NoCounts) }
}

/// What is wrong with a column, in the model's words.
pub(super) fn explain(error: ColumnError, name: &str, rest: &str, label: impl Fn(usize) -> String) -> ModelError {
    let column = name.to_string() + rest;
    match error {
        ColumnError::Sum(sum) => ModelError::Sum { column, sum },
        ColumnError::NoCounts => ModelError::NoCounts { column },
        ColumnError::Entry(i, what, value) => ModelError::Entry { column, label: label(i), what, value },
    }
}
