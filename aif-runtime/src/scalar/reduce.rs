//! Reductions over slices of scalars: softmax, log-sum-exp, entropy, and logarithms with a floor.

use super::wide::{Work, wide};
use super::{LN_LOG_FLOOR, LOG_FLOOR, Real};

/// `ln(max(x, LOG_FLOOR))`; below the floor the derivative is zero.
#[inline]
pub fn ln_clipped<T: Real>(x: T) -> T {
    if x.value() > LOG_FLOOR { x.ln() } else { T::constant(LN_LOG_FLOOR) }
}

/// `x ln(max(y, LOG_FLOOR))`, and 0 where `x` is exactly 0.
#[inline]
pub fn x_ln_y<T: Real>(x: T, y: T) -> T {
    if exact_zero(x) { T::zero() } else { x * ln_clipped(y) }
}

/// The sum, from the first to the last.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn sum<T: Real>(x: &[T]) -> T {
    x.iter().fold(T::zero(), |sum, &x| sum + x)
}

/// Whether a number and all its derivatives are zero.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn exact_zero<T: Real>(x: T) -> bool {
    x.same(&T::zero())
}

/// Whether two lists hold the same numbers, derivatives included.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn same<T: Real>(a: &[T], b: &[T]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.same(y))
}

/// A probability this small cannot change a sum of probabilities or of their logarithms: it is lost in the rounding of the others.
const NEGLIGIBLE: f64 = 1e-20;

/// Whether a probability, and what it has of derivatives, cannot change a sum that it takes part in.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn negligible<T: Real>(p: T) -> bool {
    if p.value() >= NEGLIGIBLE {
        return false;
    }
    let mut still = true;
    p.bits(|bits| still &= f64::from_bits(bits).abs() < NEGLIGIBLE);
    still
}

/// Calls `f(place, probability)` for all that are not exactly zero. Long lists that are nearly all zero, where one knows where one is on a
/// large map, cost little.
///
/// `f` stands in it once: what is called with it, and with that again, would otherwise be compiled many times.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn each_possible<T: Real>(probabilities: &[T], mut f: impl FnMut(usize, T)) {
    const STRETCH: usize = 8;
    let long = probabilities.len() > 2 * STRETCH;
    let mut i = 0;
    while i < probabilities.len() {
        if long && i % STRETCH == 0 && all_zero(&probabilities[i..probabilities.len().min(i + STRETCH)]) {
            i += STRETCH;
            continue;
        }
        let p = probabilities[i];
        if !exact_zero(p) {
            f(i, p);
        }
        i += 1;
    }
}

/// Whether nothing of a stretch is possible.
#[inline]
fn all_zero<T: Real>(stretch: &[T]) -> bool {
    let mut nothing = true;
    for &p in stretch {
        nothing &= exact_zero(p);
    }
    nothing
}

/// The Shannon entropy, in nats: `-sum_i x_i ln(max(x_i, LOG_FLOOR))`.
#[inline]
pub fn entropy<T: Real>(probabilities: &[T]) -> T {
    if probabilities.len() >= SIDE {
        return wide(Entropy(probabilities));
    }
    let mut sum = T::zero();
    for &x in probabilities {
        if !exact_zero(x) {
            sum -= x * ln_clipped(x);
        }
    }
    sum
}

/// So many numbers are worked out side by side.
pub(crate) const SIDE: usize = 8;

struct Entropy<'a, T>(&'a [T]);

impl<T: Real> Work for Entropy<'_, T> {
    type Output = T;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn run(self) -> T {
        each_entropy(self.0)
    }
}

/// The entropy: sums side by side, over stretches; those that are nearly all zero cost little.
#[cfg_attr(not(debug_assertions), inline(always))]
fn each_entropy<T: Real>(probabilities: &[T]) -> T {
    let mut sums = [T::zero(); SIDE];
    let (stretches, rest) = probabilities.as_chunks::<SIDE>();
    for stretch in stretches {
        let mut nothing = true;
        for &p in stretch {
            nothing &= exact_zero(p);
        }
        if !nothing {
            for i in 0..SIDE {
                sums[i] -= stretch[i].x_ln_x();
            }
        }
    }
    match rest.len() {
        0 => {}
        1..=4 => {
            let rest = filled_up::<4, T>(rest, T::zero());
            for i in 0..4 {
                sums[i] -= rest[i].x_ln_x();
            }
        }
        _ => {
            let rest = filled_up::<SIDE, T>(rest, T::zero());
            for i in 0..SIDE {
                sums[i] -= rest[i].x_ln_x();
            }
        }
    }
    total(sums)
}

/// A stretch that is not full, filled up with what changes nothing.
#[cfg_attr(not(debug_assertions), inline(always))]
fn filled_up<const N: usize, T: Real>(rest: &[T], with: T) -> [T; N] {
    let mut full = [with; N];
    for i in 0..N {
        if i < rest.len() {
            full[i] = rest[i];
        }
    }
    full
}

/// The sum of what was summed up side by side.
#[cfg_attr(not(debug_assertions), inline(always))]
fn total<T: Real>([a, b, c, d, e, f, g, h]: [T; SIDE]) -> T {
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// `ln sum_i exp(x_i)`, shifted by the largest `x`; negative infinity of no values.
#[inline]
pub fn log_sum_exp<T: Real>(x: &[T]) -> T {
    let mut largest = f64::NEG_INFINITY;
    for v in x {
        largest = largest.max(v.value());
    }
    if !largest.is_finite() {
        return T::constant(largest);
    }
    let mut sum = T::zero();
    for &v in x {
        if v.value() > f64::NEG_INFINITY {
            sum += (v - largest).exp();
        }
    }
    sum.ln() + largest
}

/// Replaces log-weights by the probabilities proportional to their exponentials.
#[inline]
pub fn softmax<T: Real>(x: &mut [T]) {
    let mut largest = f64::NEG_INFINITY;
    for v in x.iter() {
        largest = largest.max(v.value());
    }
    if x.len() >= SIDE {
        return wide(Exponentials(x, largest));
    }
    let mut sum = T::zero();
    for v in x.iter_mut() {
        *v = (*v - largest).exp();
        sum += *v;
    }
    let scale = T::one() / sum;
    for v in x.iter_mut() {
        *v *= scale;
    }
}

struct Exponentials<'a, T>(&'a mut [T], f64);

impl<T: Real> Work for Exponentials<'_, T> {
    type Output = ();
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn run(self) {
        each_exponential(self.0, self.1);
    }
}

/// Replaces numbers, all of them at most `largest`, by their exponentials, normalised.
#[cfg_attr(not(debug_assertions), inline(always))]
fn each_exponential<T: Real>(x: &mut [T], largest: f64) {
    let mut sums = [T::zero(); SIDE];
    let (stretches, rest) = x.as_chunks_mut::<SIDE>();
    for stretch in stretches {
        // Where nearly all is impossible little is to be done.
        let mut nothing = true;
        for v in stretch.iter() {
            nothing &= v.value() == f64::NEG_INFINITY;
        }
        if nothing {
            *stretch = [T::zero(); SIDE];
            continue;
        }
        for i in 0..SIDE {
            stretch[i] = (stretch[i] - largest).side_exp();
            sums[i] += stretch[i];
        }
    }
    if !rest.is_empty() {
        let mut full = filled_up::<SIDE, T>(rest, T::constant(f64::NEG_INFINITY));
        for i in 0..SIDE {
            full[i] = (full[i] - largest).side_exp();
            sums[i] += full[i];
        }
        for i in 0..SIDE {
            if i < rest.len() {
                rest[i] = full[i];
            }
        }
    }
    let scale = T::one() / total(sums);
    for v in x.iter_mut() {
        *v *= scale;
    }
}

/// The place of the largest number, the first of equals.
pub fn first_maximum<T: Real>(values: &[T]) -> usize {
    let mut best = 0;
    for i in 1..values.len() {
        if values[i] > values[best] {
            best = i;
        }
    }
    best
}
