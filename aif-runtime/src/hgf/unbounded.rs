//! The unbounded update of a volatility parent (Weber et al. 2026, doi:10.7554/eLife.110174.1).
//!
//! The parent's variational energy is approximated by a Gaussian at its prediction and by another at the mode of a bound, which Lambert's
//! function gives; the two are blended by the energies at their means. It has a valid solution wherever the parameters are.

use crate::scalar::Real;

/// The variational energy of a volatility parent, seen from one child:
/// `I(x) = -ln(A + t e^(k x + w)) / 2 - B / (2 (A + t e^(k x + w))) - precision (x - mean)^2 / 2`.
pub(super) struct Bound<T> {
    /// The strength of the coupling (k).
    pub strength: T,
    /// The parent's mean, predicted or from children before.
    pub mean: T,
    /// Its precision.
    pub precision: T,
    /// What else there is in the child's log-volatility (w).
    pub tonic: T,
    /// The child's variance before this trial (A).
    pub before: T,
    /// Its posterior variance and squared prediction error (B).
    pub spread: T,
    /// Its expected precision, where it is not what the parent's mean makes it: then all is as in the reference implementation.
    pub expected: Option<T>,
    /// The time step (t).
    pub time: T,
}

/// The logarithm of the largest number, to which the reference implementation holds the argument of Lambert's function.
const LN_MAX: f64 = 709.782_712_893_384;

/// The new mean and precision.
pub(super) fn unbounded<T: Real>(b: &Bound<T>) -> (T, T) {
    let (k, mean, precision) = (b.strength, b.mean, b.precision);
    let before = if b.before.value() < 1e-128 { T::constant(1e-128) } else { b.before };
    let ln_time = b.time.ln();

    // At the prediction.
    let y = ln_time + k * mean + b.tonic;
    let s = y.exp();
    let w = share(s, before);
    let error = b.expected.unwrap_or_else(|| T::one() / (before + s)) * b.spread - 1.0;
    let p1 = precision + k * k * w * (T::one() - w) * 0.5;
    let m1 = mean + k * w * error / (p1 * 2.0);

    // At the mode of the bound.
    let q = precision / (k * k);
    let half = T::one() / (q * 2.0);
    let mut l = b.spread.ln() - (q * 2.0).ln() + half - y;
    if b.expected.is_some() && l.value() > LN_MAX {
        l = T::constant(LN_MAX);
    }
    let x = (y + lambert_of_exp(l) - half - ln_time - b.tonic) / k;
    let s2 = b.time * (k * x + b.tonic).exp();
    let w2 = share(s2, before);
    let error2 = b.spread / (before + s2) - 1.0;
    let mut p2 = precision + k * k * w2 * (w2 + (w2 * 2.0 - 1.0) * error2) * 0.5;
    if p2.value() <= 0.0 {
        p2 = precision + k * k * w2 * (T::one() - w2) * 0.5;
    }
    let m2 = x + (k * w2 * error2 * 0.5 - precision * (x - mean)) / p2;
    if !(p2.is_finite() && m2.is_finite()) {
        // Both are the first then.
        return (m1, p1);
    }

    // In logarithms: what is believed after a large error is far beyond where the exponential overflows.
    let (ln_before, ln_spread) = (before.ln(), b.spread.ln());
    let energy = |m: T| {
        let ln_all = ln_before + (ln_time + k * m + b.tonic - ln_before).softplus();
        -(ln_all * 0.5) - (ln_spread - ln_all).exp() * 0.5 - precision * (m - mean) * (m - mean) * 0.5
    };
    let (first, second) = (energy(m1), energy(m2));
    if !first.is_finite() || !second.is_finite() {
        return if second.is_finite() { (m2, p2) } else { (m1, p1) };
    }
    let weight = (second - first).logistic();
    let rest = T::one() - weight;
    let apart = m1 - m2;
    let m = rest * m1 + weight * m2;
    let variance = rest / p1 + weight / p2 + weight * rest * apart * apart;
    (m, T::one() / variance)
}

/// `s / (s + before)`, one where `s` overflows.
fn share<T: Real>(s: T, before: T) -> T {
    if s.value() == f64::INFINITY { T::one() } else { s / (s + before) }
}

/// Lambert's function of `e^l`: the `v` with `v + ln v = l` (principal branch), by Newton's method; its derivative is `v / (1 + v)`.
fn lambert_of_exp<T: Real>(l: T) -> T {
    let at = l.value();
    let mut v = if at > 1.0 { at - crate::math::ln(at) } else { crate::math::exp(at) };
    if at > -36.0 {
        for _ in 0..32 {
            // v + ln v - l = 0, in the logarithm of v: converges from both sides without leaving the positive numbers.
            let error = v + crate::math::ln(v) - at;
            let next = v * crate::math::exp(-error / (1.0 + v));
            let done = (next - v).abs() <= 1e-16 * v.abs();
            v = next;
            if done || !v.is_finite() {
                break;
            }
        }
    }
    let d = v / (1.0 + v);
    let up = 1.0 / (1.0 + v);
    l.unary(v, d, || d * up * up, || d * (1.0 - 2.0 * v) * up * up * up * up)
}
