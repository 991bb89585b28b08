//! The agent: perceives, plans, acts and learns under its generative model, one step at a time.

mod choices;
mod mind;
mod planning;
mod state;

use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use rand_core::Rng;

pub use choices::{Explanation, Within};
pub use mind::Mind;
pub use state::{AgentState, AgentStateOf};

use crate::domain::Domain;
use crate::learn::Learner;
use crate::model::{GenerativeModel, ModelError, Tables};
use crate::options::{AgentOptions, Precisions};
use crate::perceive::{Filter, FreeEnergy, Gap, Window, credible, free_energy, predict_outcomes, sequence_free_energy};
use crate::plan::{Induction, Planner, Planning, Policies};
use crate::scalar::Real;

/// An agent that acts under the generative model `M`.
///
/// A plain value: its beliefs, options and precisions. The tables of its model stand apart and are shared: clones of an agent, and
/// agents made by [`Agent::sharing`], use the same ones until one of them learns. A step without learning, over one step of time, by a
/// planner that enumerates, allocates nothing.
#[derive(Clone, Debug)]
pub struct Agent<M: GenerativeModel<T>, T: Real = f64> {
    tables: Arc<Tables<M, T>>,
    filter: Filter<M::Belief, M::Evidence, T>,
    options: AgentOptions,
    /// Precisions of its own; else those of the tables.
    own: Option<Precisions>,
    /// The policy precision that updating has come to.
    updated: Option<f64>,
    policies: Option<Arc<Policies<M::Action>>>,
    learner: Option<Box<Learner<M, T>>>,
    induction: Option<Arc<Induction>>,
    /// What was believed before the last action, where precision updating looks back to it.
    looked_back: Option<M::Belief>,
    /// Which actions were open then, where not all were.
    open_then: Option<Vec<bool>>,
    /// Preferences of its own; else those of the tables.
    preferences: Option<M::Outcomes>,
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
}

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// An agent that shares the tables of its model with others, until it learns.
    ///
    /// # Errors
    /// When the options do not fit the model or the horizon of the tables.
    pub fn sharing(tables: Arc<Tables<M, T>>, options: AgentOptions) -> Result<Self, ModelError> {
        options.check(&M::META)?;
        if options.horizon_for(&M::META) != tables.horizon() {
            return Err(ModelError::Options(format!(
                "the tables were built for a horizon of {} steps, the options ask for {}",
                tables.horizon(),
                options.horizon_for(&M::META)
            )));
        }
        if options.learning.is_some() && !tables.has_counts() {
            return Err(ModelError::Options(format!(
                "{} has nothing to learn: none of its likelihoods, transitions, initial states and habits is declared with counts (`Dirichlet`)",
                M::META.name
            )));
        }
        if options.induction.is_some() && !tables.has_goals() {
            return Err(ModelError::Options(format!(
                "{} has no goal to plan back from: give a factor one, `#[factor(.., goal = ..)]`",
                M::META.name
            )));
        }
        let filter = Filter::new(&tables, options.inference);
        let learner = options.learning.map(|_| Box::new(Learner::new(tables.clone())));
        let mut agent = Agent {
            tables,
            filter,
            options,
            own: None,
            updated: None,
            policies: None,
            learner,
            induction: None,
            looked_back: None,
            open_then: None,
            preferences: None,
        };
        agent.work_back();
        Ok(agent)
    }

    /// The same agent with other precisions than its model declares.
    ///
    /// # Errors
    /// When one is out of its range.
    pub fn with_precisions(mut self, precisions: Precisions) -> Result<Self, ModelError> {
        self.set_precisions(precisions)?;
        Ok(self)
    }

    /// The same agent, comparing only the given policies.
    ///
    /// # Errors
    /// When the policies have another length than the agent's horizon, the agent plans otherwise than by enumerating policies, or the model's
    /// habit forbids all of them or is over all policies.
    pub fn with_policies(mut self, policies: Policies<M::Action>) -> Result<Self, ModelError> {
        let horizon = self.options.horizon_for(&M::META);
        if policies.horizon() != horizon {
            return Err(ModelError::Options(format!(
                "the policies have {} steps, the agent's horizon is {horizon}",
                policies.horizon()
            )));
        }
        if self.options.planning != Planning::Tree {
            return Err(ModelError::Options("a list of policies is compared by `Planning::Tree` only".into()));
        }
        let habit = self.tables.habit();
        if habit.len() > M::Action::COUNT {
            return Err(ModelError::Options(format!(
                "the habit of {} is over all its policies: give the list a habit of its own, and the model none",
                M::META.name
            )));
        }
        let allowed = |(i, policy): (usize, &[M::Action])| {
            let first = habit.get(policy[0].index()).map_or(0.0, |e| e.value());
            policies.habit(i) + first > f64::NEG_INFINITY
        };
        if !policies.iter().enumerate().any(allowed) {
            return Err(ModelError::Options(format!("the habit of {} forbids every policy of the list", M::META.name)));
        }
        self.policies = Some(Arc::new(policies));
        Ok(self)
    }

    /// The tables of the agent's model.
    pub fn tables(&self) -> &Arc<Tables<M, T>> {
        &self.tables
    }

    /// The agent's run-time choices.
    pub fn options(&self) -> &AgentOptions {
        &self.options
    }

    /// The agent's precisions.
    pub fn precisions(&self) -> Precisions {
        let precisions = self.own.unwrap_or(self.tables.precisions().value());
        Precisions { policy: self.updated.unwrap_or(precisions.policy), ..precisions }
    }

    /// What the agent believes: after [`infer_states`](Agent::infer_states) the posterior, after
    /// [`update_empirical_prior`](Agent::update_empirical_prior) the prior of the next observation.
    pub fn belief(&self) -> &M::Belief {
        self.filter.belief()
    }

    /// The agent's filter: its belief, with the joint distribution of exact inference or the window of message passing.
    pub fn filter(&self) -> &Filter<M::Belief, M::Evidence, T> {
        &self.filter
    }

    /// What the agent keeps to learn from, where it learns.
    pub fn learner(&self) -> Option<&Learner<M, T>> {
        self.learner.as_deref()
    }

    /// The outcomes that the agent's belief lets it expect.
    pub fn expected_outcomes(&self) -> M::Outcomes {
        predict_outcomes(&self.tables, self.filter.belief())
    }

    /// The variational free energy of what the agent believes, given what it believed before and what it then observed.
    pub fn free_energy(&self, prior: &M::Belief, observed: impl Into<M::Evidence>) -> FreeEnergy<T> {
        free_energy(&self.tables, self.filter.belief(), prior, &observed.into())
    }

    /// Goes back to the initial state of the model, but for factors whose belief is kept between blocks: a block is over, and a new one
    /// begins. What is left to learn of the old one is learned.
    pub fn restart(&mut self) {
        self.end_block();
        if let Some(learner) = &mut self.learner {
            learner.begin();
        }
        self.filter.begin_block(&self.tables);
        self.updated = None;
        (self.looked_back, self.open_then) = (None, None);
    }

    /// Learns all that is left to learn of the block so far: what learning at a block's end, or a window, has kept back. The block may go
    /// on.
    pub fn end_block(&mut self) {
        self.filter.settle();
        if let (Some(learner), Some(learning)) = (&mut self.learner, &self.options.learning)
            && learner.finish(&mut self.tables, &self.options, learning)
        {
            self.work_back();
        }
    }

    /// Sets what is known from outside; the tables are filled anew, for this agent only. What it has learned stays, whatever the inputs; what
    /// is left to learn of the steps so far is learned first; message passing begins a new window.
    ///
    /// # Errors
    /// When a distribution of the model is wrong under these inputs; the agent is then as before.
    pub fn set_inputs(&mut self, model: &M, inputs: M::Inputs) -> Result<(), ModelError> {
        if inputs != *self.tables.inputs() {
            let mut tables = Tables::new(model, inputs, self.tables.horizon())?;
            self.end_block();
            if let Some(learner) = &mut self.learner {
                learner.change_tables(&tables, &self.tables);
            }
            if self.tables.has_learned() {
                tables.take_counts(&self.tables);
            }
            self.tables = Arc::new(tables);
            self.filter.settle();
            self.filter.begin_window();
            self.work_back();
        }
        Ok(())
    }

    /// Infers the hidden states from what is observed: the belief becomes the posterior. A second look without an action in between
    /// replaces the first.
    ///
    /// Soft evidence has to be made of distributions; [`try_infer_states`](Agent::try_infer_states) makes sure of it.
    pub fn infer_states(&mut self, observed: impl Into<M::Evidence>) -> &M::Belief {
        let planning = self.options.planning;
        self.perceive_with(&planning, observed.into())
    }

    /// The same; where policy precision is updated, this planner says what could have been expected of each action.
    fn perceive_with(&mut self, planner: &impl Planner<M, T>, evidence: M::Evidence) -> &M::Belief {
        self.filter.perceive(&self.tables, &evidence);
        self.update_precision(planner, &evidence);
        if let (Some(learner), Some(learning)) = (&mut self.learner, &self.options.learning) {
            learner.observe(evidence, &self.filter, learning);
        }
        self.filter.belief()
    }

    /// Infers the hidden states from evidence that may be wrong: soft evidence that comes from elsewhere.
    ///
    /// # Errors
    /// When what is known of a modality is no distribution, or its weight is not between 0 and 1; the agent is then as before.
    pub fn try_infer_states(&mut self, observed: impl Into<M::Evidence>) -> Result<&M::Belief, ModelError> {
        let evidence = observed.into();
        if !credible::<M, T>(&evidence) {
            return Err(ModelError::Options(format!(
                "what is known of an observation of {} is no distribution: {evidence:?}",
                M::META.name
            )));
        }
        Ok(self.infer_states(evidence))
    }

    /// The free energy of what the agent believes about each step of its window, the latest last; empty where it passes no messages.
    pub fn window_free_energies(&self) -> Vec<FreeEnergy<T>> {
        let (Some((evidence, actions)), Some(prior)) = (self.filter.window_past(), self.filter.window_prior()) else {
            return Vec::new();
        };
        let steps = self.filter.window().len().min(evidence.len());
        let window = Window { prior, evidence: &evidence[..steps], actions, gap: Gap::Restart };
        sequence_free_energy(&self.tables, &window, &self.filter.window()[..steps], None)
    }

    /// Learns from the latest step, as the options say; what they keep for the block's end is learned then.
    pub fn infer_parameters(&mut self) {
        self.filter.settle();
        if let (Some(learner), Some(learning)) = (&mut self.learner, &self.options.learning)
            && learner.step(&mut self.tables, &self.options, learning)
            && learning.rates.transition.is_some()
        {
            self.work_back();
        }
    }

    /// Moves the belief one step under the action that was carried out: it becomes the prior of the next observation.
    pub fn update_empirical_prior(&mut self, action: M::Action) {
        if let Some(learner) = &mut self.learner {
            learner.act(action.index(), self.filter.belief());
        }
        if self.options.precision_updating.is_some() {
            self.looked_back = Some(*self.filter.belief());
        }
        self.filter.advance(&self.tables, action.index(), &self.options.compat);
    }

    /// Perceives, plans, learns and acts: one whole step. Plans are made with what was known before the step.
    pub fn step<R: Rng + ?Sized>(&mut self, observed: impl Into<M::Evidence>, rng: &mut R) -> M::Action {
        self.infer_states(observed);
        let action = self.sample_action(rng);
        self.infer_parameters();
        self.update_empirical_prior(action);
        action
    }

    /// Simplifies what was learned: rules out, in likelihoods and transitions, what was never seen, where that explains what was learned by
    /// more than `threshold` nats better (3 is a common choice). How many columns were simplified, and by how many nats in all; none for an
    /// agent that does not learn.
    pub fn reduce(&mut self, threshold: f64) -> (usize, f64) {
        let Some(learner) = &mut self.learner else { return (0, 0.0) };
        let reduced = Arc::make_mut(&mut self.tables).reduce(Arc::make_mut(&mut learner.prior), threshold);
        self.work_back();
        (reduced.0, reduced.1.value())
    }

    /// Works back from the goals anew, where the agent plans so.
    fn work_back(&mut self) {
        self.induction = self.options.induction.map(|options| Arc::new(Induction::new(&self.tables, &options)));
    }
}
