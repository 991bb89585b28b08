//! Learning: adding what was seen to the counts of tables.

use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::model::{FactorSite, GenerativeModel, Learned, ModalitySite, Span, Tables};
use crate::scalar::{Real, exact_zero};

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
#[serde(default, deny_unknown_fields)]
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

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// Adds what was seen to the counts, each kind at its rate, and acts on the new expected values.
    ///
    /// With forgetting `w` counts first fall back towards those of `prior`: `a <- prior + (1 - w) (a - prior)`. Columns that are held
    /// stay as they are.
    pub fn learn(&mut self, gained: &Gained<T>, rates: &Rates, forgetting: f64, prior: &Tables<M, T>) {
        let taught = |span: Span| gained.tables[span.range()].iter().any(|g| !exact_zero(*g));
        let (mut observed, mut moved, mut begun) = (false, false, false);
        M::each_modality(|site| observed |= taught(site.counts));
        M::each_factor(|site| {
            moved |= taught(site.counts);
            let counted = self.initial_counts.iter().any(|(f, _)| *f == site.index);
            begun |= counted && gained.initial[site.goal.range()].iter().any(|g| !exact_zero(*g));
        });
        let acted = !self.habit_counts.is_empty() && gained.habit.iter().any(|g| !exact_zero(*g));
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
                *changed = first || forgetting > 0.0 || gained.tables[range.clone()].iter().any(|g| !exact_zero(*g));
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
}
