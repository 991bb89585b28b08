//! One step of a sequence, as the agent has it, and the terms of all of them.

use std::fmt;

use aif_runtime::model::Marginals;
use aif_runtime::perceive::{FreeEnergy, free_energy, log_predictive, log_weighed, predict_outcomes};
use aif_runtime::scalar::x_ln_y;
use aif_runtime::{Domain, GenerativeModel, ModelFamily, Real, Signal};

use super::TablesIn;

/// A belief in one scalar.
pub type BeliefIn<M, T> = <<M as ModelFamily>::In<T> as GenerativeModel<T>>::Belief;
/// Evidence in one scalar.
pub type EvidenceIn<M, T> = <<M as ModelFamily>::In<T> as GenerativeModel<T>>::Evidence;
/// What an agent sees at one step, and does then.
#[derive(Clone, Copy)]
pub struct Experience<M: GenerativeModel> {
    /// What is seen: each modality seen, soft, faint, missing or weighed by likelihoods.
    pub evidence: M::Evidence,
    /// What is done then; may be left out at the last step, and where there is only one thing to do.
    pub action: Option<M::Action>,
}

impl<M: GenerativeModel> fmt::Debug for Experience<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action.map(Domain::label);
        f.debug_struct("Experience").field("evidence", &self.evidence).field("action", &action).finish()
    }
}

/// One step of a sequence, as the agent has it.
pub struct Step<'a, M: ModelFamily, T: Real> {
    /// The model's tables.
    pub tables: &'a TablesIn<M, T>,
    /// Which step it is, from 0.
    pub index: usize,
    /// How many steps the sequence has.
    pub steps: usize,
    /// What was believed before this step's evidence: the initial state, then what the transitions let expect.
    pub prior: &'a BeliefIn<M, T>,
    /// What is believed after it.
    pub belief: &'a BeliefIn<M, T>,
    /// What is seen.
    pub evidence: &'a EvidenceIn<M, T>,
    /// What is done then.
    pub action: Option<M::Action>,
}

impl<M: ModelFamily, T: Real> Step<'_, M, T> {
    /// The variational free energy of the belief, given its prior and the evidence, in nats.
    pub fn free_energy(&self) -> FreeEnergy<T> {
        free_energy(self.tables, self.belief, self.prior, self.evidence)
    }

    /// How far what is seen is from what the prior let expect: `KL(o || A prior)`, summed over the modalities of which something is known, in
    /// nats. For an outcome that was seen it is its surprise, `-ln A prior`; for a reading with weights that of the reading, `-ln sum over outcomes of
    /// weight times A prior`, which is defined up to the scale of the weights; for a measurement minus the logarithm of its density.
    pub fn divergence(&self) -> T {
        let expected = predict_outcomes(self.tables, self.prior);
        let mut sum = T::zero();
        for m in 0..M::META.modalities.len() {
            let expected = expected.probabilities(m);
            match M::In::<T>::signal(self.evidence, m) {
                Signal::Missing => {}
                Signal::Seen(o) => sum -= x_ln_y(T::one(), expected[o]),
                Signal::Soft(p) => {
                    for (&p, &expected) in p.iter().zip(expected) {
                        sum += x_ln_y(p, p) - x_ln_y(p, expected);
                    }
                }
                Signal::Likelihood(weights) => sum -= log_weighed(weights, expected),
                Signal::Measured(number) => sum -= log_predictive(self.tables, self.prior, m, number),
                // Both are mixed with the uniform distribution, as in its likelihood.
                Signal::Faint(p, weight) => {
                    let chance = (T::one() - weight) / p.len() as f64;
                    for (&p, &expected) in p.iter().zip(expected) {
                        sum += x_ln_y(p, p) - x_ln_y(p, weight * expected + chance);
                    }
                }
            }
        }
        sum
    }
}

/// The terms of an objective at all steps of a sequence.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a, T> {
    numbers: &'a [T],
    width: usize,
}

impl<'a, T: Real> Terms<'a, T> {
    /// From numbers, `[step][term]`, with `width` terms a step.
    pub(super) fn new(numbers: &'a [T], width: usize) -> Self {
        Terms { numbers, width }
    }

    /// The number of steps.
    pub fn steps(&self) -> usize {
        self.numbers.len().checked_div(self.width).unwrap_or(0)
    }

    /// A term at a step; zero beyond the last.
    pub fn at(&self, step: usize, term: usize) -> T {
        let place = step.checked_mul(self.width).and_then(|at| at.checked_add(term)).filter(|_| term < self.width);
        place.and_then(|place| self.numbers.get(place)).copied().unwrap_or(T::zero())
    }

    /// The mean of a term over all steps.
    pub fn mean(&self, term: usize) -> T {
        self.mean_from(term, 0)
    }

    /// The mean of a term over the steps from `first` on; zero where there are none.
    pub fn mean_from(&self, term: usize, first: usize) -> T {
        let sum = (first..self.steps()).fold(T::zero(), |sum, step| sum + self.at(step, term));
        sum / self.steps().saturating_sub(first).max(1) as f64
    }
}
