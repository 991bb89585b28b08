//! Action selection: the log-probability of each joint action, shared by simulation and scoring.

use rand_core::Rng;

use crate::domain::Domain;
use crate::model::GenerativeModel;
use crate::options::{Precisions, Sampling};
use crate::plan::{Planner, Reduction, Scene};
use crate::random::unit;
use crate::scalar::{Real, log_sum_exp};

/// One number for each joint action.
type PerAction<M, T> = <<M as GenerativeModel<T>>::Action as Domain>::Array<T>;

/// The log-marginals of q(pi) over first actions, `ln q(a)`.
pub fn infer_policies<M: GenerativeModel<T>, T: Real>(
    planner: &impl Planner<M, T>,
    scene: Scene<'_, M, T>,
    precisions: &Precisions<T>,
) -> PerAction<M, T> {
    let indifferent = Precisions { action: T::one(), ..*precisions };
    let mut weights = planner.plan(&scene.problem(&indifferent, Reduction::Sum)).weights;
    normalise(M::Action::entries_mut(&mut weights));
    weights
}

fn normalise<T: Real>(log_weights: &mut [T]) {
    let total = log_sum_exp(log_weights);
    for w in log_weights {
        *w -= total;
    }
}

/// The log-probability that an agent takes each joint action.
///
/// From policies, `P(a)` is the sum of `softmax(alpha ln q(pi))` over the policies that begin with `a`; from marginals, the product over
/// actions of `softmax(alpha ln marginal)`. A lapse mixes in the uniform distribution over joint actions.
pub fn action_log_probabilities<M: GenerativeModel<T>, T: Real>(
    planner: &impl Planner<M, T>,
    scene: Scene<'_, M, T>,
    precisions: &Precisions<T>,
) -> PerAction<M, T> {
    let alpha = precisions.action;
    let mut log_p = match scene.options.sampling {
        Sampling::Policies => planner.plan(&scene.problem(precisions, Reduction::Sum)).weights,
        Sampling::Marginals => {
            let joint = infer_policies(planner, scene, precisions);
            let mut log_p = M::Action::filled(T::zero());
            for a in 0..M::META.actions.len() {
                let mut marginal = component_marginal::<M, T>(&joint, a);
                let marginal = &mut M::Action::entries_mut(&mut marginal)[..M::META.actions[a].values.count];
                for m in marginal.iter_mut().filter(|m| m.value() > f64::NEG_INFINITY) {
                    *m *= alpha;
                }
                normalise(marginal);
                for (action, log_p) in M::Action::entries_mut(&mut log_p).iter_mut().enumerate() {
                    *log_p += marginal[M::META.action_value(action, a)];
                }
            }
            log_p
        }
    };
    let entries = M::Action::entries_mut(&mut log_p);
    normalise(entries);
    if precisions.lapse != T::zero() {
        let chance = precisions.lapse / M::Action::COUNT as f64;
        let attentive = T::one() - precisions.lapse;
        for p in entries {
            *p = (attentive * p.exp() + chance).ln();
        }
    }
    log_p
}

/// The log-marginal of one action of several, in the first entries of an array over joint actions.
fn component_marginal<M: GenerativeModel<T>, T: Real>(joint: &PerAction<M, T>, a: usize) -> PerAction<M, T> {
    let mut marginal = M::Action::filled(T::constant(f64::NEG_INFINITY));
    for (action, &log_p) in M::Action::entries(joint).iter().enumerate() {
        let to = &mut M::Action::entries_mut(&mut marginal)[M::META.action_value(action, a)];
        *to = if to.value() == f64::NEG_INFINITY { log_p } else { log_sum_exp(&[*to, log_p]) };
    }
    marginal
}

/// The best joint action: the first of the best policy, or the best of each action's marginal; the first of equals.
pub fn best_action<M: GenerativeModel<T>, T: Real>(
    planner: &impl Planner<M, T>,
    scene: Scene<'_, M, T>,
    precisions: &Precisions<T>,
) -> usize {
    match scene.options.sampling {
        Sampling::Policies => {
            let indifferent = Precisions { action: T::one(), ..*precisions };
            let weights = planner.plan(&scene.problem(&indifferent, Reduction::Max)).weights;
            first_maximum(M::Action::entries(&weights))
        }
        Sampling::Marginals => {
            let joint = infer_policies(planner, scene, precisions);
            let mut best = 0;
            for a in 0..M::META.actions.len() {
                let marginal = component_marginal::<M, T>(&joint, a);
                let count = M::META.actions[a].values.count;
                best = best * count + first_maximum(&M::Action::entries(&marginal)[..count]);
            }
            best
        }
    }
}

fn first_maximum<T: Real>(values: &[T]) -> usize {
    let mut best = 0;
    for i in 1..values.len() {
        if values[i] > values[best] {
            best = i;
        }
    }
    best
}

/// Draws an index from log-probabilities that are normalised.
pub fn draw<T: Real, R: Rng + ?Sized>(log_probabilities: &[T], rng: &mut R) -> usize {
    let mut left = unit(rng);
    for (i, log_p) in log_probabilities.iter().enumerate() {
        left -= crate::math::exp(log_p.value());
        if left < 0.0 {
            return i;
        }
    }
    // Rounding left a sliver: the last action that is possible at all.
    log_probabilities.iter().rposition(|p| p.value() > f64::NEG_INFINITY).unwrap_or(0)
}
