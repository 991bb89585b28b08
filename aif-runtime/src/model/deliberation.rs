//! What the responses of an agent depend on, at the moment in which it acts.

use super::GenerativeModel;
use crate::domain::Domain;
use crate::response::Choice;
use crate::scalar::Real;

/// What the responses of an agent depend on, at the moment in which it acts.
#[derive(Clone, Copy, Debug)]
pub struct Deliberation<'a, M: GenerativeModel<T>, T: Real = f64> {
    /// Its choice.
    pub choice: Choice<'a, T>,
    /// What it believes after what it observed.
    pub belief: &'a M::Belief,
    /// What is set from outside.
    pub inputs: &'a M::Inputs,
    /// The index of the value of each action that it chose; `None` where that is not known (yet).
    pub chosen: &'a [Option<usize>],
}

impl<'a, M: GenerativeModel<T>, T: Real> Deliberation<'a, M, T> {
    /// The value of an action that was chosen, by the action's place.
    pub fn chosen<A: Domain>(&self, action: usize) -> Option<A> {
        self.chosen.get(action).copied().flatten().and_then(A::from_index)
    }

    /// The same where this was chosen.
    pub fn with_chosen(self, chosen: &'a [Option<usize>]) -> Self {
        Deliberation { chosen, ..self }
    }
}
