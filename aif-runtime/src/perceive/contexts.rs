//! Walks over the combinations of a table's parent states, each with its probability under a factorised belief.

use crate::model::{MAX_ARGUMENTS, Marginals};
use crate::scalar::{Real, exact_zero};

/// Calls `f(combination, probability)` for every combination of the parents' states that is not impossible.
#[inline(always)]
pub(crate) fn each_context<B: Marginals<T>, T: Real>(belief: &B, parents: &[usize], mut f: impl FnMut(usize, T)) {
    match *parents {
        [] => f(0, T::one()),
        [a] => {
            for (i, &p) in belief.probabilities(a).iter().enumerate() {
                if !exact_zero(p) {
                    f(i, p);
                }
            }
        }
        [a, b] => {
            let second = belief.probabilities(b);
            for (i, &p) in belief.probabilities(a).iter().enumerate() {
                if exact_zero(p) {
                    continue;
                }
                for (j, &q) in second.iter().enumerate() {
                    if !exact_zero(q) {
                        f(i * second.len() + j, p * q);
                    }
                }
            }
        }
        _ => each_of_many(belief, parents, None, |context, _, p| f(context, p)),
    }
}

/// Calls `f(combination, state of the parent left out, product of the others' probabilities)` for every combination of the parents'
/// states; with no parent left out the product is over all and the state is 0.
#[inline]
pub(super) fn each_of_many<B: Marginals<T>, T: Real>(
    belief: &B,
    parents: &[usize],
    left_out: Option<usize>,
    mut f: impl FnMut(usize, usize, T),
) {
    // An odometer over the parents' states that keeps the running products: products[i] is that of the first i parents.
    let mut states = [0usize; MAX_ARGUMENTS];
    let mut products = [T::one(); MAX_ARGUMENTS + 1];
    let factor = |i: usize, state: usize| {
        if left_out == Some(i) { T::one() } else { belief.probabilities(parents[i])[state] }
    };
    for i in 0..parents.len() {
        products[i + 1] = products[i] * factor(i, 0);
    }
    let mut context = 0;
    loop {
        let product = products[parents.len()];
        if !exact_zero(product) {
            f(context, left_out.map_or(0, |i| states[i]), product);
        }
        context += 1;
        let mut digit = parents.len();
        loop {
            if digit == 0 {
                return;
            }
            digit -= 1;
            states[digit] += 1;
            if states[digit] < belief.probabilities(parents[digit]).len() {
                break;
            }
            states[digit] = 0;
        }
        for i in digit..parents.len() {
            products[i + 1] = products[i] * factor(i, states[i]);
        }
    }
}
