//! What an observation, a transition, an initial state and an action add to the counts.
//!
//! `a(o | s) += o (x) q(s)` and `b(s' | s, u) += q(s', s) [u]` (Friston et al. 2016, "Active inference and learning"): one observation adds 1
//! in all to each likelihood, one transition 1 to each factor.

use super::update::Gained;
use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals};
use crate::perceive::{ExactSmoothing, Pairwise, each_context};
use crate::scalar::{Real, exact_zero};

/// Adds what evidence teaches about likelihoods under a belief about the state that it was seen in. A missing modality teaches nothing,
/// one attended to with weight `w` adds `w`.
pub fn count_observation<M: GenerativeModel<T>, T: Real>(gained: &mut Gained<T>, belief: &M::Belief, evidence: &M::Evidence) {
    count_evidence::<M, T>(gained, evidence, |parents, add| each_context(belief, parents, add));
}

/// Adds what evidence teaches about likelihoods where the state is known jointly: step `t` of an exactly smoothed sequence.
pub fn count_smoothed<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    smoothed: &ExactSmoothing<T>,
    t: usize,
    evidence: &M::Evidence,
) {
    count_evidence::<M, T>(gained, evidence, |parents, add| {
        for (c, &p) in smoothed.contexts::<M>(t, parents).iter().enumerate() {
            add(c, p);
        }
    });
}

fn count_evidence<M: GenerativeModel<T>, T: Real>(
    gained: &mut Gained<T>,
    evidence: &M::Evidence,
    each: impl Fn(&[usize], &mut dyn FnMut(usize, T)),
) {
    M::each_modality(|site| {
        if site.counts.len == 0 {
            return;
        }
        let counts = &mut gained.tables[site.counts.range()];
        let mut add = |o: usize, weight: T| {
            if !exact_zero(weight) {
                each(site.parents, &mut |c, p| counts[c * site.outcomes + o] += p * weight);
            }
        };
        match M::signal(evidence, site.index) {
            Signal::Missing => {}
            Signal::Seen(o) => add(o, T::one()),
            Signal::Soft(weights) => weights.iter().enumerate().for_each(|(o, &w)| add(o, w)),
            Signal::Faint(mixed, weight) => {
                let chance = (T::one() - weight) / site.outcomes as f64;
                mixed.iter().enumerate().for_each(|(o, &w)| add(o, w - chance));
            }
        }
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
        let start = site.local_action(&M::META, action) * site.contexts * site.states;
        let counts = &mut gained.tables[site.counts.range()][start..];
        let next = after.probabilities(site.index);
        each_context(before, site.parents, |c, p| {
            for (to, &q) in counts[c * site.states..][..site.states].iter_mut().zip(next) {
                *to += p * q;
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
        let start = site.local_action(&M::META, action) * site.contexts * site.states;
        let counts = &mut gained.tables[site.counts.range()][start..];
        for (to, &p) in counts.iter_mut().zip(&pair.factors[site.index]) {
            *to += p;
        }
    });
}

/// Adds what a belief about the first step of a block teaches about initial states.
pub fn count_initial<M: GenerativeModel<T>, T: Real>(gained: &mut Gained<T>, belief: &M::Belief) {
    M::each_factor(|site| {
        for (to, &p) in gained.initial[site.goal.range()].iter_mut().zip(belief.probabilities(site.index)) {
            *to += p;
        }
    });
}

/// Adds what an action teaches about the habit.
pub fn count_action<T: Real>(gained: &mut Gained<T>, action: usize) {
    if let Some(to) = gained.habit.get_mut(action) {
        *to += T::one();
    }
}
