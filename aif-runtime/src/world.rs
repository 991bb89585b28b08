//! Worlds: what an agent acts in. A [`World`] is simulated from a generative model with parameters of its own.

use alloc::sync::Arc;

use rand::Rng;

use crate::domain::Domain;
use crate::model::{Assignment, FactorSite, GenerativeModel, ModelError, Table, Tables};
use crate::random::categorical;

/// Anything that gives observations and takes actions.
pub trait Environment {
    /// What is observed.
    type Observation;
    /// What is done.
    type Action;

    /// Begins anew and gives the first observation.
    fn reset<R: Rng + ?Sized>(&mut self, rng: &mut R) -> Self::Observation;

    /// Carries out an action and gives the next observation.
    fn step<R: Rng + ?Sized>(&mut self, action: Self::Action, rng: &mut R) -> Self::Observation;
}

/// A world simulated from a generative model: what the world does and what an agent believes it does are two values of one struct.
#[derive(Clone, Debug)]
pub struct World<M: GenerativeModel> {
    tables: Arc<Tables<M>>,
    state: M::State,
}

impl<M: GenerativeModel> World<M>
where
    M::Inputs: Default,
{
    /// A world at the first state of every factor; [`reset`](Environment::reset) draws its initial state.
    ///
    /// # Errors
    /// When a distribution of the model does not sum to one, or one of its numbers is out of range.
    pub fn new(model: M) -> Result<Self, ModelError> {
        World::with_inputs(model, M::Inputs::default())
    }
}

impl<M: GenerativeModel> World<M> {
    /// A world under the given inputs.
    ///
    /// # Errors
    /// When a distribution of the model does not sum to one, or one of its numbers is out of range.
    pub fn with_inputs(model: M, inputs: M::Inputs) -> Result<Self, ModelError> {
        Ok(World { tables: Arc::new(Tables::new(&model, inputs, M::META.horizon)?), state: M::State::first() })
    }

    /// The hidden state.
    pub fn state(&self) -> M::State {
        self.state
    }

    /// Puts the world into a state.
    pub fn set_state(&mut self, state: M::State) {
        self.state = state;
    }

    /// Sets what is set from outside.
    ///
    /// # Errors
    /// When a distribution of the model is wrong under these inputs; the world is then as before.
    pub fn set_inputs(&mut self, model: &M, inputs: M::Inputs) -> Result<(), ModelError> {
        if inputs != *self.tables.inputs() {
            self.tables = Arc::new(Tables::new(model, inputs, M::META.horizon)?);
        }
        Ok(())
    }

    /// Begins a new block: draws a hidden state from the initial distribution, but for factors that are kept between blocks.
    pub fn begin_block<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        let before = self.state;
        self.begin(rng);
        for (f, factor) in M::META.factors.iter().enumerate() {
            if factor.kept {
                self.state.set(f, before.get(f));
            }
        }
    }

    /// Draws the initial state, without observing it.
    pub fn begin<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        M::each_factor(|site| self.state.set(site.index, categorical(self.tables.initial(site), rng)));
    }

    /// Moves the hidden state under an action, without observing it.
    pub fn advance<R: Rng + ?Sized>(&mut self, action: M::Action, rng: &mut R) {
        let before = self.state;
        M::each_factor(|site: &FactorSite| {
            let column = self.column(&before, site.parents);
            let next = match self.tables.transition(site, site.local_action(&M::META, action.index())) {
                Table::Map(map) => usize::from(map[column]),
                Table::Fixed(table) | Table::Free(table) => categorical(&table[column * site.states..][..site.states], rng),
                Table::Sparse(table) => {
                    let (states, probabilities) = table.column(column);
                    usize::from(states[categorical(probabilities, rng)])
                }
            };
            self.state.set(site.index, next);
        });
    }

    /// Draws an observation of the hidden state.
    pub fn observe<R: Rng + ?Sized>(&self, rng: &mut R) -> M::Observation {
        let mut observation = M::Observation::first();
        M::each_modality(|site| {
            let column = self.column(&self.state, site.parents);
            if site.distributions.len > 0 {
                let mut rng = &mut *rng;
                let number = M::draw(site.index, self.tables.distribution(site, column), &mut rng);
                return observation.set_number(site.index, number);
            }
            let outcome = match self.tables.likelihood(site) {
                Table::Map(map) => usize::from(map[column]),
                Table::Fixed(table) | Table::Free(table) => categorical(&table[column * site.outcomes..][..site.outcomes], rng),
                Table::Sparse(_) => unreachable!("only a transition is stored without its zeros"),
            };
            observation.set(site.index, outcome);
        });
        observation
    }

    fn column(&self, state: &M::State, parents: &[usize]) -> usize {
        M::META.context(parents, |f| state.get(f))
    }
}

impl<M: GenerativeModel> Environment for World<M> {
    type Observation = M::Observation;
    type Action = M::Action;

    fn reset<R: Rng + ?Sized>(&mut self, rng: &mut R) -> M::Observation {
        self.begin(rng);
        self.observe(rng)
    }

    fn step<R: Rng + ?Sized>(&mut self, action: M::Action, rng: &mut R) -> M::Observation {
        self.advance(action, rng);
        self.observe(rng)
    }
}
