//! Messages of a modality to one of its parents: sums over all others.

use core::ops::Mul;

use super::contract::{Weights, expected};
use super::spread::{FULL, Spread};
use crate::scalar::{Real, Work, wide};

/// Adds to `to`, one number for each state of a parent, the sums of the values that combinations with it have, each times the probability of the
/// other parents' states: those before it and those after it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn add_message<T: Real + Mul<S, Output = T>, S: Copy>(
    values: &[S],
    before: &[Spread<'_, T>],
    after: &[Spread<'_, T>],
    to: &mut [T],
) {
    if after.is_empty() { Weights::Product(before).add_rows(values, to) } else { wide(Message { values, before, after, to }) }
}

struct Message<'a, T, S> {
    values: &'a [S],
    before: &'a [Spread<'a, T>],
    after: &'a [Spread<'a, T>],
    to: &'a mut [T],
}

impl<T: Real + Mul<S, Output = T>, S: Copy> Work for Message<'_, T, S> {
    type Output = ();
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn run(self) {
        let Message { values, before, after, to } = self;
        message(values, T::one(), before, after, to);
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn message<T: Real + Mul<S, Output = T>, S: Copy>(
    values: &[S],
    weight: T,
    before: &[Spread<'_, T>],
    after: &[Spread<'_, T>],
    to: &mut [T],
) {
    let Some((first, rest)) = before.split_first() else {
        if let [b] = *after
            && b.at.is_empty()
            && b.p.len() <= FULL
        {
            match to.len() {
                ..=4 => return columns::<4, T, S>(values, weight, b.p, to),
                5..=8 => return columns::<8, T, S>(values, weight, b.p, to),
                10 => return columns::<10, T, S>(values, weight, b.p, to),
                9..=12 => return columns::<12, T, S>(values, weight, b.p, to),
                13..=16 => return columns::<16, T, S>(values, weight, b.p, to),
                _ => {}
            }
        }
        let stretch = values.len() / to.len().max(1);
        for (to, values) in to.iter_mut().zip(values.chunks_exact(stretch.max(1))) {
            *to += weight * expected(after, values);
        }
        return;
    };
    let (stretch, mut k) = (values.len() / first.states.max(1), 0);
    while let Some((next, i, p)) = first.next(k) {
        k = next;
        message_of_rest(&values[i * stretch..][..stretch], weight * p, rest, after, to);
    }
}

/// Sums of rows, each number times a weight, in all rows side by side: sums along one row would wait for each other.
#[cfg_attr(not(debug_assertions), inline(always))]
fn columns<const W: usize, T: Real + Mul<S, Output = T>, S: Copy>(values: &[S], weight: T, p: &[T], to: &mut [T]) {
    let (mut sums, size, rows) = ([T::zero(); W], p.len(), to.len());
    if values.len() < size * rows {
        return;
    }
    for (j, &p) in p.iter().enumerate() {
        for w in 0..W {
            // Sums beyond the last row are those of the last, and thrown away.
            let row = if w < rows { w } else { rows - 1 };
            sums[w] += p * values[row * size + j];
        }
    }
    for w in 0..W {
        if w < rows {
            to[w] += weight * sums[w];
        }
    }
}

/// The same by a function of its own, which a function that is part of its caller cannot be called by itself.
fn message_of_rest<T: Real + Mul<S, Output = T>, S: Copy>(
    values: &[S],
    weight: T,
    before: &[Spread<'_, T>],
    after: &[Spread<'_, T>],
    to: &mut [T],
) {
    message(values, weight, before, after, to);
}
