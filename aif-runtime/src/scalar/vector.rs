//! Elementary functions without branches and tables, so that loops over lanes become vector instructions.

/// ln 2 in two parts: the first has few enough digits that its multiples by an exponent are exact.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// Adding it leaves a number's nearest whole number in the lowest bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Whole numbers added to it are its lowest bits.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The natural exponential: argument reduction by multiples of ln 2, then its Taylor series on (-0.35, 0.35). Relative error below 7e-16;
/// below e^-708 it is that, not zero; above e^709.4 it is infinite.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn exp(x: f64) -> f64 {
    let within = x.clamp(-708.0, 709.4);
    let shifted = within * core::f64::consts::LOG2_E + ROUNDER;
    let k = shifted - ROUNDER;
    let r = (within - k * LN_2_HIGH) - k * LN_2_LOW;
    let r2 = r * r;
    let r4 = r2 * r2;
    // In Estrin's order: short chains.
    let a = 1.0 + r;
    let b = 0.5 + r * (1.0 / 6.0);
    let c = 1.0 / 24.0 + r * (1.0 / 120.0);
    let d = 1.0 / 720.0 + r * (1.0 / 5040.0);
    let e = 1.0 / 40_320.0 + r * (1.0 / 362_880.0);
    let f = 1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0);
    let g = 1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0);
    let low = (a + b * r2) + (c + d * r2) * r4;
    let high = (e + f * r2) + g * r4;
    let p = low + high * (r4 * r4);
    let scale = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    let value = p * scale;
    // What is not a number stays so; what is too large is infinite.
    let value = if x > 709.4 { f64::INFINITY } else { value };
    if x.is_nan() { x } else { value }
}

/// The same, but zero below e^-708: what is impossible stays so.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn exp_or_zero(x: f64) -> f64 {
    let value = exp(x);
    if x < -708.0 { 0.0 } else { value }
}

/// The natural logarithm of a positive, normal number: `2 artanh(f / (2 + f))` of its fraction, by its series. Relative error about 2e-16.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    // The fraction in [sqrt(1/2), sqrt(2)), and its exponent, plus 1023 while it is in the lowest bits of a number: vector units of few instructions
    // can neither shift signs nor turn whole numbers into others.
    let biased = bits.wrapping_add(0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd) >> 52;
    let fraction = f64::from_bits(bits.wrapping_sub(biased << 52).wrapping_add(0x3ff0_0000_0000_0000));
    let k = f64::from_bits(biased | WHOLE.to_bits()) - (WHOLE + 1023.0);
    let value = k * LN_2_HIGH + (ln_near_one(fraction - 1.0) + k * LN_2_LOW);
    let value = if x == f64::INFINITY { x } else { value };
    if x > 0.0 { value } else { f64::NAN }
}

/// `ln(1 + x)` for x in [0, 1].
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn ln_1p(x: f64) -> f64 {
    // Halving what is above sqrt(2): exact, since 1 + x is below 2.
    let large = x > core::f64::consts::SQRT_2 - 1.0;
    let f = if large { (x - 1.0) * 0.5 } else { x };
    ln_near_one(f) + if large { core::f64::consts::LN_2 } else { 0.0 }
}

/// `ln(1 + f)` for 1 + f in [sqrt(1/2), sqrt(2)].
#[cfg_attr(not(debug_assertions), inline(always))]
fn ln_near_one(f: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let z2 = z * z;
    let z4 = z2 * z2;
    let a = 1.0 / 3.0 + z * (1.0 / 5.0);
    let b = 1.0 / 7.0 + z * (1.0 / 9.0);
    let c = 1.0 / 11.0 + z * (1.0 / 13.0);
    let d = 1.0 / 15.0 + z * (1.0 / 17.0);
    let e = 1.0 / 19.0 + z * (1.0 / 21.0);
    let series = (a + b * z2) + (c + d * z2 + e * z4) * z4;
    // 2 s (1 + z series) = f - s (f - 2 z series): the leading term is exact.
    f - s * (f - 2.0 * z * series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_the_standard_library() {
        for i in 0..200_000 {
            let x = -700.0 + 1400.0 * (f64::from(i) + 0.37) / 200_000.0;
            assert!((exp(x) / crate::math::exp(x) - 1.0).abs() < 7e-16, "exp({x})");
            let y = crate::math::exp(x);
            assert!((ln(y) - x).abs() < 4e-16 * x.abs().max(1.0), "ln({y})");
            let z = (f64::from(i) + 0.5) / 200_000.0;
            assert!((ln_1p(z) / crate::math::ln_1p(z) - 1.0).abs() < 7e-16, "ln_1p({z})");
            let tiny = crate::math::exp(-z * 700.0);
            assert!((ln_1p(tiny) / crate::math::ln_1p(tiny) - 1.0).abs() < 7e-16, "ln_1p({tiny})");
        }
        assert!(exp(f64::NAN).is_nan() && ln(f64::NAN).is_nan() && ln_1p(f64::NAN).is_nan());
        assert_eq!((exp(0.0), exp(800.0), ln(1.0), ln_1p(0.0)), (1.0, f64::INFINITY, 0.0, 0.0));
        assert!(exp(-800.0) < 1e-300 && exp(709.39).is_finite());
    }
}
