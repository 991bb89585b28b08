//! Prior distributions of parameters: densities generic over the scalar, supports, and random draws.

mod heavy;
mod interval;
mod normal;
mod positive;

use aif_runtime::Real;
use rand_core::Rng;

pub use heavy::{Cauchy, HalfCauchy, StudentT};
pub use interval::{Beta, Uniform};
pub use normal::{HalfNormal, LogNormal, Normal};
pub use positive::{Exponential, Gamma, InverseGamma};

/// `ln(2 pi) / 2`.
pub(crate) const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// `ln(pi)`.
pub(crate) const LN_PI: f64 = 1.144_729_885_849_400_2;

/// Where a parameter lives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Support<T> {
    /// All real numbers.
    RealLine,
    /// The positive numbers.
    Positive,
    /// The numbers between two bounds.
    Interval(T, T),
}

impl<T: Real> Support<T> {
    /// Whether a number is within the support.
    pub fn holds(self, x: f64) -> bool {
        match self {
            Support::RealLine => x.is_finite(),
            Support::Positive => x > 0.0 && x.is_finite(),
            Support::Interval(low, high) => (low.value()..=high.value()).contains(&x),
        }
    }

    /// The point of the support that a real number stands for, and the log-derivative of the map: the identity, `exp(u)`, or
    /// `low + (high - low) logistic(u)`.
    pub fn constrain(self, u: T) -> (T, T) {
        match self {
            Support::RealLine => (u, T::zero()),
            Support::Positive => (u.exp(), u),
            Support::Interval(low, high) => {
                let width = high - low;
                (low + width * u.logistic(), width.ln() - u.softplus() - (-u).softplus())
            }
        }
    }
}

/// The distribution of a parameter before data are seen.
pub trait Prior<T: Real>: Copy {
    /// Where the parameter lives.
    fn support(&self) -> Support<T>;

    /// The log-density at a point of the support.
    fn ln_density(&self, x: T) -> T;

    /// A random draw; not a number where the parameters are out of range.
    fn sample(&self, rng: &mut dyn Rng) -> f64;
}

/// A prior that is a standard distribution moved and scaled, and so can be sampled non-centred.
pub trait LocationScale<T: Real>: Prior<T> {
    /// The log-density of the standard distribution.
    fn standard_ln_density(&self, raw: T) -> T;

    /// The draw that a standard draw stands for.
    fn place(&self, raw: T) -> T;
}

/// A draw from one of rand_distr's distributions, or not a number where its parameters are out of range.
fn drawn<D: rand_distr::Distribution<f64>, E>(distribution: Result<D, E>, rng: &mut dyn Rng) -> f64 {
    distribution.map_or(f64::NAN, |d| d.sample(rng))
}

#[cfg(test)]
mod tests;
