//! First passages of a Wiener process between two boundaries: which is reached, and when.
//!
//! Two series for the density, one quick for short times, one for long ones (Feller 1968, XIV.6; Navarro & Fuss 2009,
//! doi:10.1016/j.jmp.2009.02.003). Each is written as its leading factor, in logarithms, times a sum that begins with a number of about one, so
//! that nothing underflows; it ends where what is left is negligible beside the density itself, not beside one (Gondan, Blurton & Kesselmeier
//! 2014, doi:10.1016/j.jmp.2014.05.002).

use core::f64::consts::PI;
use core::marker::PhantomData;

use rand::Rng;

use super::functions::{cos, sin};
use super::passage::passage;
use super::{Among, Distribution, HALF_LN_TWO_PI, ResponseKind, Support, never};
use crate::domain::Domain;
use crate::labels::Labels;
use crate::math;
use crate::scalar::Real;

/// In units of the squared bound: below this time the series for short times is taken, above it the other. Either has the terms that it
/// needs after four here.
const SHORT: f64 = 0.45;

/// A term is negligible where it is this small beside the sum.
const NEGLIGIBLE: f64 = 1e-19;

/// Wiener(drift, bound, start, delay): a process with unit noise begins at `start * bound`, drifts towards the upper boundary at `bound` (or,
/// where the drift is negative, towards the lower one at 0), and what is recorded is the boundary that it reaches first, the first value of
/// the domain for the lower one and the second for the upper, and when: the time of the passage after the delay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wiener<D, T> {
    /// How fast it drifts towards the upper boundary.
    pub drift: T,
    /// How far the boundaries are apart.
    pub bound: T,
    /// Where it starts, between 0 (the lower boundary) and 1.
    pub start: T,
    /// The non-decision time.
    pub delay: T,
    of: PhantomData<D>,
}

impl<D: Domain, T: Real> Wiener<D, T> {
    /// First passages of a process; the bound is positive, the start between 0 and 1, the delay not negative.
    pub fn new(drift: T, bound: T, start: T, delay: T) -> Self {
        const { assert!(D::COUNT == 2, "a Wiener process has two boundaries: the domain of its choices has two values") };
        Wiener { drift, bound, start, delay, of: PhantomData }
    }

    /// The logarithm of the probability that the upper boundary is reached first.
    pub fn ln_probability_of_upper(&self) -> T {
        ln_upper(self.drift, self.bound, self.start)
    }

    fn usable(&self) -> bool {
        let (bound, start) = (self.bound.value(), self.start.value());
        bound > 0.0 && bound.is_finite() && start > 0.0 && start < 1.0 && self.drift.is_finite()
    }
}

impl<D: Domain, T> Among for Wiener<D, T> {
    type Domain = D;
}

impl<D: Domain, T: Real> Distribution<T> for Wiener<D, T> {
    type Value = (usize, T);
    const KIND: ResponseKind = ResponseKind::Timed(Labels::of::<D>());

    fn support(&self) -> Support<T> {
        Support::Above(self.delay)
    }

    fn ln_density(&self, (boundary, time): (usize, T)) -> T {
        if !self.usable() {
            return T::constant(f64::NAN);
        }
        let left = time - self.delay;
        match boundary {
            _ if left.value() <= 0.0 => never(),
            0 => ln_lower(left, self.drift, self.bound, self.start),
            1 => ln_lower(left, -self.drift, self.bound, T::one() - self.start),
            _ => never(),
        }
    }

    /// Exactly, by rejection.
    fn sample(&self, rng: &mut dyn Rng) -> (usize, T) {
        if !self.usable() {
            return (0, T::constant(f64::NAN));
        }
        let (drift, bound, start) = (self.drift.value(), self.bound.value(), self.start.value());
        let time = passage(drift, bound, start, rng);
        (time.0, T::constant(self.delay.value() + time.1))
    }
    fn probabilities(&self) -> alloc::vec::Vec<f64> {
        let upper = math::exp(self.ln_probability_of_upper().value());
        alloc::vec![1.0 - upper, upper]
    }
}

/// The logarithm of the density of a first passage through the lower boundary after a time.
fn ln_lower<T: Real>(time: T, drift: T, bound: T, start: T) -> T {
    let u = time / (bound * bound);
    let tilt = -(drift * bound * start) - drift * drift * time * 0.5;
    tilt - bound.ln() * 2.0 + if u.value() < SHORT { ln_short(u, start) } else { ln_long(u, start) }
}

/// Of the process without drift and with unit bound: `sum_k (w + 2k) exp(-(w + 2k)^2 / 2u) / sqrt(2 pi u^3)` over all whole `k`, with
/// `(w + 2k)^2 - w^2 = 4k (k + w)`.
fn ln_short<T: Real>(u: T, w: T) -> T {
    let mut sum = w;
    let mut k = 1.0;
    loop {
        let up = (w + 2.0 * k) * (-((w + k) * (2.0 * k)) / u).exp();
        let down = (w - 2.0 * k) * ((w - k) * (2.0 * k) / u).exp();
        sum += up + down;
        // From the second pair on, terms shrink faster than a geometric series.
        let negligible = up.value().abs() + down.value().abs() < NEGLIGIBLE * sum.value().abs();
        if (k > 1.0 && negligible) || k > 50.0 {
            break;
        }
        k += 1.0;
    }
    sum.ln() - w * w / u * 0.5 - u.ln() * 1.5 - HALF_LN_TWO_PI
}

/// The same: `pi sum_k k exp(-k^2 pi^2 u / 2) sin(k pi w)` over `k` from 1, over its first term.
fn ln_long<T: Real>(u: T, w: T) -> T {
    let first = sin(w * PI);
    // sin(k x) / sin(x) by its recurrence: the Chebyshev polynomials of the second kind at cos(x).
    let cosine = cos(w * PI) * 2.0;
    let (mut before, mut ratio) = (T::one(), cosine);
    let mut sum = T::one();
    let mut k = 2.0;
    loop {
        let decay = (u * (-0.5 * PI * PI * (k * k - 1.0))).exp() * k;
        sum += decay * ratio;
        // The ratio is at most k.
        if decay.value() * k < NEGLIGIBLE * sum.value().abs() || k > 100.0 {
            break;
        }
        (before, ratio) = (ratio, cosine * ratio - before);
        k += 1.0;
    }
    sum.ln() + first.ln() + math::ln(PI) - u * (0.5 * PI * PI)
}

/// `ln ((1 - exp(-2 v a w)) / (1 - exp(-2 v a)))`; at no drift it is `ln w`.
fn ln_upper<T: Real>(drift: T, bound: T, start: T) -> T {
    let x = drift * bound * 2.0;
    if x.value() < 0.0 {
        // 1 - exp(y) for y = -x > 0 over the like: exp(-y (1 - w)) times the same of positive numbers.
        let y = -x;
        return -(y * (T::one() - start)) + ln_share(y * start) - ln_share(y) + start.ln();
    }
    ln_share(x * start) - ln_share(x) + start.ln()
}

/// `ln ((1 - exp(-y)) / y)` for `y` from 0, with its limit at 0.
fn ln_share<T: Real>(y: T) -> T {
    let v = y.value();
    if v < 1e-2 {
        // -y/2 + y^2/24 - y^4/2880 + ..
        let square = y * y;
        return square * (square * (-1.0 / 2880.0) + 1.0 / 24.0) - y * 0.5;
    }
    (-(-y).exp()).ln_1p() - y.ln()
}
