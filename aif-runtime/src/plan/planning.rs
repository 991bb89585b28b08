//! The planners of this crate, by name: what an agent's options choose from.

use serde::{Deserialize, Serialize};

use super::{BranchAndBound, Deepening, MonteCarlo, Plan, Planner, Problem, Sophisticated, Tree};
pub use crate::model::MAX_POLICIES;
use crate::model::{AtLeastOne, GenerativeModel, Limited, MAX_JOINT_STATES, Meta, ModelError};
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
    /// Checks the choice against a model and a horizon.
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
                let actions = meta.joint_actions();
                let policies = (0..horizon).try_fold(1usize, |n, _| n.checked_mul(actions).filter(|&n| n <= MAX_POLICIES));
                if policies.is_none() {
                    return Err(ModelError::Enumerated { actions, horizon, most: MAX_POLICIES });
                }
                Ok(())
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
