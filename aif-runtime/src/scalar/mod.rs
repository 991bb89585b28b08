//! Scalars: the one door through which numbers, with or without derivatives, enter a model.

mod dual;
mod dual2;
mod float;
mod lanes;
mod literal;
#[cfg(feature = "num-dual")]
mod num_duals;
mod number;
mod operators;
mod reduce;
mod single;
#[cfg(test)]
mod tests;
mod vector;
mod vector32;
mod wide;

use core::fmt::Debug;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

pub use dual::Dual;
pub use dual2::Dual2;
pub use lanes::Lanes;
#[doc(hidden)]
pub use literal::Literal;
#[cfg(feature = "num-dual")]
pub use num_duals::Turning;
pub use number::Number;
pub(crate) use reduce::{SIDE, sum};
pub use reduce::{each_possible, entropy, exact_zero, first_maximum, ln_clipped, log_sum_exp, negligible, same, softmax, x_ln_y};
pub use single::Single;
pub(crate) use wide::{Work, wide};

use crate::math;

/// The floor under logarithms: the smallest probability whose logarithm is told apart from that of zero.
///
/// It is the double-precision epsilon, as in the reference implementation of discrete active inference, so `ln(LOG_FLOOR)` is about -36.04.
pub const LOG_FLOOR: f64 = f64::EPSILON;

/// `ln(LOG_FLOOR)`.
pub const LN_LOG_FLOOR: f64 = -36.043_653_389_117_15;

/// A value that may stand where a scalar `Self` is wanted: the scalar itself, or an `f64` constant.
#[diagnostic::on_unimplemented(
    message = "`{U}` is no number of the scalar `{Self}`",
    label = "a number is expected: a scalar `{Self}`, or an `f64`"
)]
pub trait Lift<U> {
    /// Turns `value` into this scalar; a constant has no derivatives.
    fn lift(value: U) -> Self;
}

impl<T: Real> Lift<T> for T {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lift(value: T) -> T {
        value
    }
}

/// Whether a scalar carries derivatives.
pub(crate) fn has_derivatives<T: Real>() -> bool {
    let mut numbers = 0;
    T::zero().bits(|_| numbers += 1);
    numbers > 1
}

/// A constant in whatever scalar is expected.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn lift<T: Lift<f64>>(x: f64) -> T {
    T::lift(x)
}

/// A real number that may carry derivatives: `f64`, [`Dual`] or [`Dual2`]; with the feature `num-dual`, that package's types of first, second
/// and third order, too.
///
/// Arithmetic also takes an `f64` on the right: `self.p * 0.5`.
pub trait Real:
    Copy
    + Debug
    + PartialEq
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Lift<f64>
{
    /// Several of these numbers side by side, where that is quicker than one after the other; else the number itself.
    type Batched: Number<Scalar = Self>;

    /// How finely numbers are told apart around one.
    const EPSILON: f64 = f64::EPSILON;

    /// The largest magnitude of a preference, a precision or a weight: products of three of them, summed over a long horizon, are still finite.
    const GREATEST: f64 = 1e100;

    /// Whether tables that are free of parameters are kept in this scalar; else they stay in double precision, without derivatives.
    const OWN_CONSTANTS: bool = false;

    /// A constant: `x` without derivatives.
    fn constant(x: f64) -> Self;

    /// The number itself, without its derivatives.
    fn value(self) -> f64;

    /// Applies a function with value `f`, first derivative `df`, second derivative `ddf()` and third derivative `dddf()` at `self.value()`.
    ///
    /// Those beyond the first are asked for only by scalars that need them.
    fn unary(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, dddf: impl FnOnce() -> f64) -> Self;

    /// Shows the exact bits of value and derivatives, in a fixed order.
    fn bits(self, visit: impl FnMut(u64));

    /// Whether two numbers are the same, derivatives included: what was worked out for one is then right for the other.
    ///
    /// Scalars whose `==` compares values only say more here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn same(&self, other: &Self) -> bool {
        self == other
    }

    /// Zero.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn zero() -> Self {
        Self::constant(0.0)
    }

    /// One.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn one() -> Self {
        Self::constant(1.0)
    }

    /// `e` to this power.
    #[inline]
    fn exp(self) -> Self {
        let e = math::exp(self.value());
        self.unary(e, e, || e, || e)
    }

    /// `e` to this power by the crate's own exponential (relative error below 7e-16), zero below e^-708: many side by side become vector instructions.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn side_exp(self) -> Self {
        let e = vector::exp_or_zero(self.value());
        self.unary(e, e, || e, || e)
    }

    /// `x ln(max(x, LOG_FLOOR))` by the crate's own logarithm (relative error about 2e-16): many side by side become vector instructions. Below the
    /// floor the derivative of the logarithm is zero.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn x_ln_x(self) -> Self {
        let x = self.value();
        let log = if x > LOG_FLOOR { vector::ln(x) } else { LN_LOG_FLOOR };
        let slope = if x > LOG_FLOOR { 1.0 / x } else { 0.0 };
        let log = self.unary(log, slope, || -slope * slope, || 2.0 * slope * slope * slope);
        self * log
    }

    /// The natural logarithm.
    #[inline]
    fn ln(self) -> Self {
        let x = self.value();
        self.unary(math::ln(x), 1.0 / x, || -1.0 / (x * x), || 2.0 / (x * x * x))
    }

    /// `ln(1 + x)`.
    #[inline]
    fn ln_1p(self) -> Self {
        let x = self.value();
        let d = 1.0 / (1.0 + x);
        self.unary(math::ln_1p(x), d, || -d * d, || 2.0 * d * d * d)
    }

    /// The square root.
    #[inline]
    fn sqrt(self) -> Self {
        let x = self.value();
        let r = math::sqrt(x);
        self.unary(r, 0.5 / r, || -0.25 / (r * x), || 0.375 / (r * x * x))
    }

    /// This number to an integer power.
    #[inline]
    fn powi(self, n: i32) -> Self {
        let (x, k) = (self.value(), f64::from(n));
        let power = |n: i32| match n {
            0 => 1.0,
            1 => x,
            2 => x * x,
            _ => math::powf(x, f64::from(n)),
        };
        self.unary(
            power(n),
            if n == 0 { 0.0 } else { k * power(n - 1) },
            || if n == 0 || n == 1 { 0.0 } else { k * (k - 1.0) * power(n - 2) },
            || if (0..3).contains(&n) { 0.0 } else { k * (k - 1.0) * (k - 2.0) * power(n - 3) },
        )
    }

    /// This number to a constant power.
    #[inline]
    fn powf(self, y: f64) -> Self {
        let x = self.value();
        self.unary(
            math::powf(x, y),
            y * math::powf(x, y - 1.0),
            || y * (y - 1.0) * math::powf(x, y - 2.0),
            || y * (y - 1.0) * (y - 2.0) * math::powf(x, y - 3.0),
        )
    }

    /// The logistic function `1 / (1 + exp(-x))`.
    #[inline]
    fn logistic(self) -> Self {
        let x = self.value();
        let p = if x >= 0.0 {
            1.0 / (1.0 + math::exp(-x))
        } else {
            let e = math::exp(x);
            e / (1.0 + e)
        };
        let d = p * (1.0 - p);
        self.unary(p, d, || d * (1.0 - 2.0 * p), || d * (1.0 - 6.0 * d))
    }

    /// `ln(1 + exp(x))`, without overflow.
    #[inline]
    fn softplus(self) -> Self {
        let x = self.value();
        let f = if x > 0.0 { x + math::ln_1p(math::exp(-x)) } else { math::ln_1p(math::exp(x)) };
        let p = f64::logistic(x);
        self.unary(f, p, || p * (1.0 - p), || p * (1.0 - p) * (1.0 - 2.0 * p))
    }

    /// The distribution function of the standard normal distribution.
    #[inline]
    fn phi(self) -> Self {
        let x = self.value();
        let density = math::normal_density(x);
        self.unary(math::normal_cdf(x), density, || -x * density, || (x * x - 1.0) * density)
    }

    /// The inverse tangent.
    #[inline]
    fn atan(self) -> Self {
        let x = self.value();
        let d = 1.0 / (1.0 + x * x);
        self.unary(math::atan(x), d, || -2.0 * x * d * d, || (6.0 * x * x - 2.0) * d * d * d)
    }

    /// The absolute value.
    #[inline]
    fn abs(self) -> Self {
        if self.value() < 0.0 { -self } else { self }
    }

    /// The logarithm of the gamma function, for positive numbers.
    fn ln_gamma(self) -> Self {
        let x = self.value();
        self.unary(math::ln_gamma(x), math::digamma(x), || math::trigamma(x), || math::tetragamma(x))
    }

    /// The digamma function, the derivative of the logarithm of the gamma function, for positive numbers.
    fn digamma(self) -> Self {
        let x = self.value();
        self.unary(math::digamma(x), math::trigamma(x), || math::tetragamma(x), || math::pentagamma(x))
    }

    /// Whether the value is finite.
    #[inline]
    fn is_finite(self) -> bool {
        self.value().is_finite()
    }

    /// Whether the number and all of its derivatives are finite.
    #[inline]
    fn is_wholly_finite(self) -> bool {
        let mut all = true;
        self.bits(|bits| all &= f64::from_bits(bits).is_finite());
        all
    }

    /// Whether it is a number that can be calculated with: of a magnitude up to [`GREATEST`](Real::GREATEST).
    #[inline]
    fn is_moderate(self) -> bool {
        self.value().abs() <= Self::GREATEST
    }
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<T: Real>(x: T) -> T {
            x.$name()
        }
    )*};
}
functions! {
    /// `e` to the power `x`.
    exp;
    /// The natural logarithm of `x`.
    ln;
    /// The square root of `x`.
    sqrt;
    /// The logistic function `1 / (1 + exp(-x))`: the real line onto the unit interval.
    logistic;
    /// The distribution function of the standard normal distribution: the real line onto the unit interval (the probit link).
    phi;
    /// `ln(1 + exp(x))`: the real line onto the positive numbers.
    softplus;
}
