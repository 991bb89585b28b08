//! Second-order dual numbers: a value with its gradient and its Hessian in `N` directions.

use core::cmp::Ordering;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use super::{Lift, Real};

/// A second-order dual number: `value`, its first derivatives `gradient` and its second derivatives `hessian` in `N` directions.
///
/// ```
/// use aif_runtime::{Dual2, Real};
/// let x = Dual2::<1>::variable(3.0, 0);
/// let y = x * x * x;
/// assert_eq!((y.value(), y.gradient[0], y.hessian[0][0]), (27.0, 27.0, 18.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual2<const N: usize> {
    /// The value.
    pub value: f64,
    /// The derivative of the value in each direction.
    pub gradient: [f64; N],
    /// The second derivative of the value in each pair of directions; symmetric.
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Dual2<N> {
    /// The variable of direction `direction` at `value`: its derivative there is one.
    ///
    /// A direction beyond the last gives a constant.
    #[inline]
    pub fn variable(value: f64, direction: usize) -> Self {
        let mut variable = Self::constant(value);
        if let Some(slot) = variable.gradient.get_mut(direction) {
            *slot = 1.0;
        }
        variable
    }

    /// The same value with each derivative, and each second derivative, replaced.
    #[inline(always)]
    fn with(value: f64, mut first: impl FnMut(usize) -> f64, mut second: impl FnMut(usize, usize) -> f64) -> Self {
        let mut dual = Dual2 { value, gradient: [0.0; N], hessian: [[0.0; N]; N] };
        for i in 0..N {
            dual.gradient[i] = first(i);
            for j in 0..N {
                dual.hessian[i][j] = second(i, j);
            }
        }
        dual
    }

    /// Whether every derivative is zero.
    #[inline(always)]
    fn is_constant(&self) -> bool {
        self.gradient == [0.0; N] && self.hessian == [[0.0; N]; N]
    }
}

impl<const N: usize> Real for Dual2<N> {
    type Abreast = Self;

    #[inline(always)]
    fn constant(x: f64) -> Self {
        Dual2 { value: x, gradient: [0.0; N], hessian: [[0.0; N]; N] }
    }

    #[inline(always)]
    fn value(self) -> f64 {
        self.value
    }

    /// Chain rule: `f(x)'' = f' x'' + f'' x' x'`.
    #[inline]
    fn unary(self, f: f64, df: f64, ddf: impl FnOnce() -> f64) -> Self {
        // A constant stays a constant even where derivatives are not finite (the square root at zero, say).
        if self.is_constant() {
            return Self::constant(f);
        }
        let (g, h, ddf) = (&self.gradient, &self.hessian, ddf());
        Dual2::with(f, |i| df * g[i], |i, j| df * h[i][j] + ddf * g[i] * g[j])
    }

    #[inline(always)]
    fn bits(self, mut visit: impl FnMut(u64)) {
        visit(self.value.to_bits());
        self.gradient.iter().chain(self.hessian.as_flattened()).for_each(|x| visit(x.to_bits()));
    }
}

impl<const N: usize> Lift<f64> for Dual2<N> {
    #[inline(always)]
    fn lift(value: f64) -> Self {
        Dual2::constant(value)
    }
}

impl<const N: usize> PartialOrd for Dual2<N> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<const N: usize> Neg for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self * -1.0
    }
}

impl<const N: usize> Add for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Dual2::with(self.value + b.value, |i| self.gradient[i] + b.gradient[i], |i, j| self.hessian[i][j] + b.hessian[i][j])
    }
}

impl<const N: usize> Sub for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        Dual2::with(self.value - b.value, |i| self.gradient[i] - b.gradient[i], |i, j| self.hessian[i][j] - b.hessian[i][j])
    }
}

/// Product rule, twice.
#[allow(clippy::suspicious_arithmetic_impl)]
impl<const N: usize> Mul for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        let (x, y, f, g) = (self.value, b.value, &self.gradient, &b.gradient);
        Dual2::with(
            x * y,
            |i| f[i] * y + x * g[i],
            |i, j| self.hessian[i][j] * y + x * b.hessian[i][j] + (f[i] * g[j] + g[i] * f[j]),
        )
    }
}

/// Quotient rule, twice: with `q = a / b`, `q'' = (a'' - q b'' - q' b' - b' q') / b`.
impl<const N: usize> Div for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, b: Self) -> Self {
        let r = 1.0 / b.value;
        let q = self.value / b.value;
        let mut slope = [0.0; N];
        for (i, s) in slope.iter_mut().enumerate() {
            *s = (self.gradient[i] - q * b.gradient[i]) * r;
        }
        let g = &b.gradient;
        Dual2::with(q, |i| slope[i], |i, j| (self.hessian[i][j] - q * b.hessian[i][j] - (slope[i] * g[j] + g[i] * slope[j])) * r)
    }
}

impl<const N: usize> Add<f64> for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: f64) -> Self {
        Dual2 { value: self.value + b, ..self }
    }
}

impl<const N: usize> Sub<f64> for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, b: f64) -> Self {
        Dual2 { value: self.value - b, ..self }
    }
}

impl<const N: usize> Mul<f64> for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, b: f64) -> Self {
        Dual2::with(self.value * b, |i| self.gradient[i] * b, |i, j| self.hessian[i][j] * b)
    }
}

impl<const N: usize> Div<f64> for Dual2<N> {
    type Output = Self;
    #[inline(always)]
    fn div(self, b: f64) -> Self {
        Dual2::with(self.value / b, |i| self.gradient[i] / b, |i, j| self.hessian[i][j] / b)
    }
}

macro_rules! assign {
    ($($trait:ident $method:ident $op:tt;)*) => {$(
        impl<const N: usize> $trait for Dual2<N> {
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
