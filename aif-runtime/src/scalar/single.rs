//! Single precision: half the memory of beliefs, and vectors of twice as many.

use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

use super::{LN_LOG_FLOOR, LOG_FLOOR, Lift, Real, vector32};

/// A number in single precision, for beliefs that have to be small, or steps that have to be fast.
///
/// Softmax and entropies are worked out in single precision throughout, by an exponential and a logarithm within 1.5e-7; other elementary functions in
/// double precision, and rounded. Tables are best
/// built in double precision, and then turned: `Tables::<Model>::new(&model, inputs, horizon)?.lift::<Single>()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Single(pub f32);

impl Real for Single {
    type Batched = Self;
    const EPSILON: f64 = f32::EPSILON as f64;
    const GREATEST: f64 = 1e10;
    const OWN_CONSTANTS: bool = true;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn constant(x: f64) -> Self {
        Single(x as f32)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn value(self) -> f64 {
        f64::from(self.0)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn unary(self, f: f64, _df: f64, _ddf: impl FnOnce() -> f64, _dddf: impl FnOnce() -> f64) -> Self {
        Single(f as f32)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bits(self, mut visit: impl FnMut(u64)) {
        visit(self.value().to_bits());
    }

    /// In single precision throughout, relative error below 1.5e-7; zero below e^-87.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn side_exp(self) -> Self {
        Single(vector32::exp_or_zero(self.0))
    }

    /// In single precision throughout, the logarithm within 1.5e-7 of it, or of one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn x_ln_x(self) -> Self {
        let x = self.0;
        let log = if x > LOG_FLOOR as f32 { vector32::ln(x) } else { LN_LOG_FLOOR as f32 };
        Single(x * log)
    }
}

impl Lift<f64> for Single {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lift(value: f64) -> Self {
        Single::constant(value)
    }
}

impl Neg for Single {
    type Output = Self;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn neg(self) -> Self {
        Single(-self.0)
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $assign:ident $assign_method:ident $op:tt;)*) => {$(
        impl $trait for Single {
            type Output = Self;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $method(self, b: Self) -> Self {
                Single(self.0 $op b.0)
            }
        }
        impl $trait<f64> for Single {
            type Output = Self;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $method(self, b: f64) -> Self {
                Single(self.0 $op b as f32)
            }
        }
        impl $assign for Single {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $assign_method(&mut self, b: Self) {
                self.0 = self.0 $op b.0;
            }
        }
    )*};
}
arithmetic! {
    Add add AddAssign add_assign +;
    Sub sub SubAssign sub_assign -;
    Mul mul MulAssign mul_assign *;
    Div div DivAssign div_assign /;
}
