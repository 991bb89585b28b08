//! Random draws from a generator that the caller passes.

pub use rand_core::Rng;

/// A number in [0, 1), from the upper 53 bits of one draw.
#[inline]
pub fn unit<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// Draws an index from probabilities; the last possible one takes what rounding leaves.
#[inline]
pub fn categorical<R: Rng + ?Sized>(probabilities: &[f64], rng: &mut R) -> usize {
    let mut left = unit(rng);
    for (i, p) in probabilities.iter().enumerate() {
        left -= p;
        if left < 0.0 {
            return i;
        }
    }
    probabilities.iter().rposition(|&p| p > 0.0).unwrap_or(0)
}

/// A draw from the standard normal distribution (Box and Muller 1958).
pub fn normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    let radius = crate::math::sqrt(-2.0 * crate::math::ln(1.0 - unit(rng)));
    radius * libm::cos(core::f64::consts::TAU * unit(rng))
}
