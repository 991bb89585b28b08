//! How policy precision is updated in the course of a life.

use alloc::vec::Vec;

use super::setup::Setup;
use super::state::LifeState;
use crate::domain::Domain;
use crate::learn::infer_precision_by;
use crate::model::{GenerativeModel, Precisions};
use crate::perceive::{fixed_point, free_energy, predict};
use crate::plan::{Planner, PlanningContext, Problem, Reduction};
use crate::scalar::{Real, exact_zero};

impl<M: GenerativeModel<T>, T: Real> Setup<M, T> {
    /// Updates the policy precision by how probable the evidence was under each action that the agent could have taken.
    #[inline(never)]
    pub(super) fn update_precision(&self, planner: &impl Planner<M, T>, state: &mut LifeState<M, T>, evidence: &M::Evidence) {
        let declared = self.precisions.policy;
        let Some(trust) = state.trust.as_mut() else { return };
        let (Some(options), Some(before)) = (self.options.precision_updating, trust.before.take()) else { return };
        let (open, progress) = (trust.open.take(), core::mem::take(&mut trust.progress));
        if exact_zero(declared) || declared.value() <= 0.0 {
            return;
        }
        let (elapsed, done) = (progress.steps, self.done(&progress));
        let scene = PlanningContext { belief: &before, joint: None, open: open.as_deref(), elapsed, done, ..self.scene(state) };
        let (tables, precisions) = (scene.tables, Precisions { action: T::one(), ..self.precisions(state) });
        let weights = planner.plan(&Problem { habitual: false, ..scene.problem(&precisions, Reduction::Sum) }).weights;
        let (mut values, mut habits, mut energies) = (Vec::new(), Vec::new(), Vec::new());
        let possible = M::Action::entries(&weights).iter().enumerate().filter(|(_, w)| w.is_finite());
        for (action, &weight) in possible {
            let habit = tables.habit().get(action).filter(|_| tables.habit().len() == M::Action::COUNT);
            let prior = predict(tables, &before, action);
            let posterior = fixed_point(tables, &prior, evidence, Default::default());
            values.push(weight / precisions.policy);
            let own = scene.habit.map_or(T::zero(), |own| M::Action::entries(own)[action]);
            habits.push(habit.copied().unwrap_or(T::zero()) + own);
            energies.push(free_energy(tables, &posterior, &prior, evidence).total());
        }
        let step = self.assigned.precision_step.unwrap_or(T::constant(options.step));
        let updated = infer_precision_by(declared, &values, &habits, &energies, (&options, step));
        if let Some(trust) = state.trust.as_mut() {
            trust.updated = Some(updated);
        }
    }
}
