//! Draws of first passages of a Wiener process between two boundaries, exact ones.

use core::f64::consts::PI;

use rand::Rng;

use super::ln_normal_cdf;
use crate::math;
use crate::random::unit;

/// A passage: which boundary, and when.
///
/// From the middle of the widest interval around it that keeps within the boundaries, a process leaves to either side; how long that takes has
/// one distribution up to scale, whichever side it is. Interval after interval, until a boundary is reached.
pub(super) fn passage(drift: f64, bound: f64, start: f64, rng: &mut dyn Rng) -> (usize, f64) {
    let (mut at, mut time) = (start * bound, 0.0);
    loop {
        let (down, up) = (at, bound - at);
        let half = down.min(up);
        time += half * half * exit_time(drift * half, rng);
        let rises = unit(rng) < 1.0 / (1.0 + math::exp(-2.0 * drift * half));
        at += if rises { half } else { -half };
        // The nearer boundary is where the interval ends.
        if !rises && down <= up || at <= bound * 1e-15 {
            return (0, time);
        }
        if rises && up <= down || bound - at <= bound * 1e-15 {
            return (1, time);
        }
    }
}

/// How long a process with this drift takes to leave (-1, 1) from 0: by rejection (Devroye 2009, doi:10.1016/j.spl.2009.05.013) from the
/// two ends of the alternating series, tilted by the drift.
fn exit_time(drift: f64, rng: &mut dyn Rng) -> f64 {
    // Without drift the density is bounded by its first term on either side of this time.
    const SPLIT: f64 = 0.64;
    let rate = 0.125 * PI * PI + 0.5 * drift * drift;
    // What lies beyond the split under the first term of the series for long times, and before it under that for short ones.
    let long = 0.5 * PI * math::exp(-rate * SPLIT) / rate;
    let short = 2.0 * math::exp(-drift.abs()) * before(SPLIT, drift.abs());
    loop {
        let t = if unit(rng) * (long + short) < long {
            SPLIT - math::ln(1.0 - unit(rng)) / rate
        } else {
            inverse_gaussian_below(SPLIT, drift.abs(), rng)
        };
        if accepted(t, SPLIT, rng) {
            return t;
        }
    }
}

/// The probability that the first passage through 1 of a process with drift `v`, not negative, is before `t`.
fn before(t: f64, v: f64) -> f64 {
    let root = math::sqrt(t);
    // The second term in logarithms: exp(2 v) Phi(-(1 + v t) / sqrt t).
    math::normal_cdf((v * t - 1.0) / root) + math::exp(2.0 * v + ln_normal_cdf(-(1.0 + v * t) / root))
}

/// A first passage through 1 before `limit`: by rejection from passages of the drift's process or, where most come later, of a process
/// without drift.
fn inverse_gaussian_below(limit: f64, v: f64, rng: &mut dyn Rng) -> f64 {
    loop {
        let t = if v * limit > 1.0 {
            // Michael, Schucany & Haas 1976, with mean 1/v and shape 1.
            let y = crate::random::normal(rng);
            let (mean, y) = (1.0 / v, y * y);
            let x = mean + 0.5 * mean * mean * y - 0.5 * mean * math::sqrt(4.0 * mean * y + mean * mean * y * y);
            if unit(rng) <= mean / (mean + x) { x } else { mean * mean / x }
        } else {
            // One over the square of a normal number beyond the limit's, kept by the drift's weight.
            let floor = 1.0 / math::sqrt(limit);
            let z = beyond(floor, rng);
            let t = 1.0 / (z * z);
            if unit(rng) > math::exp(-0.5 * v * v * t) {
                continue;
            }
            t
        };
        if t < limit && t > 0.0 {
            return t;
        }
    }
}

/// A normal number beyond a positive floor (Robert 1995).
fn beyond(floor: f64, rng: &mut dyn Rng) -> f64 {
    let rate = 0.5 * (floor + math::sqrt(floor * floor + 4.0));
    loop {
        let z = floor - math::ln(1.0 - unit(rng)) / rate;
        if unit(rng) <= math::exp(-0.5 * (z - rate) * (z - rate)) {
            return z;
        }
    }
}

/// Whether a time is kept of those that the first term of a series proposes: the series alternates, so its partial sums close in on the
/// density from both sides.
fn accepted(t: f64, split: f64, rng: &mut dyn Rng) -> bool {
    let term = |n: f64| {
        let m = n + 0.5;
        // Over the first term, m = 1/2.
        if t > split {
            2.0 * m * math::exp(-0.5 * PI * PI * t * (m * m - 0.25))
        } else {
            2.0 * m * math::exp(-2.0 * (m * m - 0.25) / t)
        }
    };
    let (level, mut sum, mut n) = (unit(rng), 1.0, 0.0);
    loop {
        n += 1.0;
        sum -= term(n);
        if level <= sum {
            return true;
        }
        n += 1.0;
        sum += term(n);
        if level > sum {
            return false;
        }
    }
}
