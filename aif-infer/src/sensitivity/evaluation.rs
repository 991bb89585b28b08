//! An objective along sequences, in any scalar.

use std::fmt;

use aif_runtime::{AgentOptions, Assigned, ModelError, ModelFamily, Real, Setup};
use rayon::prelude::*;

use super::SetupIn;
use super::along::{check, live, total};
use super::error::{Fault, SensitivityError};
use super::objective::Objective;
use super::step::{Experience, Terms};

/// An objective along the sequences that an agent perceives, in any scalar.
///
/// Give parameters as variables, and values have the derivatives by them:
/// `Evaluation::<TMaze<f64>, _, Dual<1>>::new(&TMaze { reward_probability: Dual::variable(0.8, 0), .. }, ..)`. A second-order scalar gives the
/// Hessian, too.
pub struct Evaluation<M: ModelFamily, O, T: Real> {
    pub(super) setup: SetupIn<M, T>,
    pub(super) objective: O,
}

impl<M: ModelFamily, O: fmt::Debug, T: Real> fmt::Debug for Evaluation<M, O, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluation")
            .field("model", &M::META.name)
            .field("options", self.setup.options())
            .field("objective", &self.objective)
            .finish_non_exhaustive()
    }
}

/// The value of an objective along one sequence, and the terms that it was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Value<T = f64> {
    /// The value of the objective.
    pub total: T,
    pub(super) terms: Vec<T>,
    pub(super) width: usize,
}

impl<T: Real> Value<T> {
    /// The terms of each step.
    pub fn terms(&self) -> Terms<'_, T> {
        Terms::new(&self.terms, self.width)
    }
}

impl<M: ModelFamily, O: Objective<M>, T: Real> Evaluation<M, O, T> {
    /// An objective of an agent with these options, under a model whose parameters may be variables.
    ///
    /// # Errors
    /// When a distribution of the model does not sum to one, the options do not fit it, or they ask for learning.
    pub fn new(model: &M::In<T>, inputs: M::Inputs, options: AgentOptions, objective: O) -> Result<Self, ModelError> {
        let options = checked::<M>(options)?;
        let tables = options.tables(model, inputs)?;
        Ok(Evaluation { setup: Setup::new(tables.into(), options, Assigned::default())?, objective })
    }

    /// The objective along a sequence.
    ///
    /// # Errors
    /// When the sequence is empty, soft evidence in it is no distribution, an action is missing before its end, or the objective or one of its derivatives is no
    /// number.
    pub fn value(&self, sequence: &[Experience<M>]) -> Result<Value<T>, SensitivityError> {
        check(sequence).and_then(|()| value(self, sequence)).map_err(|e| e.of(0))
    }

    /// The same for many sequences, in parallel; the results do not depend on the number of threads.
    ///
    /// # Errors
    /// As [`value`](Self::value); the first sequence that is wrong is named.
    pub fn values<S: AsRef<[Experience<M>]> + Sync>(&self, sequences: &[S]) -> Result<Vec<Value<T>>, SensitivityError> {
        each(sequences, |sequence| value(self, sequence))
    }
}

/// Options that fit the model, without what no belief depends on.
pub(super) fn checked<M: ModelFamily>(options: AgentOptions) -> Result<AgentOptions, ModelError> {
    options.check(&M::META)?;
    if options.learning.is_some() {
        return Err(ModelError::LearnsInSensitivities);
    }
    Ok(AgentOptions { precision_updating: None, ..options })
}

/// Works on every sequence in parallel, once all of them are known to be right; the first that fails is the error.
pub(super) fn each<M: ModelFamily, S: AsRef<[Experience<M>]> + Sync, R: Send>(
    sequences: &[S],
    work: impl Fn(&[Experience<M>]) -> Result<R, Fault> + Sync,
) -> Result<Vec<R>, SensitivityError> {
    for (place, sequence) in sequences.iter().enumerate() {
        check(sequence.as_ref()).map_err(|e| e.of(place))?;
    }
    let results: Vec<_> = sequences.par_iter().map(|sequence| work(sequence.as_ref())).collect();
    results.into_iter().enumerate().map(|(place, result)| result.map_err(|e| e.of(place))).collect()
}

/// The objective along a sequence.
fn value<M: ModelFamily, O: Objective<M>, T: Real>(
    of: &Evaluation<M, O, T>,
    sequence: &[Experience<M>],
) -> Result<Value<T>, Fault> {
    let terms = live((&of.setup, &of.objective), sequence, |_, _, _, p| T::constant(p), |_, _| {});
    let total = total::<M, O, T>(&of.objective, &terms)?;
    Ok(Value { total, terms, width: O::TERMS.len() })
}
