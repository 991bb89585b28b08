//! What is known of an observation: each modality seen, soft or missing.

use crate::dist::Dist;
use crate::domain::Domain;
use crate::scalar::Real;

/// What is known of one modality.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observed<O: Domain, T: Real = f64> {
    /// The outcome was seen.
    Seen(O),
    /// The outcome is known up to a distribution.
    Soft(Dist<O, T>),
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
            Observed::Missing => Signal::Missing,
        }
    }

    /// From an outcome's index; missing when there is none or it is beyond the last.
    #[inline]
    pub fn from_index(index: Option<usize>) -> Self {
        index.and_then(O::from_index).map_or(Observed::Missing, Observed::Seen)
    }
}

impl<O: Domain, T: Real> From<O> for Observed<O, T> {
    fn from(outcome: O) -> Self {
        Observed::Seen(outcome)
    }
}

impl<O: Domain, T: Real> From<Option<O>> for Observed<O, T> {
    fn from(outcome: Option<O>) -> Self {
        outcome.map_or(Observed::Missing, Observed::Seen)
    }
}

impl<O: Domain, T: Real> From<Dist<O, T>> for Observed<O, T> {
    fn from(dist: Dist<O, T>) -> Self {
        Observed::Soft(dist)
    }
}

/// What is known of one modality, by index.
#[derive(Clone, Copy, Debug)]
pub enum Signal<'a, T> {
    /// The outcome at this index was seen.
    Seen(usize),
    /// The outcome has these probabilities.
    Soft(&'a [T]),
    /// Nothing is known.
    Missing,
}
