//! The filter: what is believed before and after each observation, by the chosen method.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{exact, fixed_point, predict};
use crate::model::{GenerativeModel, Marginals, Tables};
use crate::options::Inference;
use crate::scalar::Real;

/// A belief over hidden states that is updated by evidence and moved by actions.
///
/// Fixed-point iteration keeps one distribution per factor. Exact inference over several factors also keeps their joint distribution,
/// on the heap, allocated when the filter is made; steps allocate nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "B: Serialize, T: Serialize", deserialize = "B: Deserialize<'de>, T: Deserialize<'de>"))]
pub struct Filter<B, T> {
    belief: B,
    joint: Vec<T>,
    spare: Vec<T>,
}

impl<B: Marginals<T>, T: Real> Filter<B, T> {
    /// A filter that believes the initial state of a model.
    pub fn new<M: GenerativeModel<T, Belief = B>>(tables: &Tables<M, T>, inference: Inference) -> Self {
        let mut filter = Filter { belief: B::zero(), joint: Vec::new(), spare: Vec::new() };
        if inference == Inference::Exact && M::META.factors.len() > 1 {
            filter.joint = alloc::vec![T::zero(); M::META.joint_states()];
            filter.spare = filter.joint.clone();
        }
        filter.restart(tables);
        filter
    }

    /// Goes back to the initial state.
    pub fn restart<M: GenerativeModel<T, Belief = B>>(&mut self, tables: &Tables<M, T>) {
        M::each_factor(|site| self.belief.probabilities_mut(site.index).copy_from_slice(tables.initial(site)));
        if !self.joint.is_empty() {
            exact::start(tables, &mut self.joint);
        }
    }

    /// The distribution of each factor.
    #[inline(always)]
    pub fn belief(&self) -> &B {
        &self.belief
    }

    /// The joint distribution, the last factor running fastest; empty where the factors are all there is.
    pub fn joint(&self) -> &[T] {
        &self.joint
    }

    /// Takes in evidence: the belief becomes the posterior.
    pub fn perceive<M: GenerativeModel<T, Belief = B>>(
        &mut self,
        tables: &Tables<M, T>,
        evidence: &M::Evidence,
        inference: Inference,
    ) {
        match inference {
            Inference::FixedPoint { sweeps } => self.belief = fixed_point(tables, &self.belief, evidence, sweeps),
            Inference::Exact if M::META.factors.len() > 1 => {
                exact::update(tables, evidence, &mut self.joint, &mut self.spare);
                self.belief = exact::marginals::<M, T>(&self.joint);
            }
            Inference::Exact => {
                let mut spare = self.belief;
                exact::update(tables, evidence, self.belief.probabilities_mut(0), spare.probabilities_mut(0));
            }
        }
    }

    /// Moves the belief one step under a joint action: it becomes the prior of the next observation.
    pub fn advance<M: GenerativeModel<T, Belief = B>>(&mut self, tables: &Tables<M, T>, action: usize) {
        if self.joint.is_empty() {
            self.belief = predict(tables, &self.belief, action);
        } else {
            self.advance_mixture(tables, |a| (a == action).then(T::one));
        }
    }

    /// Moves the belief one step under an action that is known only up to weights, which sum to one; `None` is an impossible action.
    pub fn advance_mixture<M: GenerativeModel<T, Belief = B>>(
        &mut self,
        tables: &Tables<M, T>,
        weight: impl Fn(usize) -> Option<T>,
    ) {
        let weighted = (0..M::META.joint_actions()).filter_map(|a| Some((a, weight(a)?)));
        if self.joint.is_empty() {
            let mut mixture = B::zero();
            for (action, weight) in weighted {
                let next = predict(tables, &self.belief, action);
                for f in 0..M::META.factors.len() {
                    for (to, &p) in mixture.probabilities_mut(f).iter_mut().zip(next.probabilities(f)) {
                        *to += p * weight;
                    }
                }
            }
            self.belief = mixture;
        } else {
            self.spare.fill(T::zero());
            for (action, weight) in weighted {
                exact::advance(tables, action, weight, &self.joint, &mut self.spare);
            }
            core::mem::swap(&mut self.joint, &mut self.spare);
            self.belief = exact::marginals::<M, T>(&self.joint);
        }
    }

    /// Shows the exact bits of everything that later steps depend on.
    pub fn bits(&self, factors: usize, mut visit: impl FnMut(u64)) {
        if self.joint.is_empty() {
            for f in 0..factors {
                for &p in self.belief.probabilities(f) {
                    p.bits(&mut visit);
                }
            }
        } else {
            for &p in &self.joint {
                p.bits(&mut visit);
            }
        }
    }

    /// Whether two filters believe the same.
    pub fn believes_as(&self, other: &Self) -> bool {
        self.belief == other.belief && self.joint == other.joint
    }

    /// Whether a filter from elsewhere has the shape of this model's and holds distributions.
    pub(crate) fn fits<M: GenerativeModel<T, Belief = B>>(&self, inference: Inference) -> bool {
        let joint = if inference == Inference::Exact && M::META.factors.len() > 1 { M::META.joint_states() } else { 0 };
        let proper = |p: &[T]| {
            let sum: f64 = p.iter().map(|p| p.value()).sum();
            (sum - 1.0).abs() < 1e-6 && p.iter().all(|p| p.value() >= 0.0)
        };
        self.joint.len() == joint
            && self.spare.len() == joint
            && (joint == 0 || proper(&self.joint))
            && (0..M::META.factors.len()).all(|f| proper(self.belief.probabilities(f)))
    }
}
