//! What is known of an observation: each modality seen, soft, faint, missing, or weighed by likelihoods.

use serde::{Deserialize, Serialize};

use crate::dist::{Dist, LiftInto, Values};
use crate::domain::{Domain, deserialize_label, serialize_label};
use crate::scalar::Real;

/// What is known of one modality; stored with the label of the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de>"))]
pub enum Observed<O: Domain, T: Real = f64> {
    /// The outcome was seen.
    Seen(#[serde(serialize_with = "serialize_label", deserialize_with = "deserialize_label")] O),
    /// The outcome is known up to a distribution (which is not checked here): it enters by its expected log-likelihood.
    Soft(Dist<O, T>),
    /// The outcome is attended to only in part: what is known of it and its likelihood are both mixed with the uniform distribution.
    ///
    /// With weight `w` of 0 the modality tells nothing, with 1 it is [`Soft`](Observed::Soft). Made by [`Observed::faint`], which mixes.
    Faint(Dist<O, T>, T),
    /// Nothing is known: the modality is skipped.
    Missing,
    /// Something was read whose cause is one of the outcomes: for each outcome a weight, how probable the reading is where that outcome is
    /// (which is not checked here). It enters by Bayes' rule, as `ln sum over outcomes of weight times A(outcome | state)`.
    ///
    /// Weights need not sum to one: beliefs and counts are the same under any common factor, and the log evidence, like the free energy, is
    /// defined up to its logarithm. One weight above zero is [`Seen`](Observed::Seen). Made by [`Observed::likelihood`].
    Likelihood(Values<O, T>),
}

impl<O: Domain, T: Real> Observed<O, T> {
    /// The same without the type of the domain.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn signal(&self) -> Signal<'_, T> {
        match self {
            Observed::Seen(o) => Signal::Seen(o.index()),
            Observed::Soft(dist) => Signal::Soft(dist.probabilities()),
            Observed::Faint(mixed, weight) => Signal::Faint(mixed.probabilities(), *weight),
            Observed::Missing => Signal::Missing,
            Observed::Likelihood(weights) => Signal::Likelihood(weights.entries()),
        }
    }

    /// What was read, by how probable it is where each outcome is, in any common unit: the density of a reading, say. At least 0 each, finite, and
    /// not all 0.
    ///
    /// ```
    /// use aif_runtime::Observed;
    /// // A reading of 0.6, of a number around 1 where the lamp is on, and around 0 where it is off.
    /// let lamp: Observed<bool> = Observed::likelihood(|on| f64::exp(-0.5 * (0.6 - f64::from(u8::from(on))).powi(2)));
    /// ```
    pub fn likelihood<U: LiftInto<T>>(weight: impl FnMut(O) -> U) -> Self {
        Observed::Likelihood(Values::from_fn(weight))
    }

    /// The same from logarithms, which may be far below or above what has an exponential: the largest weight becomes 1.
    pub fn log_likelihood<U: LiftInto<T>>(log: impl FnMut(O) -> U) -> Self {
        let mut weights: Values<O, T> = Values::from_fn(log);
        let largest = weights.entries().iter().fold(f64::NEG_INFINITY, |largest, log| largest.max(log.value()));
        for weight in weights.entries_mut() {
            // What is impossible has no derivatives.
            *weight = if weight.value() == f64::NEG_INFINITY { T::zero() } else { (*weight + -largest).exp() };
        }
        Observed::Likelihood(weights)
    }

    /// An outcome, or a distribution over outcomes, attended to with weight `w` (between 0 and 1; beyond, the nearer of the two):
    /// `w o + (1 - w) / n`.
    pub fn faint(outcome: impl Into<Dist<O, T>>, w: T) -> Self {
        let w = if w.value() > 1.0 {
            T::one()
        } else if w.value() >= 0.0 {
            w
        } else {
            T::zero()
        };
        let mut mixed: Dist<O, T> = outcome.into();
        for p in mixed.probabilities_mut() {
            *p = w * *p + (T::one() - w) / O::COUNT as f64;
        }
        Observed::Faint(mixed, w)
    }

    /// From what is known by index: missing where the outcome's index is beyond the last; probabilities and weights beyond the last outcome are left out,
    /// those that are not given are zero.
    pub fn from_signal(signal: Signal<'_, T>) -> Self {
        let copy = |to: &mut [T], from: &[T]| to.iter_mut().zip(from).for_each(|(to, &p)| *to = p);
        let dist = |probabilities: &[T]| {
            let mut dist = Dist::zero();
            copy(dist.probabilities_mut(), probabilities);
            dist
        };
        match signal {
            Signal::Seen(o) => Observed::from_index(Some(o)),
            Signal::Soft(probabilities) => Observed::Soft(dist(probabilities)),
            Signal::Faint(mixed, weight) => Observed::Faint(dist(mixed), weight),
            Signal::Missing | Signal::Measured(_) => Observed::Missing,
            Signal::Likelihood(weights) => {
                let mut values = Values::zero();
                copy(values.entries_mut(), weights);
                Observed::Likelihood(values)
            }
        }
    }

    /// From an outcome's index; missing when there is none or it is beyond the last.
    #[inline]
    pub fn from_index(index: Option<usize>) -> Self {
        index.and_then(O::from_index).map_or(Observed::Missing, Observed::Seen)
    }
}

from! {
    [O: Domain, T: Real] O => Observed<O, T>, |outcome| Observed::Seen(outcome);
    [O: Domain, T: Real] Option<O> => Observed<O, T>, |outcome| outcome.map_or(Observed::Missing, Observed::Seen);
    [O: Domain, T: Real] Dist<O, T> => Observed<O, T>, |dist| Observed::Soft(dist);
}

/// What is known of one modality, by index.
#[derive(Clone, Copy, Debug)]
pub enum Signal<'a, T> {
    /// The outcome at this index was seen.
    Seen(usize),
    /// The outcome has these probabilities.
    Soft(&'a [T]),
    /// The outcome has these probabilities, already mixed with the uniform distribution; the likelihood is to be mixed by this weight.
    Faint(&'a [T], T),
    /// Nothing is known.
    Missing,
    /// What was read has these weights, one for each outcome: how probable it is where that outcome is, in any common unit.
    Likelihood(&'a [T]),
    /// This number was measured.
    Measured(T),
}
