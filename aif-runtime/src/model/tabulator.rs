//! Fills tables from the methods of a model, and checks every column on the way.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt::Write;

use super::GenerativeModel;
use super::column::{Column, ColumnWriter, accept, check_counts, explain};
use super::error::ModelError;
use super::habit::Habit;
use super::meta::{Kind, Meta};
use super::policies::IntoPolicies;
use super::precisions::{Precisions, moderate};
use super::site::{FactorSite, ModalitySite};
use super::tables::{Learned, Tables};
use crate::dirichlet::{Dirichlet, Initial, Preference};
use crate::dist::LiftInto;
use crate::domain::Domain;
use crate::goal::IntoGoal;
use crate::scalar::{Real, exact_zero};

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

/// Fills the tables of one model.
pub struct Tabulator<'a, M: GenerativeModel<T>, T: Real> {
    pub(super) tables: &'a mut Tables<M, T>,
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
                let held = site.columns.range().nth(columns);
                let writer =
                    self.tables.writer(C::KIND, (site.table.start, site.counts.start), (columns, entries, site.states), held);
                column(&at).write(writer).map_err(|e| {
                    let given = given(meta, site.parents, site.actions, &at);
                    explain(e, meta.factors[site.index].name, &given, |i| meta.factors[site.index].states.label(i).into_owned())
                })?;
            }
        }
        if let Kind::Sparse = C::KIND {
            self.tables.sparse.begin(site.table.start + site.local_actions * site.contexts);
        }
        self.tables.refresh_factor(site, 0..site.columns.len);
        Ok(())
    }

    /// Sets the goal of a factor.
    pub fn goal<O: Domain>(&mut self, site: &FactorSite, goal: impl IntoGoal<O>) {
        let goal = goal.into_goal();
        for (to, wanted) in self.tables.goals[site.goal.range()].iter_mut().zip(goal.states()) {
            *to = wanted;
        }
    }

    /// Sets the initial distribution of a factor.
    ///
    /// # Errors
    /// When it is no distribution.
    pub fn initial<O: Domain>(&mut self, site: &FactorSite, initial: Initial<O, T>) -> Result<(), ModelError> {
        let factor = &M::META.factors[site.index];
        let to = &mut self.tables.free[site.initial.range()];
        let written = match initial {
            Initial::Known(dist) => {
                to.copy_from_slice(dist.probabilities());
                accept(to)
            }
            Initial::Uncertain(counts) => {
                let acting = counts.acting();
                to.copy_from_slice(acting.probabilities());
                if !counts.is_held() {
                    self.tables.initial_counts.push((site.index, counts.counts().into()));
                }
                check_counts(counts.counts()).and_then(|()| accept(to))
            }
        };
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
        mut preference: impl FnMut(usize) -> Preference<O, T>,
    ) -> Result<(), ModelError> {
        let meta = &M::META;
        let modality = &meta.modalities[site.index];
        let mut at = Arguments { states: [0; MAX_ARGUMENTS], actions: [0; MAX_ARGUMENTS] };
        for context in 0..site.contexts {
            decode(context, site.parents.iter().map(|&f| meta.factors[f].states.count), &mut at.states);
            let entries = context * site.outcomes;
            let held = site.columns.range().nth(context);
            let writer =
                self.tables.writer(C::KIND, (site.table.start, site.counts.start), (context, entries, site.outcomes), held);
            column(&at).write(writer).map_err(|e| {
                explain(e, modality.name, &given(meta, site.parents, &[], &at), |i| modality.outcomes.label(i).into_owned())
            })?;
        }
        let stretch = M::EXTENT.outcomes;
        for step in 0..self.tables.preferences.len().checked_div(stretch).unwrap_or(0) {
            let preferred = preference(step);
            if let (Preference::Uncertain(counts), 0) = (&preferred, step) {
                self.preference_counts(site, counts)?;
            }
            let wanted = preferred.values();
            for (i, c) in wanted.entries().iter().enumerate() {
                if !c.is_moderate() {
                    let mut what = String::from("the preference of ");
                    let _ = write!(what, "{} for {}", modality.name, modality.outcomes.label(i));
                    return Err(ModelError::Number { what, value: c.value(), expected: moderate(*c) });
                }
            }
            self.tables.preferences[step * stretch..][site.preference.range()].copy_from_slice(wanted.entries());
        }
        let all = self.tables.preferences.len().checked_div(stretch).unwrap_or(0);
        let preferences = |step: usize| &self.tables.preferences[step * stretch..][site.preference.range()];
        self.tables.wanted[site.index] = !(0..all).all(|step| preferences(step).iter().all(|&c| exact_zero(c)));
        self.tables.refresh_modality(site, 0..site.contexts);
        self.tables.relate(site);
        Ok(())
    }

    /// The arguments of a modality's method under one combination of its parents' states.
    pub(super) fn arguments(&self, site: &ModalitySite, context: usize) -> Arguments {
        let mut at = Arguments { states: [0; MAX_ARGUMENTS], actions: [0; MAX_ARGUMENTS] };
        decode(context, site.parents.iter().map(|&f| M::META.factors[f].states.count), &mut at.states);
        at
    }

    /// `level given tank=Low`.
    pub(super) fn column_name(&self, site: &ModalitySite, at: &Arguments) -> String {
        String::from(M::META.modalities[site.index].name) + &given(&M::META, site.parents, &[], at)
    }

    /// Sets the counts over what is preferred of a modality.
    fn preference_counts<O: Domain>(&mut self, site: &ModalitySite, counts: &Dirichlet<O, T>) -> Result<(), ModelError> {
        let modality = &M::META.modalities[site.index];
        refuse_if!(modality.timed, ModelError::TimedCounts { modality: modality.name });
        let checked = check_counts(counts.counts()).and_then(|()| accept(counts.acting().probabilities_mut()));
        checked.map_err(|e| explain(e, "the preference of ", modality.name, |i| modality.outcomes.label(i).into_owned()))?;
        if !counts.is_held() {
            self.tables.preference_counts.push((site.index, counts.counts().into()));
        }
        Ok(())
    }

    /// Sets the habit: one log-weight for each joint action, or for each policy at the declared horizon; or counts over joint actions.
    ///
    /// # Errors
    /// When a log-weight is positive infinity or not a number, all of them are negative infinity, a count is negative, or the habit has
    /// one entry per policy of another horizon than the tables'.
    pub fn habit(&mut self, habit: impl Habit<M, T>) -> Result<(), ModelError> {
        habit.write(self.tables)
    }

    /// Sets the policies that are compared, where these are not all.
    ///
    /// # Errors
    /// When they are no list of policies of one length.
    pub fn policies(&mut self, policies: impl IntoPolicies<M::Action>) -> Result<(), ModelError> {
        self.tables.policies = Some(Arc::new(policies.into_policies()?));
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

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// Fills the tables anew from other parameters or inputs, in place.
    ///
    /// # Errors
    /// As [`Tables::new`]; after an error the tables are not to be used.
    pub fn fill(&mut self, model: &M, inputs: M::Inputs) -> Result<(), ModelError> {
        self.inputs = inputs;
        self.policies = None;
        self.habit.clear();
        self.habit_counts.clear();
        self.precisions = Precisions::default();
        self.initial_counts.clear();
        self.preference_counts.clear();
        self.goals.fill(false);
        self.sparse.clear();
        self.learned = Learned::default();
        self.floor = 0.0;
        model.tabulate(&inputs, &mut Tabulator::new(self))?;
        self.keep_constants();
        Ok(())
    }

    /// Where one column goes: `(table, counts)` say where the table's storage begins, `(column, entry, len)` where the column lies in it,
    /// `held` which mark among all columns of counts is its own.
    fn writer(
        &mut self,
        kind: Kind,
        (table, counts): (usize, usize),
        (column, entry, len): (usize, usize, usize),
        held: Option<usize>,
    ) -> ColumnWriter<'_, T> {
        let mut to = ColumnWriter { map: None, fixed: &mut [], free: &mut [], counts: &mut [], held: None, sparse: None };
        match kind {
            Kind::Map => to.map = Some(&mut self.maps[table + column]),
            Kind::Fixed => to.fixed = &mut self.fixed[table + entry..][..len],
            Kind::Free => to.free = &mut self.free[table + entry..][..len],
            Kind::Sparse => {
                self.sparse.begin(table + column);
                to.sparse = Some(&mut self.sparse);
            }
            Kind::Dirichlet => {
                to.free = &mut self.free[table + entry..][..len];
                to.counts = &mut self.counts[counts + entry..][..len];
                to.held = held.map(|held| &mut self.held[held]);
            }
        }
        to
    }
}
