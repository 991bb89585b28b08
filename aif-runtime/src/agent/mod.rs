//! The agent: perceives, plans, acts and learns under its generative model, one step at a time.

mod choices;
mod goals;
mod mind;
mod planning;
mod recollection;
mod state;

use alloc::sync::Arc;
use alloc::vec::Vec;

use rand::Rng;

pub use choices::{BudgetedChoice, Explanation};
pub use mind::Mind;
pub use state::{AgentState, AgentStateOf};

use planning::{chances, draw};
use recollection::{Recollection, Seen};

use crate::domain::Domain;
use crate::learn::Learner;
use crate::life::{AgentOptions, Assigned, Carried, Life, LifeState, Setup};
use crate::model::{Deliberation, GenerativeModel, ModelError, Precisions, Tables};
use crate::perceive::{
    FreeEnergy, Gap, Inference, Moved, Perception, Window, doubt, free_energy, predict_outcomes, sequence_free_energy,
};
use crate::plan::Policies;
use crate::response::Noticed;
use crate::scalar::Real;

/// An agent that acts under the generative model `M`: a [`Life`] that draws from its choices.
///
/// A plain value: its beliefs, options and precisions. The tables of its model stand apart and are shared: clones of an agent, and
/// agents made by [`Agent::sharing`], use the same ones until one of them learns. A step without learning, over one step of time, by a
/// planner that enumerates, allocates nothing. What a step came to it remembers, for when it is taken again ([`Agent::remember`]).
#[derive(Clone, Debug)]
pub struct Agent<M: GenerativeModel<T>, T: Real = f64> {
    life: Life<M, T>,
    /// What it remembers of its steps.
    recollection: Recollection<M, T>,
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
        let tables = options.tables(&model, inputs)?;
        Agent::sharing(Arc::new(tables), options)
    }
}

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// An agent that shares the tables of its model with others, until it learns.
    ///
    /// # Errors
    /// When the options do not fit the model or the horizon of the tables.
    pub fn sharing(tables: Arc<Tables<M, T>>, options: AgentOptions) -> Result<Self, ModelError> {
        Ok(Agent::of(Setup::new(tables, options, Assigned::default())?))
    }

    /// The same agent with other precisions than its model declares.
    ///
    /// # Errors
    /// When one is out of its range.
    pub fn with_precisions(mut self, precisions: Precisions<T>) -> Result<Self, ModelError> {
        self.set_precisions(precisions)?;
        Ok(self)
    }

    /// The same agent with numbers of its own; what is not assigned is as its options and its model say, whatever the inputs. One that is given a
    /// rate of learning learns, from here on.
    ///
    /// # Errors
    /// When one is out of its range.
    pub fn with_assigned(mut self, assigned: Assigned<T>) -> Result<Self, ModelError> {
        if assigned.complete(self.options()) == *self.options() {
            self.setup_mut().assign(assigned)?;
            return Ok(self);
        }
        let preferences = self.life.setup.preferences().copied();
        let Setup { ground, options, policies, .. } = self.life.setup;
        let mut setup = Setup::new(ground.tables, options, assigned)?;
        setup.policies = policies;
        setup.prefer(preferences)?;
        if let Some(given) = ground.induction.filter(|induction| induction.is_given()) {
            setup.ground.induction = Some(given);
        }
        let mut agent = Agent::of(setup);
        if let Some(looks) = self.recollection.most {
            agent.remember(looks);
        }
        Ok(agent)
    }

    /// The same agent, comparing only the given policies.
    ///
    /// # Errors
    /// When the policies have another length than the agent's horizon, the agent plans otherwise than by enumerating policies, or the model's
    /// habit forbids all of them or is over all policies.
    pub fn with_policies(mut self, policies: Policies<M::Action>) -> Result<Self, ModelError> {
        self.setup_mut().compare_only(policies)?;
        Ok(self)
    }

    /// The life that the agent lives: what it is set up with, and its state.
    pub fn life(&self) -> &Life<M, T> {
        &self.life
    }

    fn of(setup: Setup<M, T>) -> Self {
        let mut agent = Agent { life: Life::new(setup), recollection: Recollection::new() };
        agent.recollection.begin(&agent.life.setup, &agent.life.state);
        agent
    }

    /// The life that it lives, to be changed in any way.
    pub(crate) fn life_mut(&mut self) -> &mut Life<M, T> {
        self.recollection.forget();
        &mut self.life
    }

    fn setup_mut(&mut self) -> &mut Setup<M, T> {
        &mut self.life_mut().setup
    }

    fn parts(&mut self) -> (&Setup<M, T>, &mut LifeState<M, T>) {
        (&self.life.setup, &mut self.life.state)
    }

    /// The tables of the agent's model.
    pub fn tables(&self) -> &Arc<Tables<M, T>> {
        self.life.tables()
    }

    /// The agent's run-time choices.
    pub fn options(&self) -> &AgentOptions {
        self.life.setup.options()
    }

    /// How it perceives: what its options come to for its model ([`Inference::words`] says it in words).
    pub fn inference(&self) -> Inference {
        self.options().inference.resolved(&M::META)
    }

    /// The agent's precisions.
    pub fn precisions(&self) -> Precisions<T> {
        self.life.setup.precisions(&self.life.state)
    }

    /// What the agent believes: after [`infer_states`](Agent::infer_states) the posterior, after
    /// [`update_empirical_prior`](Agent::update_empirical_prior) the prior of the next observation.
    pub fn belief(&self) -> &M::Belief {
        self.life.belief()
    }

    /// What the agent perceives with: its belief, with the joint distribution of exact inference or the window of message passing.
    pub fn perception(&self) -> &Perception<M, T> {
        &self.life.state.perception
    }

    /// What the agent keeps to learn from, where it learns.
    pub fn learner(&self) -> Option<&Learner<M, T>> {
        self.life.state.learner()
    }

    /// The outcomes that the agent's belief lets it expect.
    pub fn expected_outcomes(&self) -> M::Outcomes {
        predict_outcomes(self.tables(), self.belief())
    }

    /// The variational free energy of what the agent believes, given what it believed before and what it then observed.
    pub fn free_energy(&self, prior: &M::Belief, observed: impl Into<M::Evidence>) -> FreeEnergy<T> {
        free_energy(self.tables(), self.belief(), prior, &observed.into())
    }

    /// Goes back to the initial state of the model, but for factors whose belief is kept between blocks: a block is over, and a new one
    /// begins. What is left to learn of the old one is learned.
    pub fn restart(&mut self) {
        let (setup, state) = self.parts();
        setup.finish(state);
        setup.begin_block(state);
    }

    /// Learns all that is left to learn of the block so far: what learning at a block's end, or a window, has kept back. The block may go
    /// on.
    pub fn end_block(&mut self) {
        let (setup, state) = self.parts();
        setup.finish(state);
    }

    /// Sets what is known from outside; the tables are filled anew, for this agent only. What it has learned stays, whatever the inputs; what
    /// is left to learn of the steps so far is learned first; message passing begins a new window.
    ///
    /// # Errors
    /// When a distribution of the model is wrong under these inputs; the agent is then as before.
    pub fn set_inputs(&mut self, model: &M, inputs: M::Inputs) -> Result<(), ModelError> {
        self.life_mut().set_inputs(model, inputs)
    }

    /// Infers the hidden states from what is observed: the belief becomes the posterior. A second look without an action in between
    /// replaces the first.
    ///
    /// Soft evidence has to be made of distributions, and likelihood evidence of weights; [`try_infer_states`](Agent::try_infer_states) makes sure of
    /// it.
    pub fn infer_states(&mut self, observed: impl Into<M::Evidence>) -> &M::Belief {
        self.life.observe(&observed.into());
        self.belief()
    }

    /// Infers the hidden states from what is observed, as [`infer_states`](Agent::infer_states) does, and says what was noticed in it: what the
    /// responses of its model may depend on.
    pub fn notice(&mut self, observed: impl Into<M::Evidence>) -> Noticed<T> {
        self.life.notice(&observed.into())
    }

    /// Does something with the moment in which the agent acts, given what it noticed: its choice, its belief, its inputs. The responses of its model
    /// are functions of these.
    ///
    /// ```
    /// # use aif_runtime::{Agent, GenerativeModel, Noticed};
    /// /// How undecided an agent is after what it has seen, in nats.
    /// fn indecision<M: GenerativeModel>(agent: &mut Agent<M>, seen: M::Evidence) -> f64 {
    ///     let noticed = agent.notice(seen);
    ///     agent.deliberate(noticed, |moment| moment.choice.entropy())
    /// }
    /// ```
    pub fn deliberate<R>(&self, noticed: Noticed<T>, work: impl FnOnce(Deliberation<'_, M, T>) -> R) -> R {
        self.life.deliberate((&self.life.choice(None), || noticed), work)
    }

    /// Infers the hidden states from evidence that may be wrong: soft or likelihood evidence that comes from elsewhere.
    ///
    /// # Errors
    /// When what is known of a modality is no distribution, its weight is not between 0 and 1, or one of its weights is negative or not finite, or
    /// all are zero; the agent is then as before.
    pub fn try_infer_states(&mut self, observed: impl Into<M::Evidence>) -> Result<&M::Belief, ModelError> {
        let evidence = observed.into();
        if let Some(evidence) = doubt::<M, T>(&evidence) {
            return Err(ModelError::Evidence { model: M::META.name, evidence });
        }
        Ok(self.infer_states(evidence))
    }

    /// The free energy of what the agent believes about each step of its window, the latest last; empty where it passes no messages.
    pub fn window_free_energies(&self) -> Vec<FreeEnergy<T>> {
        let Some(past) = self.perception().past() else { return Vec::new() };
        let steps = past.beliefs.len().min(past.evidence.len());
        let window = Window { prior: &past.prior, evidence: &past.evidence[..steps], actions: &past.actions, gap: Gap::Restart };
        sequence_free_energy(self.tables(), &window, &past.beliefs[..steps], None)
    }

    /// Learns from the latest step, as the options say; what they keep for the block's end is learned then.
    pub fn infer_parameters(&mut self) {
        let (setup, state) = self.parts();
        setup.learn(state);
    }

    /// Moves the belief one step under the action that was carried out: it becomes the prior of the next observation.
    pub fn update_empirical_prior(&mut self, action: M::Action) {
        let (setup, state) = self.parts();
        setup.move_on(state, Moved::By(action.index()), None);
    }

    /// The same under what was carried out as far as the agent knows it; what is left to learn of the latest step is learned before.
    pub fn carry_out(&mut self, carried: Carried<'_, T>) {
        self.life.act(carried, None);
    }

    /// The same where not all actions were open: which were matters where policy precision is updated, or it is not known which was carried out.
    pub fn carry_out_among(&mut self, carried: Carried<'_, T>, open: Option<&[bool]>) {
        self.life.act(carried, open);
    }

    /// Perceives, plans, learns and acts: one whole step. Plans are made with what was known before the step.
    pub fn step<R: Rng + ?Sized>(&mut self, observed: impl Into<M::Evidence>, rng: &mut R) -> M::Action {
        self.step_among(observed.into(), None, rng)
    }

    /// A whole step by the agent's own planner, among the actions that are open.
    #[inline]
    fn step_among<R: Rng + ?Sized>(&mut self, evidence: M::Evidence, open: Option<&[bool]>, rng: &mut R) -> M::Action {
        let Life { setup, state } = &mut self.life;
        let (Some(seen), Some(looks)) = (Seen::new::<M, T>(&evidence, open), self.recollection.of(setup, state)) else {
            let planning = self.options().planning;
            return self.step_by(&planning, open, evidence, rng);
        };
        let selection = setup.options().selection;
        let action = match looks.recall(seen, &mut state.perception) {
            Ok(chances) => draw::<M, T, R>(selection, chances, open, rng),
            Err(place) => {
                setup.observe(state, &evidence);
                let chances = chances(setup, &setup.options().planning, state, open);
                looks.keep(place, &state.perception, &chances);
                draw::<M, T, R>(selection, &chances, open, rng)
            }
        };
        setup.act(state, Carried::Action(action.index()), open);
        action
    }

    /// Simplifies what was learned: rules out, in likelihoods and transitions, what was never seen, where that explains what was learned by
    /// more than `threshold` nats better (3 is a common choice). How many columns were simplified, and by how many nats in all; none for an
    /// agent that does not learn.
    pub fn reduce(&mut self, threshold: f64) -> (usize, f64) {
        let (setup, state) = self.parts();
        let Some(learned) = &mut state.learned else { return (0, 0.0) };
        let reduced = Arc::make_mut(&mut learned.ground.tables).reduce(Arc::make_mut(&mut learned.learner.prior), threshold);
        learned.ground.work_back(&setup.options);
        (reduced.0, reduced.1.value())
    }
}
