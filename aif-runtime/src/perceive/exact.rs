//! Exact Bayesian filtering over the joint state of factors: of all of them, or of each group that nothing links to the others.
//!
//! The joint distribution is one number for each combination of states, the last factor running fastest. An observation that the model
//! holds impossible leaves no posterior: the belief then goes to the states that can make it, those that contradict fewest of the factors' own
//! distributions. Where no state can make it, probabilities of zero count as [`LOG_FLOOR`](crate::scalar::LOG_FLOOR).

use super::evidence::{likelihood, scale};
use super::groups::{Frame, each_state};
use super::possible::take_out_remains;
use crate::evidence::Signal;
use crate::math;
use crate::model::{GenerativeModel, Marginals, Meta, ModalitySite, Tables};
use crate::scalar::{LOG_FLOOR, Real, exact_zero, sum};

/// What is rarer than this is scaled up: in single precision its square vanishes.
const TINY: f64 = 1e-18;

/// Fills `joint` with the product of the initial distributions.
pub(super) fn start<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, frame: impl Frame, joint: &mut [T]) {
    joint.fill(T::one());
    M::each_factor(|site| {
        if frame.holds(site.index) {
            let initial = tables.initial(site);
            for (s, p) in joint.iter_mut().enumerate() {
                *p *= initial[frame.digit(s, site.index)];
            }
        }
    });
}

/// Fills `joint` with the product of the distributions of a belief.
pub(super) fn independent<B: Marginals<T>, T: Real>(belief: &B, frame: impl Frame, joint: &mut [T]) {
    joint.fill(T::one());
    for k in 0..frame.factors() {
        let factor = frame.factor(k);
        let own = belief.probabilities(factor);
        for (s, p) in joint.iter_mut().enumerate() {
            *p *= own[frame.digit(s, factor)];
        }
    }
}

/// The likelihood of the evidence in one modality given one combination of parent states, at least `floor` where it is a probability.
#[inline]
fn probability<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    (signal, scale): (Signal<'_, T>, f64),
    context: usize,
    floor: f64,
) -> T {
    let p = likelihood(tables, site, (signal, scale), context);
    match signal {
        Signal::Seen(_) | Signal::Likelihood(_) | Signal::Measured(_) if p.value() < floor => T::constant(floor),
        _ => p,
    }
}

fn multiply<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    frame: impl Frame,
    evidence: &M::Evidence,
    joint: &mut [T],
    floor: f64,
) -> (T, f64) {
    let mut ln_scale = 0.0;
    M::each_modality(|site| {
        let signal = M::signal(evidence, site.index);
        // A modality without parents tells nothing; one with parents belongs to the group of its first.
        if matches!(signal, Signal::Missing) || !site.parents.first().is_some_and(|&f| frame.holds(f)) {
            return;
        }
        // Weights and densities in any unit give the same numbers; the unit comes back in the logarithm.
        let (scale, log) = scale(tables, site, signal);
        ln_scale += log;
        if let Signal::Seen(o) = signal
            && floor == 0.0
        {
            with_table!(tables.likelihood(site),
                map => each_state(&M::META, frame, site.parents, &mut |s, context| {
                    if usize::from(map[context]) != o {
                        joint[s] = T::zero();
                    }
                }),
                table => each_state(&M::META, frame, site.parents, &mut |s, context| {
                    let weighed = joint[s] * table[context * site.outcomes + o];
                    joint[s] = weighed;
                }),
            );
        } else {
            each_state(&M::META, frame, site.parents, &mut |s, context| {
                if !exact_zero(joint[s]) {
                    joint[s] *= probability::<M, T>(tables, site, (signal, scale), context, floor);
                }
            });
        }
        // Very improbable evidence would vanish, or its derivatives overflow: constants go before they do.
        let largest = joint.iter().fold(0.0f64, |largest, p| largest.max(p.value()));
        if largest > 0.0 && largest < TINY {
            joint.iter_mut().for_each(|p| *p = *p / largest);
            ln_scale += math::ln(largest);
        }
    });
    (sum(joint), ln_scale)
}

/// A prior after a contradiction: each factor's own distribution, with what is impossible improbable.
fn contradicted<M: GenerativeModel<T>, T: Real>(frame: impl Frame, joint: &mut [T], prior: &[T]) {
    let mut belief = M::Belief::zero();
    marginals(&M::META, frame, prior, &mut belief);
    for k in 0..frame.factors() {
        for p in belief.probabilities_mut(frame.factor(k)) {
            if p.value() < LOG_FLOOR {
                *p = T::constant(LOG_FLOOR);
            }
        }
    }
    independent(&belief, frame, joint);
}

/// Turns the joint prior into the joint posterior given evidence, and gives the probability of the evidence, and the logarithm of what that
/// is to be multiplied by; `spare` is storage of the same length.
pub(super) fn update<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    frame: impl Frame,
    evidence: &M::Evidence,
    joint: &mut [T],
    spare: &mut [T],
) -> (T, f64) {
    spare.copy_from_slice(joint);
    let (mut sum, mut ln_scale) = multiply(tables, frame, evidence, joint, 0.0);
    if sum.value() <= 0.0 {
        contradicted::<M, T>(frame, joint, spare);
        (sum, ln_scale) = multiply(tables, frame, evidence, joint, 0.0);
        if sum.value() > 0.0 {
            sum = take_out_remains(joint);
        } else {
            contradicted::<M, T>(frame, joint, spare);
            (sum, ln_scale) = multiply(tables, frame, evidence, joint, LOG_FLOOR);
        }
    }
    divide(joint, sum);
    (sum, ln_scale)
}

/// Makes numbers with such a sum a distribution.
fn divide<T: Real>(joint: &mut [T], sum: T) {
    let scale = T::one() / sum;
    joint.iter_mut().for_each(|p| *p *= scale);
}

/// The same where evidence may be impossible: the logarithm of its probability, or nothing.
pub(super) fn weigh<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    frame: impl Frame,
    evidence: &M::Evidence,
    joint: &mut [T],
) -> Option<T> {
    let (sum, ln_scale) = multiply(tables, frame, evidence, joint, 0.0);
    if sum.value() <= 0.0 {
        return None;
    }
    divide(joint, sum);
    Some(sum.ln() + ln_scale)
}

/// Writes the distribution of each factor of the frame under the joint.
pub(super) fn marginals<B: Marginals<T>, T: Real>(meta: &Meta, frame: impl Frame, joint: &[T], belief: &mut B) {
    for k in 0..frame.factors() {
        let f = frame.factor(k);
        let q = belief.probabilities_mut(f);
        q.fill(T::zero());
        each_state(meta, frame, &[f], &mut |s, state| q[state] += joint[s]);
    }
}
