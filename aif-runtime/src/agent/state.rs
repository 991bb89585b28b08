//! Storing agents: what an agent carries from one step to the next, without its model.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Agent;
use crate::domain::Domain;
use crate::learn::Frame;
use crate::model::{Counted, GenerativeModel, ModelError};
use crate::options::{AgentOptions, Precisions};
use crate::perceive::{FilterState, believable, credible};
use crate::plan::Policies;

/// What an agent carries from one step to the next, without its model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "B: Serialize, E: Serialize, A: Domain + Serialize",
    deserialize = "B: Deserialize<'de>, E: Deserialize<'de>, A: Domain + Deserialize<'de>"
))]
pub struct AgentState<B, E, A> {
    /// The name of the model that the agent acts under.
    pub model: String,
    /// What it believes.
    pub filter: FilterState<B, E>,
    /// Its run-time choices.
    pub options: AgentOptions,
    /// Its own precisions, where it does not take its model's.
    pub precisions: Option<Precisions>,
    /// The policy precision that updating has come to.
    pub updated_precision: Option<f64>,
    /// The policies that it compares, where these are not all.
    pub policies: Option<Policies<A>>,
    /// What it has learned: the counts of its tables.
    pub counts: Option<Counted>,
    /// What it keeps of its block to learn from.
    pub frames: Vec<Frame<B, E>>,
    /// Whether a block has just begun.
    pub fresh: bool,
    /// How often each joint action was taken since its habit was last learned.
    pub taken: Vec<f64>,
    /// What it believed before its last action, where precision updating looks back to it.
    pub looked_back: Option<B>,
}

/// What an agent under the model `M` carries.
type StateOf<M> = AgentState<<M as GenerativeModel>::Belief, <M as GenerativeModel>::Evidence, <M as GenerativeModel>::Action>;

impl<M: GenerativeModel> Agent<M> {
    /// What the agent carries from step to step, to be stored.
    pub fn state(&self) -> StateOf<M> {
        AgentState {
            model: M::META.name.to_string(),
            filter: self.filter.state(),
            options: self.options,
            precisions: self.own,
            updated_precision: self.updated,
            policies: self.policies.as_deref().cloned(),
            counts: self.tables.has_counts().then(|| self.tables.counted()),
            frames: self.learner.as_ref().map_or(Vec::new(), |learner| learner.frames.clone()),
            fresh: self.learner.as_ref().is_none_or(|learner| learner.fresh),
            taken: self.learner.as_ref().map_or(Vec::new(), |learner| learner.gained.habit.clone()),
            looked_back: self.looked_back,
        }
    }

    /// An agent that goes on from a stored state. Forgetting leads back to the counts that `model` declares.
    ///
    /// # Errors
    /// When the state is of another model, its options do not fit, its precisions or counts are out of range, or its belief is no
    /// distribution over the model's states.
    pub fn resume(model: M, inputs: M::Inputs, state: StateOf<M>) -> Result<Self, ModelError> {
        if state.model != M::META.name {
            return Err(ModelError::Options(format!("the stored agent acts under {}, not under {}", state.model, M::META.name)));
        }
        let mut agent = Agent::with_options(model, inputs, state.options)?;
        if let Some(precisions) = state.precisions {
            agent = agent.with_precisions(precisions)?;
        }
        if let Some(policies) = state.policies {
            agent = agent.with_policies(policies)?;
        }
        if let Some(updated) = state.updated_precision {
            Precisions { policy: updated, ..Precisions::default() }.check()?;
            if updated <= 0.0 {
                return Err(ModelError::Number { what: "the updated precision".into(), value: updated, expected: "above 0" });
            }
            agent.updated = Some(updated);
        }
        let beliefs = state.frames.iter().map(|f| &f.belief).chain(&state.looked_back);
        if !agent.filter.resume::<M>(state.filter) || !beliefs.into_iter().all(believable::<M, f64>) {
            return Err(ModelError::Options(format!("the stored belief is no distribution over the states of {}", M::META.name)));
        }
        if !state.frames.iter().all(|f| credible::<M, f64>(&f.evidence)) {
            return Err(ModelError::Options(format!("what is stored of an observation of {} is no distribution", M::META.name)));
        }
        if state.frames.iter().filter_map(|f| f.action).any(|a| a >= M::META.joint_actions()) {
            return Err(ModelError::Options(format!("a stored step names an action that {} has not", M::META.name)));
        }
        agent.looked_back = state.looked_back;
        if let Some(counts) = &state.counts {
            let mut tables = (*agent.tables).clone();
            tables.restore(counts)?;
            agent.tables = tables.into();
            agent.work_back();
        } else if agent.learner.is_some() {
            return Err(ModelError::Options(format!(
                "the stored agent learns, but none of the counts of {} are stored",
                M::META.name
            )));
        }
        if let Some(learner) = &mut agent.learner {
            if state.taken.len() != learner.gained.habit.len() || !state.taken.iter().all(|n| n.is_finite() && *n >= 0.0) {
                return Err(ModelError::Options(format!(
                    "how often actions of {} were taken is not stored as it should be",
                    M::META.name
                )));
            }
            learner.frames = state.frames;
            learner.fresh = state.fresh;
            learner.gained.habit = state.taken;
        }
        Ok(agent)
    }
}
