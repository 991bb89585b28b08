//! The moment in which an agent acts, as its responses see it.

use core::cell::OnceCell;

use super::probabilities::ActionProbabilities;
use super::setup::Setup;
use super::state::LifeState;
use crate::domain::Domain;
use crate::model::{Deliberation, GenerativeModel, Precisions, Tables};
use crate::perceive::free_energy;
use crate::plan::{Planner, PlanningContext, Reduction};
use crate::response::{Background, Choice, Noticed};
use crate::scalar::Real;

/// What a choice at a state is made from, once it is asked for.
struct Behind<'a, M: GenerativeModel<T>, T: Real, F> {
    setup: &'a Setup<M, T>,
    state: &'a LifeState<M, T>,
    notice: F,
    noticed: OnceCell<Noticed<T>>,
    known: OnceCell<<M::Action as Domain>::Array<T>>,
}

impl<M: GenerativeModel<T>, T: Real, F: Fn() -> Noticed<T>> Background<T> for Behind<'_, M, T, F> {
    fn noticed(&self) -> Noticed<T> {
        *self.noticed.get_or_init(&self.notice)
    }

    fn expected_free_energies(&self) -> &[T] {
        let known = self.known.get_or_init(|| {
            let Behind { setup, state, .. } = self;
            let precisions = Precisions { action: T::one(), ..setup.precisions(state) };
            let scene = PlanningContext { free_energies: &[], ..setup.scene(state) };
            let mut problem = scene.problem(&precisions, Reduction::Sum);
            problem.habitual = false;
            let mut values = setup.options().planning.plan(&problem).weights;
            M::Action::entries_mut(&mut values).iter_mut().for_each(|value| *value = -*value / precisions.policy);
            values
        });
        M::Action::entries(known)
    }
}

/// What a belief that an observation has moved says of it.
fn told<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    after: &M::Belief,
    before: &M::Belief,
    evidence: &M::Evidence,
) -> Noticed<T> {
    let energy = free_energy(tables, after, before, evidence);
    Noticed { surprise: energy.total(), information_gained: energy.complexity() }
}

impl<M: GenerativeModel<T>, T: Real> Setup<M, T> {
    /// Takes in what is observed, as [`observe`](Setup::observe) does, and says what was noticed in it.
    pub fn notice(&self, state: &mut LifeState<M, T>, evidence: &M::Evidence) -> Noticed<T> {
        let (before, mut noticed) = (*state.belief(), Noticed::nothing());
        // What is learned from the observation is no part of how surprising it was.
        self.observe_noting(&self.options.planning, state, evidence, |tables, after| {
            noticed = told(tables, after, &before, evidence);
        });
        noticed
    }

    /// What was noticed in an observation, from what was believed before it and the state after it; of a life that learns, by what it has
    /// learned since.
    pub fn noticed(&self, before: &M::Belief, after: &LifeState<M, T>, evidence: &M::Evidence) -> Noticed<T> {
        told(&self.ground(after).tables, after.belief(), before, evidence)
    }

    /// Does something with the moment in which an agent acts, given what it noticed and how probable its actions are. Nothing is chosen yet.
    pub fn deliberate<R>(
        &self,
        state: &LifeState<M, T>,
        (choice, noticed): (&ActionProbabilities<M, T>, impl Fn() -> Noticed<T>),
        work: impl FnOnce(Deliberation<'_, M, T>) -> R,
    ) -> R {
        let behind = Behind { setup: self, state, notice: noticed, noticed: OnceCell::new(), known: OnceCell::new() };
        let choice = Choice::new(choice.entries()).before(&behind);
        let inputs = self.ground(state).tables.inputs();
        work(Deliberation { choice, belief: state.belief(), inputs, chosen: &[] })
    }
}
