//! The normal distribution, its positive half, and the log-normal.

use aif_runtime::Real;
use rand::Rng;

use super::distribution::{distribution, located};
use super::{Cumulative, HALF_LN_TWO_PI, LocationScale, Prior, Support, drawn};

distribution! {
    /// Normal(location, scale): `-(x - location)^2 / (2 scale^2) - ln scale - ln(2 pi)/2`.
    Normal {
        /// A normal distribution; the scale is positive.
        location, scale
    } on |_d| Support::RealLine;
    ln_density: |d, x| standard((x - d.location) / d.scale) - d.scale.ln();
    sample: |d, rng| drawn(rand_distr::Normal::new(d.location.value(), d.scale.value()), rng);
}
located!(Normal: |_d, raw| standard(raw));

fn standard<T: Real>(z: T) -> T {
    z * z * -0.5 - HALF_LN_TWO_PI
}

distribution! {
    /// HalfNormal(scale): the absolute value of Normal(0, scale).
    HalfNormal {
        /// A half-normal distribution; the scale is positive.
        scale
    } on |_d| Support::Positive;
    ln_density: |d, x| standard(x / d.scale) - d.scale.ln() + core::f64::consts::LN_2;
    sample: |d, rng| drawn(rand_distr::Normal::new(0.0, d.scale.value()), rng).abs();
}

/// LogNormal(location, scale): the exponential of Normal(location, scale).
#[derive(Clone, Copy, Debug)]
pub struct LogNormal<T> {
    log: Normal<T>,
}

impl<T: Real> LogNormal<T> {
    /// A log-normal distribution; location and scale are those of the logarithm.
    pub fn new(location: T, scale: T) -> Self {
        LogNormal { log: Normal::new(location, scale) }
    }
}

impl<T: Real> Prior<T> for LogNormal<T> {
    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, x: T) -> T {
        let log = x.ln();
        self.log.ln_density(log) - log
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        self.log.sample(rng).exp()
    }
}

impl<T: Real> LocationScale<T> for LogNormal<T> {
    fn standard_ln_density(&self, raw: T) -> T {
        standard(raw)
    }
    fn location(&self) -> T {
        self.log.location
    }
    fn scale(&self) -> T {
        self.log.scale
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
        self.log.cumulative(x.ln())
    }
    fn upper(&self, x: T) -> T {
        self.log.upper(x.ln())
    }
}
