//! Random draws from a generator that the caller passes.

pub use rand::Rng;

/// A number in [0, 1), from the upper 53 bits of one draw.
#[inline]
pub fn unit<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// Draws an index from probabilities that sum to `total`; the last possible one takes what rounding leaves.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn pick<R: Rng + ?Sized>(count: usize, total: f64, probability: impl Fn(usize) -> f64, rng: &mut R) -> usize {
    let (mut left, mut last) = (unit(rng) * total, 0);
    for i in 0..count {
        let p = probability(i);
        left -= p;
        if left < 0.0 {
            return i;
        }
        if p > 0.0 {
            last = i;
        }
    }
    last
}

/// Draws an index from probabilities.
#[inline]
pub fn categorical<R: Rng + ?Sized>(probabilities: &[f64], rng: &mut R) -> usize {
    pick(probabilities.len(), 1.0, |i| probabilities[i], rng)
}

/// A draw from the standard normal distribution (Box and Muller 1958).
pub fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    let radius = crate::math::sqrt(-2.0 * crate::math::ln(1.0 - unit(rng)));
    radius * libm::cos(core::f64::consts::TAU * unit(rng))
}
