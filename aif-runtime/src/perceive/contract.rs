//! Contraction of tables over their parents: sums over all combinations of the parents' states, each weighed by how probable it is.
//!
//! The combinations are those of a product of distributions, the last running fastest. Distributions may be given by what is possible in them alone. Of
//! three parents and more the first are gone through one by one; rows of the last two are added up in sums that stay in the registers of a vector
//! unit, from the first to the last.

use core::ops::Mul;

use super::rows::Rows;
use super::spread::{Spread, add_row};
use super::wide_rows::WideRows;
use crate::model::MAX_WIDTH;
use crate::scalar::{Real, Work, each_possible, exact_zero, wide};

/// A walk that calls a function with each combination and its probability.
type Walk<'a, T> = dyn Fn(&mut dyn FnMut(usize, T)) + 'a;

/// How probable each combination of some parents' states is.
#[derive(Clone, Copy)]
pub(crate) enum Weights<'a, T> {
    /// As their distributions say, which are independent.
    Product(&'a [Spread<'a, T>]),
    /// As a walk over the combinations says.
    Walk(&'a Walk<'a, T>),
}

/// Tables with fewer numbers are gone through without ado.
pub(crate) const SMALL: usize = 64;

impl<T: Real> Weights<'_, T> {
    /// Calls `f(combination, probability)` for every combination that is not impossible.
    #[inline]
    pub fn each(self, mut f: impl FnMut(usize, T)) {
        match self {
            Weights::Product([]) => f(0, T::one()),
            Weights::Product([a]) if a.at.is_empty() => each_possible(a.p, f),
            Weights::Product([a, b]) if a.at.is_empty() && b.at.is_empty() => {
                each_possible(a.p, |i, p| each_possible(b.p, |j, q| f(i * b.states + j, p * q)));
            }
            Weights::Product(spreads) => nest(spreads, 0, T::one(), &mut f),
            Weights::Walk(walk) => walk(&mut f),
        }
    }

    /// Over how many combinations at most the walk goes, as far as that is easily said.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn most(self) -> usize {
        match self {
            Weights::Product(spreads) => spreads.iter().fold(1, |product, spread| product.saturating_mul(spread.p.len())),
            Weights::Walk(_) => usize::MAX,
        }
    }

    /// The sum of numbers, one for each combination, each times its probability.
    #[inline]
    pub fn expect<S: Copy>(self, values: &[S]) -> T
    where
        T: Mul<S, Output = T>,
    {
        match self {
            Weights::Product(spreads) if values.len() >= SMALL => wide(Expected { spreads, values }),
            _ => {
                let mut sum = T::zero();
                self.each(|c, p| sum += p * values[c]);
                sum
            }
        }
    }

    /// Adds to `to` the rows of a table, one for each combination, each times its probability.
    #[inline]
    pub fn add_rows<S: Copy>(self, table: &[S], to: &mut [T])
    where
        T: Mul<S, Output = T>,
    {
        match self {
            Weights::Product(spreads) if table.len() >= SMALL && size_of::<T>() <= 16 && to.len() > 1 => {
                wide(Rows { spreads, table, to });
            }
            _ => self.each(|c, p| add_row(to, &table[c * to.len()..], p)),
        }
    }
}

impl<T: Real> Weights<'_, T> {
    /// The sums of rows of so many numbers, a multiple of four up to [`MAX_WIDTH`], each times the probability of its combination; zero beyond them.
    #[inline]
    pub fn sum_rows<S: Copy>(self, rows: &[S], width: usize) -> [T; MAX_WIDTH]
    where
        T: Mul<S, Output = T>,
    {
        let mut sums = [T::zero(); MAX_WIDTH];
        match self {
            Weights::Product(spreads) if size_of::<T>() <= 16 => wide(WideRows { spreads, rows, width, to: &mut sums }),
            _ => self.each(|c, p| add_row(&mut sums[..width], &rows[c * width..], p)),
        }
        sums
    }
}

/// The combinations of more than two parents.
fn nest<T: Real>(spreads: &[Spread<'_, T>], context: usize, product: T, f: &mut dyn FnMut(usize, T)) {
    let Some((spread, rest)) = spreads.split_first() else { return f(context, product) };
    spread.each(|i, p| {
        let product = product * p;
        if !exact_zero(product) {
            nest(rest, context * spread.states + i, product, f);
        }
    });
}

struct Expected<'a, T, S> {
    spreads: &'a [Spread<'a, T>],
    values: &'a [S],
}

impl<T: Real + Mul<S, Output = T>, S: Copy> Work for Expected<'_, T, S> {
    type Output = T;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn run(self) -> T {
        expected(self.spreads, self.values)
    }
}

/// Each parent's sum within that of the one before it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn expected<T: Real + Mul<S, Output = T>, S: Copy>(spreads: &[Spread<'_, T>], values: &[S]) -> T {
    match *spreads {
        [] => T::one() * values[0],
        [a] => a.dot(values),
        [a, b] => {
            let (mut sum, mut k) = (T::zero(), 0);
            while let Some((next, i, p)) = a.next(k) {
                sum += p * b.dot(&values[i * b.states..][..b.states]);
                k = next;
            }
            sum
        }
        [a, ref rest @ ..] => expected_of_many(a, rest, values),
    }
}

fn expected_of_many<T: Real + Mul<S, Output = T>, S: Copy>(first: Spread<'_, T>, rest: &[Spread<'_, T>], values: &[S]) -> T {
    let (stretch, mut sum) = (values.len() / first.states.max(1), T::zero());
    first.each(|i, p| sum += p * expected(rest, &values[i * stretch..][..stretch]));
    sum
}

#[cfg(test)]
mod tests {
    use super::super::messages::add_message;
    use super::*;
    use crate::scalar::{Dual, Single};

    /// Sums in their plainest form.
    fn check<T: Real>(sizes: &[usize], outcomes: usize, full: bool, within: f64) {
        let number = |i: usize| T::constant(((i * 7919 + 13) % 101) as f64 / 101.0);
        let lists: alloc::vec::Vec<alloc::vec::Vec<T>> = sizes
            .iter()
            .map(|&n| (0..n).map(|i| if i % 3 == 1 && !full { T::zero() } else { number(i + n) + 0.01 }).collect())
            .collect();
        let possible: alloc::vec::Vec<(alloc::vec::Vec<u32>, alloc::vec::Vec<T>)> = lists
            .iter()
            .map(|list| list.iter().enumerate().filter(|(_, p)| p.value() != 0.0).map(|(i, &p)| (i as u32, p)).unzip())
            .collect();
        let contexts: usize = sizes.iter().product();
        let table: alloc::vec::Vec<T> = (0..contexts * outcomes).map(number).collect();
        let mut plain = alloc::vec![T::zero(); outcomes];
        for (c, row) in table.chunks(outcomes).enumerate() {
            let (mut rest, mut p) = (c, T::one());
            for list in lists.iter().rev() {
                p *= list[rest % list.len()];
                rest /= list.len();
            }
            for (to, &x) in plain.iter_mut().zip(row) {
                *to += p * x;
            }
        }
        let all: alloc::vec::Vec<_> = lists.iter().map(|list| Spread::all(list)).collect();
        let some: alloc::vec::Vec<_> = possible.iter().zip(sizes).map(|((at, p), &n)| Spread::some(at, p, n)).collect();
        for spreads in [&all, &some] {
            let weights = Weights::Product(spreads);
            let mut sums = alloc::vec![T::zero(); outcomes];
            weights.add_rows(&table, &mut sums);
            for (o, (sum, plain)) in sums.iter().zip(&plain).enumerate() {
                assert!((sum.value() - plain.value()).abs() < within * plain.value().max(1.0), "{sizes:?} {outcomes}");
                let column: alloc::vec::Vec<T> = table.iter().skip(o).step_by(outcomes).copied().collect();
                assert!((weights.expect(&column).value() - plain.value()).abs() < within * plain.value().max(1.0));
                let width = outcomes.next_multiple_of(4);
                if width <= MAX_WIDTH {
                    let mut rows = alloc::vec![T::zero(); contexts * width];
                    for (to, row) in rows.chunks_mut(width).zip(table.chunks(outcomes)) {
                        to[..outcomes].copy_from_slice(row);
                    }
                    let sums = weights.sum_rows(&rows, width);
                    assert!((sums[o].value() - plain.value()).abs() < within * plain.value().max(1.0));
                }
            }
        }
    }

    /// The message to one of three parents, in its plainest form.
    fn check_message(sizes: [usize; 3], position: usize) {
        let number = |i: usize| ((i * 7919 + 13) % 101) as f64 / 101.0;
        let lists = sizes.map(|n| (0..n).map(|i| number(i + n)).collect::<alloc::vec::Vec<f64>>());
        let values: alloc::vec::Vec<f64> = (0..sizes.iter().product()).map(number).collect();
        let (mut plain, mut found) = (alloc::vec![0.0; sizes[position]], alloc::vec![0.0; sizes[position]]);
        for (c, value) in values.iter().enumerate() {
            let at = [c / sizes[2] / sizes[1], c / sizes[2] % sizes[1], c % sizes[2]];
            let others = (0..3).filter(|&i| i != position).map(|i| lists[i][at[i]]).product::<f64>();
            plain[at[position]] += value * others;
        }
        let spreads = [0, 1, 2].map(|i| Spread::all(&lists[i]));
        add_message(&values, &spreads[..position], &spreads[position + 1..], &mut found);
        for (found, plain) in found.iter().zip(&plain) {
            assert!((found - plain).abs() < 1e-13 * plain.max(1.0), "{sizes:?} {position}");
        }
    }

    #[test]
    fn messages_are_sums_over_all_other_parents() {
        for sizes in [[10, 10, 10], [1, 10, 10], [1, 1, 40], [4, 3, 7], [5, 17, 2], [40, 3, 12], [70, 9, 1]] {
            (0..3).for_each(|position| check_message(sizes, position));
        }
    }

    #[test]
    fn sums_are_those_over_all_combinations() {
        for outcomes in [1, 2, 3, 4, 5, 9, 10, 16, 17, 40] {
            for sizes in [&[40][..], &[10, 10], &[1, 70], &[3, 5, 7], &[2, 3, 4, 5], &[2, 3]] {
                for full in [false, true] {
                    check::<f64>(sizes, outcomes, full, 1e-13);
                    check::<Single>(sizes, outcomes, full, 1e-4);
                    check::<Dual<2>>(sizes, outcomes, full, 1e-13);
                }
            }
        }
    }
}
