//! The beta distribution: a number between 0 and 1, such as a place on a scale.

use rand::Rng;

use super::{Distribution, ResponseKind, Support, draws, never};
use crate::scalar::Real;

/// Beta(alpha, beta): `lnG(a + b) - lnG(a) - lnG(b) + (a - 1) ln x + (b - 1) ln(1 - x)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta<T> {
    /// What draws towards 1.
    pub alpha: T,
    /// What draws towards 0.
    pub beta: T,
}

impl<T: Real> Beta<T> {
    /// A beta distribution on the unit interval; both parameters are positive.
    pub fn new(alpha: T, beta: T) -> Self {
        Beta { alpha, beta }
    }

    /// The beta distribution with this mean, between 0 and 1, whose parameters sum to `precision`.
    pub fn with_mean(mean: T, precision: T) -> Self {
        Beta { alpha: mean * precision, beta: (T::one() - mean) * precision }
    }
}

impl<T: Real> Distribution<T> for Beta<T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Share;

    fn support(&self) -> Support<T> {
        Support::Interval(T::zero(), T::one())
    }
    fn ln_density(&self, x: T) -> T {
        if !(0.0..=1.0).contains(&x.value()) {
            return never();
        }
        let (a, b) = (self.alpha, self.beta);
        (a + b).ln_gamma() - a.ln_gamma() - b.ln_gamma() + (a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p()
    }
    fn sample(&self, rng: &mut dyn Rng) -> T {
        T::constant(draws::beta(self.alpha.value(), self.beta.value(), rng))
    }
}
