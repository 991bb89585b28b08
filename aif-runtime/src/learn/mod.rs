//! Learning: Dirichlet counts of likelihoods (A), transitions (B), initial states (D) and habits (E), and the precision of policies.
//!
//! What a model returns as `Dirichlet` has counts in its [`Tables`](crate::Tables). [`count_observation`] and its like say what an observation or a transition adds
//! to them, [`Tables::learn`](crate::Tables::learn) adds it; [`Learner`] does both for an agent, each observation once.

mod count;
mod divergence;
mod gained;
mod learner;
mod options;
mod precision;
mod rates;
mod reduction;
mod update;

pub use count::{
    count_action, count_both, count_initial, count_joint_pair, count_jointly, count_observation, count_pair, count_transition,
};
pub use divergence::{ParameterDivergence, dirichlet_divergence, parameter_divergence};
pub use gained::Gained;
pub use learner::{Done, Frame, Learner, Manner};
pub use options::{Beliefs, Learning, Pace, When};
pub(crate) use precision::infer_precision_by;
pub use precision::{PrecisionUpdating, infer_precision};
pub use rates::Rates;
pub(crate) use reduction::ln_beta;
pub use reduction::{Reduced, log_evidence_gain, reduce};
