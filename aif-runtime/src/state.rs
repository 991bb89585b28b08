//! Storing agents: what an agent carries from one step to the next, without its model.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::domain::Domain;
use crate::learn::Frame;
use crate::model::{Counted, GenerativeModel, ModelError};
use crate::options::{AgentOptions, Precisions};
use crate::perceive::Filter;
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
    pub filter: Filter<B, E>,
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
}

/// What an agent under the model `M` carries.
type StateOf<M> = AgentState<<M as GenerativeModel>::Belief, <M as GenerativeModel>::Evidence, <M as GenerativeModel>::Action>;

impl<M: GenerativeModel> Agent<M> {
    /// What the agent carries from step to step, to be stored.
    pub fn state(&self) -> StateOf<M> {
        AgentState {
            model: M::META.name.to_string(),
            filter: self.filter.clone(),
            options: self.options,
            precisions: self.own,
            updated_precision: self.updated,
            policies: self.policies.as_deref().cloned(),
            counts: self.learner.as_ref().map(|_| self.tables.counted()),
            frames: self.learner.as_ref().map_or(Vec::new(), |learner| learner.frames.clone()),
        }
    }

    /// An agent that goes on from a stored state.
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
            agent.updated = Some(updated);
        }
        let mut filter = state.filter;
        if !filter.adopt::<M>(state.options.inference) {
            return Err(ModelError::Options(format!("the stored belief is no distribution over the states of {}", M::META.name)));
        }
        agent.filter = filter;
        if let Some(mut learner) = agent.learner.take() {
            if state.frames.iter().filter_map(|f| f.action).any(|a| a >= M::META.joint_actions()) {
                return Err(ModelError::Options(format!("a stored step names an action that {} has not", M::META.name)));
            }
            let counts = state.counts.as_ref().ok_or_else(|| {
                ModelError::Options(format!("the stored agent learns, but none of the counts of {} are stored", M::META.name))
            })?;
            let mut tables = (*agent.tables).clone();
            tables.restore(counts)?;
            agent.tables = tables.into();
            learner.frames = state.frames;
            agent.learner = Some(learner);
            agent.work_back();
        }
        Ok(agent)
    }
}
