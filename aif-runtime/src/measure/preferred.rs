//! What is preferred of measurements: a number for each, in nats.

use core::marker::PhantomData;

use super::{Distribution, Gamma, LogNormal, Normal, VonMises};
use crate::dist::LiftInto;
use crate::scalar::{Lift, Real};

/// A log-preference that is a log-density: what is preferred is what such a distribution would give.
#[derive(Clone, Copy, Debug)]
pub struct Preferred<D, T> {
    of: D,
    scalar: PhantomData<T>,
}

impl<T: Real> Preferred<Normal<T>, T> {
    /// Numbers near `location`; they lose half a nat at a distance of `scale`, and ever more beyond.
    pub fn normal(location: T, scale: impl LiftInto<T>) -> Self {
        Preferred::of(Normal::new(location, scale.lift_into()))
    }
}

impl<T: Real> Preferred<LogNormal<T>, T> {
    /// Positive numbers whose logarithms are near `location`.
    pub fn log_normal(location: T, scale: impl LiftInto<T>) -> Self {
        Preferred::of(LogNormal::new(location, scale.lift_into()))
    }
}

impl<T: Real> Preferred<Gamma<T>, T> {
    /// Positive numbers around `shape / rate`.
    pub fn gamma(shape: T, rate: impl LiftInto<T>) -> Self {
        Preferred::of(Gamma::new(shape, rate.lift_into()))
    }
}

impl<T: Real> Preferred<VonMises<T>, T> {
    /// Angles near `location`, in radians.
    pub fn von_mises(location: T, concentration: impl LiftInto<T>) -> Self {
        Preferred::of(VonMises::new(location, concentration.lift_into()))
    }
}

impl<T: Real, D: Distribution<T, Value = T>> Preferred<D, T> {
    /// What any distribution of a number would give.
    pub fn of(distribution: D) -> Self {
        Preferred { of: distribution, scalar: PhantomData }
    }
}

/// What a preference over measurements may be given as.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is no preference over what is measured",
    label = "a preference over measurements is a number for each number",
    note = "give `Preferred::normal(location, scale)`, another of its kind, or a function from the number to its log-preference in nats: `|level| ..`, of an `f64`"
)]
pub trait Liking<T: Real> {
    /// The log-preference of a number, in nats.
    fn at(&self, number: f64) -> T;
}

impl<T: Real + Lift<U>, U: Real, D: Distribution<U, Value = U>> Liking<T> for Preferred<D, U> {
    fn at(&self, number: f64) -> T {
        T::lift(self.of.ln_density(U::constant(number)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Real + Lift<U>, U, F: Fn(f64) -> U> Liking<T> for F {
    fn at(&self, number: f64) -> T {
        T::lift(self(number))
    }
}

/// No measurement is preferred to another.
#[derive(Clone, Copy, Debug)]
pub struct Indifferent;

impl<T: Real> Liking<T> for Indifferent {
    fn at(&self, _: f64) -> T {
        T::zero()
    }
}
