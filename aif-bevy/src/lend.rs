//! An agent that lends itself to one mind after the other, each with its own temper.

use aif_runtime::{Agent, GenerativeModel, ModelError, Real};

use crate::minds::Temper;

/// A clone of the agent for one thread.
pub(crate) struct Lender<'a, M: GenerativeModel<T>, T: Real> {
    shared: &'a Agent<M, T>,
    agent: Agent<M, T>,
    /// What of it is somebody's own: precisions, preferences, a route.
    own: [bool; 3],
}

impl<'a, M: GenerativeModel<T>, T: Real> Lender<'a, M, T> {
    pub fn new(shared: &'a Agent<M, T>) -> Self {
        Lender { shared, agent: shared.clone(), own: [false; 3] }
    }

    /// The agent with this temper, and nothing of the one before.
    pub fn lend(&mut self, temper: Option<&Temper<M, T>>) -> Result<&mut Agent<M, T>, ModelError> {
        let own = temper.map_or([false; 3], |t| [t.precisions.is_some(), t.preferences.is_some(), t.route.is_some()]);
        // What is written over need not be taken back, so that nothing is allocated where all have tempers of one kind.
        if self.own.iter().zip(own).any(|(before, now)| *before && !now) {
            self.agent = self.shared.clone();
        }
        self.own = own;
        if let Some(temper) = temper {
            if let Some(precisions) = temper.precisions {
                self.agent.set_precisions(precisions)?;
            }
            if let Some(preferences) = temper.preferences {
                self.agent.set_preferences(preferences)?;
            }
            if let Some(route) = &temper.route {
                self.agent.set_induction(route.clone())?;
            }
        }
        Ok(&mut self.agent)
    }
}
