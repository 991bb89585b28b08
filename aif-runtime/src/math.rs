//! Elementary functions on `f64`: the standard library's where there is one, libm's elsewhere.
//!
//! The feature `portable` takes libm's everywhere, so that one seed gives the same bits on every machine, whatever its C library.

macro_rules! elementary {
    ($($(#[$doc:meta])* $name:ident $portable:ident;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name(x: f64) -> f64 {
            #[cfg(all(feature = "std", not(feature = "portable")))]
            let y = x.$name();
            #[cfg(any(not(feature = "std"), feature = "portable"))]
            let y = libm::$portable(x);
            y
        }
    )*};
}
elementary! {
    /// The natural exponential.
    exp exp;
    /// The natural logarithm.
    ln log;
    /// The square root.
    sqrt sqrt;
}

/// `ln(1 + x)`, exact for small `x`.
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// `x` to the power `y`.
#[inline]
pub fn powf(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// The inverse tangent.
#[inline]
pub fn atan(x: f64) -> f64 {
    libm::atan(x)
}

/// The density of the standard normal distribution.
#[inline]
pub fn normal_density(x: f64) -> f64 {
    const INVERSE_ROOT_TWO_PI: f64 = 0.398_942_280_401_432_7;
    INVERSE_ROOT_TWO_PI * exp(-0.5 * x * x)
}

/// The distribution function of the standard normal distribution, accurate in the lower tail.
#[inline]
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
}

/// The logarithm of the absolute value of the gamma function.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// The digamma function, the derivative of [`ln_gamma`], for `x > 0`.
///
/// Recurrence up to `x >= 10`, then the asymptotic series (Abramowitz & Stegun 6.3.5, 6.3.18); relative error about 1e-15.
pub fn digamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        if x <= 0.0 {
            return f64::NAN;
        }
        shift -= 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = r
        * (1.0 / 12.0
            - r * (1.0 / 120.0 - r * (1.0 / 252.0 - r * (1.0 / 240.0 - r * (1.0 / 132.0 - r * (691.0 / 32760.0 - r / 12.0))))));
    shift + ln(x) - 0.5 / x - series
}

/// The trigamma function, the derivative of [`digamma`], for `x > 0`.
///
/// Recurrence up to `x >= 10`, then the asymptotic series (Abramowitz & Stegun 6.4.6, 6.4.12).
pub fn trigamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        if x <= 0.0 {
            return f64::NAN;
        }
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = r * (1.0 / 6.0 - r * (1.0 / 30.0 - r * (1.0 / 42.0 - r * (1.0 / 30.0 - r * (5.0 / 66.0 - r * 691.0 / 2730.0)))));
    shift + 1.0 / x + 0.5 * r + series / x
}

/// The tetragamma function, the derivative of [`trigamma`], for `x > 0`.
///
/// Recurrence up to `x >= 12`, then the asymptotic series (Abramowitz & Stegun 6.4.6, 6.4.13).
pub fn tetragamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 {
        if x <= 0.0 {
            return f64::NAN;
        }
        shift -= 2.0 / (x * x * x);
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    shift - r * (1.0 + 1.0 / x + r * (0.5 - r * (1.0 / 6.0 - r * (1.0 / 6.0 - r * (0.3 - r * (5.0 / 6.0))))))
}

/// The pentagamma function, the derivative of [`tetragamma`], for `x > 0`.
///
/// Recurrence up to `x >= 12`, then the asymptotic series (Abramowitz & Stegun 6.4.6, 6.4.14).
pub fn pentagamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 {
        if x <= 0.0 {
            return f64::NAN;
        }
        shift += 6.0 / (x * x * x * x);
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = r * (2.0 - r * (1.0 - r * (4.0 / 3.0 - r * (3.0 - r * (10.0 - r * (691.0 / 15.0))))));
    shift + (2.0 + 3.0 / x + series) * r / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digamma_and_trigamma_match_known_values() {
        const EULER: f64 = 0.577_215_664_901_532_9;
        let pi2 = core::f64::consts::PI * core::f64::consts::PI;
        assert!((digamma(1.0) + EULER).abs() < 1e-14);
        assert!((digamma(0.5) + EULER + 2.0 * ln(2.0)).abs() < 1e-14);
        assert!((trigamma(1.0) - pi2 / 6.0).abs() < 1e-13);
        assert!((trigamma(0.5) - pi2 / 2.0).abs() < 1e-13);
        assert!((tetragamma(1.0) + 2.404_113_806_319_188_6).abs() < 1e-12);
        let h = 1e-5;
        assert!((tetragamma(3.3) - (trigamma(3.3 + h) - trigamma(3.3 - h)) / (2.0 * h)).abs() < 1e-8);
        // pi^4 / 15.
        assert!((pentagamma(1.0) - pi2 * pi2 / 15.0).abs() < 1e-12);
        assert!((pentagamma(3.3) - (tetragamma(3.3 + h) - tetragamma(3.3 - h)) / (2.0 * h)).abs() < 1e-8);
        assert!(digamma(-1.0).is_nan() && tetragamma(-1.0).is_nan() && pentagamma(-1.0).is_nan());
    }
}
