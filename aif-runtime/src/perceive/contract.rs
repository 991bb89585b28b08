//! Contraction of tables over their parents: sums over all combinations of the parents' states, each weighed by how probable it is.
//!
//! The combinations are those of a product of distributions, the last running fastest. Distributions may be given by what is possible in them alone. Of
//! three parents and more the first are gone through one by one; rows of the last two are added up in sums that stay in the registers of a vector
//! unit, from the first to the last.

use core::ops::Mul;

use crate::model::MAX_WIDTH;
use crate::scalar::{Real, Work, each_possible, exact_zero, wide};

/// The distribution of one parent: of all its states, or of the possible ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread<'a, T> {
    /// Which states the probabilities are of, from the first to the last; empty where they are of all.
    at: &'a [u32],
    p: &'a [T],
    /// How many states there are.
    states: usize,
}

impl<'a, T: Real> Spread<'a, T> {
    /// Nothing: what stands in where there is no parent.
    pub const NONE: Self = Spread { at: &[], p: &[], states: 0 };

    /// Of all states.
    #[inline(always)]
    pub fn all(p: &'a [T]) -> Self {
        Spread { at: &[], p, states: p.len() }
    }

    /// Of some of so many states.
    #[inline(always)]
    pub fn some(at: &'a [u32], p: &'a [T], states: usize) -> Self {
        Spread { at, p, states }
    }

    #[inline(always)]
    fn each(self, mut f: impl FnMut(usize, T)) {
        if self.at.is_empty() {
            return each_possible(self.p, f);
        }
        for (&i, &p) in self.at.iter().zip(self.p) {
            f(i as usize, p);
        }
    }

    /// The first possible state at or after the `k`th number of the list, and how probable it is: with a place to go on from. In loops that are to be
    /// vector instructions, this takes the place of closures, which the compiler keeps apart.
    #[inline(always)]
    fn next(self, mut k: usize) -> Option<(usize, usize, T)> {
        while let Some(&p) = self.p.get(k) {
            if !exact_zero(p) {
                return Some((k + 1, if self.at.is_empty() { k } else { self.at[k] as usize }, p));
            }
            k += 1;
            // Of large maps nearly all is impossible.
            while k % STRETCH == 0
                && let Some(stretch) = self.p.get(k..k + STRETCH)
                && nothing(stretch)
            {
                k += STRETCH;
            }
        }
        None
    }

    /// The sum of numbers, one for each state, each times its probability.
    #[inline(always)]
    fn dot<S: Copy>(self, values: &[S]) -> T
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

#[inline(always)]
fn nothing<T: Real>(stretch: &[T]) -> bool {
    let mut nothing = true;
    for &p in stretch {
        nothing &= exact_zero(p);
    }
    nothing
}

/// The sum of products, four side by side.
#[inline(always)]
pub(crate) fn dot<T: Real, S: Copy>(p: &[T], values: &[S]) -> T
where
    T: Mul<S, Output = T>,
{
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

/// How probable each combination of some parents' states is.
#[derive(Clone, Copy)]
pub(crate) enum Weights<'a, T> {
    /// As their distributions say, which are independent.
    Product(&'a [Spread<'a, T>]),
    /// As a walk over the combinations says.
    Walk(&'a dyn Fn(&mut dyn FnMut(usize, T))),
}

/// Tables with fewer numbers are gone through without ado.
pub(crate) const SMALL: usize = 64;

/// Of up to so many states each it is worth looking whether all are possible.
const FULL: usize = 256;

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
    #[inline(always)]
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

struct WideRows<'a, T, S> {
    spreads: &'a [Spread<'a, T>],
    rows: &'a [S],
    width: usize,
    to: &'a mut [T; MAX_WIDTH],
}

impl<T: Real + Mul<S, Output = T>, S: Copy> Work for WideRows<'_, T, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let WideRows { spreads, rows, width, to } = self;
        match width {
            4 => sum_of_all::<4, T, S>(spreads, rows, to),
            8 => sum_of_all::<8, T, S>(spreads, rows, to),
            12 => sum_of_all::<12, T, S>(spreads, rows, to),
            16 => sum_of_all::<16, T, S>(spreads, rows, to),
            _ => {
                // Longer rows part by part.
                for k in (0..width).step_by(16) {
                    rows_of_many(spreads, T::one(), (&rows[k..], width), &mut to[k..width.min(k + 16)]);
                }
            }
        }
    }
}

#[inline(always)]
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
#[inline(always)]
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

/// Parts of longer rows.
fn rows_of_many<T: Real + Mul<S, Output = T>, S: Copy>(
    spreads: &[Spread<'_, T>],
    weight: T,
    (rows, width): (&[S], usize),
    to: &mut [T],
) {
    let Some((first, rest)) = spreads.split_first() else { return add_row(to, rows, weight) };
    let contexts = rest.iter().fold(1, |product, spread| product * spread.states);
    let mut k = 0;
    while let Some((next, i, p)) = first.next(k) {
        k = next;
        rows_of_many(rest, weight * p, (&rows[i * contexts * width..], width), to);
    }
}

/// Adds `p` times a row.
#[inline(always)]
fn add_row<T: Real, S: Copy>(to: &mut [T], row: &[S], p: T)
where
    T: Mul<S, Output = T>,
{
    for (to, &w) in to.iter_mut().zip(row) {
        *to += p * w;
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

/// Whether all combinations of two parents are possible, so that none need be left out.
#[inline(always)]
fn are_full<T: Real>(a: Spread<'_, T>, b: Spread<'_, T>) -> bool {
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

/// As `rows_of_two`, where all combinations are possible.
#[inline(always)]
fn full_rows<T: Real + Mul<S, Output = T>, S: Copy>(a: &[T], b: &[T], table: &[S], to: &mut [T]) {
    let size = to.len();
    for (k, to) in to.chunks_mut(16).enumerate() {
        let from = (&table[k * 16..], size);
        match to.len() {
            ..=2 => full_stretches::<2, T, S>(a, b, from, to),
            3..=4 => full_stretches::<4, T, S>(a, b, from, to),
            5..=8 => full_stretches::<8, T, S>(a, b, from, to),
            // So common that the last row need not be filled up.
            10 => full_stretches::<10, T, S>(a, b, from, to),
            9..=12 => full_stretches::<12, T, S>(a, b, from, to),
            _ => full_stretches::<16, T, S>(a, b, from, to),
        }
    }
}

/// As `add_stretches`; even and odd rows by themselves, for sums wait for each other.
#[inline(always)]
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

/// Adds to `to`, one number for each state of a parent, the sums of the values that combinations with it have, each times the probability of the
/// other parents' states: those before it and those after it.
#[inline(always)]
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
    #[inline(always)]
    fn run(self) {
        let Message { values, before, after, to } = self;
        message(values, T::one(), before, after, to);
    }
}

#[inline(always)]
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
#[inline(always)]
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

struct Expected<'a, T, S> {
    spreads: &'a [Spread<'a, T>],
    values: &'a [S],
}

impl<T: Real + Mul<S, Output = T>, S: Copy> Work for Expected<'_, T, S> {
    type Output = T;
    #[inline(always)]
    fn run(self) -> T {
        expected(self.spreads, self.values)
    }
}

/// Each parent's sum within that of the one before it.
#[inline(always)]
fn expected<T: Real + Mul<S, Output = T>, S: Copy>(spreads: &[Spread<'_, T>], values: &[S]) -> T {
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

struct Rows<'a, T, S> {
    spreads: &'a [Spread<'a, T>],
    table: &'a [S],
    to: &'a mut [T],
}

impl<T: Real + Mul<S, Output = T>, S: Copy> Work for Rows<'_, T, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Rows { spreads, table, to } = self;
        rows(spreads, T::one(), table, to);
    }
}

#[inline(always)]
fn rows<T: Real + Mul<S, Output = T>, S: Copy>(spreads: &[Spread<'_, T>], weight: T, table: &[S], to: &mut [T]) {
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

#[inline(always)]
fn rows_of_two<T: Real + Mul<S, Output = T>, S: Copy>(a: Spread<'_, T>, b: Spread<'_, T>, table: &[S], to: &mut [T]) {
    if are_full(a, b) {
        return full_rows(a.p, b.p, table, to);
    }
    let size = to.len();
    for (k, to) in to.chunks_mut(16).enumerate() {
        let from = (&table[k * 16..], size);
        match to.len() {
            ..=2 => add_stretches::<2, T, S>(a, b, from, to),
            3..=4 => add_stretches::<4, T, S>(a, b, from, to),
            5..=8 => add_stretches::<8, T, S>(a, b, from, to),
            // So common that the last row need not be filled up.
            10 => add_stretches::<10, T, S>(a, b, from, to),
            9..=12 => add_stretches::<12, T, S>(a, b, from, to),
            _ => add_stretches::<16, T, S>(a, b, from, to),
        }
    }
}

/// Adds the first `to.len()` numbers, at most `W`, of each row; sums beyond them are worked out, too, and thrown away.
#[inline(always)]
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

#[cfg(test)]
mod tests {
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
