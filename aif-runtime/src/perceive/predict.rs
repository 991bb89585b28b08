//! Prediction: the belief one step ahead under an action, and the outcomes that it lets expect.

use super::contexts::{each_context, some_context};
use super::contract::{SMALL, Weights};
use super::spread::Spread;
use crate::model::{GenerativeModel, Marginals, Table, Tables, entry};
use crate::scalar::{Real, negligible};

/// Adds the columns of a table, each times the probability of the combination of parent states that it stands for.
#[cfg_attr(not(debug_assertions), inline(always))]
fn pass<B: Marginals<T>, T: Real>(table: Table<'_, T>, belief: &B, parents: &[usize], size: usize, to: &mut [T]) {
    let large = match table {
        Table::Map(_) | Table::Sparse(_) => false,
        Table::Fixed(table) => table.len() >= SMALL,
        Table::Free(table) => table.len() >= SMALL,
    };
    // What is small becomes part of its caller: a call would cost as much.
    if !large {
        return with_table!(table,
            map => each_context(belief, parents, |c, p| to[usize::from(map[c])] += p),
            sparse => each_context(belief, parents, |c, p| sparse.each(c, |s, b| to[s] += p * b)),
            table => each_context(belief, parents, |c, p| {
                for (to, &b) in to.iter_mut().zip(&table[c * size..][..size]) {
                    *to += p * b;
                }
            }),
        );
    }
    pass_large(table, belief, parents, to);
}

/// The same of a table of many numbers.
#[inline(never)]
fn pass_large<B: Marginals<T>, T: Real>(table: Table<'_, T>, belief: &B, parents: &[usize], to: &mut [T]) {
    let add = |to: &mut [T], weights: Weights<'_, T>| {
        with_table!(table,
            map => weights.each(|c, p| to[usize::from(map[c])] += p),
            sparse => weights.each(|c, p| sparse.each(c, |s, b| to[s] += p * b)),
            table => weights.add_rows(table, to),
        );
    };
    let of = |f: usize| Spread::all(belief.probabilities(f));
    match *parents {
        [] => add(to, Weights::Product(&[])),
        [a] => add(to, Weights::Product(&[of(a)])),
        [a, b] => add(to, Weights::Product(&[of(a), of(b)])),
        [a, b, c] => add(to, Weights::Product(&[of(a), of(b), of(c)])),
        _ => add(to, Weights::Walk(&|f| each_context(belief, parents, f))),
    }
}

/// The belief one step later under a joint action: `q'_f(s') = sum over parent states of B_f(s' | .., action) times their beliefs`.
#[inline]
pub fn predict<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &M::Belief, action: usize) -> M::Belief {
    predict_those(tables, belief, action, |_| true)
}

/// The same of some factors alone; of the others nothing is said.
#[inline]
pub(crate) fn predict_those<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    action: usize,
    those: impl Fn(usize) -> bool,
) -> M::Belief {
    let mut next = M::Belief::zero();
    M::each_factor(|site| {
        if !those(site.index) {
            return;
        }
        let to = next.probabilities_mut(site.index);
        let table = tables.transition(site, site.local_action(&M::META, action));
        pass(table, belief, site.parents, site.states, to);
    });
    next
}

/// Predicts in place those of some factors alone that an action drives, where the others are predicted already.
#[inline]
pub(crate) fn predict_driven<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    action: usize,
    next: &mut M::Belief,
    those: impl Fn(usize) -> bool,
) {
    M::each_factor(|site| {
        if !site.actions.is_empty() && those(site.index) {
            let to = next.probabilities_mut(site.index);
            to.fill(T::zero());
            let table = tables.transition(site, site.local_action(&M::META, action));
            pass(table, belief, site.parents, site.states, to);
        }
    });
}

/// The belief one step later under one of several joint actions, with weights that sum to one.
pub(super) fn predict_mixture<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    actions: &[(usize, T)],
) -> M::Belief {
    let mut mixture = M::Belief::zero();
    for &(action, weight) in actions {
        let next = predict(tables, belief, action);
        for f in 0..M::META.factors.len() {
            for (to, &p) in mixture.probabilities_mut(f).iter_mut().zip(next.probabilities(f)) {
                *to += p * weight;
            }
        }
    }
    mixture
}

/// The outcomes that a belief lets expect: `q(o_m) = sum over parent states of A_m(o | ..) times their beliefs`.
pub fn predict_outcomes<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &M::Belief) -> M::Outcomes {
    let mut outcomes = M::Outcomes::zero();
    M::each_modality(|site| {
        let to = outcomes.probabilities_mut(site.index);
        let table = tables.likelihood(site);
        pass(table, belief, site.parents, site.outcomes, to);
    });
    outcomes
}

/// Whether two joint actions move everything alike, wherever a belief holds it possible to be: then it does not matter which was carried out. Where a
/// transition is learned they do not, for what followed is counted under the action.
pub fn move_alike<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &M::Belief, (a, b): (usize, usize)) -> bool {
    let mut alike = true;
    M::each_factor(|site| {
        let (a, b) = (site.local_action(&M::META, a), site.local_action(&M::META, b));
        if !alike || a == b {
            return;
        }
        let (a, b) = (tables.transition(site, a), tables.transition(site, b));
        let differ = |c: usize| (0..site.states).any(|s| !entry(a, c, site.states, s).same(&entry(b, c, site.states, s)));
        alike = site.counts.len == 0 && !some_context(belief, site.parents, 0, &differ);
    });
    alike
}

/// Whether a belief holds an outcome of the `m`th modality possible.
pub fn is_expected<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &M::Belief, m: usize, outcome: usize) -> bool {
    let mut expected = false;
    M::each_modality(|site| {
        if site.index == m {
            let table = tables.likelihood(site);
            expected = some_context(belief, site.parents, 0, &|c| entry(table, c, site.outcomes, outcome).value() > 0.0);
        }
    });
    expected
}

/// The belief without its negligible probabilities. Left in place, such remains of floored logarithms would keep equal beliefs apart.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn clean<B: Marginals<T>, T: Real>(mut belief: B, factors: usize) -> B {
    for f in 0..factors {
        for p in belief.probabilities_mut(f) {
            if negligible(*p) {
                *p = T::zero();
            }
        }
    }
    belief
}
