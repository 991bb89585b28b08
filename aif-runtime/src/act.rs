//! Action selection: the log-probability of each joint action, shared by simulation and scoring.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::domain::Domain;
use crate::model::{GenerativeModel, Precisions};
use crate::plan::{Planner, PlanningContext, Reduction};
use crate::random::pick;
use crate::scalar::{Real, exact_zero, first_maximum, log_sum_exp};

/// How an action is chosen from the policy posterior.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Selection {
    /// Drawn from the action probabilities.
    #[default]
    Stochastic,
    /// The best, the first of equals.
    Deterministic,
}

/// From what an action is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sampling {
    /// From whole policies: P(a) is the sum of `softmax(alpha ln q(pi))` over the policies that begin with `a`.
    #[default]
    Policies,
    /// From the marginal of each action: P(a) is the product of `softmax(alpha ln marginal)`.
    Marginals,
}

/// One number for each joint action.
type PerAction<M, T> = <<M as GenerativeModel<T>>::Action as Domain>::Array<T>;

/// The log-marginals of q(pi) over first actions, `ln q(a)`.
pub fn infer_policies<M: GenerativeModel<T>, T: Real>(
    planner: &impl Planner<M, T>,
    scene: PlanningContext<'_, M, T>,
    precisions: &Precisions<T>,
) -> PerAction<M, T> {
    let indifferent = Precisions { action: T::one(), ..*precisions };
    let mut weights = open_weights(planner, scene, &indifferent, Reduction::Sum);
    normalise(M::Action::entries_mut(&mut weights));
    weights
}

/// What the planner says of the actions that can be taken now; the others weigh nothing. Where it holds none of those possible (a habit may
/// forbid them), they weigh the same.
fn open_weights<M: GenerativeModel<T>, T: Real>(
    planner: &impl Planner<M, T>,
    scene: PlanningContext<'_, M, T>,
    precisions: &Precisions<T>,
    reduction: Reduction,
) -> PerAction<M, T> {
    let mut weights = planner.plan(&scene.problem(precisions, reduction)).weights;
    if scene.open.is_some() {
        close::<M, T>(&scene, M::Action::entries_mut(&mut weights));
    }
    weights
}

/// Takes the weight of every action that cannot be taken now.
fn close<M: GenerativeModel<T>, T: Real>(scene: &PlanningContext<'_, M, T>, weights: &mut [T]) {
    let nothing = T::constant(f64::NEG_INFINITY);
    let mut possible = false;
    for (action, weight) in weights.iter_mut().enumerate() {
        if !scene.is_open(action) {
            *weight = nothing;
        }
        possible |= weight.value() > f64::NEG_INFINITY;
    }
    if !possible {
        for (action, weight) in weights.iter_mut().enumerate() {
            *weight = if scene.is_open(action) { T::zero() } else { nothing };
        }
    }
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
/// actions of `softmax(alpha ln marginal)`. A lapse mixes in the uniform distribution over joint actions. Actions that cannot be taken now
/// have no probability.
pub fn action_log_probabilities<M: GenerativeModel<T>, T: Real>(
    planner: &impl Planner<M, T>,
    scene: PlanningContext<'_, M, T>,
    sampling: Sampling,
    precisions: &Precisions<T>,
) -> PerAction<M, T> {
    let alpha = precisions.action;
    let mut log_p = match sampling {
        Sampling::Policies => open_weights(planner, scene, precisions, Reduction::Sum),
        Sampling::Marginals => {
            // Marginals are those of all policies; what is closed is closed afterwards, once.
            let joint = infer_policies(planner, PlanningContext { open: None, ..scene }, precisions);
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
            if scene.open.is_some() {
                close::<M, T>(&scene, M::Action::entries_mut(&mut log_p));
            }
            log_p
        }
    };
    let entries = M::Action::entries_mut(&mut log_p);
    normalise(entries);
    if !exact_zero(precisions.lapse) {
        let open = (0..M::Action::COUNT).filter(|&a| scene.is_open(a)).count();
        let chance = precisions.lapse / open.max(1) as f64;
        let attentive = T::one() - precisions.lapse;
        for (_, p) in entries.iter_mut().enumerate().filter(|(action, _)| scene.is_open(*action)) {
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
    scene: PlanningContext<'_, M, T>,
    sampling: Sampling,
    precisions: &Precisions<T>,
) -> usize {
    match sampling {
        Sampling::Policies => {
            let indifferent = Precisions { action: T::one(), ..*precisions };
            let weights = open_weights(planner, scene, &indifferent, Reduction::Max);
            first_maximum(M::Action::entries(&weights))
        }
        Sampling::Marginals if scene.open.is_some() => {
            // The best of each marginal need not be open together.
            let lucid = Precisions { action: T::one(), lapse: T::zero(), ..*precisions };
            first_maximum(M::Action::entries(&action_log_probabilities(planner, scene, sampling, &lucid)))
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

/// Draws an index from log-probabilities that are normalised.
pub fn draw<T: Real, R: Rng + ?Sized>(log_probabilities: &[T], rng: &mut R) -> usize {
    pick(log_probabilities.len(), 1.0, |i| crate::math::exp(log_probabilities[i].value()), rng)
}
