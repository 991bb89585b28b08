//! A belief as numbers, and a mark of it.

use alloc::vec::Vec;

use crate::model::{GenerativeModel, Marginals, Tables};
use crate::scalar::Real;

/// Adds the numbers of a belief.
pub(super) fn write_belief<M: GenerativeModel<T>, T: Real>(belief: &M::Belief, numbers: &mut Vec<T>) {
    for f in 0..M::META.factors.len() {
        numbers.extend_from_slice(belief.probabilities(f));
    }
}

/// A belief from such numbers; what is not given stays.
pub(super) fn read_belief<M: GenerativeModel<T>, T: Real>(belief: &mut M::Belief, numbers: &[T]) {
    let mut numbers = numbers.iter();
    for f in 0..M::META.factors.len() {
        belief.probabilities_mut(f).iter_mut().zip(&mut numbers).for_each(|(to, &p)| *to = p);
    }
}

/// The initial state of a model, one distribution per factor.
#[inline]
pub(super) fn start_belief<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &mut M::Belief) {
    M::each_factor(|site| belief.probabilities_mut(site.index).copy_from_slice(tables.initial(site)));
}

/// A mark of numbers, and of what was marked before: of their values.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn mark_numbers<T: Real>(before: u64, numbers: &[T]) -> u64 {
    numbers.iter().fold(before, |mark, x| (mark.rotate_left(5) ^ x.value().to_bits()).wrapping_mul(0x517c_c1b7_2722_0a95))
}

/// The same of a belief.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn mark_belief<M: GenerativeModel<T>, T: Real>(before: u64, belief: &M::Belief) -> u64 {
    (0..M::META.factors.len()).fold(before, |mark, f| mark_numbers(mark, belief.probabilities(f)))
}
