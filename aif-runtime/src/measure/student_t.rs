//! Student's t distribution.

use rand::Rng;

use super::{Distribution, LN_PI, ResponseKind, Support, draws};
use crate::scalar::Real;

/// StudentT(degrees, location, scale): with `z = (x - location) / scale`,
/// `lnG((n+1)/2) - lnG(n/2) - ln(n pi)/2 - ln scale - (n+1)/2 ln(1 + z^2/n)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudentT<T> {
    /// The degrees of freedom.
    pub degrees: T,
    /// The median.
    pub location: T,
    /// The scale.
    pub scale: T,
}

impl<T: Real> StudentT<T> {
    /// Student's t distribution; degrees of freedom and scale are positive.
    pub fn new(degrees: T, location: T, scale: T) -> Self {
        StudentT { degrees, location, scale }
    }

    /// The log-density of the standard distribution with as many degrees of freedom.
    pub fn standard_ln_density(&self, z: T) -> T {
        let (n, half) = (self.degrees, (self.degrees + 1.0) * 0.5);
        half.ln_gamma() - (n * 0.5).ln_gamma() - (n.ln() + LN_PI) * 0.5 - half * (z * z / n).ln_1p()
    }
}

impl<T: Real> Distribution<T> for StudentT<T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Number;

    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, x: T) -> T {
        self.standard_ln_density((x - self.location) / self.scale) - self.scale.ln()
    }
    fn sample(&self, rng: &mut dyn Rng) -> T {
        let z = draws::student_t(self.degrees.value(), rng);
        let scale = self.scale.value();
        T::constant(if scale > 0.0 { self.location.value() + scale * z } else { f64::NAN })
    }
}
