//! Numbers that closed-form filters compute with: a scalar, or one for each of several subjects side by side.

use core::fmt::Debug;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::{Real, vector};
use crate::Value;

/// A scalar, or several scalars side by side ([`Lanes`](super::Lanes)): arithmetic without branches.
///
/// Every [`Real`] is one. Exponentials and logarithms are the crate's own, the same on every machine, and accurate to two or three units in
/// the last place. What cannot be done side by side is done lane by lane, through [`lane`](Number::lane) and
/// [`from_lanes`](Number::from_lanes).
pub trait Number:
    Value
    + Debug
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
{
    /// What one lane is.
    type Scalar: Real;

    /// How many lanes there are.
    const LANES: usize;

    /// The same constant in every lane.
    fn fixed(x: f64) -> Self;

    /// Constants from as many numbers as there are lanes.
    ///
    /// # Panics
    /// When there are fewer.
    fn from_numbers(numbers: &[f64]) -> Self;

    /// One where it is a number, else zero.
    fn is_number(self) -> Self;

    /// From a scalar for each lane.
    fn from_lanes(lane: impl FnMut(usize) -> Self::Scalar) -> Self;

    /// Two numbers from two scalars for each lane.
    fn pairs(lane: impl FnMut(usize) -> (Self::Scalar, Self::Scalar)) -> (Self, Self);

    /// The scalar of a lane.
    fn lane(self, lane: usize) -> Self::Scalar;

    /// `e` to this power.
    fn to_exp(self) -> Self;

    /// `1 / (1 + exp(-x))`.
    fn to_logistic(self) -> Self;

    /// `ln(1 + exp(x))`.
    fn to_softplus(self) -> Self;

    /// The natural logarithm of a positive number.
    fn to_ln(self) -> Self;

    /// The number, or the nearest of two bounds beyond which the derivative is zero; on a bound, to rounding, it is half. Not a number stays
    /// so.
    fn within(self, low: f64, high: f64) -> Self;

    /// Times a constant for each lane: derivatives of the factor do not count.
    fn scaled(self, factor: Self) -> Self;

    /// The number where it is above `floor`, else not a number.
    fn above(self, floor: f64) -> Self;

    /// `yes` where `flag` is not zero, else `no`.
    fn pick(flag: Self, yes: Self, no: Self) -> Self;

    /// One where the number is `x`, else zero.
    fn equals(self, x: f64) -> Self;

    /// One where either of two flags is not zero, else zero.
    fn either(a: Self, b: Self) -> Self;
}

impl<T: Real> Number for T {
    type Scalar = T;
    const LANES: usize = 1;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn fixed(x: f64) -> Self {
        T::constant(x)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from_numbers(numbers: &[f64]) -> Self {
        T::constant(numbers[0])
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_number(self) -> Self {
        T::constant(if self.value().is_nan() { 0.0 } else { 1.0 })
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from_lanes(mut lane: impl FnMut(usize) -> T) -> Self {
        lane(0)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn pairs(mut lane: impl FnMut(usize) -> (T, T)) -> (Self, Self) {
        lane(0)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lane(self, _: usize) -> T {
        self
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_exp(self) -> Self {
        let e = vector::exp(self.value());
        self.unary(e, e, || e, || e)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_logistic(self) -> Self {
        let x = self.value();
        let e = vector::exp(-x.abs());
        let over = 1.0 / (1.0 + e);
        let p = if x < 0.0 { e * over } else { over };
        let d = e * over * over;
        self.unary(p, d, || d * (1.0 - 2.0 * p), || d * (1.0 - 6.0 * d))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_softplus(self) -> Self {
        let x = self.value();
        let e = vector::exp(-x.abs());
        let over = 1.0 / (1.0 + e);
        let p = if x < 0.0 { e * over } else { over };
        let f = vector::ln_1p(e) + if x > 0.0 { x } else { 0.0 };
        self.unary(f, p, || e * over * over, || e * over * over * (1.0 - 2.0 * p))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_ln(self) -> Self {
        let x = self.value();
        self.unary(vector::ln(x), 1.0 / x, || -1.0 / (x * x), || 2.0 / (x * x * x))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn within(self, low: f64, high: f64) -> Self {
        let x = self.value();
        if on_bound(x, low) || on_bound(x, high) {
            T::constant(x) + (self - x) * 0.5
        } else if x < low {
            T::constant(low)
        } else if x > high {
            T::constant(high)
        } else {
            self
        }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn scaled(self, factor: Self) -> Self {
        self * factor.value()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn above(self, floor: f64) -> Self {
        if self.value() > floor { self } else { T::constant(f64::NAN) }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn pick(flag: Self, yes: Self, no: Self) -> Self {
        if flag.value() == 0.0 { no } else { yes }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn equals(self, x: f64) -> Self {
        T::constant(if self.value() == x { 1.0 } else { 0.0 })
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn either(a: Self, b: Self) -> Self {
        T::constant(if a.value() == 0.0 && b.value() == 0.0 { 0.0 } else { 1.0 })
    }
}

/// Whether a number is a bound, to rounding.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn on_bound(x: f64, bound: f64) -> bool {
    ((x - bound).abs() <= 1e-14 * bound.abs()) & bound.is_finite()
}
