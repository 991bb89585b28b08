//! Distributions of positive numbers: exponential and inverse gamma.

use aif_runtime::Real;
use aif_runtime::measure::ResponseKind;
use rand::Rng;

use super::distribution::distribution;
use super::{Cumulative, Distribution, Support, drawn};

distribution! {
    /// Exponential(rate): `ln rate - rate x`.
    Exponential {
        /// An exponential distribution; the rate is positive, the mean is its inverse.
        rate
    } on |_d| Support::Positive;
    ln_density: |d, x| d.rate.ln() - d.rate * x;
    sample: |d, rng| drawn(rand_distr::Exp::new(d.rate.value()), rng);
}

distribution! {
    /// InverseGamma(shape, scale): `a ln b - lnG(a) - (a + 1) ln x - b / x`.
    InverseGamma {
        /// An inverse gamma distribution; shape and scale are positive.
        shape, scale
    } on |_d| Support::Positive;
    ln_density: |d, x| d.shape * d.scale.ln() - d.shape.ln_gamma() - (d.shape + 1.0) * x.ln() - d.scale / x;
    sample: |d, rng| 1.0 / drawn(rand_distr::Gamma::new(d.shape.value(), 1.0 / d.scale.value()), rng);
}

impl<T: Real> Cumulative<T> for Exponential<T> {
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
