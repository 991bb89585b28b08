//! The moment in which an agent acts, as its responses see it.

use core::cell::OnceCell;

use super::probabilities::ActionProbabilities;
use super::setup::Setup;
use super::state::LifeState;
use crate::domain::Domain;
use crate::model::{Deliberation, GenerativeModel, Precisions};
use crate::perceive::free_energy;
use crate::plan::{Planner, Reduction, Scene};
use crate::response::{Choice, Foresight, Noticed};
use crate::scalar::Real;

/// What is expected of each action at a state, once it is asked for.
struct Foreseen<'a, M: GenerativeModel<T>, T: Real> {
    setup: &'a Setup<M, T>,
    state: &'a LifeState<M, T>,
    known: OnceCell<<M::Action as Domain>::Array<T>>,
}

impl<M: GenerativeModel<T>, T: Real> Foresight<T> for Foreseen<'_, M, T> {
    fn expected_free_energies(&self) -> &[T] {
        let known = self.known.get_or_init(|| {
            let Foreseen { setup, state, .. } = self;
            let precisions = Precisions { action: T::one(), ..setup.precisions(state) };
            let scene = Scene { free_energies: &[], ..setup.scene(state) };
            let mut problem = scene.problem(&precisions, Reduction::Sum);
            problem.habitual = false;
            let mut values = setup.options().planning.plan(&problem).weights;
            M::Action::entries_mut(&mut values).iter_mut().for_each(|value| *value = -*value / precisions.policy);
            values
        });
        M::Action::entries(known)
    }
}

impl<M: GenerativeModel<T>, T: Real> Setup<M, T> {
    /// Takes in what is observed, as [`observe`](Setup::observe) does, and says what was noticed in it.
    pub fn notice(&self, state: &mut LifeState<M, T>, evidence: &M::Evidence) -> Noticed<T> {
        let (before, mut noticed) = (*state.belief(), Noticed::nothing());
        // What is learned from the observation is no part of how surprising it was.
        self.observe_noting(&self.options.planning, state, evidence, |tables, after| {
            let energy = free_energy(tables, after, &before, evidence);
            noticed = Noticed { surprise: energy.total(), information_gained: energy.complexity() };
        });
        noticed
    }

    /// Does something with the moment in which an agent acts, given what it noticed and how probable its actions are. Nothing is chosen yet.
    pub fn deliberate<R>(
        &self,
        state: &LifeState<M, T>,
        (choice, noticed): (&ActionProbabilities<M, T>, Noticed<T>),
        work: impl FnOnce(Deliberation<'_, M, T>) -> R,
    ) -> R {
        let foreseen = Foreseen { setup: self, state, known: OnceCell::new() };
        let choice = Choice::new(choice.entries()).after(noticed, &foreseen);
        let inputs = self.ground(state).tables.inputs();
        work(Deliberation { choice, belief: state.belief(), inputs, chosen: &[] })
    }
}
