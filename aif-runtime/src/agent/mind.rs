//! Many agents that share all but what they believe.

use serde::{Deserialize, Serialize};

use super::Agent;
use crate::model::{GenerativeModel, Marginals, ModelError};
use crate::perceive::Carries;
use crate::scalar::Real;

/// What an agent that does not learn carries from one step to the next: its belief, and nothing else.
///
/// A plain value without heap. One [`Agent`] lends its tables, options and planner to any number of minds, one after the other
/// ([`Agent::as_mind`]); clones of that agent, one for each thread, share its tables.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mind<B> {
    /// What is believed before the next observation.
    pub belief: B,
}

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// A mind that believes the initial state of the model.
    ///
    /// # Errors
    /// When an agent with these options carries more than the distribution of each factor: joint distributions (exact inference over several
    /// factors), a window, what it learns, a precision that is updated.
    pub fn newborn(&self) -> Result<Mind<M::Belief>, ModelError> {
        let carries = self.options().inference.carries(&M::META);
        let more = (carries != Carries::Belief).then(|| carries.words());
        let state = &self.life.state;
        let more = more.or_else(|| state.learned.is_some().then_some("what it learns: leave learning out of its options"));
        let updates = state.trust.is_some();
        let more = more.or_else(|| updates.then_some("an updated precision: leave precision updating out of its options"));
        if let Some(more) = more {
            return refused!("a mind carries beliefs only, but this agent of {} also carries {more}", M::META.name);
        }
        let mut belief = M::Belief::zero();
        M::each_factor(|site| belief.probabilities_mut(site.index).copy_from_slice(self.tables().initial(site)));
        Ok(Mind { belief })
    }

    /// Lets the agent do something as a mind: it believes what the mind does, and the mind keeps what is then the prior of the next observation.
    ///
    /// What is perceived and not acted on is forgotten, as a second look replaces the first: show it again when the mind acts. An action is
    /// corrected in the same call, or not at all. Preferences and precisions that are set in between stay with the agent: set them for every
    /// mind, or for none.
    pub fn as_mind<R>(&mut self, mind: &mut Mind<M::Belief>, act: impl FnOnce(&mut Self) -> R) -> R {
        self.life.state.perception.believe(mind.belief);
        let result = act(self);
        mind.belief = *self.life.state.perception.outlook();
        result
    }
}
