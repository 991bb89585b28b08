//! What was seen of each distribution that has counts: to be added to them.

use alloc::vec;
use alloc::vec::Vec;

use crate::model::{FactorSite, GenerativeModel, ModalitySite, Span};
use crate::scalar::Real;

/// What was seen of each distribution that has counts, and in which columns: the rest is known to be zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Gained<T = f64> {
    /// Of likelihoods and transitions, laid out as their counts.
    pub(crate) tables: Vec<T>,
    /// Of initial states: the states of all factors, one after the other.
    pub(crate) initial: Vec<T>,
    /// Of what is preferred: the outcomes of all modalities, one after the other.
    pub(crate) preference: Vec<T>,
    /// Of habits: one entry for each joint action.
    pub(crate) habit: Vec<T>,
    /// The columns that something was added to.
    pub(super) touched: Vec<Column>,
    /// Whether each column is among them.
    marks: Vec<bool>,
    /// Whether something was added to initial states, to preferences, and to habits.
    pub(super) begun: bool,
    pub(super) met: bool,
    pub(super) acted: bool,
}

/// A column of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Among all columns.
    pub mark: usize,
    /// Its first count, and how many it has.
    pub start: usize,
    pub len: usize,
}

impl Column {
    pub fn range(self) -> core::ops::Range<usize> {
        self.start..self.start + self.len
    }
}

impl<T: Real> Gained<T> {
    /// Nothing.
    pub fn none<M: GenerativeModel<T>>() -> Self {
        let extent = M::EXTENT;
        Gained {
            tables: vec![T::zero(); extent.counts],
            initial: vec![T::zero(); extent.states],
            preference: vec![T::zero(); extent.outcomes],
            habit: vec![T::zero(); M::META.joint_actions()],
            touched: Vec::new(),
            marks: vec![false; extent.columns],
            begun: false,
            met: false,
            acted: false,
        }
    }

    /// Makes it nothing again.
    pub fn clear(&mut self) {
        for column in self.touched.drain(..) {
            self.tables[column.range()].fill(T::zero());
            self.marks[column.mark] = false;
        }
        if core::mem::take(&mut self.begun) {
            self.initial.fill(T::zero());
        }
        if core::mem::take(&mut self.met) {
            self.preference.fill(T::zero());
        }
        if core::mem::take(&mut self.acted) {
            self.habit.fill(T::zero());
        }
    }

    /// One column of a table of counts, to be added to.
    #[inline]
    fn column(&mut self, counts: Span, columns: Span, size: usize, column: usize) -> &mut [T] {
        let place = Column { mark: columns.start + column, start: counts.start + column * size, len: size };
        if !core::mem::replace(&mut self.marks[place.mark], true) {
            self.touched.push(place);
        }
        &mut self.tables[place.range()]
    }

    /// What is seen of a likelihood under one combination of parent states, to be added to: one entry for each outcome.
    #[inline]
    pub fn of_likelihood(&mut self, site: &ModalitySite, context: usize) -> &mut [T] {
        self.column(site.counts, site.columns, site.outcomes, context)
    }

    /// What is seen of a transition under one combination of actions and of parent states, to be added to: one entry for each next state.
    #[inline]
    pub fn of_transition(&mut self, site: &FactorSite, local_action: usize, context: usize) -> &mut [T] {
        self.column(site.counts, site.columns, site.states, local_action * site.contexts + context)
    }

    /// What is seen of the initial state of a factor, to be added to: one entry for each state.
    pub fn of_initial(&mut self, site: &FactorSite) -> &mut [T] {
        self.begun = true;
        &mut self.initial[site.goal.range()]
    }

    /// What is seen of the outcomes of a modality, whatever made them, to be added to: one entry for each.
    pub fn of_preference(&mut self, site: &ModalitySite) -> &mut [T] {
        self.met = true;
        &mut self.preference[site.preference.range()]
    }

    /// What is seen of the habit, to be added to: one entry for each joint action.
    pub fn of_habit(&mut self) -> &mut [T] {
        self.acted = true;
        &mut self.habit
    }

    /// What was seen of a likelihood, `[combination of parent states][outcome]`; empty for one without counts.
    pub fn likelihood(&self, site: &ModalitySite) -> &[T] {
        &self.tables[site.counts.range()]
    }

    /// What was seen of a transition, `[action][combination of parent states][state]`; empty for one without counts.
    pub fn transition(&self, site: &FactorSite) -> &[T] {
        &self.tables[site.counts.range()]
    }
}
