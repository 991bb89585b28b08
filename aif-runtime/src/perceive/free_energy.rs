//! Variational free energy, term by term.
//!
//! One step: `F = -H[q] + CE[q, prior] - sum over modalities of E_q[ln A(o | s)]`. A sequence adds, at the step that it ends in, each
//! transition's `-E[ln B]`, and asks for the prior only where a sequence begins. Entropies and cross-entropies use logarithms clipped at
//! [`LOG_FLOOR`](crate::scalar::LOG_FLOOR). See Parr, Pezzulo & Friston 2022, box 4.1.

use alloc::vec::Vec;

use super::contexts::{each_context, each_of_many};
use super::evidence::log_likelihood;
use super::smooth::Pairwise;
use super::window::{Window, transition};
use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals, Tables};
use crate::scalar::{Real, entropy, ln_clipped, x_ln_y};
use serde::{Deserialize, Serialize};

/// The terms of variational free energy at one step, in nats.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FreeEnergy<T = f64> {
    /// The negative entropy of the belief.
    pub negative_entropy: T,
    /// The cross-entropy of the belief relative to the prior, where a sequence begins.
    pub prior_cross_entropy: T,
    /// Minus the expected log-probability of the transition that ends here.
    pub transition_cross_entropy: T,
    /// The expected log-likelihood of what was observed.
    pub accuracy: T,
}

impl<T: Real> FreeEnergy<T> {
    /// The variational free energy: `negative entropy + prior + transition - accuracy`.
    pub fn total(&self) -> T {
        self.complexity() - self.accuracy
    }

    /// How far the belief is from what was expected: the total without the accuracy.
    pub fn complexity(&self) -> T {
        self.negative_entropy + self.prior_cross_entropy + self.transition_cross_entropy
    }
}

fn cross_entropy<T: Real>(q: &[T], p: &[T]) -> T {
    q.iter().zip(p).fold(T::zero(), |sum, (&q, &p)| sum - x_ln_y(q, p))
}

/// The expected log-likelihood of evidence under a factorised belief.
pub fn accuracy<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &M::Belief, evidence: &M::Evidence) -> T {
    let mut sum = T::zero();
    M::each_modality(|site| {
        let signal = M::signal(evidence, site.index);
        if !matches!(signal, Signal::Missing) {
            each_context(belief, site.parents, |c, p| sum += p * log_likelihood(tables, site, signal, c));
        }
    });
    sum
}

/// The variational free energy of a belief given a prior and evidence.
///
/// It is at least minus the log-probability of the evidence (of likelihood evidence up to the scale of its weights), and equal to it where the belief
/// is the exact posterior.
pub fn free_energy<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    prior: &M::Belief,
    evidence: &M::Evidence,
) -> FreeEnergy<T> {
    let (mut negative_entropy, mut prior_cross_entropy) = (T::zero(), T::zero());
    for f in 0..M::META.factors.len() {
        let q = belief.probabilities(f);
        negative_entropy -= entropy(q);
        prior_cross_entropy += cross_entropy(q, prior.probabilities(f));
    }
    FreeEnergy {
        negative_entropy,
        prior_cross_entropy,
        transition_cross_entropy: T::zero(),
        accuracy: accuracy(tables, belief, evidence),
    }
}

/// The variational free energy of beliefs about a window, one entry a step.
///
/// Without `pairs` beliefs are independent from step to step (the mean field of message passing); with them they are a chain, whose
/// entropy and transitions are those of the pairs. Steps outside the window count nothing. For exact smoothed beliefs over one factor the
/// sum is minus the log evidence.
pub fn sequence_free_energy<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    window: &Window<'_, M, T>,
    beliefs: &[M::Belief],
    pairs: Option<&[Pairwise<T>]>,
) -> Vec<FreeEnergy<T>> {
    let zero = T::zero();
    let none = FreeEnergy { negative_entropy: zero, prior_cross_entropy: zero, transition_cross_entropy: zero, accuracy: zero };
    let mut energies = Vec::with_capacity(beliefs.len());
    for (t, belief) in beliefs.iter().enumerate() {
        let Some(evidence) = &window.evidence[t] else {
            energies.push(none);
            continue;
        };
        let mut energy = free_energy(tables, belief, window.prior, evidence);
        if t > 0 && window.linked(t - 1) {
            energy.prior_cross_entropy = zero;
            let action = window.action(t - 1);
            if let Some(pairs) = pairs {
                energy.negative_entropy = zero;
                M::each_factor(|site| {
                    let joint = &pairs[t - 1].factors[site.index];
                    energy.negative_entropy -= entropy(joint);
                    for (c, row) in joint.chunks(site.states).enumerate() {
                        let parent = row.iter().fold(zero, |sum, &p| sum + p);
                        energy.negative_entropy -= x_ln_y(parent, parent);
                        for (next, &p) in row.iter().enumerate() {
                            let b = transition(tables, site, action, window.gap, c, next);
                            energy.transition_cross_entropy -= p * ln_clipped(b);
                        }
                    }
                });
            } else {
                M::each_factor(|site| {
                    let q = belief.probabilities(site.index);
                    each_of_many(&beliefs[t - 1], site.parents, None, |c, _, p| {
                        for (next, &q) in q.iter().enumerate() {
                            let b = transition(tables, site, action, window.gap, c, next);
                            energy.transition_cross_entropy -= p * q * ln_clipped(b);
                        }
                    });
                });
            }
        }
        energies.push(energy);
    }
    energies
}
