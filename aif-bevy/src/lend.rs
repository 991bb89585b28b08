//! An agent that lends itself to one mind after the other, each with its own temper.

use aif_runtime::{Agent, GenerativeModel, ModelError, Real};

use crate::minds::Temper;

/// A clone of the agent for one thread.
pub(crate) struct Lender<'a, M: GenerativeModel<T>, T: Real> {
    shared: &'a Agent<M, T>,
    agent: Agent<M, T>,
    tempered: bool,
}

impl<'a, M: GenerativeModel<T>, T: Real> Lender<'a, M, T> {
    pub fn new(shared: &'a Agent<M, T>) -> Self {
        Lender { shared, agent: shared.clone(), tempered: false }
    }

    /// The agent with this temper, and nothing of the one before.
    pub fn lend(&mut self, temper: Option<&Temper<M, T>>) -> Result<&mut Agent<M, T>, ModelError> {
        if self.tempered {
            self.agent = self.shared.clone();
            self.tempered = false;
        }
        if let Some(temper) = temper {
            self.tempered = true;
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
