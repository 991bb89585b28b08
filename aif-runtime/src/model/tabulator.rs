//! Fills tables from the methods of a model, and checks every column on the way.

use alloc::string::{String, ToString};
use core::fmt::Write;

use super::GenerativeModel;
use super::error::ModelError;
use super::meta::{Kind, Meta};
use super::site::{FactorSite, ModalitySite};
use super::tables::Tables;
use crate::dirichlet::{Dirichlet, Initial};
use crate::dist::{Dist, LiftInto, Values};
use crate::domain::Domain;
use crate::scalar::{LN_LOG_FLOOR, Lift, Real, entropy, ln_clipped};

/// How far the sum of a distribution may be from one.
pub const SUM_TOLERANCE: f64 = 1e-6;

/// The most parents and actions that one conditional distribution may have.
pub const MAX_ARGUMENTS: usize = 16;

/// One combination of parent states and actions: the arguments of a model's method.
#[derive(Clone, Copy, Debug)]
pub struct Arguments {
    states: [usize; MAX_ARGUMENTS],
    actions: [usize; MAX_ARGUMENTS],
}

impl Arguments {
    /// The state of the `i`th parent.
    #[inline]
    pub fn state<D: Domain>(&self, i: usize) -> D {
        value(self.states[i])
    }

    /// The value of the `i`th action.
    #[inline]
    pub fn action<D: Domain>(&self, i: usize) -> D {
        value(self.actions[i])
    }
}

/// The counts of the argument's domain and of the factor's are equal: the compiler has checked that the types are.
fn value<D: Domain>(index: usize) -> D {
    match D::from_index(index) {
        Some(value) => value,
        None => unreachable!("an argument has the domain of its factor"),
    }
}

/// A value that one column of a table can be made of.
pub trait Column<T: Real> {
    /// How such columns are stored.
    const KIND: Kind;
    /// Hands the column to the writer: an index, constant probabilities, probabilities or counts.
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError>;
}

/// Where one column goes.
pub struct ColumnWriter<'a, T> {
    map: Option<&'a mut u16>,
    fixed: &'a mut [f64],
    free: &'a mut [T],
    counts: &'a mut [T],
}

/// What is wrong with one column, before it is named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ColumnError {
    /// It sums to this.
    Sum(f64),
    /// The entry at this position is this, which is no probability or count.
    Entry(usize, &'static str, f64),
}

fn check<T: Real>(column: &[T]) -> Result<(), ColumnError> {
    let mut sum = 0.0;
    for (i, p) in column.iter().enumerate() {
        let p = p.value();
        if !(-1e-12..=1.0 + SUM_TOLERANCE).contains(&p) {
            return Err(ColumnError::Entry(i, "probability", p));
        }
        sum += p;
    }
    if (sum - 1.0).abs() > SUM_TOLERANCE { Err(ColumnError::Sum(sum)) } else { Ok(()) }
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
        check(self.0.probabilities())?;
        to.fixed.copy_from_slice(self.0.probabilities());
        Ok(())
    }
}

/// A categorical column that depends on parameters.
impl<O: Domain, T: Real> Column<T> for Dist<O, T> {
    const KIND: Kind = Kind::Free;
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError> {
        check(self.probabilities())?;
        to.free.copy_from_slice(self.probabilities());
        Ok(())
    }
}

/// A column of counts.
pub struct Counts<O: Domain, U: Real>(pub Dirichlet<O, U>);

impl<O: Domain, U: Real, T: Real + Lift<U>> Column<T> for Counts<O, U> {
    const KIND: Kind = Kind::Dirichlet;
    fn write(&self, to: ColumnWriter<'_, T>) -> Result<(), ColumnError> {
        let mut sum = T::zero();
        for (i, (&from, to)) in self.0.counts().iter().zip(&mut *to.counts).enumerate() {
            let count = T::lift(from);
            if !(count.value() >= 0.0 && count.is_finite()) {
                return Err(ColumnError::Entry(i, "count", count.value()));
            }
            *to = count;
            sum += count;
        }
        if sum.value() <= 0.0 {
            return Err(ColumnError::Sum(sum.value()));
        }
        for (mean, &count) in to.free.iter_mut().zip(&*to.counts) {
            *mean = count / sum;
        }
        Ok(())
    }
}

/// Fills the tables of one model.
pub struct Tabulator<'a, M: GenerativeModel<T>, T: Real> {
    tables: &'a mut Tables<M, T>,
}

impl<'a, M: GenerativeModel<T>, T: Real> Tabulator<'a, M, T> {
    pub(super) fn new(tables: &'a mut Tables<M, T>) -> Self {
        Tabulator { tables }
    }

    /// The policy horizon for which preferences are wanted, in steps.
    pub fn horizon(&self) -> usize {
        self.tables.horizon
    }

    /// Fills the transition of a factor from the method that is its conditional distribution.
    ///
    /// # Errors
    /// Names the first column that is no distribution.
    pub fn factor<C: Column<T>>(&mut self, site: &FactorSite, mut column: impl FnMut(&Arguments) -> C) -> Result<(), ModelError> {
        let meta = &M::META;
        let mut at = Arguments { states: [0; MAX_ARGUMENTS], actions: [0; MAX_ARGUMENTS] };
        for local in 0..site.local_actions {
            decode(local, site.actions.iter().map(|&a| meta.actions[a].values.count), &mut at.actions);
            for context in 0..site.contexts {
                decode(context, site.parents.iter().map(|&f| meta.factors[f].states.count), &mut at.states);
                let columns = local * site.contexts + context;
                let entries = columns * site.states;
                let writer = self.tables.writer(C::KIND, site.table.start, site.counts.start, columns, entries, site.states);
                column(&at).write(writer).map_err(|e| {
                    let given = given(meta, site.parents, site.actions, &at);
                    explain(e, meta.factors[site.index].name, &given, |i| meta.factors[site.index].states.label(i).into_owned())
                })?;
            }
        }
        Ok(())
    }

    /// Sets the initial distribution of a factor.
    ///
    /// # Errors
    /// When it is no distribution.
    pub fn initial<O: Domain>(&mut self, site: &FactorSite, initial: Initial<O, T>) -> Result<(), ModelError> {
        let factor = &M::META.factors[site.index];
        let to = &mut self.tables.free[site.initial.range()];
        let mut written = Ok(());
        match initial {
            Initial::Known(dist) => {
                written = check(dist.probabilities());
                to.copy_from_slice(dist.probabilities());
            }
            Initial::Uncertain(counts) => {
                let bad = counts.counts().iter().position(|c| !(c.value() >= 0.0 && c.is_finite()));
                if let Some(i) = bad {
                    written = Err(ColumnError::Entry(i, "count", counts.counts()[i].value()));
                }
                to.copy_from_slice(counts.mean().probabilities());
                self.tables.initial_counts.push((site.index, counts.counts().into()));
            }
        }
        written.map_err(|e| explain(e, "the initial distribution of ", factor.name, |i| factor.states.label(i).into_owned()))
    }

    /// Fills the likelihood of a modality from the method that is its conditional distribution, and its preference.
    ///
    /// `preference` gives the log-preferences at a step of the policy, counted from 0.
    ///
    /// # Errors
    /// Names the first column that is no distribution, or the outcome whose preference is not finite.
    pub fn modality<O: Domain, C: Column<T>>(
        &mut self,
        site: &ModalitySite,
        mut column: impl FnMut(&Arguments) -> C,
        mut preference: impl FnMut(usize) -> Values<O, T>,
    ) -> Result<(), ModelError> {
        let meta = &M::META;
        let modality = &meta.modalities[site.index];
        let mut at = Arguments { states: [0; MAX_ARGUMENTS], actions: [0; MAX_ARGUMENTS] };
        for context in 0..site.contexts {
            decode(context, site.parents.iter().map(|&f| meta.factors[f].states.count), &mut at.states);
            let entries = context * site.outcomes;
            let writer = self.tables.writer(C::KIND, site.table.start, site.counts.start, context, entries, site.outcomes);
            column(&at).write(writer).map_err(|e| {
                explain(e, modality.name, &given(meta, site.parents, &[], &at), |i| modality.outcomes.label(i).into_owned())
            })?;
        }
        self.tables.derive(site);
        let stretch = M::EXTENT.utility;
        for step in 0..self.tables.utility.len().checked_div(stretch).unwrap_or(0) {
            let wanted = preference(step);
            for (i, c) in wanted.entries().iter().enumerate() {
                if !c.is_finite() {
                    let mut what = String::from("the preference of ");
                    let _ = write!(what, "{} for {}", modality.name, modality.outcomes.label(i));
                    return Err(ModelError::Number { what, value: c.value(), expected: "finite" });
                }
            }
            self.tables.expect_preference(site, step, wanted.entries());
        }
        Ok(())
    }

    /// Sets the habit: one log-weight for each joint action, or for each policy at the declared horizon.
    ///
    /// # Errors
    /// When a log-weight is positive infinity or not a number, or the habit has one entry per policy of another horizon than the tables'.
    pub fn habit<U: LiftInto<T>, const N: usize>(&mut self, habit: [U; N]) -> Result<(), ModelError> {
        const {
            let actions = M::META.joint_actions();
            let (mut policies, mut i) = (1usize, 0);
            while i < M::META.horizon {
                policies = policies.saturating_mul(actions);
                i += 1;
            }
            assert!(
                N == actions || N == policies,
                "a habit has one log-weight per joint action, or per policy at the declared horizon"
            );
        };
        if N != M::META.joint_actions() && self.tables.horizon != M::META.horizon {
            return Err(ModelError::Options(alloc::format!(
                "the habit of {} has one log-weight for each policy of {} steps, so the horizon cannot be {}",
                M::META.name,
                M::META.horizon,
                self.tables.horizon
            )));
        }
        for (i, weight) in habit.into_iter().enumerate() {
            let weight: T = weight.lift_into();
            if weight.value().is_nan() || weight.value() == f64::INFINITY {
                let what = alloc::format!("the habit's log-weight {i}");
                return Err(ModelError::Number { what, value: weight.value(), expected: "finite" });
            }
            self.tables.habit.push(weight);
        }
        Ok(())
    }

    /// Sets the policy precision (gamma).
    ///
    /// # Errors
    /// When it is negative or not finite.
    pub fn policy_precision(&mut self, precision: impl LiftInto<T>) -> Result<(), ModelError> {
        self.tables.precisions.policy = precision.lift_into();
        self.tables.precisions.check()
    }

    /// Sets the action precision (alpha).
    ///
    /// # Errors
    /// When it is negative or not finite.
    pub fn action_precision(&mut self, precision: impl LiftInto<T>) -> Result<(), ModelError> {
        self.tables.precisions.action = precision.lift_into();
        self.tables.precisions.check()
    }
}

/// Splits an index into digits, the last running fastest.
fn decode(mut index: usize, counts: impl DoubleEndedIterator<Item = usize> + ExactSizeIterator, into: &mut [usize]) {
    for (i, count) in counts.enumerate().rev() {
        into[i] = index % count;
        index /= count;
    }
}

/// ` given place=Left, side=Right`, or nothing without parents.
fn given(meta: &Meta, parents: &[usize], actions: &[usize], at: &Arguments) -> String {
    let mut text = String::new();
    let mut add = |name: &str, label: &str| {
        let _ = write!(text, "{}{name}={label}", if text.is_empty() { " given " } else { ", " });
    };
    for (i, &f) in parents.iter().enumerate() {
        add(meta.factors[f].name, &meta.factors[f].states.label(at.states[i]));
    }
    for (i, &a) in actions.iter().enumerate() {
        add(meta.actions[a].name, &meta.actions[a].values.label(at.actions[i]));
    }
    text
}

fn explain(error: ColumnError, name: &str, rest: &str, label: impl Fn(usize) -> String) -> ModelError {
    let column = name.to_string() + rest;
    match error {
        ColumnError::Sum(sum) => ModelError::Sum { column, sum },
        ColumnError::Entry(i, what, value) => ModelError::Entry { column, label: label(i), what, value },
    }
}

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    fn writer(
        &mut self,
        kind: Kind,
        start: usize,
        counts: usize,
        column: usize,
        entry: usize,
        len: usize,
    ) -> ColumnWriter<'_, T> {
        let mut to = ColumnWriter { map: None, fixed: &mut [], free: &mut [], counts: &mut [] };
        match kind {
            Kind::Map => to.map = Some(&mut self.maps[start + column]),
            Kind::Fixed => to.fixed = &mut self.fixed[start + entry..][..len],
            Kind::Free => to.free = &mut self.free[start + entry..][..len],
            Kind::Dirichlet => {
                to.free = &mut self.free[start + entry..][..len];
                to.counts = &mut self.counts[counts + entry..][..len];
            }
        }
        to
    }

    /// Works out the logarithms and the ambiguity of a likelihood.
    fn derive(&mut self, site: &ModalitySite) {
        match site.kind {
            Kind::Map => {}
            Kind::Fixed => logs_and_entropies(&mut self.fixed, site),
            Kind::Free | Kind::Dirichlet => logs_and_entropies(&mut self.free, site),
        }
    }

    /// Works out the expected preference of each column.
    fn expect_preference(&mut self, site: &ModalitySite, step: usize, preference: &[T]) {
        let start = step * M::EXTENT.utility + site.utility.start;
        let to = &mut self.utility[start..][..site.contexts];
        for (context, to) in to.iter_mut().enumerate() {
            let column = site.table.start + context * site.outcomes;
            *to = match site.kind {
                Kind::Map => preference[usize::from(self.maps[site.table.start + context])],
                Kind::Fixed => {
                    let column = &self.fixed[column..][..site.outcomes];
                    column.iter().zip(preference).fold(T::zero(), |sum, (&p, &c)| sum + c * p)
                }
                Kind::Free | Kind::Dirichlet => {
                    let column = &self.free[column..][..site.outcomes];
                    column.iter().zip(preference).fold(T::zero(), |sum, (&p, &c)| sum + c * p)
                }
            };
        }
    }
}

fn logs_and_entropies<S: Real>(storage: &mut [S], site: &ModalitySite) {
    for context in 0..site.contexts {
        for o in 0..site.outcomes {
            let p = storage[site.table.start + context * site.outcomes + o];
            storage[site.logs.start + o * site.contexts + context] =
                if p == S::zero() { S::constant(LN_LOG_FLOOR) } else { ln_clipped(p) };
        }
        let column = site.table.start + context * site.outcomes;
        storage[site.ambiguity.start + context] = entropy(&storage[column..][..site.outcomes]);
    }
}
