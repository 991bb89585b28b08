//! Why a learner cannot take a trial.

use alloc::string::String;

/// Why a learner cannot take a trial, or has no world to live in.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LearnerError {
    /// Not as many numbers as the learner has columns.
    #[error("trial {trial}: there are {found} {what}, but the learner has {expected}")]
    Count {
        /// The trial.
        trial: usize,
        /// Of what: inputs, observations or columns of responses.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// An input, an observation or a response is not what it can be.
    #[error("trial {trial}: `{name}` is {value}, but has to be {expected}")]
    Number {
        /// The trial.
        trial: usize,
        /// Its name.
        name: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: String,
    },
    /// An input is missing.
    #[error("trial {trial}: the input `{name}` is missing: inputs are always known")]
    Missing {
        /// The trial.
        trial: usize,
        /// Its name.
        name: &'static str,
    },
    /// A response cannot be drawn under the parameters.
    #[error("trial {trial}: no `{response}` can be drawn: its distribution is none under these parameters ({drawn})")]
    Undrawn {
        /// The trial.
        trial: usize,
        /// The response.
        response: &'static str,
        /// What came out instead.
        drawn: f64,
    },
}
