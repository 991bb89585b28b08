//! What one distribution per factor leaves possible of an observation, and what is believed where that contradicts it.
//!
//! A probability of zero is no small one: what is impossible before an observation, or cannot make it, is impossible after it. Where the evidence is
//! exactly zero under what was believed, the belief goes to the states that can make it, whatever was believed of them before; only where no
//! state can, zeros count as improbable ([`LOG_FLOOR`](crate::scalar::LOG_FLOOR)).

use super::contexts::each_of_many;
use super::evidence::{can_come, likelihood, log_likelihood, scale};
use super::focus::Focus;
use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals, ModalitySite, Tables, entry};
use crate::scalar::{LN_LOG_FLOOR, Real, ln_clipped, softmax, sum};

/// Sums below this are worked out again with care: single precision, and derivatives, end far above the smallest number.
const TINY: f64 = 1e-18;

/// After a contradiction what is so much less probable than the rest is what only a floor made.
const REMAINS: f64 = 1e-9;

/// A set of factors, or of modalities.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Set(u128);

impl Set {
    pub fn add(&mut self, i: usize) {
        self.0 |= 1 << i.min(127);
    }
    pub fn has(self, i: usize) -> bool {
        self.0 >> i.min(127) & 1 == 1
    }
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What each factor by itself makes of the evidence: its prior times the likelihoods of modalities that depend on it alone, normalised; and
/// whether modalities that depend on several were observed, too.
#[inline]
pub(super) fn alone<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    prior: &M::Belief,
    evidence: &M::Evidence,
) -> (M::Belief, bool) {
    let (mut belief, mut coupled) = (*prior, false);
    M::each_modality(|site| match (M::signal(evidence, site.index), site.parents) {
        (Signal::Missing, _) | (_, []) => {}
        (signal, &[parent]) => weigh::<M, T>(tables, site, signal, belief.probabilities_mut(parent)),
        _ => coupled = true,
    });
    for f in 0..M::META.factors.len() {
        let q = belief.probabilities_mut(f);
        let total = sum(q);
        if total.value() > TINY {
            let scale = T::one() / total;
            q.iter_mut().for_each(|q| *q *= scale);
        } else {
            with_care::<M, T>(tables, prior.probabilities(f), evidence, f, q);
        }
    }
    (belief, coupled)
}

/// What is left of a belief after modalities that depend on several factors, where of those of each at most one is uncertain and matters: by Bayes'
/// rule factor by factor, to which iteration would come, too. `None` where more have to agree, or nothing would be left.
#[inline]
pub(super) fn one_by_one<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    evidence: &M::Evidence,
    belief: &M::Belief,
) -> Option<M::Belief> {
    let (mut after, mut touched, mut fits) = (*belief, Set::default(), true);
    M::each_modality(|site| {
        let (signal, [_, _, ..]) = (M::signal(evidence, site.index), site.parents) else { return };
        let o = match signal {
            Signal::Missing => return,
            Signal::Seen(o) if fits && site.contexts <= FOCUSED => o,
            _ => {
                fits = false;
                return;
            }
        };
        let (Some(focus), table) = (Focus::of(tables, site, belief), tables.likelihood(site)) else {
            fits = false;
            return;
        };
        if let Some(context) = focus.certain() {
            fits = entry(table, context, site.outcomes, o).value() > 0.0;
        } else if let Some((factor, base, stride)) = focus.single() {
            touched.add(factor);
            for (s, q) in after.probabilities_mut(factor).iter_mut().enumerate() {
                let weighed = *q * entry(table, base + s * stride, site.outcomes, o);
                *q = weighed;
            }
        } else {
            fits = false;
        }
    });
    for f in 0..if fits { M::META.factors.len() } else { 0 } {
        if touched.has(f) {
            let q = after.probabilities_mut(f);
            let total = sum(q);
            if total.value() <= TINY {
                return None;
            }
            let scale = T::one() / total;
            q.iter_mut().for_each(|q| *q *= scale);
        }
    }
    fits.then_some(after)
}

/// Up to so many combinations of parents are told apart: to look which of them count takes as long as their states are many, not their combinations.
const FOCUSED: usize = u32::MAX as usize;

/// Multiplies by the likelihood of the evidence in a modality with one parent.
#[cfg_attr(not(debug_assertions), inline(always))]
fn weigh<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, site: &ModalitySite, signal: Signal<'_, T>, q: &mut [T]) {
    match signal {
        Signal::Seen(o) => with_table!(tables.likelihood(site),
            map => {
                for (q, &outcome) in q.iter_mut().zip(map) {
                    if usize::from(outcome) != o {
                        *q = T::zero();
                    }
                }
            },
            table => {
                for (q, row) in q.iter_mut().zip(table.chunks_exact(site.outcomes)) {
                    let weighed = *q * row[o];
                    *q = weighed;
                }
            },
        ),
        signal => {
            let (scale, _) = scale(tables, site, signal);
            for (context, q) in q.iter_mut().enumerate() {
                *q *= likelihood(tables, site, (signal, scale), context);
            }
        }
    }
}

/// The same for one factor where little or nothing is left: without underflow, and with contradictions.
#[cold]
#[inline(never)]
fn with_care<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, prior: &[T], evidence: &M::Evidence, f: usize, q: &mut [T]) {
    let each = |q: &mut [T]| {
        M::each_modality(|site| {
            if let (signal, &[parent]) = (M::signal(evidence, site.index), site.parents)
                && parent == f
                && !matches!(signal, Signal::Missing)
            {
                weigh::<M, T>(tables, site, signal, q);
                let largest = q.iter().fold(0.0f64, |largest, q| largest.max(q.value()));
                if largest > 0.0 {
                    q.iter_mut().for_each(|q| *q = *q / largest);
                }
            }
        });
        let total = sum(q);
        let some = total.value() > 0.0;
        if some {
            q.iter_mut().for_each(|q| *q /= total);
        }
        some
    };
    q.copy_from_slice(prior);
    if each(q) {
        return;
    }
    q.fill(T::one());
    if each(q) {
        return;
    }
    for (q, &p) in q.iter_mut().zip(prior) {
        *q = ln_clipped(p);
    }
    M::each_modality(|site| {
        if site.parents == [f] {
            for (context, q) in q.iter_mut().enumerate() {
                *q += log_likelihood(tables, site, M::signal(evidence, site.index), context);
            }
        }
    });
    softmax(q);
}

/// What modalities that depend on several factors leave of a belief: states that no combination with what else is possible can explain are
/// taken out. Where nothing would be left of a factor, nothing is taken out: the factors, and the modalities, that contradict each other.
pub(super) fn together<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    evidence: &M::Evidence,
    belief: &mut M::Belief,
) -> (Set, Set) {
    let (mut factors, mut modalities) = (Set::default(), Set::default());
    M::each_modality(|site| {
        let (signal @ (Signal::Seen(_) | Signal::Likelihood(_) | Signal::Measured(_)), [_, _, ..]) =
            (M::signal(evidence, site.index), site.parents)
        else {
            return;
        };
        // Where all is possible there is nothing to take out; of large tables it is quicker to ask what the belief holds possible alone.
        if let Signal::Seen(o) = signal
            && site.contexts <= 1024
            && with_table!(tables.log_likelihood(site),
                _ => false,
                logs => logs[o * site.contexts..][..site.contexts].iter().all(|log| log.value() > LN_LOG_FLOOR)
            )
        {
            return;
        }
        let mut left = M::Belief::zero();
        each_of_many(belief, site.parents, None, |context, _, _| {
            if can_come(tables, site, signal, context) {
                let mut rest = context;
                for &parent in site.parents.iter().rev() {
                    let states = M::META.factors[parent].states.count;
                    left.probabilities_mut(parent)[rest % states] = T::one();
                    rest /= states;
                }
            }
        });
        let nothing = |f: &usize| left.probabilities(*f).iter().all(|p| p.value() == 0.0);
        if site.parents.iter().any(nothing) {
            site.parents.iter().for_each(|&f| factors.add(f));
            modalities.add(site.index);
            return;
        }
        for &parent in site.parents {
            for (q, left) in belief.probabilities_mut(parent).iter_mut().zip(left.probabilities(parent)) {
                if left.value() == 0.0 {
                    *q = T::zero();
                }
            }
        }
    });
    (factors, modalities)
}

/// The logarithms of what each factor by itself makes of the evidence; what is impossible is so, but for factors in contradiction.
pub(super) fn logarithms<M: GenerativeModel<T>, T: Real>(belief: &M::Belief, contradicted: Set) -> M::Belief {
    let mut logs = M::Belief::zero();
    for f in 0..M::META.factors.len() {
        let impossible = T::constant(if contradicted.has(f) { LN_LOG_FLOOR } else { f64::NEG_INFINITY });
        for (to, &p) in logs.probabilities_mut(f).iter_mut().zip(belief.probabilities(f)) {
            *to = if p.value() > 0.0 { p.ln() } else { impossible };
        }
    }
    logs
}

/// Takes out what only a floor made; the sum of what is left.
pub(super) fn take_out_remains<T: Real>(q: &mut [T]) -> T {
    let largest = q.iter().fold(0.0f64, |largest, q| largest.max(q.value()));
    q.iter_mut().filter(|q| q.value() < largest * REMAINS).for_each(|q| *q = T::zero());
    sum(q)
}
