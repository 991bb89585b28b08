//! The policy tree: all action sequences up to the horizon, each shared prefix evaluated once.
//!
//! `q(pi) = softmax(gamma * -G(pi) + ln E(pi))`. Choosing an action needs only the marginals over first actions, and these follow from a
//! recursion over beliefs, `V(b, n) = ln sum_a exp(gamma * -g(b_a) + V(b_a, n - 1))`, so that no list of policies is held. Equal beliefs
//! are evaluated once, wherever in the tree they arise (once per step where preferences depend on the step).

use super::gain::negative_expected_free_energy;
use crate::domain::Domain;
use crate::model::{GenerativeModel, Marginals, Tables};
use crate::perceive::predict;
use crate::scalar::{Real, log_sum_exp};

/// What drives policies, and how far they look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drives {
    /// The number of steps.
    pub horizon: usize,
    /// Whether expected utility counts.
    pub utility: bool,
    /// Whether state information gain counts.
    pub state_information_gain: bool,
}

/// How the weights of the policies that begin with one action are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum, in log space.
    Sum,
    /// The largest.
    Max,
}

impl Reduction {
    fn of<T: Real>(self, weights: &[T]) -> T {
        match self {
            Reduction::Sum => log_sum_exp(weights),
            Reduction::Max => {
                let mut best = weights[0];
                for &w in weights {
                    if w > best {
                        best = w;
                    }
                }
                best
            }
        }
    }
}

/// A probability this small cannot change a plan: its terms are lost in the rounding of the others. Left in place, such remains of
/// floored logarithms would keep equal beliefs apart.
const NEGLIGIBLE: f64 = 1e-20;

/// Beliefs that are remembered in one tree; where beliefs are large, only one is (the memory is on the stack).
const REMEMBERED: usize = 16;
const LARGE: usize = 2048;

/// How many remaining steps a remembered belief keeps its value for.
const DEPTHS: usize = 12;

#[derive(Clone, Copy)]
struct Remembered<B, T> {
    step: usize,
    belief: B,
    gain: T,
    values: [Option<T>; DEPTHS],
}

struct Tree<'a, M: GenerativeModel<T>, T: Real, const N: usize> {
    tables: &'a Tables<M, T>,
    drives: Drives,
    reduction: Reduction,
    precision: T,
    timed: bool,
    memory: [Option<Remembered<M::Belief, T>>; N],
    used: usize,
}

impl<M: GenerativeModel<T>, T: Real, const N: usize> Tree<'_, M, T, N> {
    /// The negative expected free energy of a belief reached after `step + 1` actions, and where it is remembered.
    fn gain(&mut self, step: usize, belief: &M::Belief) -> (T, Option<usize>) {
        let step = if self.timed { step } else { 0 };
        for (slot, known) in self.memory[..self.used].iter().enumerate() {
            if let Some(known) = known
                && known.step == step
                && known.belief == *belief
            {
                return (known.gain, Some(slot));
            }
        }
        let Drives { utility, state_information_gain, .. } = self.drives;
        let gain = negative_expected_free_energy(self.tables, belief, step, utility, state_information_gain).total();
        if self.used == N {
            return (gain, None);
        }
        self.memory[self.used] = Some(Remembered { step, belief: *belief, gain, values: [None; DEPTHS] });
        self.used += 1;
        (gain, Some(self.used - 1))
    }

    /// The reduced weight of all continuations of a belief reached after `step` actions.
    fn value(&mut self, step: usize, belief: &M::Belief, slot: Option<usize>) -> T {
        let remaining = self.drives.horizon - step;
        if remaining == 0 {
            return T::zero();
        }
        let cell = slot.filter(|_| remaining <= DEPTHS);
        if let Some(known) = cell.and_then(|slot| self.memory[slot].as_ref()?.values[remaining - 1]) {
            return known;
        }
        let weights = self.weights(step, belief);
        let value = self.reduction.of(M::Action::entries(&weights));
        if let Some(known) = cell.and_then(|slot| self.memory[slot].as_mut()) {
            known.values[remaining - 1] = Some(value);
        }
        value
    }

    /// The weight of each next action from a belief reached after `step` actions, all continuations included.
    fn weights(&mut self, step: usize, belief: &M::Belief) -> <M::Action as Domain>::Array<T> {
        let mut weights = M::Action::filled(T::zero());
        for action in 0..M::Action::COUNT {
            let next = predict_clean::<M, T>(self.tables, belief, action);
            let (gain, slot) = self.gain(step, &next);
            M::Action::entries_mut(&mut weights)[action] = self.precision * gain + self.value(step + 1, &next, slot);
        }
        weights
    }
}

/// Prediction for planning: negligible probabilities become zero.
#[inline(always)]
fn predict_clean<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &M::Belief, action: usize) -> M::Belief {
    let mut next = predict(tables, belief, action);
    for f in 0..M::META.factors.len() {
        clean(next.probabilities_mut(f));
    }
    next
}

fn clean<T: Real>(probabilities: &mut [T]) {
    for p in probabilities {
        if p.value() < NEGLIGIBLE {
            *p = T::zero();
        }
    }
}

/// The unnormalised log-weight of each first action: policies weigh `precision * -G(pi) + habit_weight * ln E(pi)`, and those that begin
/// with the same action are put together by `reduction`.
///
/// With precision `gamma` and habit weight 1 these are the log-marginals of q(pi) over first actions; with `alpha * gamma` and `alpha`
/// those of `softmax(alpha ln q(pi))`.
pub fn first_actions<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    drives: Drives,
    precision: T,
    habit_weight: T,
    reduction: Reduction,
) -> <M::Action as Domain>::Array<T> {
    let habit = tables.habit();
    if habit.len() > M::Action::COUNT {
        return by_enumeration(tables, belief, drives, precision, habit_weight, reduction);
    }
    let timed = M::META.modalities.iter().any(|m| m.timed);
    let mut weights = if size_of::<M::Belief>() <= LARGE {
        grow::<M, T, REMEMBERED>(tables, belief, drives, precision, reduction, timed)
    } else {
        grow::<M, T, 1>(tables, belief, drives, precision, reduction, timed)
    };
    for (weight, &e) in M::Action::entries_mut(&mut weights).iter_mut().zip(habit) {
        *weight += weighted(habit_weight, e);
    }
    weights
}

fn grow<M: GenerativeModel<T>, T: Real, const N: usize>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    drives: Drives,
    precision: T,
    reduction: Reduction,
    timed: bool,
) -> <M::Action as Domain>::Array<T> {
    let mut root = *belief;
    for f in 0..M::META.factors.len() {
        clean(root.probabilities_mut(f));
    }
    let mut tree = Tree::<M, T, N> { tables, drives, reduction, precision, timed, memory: [None; N], used: 0 };
    tree.weights(0, &root)
}

/// `weight * ln E`; what the habit forbids stays forbidden whatever the weight, and moves no derivative.
fn weighted<T: Real>(weight: T, habit: T) -> T {
    if habit.value() == f64::NEG_INFINITY { T::constant(f64::NEG_INFINITY) } else { weight * habit }
}

/// With a habit of its own for each policy, policies that meet in one belief can no longer be put together: list them all.
fn by_enumeration<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    drives: Drives,
    precision: T,
    habit_weight: T,
    reduction: Reduction,
) -> <M::Action as Domain>::Array<T> {
    let mut weights = M::Action::filled(T::constant(f64::NEG_INFINITY));
    for_each_policy(tables, belief, drives, |policy, first, gain| {
        let weight = precision * gain + weighted(habit_weight, tables.habit()[policy]);
        let so_far = &mut M::Action::entries_mut(&mut weights)[first];
        *so_far = if so_far.value() == f64::NEG_INFINITY { weight } else { reduction.of(&[*so_far, weight]) };
    });
    weights
}

/// Calls `f(policy, first action, -G(policy))` for every policy, in lexicographic order (the last step's action runs fastest).
pub fn for_each_policy<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    drives: Drives,
    mut f: impl FnMut(usize, usize, T),
) {
    fn descend<M: GenerativeModel<T>, T: Real>(
        tables: &Tables<M, T>,
        belief: &M::Belief,
        drives: Drives,
        step: usize,
        (prefix, first, so_far): (usize, usize, T),
        f: &mut dyn FnMut(usize, usize, T),
    ) {
        if step == drives.horizon {
            return f(prefix, first, so_far);
        }
        for action in 0..M::Action::COUNT {
            let next = predict_clean::<M, T>(tables, belief, action);
            let terms = negative_expected_free_energy(tables, &next, step, drives.utility, drives.state_information_gain);
            let path = (prefix * M::Action::COUNT + action, if step == 0 { action } else { first }, so_far + terms.total());
            descend::<M, T>(tables, &next, drives, step + 1, path, f);
        }
    }
    descend::<M, T>(tables, belief, drives, 0, (0, 0, T::zero()), &mut f);
}
