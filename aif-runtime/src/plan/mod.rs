//! Planning: the expected free energy of policies, and the policy posterior as weights of first actions.

mod gain;
mod tree;

pub use gain::{Terms, negative_expected_free_energy};
pub use tree::{Drives, Reduction, first_actions, for_each_policy};
