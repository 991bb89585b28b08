//! The three ways to run a declaration of priors: over unconstrained coordinates, from a generator, and with known values.

use aif_runtime::Real;
use rand_core::Rng;

use crate::prior::{LocationScale, Prior};

/// Gives each drawn parameter its value, in the order of the declaration.
pub trait Draw<T: Real> {
    /// The value of the next parameter.
    fn draw<P: Prior<T>>(&mut self, prior: P) -> T;

    /// The value of the next parameter, which is sampled non-centred.
    fn draw_non_centred<P: LocationScale<T>>(&mut self, prior: P) -> T {
        self.draw(prior)
    }
}

/// Reads parameters from coordinates on the real line, and sums their log-density there, Jacobians included.
pub struct Unconstrained<'a, T> {
    coordinates: &'a [T],
    /// The log-density of the coordinates read so far.
    pub ln_density: T,
}

impl<'a, T: Real> Unconstrained<'a, T> {
    /// One coordinate for each drawn parameter.
    pub fn new(coordinates: &'a [T]) -> Self {
        Unconstrained { coordinates, ln_density: T::zero() }
    }

    fn next(&mut self) -> T {
        match self.coordinates {
            [first, rest @ ..] => {
                self.coordinates = rest;
                *first
            }
            [] => T::constant(f64::NAN),
        }
    }
}

impl<T: Real> Draw<T> for Unconstrained<'_, T> {
    fn draw<P: Prior<T>>(&mut self, prior: P) -> T {
        let u = self.next();
        let (x, jacobian) = prior.support().constrain(u);
        self.ln_density += prior.ln_density(x) + jacobian;
        x
    }

    fn draw_non_centred<P: LocationScale<T>>(&mut self, prior: P) -> T {
        let raw = self.next();
        self.ln_density += prior.standard_ln_density(raw);
        prior.place(raw)
    }
}

/// Draws parameters from their priors.
pub struct Sampled<'a> {
    rng: &'a mut dyn Rng,
}

impl<'a> Sampled<'a> {
    /// From this generator.
    pub fn new(rng: &'a mut dyn Rng) -> Self {
        Sampled { rng }
    }
}

impl Draw<f64> for Sampled<'_> {
    fn draw<P: Prior<f64>>(&mut self, prior: P) -> f64 {
        prior.sample(self.rng)
    }
}

/// Takes parameters as they are given; the priors do not matter.
pub struct Known<'a, T> {
    values: &'a [T],
}

impl<'a, T: Real> Known<'a, T> {
    /// One value for each drawn parameter.
    pub fn new(values: &'a [T]) -> Self {
        Known { values }
    }
}

impl<T: Real> Draw<T> for Known<'_, T> {
    fn draw<P: Prior<T>>(&mut self, _: P) -> T {
        match self.values {
            [first, rest @ ..] => {
                self.values = rest;
                *first
            }
            [] => T::constant(f64::NAN),
        }
    }
}
