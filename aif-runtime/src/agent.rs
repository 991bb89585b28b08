//! The agent: perceives, plans and acts under its generative model, one step at a time.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use rand_core::Rng;
use serde::{Deserialize, Serialize};

use crate::act::{action_log_probabilities, best_action, draw, infer_policies};
use crate::domain::Domain;
use crate::model::{GenerativeModel, ModelError, Tables};
use crate::options::{AgentOptions, Precisions, Selection};
use crate::perceive::{Filter, predict_outcomes};
use crate::plan::for_each_policy;
use crate::scalar::softmax;

/// An agent that acts under the generative model `M`.
///
/// A plain value: its beliefs, options and precisions. The tables of its model stand apart and are shared: clones of an agent, and
/// agents made by [`Agent::sharing`], use the same ones. A step allocates nothing.
#[derive(Clone, Debug)]
pub struct Agent<M: GenerativeModel> {
    tables: Arc<Tables<M>>,
    filter: Filter<M::Belief, f64>,
    options: AgentOptions,
    /// Precisions of its own; else those of the tables.
    own: Option<Precisions>,
}

/// What an agent carries from one step to the next, without its model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "B: Serialize", deserialize = "B: Deserialize<'de>"))]
pub struct AgentState<B> {
    /// The name of the model that the agent acts under.
    pub model: String,
    /// What it believes.
    pub filter: Filter<B, f64>,
    /// Its run-time choices.
    pub options: AgentOptions,
    /// Its own precisions, where it does not take its model's.
    pub precisions: Option<Precisions>,
}

impl<M: GenerativeModel> Agent<M>
where
    M::Inputs: Default,
{
    /// An agent with the default options, at the initial state of its model.
    ///
    /// # Errors
    /// When a distribution of the model does not sum to one, or one of its numbers is out of range.
    pub fn new(model: M) -> Result<Self, ModelError> {
        Agent::with_options(model, M::Inputs::default(), AgentOptions::default())
    }
}

impl<M: GenerativeModel> Agent<M> {
    /// An agent with chosen options, under the given inputs.
    ///
    /// # Errors
    /// When a distribution of the model does not sum to one, one of its numbers is out of range, or the options do not fit the model.
    pub fn with_options(model: M, inputs: M::Inputs, options: AgentOptions) -> Result<Self, ModelError> {
        options.check(&M::META)?;
        let tables = Tables::new(&model, inputs, options.horizon_for(&M::META))?;
        Agent::sharing(Arc::new(tables), options)
    }

    /// An agent that shares the tables of its model with others.
    ///
    /// # Errors
    /// When the options do not fit the model or the horizon of the tables.
    pub fn sharing(tables: Arc<Tables<M>>, options: AgentOptions) -> Result<Self, ModelError> {
        options.check(&M::META)?;
        if options.horizon_for(&M::META) != tables.horizon() {
            return Err(ModelError::Options(format!(
                "the tables were built for a horizon of {} steps, the options ask for {}",
                tables.horizon(),
                options.horizon_for(&M::META)
            )));
        }
        let filter = Filter::new(&tables, options.inference);
        Ok(Agent { tables, filter, options, own: None })
    }

    /// The same agent with other precisions than its model declares.
    ///
    /// # Errors
    /// When one is out of its range.
    pub fn with_precisions(mut self, precisions: Precisions) -> Result<Self, ModelError> {
        precisions.check()?;
        self.own = Some(precisions);
        Ok(self)
    }

    /// The tables of the agent's model.
    pub fn tables(&self) -> &Arc<Tables<M>> {
        &self.tables
    }

    /// The agent's run-time choices.
    pub fn options(&self) -> &AgentOptions {
        &self.options
    }

    /// The agent's precisions.
    pub fn precisions(&self) -> Precisions {
        self.own.unwrap_or(self.tables.precisions())
    }

    /// What the agent believes: after [`infer_states`](Agent::infer_states) the posterior, after
    /// [`update_empirical_prior`](Agent::update_empirical_prior) the prior of the next observation.
    pub fn belief(&self) -> &M::Belief {
        self.filter.belief()
    }

    /// The outcomes that the agent's belief lets it expect.
    pub fn expected_outcomes(&self) -> M::Outcomes {
        predict_outcomes(&self.tables, self.filter.belief())
    }

    /// Goes back to the initial state of the model: a new block begins.
    pub fn restart(&mut self) {
        self.filter.restart(&self.tables);
    }

    /// Sets what is known from outside; the tables are filled anew, for this agent only.
    ///
    /// # Errors
    /// When a distribution of the model is wrong under these inputs; the agent is then as before.
    pub fn set_inputs(&mut self, model: &M, inputs: M::Inputs) -> Result<(), ModelError> {
        if inputs != *self.tables.inputs() {
            self.tables = Arc::new(Tables::new(model, inputs, self.tables.horizon())?);
        }
        Ok(())
    }

    /// Infers the hidden states from what is observed: the belief becomes the posterior.
    pub fn infer_states(&mut self, observed: impl Into<M::Evidence>) -> &M::Belief {
        self.filter.perceive(&self.tables, &observed.into(), self.options.inference);
        self.filter.belief()
    }

    /// The log-marginals of the policy posterior over first actions.
    pub fn infer_policies(&self) -> <M::Action as Domain>::Array<f64> {
        infer_policies(&self.tables, self.filter.belief(), &self.options, &self.precisions())
    }

    /// The log-probability of each action under the agent's way of selecting.
    pub fn action_log_probabilities(&self) -> <M::Action as Domain>::Array<f64> {
        action_log_probabilities(&self.tables, self.filter.belief(), &self.options, &self.precisions())
    }

    /// Chooses an action by the agent's way of selecting.
    pub fn sample_action<R: Rng + ?Sized>(&self, rng: &mut R) -> M::Action {
        let index = match self.options.selection {
            Selection::Stochastic => draw(M::Action::entries(&self.action_log_probabilities()), rng),
            Selection::Deterministic => best_action(&self.tables, self.filter.belief(), &self.options, &self.precisions()),
        };
        match M::Action::from_index(index) {
            Some(action) => action,
            None => unreachable!("selection draws among the actions of the model"),
        }
    }

    /// Moves the belief one step under the action that was carried out: it becomes the prior of the next observation.
    pub fn update_empirical_prior(&mut self, action: M::Action) {
        self.filter.advance(&self.tables, action.index());
    }

    /// Perceives, plans and acts: one whole step.
    pub fn step<R: Rng + ?Sized>(&mut self, observed: impl Into<M::Evidence>, rng: &mut R) -> M::Action {
        self.infer_states(observed);
        let action = self.sample_action(rng);
        self.update_empirical_prior(action);
        action
    }

    /// The number of policies at the agent's horizon.
    pub fn policy_count(&self) -> usize {
        M::Action::COUNT.pow(u32::try_from(self.options.horizon_for(&M::META)).unwrap_or(u32::MAX))
    }

    /// Writes the negative expected free energy of every policy, in lexicographic order (the last step's action runs fastest).
    ///
    /// # Errors
    /// When the buffer does not hold [`policy_count`](Agent::policy_count) numbers.
    pub fn negative_expected_free_energies(&self, buffer: &mut [f64]) -> Result<(), ModelError> {
        if buffer.len() != self.policy_count() {
            return Err(ModelError::Options(format!(
                "a buffer of {} numbers for {} policies",
                buffer.len(),
                self.policy_count()
            )));
        }
        let drives = self.options.drives(&M::META);
        for_each_policy(&self.tables, self.filter.belief(), drives, |policy, _, gain| buffer[policy] = gain);
        Ok(())
    }

    /// Writes the posterior q(pi) of every policy, in lexicographic order (the last step's action runs fastest).
    ///
    /// # Errors
    /// When the buffer does not hold [`policy_count`](Agent::policy_count) numbers.
    pub fn policy_posterior(&self, buffer: &mut [f64]) -> Result<(), ModelError> {
        self.negative_expected_free_energies(buffer)?;
        let habit = self.tables.habit();
        let later = buffer.len() / M::Action::COUNT;
        for (policy, weight) in buffer.iter_mut().enumerate() {
            *weight *= self.precisions().policy;
            if !habit.is_empty() {
                *weight += habit[if habit.len() > M::Action::COUNT { policy } else { policy / later }];
            }
        }
        softmax(buffer);
        Ok(())
    }

    /// What the agent carries from step to step, to be stored.
    pub fn state(&self) -> AgentState<M::Belief> {
        AgentState { model: M::META.name.to_string(), filter: self.filter.clone(), options: self.options, precisions: self.own }
    }

    /// An agent that goes on from a stored state.
    ///
    /// # Errors
    /// When the state is of another model, its options do not fit, or its precisions are out of range.
    pub fn resume(model: M, inputs: M::Inputs, state: AgentState<M::Belief>) -> Result<Self, ModelError> {
        if state.model != M::META.name {
            return Err(ModelError::Options(format!("the stored agent acts under {}, not under {}", state.model, M::META.name)));
        }
        let mut agent = Agent::with_options(model, inputs, state.options)?;
        if let Some(precisions) = state.precisions {
            agent = agent.with_precisions(precisions)?;
        }
        if !state.filter.fits::<M>(state.options.inference) {
            return Err(ModelError::Options(format!("the stored belief is no distribution over the states of {}", M::META.name)));
        }
        agent.filter = state.filter;
        Ok(agent)
    }
}
