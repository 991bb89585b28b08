//! Sensitivities: how a function of what an agent believes along a sequence changes with the evidence, and with the model's parameters.
//!
//! What comes out of a network, or of anything else that can be trained, enters an agent as likelihood evidence, a weight for each outcome, or as
//! soft evidence. [`Sensitivity::gradients`] tells
//! how an [`Objective`] of the agent's beliefs (its free energy, say) changes with each number of that evidence; multiplied into the
//! network's output, the constant gradient is a surrogate loss that any library for networks can go on from:
//! `sum(output * gradient)` has, with respect to the output, exactly this gradient.
//!
//! Inside a step derivatives go forward, as dual numbers; between steps they go backward, as the sensitivity to what the step hands on. One
//! gradient costs `(states + outcomes) / 8` passes over a sequence, however long it is (Bryson & Ho 1975, chapter 2, have the recursion: the
//! sensitivity to the state handed on is their costate).

mod along;
mod error;
mod evaluation;
mod gradient;
mod objective;
mod softmax;
mod step;

pub use error::SensitivityError;
pub use evaluation::{Evaluation, Value};
pub use gradient::Gradient;
pub use objective::{MeanFreeEnergy, Objective, TemporalConsistency};
pub use softmax::Softmax;
pub use step::{BeliefIn, EvidenceIn, Experience, Step, Terms};

use std::fmt;
use std::sync::Arc;

use aif_runtime::{AgentOptions, Assigned, Dual, ModelError, ModelFamily, Setup, Tables};

/// As many directions as are differentiated at once.
const DIRECTIONS: usize = 8;

/// The scalar that evidence is differentiated in.
type Directed = Dual<DIRECTIONS>;

/// What a life under a family's model is set up with, in one scalar.
type SetupIn<M, T> = Setup<<M as ModelFamily>::In<T>, T>;

/// The tables of a family's model in one scalar.
type TablesIn<M, T> = Tables<<M as ModelFamily>::In<T>, T>;

/// An objective along the sequences that an agent perceives, and how it changes with soft and likelihood evidence.
///
/// It belongs to one model with its parameters, under one setting of its inputs.
pub struct Sensitivity<M: ModelFamily, O> {
    values: Evaluation<M, O, f64>,
    /// The same life, in the scalar that evidence is differentiated in.
    directed: SetupIn<M, Directed>,
}

impl<M: ModelFamily, O: fmt::Debug> fmt::Debug for Sensitivity<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sensitivity").field("values", &self.values).finish_non_exhaustive()
    }
}

impl<M: ModelFamily, O: Objective<M>> Sensitivity<M, O> {
    /// An objective of an agent with these options.
    ///
    /// # Errors
    /// When a distribution of the model does not sum to one, the options do not fit it, or they ask for learning.
    pub fn new(model: &M, inputs: M::Inputs, options: AgentOptions, objective: O) -> Result<Self, ModelError> {
        let options = evaluation::checked::<M>(options)?;
        let tables = options.tables(model, inputs)?;
        let directed = Setup::new(Arc::new(tables.lift()), options, Assigned::default())?;
        let setup = Setup::new(Arc::new(tables.lift()), options, Assigned::default())?;
        Ok(Sensitivity { directed, values: Evaluation { setup, objective } })
    }

    /// The objective without derivatives.
    pub fn values(&self) -> &Evaluation<M, O, f64> {
        &self.values
    }

    /// The objective along a sequence, and its derivatives by the soft and likelihood evidence in it.
    ///
    /// # Errors
    /// When the sequence is empty, soft evidence in it is no distribution, likelihood evidence has no weights, an action is missing before its end, or the objective or a derivative is no number.
    pub fn gradient(&self, sequence: &[Experience<M>]) -> Result<Gradient<M>, SensitivityError> {
        along::check(sequence).and_then(|()| gradient::gradient(self, sequence)).map_err(|e| e.of(0))
    }

    /// The same for many sequences, in parallel; the results do not depend on the number of threads.
    ///
    /// # Errors
    /// As [`gradient`](Self::gradient); the first sequence that is wrong is named.
    pub fn gradients<S: AsRef<[Experience<M>]> + Sync>(&self, sequences: &[S]) -> Result<Vec<Gradient<M>>, SensitivityError> {
        evaluation::each(sequences, |sequence| gradient::gradient(self, sequence))
    }
}
