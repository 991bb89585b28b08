//! Who decides what is done at each level: chance, a record, or whoever implements [`Decide`].

use alloc::vec::Vec;
use core::cell::OnceCell;

use rand::Rng;

use super::Nested;
use crate::agent::Agent;
use crate::life::ActionProbabilities;
use crate::response::Noticed;
use crate::scalar::Real;

/// A model of which something is to be done.
pub struct Due<'a, M: Nested<T>, T: Real = f64> {
    /// Its place among all models, the lowest levels first.
    pub place: usize,
    /// The model.
    pub model: &'a M,
    /// Its agent, which has seen what there is to see.
    pub agent: &'a Agent<M, T>,
    /// How probable each of its actions is, where that is known.
    pub(super) known: &'a OnceCell<ActionProbabilities<M, T>>,
    /// What it noticed, where the model has responses: of a model with levels in all that was seen in their runs, too.
    pub noticed: Noticed<T>,
}

impl<M: Nested<T>, T: Real> Due<'_, M, T> {
    /// How probable each of its actions is: `agent.life().choice(None)`, worked out once.
    pub fn choice(&self) -> ActionProbabilities<M, T> {
        *self.known.get_or_init(|| self.agent.life().choice(None))
    }
}

/// Decides what is done at each level.
pub trait Decide<T: Real> {
    /// Sets what is carried out. Where that is not known, the joint actions that it may have been, with weights that sum to one; `None` is that each
    /// is as probable as it was to be chosen.
    fn decide<M: Nested<T>>(&mut self, due: Due<'_, M, T>, done: &mut Option<M::Action>) -> Option<Vec<(usize, T)>>;
}

/// Draws.
pub(super) struct Drawn<'a, R: ?Sized>(pub &'a mut R);

impl<T: Real, R: Rng + ?Sized> Decide<T> for Drawn<'_, R> {
    fn decide<M: Nested<T>>(&mut self, due: Due<'_, M, T>, done: &mut Option<M::Action>) -> Option<Vec<(usize, T)>> {
        *done = Some(due.agent.sample_action(self.0));
        None
    }
}

/// Tells how probable what was recorded is.
pub(super) struct Followed<F>(pub F);

impl<T: Real, F: FnMut(T)> Decide<T> for Followed<F> {
    fn decide<M: Nested<T>>(&mut self, due: Due<'_, M, T>, done: &mut Option<M::Action>) -> Option<Vec<(usize, T)>> {
        // Who has no actions chooses nothing.
        if let Some(action) = done.filter(|_| !M::META.actions.is_empty()) {
            (self.0)(due.choice().of(action));
        }
        None
    }
}
