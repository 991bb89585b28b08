//! Several dual numbers side by side, one for each of several subjects: loops over lanes that become vector instructions.

use core::ops::Neg;

use super::number::{Number, on_bound};
use super::operators::operators;
use super::{Dual, Real, vector};

/// `L` dual numbers with `N` directions side by side.
///
/// Arithmetic is that of [`Dual`], lane by lane; exponentials and logarithms are the crate's own, without branches and accurate to two or three
/// units in the last place, so that a vector unit can work out all lanes at once.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Lanes<const N: usize, const L: usize> {
    /// The values.
    pub value: [f64; L],
    /// The derivatives in each direction.
    pub gradient: [[f64; L]; N],
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn each<const L: usize>(mut f: impl FnMut(usize) -> f64) -> [f64; L] {
    let mut out = [0.0; L];
    for (l, x) in out.iter_mut().enumerate() {
        *x = f(l);
    }
    out
}

/// All lanes, though the compiler is not to know: what is gathered lane by lane stays a loop that writes to memory, and what is worked out
/// from there on becomes vector instructions.
#[cfg_attr(not(debug_assertions), inline(always))]
fn some<const L: usize>() -> usize {
    core::hint::black_box(L).min(L)
}

impl<const N: usize, const L: usize> Lanes<N, L> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn with(value: [f64; L], mut f: impl FnMut(usize, usize) -> f64) -> Self {
        let mut gradient = [[0.0; L]; N];
        for (n, row) in gradient.iter_mut().enumerate() {
            for (l, g) in row.iter_mut().enumerate() {
                *g = f(n, l);
            }
        }
        Lanes { value, gradient }
    }

    /// Constants.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn constants(value: [f64; L]) -> Self {
        Lanes { value, gradient: [[0.0; L]; N] }
    }

    /// A function with these values and derivatives.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn map(self, value: [f64; L], derivative: [f64; L]) -> Self {
        Lanes::with(value, |n, l| self.gradient[n][l] * derivative[l])
    }
}

impl<const N: usize, const L: usize> Neg for Lanes<N, L> {
    type Output = Self;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn neg(self) -> Self {
        Lanes::with(each(|l| -self.value[l]), |n, l| -self.gradient[n][l])
    }
}

// The rules of sum, product and quotient, in every lane.
operators! { [const N: usize, const L: usize] Lanes<N, L>;
    Add add (a, b: Self) Lanes::with(each(|l| a.value[l] + b.value[l]), |n, l| a.gradient[n][l] + b.gradient[n][l]);
    Sub sub (a, b: Self) Lanes::with(each(|l| a.value[l] - b.value[l]), |n, l| a.gradient[n][l] - b.gradient[n][l]);
    Mul mul (a, b: Self) {
        Lanes::with(each(|l| a.value[l] * b.value[l]), |n, l| a.gradient[n][l] * b.value[l] + a.value[l] * b.gradient[n][l])
    };
    Div div (a, b: Self) {
        let over: [f64; L] = each(|l| 1.0 / b.value[l]);
        let value: [f64; L] = each(|l| a.value[l] * over[l]);
        Lanes::with(value, |n, l| (a.gradient[n][l] - value[l] * b.gradient[n][l]) * over[l])
    };
    Add add (a, b: f64) Lanes { value: each(|l| a.value[l] + b), gradient: a.gradient };
    Sub sub (a, b: f64) Lanes { value: each(|l| a.value[l] - b), gradient: a.gradient };
    Mul mul (a, b: f64) Lanes::with(each(|l| a.value[l] * b), |n, l| a.gradient[n][l] * b);
}

impl<const N: usize, const L: usize> Number for Lanes<N, L> {
    type Scalar = Dual<N>;
    const LANES: usize = L;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn fixed(x: f64) -> Self {
        Lanes::constants([x; L])
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from_numbers(numbers: &[f64]) -> Self {
        let mut value = [0.0; L];
        value.copy_from_slice(&numbers[..L]);
        Lanes::constants(value)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_number(self) -> Self {
        Lanes::constants(each(|l| if self.value[l].is_nan() { 0.0 } else { 1.0 }))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from_lanes(mut lane: impl FnMut(usize) -> Dual<N>) -> Self {
        let mut out = Lanes::fixed(0.0);
        for l in 0..some::<L>() {
            let x = lane(l);
            out.value[l] = x.value;
            for n in 0..N {
                out.gradient[n][l] = x.gradient[n];
            }
        }
        out
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn pairs(mut lane: impl FnMut(usize) -> (Dual<N>, Dual<N>)) -> (Self, Self) {
        let (mut a, mut b) = (Lanes::fixed(0.0), Lanes::fixed(0.0));
        for l in 0..some::<L>() {
            let (x, y) = lane(l);
            (a.value[l], b.value[l]) = (x.value, y.value);
            for n in 0..N {
                (a.gradient[n][l], b.gradient[n][l]) = (x.gradient[n], y.gradient[n]);
            }
        }
        (a, b)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lane(self, lane: usize) -> Dual<N> {
        let mut out = Dual::constant(self.value[lane]);
        for n in 0..N {
            out.gradient[n] = self.gradient[n][lane];
        }
        out
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_exp(self) -> Self {
        let e: [f64; L] = each(|l| vector::exp(self.value[l]));
        self.map(e, e)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_logistic(self) -> Self {
        // e^-|x| / (1 + e^-|x|) and its complement.
        let e: [f64; L] = each(|l| vector::exp(-self.value[l].abs()));
        let over: [f64; L] = each(|l| 1.0 / (1.0 + e[l]));
        let p: [f64; L] = each(|l| if self.value[l] < 0.0 { e[l] * over[l] } else { over[l] });
        let d: [f64; L] = each(|l| e[l] * over[l] * over[l]);
        self.map(p, d)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_softplus(self) -> Self {
        let e: [f64; L] = each(|l| vector::exp(-self.value[l].abs()));
        let over: [f64; L] = each(|l| 1.0 / (1.0 + e[l]));
        let p: [f64; L] = each(|l| if self.value[l] < 0.0 { e[l] * over[l] } else { over[l] });
        let f: [f64; L] = each(|l| {
            let x = self.value[l];
            vector::ln_1p(e[l]) + if x > 0.0 { x } else { 0.0 }
        });
        self.map(f, p)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn to_ln(self) -> Self {
        let f: [f64; L] = each(|l| vector::ln(self.value[l]));
        let d: [f64; L] = each(|l| 1.0 / self.value[l]);
        self.map(f, d)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn within(self, low: f64, high: f64) -> Self {
        let value: [f64; L] = each(|l| {
            let x = self.value[l];
            let x = if x < low { low } else { x };
            if x > high { high } else { x }
        });
        let share: [f64; L] = each(|l| {
            let x = self.value[l];
            // No short circuits: they are branches.
            let inside = if (x < low) | (x > high) { 0.0 } else { 1.0 };
            if on_bound(x, low) | on_bound(x, high) { 0.5 } else { inside }
        });
        Lanes::with(value, |n, l| if share[l] == 0.0 { 0.0 } else { self.gradient[n][l] * share[l] })
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn scaled(self, factor: Self) -> Self {
        Lanes::with(each(|l| self.value[l] * factor.value[l]), |n, l| self.gradient[n][l] * factor.value[l])
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn above(self, floor: f64) -> Self {
        Lanes { value: each(|l| if self.value[l] > floor { self.value[l] } else { f64::NAN }), gradient: self.gradient }
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn pick(flag: Self, yes: Self, no: Self) -> Self {
        Lanes::with(each(|l| if flag.value[l] == 0.0 { no.value[l] } else { yes.value[l] }), |n, l| {
            if flag.value[l] == 0.0 { no.gradient[n][l] } else { yes.gradient[n][l] }
        })
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn equals(self, x: f64) -> Self {
        Lanes::constants(each(|l| if self.value[l] == x { 1.0 } else { 0.0 }))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn either(a: Self, b: Self) -> Self {
        Lanes::constants(each(|l| if (a.value[l] == 0.0) & (b.value[l] == 0.0) { 0.0 } else { 1.0 }))
    }
}

/// Dual numbers, eight of which stand side by side.
impl<const N: usize> Real for Dual<N> {
    type Batched = Lanes<N, 8>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn constant(x: f64) -> Self {
        Dual { value: x, gradient: [0.0; N] }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn value(self) -> f64 {
        self.value
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn unary(self, f: f64, df: f64, _ddf: impl FnOnce() -> f64, _dddf: impl FnOnce() -> f64) -> Self {
        // A constant stays a constant even where the derivative is not finite (the square root at zero, say).
        Dual::with(f, |i| if self.gradient[i] == 0.0 { 0.0 } else { self.gradient[i] * df })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bits(self, mut visit: impl FnMut(u64)) {
        visit(self.value.to_bits());
        for g in self.gradient {
            visit(g.to_bits());
        }
    }
}
