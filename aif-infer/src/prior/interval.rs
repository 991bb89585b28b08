//! Distributions between two bounds: beta and uniform.

use aif_runtime::{Real, random::unit};
use rand::Rng;

use super::distribution::distribution;
use super::{Cumulative, Prior, Support, drawn};

distribution! {
    /// Beta(alpha, beta): `lnG(a + b) - lnG(a) - lnG(b) + (a - 1) ln x + (b - 1) ln(1 - x)`.
    Beta {
        /// A beta distribution on the unit interval; both parameters are positive.
        alpha, beta
    } on |_d| Support::Interval(T::zero(), T::one());
    ln_density: |d, x| {
        let (a, b) = (d.alpha, d.beta);
        (a + b).ln_gamma() - a.ln_gamma() - b.ln_gamma() + (a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p()
    };
    sample: |d, rng| drawn(rand_distr::Beta::new(d.alpha.value(), d.beta.value()), rng);
}

distribution! {
    /// Uniform(low, high): `-ln(high - low)`.
    Uniform {
        /// A uniform distribution; `low` is below `high`.
        low, high
    } on |d| Support::Interval(d.low, d.high);
    ln_density: |d, _x| -(d.high - d.low).ln();
    sample: |d, rng| {
        let (low, high) = (d.low.value(), d.high.value());
        if low < high { low + (high - low) * unit(rng) } else { f64::NAN }
    };
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
