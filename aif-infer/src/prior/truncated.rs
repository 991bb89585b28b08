//! Distributions cut off at one or two bounds.

use aif_runtime::measure::ResponseKind;
use aif_runtime::{Real, random::unit};
use rand::Rng;

use super::{Cumulative, Distribution, Support};

/// A distribution between bounds, normalised there: `ln p(x) - ln P(low < x < high)`.
#[derive(Clone, Copy, Debug)]
pub struct Truncated<P, T> {
    prior: P,
    low: Option<T>,
    high: Option<T>,
}

impl<P: Cumulative<T>, T: Real> Truncated<P, T> {
    /// A distribution between the bounds that are given.
    pub fn new(prior: P, low: Option<T>, high: Option<T>) -> Self {
        Truncated { prior, low, high }
    }

    /// The probability between the bounds, from the side on which nothing cancels.
    fn mass(&self) -> T {
        let above = |x: Option<T>| x.map_or(T::one(), |x| self.prior.upper(x));
        let below = |x: Option<T>| x.map_or(T::zero(), |x| self.prior.cumulative(x));
        if self.in_upper_half() {
            above(self.low) - self.high.map_or(T::zero(), |x| self.prior.upper(x))
        } else {
            self.high.map_or(T::one(), |x| self.prior.cumulative(x)) - below(self.low)
        }
    }

    /// Whether the bounds are in the upper half of the distribution.
    fn in_upper_half(&self) -> bool {
        self.low.is_some_and(|x| self.prior.upper(x).value() < 0.5)
    }

    fn ends(&self) -> (Option<T>, Option<T>) {
        // The tighter of two bounds.
        let (low, high) = self.prior.support().ends();
        let tighter = |a: Option<T>, b: Option<T>, first: fn(f64, f64) -> bool| match (a, b) {
            (Some(a), Some(b)) => Some(if first(a.value(), b.value()) { a } else { b }),
            (a, b) => a.or(b),
        };
        (tighter(self.low, low, |a, b| a > b), tighter(self.high, high, |a, b| a < b))
    }
}

impl<P: Cumulative<T>, T: Real> Distribution<T> for Truncated<P, T> {
    type Value = T;
    const KIND: ResponseKind = P::KIND;

    fn support(&self) -> Support<T> {
        let (low, high) = self.ends();
        Support::between(low, high)
    }

    fn ln_density(&self, x: T) -> T {
        self.prior.ln_density(x) - self.mass().ln()
    }

    fn sample(&self, rng: &mut dyn Rng) -> T {
        T::constant(self.draw(rng))
    }
}

impl<P: Cumulative<T>, T: Real> Truncated<P, T> {
    /// Inverts the distribution function by bisection.
    fn draw(&self, rng: &mut dyn Rng) -> f64 {
        let share = unit(rng);
        let (low, high) = self.ends();
        let (mut a, mut b) = (low.map_or(f64::NEG_INFINITY, T::value), high.map_or(f64::INFINITY, T::value));
        let mass = self.mass().value();
        if !(a < b && mass > 0.0) {
            return f64::NAN;
        }
        let in_upper_half = self.in_upper_half();
        let at = |x: f64| {
            let x = T::constant(x);
            if in_upper_half { self.prior.upper(x).value() } else { self.prior.cumulative(x).value() }
        };
        // How much lies beyond the end from which is counted.
        let beyond = if in_upper_half { self.high.map(T::value) } else { self.low.map(T::value) };
        let target = beyond.map_or(0.0, at) + mass * if in_upper_half { 1.0 - share } else { share };
        let is_below = |x: f64| (at(x) < target) != in_upper_half;
        let mut reach = 1.0;
        while a.is_infinite() || b.is_infinite() {
            let start = if a.is_finite() {
                a
            } else if b.is_finite() {
                b
            } else {
                0.0
            };
            let (left, right) = (start - reach, start + reach);
            if a.is_infinite() && (b <= left || !is_below(left)) {
                b = b.min(left.max(f64::MIN));
            } else if a.is_infinite() {
                a = left;
            }
            if b.is_infinite() && is_below(right) {
                a = a.max(right);
            } else if b.is_infinite() {
                b = right;
            }
            reach *= 2.0;
            if !reach.is_finite() {
                return f64::NAN;
            }
        }
        for _ in 0..200 {
            let middle = 0.5 * (a + b);
            if middle <= a || middle >= b {
                break;
            }
            if is_below(middle) { a = middle } else { b = middle }
        }
        0.5 * (a + b)
    }
}
