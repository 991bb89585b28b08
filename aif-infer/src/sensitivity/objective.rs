//! What is to be small: functions of what an agent believes along a sequence.

use aif_runtime::{ModelFamily, Real};

use super::step::{Step, Terms};

/// A function of what an agent believes along a sequence.
///
/// It has some terms for each step, functions of what was believed before and after the step and of what was seen at it, and puts the terms
/// of all steps together. Any function of the beliefs can be written so (its terms are then the probabilities that it needs).
pub trait Objective<M: ModelFamily>: Sync {
    /// What the terms of a step are called; there are as many as names.
    const TERMS: &'static [&'static str];

    /// The terms of one step, into `terms`, which holds zeros.
    fn terms<T: Real>(&self, step: &Step<'_, M, T>, terms: &mut [T]);

    /// The objective, from the terms of all steps: by default the sum of their means.
    fn total<T: Real>(&self, terms: &Terms<'_, T>) -> T {
        (0..Self::TERMS.len()).fold(T::zero(), |sum, term| sum + terms.mean(term))
    }
}

/// The variational free energy of each step, in nats, on average over steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanFreeEnergy;

impl<M: ModelFamily> Objective<M> for MeanFreeEnergy {
    const TERMS: &'static [&'static str] = &["free energy"];

    fn terms<T: Real>(&self, step: &Step<'_, M, T>, terms: &mut [T]) {
        terms[0] = step.free_energy().total();
    }
}

/// Free energy, and how far what is seen next is from what the transitions let expect: `mean F + weight * mean over the steps after the first
/// of the sum over modalities of KL(o || A predicted state)`, in nats.
///
/// With it an encoder learns without labels. Free energy already minds transitions, through the prior; the divergence minds them more, and
/// keeps training from resting where confident outcomes explain little.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TemporalConsistency {
    /// The weight of the divergence; 0 is free energy alone.
    pub weight: f64,
}

impl<M: ModelFamily> Objective<M> for TemporalConsistency {
    const TERMS: &'static [&'static str] = &["free energy", "temporal divergence"];

    fn terms<T: Real>(&self, step: &Step<'_, M, T>, terms: &mut [T]) {
        terms[0] = step.free_energy().total();
        if step.index > 0 {
            terms[1] = step.divergence();
        }
    }

    fn total<T: Real>(&self, terms: &Terms<'_, T>) -> T {
        terms.mean(0) + terms.mean_from(1, 1) * self.weight
    }
}
