//! State information gain of all modalities together: `H[q(o)] - sum_m E_q[H[A_m]]` over joint outcomes `o`.
//!
//! Summed over modalities one by one, what two of them tell alike counts twice; here it counts once. Cost: joint outcomes times joint
//! states; under a factorised belief nothing is allocated.

use super::PlanningContext;
use super::imagined::Imagined;
use crate::model::{GenerativeModel, Marginals, Tables, entry};
use crate::perceive::{Frame, Whole, each_context};
use crate::scalar::{Real, exact_zero, x_ln_y};

/// The mutual information between hidden states and all outcomes together, under a factorised belief, in nats.
pub fn joint_information_gain<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &M::Belief) -> T {
    let frame = Whole::<M, T>::new();
    let state = |state: usize| {
        (0..M::META.factors.len())
            .fold(T::one(), |p, f| if exact_zero(p) { p } else { p * belief.probabilities(f)[frame.digit(state, f)] })
    };
    information(tables, state, |parents, f| each_context(belief, parents, f))
}

/// The same of what is imagined.
pub(super) fn information_of<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    scene: &PlanningContext<'_, M, T>,
    belief: &B,
) -> T {
    if !B::JOINT {
        return joint_information_gain(scene.tables, &belief.marginals(scene));
    }
    let whole = belief.whole(scene);
    information(scene.tables, |state| whole[state], |parents, f| belief.each_context(scene, parents, f))
}

fn information<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    state: impl Fn(usize) -> T,
    each: impl Fn(&[usize], &mut dyn FnMut(usize, T)),
) -> T {
    let mut gain = T::zero();
    for outcome in 0..M::META.joint_outcomes() {
        let p = probability(tables, &state, outcome);
        gain -= x_ln_y(p, p);
    }
    M::each_modality(|site| {
        with_table!(tables.ambiguity(site), _ => {}, entropies => each(site.parents, &mut |c, p| gain -= p * entropies[c]));
    });
    gain
}

/// The probability of one joint outcome (the last modality running fastest).
fn probability<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: impl Fn(usize) -> T, outcome: usize) -> T {
    let frame = Whole::<M, T>::new();
    let mut sum = T::zero();
    for state in 0..M::META.joint_states() {
        let mut p = belief(state);
        if exact_zero(p) {
            continue;
        }
        let mut rest = outcome;
        for m in (0..M::META.modalities.len()).rev() {
            let count = M::META.modalities[m].outcomes.count;
            let o = rest % count;
            rest /= count;
            if exact_zero(p) {
                break;
            }
            M::each_modality(|site| {
                if site.index == m {
                    p *= entry(tables.likelihood(site), frame.context(state, site.parents), site.outcomes, o);
                }
            });
        }
        sum += p;
    }
    sum
}
