//! What an observation, a transition, an initial state and an action add to the counts.
//!
//! `a(o | s) += o (x) q(s)` and `b(s' | s, u) += q(s', s) [u]` (Friston et al. 2016, "Active inference and learning"): one observation adds 1
//! in all to each likelihood, one transition 1 to each factor.

use alloc::vec;

use super::gained::Gained;
use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals, ModalitySite, Tables, entry};
use crate::perceive::{Joints, Pairwise, each_context, unit, weighed};
use crate::scalar::{Real, exact_zero};

/// Adds what evidence teaches about likelihoods under a belief about the state that it was seen in. A missing modality teaches nothing,
/// one attended to with weight `w` adds `w`. Of likelihood evidence each outcome counts as it is believed given the state, in proportion to
/// `weight times A(outcome | state)`: 1 in all.
pub fn count_observation<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    tables: &Tables<M, T>,
    belief: &M::Belief,
    evidence: &M::Evidence,
) {
    count_evidence(gained, tables, evidence, |parents, add| each_context(belief, parents, add));
}

/// Adds what evidence teaches about likelihoods where the state is known jointly.
pub fn count_jointly<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    tables: &Tables<M, T>,
    (joints, joint): (&Joints, &[T]),
    evidence: &M::Evidence,
) {
    count_evidence(gained, tables, evidence, |parents, add| joints.each_context::<M, T>(joint, parents, add));
}

fn count_evidence<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    tables: &Tables<M, T>,
    evidence: &M::Evidence,
    each: impl Fn(&[usize], &mut dyn FnMut(usize, T)),
) {
    M::each_modality(|site| {
        if site.counts.len == 0 {
            return;
        }
        let signal = M::signal(evidence, site.index);
        if let Signal::Likelihood(weights) = signal {
            each(site.parents, &mut |c, p| {
                let to = gained.of_likelihood(site, c);
                each_cause(tables, site, weights, c, |o, share| to[o] += p * share);
            });
        }
        each_outcome(site, signal, |o, weight| {
            if !exact_zero(weight) {
                each(site.parents, &mut |c, p| gained.of_likelihood(site, c)[o] += p * weight);
            }
        });
    });
}

/// Adds what a transition teaches, from beliefs before and after it as if they were independent.
pub fn count_transition<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    before: &M::Belief,
    action: usize,
    after: &M::Belief,
) {
    M::each_factor(|site| {
        if site.counts.len == 0 {
            return;
        }
        let (local, next) = (site.local_action(&M::META, action), after.probabilities(site.index));
        each_context(before, site.parents, |c, p| {
            for (to, &q) in gained.of_transition(site, local, c).iter_mut().zip(next) {
                *to += p * q;
            }
        });
    });
}

/// Adds what a transition teaches, from what was believed before it and is believed after it in the light of more, both together:
/// `q(s', s) = B(s' | s) q(s) / (B q)(s') * q(s')`, factor by factor.
pub fn count_both<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    tables: &Tables<M, T>,
    before: &M::Belief,
    action: usize,
    after: &M::Belief,
) {
    M::each_factor(|site| {
        if site.counts.len == 0 {
            return;
        }
        let local = site.local_action(&M::META, action);
        let table = tables.transition(site, local);
        // (B q)(s'), and then q(s') / (B q)(s').
        let mut ratio = vec![T::zero(); site.states];
        each_context(before, site.parents, |c, p| {
            for (s, to) in ratio.iter_mut().enumerate() {
                *to += entry(table, c, site.states, s) * p;
            }
        });
        for (to, &q) in ratio.iter_mut().zip(after.probabilities(site.index)) {
            *to = if to.value() > 0.0 { q / *to } else { T::zero() };
        }
        each_context(before, site.parents, |c, p| {
            for (s, to) in gained.of_transition(site, local, c).iter_mut().enumerate() {
                *to += entry(table, c, site.states, s) * p * ratio[s];
            }
        });
    });
}

/// Adds what a transition teaches, from pairwise beliefs.
pub fn count_pair<M: GenerativeModel<T>, T: Real>(gained: &mut Gained<T>, pair: &Pairwise<T>, action: usize) {
    M::each_factor(|site| {
        if site.counts.len == 0 {
            return;
        }
        let local = site.local_action(&M::META, action);
        for (c, row) in pair.factors[site.index].chunks(site.states).enumerate() {
            if row.iter().any(|&p| !exact_zero(p)) {
                for (to, &p) in gained.of_transition(site, local, c).iter_mut().zip(row) {
                    *to += p;
                }
            }
        }
    });
}

/// Adds what a transition teaches where states are known jointly: by what was believed before it, and is believed after it in the light of
/// more.
pub fn count_joint_pair<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    joints: &Joints,
    tables: &Tables<M, T>,
    before: &[T],
    action: usize,
    after: &[T],
) {
    joints.each_pair(tables, before, action, after, |site, context, next, p| {
        gained.of_transition(site, site.local_action(&M::META, action), context)[next] += p;
    });
}

/// Adds what a belief about the first step of a block teaches about initial states.
pub fn count_initial<M: GenerativeModel<T>, T: Real>(gained: &mut Gained<T>, belief: &M::Belief) {
    M::each_factor(|site| {
        for (to, &p) in gained.of_initial(site).iter_mut().zip(belief.probabilities(site.index)) {
            *to += p;
        }
    });
}

/// Adds what evidence teaches about what is preferred: what is met is liked. `c(o) += o`, whatever the state (Sajid et al. 2022, "Active inference,
/// preference learning and adaptive behaviour"); of likelihood evidence, what is believed to have been met.
pub(super) fn count_preference<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    tables: &Tables<M, T>,
    evidence: &M::Evidence,
    each: impl Fn(&[usize], &mut dyn FnMut(usize, T)),
) {
    M::each_modality(|site| {
        if tables.preference_counts(site).is_empty() {
            return;
        }
        let signal = M::signal(evidence, site.index);
        if let Signal::Likelihood(weights) = signal {
            let to = gained.of_preference(site);
            each(site.parents, &mut |c, p| each_cause(tables, site, weights, c, |o, share| to[o] += p * share));
        }
        each_outcome(site, signal, |o, weight| gained.of_preference(site)[o] += weight);
    });
}

/// Calls `f(outcome, share)` for each outcome that may be the cause of a reading with these weights, given a combination of the parents' states:
/// in proportion to `weight times A(outcome | state)`, 1 in all. Where none may be, only the weights count.
fn each_cause<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    weights: &[T],
    context: usize,
    mut f: impl FnMut(usize, T),
) {
    let (table, unit) = (tables.likelihood(site), unit(weights));
    let mut total = weighed(table, weights, unit, context);
    let possible = total.value() > 0.0;
    if !possible {
        total = weights.iter().fold(T::zero(), |sum, &weight| sum + weight / unit);
    }
    for (o, &weight) in weights.iter().enumerate() {
        let chance = if possible { entry(table, context, site.outcomes, o) } else { T::one() };
        let share = weight / unit * chance;
        if !exact_zero(share) {
            f(o, share / total);
        }
    }
}

/// Calls `f(outcome, weight)` for what is known of a modality whatever the state; the weights of one that was seen sum to one, and are nothing for
/// a missing one.
fn each_outcome<T: Real>(site: &ModalitySite, signal: Signal<'_, T>, mut f: impl FnMut(usize, T)) {
    match signal {
        Signal::Missing | Signal::Likelihood(_) | Signal::Measured(_) => {}
        Signal::Seen(o) => f(o, T::one()),
        Signal::Soft(weights) => weights.iter().enumerate().for_each(|(o, &w)| f(o, w)),
        Signal::Faint(mixed, weight) => {
            let chance = (T::one() - weight) / site.outcomes as f64;
            mixed.iter().enumerate().for_each(|(o, &w)| f(o, w - chance));
        }
    }
}

/// Adds what an action teaches about the habit.
pub fn count_action<T: Real>(gained: &mut Gained<T>, action: usize) {
    if let Some(to) = gained.of_habit().get_mut(action) {
        *to += T::one();
    }
}
