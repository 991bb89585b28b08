//! How the levels of a model talk to each other.

use serde::{Deserialize, Serialize};

/// How levels talk to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nesting {
    /// Up goes how probable what was seen in a run is, begun in each state, given what was done: a likelihood. With it perception of the whole is that of
    /// the joint model of all levels.
    #[default]
    Exact,
    /// Up goes the posterior of where the run began, and enters as soft evidence, as in `spm_MDP_VB_X` (Friston et al. 2017): what was expected from
    /// above comes back as if it had been seen, so that beliefs above are too certain.
    Spm,
}
