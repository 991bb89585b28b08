//! Rows of a whole number of lanes added up, each times the probability of its combination of parent states.

use core::ops::Mul;

use super::rows;
use super::spread::{Spread, are_full};
use crate::model::MAX_WIDTH;
use crate::scalar::{Real, Work};

pub(super) struct WideRows<'a, T, S> {
    pub spreads: &'a [Spread<'a, T>],
    pub rows: &'a [S],
    pub width: usize,
    pub to: &'a mut [T; MAX_WIDTH],
}

impl<T: Real + Mul<S, Output = T>, S: Copy> Work for WideRows<'_, T, S> {
    type Output = ();
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn run(self) {
        let WideRows { spreads, rows, width, to } = self;
        match width {
            4 => sum_of_all::<4, T, S>(spreads, rows, to),
            8 => sum_of_all::<8, T, S>(spreads, rows, to),
            12 => sum_of_all::<12, T, S>(spreads, rows, to),
            16 => sum_of_all::<16, T, S>(spreads, rows, to),
            _ => rows::rows(spreads, T::one(), rows, &mut to[..width]),
        }
    }
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn sum_of_all<const W: usize, T: Real + Mul<S, Output = T>, S: Copy>(
    spreads: &[Spread<'_, T>],
    rows: &[S],
    to: &mut [T; MAX_WIDTH],
) {
    let one = [T::one()];
    let (rows, _) = rows.as_chunks::<W>();
    match *spreads {
        [] => sum_of_two(Spread::all(&one), Spread::all(&one), rows, to),
        [b] => sum_of_two(Spread::all(&one), b, rows, to),
        [a, b] => sum_of_two(a, b, rows, to),
        [first, ref rest @ ..] => {
            let (stretch, mut k) = (rows.len() / first.states.max(1), 0);
            while let Some((next, i, p)) = first.next(k) {
                k = next;
                sum_of_rest(rest, p, &rows[i * stretch..][..stretch], to);
            }
        }
    }
}

/// The same of all parents but the first, whose state has a probability.
fn sum_of_rest<const W: usize, T: Real + Mul<S, Output = T>, S: Copy>(
    spreads: &[Spread<'_, T>],
    weight: T,
    rows: &[[S; W]],
    to: &mut [T; MAX_WIDTH],
) {
    let Some((first, rest)) = spreads.split_first() else { return };
    let (stretch, mut k) = (rows.len() / first.states.max(1), 0);
    while let Some((next, i, p)) = first.next(k) {
        k = next;
        let (rows, weight) = (&rows[i * stretch..][..stretch], [weight * p]);
        match *rest {
            [b] => sum_of_two(Spread::all(&weight), b, rows, to),
            _ => sum_of_rest(rest, weight[0], rows, to),
        }
    }
}

/// Even and odd rows by themselves where all combinations are possible, for sums wait for each other.
#[cfg_attr(not(debug_assertions), inline(always))]
fn sum_of_two<const W: usize, T: Real + Mul<S, Output = T>, S: Copy>(
    a: Spread<'_, T>,
    b: Spread<'_, T>,
    rows: &[[S; W]],
    to: &mut [T; MAX_WIDTH],
) {
    let (mut even, mut odd) = ([T::zero(); W], [T::zero(); W]);
    if are_full(a, b) {
        let (pairs, single) = b.p.as_chunks::<2>();
        for (&p, rows) in a.p.iter().zip(rows.chunks_exact(b.p.len().max(1))) {
            let (row_pairs, last) = rows.as_chunks::<2>();
            for (&[q, r], [x, y]) in pairs.iter().zip(row_pairs) {
                let (q, r) = (p * q, p * r);
                for w in 0..W {
                    even[w] += q * x[w];
                }
                for w in 0..W {
                    odd[w] += r * y[w];
                }
            }
            if let ([q], [x]) = (single, last) {
                let q = p * *q;
                for w in 0..W {
                    even[w] += q * x[w];
                }
            }
        }
    } else {
        let mut k = 0;
        while let Some((next, i, p)) = a.next(k) {
            k = next;
            let (rows, mut l) = (&rows[i * b.states..][..b.states], 0);
            while let Some((next, j, q)) = b.next(l) {
                l = next;
                let (row, q) = (&rows[j], p * q);
                for w in 0..W {
                    even[w] += q * row[w];
                }
            }
        }
    }
    for w in 0..W {
        to[w] += even[w] + odd[w];
    }
}

#[cfg(test)]
mod tests {
    use super::{Spread, WideRows};
    use crate::model::MAX_WIDTH;
    use crate::scalar::Work;
    use alloc::vec::Vec;

    /// Of any width and any number of parents, some of whose states are impossible.
    #[test]
    fn rows_are_added_up_as_one_by_one() {
        let counts = [3, 2, 5, 4];
        let part = |i: usize| if i % 4 == 2 { 0.0 } else { ((i * 37) % 11) as f64 / 7.0 };
        let parents: Vec<Vec<f64>> = counts.iter().map(|&n| (0..n).map(|s| part(s + n)).collect()).collect();
        for count in 0..=counts.len() {
            let spreads: Vec<Spread<'_, f64>> = parents[..count].iter().map(|p| Spread::all(p)).collect();
            let contexts: usize = counts[..count].iter().product();
            for width in (4..=MAX_WIDTH).step_by(4) {
                let rows: Vec<f64> = (0..contexts * width).map(|i| ((i * 31) % 17) as f64 - 8.0).collect();
                let mut found = [0.0; MAX_WIDTH];
                WideRows { spreads: &spreads, rows: &rows, width, to: &mut found }.run();
                let mut wanted = [0.0; MAX_WIDTH];
                for (context, row) in rows.chunks_exact(width).enumerate() {
                    let (mut p, mut left) = (1.0, context);
                    for parent in parents[..count].iter().rev() {
                        p *= parent[left % parent.len()];
                        left /= parent.len();
                    }
                    row.iter().zip(&mut wanted).for_each(|(x, to)| *to += p * x);
                }
                let near = found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12 * (1.0 + b.abs()));
                assert!(near, "{count} parents, {width} columns: {found:?} {wanted:?}");
            }
        }
    }
}
