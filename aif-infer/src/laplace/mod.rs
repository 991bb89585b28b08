//! Laplace's method: the mode of a posterior and the normal distribution that its curvature there stands for.
//!
//! Where a group has parameters of its own, subjects are first integrated out by Laplace's method for every value that those take, and it is
//! this marginal density that is maximised (empirical Bayes; Tierney & Kadane 1986, Kristensen et al. 2016): the joint mode would put
//! the spread of a group too low.

mod approximation;
mod marginal;
mod newton;

use serde::{Deserialize, Serialize};

use crate::marginal::MarginalError;

pub(crate) use approximation::laplace_from;
pub use approximation::{Approximation, Integrated, laplace};
pub use newton::{Mode, find_mode};

/// How a posterior is approximated by a normal distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LaplaceOptions {
    /// Draws that are made from the approximation.
    pub draws: usize,
    /// The seed of the draws.
    pub seed: u64,
    /// The most steps of Newton's method, and of the search for the group's parameters.
    pub steps: usize,
}

impl Default for LaplaceOptions {
    fn default() -> Self {
        LaplaceOptions { draws: 1000, seed: 1, steps: 200 }
    }
}

impl From<MarginalError> for LaplaceError {
    fn from(error: MarginalError) -> Self {
        match error {
            MarginalError::Start(why) => LaplaceError::Start(why),
            MarginalError::Unsettled(steps) => LaplaceError::Unsettled(steps),
        }
    }
}

/// Why there is no approximation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LaplaceError {
    /// No point with a density was found to start from.
    #[error("no starting point has a density: {0}")]
    Start(String),
    /// The search did not come to rest.
    #[error("the search for the mode did not settle in {0} steps")]
    Unsettled(usize),
    /// At the mode the density does not curve downwards in every direction.
    #[error(
        "the posterior has no curvature in some direction at its mode: the data and the priors do not determine every parameter"
    )]
    Flat,
}
