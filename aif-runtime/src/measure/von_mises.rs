//! The von Mises distribution: an angle.

use core::f64::consts::{PI, TAU};

use rand::Rng;

use super::{Distribution, HALF_LN_TWO_PI, ResponseKind, Support, functions::cos, ln_bessel_0};
use crate::math;
use crate::random::unit;
use crate::scalar::Real;

/// VonMises(location, concentration): `k cos(x - location) - ln(2 pi) - ln I0(k)` of an angle in radians. Angles that differ by whole turns
/// are one; draws are between -pi and pi.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VonMises<T> {
    /// The mean direction.
    pub location: T,
    /// How closely angles keep to it; 0: not at all.
    pub concentration: T,
}

impl<T: Real> VonMises<T> {
    /// A von Mises distribution; the concentration is not negative.
    pub fn new(location: T, concentration: T) -> Self {
        VonMises { location, concentration }
    }
}

impl<T: Real> Distribution<T> for VonMises<T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Number;

    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, x: T) -> T {
        self.concentration * cos(x - self.location) - ln_bessel_0(self.concentration) - 2.0 * HALF_LN_TWO_PI
    }

    /// By rejection from a wrapped Cauchy distribution (Best & Fisher 1979).
    fn sample(&self, rng: &mut dyn Rng) -> T {
        let (location, k) = (self.location.value(), self.concentration.value());
        if !(k >= 0.0 && k.is_finite() && location.is_finite()) {
            return T::constant(f64::NAN);
        }
        // Below this every angle is as good as any; far above, the wrapped Cauchy's shape is that of its limit.
        let away = if k < 1e-8 {
            PI * (2.0 * unit(rng) - 1.0)
        } else {
            let tau = 1.0 + math::sqrt(1.0 + 4.0 * k * k);
            let rho = (tau - math::sqrt(2.0 * tau)) / (2.0 * k);
            let r = if k > 1e6 { 1.0 + 0.5 / k } else { (1.0 + rho * rho) / (2.0 * rho) };
            loop {
                let z = libm::cos(PI * unit(rng));
                // 1 - f, of the cosine f = (1 + r z) / (r + z), without cancelling.
                let less = (r - 1.0) * (1.0 - z) / (r + z);
                let c = k * (r - 1.0 + less);
                let u = unit(rng);
                if c * (2.0 - c) - u > 0.0 || math::ln(c / u) + 1.0 - c >= 0.0 {
                    let angle = 2.0 * libm::asin(math::sqrt((0.5 * less).min(1.0)));
                    break if unit(rng) < 0.5 { -angle } else { angle };
                }
            }
        };
        let angle = libm::fmod(location + away, TAU);
        T::constant(if angle > PI {
            angle - TAU
        } else if angle < -PI {
            angle + TAU
        } else {
            angle
        })
    }
}
