//! Options that count something: of which there has to be some, and of which there can be only so many.

use alloc::format;
use alloc::string::String;

/// What there has to be at least one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AtLeastOne {
    /// Steps of a window of message passing.
    #[error("message passing needs a window of at least 1 step")]
    Window,
    /// Sweeps of an update of beliefs.
    #[error("beliefs are updated by at least 1 sweep")]
    Sweeps,
    /// Simulations of a search.
    #[error("Monte-Carlo tree search needs at least 1 simulation")]
    Simulations,
    /// Nodes of a search.
    #[error("sophisticated inference needs at least 1 node")]
    SearchNodes,
    /// Nodes of a budget.
    #[error("a budget has at least 1 node")]
    BudgetNodes,
    /// Steps of a plan.
    #[error("the horizon has to be at least 1 step")]
    Horizon,
    /// Steps of a block that preferences are given for.
    #[error("preferences that count from a block's beginning are given for at least 1 step")]
    PreferenceSteps,
    /// Iterations of updating the policy precision.
    #[error("the policy precision is updated by at least 1 iteration")]
    PrecisionIterations,
    /// Policies of a list, and their steps.
    #[error("a list of policies has at least one policy of at least one step")]
    Policies,
    /// Places that a hall of a graph opens to.
    #[error("a hall opens to at least 1 place")]
    HallPlaces,
}

/// What there can be only so many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limited {
    /// Sweeps of an update of beliefs.
    Sweeps,
    /// Steps of a plan.
    Horizon,
    /// Simulations of a search.
    Simulations,
    /// Steps by which learning lags.
    Lag,
    /// Steps of a block that preferences are given for.
    PreferenceSteps,
    /// Iterations of updating the policy precision.
    PrecisionIterations,
}

impl Limited {
    /// What is said of too many.
    pub(super) fn words(self, found: usize, most: usize) -> String {
        match self {
            Limited::Sweeps => format!("{found} sweeps are too much: at most {most}"),
            Limited::Horizon => format!("a horizon of {found} steps is too far: at most {most}"),
            Limited::Simulations => format!("Monte-Carlo tree search with {found} simulations is too much: at most {most}"),
            Limited::Lag => format!("learning {found} steps late is too late: at most {most}, or at the block's end"),
            Limited::PreferenceSteps => format!("preferences for {found} steps of a block are too many: at most {most}"),
            Limited::PrecisionIterations => {
                format!("{found} iterations of updating the policy precision are too many: at most {most}")
            }
        }
    }
}
