//! The policy tree: all action sequences up to the horizon, each shared prefix evaluated once.
//!
//! `q(pi) = softmax(gamma * -G(pi) + ln E(pi))`. Choosing an action needs only the marginals over first actions, and these follow from a
//! recursion over beliefs, `V(b, n) = ln sum_a exp(gamma * -g(b_a) + V(b_a, n - 1))`, so that no list of policies is held. Equal beliefs
//! are evaluated once, wherever in the tree they arise (once per step where preferences depend on the step).

use core::marker::PhantomData;

use super::by_parts::by_parts;
use super::gain::{terms_of_belief, terms_of_move, transition_information_gain};
use super::imagined::Imagined;
use super::list::List;
use super::memory::Memory;
use super::root::imagine;
use super::steady::{Kept, STEPS};
use super::{Plan, Planner, PlanningContext, Problem};
use crate::domain::Domain;
use crate::model::{GenerativeModel, kept_numbers};
use crate::scalar::Real;

/// One search of the tree: what it knows, and when it has to stop.
pub(super) struct Search<'a, M: GenerativeModel<T>, T: Real, B, K: Memory<M, T, B>> {
    problem: &'a Problem<'a, M, T>,
    precision: T,
    timed: bool,
    memory: K,
    belief: PhantomData<B>,
    room: K::Room,
    known: [u64; STEPS],
    /// How many steps this search looks ahead.
    pub horizon: usize,
    pub evaluations: usize,
    /// How many predicted beliefs were looked at, known or not.
    pub visits: usize,
    /// Asked before each visit, with how many there were; `true` stops the search.
    stop: Option<&'a dyn Fn(usize) -> bool>,
    pub stopped: bool,
}

impl<'a, M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>> Search<'a, M, T, B, K> {
    pub fn new(problem: &'a Problem<'a, M, T>, stop: Option<&'a dyn Fn(usize) -> bool>) -> Self {
        let mut room = K::Room::new();
        let steps = problem.scene.objective.horizon.min(STEPS);
        for _ in 0..const { kept_numbers(&M::META) } * steps {
            if room.add(T::zero()).is_none() {
                break;
            }
        }
        Search {
            problem,
            precision: problem.gamma * problem.alpha,
            timed: problem.scene.is_timed() || problem.scene.objective.discount.is_some(),
            memory: K::new(),
            belief: PhantomData,
            room,
            known: [0; STEPS],
            horizon: problem.scene.objective.horizon,
            evaluations: 0,
            visits: 0,
            stop,
            stopped: false,
        }
    }

    /// The negative expected free energy of a belief reached after `step + 1` actions, and where it is remembered.
    pub fn gain(&mut self, ahead: usize, belief: &B) -> (T, Option<usize>) {
        let step = if self.timed { ahead } else { 0 };
        let hash = K::hash(step, belief);
        if let Some(place) = self.memory.find(hash, step, belief) {
            return (self.memory.gain(place), Some(place));
        }
        let gain = self.evaluate(ahead, step, belief);
        (gain, self.memory.keep(hash, step, belief, gain))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn evaluate(&mut self, ahead: usize, step: usize, belief: &B) -> T {
        self.evaluations += 1;
        let kept = Kept::new(&mut self.room, &mut self.known);
        self.problem.scene.objective.at(step, terms_of_belief(self.problem, belief, step, (kept, ahead)).total())
    }

    /// The value of so many remaining steps of what is remembered at a place, where it is known.
    pub fn known(&self, slot: usize, remaining: usize) -> Option<T> {
        self.memory.value(slot, remaining)
    }

    /// Remembers it, where the belief is remembered.
    pub fn keep(&mut self, slot: Option<usize>, remaining: usize, value: T) {
        if let Some(slot) = slot {
            self.memory.keep_value(slot, remaining, value);
        }
    }

    /// The reduced weight of all continuations of a belief reached after `step` actions.
    fn value(&mut self, step: usize, belief: &B, slot: Option<usize>) -> T {
        let remaining = self.horizon - step;
        if remaining == 0 || self.stopped {
            return T::zero();
        }
        if let Some(known) = slot.and_then(|slot| self.memory.value(slot, remaining)) {
            return known;
        }
        let weights = self.weights(step, belief);
        let value = self.problem.reduction.of(&M::Action::entries(&weights)[..self.problem.scene.choices()]);
        if let Some(slot) = slot.filter(|_| !self.stopped) {
            self.memory.keep_value(slot, remaining, value);
        }
        value
    }

    /// The weight of each next action from a belief reached after `step` actions, all continuations included; of a part, of its choices, which come first.
    pub fn weights(&mut self, step: usize, belief: &B) -> <M::Action as Domain>::Array<T> {
        let mut weights = M::Action::filled(T::zero());
        let mut first: Option<B> = None;
        let ready = if const { B::JOINT && M::META.has_steady_factors() } { belief.ready(&self.problem.scene) } else { None };
        for choice in 0..self.problem.scene.choices() {
            if step == 0 && !self.problem.scene.is_open_choice(choice) {
                M::Action::entries_mut(&mut weights)[choice] = T::constant(f64::NEG_INFINITY);
                continue;
            }
            let action = self.problem.scene.choice(choice);
            if self.stopped || self.stop.is_some_and(|stop| stop(self.visits)) {
                self.stopped = true;
                break;
            }
            self.visits += 1;
            let next = match (&first, &ready) {
                (Some(known), _) => belief.after_another(&self.problem.scene, action, known),
                (_, Some(ready)) => belief.after_ready(&self.problem.scene, action, ready),
                _ => belief.after(&self.problem.scene, action),
            };
            // Of a single step actions hardly ever lead to the same: to remember costs more than it saves.
            let (mut gain, slot) = match self.horizon {
                1 if B::BY_FACTORS => (self.evaluate(step, step, &next), None),
                _ => self.gain(step, &next),
            };
            if self.problem.scene.objective.on.transition_information_gain {
                let objective = self.problem.scene.objective;
                let taught = transition_information_gain(&self.problem.scene, (belief, action, &next));
                gain += objective.at(step, taught * objective.weights().transition_information_gain);
            }
            M::Action::entries_mut(&mut weights)[choice] = self.precision * gain + self.value(step + 1, &next, slot);
            if const { B::BY_FACTORS && M::META.has_steady_factors() } {
                first.get_or_insert(next);
            }
        }
        weights
    }
}

/// All policies up to the horizon.
///
/// Cost: one evaluation for each different belief that some sequence of actions leads to, at most actions to the power of the horizon; of a model that falls
/// apart, that of each part.
/// Allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree;

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for Tree {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        if problem.policies_differ() {
            return by_enumeration(problem);
        }
        let mut plan = by_parts(problem, |problem| imagine!(apart M, problem, grow(None)));
        if problem.scene.falls_apart() {
            add_habit(problem, &mut plan.weights);
        }
        plan
    }
}

/// A plan, of a part without habits; of depth 0 where it was stopped.
#[inline(never)]
pub(super) fn grow<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>>(
    problem: &Problem<'_, M, T>,
    root: B,
    stop: Option<&dyn Fn(usize) -> bool>,
) -> Plan<M, T> {
    let mut search = Search::<M, T, B, K>::new(problem, stop);
    let mut weights = search.weights(0, &root);
    if problem.scene.part().is_none() {
        add_habit(problem, &mut weights);
    }
    Plan {
        weights,
        nodes: search.visits,
        evaluations: search.evaluations,
        depth: if search.stopped { 0 } else { search.horizon },
        pruned: 0,
        saved: 0,
        perception: problem.scene.perception(),
    }
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
    Plan {
        weights,
        nodes: evaluations,
        evaluations,
        depth: problem.scene.objective.horizon,
        pruned: 0,
        saved: 0,
        perception: problem.scene.perception(),
    }
}

/// Calls `f(policy, first action, -G(policy))` for every policy, in lexicographic order (the last step's action runs fastest); how often
/// the expected free energy of a step was worked out.
pub fn for_each_policy<M: GenerativeModel<T>, T: Real>(problem: &Problem<'_, M, T>, mut f: impl FnMut(usize, usize, T)) -> usize {
    fn descend<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
        problem: &Problem<'_, M, T>,
        belief: &B,
        step: usize,
        (prefix, first, so_far): (usize, usize, T),
        f: &mut dyn FnMut(usize, usize, T),
    ) -> usize {
        if step == problem.scene.objective.horizon {
            f(prefix, first, so_far);
            return 0;
        }
        let mut evaluations = 0;
        for action in 0..M::Action::COUNT {
            if step == 0 && !problem.scene.is_open(action) {
                continue;
            }
            let next = belief.after(&problem.scene, action);
            let terms = terms_of_move(problem, (belief, action, &next), step);
            let so_far = so_far + problem.scene.objective.at(step, terms.total());
            let path = (prefix * M::Action::COUNT + action, if step == 0 { action } else { first }, so_far);
            evaluations += 1 + descend(problem, &next, step + 1, path, f);
        }
        evaluations
    }
    #[inline(never)]
    fn all<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>>(
        problem: &Problem<'_, M, T>,
        root: B,
        f: &mut dyn FnMut(usize, usize, T),
    ) -> usize {
        descend(problem, &root, 0, (0, 0, T::zero()), f)
    }
    imagine!(blind M, problem, all(&mut f))
}
