//! Exact Bayesian filtering over the joint state of all factors.
//!
//! The joint distribution is one number for each combination of states, the last factor running fastest. An observation that the model
//! holds impossible leaves no posterior; it is then taken as improbable instead, with probabilities floored at
//! [`LOG_FLOOR`](crate::scalar::LOG_FLOOR), as every other method does.

use alloc::vec::Vec;

use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals, ModalitySite, Table, Tables};
use crate::scalar::{LOG_FLOOR, Real, exact_zero};

/// The states of a joint index, digit by digit.
#[inline(always)]
fn digit<M: GenerativeModel<T>, T: Real>(joint: usize, factor: usize) -> usize {
    let mut stride = 1;
    for f in (factor + 1)..M::META.factors.len() {
        stride *= M::META.factors[f].states.count;
    }
    (joint / stride) % M::META.factors[factor].states.count
}

#[inline(always)]
fn context<M: GenerativeModel<T>, T: Real>(joint: usize, parents: &[usize]) -> usize {
    let mut context = 0;
    for &f in parents {
        context = context * M::META.factors[f].states.count + digit::<M, T>(joint, f);
    }
    context
}

/// Fills `joint` with the product of the initial distributions.
pub(super) fn start<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, joint: &mut Vec<T>) {
    joint.clear();
    joint.resize(M::META.joint_states(), T::one());
    M::each_factor(|site| {
        let initial = tables.initial(site);
        for (s, p) in joint.iter_mut().enumerate() {
            *p *= initial[digit::<M, T>(s, site.index)];
        }
    });
}

/// The probability of the evidence in one modality given one combination of parent states.
#[inline]
fn probability<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
    context: usize,
    floor: f64,
) -> T {
    let at = |o: usize| -> T {
        let p = match tables.likelihood(site) {
            Table::Map(map) => T::constant(if usize::from(map[context]) == o { 1.0 } else { 0.0 }),
            Table::Fixed(table) => T::constant(table[context * site.outcomes + o]),
            Table::Free(table) => table[context * site.outcomes + o],
        };
        if p.value() < floor { T::constant(floor) } else { p }
    };
    match signal {
        Signal::Missing => T::one(),
        Signal::Seen(o) => at(o),
        // Soft evidence enters by its expected log-likelihood, as in fixed-point iteration.
        Signal::Soft(weights) => {
            let mut log = T::zero();
            for (o, &w) in weights.iter().enumerate() {
                if !exact_zero(w) {
                    let p = at(o);
                    log += w * if p.value() > LOG_FLOOR { p.ln() } else { T::constant(crate::scalar::LN_LOG_FLOOR) };
                }
            }
            log.exp()
        }
    }
}

fn multiply<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, evidence: &M::Evidence, joint: &mut [T], floor: f64) -> T {
    M::each_modality(|site| {
        let signal = M::signal(evidence, site.index);
        if matches!(signal, Signal::Missing) {
            return;
        }
        for (s, p) in joint.iter_mut().enumerate() {
            if !exact_zero(*p) {
                *p *= probability::<M, T>(tables, site, signal, context::<M, T>(s, site.parents), floor);
            }
        }
    });
    joint.iter().fold(T::zero(), |sum, &p| sum + p)
}

/// Turns the joint prior into the joint posterior given evidence; `spare` is storage of the same length.
pub(super) fn update<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    evidence: &M::Evidence,
    joint: &mut [T],
    spare: &mut [T],
) {
    spare.copy_from_slice(joint);
    let mut sum = multiply(tables, evidence, joint, 0.0);
    if sum.value() < f64::MIN_POSITIVE {
        for (to, &prior) in joint.iter_mut().zip(&*spare) {
            *to = if prior.value() < LOG_FLOOR { T::constant(LOG_FLOOR) } else { prior };
        }
        sum = multiply(tables, evidence, joint, LOG_FLOOR);
    }
    let scale = T::one() / sum;
    for p in joint.iter_mut() {
        *p *= scale;
    }
}

/// Adds to `to` the joint distribution one step later under a joint action, times `weight`.
pub(super) fn advance<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, action: usize, weight: T, from: &[T], to: &mut [T]) {
    for (s, &p) in from.iter().enumerate() {
        if !exact_zero(p) {
            spread::<M, T>(tables, action, s, 0, 0, p * weight, to);
        }
    }
}

/// Spreads the probability of one previous joint state over the next states of factor `f` and all after it.
fn spread<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    action: usize,
    previous: usize,
    f: usize,
    next: usize,
    p: T,
    to: &mut [T],
) {
    if f == M::META.factors.len() {
        to[next] += p;
        return;
    }
    M::each_factor(|site| {
        if site.index != f {
            return;
        }
        let c = context::<M, T>(previous, site.parents);
        let next = next * site.states;
        match tables.transition(site, site.local_action(&M::META, action)) {
            Table::Map(map) => {
                spread::<M, T>(tables, action, previous, f + 1, next + usize::from(map[c]), p, to);
            }
            Table::Fixed(table) => {
                for (s, &b) in table[c * site.states..][..site.states].iter().enumerate() {
                    if b != 0.0 {
                        spread::<M, T>(tables, action, previous, f + 1, next + s, p * b, to);
                    }
                }
            }
            Table::Free(table) => {
                for (s, &b) in table[c * site.states..][..site.states].iter().enumerate() {
                    if !exact_zero(b) {
                        spread::<M, T>(tables, action, previous, f + 1, next + s, p * b, to);
                    }
                }
            }
        }
    });
}

/// The distribution of each factor under the joint.
pub(super) fn marginals<M: GenerativeModel<T>, T: Real>(joint: &[T]) -> M::Belief {
    let mut belief = M::Belief::zero();
    for f in 0..M::META.factors.len() {
        let q = belief.probabilities_mut(f);
        for (s, &p) in joint.iter().enumerate() {
            q[digit::<M, T>(s, f)] += p;
        }
    }
    belief
}
