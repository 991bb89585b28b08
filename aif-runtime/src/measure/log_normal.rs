//! The log-normal distribution.

use rand::Rng;

use super::{Distribution, HALF_LN_TWO_PI, Normal, ResponseKind, Support, never};
use crate::math;
use crate::scalar::{Number, Real};

/// LogNormal(location, scale): the exponential of Normal(location, scale). The density is that of the number itself, not of its logarithm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal<T> {
    /// The mean of the logarithm.
    pub location: T,
    /// The standard deviation of the logarithm.
    pub scale: T,
}

impl<T: Real> LogNormal<T> {
    /// A log-normal distribution; location and scale are those of the logarithm.
    pub fn new(location: T, scale: T) -> Self {
        LogNormal { location, scale }
    }

    /// The distribution of the logarithm.
    pub fn log(&self) -> Normal<T> {
        Normal::new(self.location, self.scale)
    }
}

impl<T: Real> Distribution<T> for LogNormal<T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Positive;

    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, x: T) -> T {
        if x.value() <= 0.0 {
            return never();
        }
        let log = x.ln();
        self.log().ln_density(log) - log
    }
    fn sample(&self, rng: &mut dyn Rng) -> T {
        T::constant(math::exp(self.log().sample(rng).value()))
    }
    fn nodes(&self, show: &mut dyn FnMut(T, T)) -> bool {
        self.log().nodes(&mut |x, weight| show(x.exp(), weight))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn parts(&self, [recorded, _]: [f64; 2]) -> [T; 2] {
        [(T::constant(math::ln(recorded)) - self.location) / self.scale, self.scale * recorded]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn ln_of_parts<S: Number>([z, scale]: [S; 2]) -> S {
        -(z * z * 0.5 + scale.to_ln() + HALF_LN_TWO_PI)
    }
}
