//! The Poisson distribution: a count.

use rand::Rng;

use super::{Distribution, ResponseKind, Support, draws, never};
use crate::scalar::Real;

/// Poisson(rate): `k ln rate - rate - lnG(k + 1)` for a whole number `k` from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poisson<T> {
    /// The mean.
    pub rate: T,
}

impl<T: Real> Poisson<T> {
    /// A Poisson distribution; the rate is positive.
    pub fn new(rate: T) -> Self {
        Poisson { rate }
    }
}

impl<T: Real> Distribution<T> for Poisson<T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Count;

    fn support(&self) -> Support<T> {
        Support::Above(T::zero())
    }
    fn ln_density(&self, count: T) -> T {
        let k = count.value();
        if crate::domain::index_of_number(k).is_none() {
            return never();
        }
        self.rate.ln() * k - self.rate - crate::math::ln_gamma(k + 1.0)
    }
    fn sample(&self, rng: &mut dyn Rng) -> T {
        T::constant(draws::poisson(self.rate.value(), rng))
    }
}
