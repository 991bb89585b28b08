//! A number on the left of an operator: what `0.6 * x` in a method of a model becomes, since `f64` cannot be multiplied by any scalar.

use core::ops::{Add, Div, Mul, Sub};

use super::Real;

/// A number literal with a scalar on its right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Literal(pub f64);

macro_rules! operator {
    ($($operator:ident $method:ident $sign:tt),*) => {$(
        impl<T: Real> $operator<T> for Literal {
            type Output = T;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $method(self, right: T) -> T {
                T::constant(self.0) $sign right
            }
        }

        impl $operator<&f64> for Literal {
            type Output = f64;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $method(self, right: &f64) -> f64 {
                self.0 $sign right
            }
        }
    )*};
}

operator!(Add add +, Sub sub -, Mul mul *, Div div /);
