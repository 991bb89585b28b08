//! The exponentially modified Gaussian distribution.

use rand::Rng;

use super::{Distribution, ResponseKind, Support, draws, ln_normal_cdf};
use crate::scalar::Real;

/// ExGaussian(location, scale, tail): the sum of Normal(location, scale) and an exponential with the mean `tail`. With
/// `z = (x - location) / scale` and `r = scale / tail`: `r^2 / 2 - z r - ln tail + ln Phi(z - r)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExGaussian<T> {
    /// The mean of the normal part.
    pub location: T,
    /// The standard deviation of the normal part.
    pub scale: T,
    /// The mean of the exponential part.
    pub tail: T,
}

impl<T: Real> ExGaussian<T> {
    /// An exponentially modified Gaussian distribution; scale and tail are positive.
    pub fn new(location: T, scale: T, tail: T) -> Self {
        ExGaussian { location, scale, tail }
    }
}

impl<T: Real> Distribution<T> for ExGaussian<T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Number;

    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, x: T) -> T {
        let (z, r) = ((x - self.location) / self.scale, self.scale / self.tail);
        r * r * 0.5 - z * r - self.tail.ln() + ln_normal_cdf(z - r)
    }
    fn sample(&self, rng: &mut dyn Rng) -> T {
        let normal = draws::normal(self.location.value(), self.scale.value(), rng);
        T::constant(normal + draws::exponential(self.tail.value(), rng))
    }
}
