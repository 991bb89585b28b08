//! Planning within a budget: the policy tree one step deeper at a time, until it is cut off.

use core::fmt;

use super::apart::splits;
use super::by_parts::by_parts;
use super::imagined::Imagined;
use super::memory::Memory;
use super::root::imagine;
use super::tree::{Search, add_habit, grow};
use super::{Plan, Planner, PlanningContext, Problem};
use crate::domain::Domain;
use crate::model::GenerativeModel;
use crate::scalar::Real;

/// The policy tree by iterative deepening: looks as many steps ahead as it can before `stop` says so, at most the horizon.
///
/// `stop` is asked before each node (a predicted belief, known or not), with how many there were: a count, or a clock of the caller's.
/// What was found at the last depth that was finished is the plan; [`Plan::depth`] says which that was. When not even one step could be
/// looked at, actions weigh by habit alone and the depth is 0. A habit over whole policies counts by its first actions.
///
/// Allocates nothing. What was worked out at one depth is remembered for the next, as far as the memory of the tree goes.
pub struct Deepening<F> {
    stop: F,
}

impl Deepening<()> {
    /// Stops after a number of nodes.
    pub fn nodes(nodes: usize) -> Deepening<impl Fn(usize) -> bool> {
        Deepening { stop: move |visited| visited >= nodes }
    }
}

impl<F: Fn(usize) -> bool> Deepening<F> {
    /// Stops when a function of the number of nodes says so.
    pub fn until(stop: F) -> Self {
        Deepening { stop }
    }
}

impl<F> fmt::Debug for Deepening<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deepening")
    }
}

impl<M: GenerativeModel<T>, T: Real, F: Fn(usize) -> bool> Planner<M, T> for Deepening<F> {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        if const { splits::<M, T>() } && problem.scene.falls_apart() {
            return deepen_apart(problem, &self.stop);
        }
        imagine!(blind M, problem, deepen(&self.stop))
    }
}

#[inline(never)]
fn deepen<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>>(
    problem: &Problem<'_, M, T>,
    root: B,
    stop: &dyn Fn(usize) -> bool,
) -> Plan<M, T> {
    let mut search = Search::<M, T, B, K>::new(problem, Some(stop));
    let mut plan = Plan::nothing(problem);
    for horizon in 1..=problem.scene.objective.horizon {
        search.horizon = horizon;
        let weights = search.weights(0, &root);
        (plan.nodes, plan.evaluations) = (search.visits, search.evaluations);
        if search.stopped {
            break;
        }
        plan.weights = weights;
        plan.depth = horizon;
    }
    finish(problem, plan)
}

/// The same of a model that falls apart: each depth anew, one part after the other, until all have come so deep.
fn deepen_apart<M: GenerativeModel<T>, T: Real>(problem: &Problem<'_, M, T>, stop: &dyn Fn(usize) -> bool) -> Plan<M, T> {
    let mut plan = Plan::nothing(problem);
    for horizon in 1..=problem.scene.objective.horizon {
        let mut objective = *problem.scene.objective;
        objective.horizon = horizon;
        let scene = PlanningContext { objective: &objective, ..problem.scene };
        let mut visits = plan.nodes;
        let found = by_parts(&Problem { scene, ..*problem }, |problem| {
            let stop = |visited| stop(visits + visited);
            let stop: Option<&dyn Fn(usize) -> bool> = Some(&stop);
            let found = imagine!(apart M, problem, grow(stop));
            visits += found.nodes;
            found
        });
        (plan.nodes, plan.evaluations) = (plan.nodes + found.nodes, plan.evaluations + found.evaluations);
        if found.depth < horizon {
            break;
        }
        plan.weights = found.weights;
        plan.depth = horizon;
    }
    finish(problem, plan)
}

/// With habits, of policies by their first actions.
fn finish<M: GenerativeModel<T>, T: Real>(problem: &Problem<'_, M, T>, mut plan: Plan<M, T>) -> Plan<M, T> {
    if problem.policies_differ() {
        let values = problem.weigh(M::Action::entries(&M::Action::filled(T::zero())));
        for (weight, &habit) in M::Action::entries_mut(&mut plan.weights).iter_mut().zip(M::Action::entries(&values)) {
            *weight += habit;
        }
    } else {
        add_habit(problem, &mut plan.weights);
    }
    plan
}
