//! Sampling densities: NUTS chains, in parallel, one generator each.

mod chains;
mod nuts;
mod whitened;

use serde::{Deserialize, Serialize};

pub use crate::diagnostics::DrawStatistics;

pub use chains::{SampleError, sample};
pub use whitened::Whitened;

pub(crate) use chains::{chain, chain_into, check};

/// How a density is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NutsOptions {
    /// The number of chains.
    pub chains: usize,
    /// Warm-up draws of each chain, in which step size and mass matrix are adapted. Chains that find no mode to start from take twice as many.
    pub warmup: usize,
    /// Draws that are kept, of each chain.
    pub draws: usize,
    /// Of so many draws one is kept; `None` is 3 for a flat population, whose short trajectories are correlated, else 1.
    pub thin: Option<usize>,
    /// The seed; one seed gives one result on every number of threads.
    pub seed: u64,
    /// The acceptance rate that the step size aims at, in (0, 1).
    pub target_accept: f64,
    /// The largest depth of a trajectory's tree: at most 2^depth steps a draw.
    pub max_depth: u64,
    /// Where chains start, and what they take for the shape of the posterior.
    pub start: NutsStart,
}

/// Where chains start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum NutsStart {
    /// Around the marginal mode, in coordinates that the data choose: each unit's centring, and the posterior's correlations. Where there is no
    /// mode, anywhere.
    #[default]
    Surveyed,
    /// Anywhere around the origin; warm-up finds the scale of each coordinate.
    Origin,
    /// Around the mode that Laplace's method finds, in coordinates in which its normal approximation is round: all of its correlations count.
    Laplace,
}

impl Default for NutsOptions {
    fn default() -> Self {
        NutsOptions {
            chains: 4,
            warmup: 200,
            draws: 500,
            thin: None,
            seed: 1,
            target_accept: 0.8,
            max_depth: 10,
            start: NutsStart::default(),
        }
    }
}

/// In one or two dimensions NUTS takes two or three steps a draw, and draws stay correlated: of so many one is kept.
const FLAT_THINNING: usize = 3;

impl NutsOptions {
    /// Of how many draws one is kept, for a flat population or a hierarchical one.
    pub fn thinning(&self, flat: bool) -> usize {
        self.thin.unwrap_or(if flat { FLAT_THINNING } else { 1 })
    }
}

/// The draws of one chain, warm-up left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// The positions, in real coordinates; empty where they were put elsewhere as they came.
    pub positions: Vec<Box<[f64]>>,
    /// What the sampler says about each.
    pub statistics: Vec<DrawStatistics>,
    /// The step size after warm-up.
    pub step_size: f64,
    /// How many gradients were worked out, warm-up included.
    pub gradients: u64,
    /// How many points were tried after warm-up that have no density: they are rejected.
    pub rejected: u64,
    /// Why the first of them has none.
    pub rejection: Option<String>,
}
