//! The policy tree with bounds for its branches: what cannot change the posterior over policies by more than is stated is not looked at.

use serde::{Deserialize, Serialize};

use super::apart::parts;
use super::bounds::Bounds;
use super::by_parts::by_parts;
use super::gain::transition_information_gain;
use super::imagined::Imagined;
use super::memory::Memory;
use super::root::imagine;
use super::tree::{self, Tree, add_habit};
use super::{Plan, Planner, PlanningContext, Problem, Reduction};
use crate::domain::Domain;
use crate::math;
use crate::model::{GenerativeModel, ModelError};
use crate::scalar::{Real, has_derivatives};

/// All policies up to the horizon, but for branches that weigh next to nothing beside those that are known.
///
/// **What is stated.** Let `q` be the posterior over policies of [`Tree`], and `q'` that over those that were kept. Then the total variation between
/// them, half the sum of `|q - q'|`, is at most [`total_variation`](BranchAndBound::total_variation), here `e`; and so is how far `ln` of the marginal of
/// each first action is off, to first order. For `h` steps and `n` actions, let `d = e / ((h - 2) n)`. At a node after the first action whose known
/// continuations weigh `W` together, a branch is left out where its bound (what its next step is worth, what all others can add at most, `n` continuations at
/// each) is below `d W`; so all that is left out there is at most `e / (h - 2)` of `W`. With `r` such levels beneath a first action, at least `(1 - e / (h -
/// 2))^r >= 1 - e` of its weight is kept: of level upon level, what is found is at least `(1 - e')(1 - e / (h - 2))` of what is there, where `e'` was lost
/// beneath. So of each first action, and of all together, at most `e` of the weight is lost; and `q'` being `q` given what was kept, their total variation
/// is what `q` gave to the rest. Rounding comes on top, as in any plan; bounds are widened by more than it.
///
/// Where an agent takes the best policy (deterministic choice, sampled by policies), that is looked for, and whatever cannot be better than the best one known is left out, first
/// actions, too: its choice is that of [`Tree`]. Actions that were left out have a weight of negative infinity then.
///
/// Of a model that falls apart each of `c` parts loses at most `e / c`, and so all together at most `1 - (1 - e / c)^c`, which is at most `e`.
///
/// **Where it pays.** Where policies differ by much more than `-ln e` (28 nats by default): precise policies, strong preferences, deterministic choice. Where
/// nothing can be left out it looks at each node as [`Tree`] does, gives the same numbers to the bit, and takes longer by the bounds and by predicting twice.
///
/// **Derivatives.** In a scalar that carries some, nothing is left out: gradients are those of the whole posterior. Nor is it where a habit over whole
/// policies, or a free energy of each, tells policies apart.
///
/// Bounds are worked out with the setup of an agent, and again when its preferences, weights or inputs change: a pass over the transitions for each step. An agent that
/// learns has them worked out for each plan, in memory from the heap; else nothing is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BranchAndBound {
    /// How far the posterior over policies may be off, in total variation: in [0, 1). With 0 only what is impossible is left out.
    pub total_variation: f64,
}

impl Default for BranchAndBound {
    fn default() -> Self {
        BranchAndBound { total_variation: 1e-12 }
    }
}

impl BranchAndBound {
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let (what, value) = ("the total variation that bounds may cost".into(), self.total_variation);
        refuse_if!(!(0.0..1.0).contains(&value), ModelError::Number { what, value, expected: "in [0, 1)" });
        Ok(())
    }
}

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for BranchAndBound {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        if problem.policies_differ() || has_derivatives::<T>() || problem.scene.objective.horizon == 1 {
            return Tree.plan(problem);
        }
        let own;
        let bounds = match problem.scene.bounds.filter(|bounds| bounds.is_of(&problem.scene)) {
            Some(bounds) => bounds,
            None => {
                own = Bounds::new(&problem.scene, Some(problem.scene.elapsed));
                &own
            }
        };
        // Of each part as much may be lost as leaves the product of all within what is stated.
        let apart = problem.scene.falls_apart();
        let total_variation = if apart { self.total_variation / parts::<M, T>().len() as f64 } else { self.total_variation };
        let mut plan = by_parts(problem, |problem| imagine!(apart M, problem, grow(bounds, total_variation)));
        if apart {
            add_habit(problem, &mut plan.weights);
        }
        plan
    }
}

#[inline(never)]
fn grow<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>>(
    problem: &Problem<'_, M, T>,
    root: B,
    bounds: &Bounds,
    total_variation: f64,
) -> Plan<M, T> {
    let horizon = problem.scene.objective.horizon;
    let places = horizon.saturating_sub(2).max(1) * problem.scene.choices();
    let share = match problem.reduction {
        Reduction::Sum => math::ln(total_variation / places as f64),
        Reduction::Max => 0.0,
    };
    let mut search = Search { tree: tree::Search::<M, T, B, K>::new(problem, None), problem, bounds, share, pruned: 0, saved: 0 };
    let weights = search.weights(0, &root);
    Plan {
        weights,
        nodes: search.tree.visits,
        evaluations: search.tree.evaluations,
        depth: horizon,
        pruned: search.pruned,
        saved: search.saved,
        perception: problem.scene.perception(),
    }
}

/// One search: that of the tree, with what is left out.
struct Search<'a, M: GenerativeModel<T>, T: Real, B, K: Memory<M, T, B>> {
    tree: tree::Search<'a, M, T, B, K>,
    problem: &'a Problem<'a, M, T>,
    bounds: &'a Bounds,
    /// Which part of what is known, as a logarithm, a branch has to reach.
    share: f64,
    pruned: usize,
    saved: usize,
}

/// An action whose continuations are not known yet.
#[derive(Clone, Copy)]
struct Pending<T> {
    /// The weight of its next step.
    weight: T,
    /// Where the belief that it leads to is remembered.
    slot: Option<usize>,
    /// What it can weigh at most, with all that follows.
    most: f64,
}

impl<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>> Search<'_, M, T, B, K> {
    /// The reduced weight of all continuations of a belief reached after `step` actions.
    fn value(&mut self, step: usize, belief: &B, slot: Option<usize>) -> T {
        let remaining = self.tree.horizon - step;
        if let Some(known) = slot.and_then(|slot| self.tree.known(slot, remaining)) {
            return known;
        }
        let weights = if remaining == 1 { self.tree.weights(step, belief) } else { self.weights(step, belief) };
        let value = self.problem.reduction.of(&M::Action::entries(&weights)[..self.problem.scene.choices()]);
        self.tree.keep(slot, remaining, value);
        value
    }

    /// The weight of each next action from a belief reached after `step` actions, at least two before the end; negative infinity for what is left out. At the
    /// root with the habit.
    fn weights(&mut self, step: usize, belief: &B) -> <M::Action as Domain>::Array<T> {
        let (scene, precision) = (&self.problem.scene, self.problem.gamma * self.problem.alpha);
        let remaining = self.tree.horizon - step - 1;
        let choices = scene.choices();
        // Habits are of joint actions.
        let is_part = scene.part().is_some();
        let habit = |action| if step == 0 && !is_part { self.problem.habit(action) } else { T::zero() };
        let paths = match self.problem.reduction {
            Reduction::Sum => remaining as f64 * math::ln(choices as f64),
            Reduction::Max => 0.0,
        };
        let mut weights = M::Action::filled(T::constant(f64::NEG_INFINITY));
        let mut pending = M::Action::filled(None::<Pending<T>>);
        let mut known = f64::NEG_INFINITY;
        for choice in (0..choices).filter(|&choice| step > 0 || scene.is_open_choice(choice)) {
            self.tree.visits += 1;
            let action = scene.choice(choice);
            let next = belief.after(scene, action);
            let (mut gain, slot) = self.tree.gain(step, &next);
            if scene.objective.on.transition_information_gain {
                let taught = transition_information_gain(scene, (belief, action, &next));
                gain += scene.objective.at(step, taught * scene.objective.weights().transition_information_gain);
            }
            let weight = precision * gain;
            if let Some(later) = slot.and_then(|slot| self.tree.known(slot, remaining)) {
                let whole = weight + later + habit(action);
                known = self.together(known, whole.value());
                M::Action::entries_mut(&mut weights)[choice] = whole;
                continue;
            }
            let most =
                weight.value() + precision.value() * self.bounds.left(scene, &next, step + 1) + paths + habit(action).value();
            M::Action::entries_mut(&mut pending)[choice] = Some(Pending { weight, slot, most });
        }
        // The most promising first, so that much is known of the others.
        while let Some((choice, Pending { weight, slot, most })) = first_of(&M::Action::entries(&pending)[..choices]) {
            let rounding = 1e3 * T::EPSILON * (1.0 + most.abs() + known.abs());
            let droppable =
                step > 0 || (self.problem.reduction == Reduction::Max && !(is_part && self.problem.tells_first_actions_apart()));
            if droppable && most + rounding < known + self.share {
                let dropped = M::Action::entries(&pending).iter().flatten().count();
                self.pruned += dropped;
                self.saved = self.saved.saturating_add(dropped.saturating_mul(nodes_below(choices, remaining)));
                break;
            }
            M::Action::entries_mut(&mut pending)[choice] = None;
            let action = scene.choice(choice);
            let next = belief.after(scene, action);
            let whole = weight + self.value(step + 1, &next, slot) + habit(action);
            known = self.together(known, whole.value());
            M::Action::entries_mut(&mut weights)[choice] = whole;
        }
        weights
    }

    /// What is known, and one more.
    fn together(&self, known: f64, weight: f64) -> f64 {
        self.problem.reduction.add(known, weight)
    }
}

/// The most promising of those that are pending, the first of equals; one whose promise is no number first of all.
fn first_of<T: Copy>(pending: &[Option<Pending<T>>]) -> Option<(usize, Pending<T>)> {
    let mut best: Option<(usize, Pending<T>)> = None;
    for (action, pending) in pending.iter().enumerate().filter_map(|(action, pending)| pending.map(|pending| (action, pending))) {
        if pending.most.is_nan() {
            return Some((action, pending));
        }
        if best.is_none_or(|(_, best)| pending.most > best.most) {
            best = Some((action, pending));
        }
    }
    best
}

/// How many nodes there are below one, so many steps deep.
fn nodes_below(actions: usize, steps: usize) -> usize {
    (0..steps).fold(0usize, |nodes, _| nodes.saturating_add(1).saturating_mul(actions))
}
