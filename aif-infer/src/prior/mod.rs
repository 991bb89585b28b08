//! Prior distributions of parameters: densities generic over the scalar, supports, and random draws.

mod correlated;
mod distribution;
mod heavy;
mod interval;
mod normal;
mod ordered;
mod positive;
mod simplex;
mod truncated;

use aif_runtime::Real;
use rand::Rng;

pub use aif_runtime::measure::{Beta, Components, Distribution, Gamma, LogNormal, Mixture, Normal, StudentT, Support};
pub use correlated::{LkjCholesky, MultivariateNormal, correlations};
pub use heavy::{Cauchy, HalfCauchy};
pub use interval::Uniform;
pub use normal::HalfNormal;
pub use ordered::Ordered;
pub use positive::{Exponential, InverseGamma, horseshoe_scale};
pub use simplex::Dirichlet;
pub use truncated::Truncated;

pub(crate) use aif_runtime::measure::{HALF_LN_TWO_PI, LN_PI};

/// The distribution of a parameter before data are seen: any distribution of a number.
pub trait Prior<T: Real>: Distribution<T, Value = T> {
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

impl<T: Real, D: Distribution<T, Value = T>> Prior<T> for D {}

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

    /// The coordinates that stand for values, as many as there are; false where they are not known.
    fn unplace(&self, values: &[T], coordinates: &mut [T]) -> bool {
        let _ = (values, coordinates);
        false
    }

    /// The log-density of values themselves, by whatever measure; up to a constant where the values alone say so.
    fn ln_density(&self, values: &[T]) -> T;

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
