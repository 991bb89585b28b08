//! Second-order dual numbers: a value with its gradient and its Hessian in `N` directions.

use super::Real;
use super::operators::{derived_operators, operators};

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
    #[cfg_attr(not(debug_assertions), inline(always))]
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_constant(&self) -> bool {
        self.gradient == [0.0; N] && self.hessian == [[0.0; N]; N]
    }
}

impl<const N: usize> Real for Dual2<N> {
    type Batched = Self;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn constant(x: f64) -> Self {
        Dual2 { value: x, gradient: [0.0; N], hessian: [[0.0; N]; N] }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn value(self) -> f64 {
        self.value
    }

    /// Chain rule: `f(x)'' = f' x'' + f'' x' x'`.
    #[inline]
    fn unary(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, _dddf: impl FnOnce() -> f64) -> Self {
        // A constant stays a constant even where derivatives are not finite (the square root at zero, say).
        if self.is_constant() {
            return Self::constant(f);
        }
        let (g, h, ddf) = (&self.gradient, &self.hessian, ddf());
        Dual2::with(f, |i| df * g[i], |i, j| df * h[i][j] + ddf * g[i] * g[j])
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bits(self, mut visit: impl FnMut(u64)) {
        visit(self.value.to_bits());
        self.gradient.iter().chain(self.hessian.as_flattened()).for_each(|x| visit(x.to_bits()));
    }
}

derived_operators!([const N: usize] Dual2<N>);
// The rules of sum, product and quotient, twice: with `q = a / b`, `q'' = (a'' - q b'' - q' b' - b' q') / b`.
operators! { [const N: usize] Dual2<N>;
    Add add (a, b: Self) Dual2::with(a.value + b.value, |i| a.gradient[i] + b.gradient[i], |i, j| a.hessian[i][j] + b.hessian[i][j]);
    Sub sub (a, b: Self) Dual2::with(a.value - b.value, |i| a.gradient[i] - b.gradient[i], |i, j| a.hessian[i][j] - b.hessian[i][j]);
    Mul mul (a, b: Self) {
        let (x, y, f, g) = (a.value, b.value, &a.gradient, &b.gradient);
        let second = |i: usize, j: usize| a.hessian[i][j] * y + x * b.hessian[i][j] + (f[i] * g[j] + g[i] * f[j]);
        Dual2::with(x * y, |i| f[i] * y + x * g[i], second)
    };
    Div div (a, b: Self) {
        let (r, q, g) = (1.0 / b.value, a.value / b.value, &b.gradient);
        let mut slope = [0.0; N];
        for (i, s) in slope.iter_mut().enumerate() {
            *s = (a.gradient[i] - q * g[i]) * r;
        }
        let second = |i: usize, j: usize| (a.hessian[i][j] - q * b.hessian[i][j] - (slope[i] * g[j] + g[i] * slope[j])) * r;
        Dual2::with(q, |i| slope[i], second)
    };
    Add add (a, b: f64) Dual2 { value: a.value + b, ..a };
    Sub sub (a, b: f64) Dual2 { value: a.value - b, ..a };
    Mul mul (a, b: f64) Dual2::with(a.value * b, |i| a.gradient[i] * b, |i, j| a.hessian[i][j] * b);
    Div div (a, b: f64) Dual2::with(a.value / b, |i| a.gradient[i] / b, |i, j| a.hessian[i][j] / b);
}
