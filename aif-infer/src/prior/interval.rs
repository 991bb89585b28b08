//! Distributions between two bounds: beta and uniform.

use aif_runtime::{Real, random::unit};
use rand_core::Rng;

use super::{Cumulative, Prior, Support, drawn};

/// Beta(alpha, beta): `lnG(a + b) - lnG(a) - lnG(b) + (a - 1) ln x + (b - 1) ln(1 - x)`.
#[derive(Clone, Copy, Debug)]
pub struct Beta<T> {
    alpha: T,
    beta: T,
}

impl<T: Real> Beta<T> {
    /// A beta distribution on the unit interval; both parameters are positive.
    pub fn new(alpha: T, beta: T) -> Self {
        Beta { alpha, beta }
    }
}

impl<T: Real> Prior<T> for Beta<T> {
    fn support(&self) -> Support<T> {
        Support::Interval(T::zero(), T::one())
    }
    fn ln_density(&self, x: T) -> T {
        let (a, b) = (self.alpha, self.beta);
        (a + b).ln_gamma() - a.ln_gamma() - b.ln_gamma() + (a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p()
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        drawn(rand_distr::Beta::new(self.alpha.value(), self.beta.value()), rng)
    }
}

/// Uniform(low, high): `-ln(high - low)`.
#[derive(Clone, Copy, Debug)]
pub struct Uniform<T> {
    low: T,
    high: T,
}

impl<T: Real> Uniform<T> {
    /// A uniform distribution; `low` is below `high`.
    pub fn new(low: T, high: T) -> Self {
        Uniform { low, high }
    }
}

impl<T: Real> Prior<T> for Uniform<T> {
    fn support(&self) -> Support<T> {
        Support::Interval(self.low, self.high)
    }
    fn ln_density(&self, _: T) -> T {
        -(self.high - self.low).ln()
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        let (low, high) = (self.low.value(), self.high.value());
        if low < high { low + (high - low) * unit(rng) } else { f64::NAN }
    }
}

impl<T: Real> Cumulative<T> for Uniform<T> {
    fn cumulative(&self, x: T) -> T {
        if x.value() <= self.low.value() {
            T::zero()
        } else if x.value() >= self.high.value() {
            T::one()
        } else {
            (x - self.low) / (self.high - self.low)
        }
    }
}
