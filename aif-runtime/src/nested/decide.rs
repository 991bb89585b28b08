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

/// Follows what was recorded, and draws it anew.
pub(super) struct Redrawn<'a, R: ?Sized, F>(pub &'a mut R, pub F);

impl<T: Real, R: Rng + ?Sized, F: FnMut(usize)> Decide<T> for Redrawn<'_, R, F> {
    fn decide<M: GenerativeModel<T>>(&mut self, agent: &Agent<M, T>, done: &mut Option<M::Action>) {
        if done.is_some() && !M::META.actions.is_empty() {
            (self.1)(agent.life().choice(None).draw(self.0));
        }
    }
}
