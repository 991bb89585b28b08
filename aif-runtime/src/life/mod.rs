//! A life: what acting, scoring, differentiating and storing an agent have in common.
//!
//! [`Setup`] is what a life is set up with, [`LifeState`] what changes from step to step, and [`Life`] both together: `observe`, `choice`,
//! `act`, step after step, in any scalar. An [`Agent`](crate::Agent) is a life that draws from its choices; to score a record is to live it
//! and to add up how probable what was recorded is; a sensitivity is the same with variables for what is seen.

mod assigned;
mod deliberate;
mod ground;
mod listed;
mod living;
mod options;
mod precision;
mod probabilities;
mod setup;
mod state;

use alloc::sync::Arc;

pub use assigned::Assigned;
pub use ground::Ground;
pub use living::Carried;
pub use options::AgentOptions;
pub use probabilities::ActionProbabilities;
pub use setup::Setup;
pub use state::LifeState;

pub(crate) use state::{Learned, Progress, Trust};

use crate::model::{Deliberation, GenerativeModel, ModelError, Tables};
use crate::response::Noticed;
use crate::scalar::Real;

/// A life: a setup and a state.
///
/// ```
/// # // The macros live beside this crate: see `aif::prelude` for a whole program.
/// use aif_runtime::{Carried, GenerativeModel, Life, Real};
/// /// The log-probability of what was done, given what was seen.
/// fn score<M: GenerativeModel<T>, T: Real>(mut life: Life<M, T>, record: &[(M::Evidence, M::Action)]) -> T {
///     use aif_runtime::Domain;
///     let mut sum = T::zero();
///     for (seen, done) in record {
///         life.observe(seen);
///         sum += life.choice(None).of(*done);
///         life.act(Carried::Action(done.index()), None);
///     }
///     sum
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Life<M: GenerativeModel<T>, T: Real = f64> {
    /// What it is set up with.
    pub(crate) setup: Setup<M, T>,
    /// What changes from step to step.
    pub(crate) state: LifeState<M, T>,
}

impl<M: GenerativeModel<T>, T: Real> Life<M, T> {
    /// A life at its beginning.
    pub fn new(setup: Setup<M, T>) -> Self {
        let state = setup.begin();
        Life { setup, state }
    }

    /// What it is set up with.
    pub fn setup(&self) -> &Setup<M, T> {
        &self.setup
    }

    /// What changes from step to step.
    pub fn state(&self) -> &LifeState<M, T> {
        &self.state
    }

    /// The tables that it lives by now.
    pub fn tables(&self) -> &Arc<Tables<M, T>> {
        &self.setup.ground(&self.state).tables
    }

    /// What it believes.
    pub fn belief(&self) -> &M::Belief {
        self.state.belief()
    }

    /// Begins a new block; see [`Setup::begin_block`].
    pub fn begin_block(&mut self) {
        self.setup.begin_block(&mut self.state);
    }

    /// Takes in what is observed; see [`Setup::observe`].
    pub fn observe(&mut self, evidence: &M::Evidence) {
        self.setup.observe(&mut self.state, evidence);
    }

    /// Takes in what is observed, and says what was noticed in it; see [`Setup::notice`].
    pub fn notice(&mut self, evidence: &M::Evidence) -> Noticed<T> {
        self.setup.notice(&mut self.state, evidence)
    }

    /// Does something with the moment in which the agent acts; see [`Setup::deliberate`].
    pub fn deliberate<R>(
        &self,
        seen: (&ActionProbabilities<M, T>, impl Fn() -> Noticed<T>),
        work: impl FnOnce(Deliberation<'_, M, T>) -> R,
    ) -> R {
        self.setup.deliberate(&self.state, seen, work)
    }

    /// How probable each joint action is now; see [`Setup::choice`].
    pub fn choice(&self, open: Option<&[bool]>) -> ActionProbabilities<M, T> {
        self.setup.choice(&self.state, open)
    }

    /// Learns from the latest step, and moves on under what was carried out; see [`Setup::act`].
    pub fn act(&mut self, carried: Carried<'_, T>, open: Option<&[bool]>) {
        self.setup.act(&mut self.state, carried, open);
    }

    /// Sets preferences of its own; see [`Setup::prefer`].
    ///
    /// # Errors
    /// When one is not finite; nothing has changed then.
    pub fn prefer(&mut self, preferences: Option<M::Preferences>) -> Result<(), ModelError> {
        self.setup.prefer(preferences)
    }

    /// Sets what is known from outside; the tables are filled anew, for this life only. What it has learned stays, whatever the inputs; what
    /// is left to learn of the steps so far is learned first; message passing begins a new window.
    ///
    /// # Errors
    /// When a distribution of the model, or a precision, is wrong under these inputs; the life is then as before.
    pub fn set_inputs(&mut self, model: &M, inputs: M::Inputs) -> Result<(), ModelError> {
        if inputs == *self.tables().inputs() {
            return Ok(());
        }
        let tables = self.setup.options.tables(model, inputs)?;
        self.enter(Arc::new(tables))
    }

    /// The same where the tables under these inputs are at hand: those of another setup, of the same model by the same parameters and options.
    ///
    /// # Errors
    /// As [`Life::set_inputs`].
    pub fn set_inputs_of(&mut self, known: &Setup<M, T>) -> Result<(), ModelError> {
        if known.ground.tables.inputs() == self.tables().inputs() {
            return Ok(());
        }
        self.enter(known.ground.tables.clone())
    }

    fn enter(&mut self, mut tables: Arc<Tables<M, T>>) -> Result<(), ModelError> {
        self.setup.assigned.over(tables.precisions()).check()?;
        if let Some(policies) = self.setup.policies.as_ref().or(tables.policies()) {
            self.setup.check_policies(&tables, policies)?;
        }
        self.setup.finish(&mut self.state);
        let (setup, state) = (&mut self.setup, &mut self.state);
        let before = setup.ground(state).tables.clone();
        if let Some(learned) = &mut state.learned {
            learned.learner.change_tables(&tables, &before);
        }
        if before.has_learned() {
            let tables = Arc::make_mut(&mut tables);
            tables.keep_novelty(before.novel);
            tables.take_counts(&before);
        }
        setup.take_assigned(setup.assigned, tables.precisions())?;
        setup.ground.tables = tables;
        setup.ground.work_back(&setup.options);
        setup.bound();
        if let Some(learned) = &mut state.learned {
            learned.ground = setup.ground.clone();
        }
        state.perception.settle();
        state.perception.begin_window();
        Ok(())
    }
}
