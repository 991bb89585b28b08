//! Prior distributions of parameters: densities generic over the scalar, supports, and random draws.

mod correlated;
mod distribution;
mod heavy;
mod interval;
mod mixture;
mod normal;
mod ordered;
mod positive;
mod simplex;
mod truncated;

use aif_runtime::Real;
use rand::Rng;
use serde::{Deserialize, Serialize};

pub use correlated::{LkjCholesky, MultivariateNormal, correlations};
pub use heavy::{Cauchy, HalfCauchy, StudentT};
pub use interval::{Beta, Uniform};
pub use mixture::{Components, Mixture};
pub use normal::{HalfNormal, LogNormal, Normal};
pub use ordered::Ordered;
pub use positive::{Exponential, Gamma, InverseGamma, horseshoe_scale};
pub use simplex::Dirichlet;
pub use truncated::Truncated;

/// `ln(2 pi) / 2`.
pub(crate) const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// `ln(pi)`.
pub(crate) const LN_PI: f64 = 1.144_729_885_849_400_2;

/// Where a parameter lives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Support<T> {
    /// All real numbers.
    RealLine,
    /// The positive numbers.
    Positive,
    /// The numbers above a bound.
    Above(T),
    /// The numbers below a bound.
    Below(T),
    /// The numbers between two bounds.
    Interval(T, T),
}

impl<T: Real> Support<T> {
    /// Whether a number is within the support.
    pub fn holds(self, x: f64) -> bool {
        match self {
            Support::RealLine => x.is_finite(),
            Support::Positive => x > 0.0 && x.is_finite(),
            Support::Above(low) => x >= low.value() && x.is_finite(),
            Support::Below(high) => x <= high.value() && x.is_finite(),
            Support::Interval(low, high) => (low.value()..=high.value()).contains(&x),
        }
    }

    /// The point of the support that a real number stands for, and the log-derivative of the map: the identity, `exp(u)`, `low + exp(u)`,
    /// `high - exp(u)`, or `low + (high - low) logistic(u)`.
    pub fn constrain(self, u: T) -> (T, T) {
        match self {
            Support::RealLine => (u, T::zero()),
            Support::Positive => (u.exp(), u),
            Support::Above(low) => (low + u.exp(), u),
            Support::Below(high) => (high - u.exp(), u),
            Support::Interval(low, high) => {
                let width = high - low;
                (low + width * u.logistic(), width.ln() - u.softplus() - (-u).softplus())
            }
        }
    }

    /// The real number that stands for a point of the support, with the first and second derivative of this map: the inverse of
    /// [`constrain`](Support::constrain).
    pub fn unconstrain(self, x: f64) -> [f64; 3] {
        let above = |low: f64| {
            let by = 1.0 / (x - low);
            [(x - low).ln(), by, -by * by]
        };
        match self {
            Support::RealLine => [x, 1.0, 0.0],
            Support::Positive => above(0.0),
            Support::Above(low) => above(low.value()),
            Support::Below(high) => {
                let by = 1.0 / (high.value() - x);
                [(high.value() - x).ln(), -by, -by * by]
            }
            Support::Interval(low, high) => {
                let (up, down) = (1.0 / (x - low.value()), 1.0 / (high.value() - x));
                [((x - low.value()) * down).ln(), up + down, down * down - up * up]
            }
        }
    }

    /// The lower and the upper end, where there are such.
    pub fn ends(self) -> (Option<T>, Option<T>) {
        match self {
            Support::RealLine => (None, None),
            Support::Positive => (Some(T::zero()), None),
            Support::Above(low) => (Some(low), None),
            Support::Below(high) => (None, Some(high)),
            Support::Interval(low, high) => (Some(low), Some(high)),
        }
    }

    /// The support between two ends.
    pub fn between(low: Option<T>, high: Option<T>) -> Self {
        match (low, high) {
            (None, None) => Support::RealLine,
            (Some(low), None) if low == T::zero() => Support::Positive,
            (Some(low), None) => Support::Above(low),
            (None, Some(high)) => Support::Below(high),
            (Some(low), Some(high)) => Support::Interval(low, high),
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

    /// The same distribution between two bounds, normalised there.
    fn truncated(self, low: T, high: T) -> Truncated<Self, T>
    where
        Self: Cumulative<T>,
    {
        Truncated::new(self, Some(low), Some(high))
    }

    /// The same distribution above a bound, normalised there.
    fn above(self, low: T) -> Truncated<Self, T>
    where
        Self: Cumulative<T>,
    {
        Truncated::new(self, Some(low), None)
    }

    /// The same distribution below a bound, normalised there.
    fn below(self, high: T) -> Truncated<Self, T>
    where
        Self: Cumulative<T>,
    {
        Truncated::new(self, None, Some(high))
    }

    /// Several draws in the order of their size.
    fn ordered(self) -> Ordered<Self> {
        Ordered::new(self)
    }
}

/// A prior whose distribution function has a closed form, so that it can be truncated. One of the two methods is given; each follows from
/// the other.
pub trait Cumulative<T: Real>: Prior<T> {
    /// The probability of at most `x`.
    fn cumulative(&self, x: T) -> T {
        T::one() - self.upper(x)
    }

    /// The probability of more than `x`, accurate where it is small.
    fn upper(&self, x: T) -> T {
        T::one() - self.cumulative(x)
    }
}

/// A prior that is a standard distribution moved and scaled (perhaps on the logarithm), and so can be sampled non-centred.
pub trait LocationScale<T: Real>: Prior<T> {
    /// Where the standard distribution is moved to.
    fn location(&self) -> T;

    /// How far it is stretched.
    fn scale(&self) -> T;

    /// The log-density of the standard distribution.
    fn standard_ln_density(&self, raw: T) -> T;

    /// The parameter, from the moved and stretched draw: itself, unless the distribution is one of a logarithm.
    fn finish(&self, moved: T) -> T {
        moved
    }

    /// The draw that a standard draw stands for.
    fn place(&self, raw: T) -> T {
        self.finish(self.location() + self.scale() * raw)
    }

    /// The draw that a partly centred coordinate stands for, and the log-density of the coordinate: with `c` from 0 (non-centred) to 1
    /// (centred), `x = location + scale^(1 - c) (u - c location)` (Papaspiliopoulos, Roberts & Skold 2007).
    fn place_partly(&self, u: T, centredness: f64) -> (T, T) {
        let (location, scale) = (self.location(), self.scale());
        let away = (u - location * centredness) * scale.powf(1.0 - centredness);
        let density = self.standard_ln_density(away / scale) - scale.ln() * centredness;
        (self.finish(location + away), density)
    }

    /// The draw that a coordinate stands for which is standard normal where the data say of the draw (of its logarithm, if that is what is
    /// moved and scaled) what a normal observation of it does: `x = m + s u` with mean and standard deviation of the prior's location and
    /// scale and the observation together; and the log-density of the coordinate.
    fn place_held(&self, u: T, held: Held) -> (T, T) {
        let (location, scale) = (self.location(), self.scale());
        let own = T::one() / (scale * scale);
        let both = own + held.precision;
        let spread = T::one() / both.sqrt();
        let moved = (location * own + held.precision * held.centre) / both + spread * u;
        let density = self.standard_ln_density((moved - location) / scale) + (spread / scale).ln();
        (self.finish(moved), density)
    }
}

/// What data say of a draw, as a normal observation of it would: by where it would lie and how precise it would be. A precision of zero is
/// no observation: the draw is sampled non-centred. One far above the prior's is a draw sampled centred.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Held {
    /// Where the observation would lie.
    pub centre: f64,
    /// One over its variance.
    pub precision: f64,
}

/// The distribution of several numbers that belong together: a simplex, correlated effects, a correlation matrix.
pub trait VectorPrior<T: Real> {
    /// How many real coordinates stand for `len` values.
    fn coordinates(&self, len: usize) -> usize;

    /// Reads the values that coordinates stand for; the log-density of the coordinates, Jacobian included.
    fn place(&self, coordinates: &[T], values: &mut [T]) -> T;

    /// A random draw; not numbers where the parameters are out of range.
    fn sample(&self, rng: &mut dyn Rng, values: &mut [f64]);

    /// Whether values are within the support.
    fn holds(&self, values: &[f64]) -> bool;

    /// Whether the values are as many as the coordinates, and smooth functions may be extended to all real ones.
    fn is_free(&self) -> bool {
        false
    }
}

/// A draw from one of rand_distr's distributions, or not a number where its parameters are out of range.
fn drawn<D: rand_distr::Distribution<f64>, E>(distribution: Result<D, E>, rng: &mut dyn Rng) -> f64 {
    distribution.map_or(f64::NAN, |d| d.sample(rng))
}

#[cfg(test)]
mod tests;
