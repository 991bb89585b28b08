//! `f64` as a scalar: a number without derivatives.

use super::Real;

impl Real for f64 {
    type Batched = Self;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn constant(x: f64) -> Self {
        x
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn value(self) -> f64 {
        self
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn unary(self, f: f64, _df: f64, _ddf: impl FnOnce() -> f64, _dddf: impl FnOnce() -> f64) -> Self {
        f
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bits(self, mut visit: impl FnMut(u64)) {
        visit(self.to_bits());
    }
}
