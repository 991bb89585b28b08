//! Dirichlet counts in the tables: reading them, adding to them, storing them.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use serde::{Deserialize, Serialize};

use super::GenerativeModel;
use super::column::check_counts;
use super::error::ModelError;
use super::site::{FactorSite, ModalitySite, Span};
use super::stored::StoredError;
use super::tables::{Learned, Tables};
use crate::scalar::{LOG_FLOOR, Real, same, sum};

/// All counts of a model, to be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    tables: Vec<f64>,
    initial: Vec<(usize, Vec<f64>)>,
    preference: Vec<(usize, Vec<f64>)>,
    habit: Vec<f64>,
    floor: f64,
    learned: Learned,
}

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// The counts of a Dirichlet likelihood, laid out as the likelihood; empty for the other kinds.
    pub fn likelihood_counts(&self, site: &ModalitySite) -> &[T] {
        &self.counts[site.counts.range()]
    }

    /// The counts of a Dirichlet transition, `[action][combination of parent states][state]`; empty for the other kinds.
    pub fn transition_counts(&self, site: &FactorSite) -> &[T] {
        &self.counts[site.counts.range()]
    }

    /// How much each outcome of a likelihood would teach in each context, laid out as its counts, in nats. It is at hand, but in the tables of an
    /// agent that learns and does not care for it: there it is worked out.
    pub fn likelihood_novelty(&self, site: &ModalitySite) -> Cow<'_, [T]> {
        self.novelty_at(site.counts.range(), site.columns.start, site.outcomes)
    }

    /// How much each transition under one combination of actions would teach, `[combination of parent states][state]`, in nats; at hand as that of
    /// likelihoods.
    pub fn transition_novelty(&self, site: &FactorSite, local_action: usize) -> Cow<'_, [T]> {
        if site.counts.len == 0 || local_action >= site.local_actions {
            return Cow::Borrowed(&[]);
        }
        let start = site.counts.start + local_action * site.contexts * site.states;
        let columns = site.columns.start + local_action * site.contexts;
        self.novelty_at(start..start + site.contexts * site.states, columns, site.states)
    }

    fn novelty_at(&self, counts: Range<usize>, columns: usize, size: usize) -> Cow<'_, [T]> {
        if self.novel {
            return Cow::Borrowed(&self.novelty[counts]);
        }
        let mut novelty = self.counts[counts].to_vec();
        for (c, column) in novelty.chunks_mut(size).enumerate() {
            self.to_novelty(column, columns + c);
        }
        Cow::Owned(novelty)
    }

    /// Whether novelty is to follow the counts, for somebody asks for it at every step.
    pub(crate) fn keep_novelty(&mut self, keep: bool) {
        if core::mem::replace(&mut self.novel, keep) || !keep {
            return;
        }
        M::each_modality(|site| self.novelty_of(site.counts.start, site.outcomes, site.columns));
        M::each_factor(|site| self.novelty_of(site.counts.start, site.states, site.columns));
    }

    /// Works out the novelty of some columns of counts, one after the other.
    pub(super) fn novelty_of(&mut self, start: usize, size: usize, columns: Span) {
        let range = start..start + size * columns.len;
        let mut novelty = core::mem::take(&mut self.novelty);
        novelty[range.clone()].copy_from_slice(&self.counts[range.clone()]);
        for (c, column) in novelty[range].chunks_mut(size).enumerate() {
            self.to_novelty(column, columns.start + c);
        }
        self.novelty = novelty;
    }

    /// How much each outcome of a column would teach, in the place of its counts: `ln S - ln a + digamma(a + 1) - digamma(S + 1)` for counts `a` with
    /// sum `S`, and 0 where the count is 0 or the column is held (Friston et al. 2017, "Active inference, curiosity and insight"; counts are clipped
    /// at [`LOG_FLOOR`]).
    fn to_novelty(&self, counts: &mut [T], column: usize) {
        if self.held[column] {
            counts.fill(T::zero());
            return;
        }
        let clipped = |c: T| if c.value() > LOG_FLOOR { c } else { T::constant(LOG_FLOOR) };
        let sum = counts.iter().fold(T::zero(), |sum, &c| sum + clipped(c));
        let whole = sum.ln() - (sum + 1.0).digamma();
        for count in counts {
            let a = *count;
            *count = if a.value() > 0.0 { whole - clipped(a).ln() + (clipped(a) + 1.0).digamma() } else { T::zero() };
        }
    }

    /// The counts of a Dirichlet initial state; empty when it is known.
    pub fn initial_counts(&self, site: &FactorSite) -> &[T] {
        self.initial_counts.iter().find(|(f, _)| *f == site.index).map_or(&[], |(_, counts)| counts)
    }

    /// The counts over what is preferred of a modality; empty when they are not learned.
    pub fn preference_counts(&self, site: &ModalitySite) -> &[T] {
        self.preference_counts.iter().find(|(m, _)| *m == site.index).map_or(&[], |(_, counts)| counts)
    }

    /// The counts of a Dirichlet habit over joint actions; empty for any other.
    pub fn habit_counts(&self) -> &[T] {
        &self.habit_counts
    }

    /// Whether something has been learned.
    pub fn has_learned(&self) -> bool {
        self.learned != Learned::default()
    }

    /// Whether anything has counts.
    pub fn has_counts(&self) -> bool {
        M::EXTENT.counts > 0
            || !self.initial_counts.is_empty()
            || !self.preference_counts.is_empty()
            || !self.habit_counts.is_empty()
    }

    /// Sets the chosen columns of a table to the expected values of their counts.
    pub(crate) fn expect(&mut self, table: Span, counts: Span, size: usize, columns: impl Iterator<Item = usize>) {
        for column in columns {
            let floor = self.floor;
            let raised = |c: T| if c.value() < floor { T::constant(floor) } else { c };
            let counts = &self.counts[counts.start + column * size..][..size];
            let sum = counts.iter().fold(T::zero(), |sum, &c| sum + raised(c));
            for (to, &count) in self.free[table.start + column * size..][..size].iter_mut().zip(counts) {
                *to = raised(count) / sum;
            }
        }
    }

    /// Sets initial states and the habit to the expected values of their counts, where they have been learned.
    pub(crate) fn expect_initial_and_habit(&mut self) {
        for (f, counts) in self.initial_counts.iter().filter(|_| self.learned.initial) {
            let sum = sum(counts);
            M::each_factor(|site| {
                if site.index == *f {
                    for (to, &count) in self.free[site.initial.range()].iter_mut().zip(counts) {
                        *to = count / sum;
                    }
                }
            });
        }
        if self.learned.habit && !self.habit_counts.is_empty() {
            let sum = sum(&self.habit_counts);
            for (to, &count) in self.habit.iter_mut().zip(&self.habit_counts) {
                *to = if count.value() > 0.0 { (count / sum).ln() } else { T::constant(f64::NEG_INFINITY) };
            }
        }
    }

    /// Sets preferences to the logarithms of the expected values of their counts, where they have been learned.
    pub(crate) fn expect_preferences(&mut self) {
        for i in 0..if self.learned.preference { self.preference_counts.len() } else { 0 } {
            let (modality, counts) = &self.preference_counts[i];
            let (modality, stretch, log_sum) = (*modality, M::EXTENT.outcomes, sum(counts).ln());
            M::each_modality(|site| {
                if site.index == modality {
                    for step in 0..self.preferences.len() / stretch {
                        let to = &mut self.preferences[step * stretch..][site.preference.range()];
                        to.iter_mut().zip(&*self.preference_counts[i].1).for_each(|(to, &count)| *to = count.ln() - log_sum);
                    }
                    self.refresh_utility(site);
                }
            });
        }
    }

    /// From now on takes counts below the floor of logarithms for that floor in expected values, as the reference implementation does, so
    /// that nothing is quite impossible. Otherwise a count of zero is a probability of zero.
    pub fn floor_counts(&mut self) {
        self.floor = LOG_FLOOR;
    }

    /// Takes over, from other tables of the same model, the counts of every kind that has been learned there, and acts on their expected
    /// values.
    pub fn take_counts(&mut self, from: &Tables<M, T>) {
        self.take_kinds(from, from.learned);
        (self.learned, self.floor) = (from.learned, from.floor);
        self.expect_all();
    }

    /// The counts of the beginning of a learner whose tables `learned` from: of the kinds that were learned those of `before`.
    pub(crate) fn begin_from(&mut self, before: &Tables<M, T>, learner: &Tables<M, T>) {
        self.take_kinds(before, learner.learned);
    }

    /// Whether that would leave everything as it is.
    pub(crate) fn begins_as(&self, before: &Tables<M, T>, learner: &Tables<M, T>) -> bool {
        let Learned { likelihood, transition, initial, habit, preference } = learner.learned;
        let lists = |own: &[(usize, Box<[T]>)], other: &[(usize, Box<[T]>)]| {
            own.len() == other.len() && own.iter().zip(other).all(|(a, b)| a.0 == b.0 && same(&a.1, &b.1))
        };
        (!(likelihood || transition) || same(&self.counts, &before.counts))
            && (!initial || lists(&self.initial_counts, &before.initial_counts))
            && (!preference || lists(&self.preference_counts, &before.preference_counts))
            && (!habit || same(&self.habit_counts, &before.habit_counts))
    }

    fn take_kinds(&mut self, from: &Tables<M, T>, kinds: Learned) {
        let mut copy = |span: Span, wanted: bool| {
            if wanted {
                self.counts[span.range()].copy_from_slice(&from.counts[span.range()]);
            }
        };
        M::each_modality(|site| copy(site.counts, kinds.likelihood));
        M::each_factor(|site| copy(site.counts, kinds.transition));
        if kinds.initial {
            self.initial_counts.clone_from(&from.initial_counts);
        }
        if kinds.preference {
            self.preference_counts.clone_from(&from.preference_counts);
        }
        if kinds.habit {
            self.habit_counts.clone_from(&from.habit_counts);
        }
    }

    /// Works out everything that follows from counts.
    pub(crate) fn expect_all(&mut self) {
        let learned = self.learned;
        let free = |held: &[bool], wanted: bool| -> Vec<usize> { (0..held.len()).filter(|&c| wanted && !held[c]).collect() };
        M::each_modality(|site| {
            let changed = free(&self.held[site.columns.range()], learned.likelihood);
            self.expect(site.table, site.counts, site.outcomes, changed.into_iter());
            self.refresh_modality(site, 0..site.contexts);
        });
        M::each_factor(|site| {
            let changed = free(&self.held[site.columns.range()], learned.transition);
            self.expect(site.table, site.counts, site.states, changed.into_iter());
            self.refresh_factor(site, 0..site.columns.len);
        });
        self.expect_initial_and_habit();
        self.expect_preferences();
    }
}

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// All counts, to be stored.
    pub fn counted(&self) -> Counted {
        Counted {
            tables: numbers(&self.counts),
            initial: self.initial_counts.iter().map(|(f, counts)| (*f, numbers(counts))).collect(),
            preference: self.preference_counts.iter().map(|(m, counts)| (*m, numbers(counts))).collect(),
            habit: numbers(&self.habit_counts),
            floor: self.floor,
            learned: self.learned,
        }
    }

    /// Goes on from stored counts.
    ///
    /// # Errors
    /// When they are not of this model's shape, or one is negative or not finite; the tables are then as before.
    pub fn restore(&mut self, stored: &Counted) -> Result<(), ModelError> {
        let model = M::META.name;
        let same =
            |(f, counts): &(usize, Vec<f64>), own: &(usize, alloc::boxed::Box<[T]>)| *f == own.0 && counts.len() == own.1.len();
        if stored.tables.len() != self.counts.len()
            || stored.habit.len() != self.habit_counts.len()
            || stored.initial.len() != self.initial_counts.len()
            || !stored.initial.iter().zip(&self.initial_counts).all(|(a, b)| same(a, b))
            || stored.preference.len() != self.preference_counts.len()
            || !stored.preference.iter().zip(&self.preference_counts).all(|(a, b)| same(a, b))
        {
            return Err(StoredError::CountsShape { model }.into());
        }
        let mut columns: Vec<&[f64]> = Vec::new();
        M::each_modality(|site| columns.extend(stored.tables[site.counts.range()].chunks(site.outcomes)));
        M::each_factor(|site| columns.extend(stored.tables[site.counts.range()].chunks(site.states)));
        columns.extend(stored.initial.iter().map(|(_, counts)| counts.as_slice()));
        let preferences = || stored.preference.iter().map(|(_, counts)| counts.as_slice());
        columns.extend(preferences());
        columns.extend((!stored.habit.is_empty()).then_some(stored.habit.as_slice()));
        let floored = (0.0..=LOG_FLOOR).contains(&stored.floor);
        let never = preferences().flatten().any(|&count| count == 0.0);
        if !floored || never || columns.into_iter().any(|column| check_counts(column).is_err()) {
            return Err(StoredError::Counts { model }.into());
        }
        self.learned = stored.learned;
        let take = |own: &mut [T], stored: &[f64]| own.iter_mut().zip(stored).for_each(|(own, &count)| *own = T::constant(count));
        take(&mut self.counts, &stored.tables);
        take(&mut self.habit_counts, &stored.habit);
        for ((_, own), (_, counts)) in self.initial_counts.iter_mut().zip(&stored.initial) {
            take(own, counts);
        }
        for ((_, own), (_, counts)) in self.preference_counts.iter_mut().zip(&stored.preference) {
            take(own, counts);
        }
        self.floor = stored.floor;
        self.expect_all();
        Ok(())
    }
}

fn numbers<T: Real>(counts: &[T]) -> Vec<f64> {
    counts.iter().map(|count| count.value()).collect()
}
