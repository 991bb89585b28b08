//! Forward-mode dual numbers: a value with its derivatives in `N` directions.

use core::cmp::Ordering;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Lift, Real};

/// A first-order dual number: `value` and its derivatives `gradient` in `N` directions.
///
/// ```
/// use aif_runtime::{Dual, Real};
/// let x = Dual::<1>::variable(3.0, 0);
/// let y = x * x + 1.0;
/// assert_eq!((y.value(), y.gradient[0]), (10.0, 6.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<const N: usize> {
    /// The value.
    pub value: f64,
    /// The derivative of the value in each direction.
    pub gradient: [f64; N],
}

impl<const N: usize> Dual<N> {
    /// The variable of direction `direction` at `value`: its derivative there is one.
    ///
    /// A direction beyond the last gives a constant.
    #[inline]
    pub fn variable(value: f64, direction: usize) -> Self {
        let mut gradient = [0.0; N];
        if let Some(slot) = gradient.get_mut(direction) {
            *slot = 1.0;
        }
        Dual { value, gradient }
    }

    /// The same value with each derivative replaced by `f(index)`.
    #[inline(always)]
    pub(super) fn with(value: f64, mut f: impl FnMut(usize) -> f64) -> Self {
        let mut gradient = [0.0; N];
        for (i, g) in gradient.iter_mut().enumerate() {
            *g = f(i);
        }
        Dual { value, gradient }
    }
}

impl<const N: usize> Lift<f64> for Dual<N> {
    #[inline(always)]
    fn lift(value: f64) -> Self {
        Dual::constant(value)
    }
}

impl<const N: usize> PartialOrd for Dual<N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<const N: usize> Neg for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Dual::with(-self.value, |i| -self.gradient[i])
    }
}

/// Sum rule.
impl<const N: usize> Add for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Dual::with(self.value + b.value, |i| self.gradient[i] + b.gradient[i])
    }
}

impl<const N: usize> Sub for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        Dual::with(self.value - b.value, |i| self.gradient[i] - b.gradient[i])
    }
}

/// Product rule.
#[allow(clippy::suspicious_arithmetic_impl)]
impl<const N: usize> Mul for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        Dual::with(self.value * b.value, |i| self.gradient[i] * b.value + self.value * b.gradient[i])
    }
}

/// Quotient rule.
impl<const N: usize> Div for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, b: Self) -> Self {
        let r = 1.0 / b.value;
        let q = self.value / b.value;
        Dual::with(q, |i| (self.gradient[i] - q * b.gradient[i]) * r)
    }
}

impl<const N: usize> Add<f64> for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: f64) -> Self {
        Dual { value: self.value + b, gradient: self.gradient }
    }
}

impl<const N: usize> Sub<f64> for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: f64) -> Self {
        Dual { value: self.value - b, gradient: self.gradient }
    }
}

impl<const N: usize> Mul<f64> for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: f64) -> Self {
        Dual::with(self.value * b, |i| self.gradient[i] * b)
    }
}

impl<const N: usize> Div<f64> for Dual<N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, b: f64) -> Self {
        Dual::with(self.value / b, |i| self.gradient[i] / b)
    }
}

macro_rules! assign {
    ($($trait:ident $method:ident $op:tt;)*) => {$(
        impl<const N: usize> $trait for Dual<N> {
            #[inline(always)]
            fn $method(&mut self, b: Self) {
                *self = *self $op b;
            }
        }
    )*};
}
assign! {
    AddAssign add_assign +;
    SubAssign sub_assign -;
    MulAssign mul_assign *;
    DivAssign div_assign /;
}

/// Written as the sequence value, derivatives.
impl<const N: usize> Serialize for Dual<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(core::iter::once(&self.value).chain(&self.gradient))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Dual<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = alloc::vec::Vec::<f64>::deserialize(deserializer)?;
        if numbers.len() != N + 1 {
            return Err(serde::de::Error::invalid_length(numbers.len(), &"a value and its derivatives"));
        }
        Ok(Dual::with(numbers[0], |i| numbers[i + 1]))
    }
}
