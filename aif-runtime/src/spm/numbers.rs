//! The few functions of numbers that every part of the schemes is written with.

use alloc::vec;
use alloc::vec::Vec;

use crate::math::ln;
pub(super) use crate::scalar::softmax;

/// What is added before a logarithm is taken.
pub(super) const FLOOR: f64 = 1e-16;

/// `ln(x + 1e-16)`.
pub(super) fn lg(x: f64) -> f64 {
    ln(x + FLOOR)
}

/// The sum of products.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// [`softmax`] of numbers that come one by one.
pub(super) fn softmax_of(z: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut z: Vec<f64> = z.collect();
    softmax(&mut z);
    z
}

/// Divided by the sum; uniform where that is 0.
pub(super) fn normalised(x: &[f64]) -> Vec<f64> {
    let sum: f64 = x.iter().sum();
    if sum == 0.0 { vec![1.0 / x.len() as f64; x.len()] } else { x.iter().map(|x| x / sum).collect() }
}

/// Central differences, one-sided at the ends.
pub(super) fn gradient(x: &[f64]) -> Vec<f64> {
    let last = x.len().saturating_sub(1);
    let at = |i: usize| match i {
        _ if last == 0 => 0.0,
        0 => x[1] - x[0],
        i if i == last => x[last] - x[last - 1],
        i => (x[i + 1] - x[i - 1]) / 2.0,
    };
    (0..x.len()).map(at).collect()
}
