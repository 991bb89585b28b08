//! The gamma distribution.

use rand::Rng;

use super::{Distribution, ResponseKind, Support, draws, never};
use crate::scalar::Real;

/// Gamma(shape, rate): `a ln b - lnG(a) + (a - 1) ln x - b x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma<T> {
    /// The shape.
    pub shape: T,
    /// The rate: the mean is shape / rate.
    pub rate: T,
}

impl<T: Real> Gamma<T> {
    /// A gamma distribution; shape and rate are positive, the mean is shape / rate.
    pub fn new(shape: T, rate: T) -> Self {
        Gamma { shape, rate }
    }
}

impl<T: Real> Distribution<T> for Gamma<T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Positive;

    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, x: T) -> T {
        if x.value() <= 0.0 {
            return never();
        }
        self.shape * self.rate.ln() - self.shape.ln_gamma() + (self.shape - 1.0) * x.ln() - self.rate * x
    }
    fn sample(&self, rng: &mut dyn Rng) -> T {
        T::constant(draws::gamma(self.shape.value(), self.rate.value(), rng))
    }
}
