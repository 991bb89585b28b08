//! The planners of this crate, by name: what an agent's options choose from.

use serde::{Deserialize, Serialize};

use super::{BranchAndBound, Deepening, MonteCarlo, Plan, Planner, Problem, Sophisticated, Tree};
pub use crate::model::MAX_POLICIES;
use crate::model::{AtLeastOne, GenerativeModel, Limited, MAX_JOINT_STATES, Meta, ModelError, Parts};
use crate::scalar::Real;

/// The longest horizon, in steps.
pub const MAX_HORIZON: usize = 256;

/// How policies are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Planning {
    /// All policies up to the horizon.
    #[default]
    Tree,
    /// As deep as a number of nodes allows, at most to the horizon.
    Budgeted {
        /// How many predicted beliefs may be looked at.
        nodes: usize,
    },
    /// All policies up to the horizon, but for branches that weigh next to nothing.
    BranchAndBound(BranchAndBound),
    /// Sophisticated inference: what will be observed on the way is taken into account.
    Sophisticated(Sophisticated),
    /// Monte-Carlo tree search over actions and observations.
    MonteCarlo(MonteCarlo),
}

impl Planning {
    /// Checks the same of a model that is planned as a whole, though it may fall apart.
    pub(crate) fn check_whole(&self, meta: &Meta, horizon: usize) -> Result<(), ModelError> {
        match self {
            Planning::Tree | Planning::BranchAndBound(_) => check_enumerated([meta.joint_actions()], horizon),
            _ => Ok(()),
        }
    }

    /// Checks the choice against a model and a horizon; a model that falls apart is looked at part by part.
    ///
    /// # Errors
    /// When there are too many policies to enumerate, or an option is out of its range.
    pub fn check(&self, meta: &Meta, horizon: usize) -> Result<(), ModelError> {
        let far = ModelError::Excess { what: Limited::Horizon, found: horizon, most: MAX_HORIZON };
        refuse_if!(horizon > MAX_HORIZON, far);
        match self {
            Planning::Tree | Planning::BranchAndBound(_) => {
                if let Planning::BranchAndBound(options) = self {
                    options.check()?;
                }
                // Of a model that falls apart, those of each part.
                let (parts, whole) = (Parts::of(meta), [meta.joint_actions()]);
                match parts.list() {
                    [] => check_enumerated(whole, horizon),
                    parts => check_enumerated(parts.iter().map(|part| part.local_actions), horizon),
                }
            }
            Planning::Budgeted { nodes: 0 } => Err(ModelError::Zero(AtLeastOne::BudgetNodes)),
            Planning::Budgeted { .. } => Ok(()),
            Planning::Sophisticated(options) => {
                if meta.joint_states() > MAX_JOINT_STATES {
                    let (model, states) = (meta.name, meta.joint_states());
                    return Err(ModelError::SearchedStates { model, states, most: MAX_JOINT_STATES });
                }
                options.check()
            }
            Planning::MonteCarlo(options) => options.check(),
        }
    }
}

/// Checks that there are not too many policies of so many actions, or of each of several parts of a model, to go through all.
fn check_enumerated(actions: impl IntoIterator<Item = usize>, horizon: usize) -> Result<(), ModelError> {
    let mut all = 0;
    for actions in actions {
        let policies = (0..horizon).try_fold(1usize, |n, _| n.checked_mul(actions).filter(|&n| n <= MAX_POLICIES));
        all += policies.unwrap_or(MAX_POLICIES + 1);
        refuse_if!(all > MAX_POLICIES, ModelError::Enumerated { actions, horizon, most: MAX_POLICIES });
    }
    Ok(())
}

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for Planning {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        match self {
            Planning::Tree => match problem.scene.policies {
                Some(policies) => policies.plan(problem),
                None => Tree.plan(problem),
            },
            Planning::Budgeted { nodes } => Deepening::nodes(*nodes).plan(problem),
            Planning::BranchAndBound(bounded) => bounded.plan(problem),
            Planning::Sophisticated(sophisticated) => sophisticated.plan(problem),
            Planning::MonteCarlo(search) => search.plan(problem),
        }
    }
}
