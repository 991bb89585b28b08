//! Many agents that share all but what they believe.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Agent;
use crate::model::{GenerativeModel, Marginals, ModelError};
use crate::perceive::{Carries, Perception};
use crate::scalar::Real;

/// What an agent that does not learn carries from one step to the next: its belief, and nothing else.
///
/// A plain value; without heap where the belief is one of each factor. One [`Agent`] lends its tables, options and planner to any number of
/// minds, one after the other ([`Agent::as_mind`]); clones of that agent, one for each thread, share its tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mind<B, T = f64> {
    /// What is believed before the next observation, of each factor.
    pub belief: B,
    /// The same of factors jointly, where perception is exact over several; else empty.
    #[serde(default = "Vec::new")]
    pub joint: Vec<T>,
}

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// A mind that believes the initial state of the model.
    ///
    /// # Errors
    /// When an agent with these options carries more than a belief: a window, what it learns, a precision that is updated.
    pub fn newborn(&self) -> Result<Mind<M::Belief, T>, ModelError> {
        let carries = self.options().inference.carries(&M::META);
        let more = (!matches!(carries, Carries::Belief | Carries::Joint)).then(|| carries.words());
        let state = &self.life.state;
        let more = more.or_else(|| state.learned.is_some().then_some("what it learns: leave learning out of its options"));
        let goes_on = self.options().preference_steps.is_some() || self.life.setup.policies().is_some_and(|p| p.is_carried_on());
        let more = more.or_else(|| {
            goes_on.then_some("how far it is in its block: count preferences from where it plans, and compare policies anew")
        });
        let updates = state.trust.is_some();
        let more = more.or_else(|| updates.then_some("an updated precision: leave precision updating out of its options"));
        if let Some(more) = more {
            return Err(ModelError::MoreThanBeliefs { model: M::META.name, more });
        }
        let new = Perception::new(self.tables(), self.options().inference);
        Ok(Mind { belief: *new.belief(), joint: new.joint().to_vec() })
    }

    /// Lets the agent do something as a mind: it believes what the mind does, and the mind keeps what is then the prior of the next observation.
    ///
    /// What is perceived and not acted on is forgotten, as a second look replaces the first: show it again when the mind acts. An action is
    /// corrected in the same call, or not at all. Preferences, precisions and goals that are set in between stay with the agent: set them for every
    /// mind, or for none.
    pub fn as_mind<R>(&mut self, mind: &mut Mind<M::Belief, T>, act: impl FnOnce(&mut Self) -> R) -> R {
        let perception = &mut self.life.state.perception;
        let joint = !mind.joint.is_empty() && mind.joint.len() == perception.joint().len();
        if joint {
            perception.read_numbers(&mind.joint);
        }
        // A belief that somebody has put there goes for all: factors are independent then.
        if !joint || !are_alike::<M, T>(perception.belief(), &mind.belief) {
            perception.believe(mind.belief);
        }
        let result = act(self);
        let perception = &self.life.state.perception;
        mind.belief = *perception.outlook();
        mind.joint.clear();
        mind.joint.extend_from_slice(perception.joint_outlook());
        result
    }
}

/// Whether two beliefs are the same but for rounding.
fn are_alike<M: GenerativeModel<T>, T: Real>(a: &M::Belief, b: &M::Belief) -> bool {
    let near = 1e3 * T::EPSILON;
    (0..M::META.factors.len())
        .all(|f| a.probabilities(f).iter().zip(b.probabilities(f)).all(|(&a, &b)| (a.value() - b.value()).abs() <= near))
}
