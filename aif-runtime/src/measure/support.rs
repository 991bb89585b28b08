//! Where numbers live, and how the whole real line is laid onto it.

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::math;
use crate::scalar::Real;

/// Where a number lives: a parameter, or what is recorded.
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
            [math::ln(x - low), by, -by * by]
        };
        match self {
            Support::RealLine => [x, 1.0, 0.0],
            Support::Positive => above(0.0),
            Support::Above(low) => above(low.value()),
            Support::Below(high) => {
                let by = 1.0 / (high.value() - x);
                [math::ln(high.value() - x), -by, -by * by]
            }
            Support::Interval(low, high) => {
                let (up, down) = (1.0 / (x - low.value()), 1.0 / (high.value() - x));
                [math::ln((x - low.value()) * down), up + down, down * down - up * up]
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

    /// In words: `above 0.3`.
    pub fn words(self) -> String {
        match self {
            Support::RealLine => "a finite number".into(),
            Support::Positive => "above 0".into(),
            Support::Above(low) => format!("above {}", low.value()),
            Support::Below(high) => format!("below {}", high.value()),
            Support::Interval(low, high) => format!("between {} and {}", low.value(), high.value()),
        }
    }
}
