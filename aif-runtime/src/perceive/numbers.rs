//! A belief as numbers and bits.

use alloc::vec::Vec;

use crate::model::{GenerativeModel, Marginals};
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

/// Shows the values of a belief as bits.
#[inline(always)]
pub(crate) fn mark_belief<M: GenerativeModel<T>, T: Real>(belief: &M::Belief, visit: &mut impl FnMut(u64)) {
    for f in 0..M::META.factors.len() {
        belief.probabilities(f).iter().for_each(|p| visit(p.value().to_bits()));
    }
}
