//! Distributions with heavy tails: Student's t, Cauchy and its positive half.

use aif_runtime::Real;
use rand_core::Rng;

use super::{Cumulative, LN_PI, LocationScale, Prior, Support, drawn};

/// StudentT(degrees, location, scale): with `z = (x - location) / scale`,
/// `lnG((n+1)/2) - lnG(n/2) - ln(n pi)/2 - ln scale - (n+1)/2 ln(1 + z^2/n)`.
#[derive(Clone, Copy, Debug)]
pub struct StudentT<T> {
    degrees: T,
    location: T,
    scale: T,
}

impl<T: Real> StudentT<T> {
    /// Student's t distribution; degrees of freedom and scale are positive.
    pub fn new(degrees: T, location: T, scale: T) -> Self {
        StudentT { degrees, location, scale }
    }
}

impl<T: Real> Prior<T> for StudentT<T> {
    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, x: T) -> T {
        self.standard_ln_density((x - self.location) / self.scale) - self.scale.ln()
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        let z = drawn(rand_distr::StudentT::new(self.degrees.value()), rng);
        if self.scale.value() > 0.0 { self.location.value() + self.scale.value() * z } else { f64::NAN }
    }
}

impl<T: Real> LocationScale<T> for StudentT<T> {
    fn standard_ln_density(&self, raw: T) -> T {
        let n = self.degrees;
        let half = (n + 1.0) * 0.5;
        half.ln_gamma() - (n * 0.5).ln_gamma() - (n.ln() + LN_PI) * 0.5 - half * (raw * raw / n).ln_1p()
    }
    fn location(&self) -> T {
        self.location
    }
    fn scale(&self) -> T {
        self.scale
    }
}

/// Cauchy(location, scale): with `z = (x - location) / scale`, `-ln(pi scale) - ln(1 + z^2)`.
#[derive(Clone, Copy, Debug)]
pub struct Cauchy<T> {
    location: T,
    scale: T,
}

impl<T: Real> Cauchy<T> {
    /// A Cauchy distribution; the scale is positive.
    pub fn new(location: T, scale: T) -> Self {
        Cauchy { location, scale }
    }
}

impl<T: Real> Prior<T> for Cauchy<T> {
    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, x: T) -> T {
        self.standard_ln_density((x - self.location) / self.scale) - self.scale.ln()
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        drawn(rand_distr::Cauchy::new(self.location.value(), self.scale.value()), rng)
    }
}

impl<T: Real> LocationScale<T> for Cauchy<T> {
    fn standard_ln_density(&self, raw: T) -> T {
        -(raw * raw).ln_1p() - LN_PI
    }
    fn location(&self) -> T {
        self.location
    }
    fn scale(&self) -> T {
        self.scale
    }
}

/// HalfCauchy(scale): the absolute value of Cauchy(0, scale).
#[derive(Clone, Copy, Debug)]
pub struct HalfCauchy<T> {
    scale: T,
}

impl<T: Real> HalfCauchy<T> {
    /// A half-Cauchy distribution; the scale is positive.
    pub fn new(scale: T) -> Self {
        HalfCauchy { scale }
    }
}

impl<T: Real> Prior<T> for HalfCauchy<T> {
    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, x: T) -> T {
        Cauchy::new(T::zero(), self.scale).ln_density(x) + core::f64::consts::LN_2
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        drawn(rand_distr::Cauchy::new(0.0, self.scale.value()), rng).abs()
    }
}

impl<T: Real> Cumulative<T> for Cauchy<T> {
    fn cumulative(&self, x: T) -> T {
        let z = (x - self.location) / self.scale;
        // Far below, 1/2 + atan(z)/pi would cancel: atan(z) = -pi/2 - atan(1/z) there.
        if z.value() < -1.0 { -(T::one() / z).atan() / core::f64::consts::PI } else { z.atan() / core::f64::consts::PI + 0.5 }
    }
    fn upper(&self, x: T) -> T {
        self.cumulative(self.location * 2.0 - x)
    }
}

impl<T: Real> Cumulative<T> for HalfCauchy<T> {
    fn cumulative(&self, x: T) -> T {
        T::one() - self.upper(x)
    }
    fn upper(&self, x: T) -> T {
        Cauchy::new(T::zero(), self.scale).upper(x) * 2.0
    }
}
