//! Walks over the combinations of a table's parent states, each with its probability under a factorised belief.

use crate::model::Marginals;
use crate::scalar::{Real, each_possible, exact_zero};

/// Calls `f(combination, probability)` for every combination of the parents' states that is not impossible.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn each_context<B: Marginals<T>, T: Real>(belief: &B, parents: &[usize], mut f: impl FnMut(usize, T)) {
    match *parents {
        [] => f(0, T::one()),
        [a] => each_possible(belief.probabilities(a), f),
        [a, b] => {
            let second = belief.probabilities(b);
            each_possible(belief.probabilities(a), |i, p| each_possible(second, |j, q| f(i * second.len() + j, p * q)));
        }
        _ => each_of_many(belief, parents, None, |context, _, p| f(context, p)),
    }
}

/// Calls `f(combination, state of the parent left out, product of the others' probabilities)` for every combination of the parents'
/// states that is not impossible; with no parent left out the product is over all and the state is 0.
#[inline]
pub(super) fn each_of_many<B: Marginals<T>, T: Real>(
    belief: &B,
    parents: &[usize],
    left_out: Option<usize>,
    mut f: impl FnMut(usize, usize, T),
) {
    nest(belief, parents, left_out, (0, 0, T::one()), &mut f);
}

/// The combinations of all parents but those that are settled already: in how many combinations, with which state of the one left out, and
/// how probably.
fn nest<B: Marginals<T>, T: Real, F: FnMut(usize, usize, T)>(
    belief: &B,
    parents: &[usize],
    left_out: Option<usize>,
    (context, state, product): (usize, usize, T),
    f: &mut F,
) {
    let Some((&parent, rest)) = parents.split_first() else { return f(context, state, product) };
    let p = belief.probabilities(parent);
    let later = left_out.and_then(|i| i.checked_sub(1));
    if left_out == Some(0) {
        for s in 0..p.len() {
            nest(belief, rest, later, (context * p.len() + s, s, product), f);
        }
        return;
    }
    each_possible(p, |s, q| {
        let product = product * q;
        if !exact_zero(product) {
            nest(belief, rest, later, (context * p.len() + s, state, product), f);
        }
    });
}

/// Whether some combination of the parents' states that is not impossible is as wanted; `context` is that of the parents before these.
pub(super) fn some_context<B: Marginals<T>, T: Real>(
    belief: &B,
    parents: &[usize],
    context: usize,
    wanted: &impl Fn(usize) -> bool,
) -> bool {
    let Some((&parent, rest)) = parents.split_first() else { return wanted(context) };
    let p = belief.probabilities(parent);
    p.iter().enumerate().any(|(s, q)| q.value() > 0.0 && some_context(belief, rest, context * p.len() + s, wanted))
}
