//! Elementary functions in single precision without branches and tables, so that loops become vector instructions of twice as many lanes.

/// ln 2 in two parts: the first has few enough digits that its multiples by an exponent are exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// Adding it leaves a number's nearest whole number in the lowest bits.
const ROUNDER: f32 = 12_582_912.0;

/// Whole numbers added to it are its lowest bits.
const WHOLE: f32 = 8_388_608.0;

/// The natural exponential: argument reduction by multiples of ln 2, then its Taylor series on (-0.35, 0.35). Relative error below 1.5e-7; zero below
/// e^-87, above e^88 infinite.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn exp_or_zero(x: f32) -> f32 {
    let within = x.clamp(-87.0, 88.0);
    let shifted = within * core::f32::consts::LOG2_E + ROUNDER;
    let k = shifted - ROUNDER;
    let r = (within - k * LN_2_HIGH) - k * LN_2_LOW;
    let r2 = r * r;
    let r4 = r2 * r2;
    // In Estrin's order: short chains. The leading terms last.
    let b = 0.5 + r * (1.0 / 6.0);
    let c = 1.0 / 24.0 + r * (1.0 / 120.0);
    let d = 1.0 / 720.0 + r * (1.0 / 5040.0);
    let p = 1.0 + (r + (b * r2 + (c + d * r2) * r4));
    let scale = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    let value = p * scale;
    let value = if x > 88.0 { f32::INFINITY } else { value };
    let value = if x < -87.0 { 0.0 } else { value };
    if x.is_nan() { x } else { value }
}

/// The natural logarithm of a positive, normal number: `2 artanh(f / (2 + f))` of its fraction, by its series. Error below 1.5e-7 of the logarithm, or of
/// one where that is less.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    // The fraction in [sqrt(1/2), sqrt(2)), and its exponent plus 127.
    let biased = bits.wrapping_add(0x3f80_0000 - 0x3f35_04f3) >> 23;
    let fraction = f32::from_bits(bits.wrapping_sub(biased << 23).wrapping_add(0x3f80_0000));
    let k = f32::from_bits(biased | WHOLE.to_bits()) - (WHOLE + 127.0);
    let f = fraction - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let series = (1.0 / 3.0 + z * (1.0 / 5.0)) + (1.0 / 7.0 + z * (1.0 / 9.0)) * (z * z);
    // 2 s (1 + z series) = f - s (f - 2 z series): the leading term is exact.
    let near = f - s * (f - 2.0 * z * series);
    let value = k * LN_2_HIGH + (near + k * LN_2_LOW);
    let value = if x == f32::INFINITY { x } else { value };
    if x > 0.0 { value } else { f32::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_double_precision_on_dense_grids() {
        for i in 0..2_000_000 {
            let x = -87.0 + 175.0 * (f64::from(i) + 0.37) as f32 / 2_000_000.0;
            let exact = crate::math::exp(f64::from(x));
            assert!((f64::from(exp_or_zero(x)) / exact - 1.0).abs() < 1.5e-7, "exp({x})");
            let y = exact as f32;
            let exact = crate::math::ln(f64::from(y));
            assert!((f64::from(ln(y)) - exact).abs() < 1.5e-7 * exact.abs().max(1.0), "ln({y})");
            let z = (f64::from(i) + 0.5) as f32 / 1_000_000.0;
            let exact = crate::math::ln(f64::from(z));
            assert!((f64::from(ln(z)) - exact).abs() < 1.5e-7 * exact.abs().max(1.0), "ln({z})");
        }
        assert!(exp_or_zero(f32::NAN).is_nan() && ln(f32::NAN).is_nan() && ln(-1.0).is_nan());
        assert_eq!((exp_or_zero(0.0), exp_or_zero(100.0), ln(1.0)), (1.0, f32::INFINITY, 0.0));
        assert_eq!((exp_or_zero(f32::NEG_INFINITY), exp_or_zero(-90.0), ln(f32::INFINITY)), (0.0, 0.0, f32::INFINITY));
    }
}
