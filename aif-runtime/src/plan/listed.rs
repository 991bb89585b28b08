//! Hand-given policies at work: only these are compared.

use super::gain::terms_of_move;
use super::imagined::Imagined;
use super::memory::Memory;
use super::root::imagine;
use super::{Plan, Planner, PlanningContext, Problem};
use crate::domain::Domain;
use crate::model::{GenerativeModel, Policies};
use crate::scalar::Real;

impl<A: Domain> Policies<A> {
    /// Calls `f(policy, next action, -G(policy))` for every policy that is compared, each shared prefix evaluated once; how often the expected free
    /// energy of a step was worked out. Of policies that are carried on it is that of the steps that are left.
    pub fn each<M: GenerativeModel<T, Action = A>, T: Real>(
        &self,
        problem: &Problem<'_, M, T>,
        mut f: impl FnMut(usize, usize, T),
    ) -> usize {
        #[inline(never)]
        fn all<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>>(
            problem: &Problem<'_, M, T>,
            root: B,
            policies: &Policies<M::Action>,
            f: &mut dyn FnMut(usize, usize, T),
        ) -> usize {
            let begun = policies.begun(problem.scene.done);
            policies.descend(problem, begun, &root, problem.scene.done.len(), T::zero(), f)
        }
        imagine!(blind M, problem, all(self, &mut f))
    }

    fn descend<M: GenerativeModel<T, Action = A>, T: Real, B: Imagined<M, T>>(
        &self,
        problem: &Problem<'_, M, T>,
        policies: &[usize],
        belief: &B,
        step: usize,
        so_far: T,
        f: &mut dyn FnMut(usize, usize, T),
    ) -> usize {
        let done = problem.scene.done.len();
        if step == self.horizon() {
            policies.iter().for_each(|&policy| f(policy, self.action(policy, done), so_far));
            return 0;
        }
        let mut evaluations = 0;
        for same in policies.chunk_by(|&a, &b| self.action(a, step) == self.action(b, step)) {
            let action = self.action(same[0], step);
            let next = belief.after(&problem.scene, action);
            let terms = terms_of_move(problem, (belief, action, &next), step - done);
            let so_far = so_far + problem.scene.objective.at(step - done, terms.total());
            evaluations += 1 + self.descend(problem, same, &next, step + 1, so_far, f);
        }
        evaluations
    }
}

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for Policies<M::Action> {
    /// The weights of first actions; one that begins no policy has a log-weight of negative infinity. The model's own habit counts where
    /// it is one over first actions. Policies longer than the horizon of the tables find the last step's preferences there.
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        let mut weights = M::Action::filled(T::constant(f64::NEG_INFINITY));
        let precision = problem.gamma * problem.alpha;
        let evaluations = self.each(problem, |policy, first, gain| {
            let own = if problem.habitual { self.habit(policy) } else { 0.0 };
            let own = if own == f64::NEG_INFINITY { T::constant(own) } else { problem.alpha * own };
            let habit = if problem.habit_of_policies() { T::zero() } else { problem.standing(policy, self.action(policy, 0)) };
            let so_far = &mut M::Action::entries_mut(&mut weights)[first];
            *so_far = problem.reduction.add(*so_far, precision * gain + own + habit);
        });
        let depth = self.horizon() - problem.scene.done.len();
        Plan { weights, nodes: evaluations, evaluations, depth, pruned: 0, saved: 0, perception: problem.scene.perception() }
    }
}
