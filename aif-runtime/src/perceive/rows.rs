//! Rows of any table added up, each times the probability of its combination of parent states: in sums that stay in registers.

use core::ops::Mul;

use super::spread::{Spread, add_row, are_full};
use crate::scalar::{Real, Work};

pub(super) struct Rows<'a, T, S> {
    pub spreads: &'a [Spread<'a, T>],
    pub table: &'a [S],
    pub to: &'a mut [T],
}

impl<T: Real + Mul<S, Output = T>, S: Copy> Work for Rows<'_, T, S> {
    type Output = ();
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn run(self) {
        let Rows { spreads, table, to } = self;
        rows(spreads, T::one(), table, to);
    }
}

/// Adds them to `to`, which is as long as a row; long ones in parts of sixteen.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn rows<T: Real + Mul<S, Output = T>, S: Copy>(spreads: &[Spread<'_, T>], weight: T, table: &[S], to: &mut [T]) {
    match *spreads {
        [] => add_row(to, table, weight),
        [b] => rows_of_two(Spread { at: &[], p: &[weight], states: 1 }, b, table, to),
        [a, b] => rows_of_two(a, b, table, to),
        [a, ref rest @ ..] => {
            let stretch = table.len() / a.states.max(1);
            a.each(|i, p| rows_of_rest(rest, weight * p, &table[i * stretch..][..stretch], to));
        }
    }
}

/// Where a weight is left of parents before the last two, it is put into the first of these.
fn rows_of_rest<T: Real + Mul<S, Output = T>, S: Copy>(spreads: &[Spread<'_, T>], weight: T, table: &[S], to: &mut [T]) {
    let [a, b] = *spreads else { return rows(spreads, weight, table, to) };
    let stretch = table.len() / a.states.max(1);
    a.each(|i, p| {
        let one = Spread { at: &[], p: &[weight * p], states: 1 };
        rows_of_two(one, b, &table[i * stretch..][..stretch], to);
    });
}

/// Adds rows stretch by stretch, each by code for its width.
macro_rules! by_width {
    ($add:ident($a:expr, $b:expr, $table:expr, $size:expr, $to:expr)) => {
        for (k, to) in $to.chunks_mut(16).enumerate() {
            let from = (&$table[k * 16..], $size);
            match to.len() {
                ..=2 => $add::<2, T, S>($a, $b, from, to),
                3..=4 => $add::<4, T, S>($a, $b, from, to),
                5..=8 => $add::<8, T, S>($a, $b, from, to),
                // So common that the last row need not be filled up.
                10 => $add::<10, T, S>($a, $b, from, to),
                9..=12 => $add::<12, T, S>($a, $b, from, to),
                _ => $add::<16, T, S>($a, $b, from, to),
            }
        }
    };
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn rows_of_two<T: Real + Mul<S, Output = T>, S: Copy>(a: Spread<'_, T>, b: Spread<'_, T>, table: &[S], to: &mut [T]) {
    if are_full(a, b) {
        return full_rows(a.p, b.p, table, to);
    }
    let size = to.len();
    by_width!(add_stretches(a, b, table, size, to));
}

/// Adds the first `to.len()` numbers, at most `W`, of each row; sums beyond them are worked out, too, and thrown away.
#[cfg_attr(not(debug_assertions), inline(always))]
fn add_stretches<const W: usize, T: Real + Mul<S, Output = T>, S: Copy>(
    a: Spread<'_, T>,
    b: Spread<'_, T>,
    (table, size): (&[S], usize),
    to: &mut [T],
) {
    let (mut sums, mut k) = ([T::zero(); W], 0);
    while let Some((next, i, p)) = a.next(k) {
        k = next;
        let (rows, mut l) = (&table[i * b.states * size..], 0);
        while let Some((next, j, q)) = b.next(l) {
            l = next;
            let (row, weight) = (&rows[j * size..], p * q);
            let last;
            let row = match row.first_chunk::<W>() {
                Some(row) => row,
                None => {
                    last = padded(row);
                    &last
                }
            };
            for w in 0..W {
                sums[w] += weight * row[w];
            }
        }
    }
    // At places that the compiler knows: sums that are looked up elsewhere would be kept in memory.
    for w in 0..W {
        if w < to.len() {
            to[w] += sums[w];
        }
    }
}

/// The last row of a table, shorter than what is read of others.
#[cold]
#[inline(never)]
fn padded<const W: usize, S: Copy>(row: &[S]) -> [S; W] {
    let mut padded = [row[0]; W];
    for (to, &x) in padded.iter_mut().zip(row) {
        *to = x;
    }
    padded
}

/// As `rows_of_two`, where all combinations are possible.
#[cfg_attr(not(debug_assertions), inline(always))]
fn full_rows<T: Real + Mul<S, Output = T>, S: Copy>(a: &[T], b: &[T], table: &[S], to: &mut [T]) {
    let size = to.len();
    by_width!(full_stretches(a, b, table, size, to));
}

/// As `add_stretches`; even and odd rows by themselves, for sums wait for each other.
#[cfg_attr(not(debug_assertions), inline(always))]
fn full_stretches<const W: usize, T: Real + Mul<S, Output = T>, S: Copy>(
    a: &[T],
    b: &[T],
    (table, size): (&[S], usize),
    to: &mut [T],
) {
    let (mut even, mut odd) = ([T::zero(); W], [T::zero(); W]);
    let (pairs, single) = b.as_chunks::<2>();
    let mut rows = table;
    let mut last;
    // The row at which the rest of the table begins.
    macro_rules! row {
        () => {
            match rows.first_chunk::<W>() {
                Some(row) => row,
                None => {
                    last = padded(rows);
                    &last
                }
            }
        };
    }
    for &p in a {
        for &[q, r] in pairs {
            let (q, r) = (p * q, p * r);
            let row = row!();
            for w in 0..W {
                even[w] += q * row[w];
            }
            rows = &rows[size..];
            let row = row!();
            for w in 0..W {
                odd[w] += r * row[w];
            }
            rows = rows.get(size..).unwrap_or(&[]);
        }
        if let [q] = *single {
            let (q, row) = (p * q, row!());
            for w in 0..W {
                even[w] += q * row[w];
            }
            rows = rows.get(size..).unwrap_or(&[]);
        }
    }
    for w in 0..W {
        if w < to.len() {
            to[w] += even[w] + odd[w];
        }
    }
}
