//! The normal distribution as a prior, its positive half, and the log-normal.

use aif_runtime::Real;
use aif_runtime::measure::ResponseKind;
use rand::Rng;

use super::distribution::{distribution, located};
use super::{Cumulative, Distribution, HALF_LN_TWO_PI, LocationScale, LogNormal, Normal, Support, drawn};

distribution! {
    /// HalfNormal(scale): the absolute value of Normal(0, scale).
    HalfNormal {
        /// A half-normal distribution; the scale is positive.
        scale
    } on |_d| Support::Positive;
    ln_density: |d, x| standard(x / d.scale) - d.scale.ln() + core::f64::consts::LN_2;
    sample: |d, rng| drawn(rand_distr::Normal::new(0.0, d.scale.value()), rng).abs();
}

located!(Normal: |_d, raw| standard(raw));

fn standard<T: Real>(z: T) -> T {
    z * z * -0.5 - HALF_LN_TWO_PI
}

impl<T: Real> LocationScale<T> for LogNormal<T> {
    fn standard_ln_density(&self, raw: T) -> T {
        standard(raw)
    }
    fn location(&self) -> T {
        self.location
    }
    fn scale(&self) -> T {
        self.scale
    }
    fn finish(&self, moved: T) -> T {
        moved.exp()
    }
}

impl<T: Real> Cumulative<T> for Normal<T> {
    fn cumulative(&self, x: T) -> T {
        ((x - self.location) / self.scale).phi()
    }
    fn upper(&self, x: T) -> T {
        ((self.location - x) / self.scale).phi()
    }
}

impl<T: Real> Cumulative<T> for HalfNormal<T> {
    fn upper(&self, x: T) -> T {
        (-x / self.scale).phi() * 2.0
    }
}

impl<T: Real> Cumulative<T> for LogNormal<T> {
    fn cumulative(&self, x: T) -> T {
        self.log().cumulative(x.ln())
    }
    fn upper(&self, x: T) -> T {
        self.log().upper(x.ln())
    }
}
