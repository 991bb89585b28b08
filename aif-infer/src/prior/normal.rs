//! The normal distribution, its positive half, and the log-normal.

use aif_runtime::Real;
use rand_core::Rng;

use super::{Cumulative, HALF_LN_TWO_PI, LocationScale, Prior, Support, drawn};

/// Normal(location, scale): `-(x - location)^2 / (2 scale^2) - ln scale - ln(2 pi)/2`.
#[derive(Clone, Copy, Debug)]
pub struct Normal<T> {
    location: T,
    scale: T,
}

impl<T: Real> Normal<T> {
    /// A normal distribution; the scale is positive.
    pub fn new(location: T, scale: T) -> Self {
        Normal { location, scale }
    }
}

fn standard<T: Real>(z: T) -> T {
    z * z * -0.5 - HALF_LN_TWO_PI
}

impl<T: Real> Prior<T> for Normal<T> {
    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, x: T) -> T {
        standard((x - self.location) / self.scale) - self.scale.ln()
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        drawn(rand_distr::Normal::new(self.location.value(), self.scale.value()), rng)
    }
}

impl<T: Real> LocationScale<T> for Normal<T> {
    fn standard_ln_density(&self, raw: T) -> T {
        standard(raw)
    }
    fn location(&self) -> T {
        self.location
    }
    fn scale(&self) -> T {
        self.scale
    }
}

/// HalfNormal(scale): the absolute value of Normal(0, scale).
#[derive(Clone, Copy, Debug)]
pub struct HalfNormal<T> {
    scale: T,
}

impl<T: Real> HalfNormal<T> {
    /// A half-normal distribution; the scale is positive.
    pub fn new(scale: T) -> Self {
        HalfNormal { scale }
    }
}

impl<T: Real> Prior<T> for HalfNormal<T> {
    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, x: T) -> T {
        standard(x / self.scale) - self.scale.ln() + core::f64::consts::LN_2
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        drawn(rand_distr::Normal::new(0.0, self.scale.value()), rng).abs()
    }
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
    fn cumulative(&self, x: T) -> T {
        T::one() - self.upper(x)
    }
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
