//! What is peculiar in the reference implementation, each to be asked for by name.

use serde::{Deserialize, Serialize};

/// Numbers of the reference implementation that this library holds to be wrong, each to be asked for by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compat {
    /// Message passing: the next window's prior is the smoothed belief at the window's first step moved on, so that the window's evidence
    /// counts twice. Otherwise it is what was known at that step.
    pub reuse_window_evidence: bool,
    /// Learning within a block counts the latest so many steps again at every step. Otherwise each observation counts once.
    pub recount_window: Option<usize>,
    /// Learning: a count of zero acts as 2.2e-16, so that what a table rules out is only improbable once something is learned. Otherwise it
    /// stays impossible.
    pub floor_counts: bool,
    /// Smoothing for learning: what was held impossible and is believed all the same loses its probability, and with it the observations
    /// before it their counts. Otherwise it says nothing about what was before.
    pub drop_contradictions: bool,
}
