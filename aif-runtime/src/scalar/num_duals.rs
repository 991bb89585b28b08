//! The dual numbers of the package num-dual as scalars: another implementation of derivatives, and one that goes to the third order.
//!
//! What num-dual has itself (the exponential, logarithms, roots, the arctangent) is its own, so that derivatives in its types check ours; what it
//! has not (gamma functions, the normal distribution) is given to its numbers by the chain rule. Its `==` compares values only: [`Real::same`] says
//! whether derivatives agree, too.

use nalgebra::{Const, Dim, OMatrix, U1};
use num_dual::{Derivative, Dual2_64, Dual2SVec64, Dual2Vec, Dual3_64, Dual64, DualNum, DualSVec64, DualVec};

use super::{Lift, Real};
use crate::math;

/// A second-order number whose parts are first-order ones: value, gradient and Hessian in `N` directions, and how each of them turns along
/// one more. Third derivatives.
pub type Turning<const N: usize> = Dual2Vec<Dual64, Const<N>>;

/// A number of num-dual as its parts: what its own operators and comparisons do not show.
trait Parts {
    /// How many there are.
    const COUNT: usize;
    /// One of them, the value first; what is left out is zero.
    fn part(&self, i: usize) -> f64;
    /// The chain rule.
    fn chain(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, dddf: impl FnOnce() -> f64) -> Self;
}

/// An entry of a derivative; zero where all are.
#[cfg_attr(not(debug_assertions), inline(always))]
fn entry<R: Dim, C: Dim>(derivative: &Derivative<f64, R, C>, i: usize) -> f64
where
    nalgebra::DefaultAllocator: nalgebra::allocator::Allocator<R, C>,
{
    derivative.0.as_ref().map_or(0.0, |d| d[i])
}

/// Second derivatives `df h + ddf g' g`, of numbers of any order; none where there is nothing to derive by.
#[cfg_attr(not(debug_assertions), inline(always))]
fn bent<T: DualNum + Copy, const N: usize>(
    (g, h): (&Derivative<T, U1, Const<N>>, &Derivative<T, Const<N>, Const<N>>),
    df: T,
    ddf: T,
) -> Derivative<T, Const<N>, Const<N>> {
    let outer = g.0.as_ref().map(|g| OMatrix::<T, Const<N>, Const<N>>::from_fn(|i, j| g[i] * g[j] * ddf));
    Derivative::new(h.0.as_ref().map(|h| h * df)) + Derivative::new(outer)
}

impl Parts for Dual64 {
    const COUNT: usize = 2;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn part(&self, i: usize) -> f64 {
        if i == 0 { self.re } else { self.eps }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn chain(self, f: f64, df: f64, _: impl FnOnce() -> f64, _: impl FnOnce() -> f64) -> Self {
        Dual64::new(f, if self.eps == 0.0 { 0.0 } else { self.eps * df })
    }
}

impl<const N: usize> Parts for DualSVec64<N> {
    const COUNT: usize = 1 + N;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn part(&self, i: usize) -> f64 {
        if i == 0 { self.re } else { entry(&self.eps, i - 1) }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn chain(self, f: f64, df: f64, _: impl FnOnce() -> f64, _: impl FnOnce() -> f64) -> Self {
        DualVec::new(f, self.eps * df)
    }
}

impl<const N: usize> Parts for Dual2SVec64<N> {
    const COUNT: usize = 1 + N + N * N;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn part(&self, i: usize) -> f64 {
        match i {
            0 => self.re,
            _ if i <= N => entry(&self.v1, i - 1),
            _ => entry(&self.v2, i - 1 - N),
        }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn chain(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, _: impl FnOnce() -> f64) -> Self {
        Dual2Vec::new(f, self.v1 * df, bent((&self.v1, &self.v2), df, ddf()))
    }
}

impl Parts for Dual2_64 {
    const COUNT: usize = 3;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn part(&self, i: usize) -> f64 {
        [self.re, self.v1, self.v2][i]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn chain(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, _: impl FnOnce() -> f64) -> Self {
        Dual2_64::new(f, df * self.v1, df * self.v2 + ddf() * self.v1 * self.v1)
    }
}

impl Parts for Dual3_64 {
    const COUNT: usize = 4;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn part(&self, i: usize) -> f64 {
        [self.re, self.v1, self.v2, self.v3][i]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn chain(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, dddf: impl FnOnce() -> f64) -> Self {
        let (a, b, c) = (self.v1, self.v2, self.v3);
        let (ddf, dddf) = (ddf(), dddf());
        Dual3_64::new(f, df * a, df * b + ddf * a * a, df * c + 3.0 * ddf * a * b + dddf * a * a * a)
    }
}

impl<const N: usize> Parts for Turning<N> {
    const COUNT: usize = 2 * (1 + N + N * N);
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn part(&self, i: usize) -> f64 {
        let (k, turns) = (i / 2, i % 2 == 1);
        let number = match k {
            0 => self.re,
            _ if k <= N => self.v1.0.as_ref().map_or(Dual64::from_re(0.0), |g| g[k - 1]),
            _ => self.v2.0.as_ref().map_or(Dual64::from_re(0.0), |h| h[k - 1 - N]),
        };
        if turns { number.eps } else { number.re }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn chain(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, dddf: impl FnOnce() -> f64) -> Self {
        let (turn, ddf, dddf) = (self.re.eps, ddf(), dddf());
        let df = Dual64::new(df, ddf * turn);
        let ddf = Dual64::new(ddf, dddf * turn);
        Dual2Vec::new(Dual64::new(f, df.re * turn), self.v1 * df, bent((&self.v1, &self.v2), df, ddf))
    }
}

macro_rules! scalar {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Real for $type {
            type Batched = Self;

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn constant(x: f64) -> Self {
                x.into()
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn value(self) -> f64 {
                self.part(0)
            }

            #[inline]
            fn unary(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, dddf: impl FnOnce() -> f64) -> Self {
                // A constant stays one even where derivatives are not finite (the square root at zero, say).
                if (1..Self::COUNT).all(|i| self.part(i) == 0.0) {
                    return Self::constant(f);
                }
                self.chain(f, df, ddf, dddf)
            }

            #[inline]
            fn bits(self, mut visit: impl FnMut(u64)) {
                (0..Self::COUNT).for_each(|i| visit(self.part(i).to_bits()));
            }

            #[inline]
            fn same(&self, other: &Self) -> bool {
                (0..Self::COUNT).all(|i| self.part(i) == other.part(i))
            }

            #[inline]
            fn exp(self) -> Self {
                DualNum::exp(&self)
            }

            #[inline]
            fn ln(self) -> Self {
                DualNum::ln(&self)
            }

            #[inline]
            fn ln_1p(self) -> Self {
                DualNum::ln_1p(&self)
            }

            #[inline]
            fn atan(self) -> Self {
                DualNum::atan(&self)
            }

            /// At zero, where slopes are infinite, by the chain rule: a constant stays one.
            #[inline]
            fn sqrt(self) -> Self {
                if self.value() > 0.0 { DualNum::sqrt(&self) } else { Real::unary(self, math::sqrt(self.value()), f64::INFINITY, || f64::NAN, || f64::NAN) }
            }

            #[inline]
            fn logistic(self) -> Self {
                if self.value() >= 0.0 {
                    Self::one() / (DualNum::exp(&-self) + 1.0)
                } else {
                    let e = DualNum::exp(&self);
                    e / (e + 1.0)
                }
            }

            #[inline]
            fn softplus(self) -> Self {
                if self.value() > 0.0 { self + DualNum::ln_1p(&DualNum::exp(&-self)) } else { DualNum::ln_1p(&DualNum::exp(&self)) }
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn zero() -> Self {
                Self::constant(0.0)
            }

            #[cfg_attr(not(debug_assertions), inline(always))]
            fn one() -> Self {
                Self::constant(1.0)
            }
        }

        impl<$($generics)*> Lift<f64> for $type {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn lift(value: f64) -> Self {
                <Self as Real>::constant(value)
            }
        }
    )*};
}
scalar! {
    [] Dual64;
    [const N: usize] DualSVec64<N>;
    [const N: usize] Dual2SVec64<N>;
    [] Dual2_64;
    [] Dual3_64;
    [const N: usize] Turning<N>;
}
