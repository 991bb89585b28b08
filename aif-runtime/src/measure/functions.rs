//! Functions that densities need beside those of every scalar, each with its derivatives.

use crate::math::{exp, ln, normal_cdf, normal_density, sqrt};
use crate::scalar::Real;

/// The sine.
pub(super) fn sin<T: Real>(x: T) -> T {
    let v = x.value();
    let (s, c) = (libm::sin(v), libm::cos(v));
    x.unary(s, c, || -s, || -c)
}

/// The cosine.
pub(super) fn cos<T: Real>(x: T) -> T {
    let v = x.value();
    let (s, c) = (libm::sin(v), libm::cos(v));
    x.unary(c, -s, || -c, || s)
}

/// `Phi(-z) / phi(z)` and `1 - z Phi(-z) / phi(z)` for `z` from 0: what is in the tail over the density there. Far out by Laplace's continued
/// fraction (Abramowitz & Stegun 26.2.14), so that the second does not cancel.
fn tail_over_density(z: f64) -> [f64; 2] {
    if z < 5.0 {
        let ratio = normal_cdf(-z) / normal_density(z);
        return [ratio, 1.0 - z * ratio];
    }
    // 1 / (z + r) with r = 1 / (z + 2 / (z + ..)).
    let mut rest = 0.0;
    for k in (2..=60).rev() {
        rest = f64::from(k) / (z + rest);
    }
    let r = 1.0 / (z + rest);
    [1.0 / (z + r), r / (z + r)]
}

/// The same, with derivatives: that of the first is minus the second, that of the second `z` times the second minus the first.
pub(super) fn tail<T: Real>(z: T) -> [T; 2] {
    let v = z.value();
    let [m, l] = tail_over_density(v);
    let slope = v * l - m;
    let second = 2.0 * l + v * slope;
    [z.unary(m, -l, || -slope, || -second), z.unary(l, slope, || second, || 3.0 * slope + v * second)]
}

/// The logarithm of the distribution function of the standard normal distribution, exact in the lower tail.
pub fn ln_normal_cdf<T: Real>(x: T) -> T {
    let v = x.value();
    let (value, slope) = if v > -5.0 {
        let below = normal_cdf(v);
        // Above, the logarithm of one less a little.
        let value = if v > 0.0 { crate::math::ln_1p(-normal_cdf(-v)) } else { ln(below) };
        (value, normal_density(v) / below)
    } else {
        let [ratio, _] = tail_over_density(-v);
        (ln(ratio) - 0.5 * v * v - super::HALF_LN_TWO_PI, 1.0 / ratio)
    };
    let second = -slope * (v + slope);
    x.unary(value, slope, || second, || -second * (v + slope) - slope * (1.0 + second))
}

/// The modified Bessel functions of the first kind of orders 0 and 1, over `exp(x)`, for `x` from 0: the power series up to 25, Hankel's
/// asymptotic series beyond (Abramowitz & Stegun 9.6.10, 9.7.1).
fn bessel(x: f64) -> [f64; 2] {
    if x <= 25.0 {
        // One series for both: `I0 = sum t_k`, `I1 = x / 2 sum t_k / (k + 1)`, with `t_k = (x^2 / 4)^k / k!^2`.
        let (quarter, mut term, mut zeroth, mut first) = (0.25 * x * x, 1.0, 0.0, 0.0);
        for over in OVER {
            if term <= zeroth * 1e-18 {
                break;
            }
            zeroth += term;
            first += term * over;
            term *= quarter * (over * over);
        }
        let scale = exp(-x);
        return [zeroth * scale, 0.5 * x * first * scale];
    }
    [0.0, 1.0].map(|n: f64| {
        let (mut sum, mut term, mut k): (f64, f64, f64) = (0.0, 1.0, 0.0);
        while term.abs() > 1e-18 && k < 50.0 {
            sum += term;
            k += 1.0;
            let odd = 2.0 * k - 1.0;
            term *= -(4.0 * n * n - odd * odd) / (8.0 * k * x);
        }
        sum / sqrt(core::f64::consts::TAU * x)
    })
}

/// `1 / (k + 1)`, for more terms than the power series of Bessel functions needs.
const OVER: [f64; 80] = {
    let (mut over, mut k) = ([0.0; 80], 0);
    while k < 80 {
        over[k] = 1.0 / (k as f64 + 1.0);
        k += 1;
    }
    over
};

/// The logarithm of the modified Bessel function of the first kind of order 0, for numbers from 0.
pub fn ln_bessel_0<T: Real>(x: T) -> T {
    let v = x.value();
    if !(v >= 0.0 && v.is_finite()) {
        return T::constant(f64::NAN);
    }
    let [zeroth, first] = bessel(v);
    let ratio = first / zeroth;
    // I1' = I0 - I1 / x; the limit of I1 / x at 0 is 1/2.
    let over = if v > 0.0 { ratio / v } else { 0.5 };
    let second = 1.0 - over - ratio * ratio;
    // Near 0 the difference cancels; the ratio is x / 2 - x^3 / 16 there.
    let third = || if v < 1e-3 { -0.375 * v } else { (over - second) / v - 2.0 * ratio * second };
    x.unary(v + ln(zeroth), ratio, || second, third)
}
