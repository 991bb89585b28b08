//! What is done with the distribution of a response, whose type only the declaration knows.

use alloc::vec::Vec;
use core::fmt;

use rand::Rng;

use super::{Distribution, Support};
use crate::scalar::Real;

/// Something that is done with the distribution of a response.
pub trait OnResponse<T: Real> {
    /// What comes of it.
    type Output;

    /// Does it.
    fn on<D: Distribution<T>>(self, distribution: D) -> Self::Output;
}

/// The log-density of what was recorded.
#[derive(Clone, Copy, Debug)]
pub struct LnDensity(pub [f64; 2]);

impl<T: Real> OnResponse<T> for LnDensity {
    type Output = T;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn on<D: Distribution<T>>(self, distribution: D) -> T {
        D::ln_of_parts(distribution.parts(self.0))
    }
}

/// A draw, as numbers; not a number where the distribution is none, as its weights are not numbers.
pub struct Draw<'r>(pub &'r mut dyn Rng);

impl fmt::Debug for Draw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Draw")
    }
}

impl<T: Real> OnResponse<T> for Draw<'_> {
    type Output = [f64; 2];
    fn on<D: Distribution<T>>(self, distribution: D) -> [f64; 2] {
        let drawn = distribution.draw(self.0);
        // Choices by weights that are not numbers come out as some choice.
        if D::ln_of_parts(distribution.parts(drawn)).value().is_nan() { [f64::NAN; 2] } else { drawn }
    }
}

/// The probability of each choice; none where there are no choices.
#[derive(Clone, Copy, Debug)]
pub struct Probabilities;

impl<T: Real> OnResponse<T> for Probabilities {
    type Output = Vec<f64>;
    fn on<D: Distribution<T>>(self, distribution: D) -> Vec<f64> {
        distribution.probabilities()
    }
}

/// Where the number lives.
#[derive(Clone, Copy, Debug)]
pub struct SupportOf;

impl<T: Real> OnResponse<T> for SupportOf {
    type Output = Support<T>;
    fn on<D: Distribution<T>>(self, distribution: D) -> Support<T> {
        distribution.support()
    }
}
