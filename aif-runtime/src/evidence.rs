//! What is known of an observation: each modality seen, soft or missing.

use serde::{Deserialize, Serialize};

use crate::dist::Dist;
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
}

impl<O: Domain, T: Real> Observed<O, T> {
    /// The same without the type of the domain.
    #[inline(always)]
    pub fn signal(&self) -> Signal<'_, T> {
        match self {
            Observed::Seen(o) => Signal::Seen(o.index()),
            Observed::Soft(dist) => Signal::Soft(dist.probabilities()),
            Observed::Faint(mixed, weight) => Signal::Faint(mixed.probabilities(), *weight),
            Observed::Missing => Signal::Missing,
        }
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

    /// From what is known by index: missing where the outcome's index is beyond the last; probabilities beyond the last outcome are left out,
    /// those that are not given are zero.
    pub fn from_signal(signal: Signal<'_, T>) -> Self {
        let dist = |probabilities: &[T]| {
            let mut dist = Dist::zero();
            for (to, &p) in dist.probabilities_mut().iter_mut().zip(probabilities) {
                *to = p;
            }
            dist
        };
        match signal {
            Signal::Seen(o) => Observed::from_index(Some(o)),
            Signal::Soft(probabilities) => Observed::Soft(dist(probabilities)),
            Signal::Faint(mixed, weight) => Observed::Faint(dist(mixed), weight),
            Signal::Missing => Observed::Missing,
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
}
