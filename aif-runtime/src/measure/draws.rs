//! Random draws of numbers, by the library's own exponentials and logarithms: with `portable` they are the same on every machine.
//!
//! Where parameters are out of range, a draw is not a number.

use rand::Rng;

use crate::math::{exp, ln, sqrt};
use crate::random::{normal as standard, unit};
use crate::scalar::Real;

/// A draw from the normal distribution.
pub(super) fn normal(location: f64, scale: f64, rng: &mut dyn Rng) -> f64 {
    if !(location.is_finite() && scale.is_finite() && scale >= 0.0) {
        return f64::NAN;
    }
    location + scale * standard(rng)
}

/// A draw from the exponential distribution with this mean.
pub(super) fn exponential(mean: f64, rng: &mut dyn Rng) -> f64 {
    if !(mean > 0.0 && mean.is_finite()) {
        return f64::NAN;
    }
    -mean * ln(1.0 - unit(rng))
}

/// The logarithm of a draw from the gamma distribution whose rate is 1 (Marsaglia and Tsang 2000): a draw itself may be too small for a number.
pub(super) fn ln_gamma_draw(shape: f64, rng: &mut dyn Rng) -> f64 {
    if !(shape > 0.0 && shape.is_finite()) {
        return f64::NAN;
    }
    if shape < 1.0 {
        // A draw of one shape more, and a power of a uniform number.
        let more = ln_gamma_draw(shape + 1.0, rng);
        return more + ln(1.0 - unit(rng)) / shape;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / sqrt(9.0 * d);
    loop {
        let x = standard(rng);
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let ln_v = 3.0 * ln(v);
        let v = v * v * v;
        if ln(1.0 - unit(rng)) < 0.5 * x * x + d - d * v + d * ln_v {
            return ln(d) + ln_v;
        }
    }
}

/// A draw from the gamma distribution.
pub(super) fn gamma(shape: f64, rate: f64, rng: &mut dyn Rng) -> f64 {
    if !(rate > 0.0 && rate.is_finite()) {
        return f64::NAN;
    }
    exp(ln_gamma_draw(shape, rng) - ln(rate))
}

/// A draw from the beta distribution: the share of one gamma draw in two.
pub(super) fn beta(alpha: f64, beta: f64, rng: &mut dyn Rng) -> f64 {
    let (a, b) = (ln_gamma_draw(alpha, rng), ln_gamma_draw(beta, rng));
    1.0 / (1.0 + exp(b - a))
}

/// A draw from Student's t distribution: a normal number over the square root of its share of a gamma draw.
pub(super) fn student_t(degrees: f64, rng: &mut dyn Rng) -> f64 {
    let half = 0.5 * degrees;
    standard(rng) * exp(0.5 * (ln(half) - ln_gamma_draw(half, rng)))
}

/// A draw from the Poisson distribution: by products of uniform numbers where few are expected, else by transformed rejection (Hörmann 1993).
pub(super) fn poisson(rate: f64, rng: &mut dyn Rng) -> f64 {
    // Beyond that, counts are not told apart by numbers of this precision.
    if !(0.0..=9.0e15).contains(&rate) {
        return f64::NAN;
    }
    if rate < 10.0 {
        let (least, mut product, mut count) = (exp(-rate), 1.0, -1.0);
        while product > least || count < 0.0 {
            product *= 1.0 - unit(rng);
            count += 1.0;
        }
        return count;
    }
    let b = 0.931 + 2.53 * sqrt(rate);
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let v_r = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let (u, v) = (unit(rng) - 0.5, 1.0 - unit(rng));
        let us = 0.5 - u.abs();
        let k = libm::floor((2.0 * a / us + b) * u + rate + 0.43);
        if us >= 0.07 && v <= v_r {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) || us <= 0.0 {
            continue;
        }
        if ln(v * inverse_alpha / (a / (us * us) + b)) <= k * ln(rate) - rate - Real::ln_gamma(k + 1.0) {
            return k;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Mean and variance of many draws, with the mean's standard error.
    fn moments(draw: impl Fn(&mut ChaCha8Rng) -> f64) -> (f64, f64, f64) {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let n = 200_000;
        let all: alloc::vec::Vec<f64> = (0..n).map(|_| draw(&mut rng)).collect();
        let mean = all.iter().sum::<f64>() / n as f64;
        let variance = all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
        (mean, variance, sqrt(variance / n as f64))
    }

    #[test]
    fn draws_have_the_moments_of_their_distributions() {
        let close = |(mean, variance, error): (f64, f64, f64), (m, v): (f64, f64)| {
            assert!((mean - m).abs() < 4.5 * error, "mean {mean}, not {m}");
            assert!((variance / v - 1.0).abs() < 0.05, "variance {variance}, not {v}");
        };
        close(moments(|r| normal(1.0, 2.0, r)), (1.0, 4.0));
        close(moments(|r| exponential(2.0, r)), (2.0, 4.0));
        for shape in [0.2, 1.0, 7.5] {
            close(moments(|r| gamma(shape, 2.0, r)), (shape / 2.0, shape / 4.0));
        }
        close(moments(|r| beta(0.5, 1.5, r)), (0.25, 0.0625));
        close(moments(|r| student_t(9.0, r)), (0.0, 9.0 / 7.0));
        for rate in [0.3, 9.0, 10.0, 250.0] {
            close(moments(|r| poisson(rate, r)), (rate, rate));
        }
    }

    #[test]
    fn what_is_out_of_range_is_not_a_number() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for wrong in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(normal(0.0, wrong, &mut rng).is_nan() && exponential(wrong, &mut rng).is_nan());
            assert!(gamma(wrong, 1.0, &mut rng).is_nan() && gamma(1.0, wrong, &mut rng).is_nan());
            assert!(beta(wrong, 1.0, &mut rng).is_nan() && student_t(wrong, &mut rng).is_nan());
            assert!(poisson(wrong, &mut rng).is_nan());
        }
        assert_eq!(poisson(0.0, &mut rng), 0.0);
    }
}
