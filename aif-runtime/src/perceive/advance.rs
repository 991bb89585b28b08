//! How a joint distribution moves under a joint action: factor by factor where none has to wait for itself, else state by state.

use core::ops::Mul;

use super::contract::Weights;
use super::groups::{Frame, each_line};
use super::spread::Spread;
use crate::model::{FactorSite, GenerativeModel, Marginals, Meta, Table, Tables};
use crate::scalar::{Real, Work, exact_zero, wide};

/// Which factors move.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Moving {
    All,
    /// Those that no action moves, where nothing that is still to move has to know where they were: they may go first, whatever is done.
    Steady,
    /// All but those.
    Others,
}

/// Moves a joint distribution one step under a joint action, in place: one factor after the other, each before those that it moves with, whose
/// previous states it still has to know; steady ones as early as can be. Whether that can be done: not where factors move with each other in a circle.
///
/// Cost: joint states times the sum, not the product, of the factors' states.
pub(super) fn advance_by_factors<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    frame: impl Frame,
    (action, moving): (usize, Moving),
    joint: &mut [T],
) -> bool {
    let Some((order, steady)) = order(&M::META, frame) else { return false };
    let (from, until) = match moving {
        Moving::All => (0, frame.factors()),
        Moving::Steady => (0, steady),
        Moving::Others => (steady, frame.factors()),
    };
    for &k in &order[from..until] {
        let f = frame.factor(usize::from(k));
        M::each_factor(|site| {
            if site.index == f {
                advance_factor(tables, frame, site, site.local_action(&M::META, action), joint);
            }
        });
    }
    true
}

/// Up to so many factors are moved one by one.
const ONE_BY_ONE: usize = 128;

/// In which order the factors of a group can move, and how many steady ones come first.
fn order(meta: &Meta, frame: impl Frame) -> Option<([u8; ONE_BY_ONE], usize)> {
    let count = frame.factors();
    if count > ONE_BY_ONE {
        return None;
    }
    // Whether another factor that has not moved has to know where this one was.
    let needed = |moved: u128, f: usize| {
        (0..count).any(|k| {
            let other = frame.factor(k);
            moved >> k & 1 == 0 && other != f && meta.factors[other].parents.contains(&f)
        })
    };
    let steady = |f: usize| meta.factors[f].actions.is_empty();
    let (mut order, mut moved, mut first) = ([0; ONE_BY_ONE], 0u128, None);
    for (place, to) in order[..count].iter_mut().enumerate() {
        let can = |k: &usize| moved >> k & 1 == 0 && !needed(moved, frame.factor(*k));
        let early = (0..count).filter(|_| first.is_none()).find(|k| steady(frame.factor(*k)) && can(k));
        if early.is_none() {
            first.get_or_insert(place);
        }
        let k = early.or_else(|| (0..count).find(can))?;
        (*to, moved) = (k as u8, moved | 1 << k);
    }
    Some((order, first.unwrap_or(count)))
}

/// Moves one factor of a joint distribution, those that it moves with being where they were.
#[inline]
fn advance_factor<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    frame: impl Frame,
    site: &FactorSite,
    local_action: usize,
    joint: &mut [T],
) {
    let (states, stride) = (site.states, frame.stride(site.index));
    // By how much the combination of parents grows with the factor's own state.
    let own = site
        .parents
        .iter()
        .position(|&f| f == site.index)
        .map_or(0, |i| site.parents[i + 1..].iter().map(|&f| M::META.factors[f].states.count).product());
    let table = tables.transition(site, local_action);
    let mut next = M::Belief::zero();
    let next = next.probabilities_mut(site.index);
    if *site.parents == [site.index] && states <= ALONE {
        match table {
            Table::Map(_) | Table::Sparse(_) => {}
            Table::Fixed(table) => return advance_alone(table, stride, next, joint),
            Table::Free(table) => return advance_alone(table, stride, next, joint),
        }
    }
    // One line of joint states that differ in this factor alone begins where it is in its first state.
    each_line(&M::META, frame, site.parents, site.index, &mut |base, context| {
        next.fill(T::zero());
        let mut some = false;
        for s in 0..states {
            let p = joint[base + s * stride];
            if exact_zero(p) {
                continue;
            }
            some = true;
            let c = context + s * own;
            with_table!(table,
                map => next[usize::from(map[c])] += p,
                sparse => sparse.each(c, |s, b| next[s] += p * b),
                table => {
                    for (to, &b) in next.iter_mut().zip(&table[c * states..][..states]) {
                        *to += p * b;
                    }
                },
            );
        }
        if some {
            for (s, &p) in next.iter().enumerate() {
                joint[base + s * stride] = p;
            }
        }
    });
}

/// Of up to so many states a factor that moves by itself is moved by rows.
const ALONE: usize = 64;

/// Moves a factor that moves by itself: of each stretch of joint states in which the factors before it stay as they are, rows of those after it are
/// added up. `next` is storage of as many numbers as it has states.
fn advance_alone<T: Real + Mul<S, Output = T>, S: Real>(table: &[S], stride: usize, next: &mut [T], joint: &mut [T]) {
    let states = next.len();
    for stretch in joint.chunks_exact_mut(states * stride) {
        if stretch.iter().all(|&p| exact_zero(p)) {
            continue;
        }
        if stride == 1 {
            next.fill(T::zero());
            Weights::Product(&[Spread::all(stretch)]).add_rows(table, next);
            stretch.copy_from_slice(next);
            continue;
        }
        // Where factors after it are in one combination, then another: a few side by side.
        let mut column = [S::zero(); ALONE];
        for from in (0..stride).step_by(SIDE) {
            let size = SIDE.min(stride - from);
            // The last few stand beside some that have moved already, of which nothing is written.
            let (first, done) = if stride < SIDE { (from, 0) } else { (from + size - SIDE, SIDE - size) };
            let mut moved = [[T::zero(); SIDE]; ALONE];
            for (to, moved) in moved[..states].iter_mut().enumerate() {
                for (s, p) in column[..states].iter_mut().enumerate() {
                    *p = table[s * states + to];
                }
                if stride >= SIDE {
                    wide(Moved { column: &column[..states], from: &stretch[first..], stride, to: moved });
                } else {
                    for (s, &b) in column[..states].iter().enumerate() {
                        for (to, &p) in moved[..size].iter_mut().zip(&stretch[s * stride + from..]) {
                            *to += p * b;
                        }
                    }
                }
            }
            for (s, moved) in moved[..states].iter().enumerate() {
                stretch[s * stride + from..][..size].copy_from_slice(&moved[done..][..size]);
            }
        }
    }
}

/// So many combinations of the factors after the one that moves are moved side by side.
const SIDE: usize = 10;

/// Adds up rows of joint states, each times a probability.
struct Moved<'a, T, S> {
    column: &'a [S],
    from: &'a [T],
    stride: usize,
    to: &'a mut [T; SIDE],
}

impl<T: Real + Mul<S, Output = T>, S: Real> Work for Moved<'_, T, S> {
    type Output = ();
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn run(self) {
        let Moved { column, from, stride, to } = self;
        let (mut sums, mut rows) = ([T::zero(); SIDE], from);
        for &b in column {
            let Some(row) = rows.first_chunk::<SIDE>() else { return };
            for w in 0..SIDE {
                sums[w] += row[w] * b;
            }
            rows = rows.get(stride..).unwrap_or(&[]);
        }
        *to = sums;
    }
}

/// Adds to `to` the joint distribution one step later under a joint action, times `weight`.
pub(super) fn advance<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    frame: impl Frame,
    action: usize,
    weight: T,
    from: &[T],
    to: &mut [T],
) {
    for (s, &p) in from.iter().enumerate() {
        if !exact_zero(p) {
            each_next(tables, frame, action, s, p * weight, &mut |next, p| to[next] += p);
        }
    }
}

/// Calls `visit(next joint state, p times its probability)` for every state that may follow a joint state under a joint action.
pub(super) fn each_next<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    frame: impl Frame,
    action: usize,
    previous: usize,
    p: T,
    visit: &mut impl FnMut(usize, T),
) {
    spread::<M, T, _>(tables, frame, action, previous, 0, 0, p, visit);
}

/// Spreads the probability of one previous joint state over the next states of the frame's `k`th factor and all after it.
#[allow(clippy::too_many_arguments)]
fn spread<M: GenerativeModel<T>, T: Real, F: Frame>(
    tables: &Tables<M, T>,
    frame: F,
    action: usize,
    previous: usize,
    k: usize,
    next: usize,
    p: T,
    visit: &mut impl FnMut(usize, T),
) {
    if k == frame.factors() {
        visit(next, p);
        return;
    }
    M::each_factor(|site| {
        if site.index != frame.factor(k) {
            return;
        }
        let c = frame.context(previous, site.parents);
        let next = next * site.states;
        with_table!(tables.transition(site, site.local_action(&M::META, action)),
            map => spread::<M, T, F>(tables, frame, action, previous, k + 1, next + usize::from(map[c]), p, visit),
            sparse => sparse.each(c, |s, b| spread::<M, T, F>(tables, frame, action, previous, k + 1, next + s, p * b, visit)),
            table => {
                for (s, &b) in table[c * site.states..][..site.states].iter().enumerate() {
                    if !exact_zero(b) {
                        spread::<M, T, F>(tables, frame, action, previous, k + 1, next + s, p * b, visit);
                    }
                }
            },
        );
    });
}
