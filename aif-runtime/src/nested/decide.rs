//! Who decides what is done at each level: chance, or a record.

use rand::Rng;

use crate::agent::Agent;
use crate::model::GenerativeModel;
use crate::scalar::Real;

/// Chooses, or follows what was chosen.
pub(super) trait Decide<T: Real> {
    /// What is carried out of the actions of an agent; `done` is what was recorded, or is to be.
    fn decide<M: GenerativeModel<T>>(&mut self, agent: &Agent<M, T>, done: &mut Option<M::Action>);
}

/// Draws.
pub(super) struct Drawn<'a, R: ?Sized>(pub &'a mut R);

impl<T: Real, R: Rng + ?Sized> Decide<T> for Drawn<'_, R> {
    fn decide<M: GenerativeModel<T>>(&mut self, agent: &Agent<M, T>, done: &mut Option<M::Action>) {
        *done = Some(agent.sample_action(self.0));
    }
}

/// Tells how probable what was recorded is.
pub(super) struct Followed<F>(pub F);

impl<T: Real, F: FnMut(T)> Decide<T> for Followed<F> {
    fn decide<M: GenerativeModel<T>>(&mut self, agent: &Agent<M, T>, done: &mut Option<M::Action>) {
        // Who has no actions chooses nothing.
        if let Some(action) = done.filter(|_| !M::META.actions.is_empty()) {
            (self.0)(agent.life().choice(None).of(action));
        }
    }
}
