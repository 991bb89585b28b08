//! The policy tree: all action sequences up to the horizon, each shared prefix evaluated once.
//!
//! `q(pi) = softmax(gamma * -G(pi) + ln E(pi))`. Choosing an action needs only the marginals over first actions, and these follow from a
//! recursion over beliefs, `V(b, n) = ln sum_a exp(gamma * -g(b_a) + V(b_a, n - 1))`, so that no list of policies is held. Equal beliefs
//! are evaluated once, wherever in the tree they arise (once per step where preferences depend on the step).

use super::gain::{terms_of_belief, terms_of_move, transition_information_gain};
use super::{Plan, Planner, Problem, Scene};
use crate::domain::Domain;
use crate::model::{GenerativeModel, Marginals};
use crate::perceive::{clean, predict};
use crate::scalar::{Real, each_possible};

/// How many remaining steps a remembered belief keeps its value for.
const DEPTHS: usize = 12;

/// Beliefs of at most this many bytes are remembered in that number; larger ones not at all (the memory is on the stack).
pub(super) const MEMORIES: [(usize, usize); 3] = [(192, 16), (640, 64), (2048, 16)];

/// Calls a function with the number of beliefs to remember for a model, known to the compiler.
macro_rules! with_memory {
    ($model:ident, $function:ident($($argument:expr),*)) => {
        match size_of::<$model::Belief>() {
            n if n <= $crate::plan::tree::MEMORIES[0].0 => $function::<$model, T, { $crate::plan::tree::MEMORIES[0].1 }>($($argument),*),
            n if n <= $crate::plan::tree::MEMORIES[1].0 => $function::<$model, T, { $crate::plan::tree::MEMORIES[1].1 }>($($argument),*),
            n if n <= $crate::plan::tree::MEMORIES[2].0 => $function::<$model, T, { $crate::plan::tree::MEMORIES[2].1 }>($($argument),*),
            _ => $function::<$model, T, 0>($($argument),*),
        }
    };
}
pub(super) use with_memory;

#[derive(Clone, Copy)]
struct Remembered<B, T> {
    hash: u64,
    step: usize,
    belief: B,
    gain: T,
    values: [Option<T>; DEPTHS],
}

/// One search of the tree: what it knows, and when it has to stop.
pub(super) struct Search<'a, M: GenerativeModel<T>, T: Real, const N: usize> {
    problem: &'a Problem<'a, M, T>,
    precision: T,
    timed: bool,
    memory: [Option<Remembered<M::Belief, T>>; N],
    used: usize,
    /// How many steps this search looks ahead.
    pub horizon: usize,
    pub evaluations: usize,
    /// How many predicted beliefs were looked at, known or not.
    pub visits: usize,
    /// Asked before each visit, with how many there were; `true` stops the search.
    stop: Option<&'a dyn Fn(usize) -> bool>,
    pub stopped: bool,
}

impl<'a, M: GenerativeModel<T>, T: Real, const N: usize> Search<'a, M, T, N> {
    pub fn new(problem: &'a Problem<'a, M, T>, stop: Option<&'a dyn Fn(usize) -> bool>) -> Self {
        Search {
            problem,
            precision: problem.gamma * problem.alpha,
            timed: M::META.modalities.iter().any(|m| m.timed) || problem.scene.drives.discount.is_some(),
            memory: [None; N],
            used: 0,
            horizon: problem.scene.drives.horizon,
            evaluations: 0,
            visits: 0,
            stop,
            stopped: false,
        }
    }

    /// The negative expected free energy of a belief reached after `step + 1` actions, and where it is remembered.
    fn gain(&mut self, step: usize, belief: &M::Belief) -> (T, Option<usize>) {
        let step = if self.timed { step } else { 0 };
        let many = N > 16 || size_of::<M::Belief>() > MEMORIES[0].0;
        let hash = if many { hash(belief, M::META.factors.len()) } else { 0 };
        for (slot, known) in self.memory[..self.used].iter().enumerate() {
            if let Some(known) = known
                && known.hash == hash
                && known.step == step
                && known.belief == *belief
            {
                return (known.gain, Some(slot));
            }
        }
        self.evaluations += 1;
        let gain = self.problem.scene.drives.at(step, terms_of_belief(self.problem, belief, step).total());
        if self.used == N {
            return (gain, None);
        }
        self.memory[self.used] = Some(Remembered { hash, step, belief: *belief, gain, values: [None; DEPTHS] });
        self.used += 1;
        (gain, Some(self.used - 1))
    }

    /// The reduced weight of all continuations of a belief reached after `step` actions.
    fn value(&mut self, step: usize, belief: &M::Belief, slot: Option<usize>) -> T {
        let remaining = self.horizon - step;
        if remaining == 0 || self.stopped {
            return T::zero();
        }
        let cell = slot.filter(|_| remaining <= DEPTHS);
        if let Some(known) = cell.and_then(|slot| self.memory[slot].as_ref()?.values[remaining - 1]) {
            return known;
        }
        let weights = self.weights(step, belief);
        let value = self.problem.reduction.of(M::Action::entries(&weights));
        if let Some(known) = cell.filter(|_| !self.stopped).and_then(|slot| self.memory[slot].as_mut()) {
            known.values[remaining - 1] = Some(value);
        }
        value
    }

    /// The weight of each next action from a belief reached after `step` actions, all continuations included.
    pub fn weights(&mut self, step: usize, belief: &M::Belief) -> <M::Action as Domain>::Array<T> {
        let mut weights = M::Action::filled(T::zero());
        for action in 0..M::Action::COUNT {
            if step == 0 && !self.problem.scene.is_open(action) {
                M::Action::entries_mut(&mut weights)[action] = T::constant(f64::NEG_INFINITY);
                continue;
            }
            if self.stopped || self.stop.is_some_and(|stop| stop(self.visits)) {
                self.stopped = true;
                break;
            }
            self.visits += 1;
            let next = predict_clean::<M, T>(&self.problem.scene, belief, action);
            let (mut gain, slot) = self.gain(step, &next);
            if self.problem.scene.drives.on.transition_information_gain {
                let drives = self.problem.scene.drives;
                let taught = transition_information_gain(self.problem.scene.tables, belief, action, &next);
                gain += drives.at(step, taught * drives.weights().transition_information_gain);
            }
            M::Action::entries_mut(&mut weights)[action] = self.precision * gain + self.value(step + 1, &next, slot);
        }
        weights
    }
}

/// A few bits of a belief, to tell most unequal ones apart.
#[inline(always)]
fn hash<B: Marginals<T>, T: Real>(belief: &B, factors: usize) -> u64 {
    let mut hash = 0u64;
    for f in 0..factors {
        each_possible(belief.probabilities(f), |i, p| {
            hash = (hash.rotate_left(5) ^ p.value().to_bits() ^ i as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
        });
    }
    hash
}

/// Prediction for planning: negligible probabilities become zero.
#[inline(always)]
pub(super) fn predict_clean<M: GenerativeModel<T>, T: Real>(
    scene: &Scene<'_, M, T>,
    belief: &M::Belief,
    action: usize,
) -> M::Belief {
    clean(predict(scene.tables, belief, action), M::META.factors.len())
}

/// All policies up to the horizon.
///
/// Cost: one evaluation for each different belief that some sequence of actions leads to, at most actions to the power of the horizon.
/// Allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree;

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for Tree {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        if problem.policies_differ() {
            return by_enumeration(problem);
        }
        with_memory!(M, grow(problem, None))
    }
}

fn grow<M: GenerativeModel<T>, T: Real, const N: usize>(
    problem: &Problem<'_, M, T>,
    stop: Option<&dyn Fn(usize) -> bool>,
) -> Plan<M, T> {
    let root = clean(*problem.scene.belief, M::META.factors.len());
    let mut search = Search::<M, T, N>::new(problem, stop);
    let mut weights = search.weights(0, &root);
    add_habit(problem, &mut weights);
    Plan { weights, nodes: search.visits, evaluations: search.evaluations, depth: search.horizon, pruned: 0 }
}

pub(super) fn add_habit<M: GenerativeModel<T>, T: Real>(
    problem: &Problem<'_, M, T>,
    weights: &mut <M::Action as Domain>::Array<T>,
) {
    for (a, weight) in M::Action::entries_mut(weights).iter_mut().enumerate() {
        *weight += problem.habit(a);
    }
}

/// With a habit or a free energy of its own for each policy, policies that meet in one belief can no longer be put together: list them all.
fn by_enumeration<M: GenerativeModel<T>, T: Real>(problem: &Problem<'_, M, T>) -> Plan<M, T> {
    let mut weights = M::Action::filled(T::constant(f64::NEG_INFINITY));
    let precision = problem.gamma * problem.alpha;
    let evaluations = for_each_policy(problem, |policy, first, gain| {
        let so_far = &mut M::Action::entries_mut(&mut weights)[first];
        *so_far = problem.reduction.add(*so_far, precision * gain + problem.standing(policy, first));
    });
    Plan { weights, nodes: evaluations, evaluations, depth: problem.scene.drives.horizon, pruned: 0 }
}

/// Calls `f(policy, first action, -G(policy))` for every policy, in lexicographic order (the last step's action runs fastest); how often
/// the expected free energy of a step was worked out.
pub fn for_each_policy<M: GenerativeModel<T>, T: Real>(problem: &Problem<'_, M, T>, mut f: impl FnMut(usize, usize, T)) -> usize {
    fn descend<M: GenerativeModel<T>, T: Real>(
        problem: &Problem<'_, M, T>,
        belief: &M::Belief,
        step: usize,
        (prefix, first, so_far): (usize, usize, T),
        f: &mut dyn FnMut(usize, usize, T),
    ) -> usize {
        if step == problem.scene.drives.horizon {
            f(prefix, first, so_far);
            return 0;
        }
        let mut evaluations = 0;
        for action in 0..M::Action::COUNT {
            if step == 0 && !problem.scene.is_open(action) {
                continue;
            }
            let next = predict_clean::<M, T>(&problem.scene, belief, action);
            let terms = terms_of_move(problem, (belief, action, &next), step);
            let path = (prefix * M::Action::COUNT + action, if step == 0 { action } else { first }, so_far + problem.scene.drives.at(step, terms.total()));
            evaluations += 1 + descend::<M, T>(problem, &next, step + 1, path, f);
        }
        evaluations
    }
    descend::<M, T>(problem, problem.scene.belief, 0, (0, 0, T::zero()), &mut f)
}
