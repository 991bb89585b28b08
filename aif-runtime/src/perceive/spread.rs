//! The distribution of a parent of a table, and the sums over it that kernels are made of.

use core::ops::Mul;

use crate::scalar::{Real, each_possible, exact_zero};

/// The distribution of one parent: of all its states, or of the possible ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread<'a, T> {
    /// Which states the probabilities are of, from the first to the last; empty where they are of all.
    pub(super) at: &'a [u32],
    pub(super) p: &'a [T],
    /// How many states there are.
    pub(super) states: usize,
}

impl<'a, T: Real> Spread<'a, T> {
    /// Nothing: what stands in where there is no parent.
    pub const NONE: Self = Spread { at: &[], p: &[], states: 0 };

    /// Of all states.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn all(p: &'a [T]) -> Self {
        Spread { at: &[], p, states: p.len() }
    }

    /// Of some of so many states.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn some(at: &'a [u32], p: &'a [T], states: usize) -> Self {
        Spread { at, p, states }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn each(self, mut f: impl FnMut(usize, T)) {
        if self.at.is_empty() {
            return each_possible(self.p, f);
        }
        for (&i, &p) in self.at.iter().zip(self.p) {
            f(i as usize, p);
        }
    }

    /// The first possible state at or after the `k`th number of the list, and how probable it is: with a place to go on from. In loops that are to be
    /// vector instructions, this takes the place of closures, which the compiler keeps apart.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn next(self, mut k: usize) -> Option<(usize, usize, T)> {
        while let Some(&p) = self.p.get(k) {
            if !exact_zero(p) {
                return Some((k + 1, if self.at.is_empty() { k } else { self.at[k] as usize }, p));
            }
            k += 1;
            // Of large maps nearly all is impossible.
            while k.is_multiple_of(STRETCH)
                && let Some(stretch) = self.p.get(k..k + STRETCH)
                && nothing(stretch)
            {
                k += STRETCH;
            }
        }
        None
    }

    /// The sum of numbers, one for each state, each times its probability.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn dot<S: Copy>(self, values: &[S]) -> T
    where
        T: Mul<S, Output = T>,
    {
        if !self.at.is_empty() {
            let mut sum = T::zero();
            for (&i, &p) in self.at.iter().zip(self.p) {
                sum += p * values[i as usize];
            }
            return sum;
        }
        if self.p.len() > 4 * STRETCH {
            let (mut sum, mut k) = (T::zero(), 0);
            while let Some((next, i, p)) = self.next(k) {
                sum += p * values[i];
                k = next;
            }
            return sum;
        }
        dot(self.p, values)
    }
}

/// So many numbers are looked at together.
const STRETCH: usize = 8;

#[cfg_attr(not(debug_assertions), inline(always))]
fn nothing<T: Real>(stretch: &[T]) -> bool {
    let mut nothing = true;
    for &p in stretch {
        nothing &= exact_zero(p);
    }
    nothing
}

/// The sum of products, four side by side.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn dot<T: Real + Mul<S, Output = T>, S: Copy>(p: &[T], values: &[S]) -> T {
    let mut sums = [T::zero(); 4];
    let (stretches, rest) = p.as_chunks::<4>();
    let (values, last) = values.as_chunks::<4>();
    for (p, values) in stretches.iter().zip(values) {
        for i in 0..4 {
            sums[i] += p[i] * values[i];
        }
    }
    for i in 0..3 {
        if i < rest.len() {
            sums[i] += rest[i] * last[i];
        }
    }
    let [a, b, c, d] = sums;
    (a + b) + (c + d)
}

/// Of up to so many states each it is worth looking whether all are possible.
pub(super) const FULL: usize = 256;

/// Whether all combinations of two parents are possible, so that none need be left out.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn are_full<T: Real>(a: Spread<'_, T>, b: Spread<'_, T>) -> bool {
    if !a.at.is_empty() || !b.at.is_empty() || a.p.len() > FULL || b.p.len() > FULL {
        return false;
    }
    let mut impossible = false;
    for &p in a.p {
        impossible |= exact_zero(p);
    }
    for &p in b.p {
        impossible |= exact_zero(p);
    }
    !impossible
}

/// Adds `p` times a row.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn add_row<T: Real + Mul<S, Output = T>, S: Copy>(to: &mut [T], row: &[S], p: T) {
    for (to, &w) in to.iter_mut().zip(row) {
        *to += p * w;
    }
}
