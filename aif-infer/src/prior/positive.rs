//! Distributions of positive numbers: exponential, gamma and inverse gamma.

use aif_runtime::Real;
use rand_core::Rng;

use super::{Cumulative, Prior, Support, drawn};

/// Exponential(rate): `ln rate - rate x`.
#[derive(Clone, Copy, Debug)]
pub struct Exponential<T> {
    rate: T,
}

impl<T: Real> Exponential<T> {
    /// An exponential distribution; the rate is positive, the mean is its inverse.
    pub fn new(rate: T) -> Self {
        Exponential { rate }
    }
}

impl<T: Real> Prior<T> for Exponential<T> {
    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, x: T) -> T {
        self.rate.ln() - self.rate * x
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        drawn(rand_distr::Exp::new(self.rate.value()), rng)
    }
}

/// Gamma(shape, rate): `a ln b - lnG(a) + (a - 1) ln x - b x`.
#[derive(Clone, Copy, Debug)]
pub struct Gamma<T> {
    shape: T,
    rate: T,
}

impl<T: Real> Gamma<T> {
    /// A gamma distribution; shape and rate are positive, the mean is shape / rate.
    pub fn new(shape: T, rate: T) -> Self {
        Gamma { shape, rate }
    }
}

impl<T: Real> Prior<T> for Gamma<T> {
    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, x: T) -> T {
        self.shape * self.rate.ln() - self.shape.ln_gamma() + (self.shape - 1.0) * x.ln() - self.rate * x
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        drawn(rand_distr::Gamma::new(self.shape.value(), 1.0 / self.rate.value()), rng)
    }
}

/// InverseGamma(shape, scale): `a ln b - lnG(a) - (a + 1) ln x - b / x`.
#[derive(Clone, Copy, Debug)]
pub struct InverseGamma<T> {
    shape: T,
    scale: T,
}

impl<T: Real> InverseGamma<T> {
    /// An inverse gamma distribution; shape and scale are positive.
    pub fn new(shape: T, scale: T) -> Self {
        InverseGamma { shape, scale }
    }
}

impl<T: Real> Prior<T> for InverseGamma<T> {
    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, x: T) -> T {
        self.shape * self.scale.ln() - self.shape.ln_gamma() - (self.shape + 1.0) * x.ln() - self.scale / x
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        1.0 / drawn(rand_distr::Gamma::new(self.shape.value(), 1.0 / self.scale.value()), rng)
    }
}

impl<T: Real> Cumulative<T> for Exponential<T> {
    fn cumulative(&self, x: T) -> T {
        T::one() - self.upper(x)
    }
    fn upper(&self, x: T) -> T {
        (-(self.rate * x)).exp()
    }
}

/// The scale of an effect under the regularised horseshoe: `global local sqrt(slab / (slab + global^2 local^2))`, with the slab's
/// variance (Piironen & Vehtari 2017, equation 2.8).
///
/// With `global ~ HalfCauchy(g)`, `local ~ HalfCauchy(1.0)` and `slab ~ InverseGamma(nu / 2, nu s^2 / 2)`, an effect drawn from
/// `Normal(0.0, horseshoe_scale(global, local, slab))` is shrunk to zero unless the data hold it, and then like a Student-t effect with
/// `nu` degrees of freedom and scale `s`.
pub fn horseshoe_scale<T: Real>(global: T, local: T, slab: T) -> T {
    let free = global * local;
    free * (slab / (slab + free * free)).sqrt()
}
