//! Fixed-point iteration: the mean-field posterior over factors, all updated at once.
//!
//! `ln q_f(s) = sum over modalities m that depend on f of E_{q of the other parents}[ln A_m(o | s, ..)] + ln prior_f(s)`, from uniform
//! `q`, a stated number of sweeps (Heins et al. 2022, pymdp; conventions: logarithms clipped at [`LOG_FLOOR`](crate::scalar::LOG_FLOOR)).

use super::contexts::each_of_many;
use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals, ModalitySite, Table, Tables};
use crate::scalar::{LN_LOG_FLOOR, Real, exact_zero, ln_clipped, softmax};

/// The factorised posterior over hidden states given evidence, from a factorised `prior`, after at most `sweeps` parallel updates.
///
/// The sweeps stop early, with the same result, once one of them changes no bit.
pub fn fixed_point<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    prior: &M::Belief,
    evidence: &M::Evidence,
    sweeps: usize,
) -> M::Belief {
    let factors = M::META.factors.len();
    // What does not change between sweeps: the prior, and the messages of modalities with one parent.
    let mut constant = M::Belief::zero();
    for f in 0..factors {
        for (to, &p) in constant.probabilities_mut(f).iter_mut().zip(prior.probabilities(f)) {
            *to = ln_clipped(p);
        }
    }
    let mut coupled = false;
    M::each_modality(|site| match (M::signal(evidence, site.index), site.parents) {
        (Signal::Missing, _) | (_, []) => {}
        (signal, &[parent]) => message_of_one::<M, T>(tables, site, signal, constant.probabilities_mut(parent)),
        _ => coupled = true,
    });

    let mut belief = M::Belief::zero();
    for f in 0..factors {
        let q = belief.probabilities_mut(f);
        let flat = T::constant(1.0 / q.len() as f64);
        q.fill(flat);
    }
    for _ in 0..sweeps {
        let mut next = constant;
        if coupled {
            M::each_modality(|site| {
                if site.parents.len() > 1 {
                    messages::<M, T>(tables, site, M::signal(evidence, site.index), &belief, &mut next);
                }
            });
        }
        for f in 0..factors {
            softmax(next.probabilities_mut(f));
        }
        let settled = !coupled || next == belief;
        belief = next;
        if settled {
            break;
        }
    }
    belief
}

/// The log-likelihood of the evidence in one modality, for each state of its only parent.
#[inline(always)]
fn message_of_one<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
    to: &mut [T],
) {
    match signal {
        Signal::Missing => {}
        Signal::Seen(o) => match tables.log_likelihood(site) {
            Table::Map(map) => {
                for (to, &outcome) in to.iter_mut().zip(map) {
                    if usize::from(outcome) != o {
                        *to = *to + LN_LOG_FLOOR;
                    }
                }
            }
            Table::Fixed(logs) => {
                for (to, &log) in to.iter_mut().zip(&logs[o * site.contexts..][..site.contexts]) {
                    *to = *to + log;
                }
            }
            Table::Free(logs) => {
                for (to, &log) in to.iter_mut().zip(&logs[o * site.contexts..][..site.contexts]) {
                    *to += log;
                }
            }
        },
        Signal::Soft(weights) => {
            for (context, to) in to.iter_mut().enumerate() {
                *to += soft_log::<M, T>(tables, site, weights, context);
            }
        }
    }
}

/// `sum over outcomes of weight times ln A(outcome | context)`: the expected log-likelihood of soft evidence.
#[inline]
fn soft_log<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, site: &ModalitySite, weights: &[T], context: usize) -> T {
    let logs = tables.log_likelihood(site);
    let mut sum = T::zero();
    for (o, &weight) in weights.iter().enumerate() {
        if exact_zero(weight) {
            continue;
        }
        match logs {
            Table::Map(map) => {
                if usize::from(map[context]) != o {
                    sum += weight * LN_LOG_FLOOR;
                }
            }
            Table::Fixed(logs) => sum += weight * logs[o * site.contexts + context],
            Table::Free(logs) => sum += weight * logs[o * site.contexts + context],
        }
    }
    sum
}

/// Adds the messages of one modality with several parents to the log-beliefs of all of them.
#[inline(always)]
fn messages<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
    belief: &M::Belief,
    to: &mut M::Belief,
) {
    match signal {
        Signal::Missing => {}
        Signal::Seen(o) => match tables.log_likelihood(site) {
            Table::Map(map) => {
                spread::<M, T>(site, belief, to, |c, q| if usize::from(map[c]) == o { T::zero() } else { q * LN_LOG_FLOOR })
            }
            Table::Fixed(logs) => {
                let logs = &logs[o * site.contexts..][..site.contexts];
                spread::<M, T>(site, belief, to, |c, q| q * logs[c]);
            }
            Table::Free(logs) => {
                let logs = &logs[o * site.contexts..][..site.contexts];
                spread::<M, T>(site, belief, to, |c, q| q * logs[c]);
            }
        },
        Signal::Soft(weights) => {
            spread::<M, T>(site, belief, to, |c, q| q * soft_log::<M, T>(tables, site, weights, c));
        }
    }
}

/// For each parent, sums `term(combination, product of the other parents' beliefs)` into that parent's log-belief.
#[inline(always)]
fn spread<M: GenerativeModel<T>, T: Real>(
    site: &ModalitySite,
    belief: &M::Belief,
    to: &mut M::Belief,
    term: impl Fn(usize, T) -> T,
) {
    if let &[a, b] = site.parents {
        let (qa, qb) = (belief.probabilities(a), belief.probabilities(b));
        for i in 0..qa.len() {
            let mut sum = T::zero();
            for j in 0..qb.len() {
                sum += term(i * qb.len() + j, qb[j]);
            }
            to.probabilities_mut(a)[i] += sum;
        }
        for j in 0..qb.len() {
            let mut sum = T::zero();
            for i in 0..qa.len() {
                sum += term(i * qb.len() + j, qa[i]);
            }
            to.probabilities_mut(b)[j] += sum;
        }
        return;
    }
    for (i, &parent) in site.parents.iter().enumerate() {
        let log_belief = to.probabilities_mut(parent);
        each_of_many(belief, site.parents, Some(i), |context, state, q| log_belief[state] += term(context, q));
    }
}
