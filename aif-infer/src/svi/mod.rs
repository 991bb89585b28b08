//! Stochastic variational inference: the distribution of a kind over real coordinates that is nearest to the posterior in KL(q || p), found by
//! following noisy gradients of the evidence lower bound (Kucukelbir et al. 2017, "Automatic differentiation variational inference").

mod adam;
mod climb;
mod guide;
mod skew;

use serde::{Deserialize, Serialize};

pub use climb::{Climb, SviError, svi};
pub use guide::{Fitted, Guide};

/// How a guide is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SviOptions {
    /// What the guide can express; `None` is `Skewed` for a group, and `Blocks` for single subjects, whose draws are weighed as a whole.
    pub guide: Option<Guide>,
    /// The most steps.
    pub steps: usize,
    /// Draws from the guide in each step.
    pub particles: usize,
    /// The learning rate of the first steps; it falls along a half cosine to a hundredth.
    pub learning_rate: f64,
    /// Steps end when the bound of the last `window` steps is better than that of the `window` before by less than this, in nats, or than
    /// can be told; 0: never.
    pub tolerance: f64,
    /// How many steps are compared.
    pub window: usize,
    /// Climbs of a group, each with draws and a start of its own, the best of which counts: they agree, or it is said that they do not.
    pub climbs: usize,
    /// Draws from the fitted guide.
    pub draws: usize,
    /// The seed; one seed gives one result on every number of threads.
    pub seed: u64,
    /// Where steps begin.
    pub start: SviStart,
}

/// Where a guide begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SviStart {
    /// At the normal approximation of Laplace's method, where there is one.
    #[default]
    Laplace,
    /// At the origin, narrow.
    Origin,
}

impl Default for SviOptions {
    fn default() -> Self {
        SviOptions {
            guide: None,
            steps: 1000,
            particles: 10,
            learning_rate: 0.05,
            tolerance: 0.01,
            window: 100,
            climbs: 2,
            draws: 1000,
            seed: 1,
            start: SviStart::default(),
        }
    }
}
