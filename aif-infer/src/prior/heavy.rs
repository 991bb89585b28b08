//! Distributions with heavy tails: Student's t, Cauchy and its positive half.

use aif_runtime::Real;
use aif_runtime::measure::ResponseKind;
use rand::Rng;

use super::distribution::{distribution, located};
use super::{Cumulative, Distribution, LN_PI, LocationScale, StudentT, Support, drawn};

impl<T: Real> LocationScale<T> for StudentT<T> {
    fn standard_ln_density(&self, raw: T) -> T {
        StudentT::standard_ln_density(self, raw)
    }
    fn location(&self) -> T {
        self.location
    }
    fn scale(&self) -> T {
        self.scale
    }
}

distribution! {
    /// Cauchy(location, scale): with `z = (x - location) / scale`, `-ln(pi scale) - ln(1 + z^2)`.
    Cauchy {
        /// A Cauchy distribution; the scale is positive.
        location, scale
    } on |_d| Support::RealLine;
    ln_density: |d, x| d.standard_ln_density((x - d.location) / d.scale) - d.scale.ln();
    sample: |d, rng| drawn(rand_distr::Cauchy::new(d.location.value(), d.scale.value()), rng);
}
located!(Cauchy: |_d, raw| -(raw * raw).ln_1p() - LN_PI);

distribution! {
    /// HalfCauchy(scale): the absolute value of Cauchy(0, scale).
    HalfCauchy {
        /// A half-Cauchy distribution; the scale is positive.
        scale
    } on |_d| Support::Positive;
    ln_density: |d, x| Cauchy::new(T::zero(), d.scale).ln_density(x) + core::f64::consts::LN_2;
    sample: |d, rng| drawn(rand_distr::Cauchy::new(0.0, d.scale.value()), rng).abs();
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
    fn upper(&self, x: T) -> T {
        Cauchy::new(T::zero(), self.scale).upper(x) * 2.0
    }
}
