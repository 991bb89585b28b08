//! Dirichlet counts in the tables: reading them, adding to them, storing them.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::GenerativeModel;
use super::column::check_counts;
use super::error::ModelError;
use super::site::{FactorSite, ModalitySite, Span};
use super::tables::Tables;
use crate::scalar::{LOG_FLOOR, Real, sum};

/// What was seen of each distribution that has counts: to be added to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Gained<T = f64> {
    /// Of likelihoods and transitions, laid out as their counts.
    pub(crate) tables: Vec<T>,
    /// Of initial states: the states of all factors, one after the other.
    pub(crate) initial: Vec<T>,
    /// Of habits: one entry for each joint action.
    pub(crate) habit: Vec<T>,
}

impl<T: Real> Gained<T> {
    /// Nothing.
    pub fn none<M: GenerativeModel<T>>() -> Self {
        let extent = M::EXTENT;
        Gained {
            tables: vec![T::zero(); extent.counts],
            initial: vec![T::zero(); extent.states],
            habit: vec![T::zero(); M::META.joint_actions()],
        }
    }

    /// Makes it nothing again.
    pub fn clear(&mut self) {
        self.tables.fill(T::zero());
        self.initial.fill(T::zero());
        self.habit.fill(T::zero());
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

/// How fast each kind of counts is learned: what was seen is multiplied by the rate; `None` is not learned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// Of likelihoods (A).
    pub likelihood: Option<f64>,
    /// Of transitions (B).
    pub transition: Option<f64>,
    /// Of initial states (D).
    pub initial: Option<f64>,
    /// Of habits (E).
    pub habit: Option<f64>,
}

/// Everything that has counts is learned at rate 1.
impl Default for Rates {
    fn default() -> Self {
        Rates { likelihood: Some(1.0), transition: Some(1.0), initial: Some(1.0), habit: Some(1.0) }
    }
}

/// Which kinds of counts something has been learned of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Learned {
    likelihood: bool,
    transition: bool,
    initial: bool,
    habit: bool,
}

/// All counts of a model, to be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    tables: Vec<f64>,
    initial: Vec<(usize, Vec<f64>)>,
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

    /// How much each outcome of a likelihood would teach in each context, laid out as its counts, in nats.
    pub fn likelihood_novelty(&self, site: &ModalitySite) -> &[T] {
        &self.novelty[site.counts.range()]
    }

    /// How much each transition under one combination of actions would teach, `[combination of parent states][state]`, in nats.
    pub fn transition_novelty(&self, site: &FactorSite, local_action: usize) -> &[T] {
        let stride = site.contexts * site.states;
        self.novelty[site.counts.range()].get(local_action * stride..(local_action + 1) * stride).unwrap_or(&[])
    }

    /// The counts of a Dirichlet initial state; empty when it is known.
    pub fn initial_counts(&self, site: &FactorSite) -> &[T] {
        self.initial_counts.iter().find(|(f, _)| *f == site.index).map_or(&[], |(_, counts)| counts)
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
        M::EXTENT.counts > 0 || !self.initial_counts.is_empty() || !self.habit_counts.is_empty()
    }

    /// Adds what was seen to the counts, each kind at its rate, and acts on the new expected values.
    ///
    /// With forgetting `w` counts first fall back towards those of `prior`: `a <- prior + (1 - w) (a - prior)`. Columns that are held
    /// stay as they are.
    pub fn learn(&mut self, gained: &Gained<T>, rates: &Rates, forgetting: f64, prior: &Tables<M, T>) {
        let taught = |span: Span| gained.tables[span.range()].iter().any(|g| g.value() != 0.0);
        let (mut observed, mut moved, mut begun) = (false, false, false);
        M::each_modality(|site| observed |= taught(site.counts));
        M::each_factor(|site| {
            moved |= taught(site.counts);
            let counted = self.initial_counts.iter().any(|(f, _)| *f == site.index);
            begun |= counted && gained.initial[site.goal.range()].iter().any(|g| g.value() != 0.0);
        });
        let acted = !self.habit_counts.is_empty() && gained.habit.iter().any(|g| g.value() != 0.0);
        let before = self.learned;
        self.learned = Learned {
            likelihood: before.likelihood || (observed && rates.likelihood.is_some()),
            transition: before.transition || (moved && rates.transition.is_some()),
            initial: before.initial || (begun && rates.initial.is_some()),
            habit: before.habit || (acted && rates.habit.is_some()),
        };
        let now = self.learned;
        let blend = |count: &mut T, gain: T, rate: f64, prior: T| {
            if forgetting > 0.0 {
                *count = prior + (*count - prior) * (1.0 - forgetting);
            }
            *count += gain * rate;
        };
        let add = |tables: &mut Self, counts: Span, columns: Span, size: usize, rate: f64, first: bool| -> Vec<bool> {
            let mut changed = vec![false; columns.len];
            for (column, changed) in changed.iter_mut().enumerate() {
                let range = counts.start + column * size..counts.start + (column + 1) * size;
                if tables.held[columns.start + column] {
                    continue;
                }
                *changed = first || forgetting > 0.0 || gained.tables[range.clone()].iter().any(|g| g.value() != 0.0);
                if *changed {
                    for i in range {
                        blend(&mut tables.counts[i], gained.tables[i], rate, prior.counts[i]);
                    }
                }
            }
            changed
        };
        M::each_modality(|site| {
            if let Some(rate) = rates.likelihood.filter(|_| now.likelihood)
                && site.columns.len > 0
            {
                let changed = add(self, site.counts, site.columns, site.outcomes, rate, !before.likelihood);
                self.expect(site.table, site.counts, site.outcomes, &changed);
                self.refresh_modality(site, |column| changed[column]);
            }
        });
        M::each_factor(|site| {
            if let Some(rate) = rates.transition.filter(|_| now.transition)
                && site.columns.len > 0
            {
                let changed = add(self, site.counts, site.columns, site.states, rate, !before.transition);
                self.expect(site.table, site.counts, site.states, &changed);
                self.refresh_factor(site, |column| changed[column]);
            }
        });
        if let Some(rate) = rates.initial.filter(|_| now.initial) {
            for ((f, counts), (_, before)) in self.initial_counts.iter_mut().zip(&prior.initial_counts) {
                M::each_factor(|site| {
                    if site.index == *f {
                        let gained = &gained.initial[site.goal.range()];
                        for ((count, &gain), &prior) in counts.iter_mut().zip(gained).zip(before) {
                            blend(count, gain, rate, prior);
                        }
                    }
                });
            }
        }
        if let Some(rate) = rates.habit.filter(|_| now.habit) {
            for ((count, &gain), &prior) in self.habit_counts.iter_mut().zip(&gained.habit).zip(&prior.habit_counts) {
                blend(count, gain, rate, prior);
            }
        }
        self.expect_initial_and_habit();
    }

    /// Sets the chosen columns of a table to the expected values of their counts.
    fn expect(&mut self, table: Span, counts: Span, size: usize, changed: &[bool]) {
        for column in (0..changed.len()).filter(|&c| changed[c]) {
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
    fn expect_initial_and_habit(&mut self) {
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

    /// From now on takes counts below the floor of logarithms for that floor in expected values, as the reference implementation does, so
    /// that nothing is quite impossible. Otherwise a count of zero is a probability of zero.
    pub fn floor_counts(&mut self) {
        self.floor = LOG_FLOOR;
    }

    /// Rules out what was never seen where the evidence is better by more than `threshold` nats without it: each column of learned
    /// likelihoods and transitions is replaced by its best reduction (see [`reduce`](crate::learn::reduce)), unless it is held, and so is
    /// that of `prior`, the tables with the counts of the beginning. How many columns were, and by how many nats in all.
    pub fn reduce(&mut self, prior: &mut Tables<M, T>, threshold: f64) -> (usize, T) {
        let mut columns: Vec<(usize, usize, usize)> = Vec::new();
        let mut list = |counts: Span, marks: Span, size: usize, learned: bool| {
            let marks = marks.range().filter(|_| learned).enumerate();
            columns.extend(marks.map(|(c, mark)| (counts.start + c * size, size, mark)));
        };
        let learned = self.learned;
        M::each_modality(|site| list(site.counts, site.columns, site.outcomes, learned.likelihood));
        M::each_factor(|site| list(site.counts, site.columns, site.states, learned.transition));
        let (mut reduced, mut gain) = (0, T::zero());
        for (start, size, mark) in columns {
            let range = start..start + size;
            if let Some(better) = crate::learn::reduce(&self.counts[range.clone()], &prior.counts[range.clone()], threshold)
                && !self.held[mark]
            {
                self.counts[range.clone()].copy_from_slice(&better.posterior);
                prior.counts[range].copy_from_slice(&better.prior);
                reduced += 1;
                gain += better.gain;
            }
        }
        if reduced > 0 {
            self.expect_all();
        }
        (reduced, gain)
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
        if kinds.habit {
            self.habit_counts.clone_from(&from.habit_counts);
        }
    }

    /// Works out everything that follows from counts.
    fn expect_all(&mut self) {
        let learned = self.learned;
        let free = |held: &[bool], wanted: bool| -> Vec<bool> { held.iter().map(|held| wanted && !held).collect() };
        M::each_modality(|site| {
            let changed = free(&self.held[site.columns.range()], learned.likelihood);
            self.expect(site.table, site.counts, site.outcomes, &changed);
            self.refresh_modality(site, |_| true);
        });
        M::each_factor(|site| {
            let changed = free(&self.held[site.columns.range()], learned.transition);
            self.expect(site.table, site.counts, site.states, &changed);
            self.refresh_factor(site, |_| true);
        });
        self.expect_initial_and_habit();
    }
}

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// All counts, to be stored.
    pub fn counted(&self) -> Counted {
        Counted {
            tables: numbers(&self.counts),
            initial: self.initial_counts.iter().map(|(f, counts)| (*f, numbers(counts))).collect(),
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
        let name = M::META.name;
        let same =
            |(f, counts): &(usize, Vec<f64>), own: &(usize, alloc::boxed::Box<[T]>)| *f == own.0 && counts.len() == own.1.len();
        if stored.tables.len() != self.counts.len()
            || stored.habit.len() != self.habit_counts.len()
            || stored.initial.len() != self.initial_counts.len()
            || !stored.initial.iter().zip(&self.initial_counts).all(|(a, b)| same(a, b))
        {
            return Err(ModelError::Options(format!("the stored counts have not the shape of those of {name}")));
        }
        let mut columns: Vec<&[f64]> = Vec::new();
        M::each_modality(|site| columns.extend(stored.tables[site.counts.range()].chunks(site.outcomes)));
        M::each_factor(|site| columns.extend(stored.tables[site.counts.range()].chunks(site.states)));
        columns.extend(stored.initial.iter().map(|(_, counts)| counts.as_slice()));
        columns.extend((!stored.habit.is_empty()).then_some(stored.habit.as_slice()));
        let floored = (0.0..=LOG_FLOOR).contains(&stored.floor);
        if !floored || columns.into_iter().any(|column| check_counts(column).is_err()) {
            return Err(ModelError::Options(format!(
                "the stored counts of {name} are no counts: negative, infinite or all zero"
            )));
        }
        self.learned = stored.learned;
        let take = |own: &mut [T], stored: &[f64]| own.iter_mut().zip(stored).for_each(|(own, &count)| *own = T::constant(count));
        take(&mut self.counts, &stored.tables);
        take(&mut self.habit_counts, &stored.habit);
        for ((_, own), (_, counts)) in self.initial_counts.iter_mut().zip(&stored.initial) {
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
