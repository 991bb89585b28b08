//! Ordered choices: ratings, by thresholds along a line.

use alloc::vec::Vec;
use core::marker::PhantomData;

use rand::Rng;

use super::{Among, Distribution, ResponseKind, Support, never};
use crate::domain::{Domain, Value};
use crate::labels::Labels;
use crate::random;
use crate::scalar::Real;

/// A choice among the values of a domain in their order, a rating: what is felt lies at a location on a line, with logistic noise, and
/// thresholds cut the line into as many stretches as there are values: `P(at most the k-th) = logistic(threshold_k - location)` (McCullagh
/// 1980).
#[derive(Clone, Copy, Debug)]
pub struct Ordered<D: Domain, T: Value> {
    location: T,
    /// The upper end of the stretch of each value but the last.
    thresholds: D::Array<T>,
    of: PhantomData<D>,
}

impl<D: Domain, T: Real> Ordered<D, T> {
    /// By the thresholds between one value and the next, the lowest first: one fewer than there are values.
    pub fn new<const N: usize>(location: T, thresholds: [T; N]) -> Self {
        const { assert!(N + 1 == D::COUNT, "there is one threshold between each value of the domain and the next") };
        Self::by(location, |value: D| thresholds.get(value.index()).copied().unwrap_or(T::zero()))
    }

    /// By the upper threshold of each value but the last, of which it is not asked.
    pub fn by(location: T, mut upper: impl FnMut(D) -> T) -> Self {
        let mut thresholds = D::filled(T::zero());
        for (value, slot) in D::all().zip(D::entries_mut(&mut thresholds)).take(D::COUNT.saturating_sub(1)) {
            *slot = upper(value);
        }
        Ordered { location, thresholds, of: PhantomData }
    }

    /// By thresholds `step` apart, around zero.
    pub fn evenly(location: T, step: T) -> Self {
        Self::by(location, |value: D| step * (value.index() as f64 + 1.0 - 0.5 * D::COUNT as f64))
    }
}

impl<D: Domain, T: Value> Among for Ordered<D, T> {
    type Domain = D;
}

impl<D: Domain, T: Real> Distribution<T> for Ordered<D, T> {
    type Value = usize;
    const KIND: ResponseKind = ResponseKind::Choice(Labels::of::<D>());

    fn support(&self) -> Support<T> {
        Support::RealLine
    }

    /// `ln(logistic(b) - logistic(a)) = ln(1 - exp(a - b)) + ln logistic(b) + ln logistic(-a)`: nothing cancels.
    fn ln_density(&self, value: usize) -> T {
        let last = D::COUNT.saturating_sub(1);
        if value > last {
            return never();
        }
        let at = |k: usize| D::entries(&self.thresholds)[k] - self.location;
        let (above, below) = ((value < last).then(|| at(value)), value.checked_sub(1).map(at));
        let ln_logistic = |x: T| -(-x).softplus();
        match (below, above) {
            (None, None) => T::zero(),
            (None, Some(b)) => ln_logistic(b),
            (Some(a), None) => ln_logistic(-a),
            (Some(a), Some(b)) => (-(a - b).exp()).ln_1p() + ln_logistic(b) + ln_logistic(-a),
        }
    }
    fn sample(&self, rng: &mut dyn Rng) -> usize {
        random::categorical(&self.probabilities(), rng)
    }
    fn probabilities(&self) -> Vec<f64> {
        (0..D::COUNT).map(|i| crate::math::exp(self.ln_density(i).value())).collect()
    }
}
