//! A distribution of positive numbers, moved: a time of which some passes before anything is decided.

use rand::Rng;

use super::{Distribution, LogNormal, ResponseKind, Support, never};
use crate::scalar::Real;

/// A distribution of positive numbers, moved up by a shift: what is recorded is above the shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shifted<D, T> {
    /// What is moved.
    pub of: D,
    /// By how much: the non-decision time.
    pub shift: T,
}

/// The log-normal distribution of a time after a non-decision time.
pub type ShiftedLogNormal<T> = Shifted<LogNormal<T>, T>;

impl<D, T: Real> Shifted<D, T> {
    /// A distribution of positive numbers, moved up by `shift`, which is not negative.
    pub fn by(of: D, shift: T) -> Self {
        Shifted { of, shift }
    }
}

impl<T: Real> ShiftedLogNormal<T> {
    /// A log-normal distribution, moved up by `shift`; location and scale are those of the logarithm of what is left.
    pub fn new(location: T, scale: T, shift: T) -> Self {
        Shifted::by(LogNormal::new(location, scale), shift)
    }
}

impl<T: Real, D: Distribution<T, Value = T>> Distribution<T> for Shifted<D, T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Positive;

    fn support(&self) -> Support<T> {
        Support::Above(self.shift)
    }
    fn ln_density(&self, x: T) -> T {
        let left = x - self.shift;
        if left.value() <= 0.0 { never() } else { self.of.ln_density(left) }
    }
    fn sample(&self, rng: &mut dyn Rng) -> T {
        self.of.sample(rng) + self.shift.value()
    }
    fn nodes(&self, show: &mut dyn FnMut(T, T)) -> bool {
        self.of.nodes(&mut |x, weight| show(x + self.shift, weight))
    }
}
