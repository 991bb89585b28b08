//! Why a filter cannot begin, or go on.

use alloc::string::String;

/// Why a filter cannot begin, or go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// A parameter of a node is not usable.
    #[error("the {what} of `{node}` is {value}, but has to be {expected}")]
    Parameter {
        /// The node.
        node: String,
        /// Which parameter.
        what: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// The precision cap is not positive.
    #[error("the precision cap is {0}, but has to be above 0")]
    Cap(f64),
    /// The limit of jumps is not positive, or not finite.
    #[error("the limit of jumps is {0}, but has to be above 0 and finite")]
    JumpLimit(f64),
    /// Not as many inputs as the filter has.
    #[error("trial {trial}: {found} inputs are put in, but the filter has 1 input each for {expected}")]
    Count {
        /// The trial.
        trial: usize,
        /// What it has inputs for.
        expected: String,
        /// How many are put in.
        found: usize,
    },
    /// A time step is not positive.
    #[error("trial {trial}: the time step is {time_step}, but has to be above 0 and finite")]
    TimeStep {
        /// The trial.
        trial: usize,
        /// The time step.
        time_step: f64,
    },
    /// An input is not what it can be.
    #[error("trial {trial}: the input `{input}` is {value}, but has to be {expected}")]
    Input {
        /// The trial.
        trial: usize,
        /// The input.
        input: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: String,
    },
    /// A recorded response is not what it can be.
    #[error("trial {trial}: the response `{response}` is {value}, but has to be {expected}")]
    Response {
        /// The trial.
        trial: usize,
        /// The response.
        response: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: String,
    },
    /// A precision is invalid: the update has no solution under these parameters.
    #[error("{0}")]
    Invalid(String),
}
