//! The schemes of SPM's DEM toolbox as they are, over tables: marginal message passing with policies or moves, levels, learning, Bayesian
//! model reduction, sophisticated inference, and the responses of neurons that they simulate.
//!
//! Agents of this library infer and plan in other ways, which are exact where they can be; this room is for those who compare with SPM, and
//! it keeps what is peculiar there. `docs/coming-from-spm.md` says what that is. Sources stand at each file; written from the equations.

mod agent;
mod check;
mod course;
mod declared;
mod dynamics;
mod error;
mod haemodynamic;
mod inference;
mod joint;
mod learning;
mod levels;
mod numbers;
mod parameters;
mod passing;
mod policies;
mod reduction;
mod replay;
mod seen;
mod sophisticated;
mod spectrum;
mod structure;
mod tensor;
mod tree;
mod tree_dynamics;
mod trial;
mod value;

pub use agent::Agent;
pub use course::{Course, Ended, Gains, Inferred};
pub use declared::{Unrepresentable, actions_of};
pub use dynamics::{Dynamics, Evoked};
pub use error::{Awaited, Part, SpmError};
pub use haemodynamic::{RESPONSE_SECONDS, convolved, haemodynamic_response};
pub use passing::{Beliefs, ITERATIONS};
pub use reduction::{Reduction, Slept, divergence, reduce, sleep};
pub use replay::{Script, replay, replay_through};
pub use seen::Seen;
pub use sophisticated::{Searched, TreeCourse, TreeTrial, replay_tree};
pub use spectrum::{BIN_SECONDS, Spectrum};
pub use structure::{Control, Counts, HabitLink, Level, PreferenceLink, Settings, StateLink, Structure};
pub use tensor::Tensor;
pub use tree_dynamics::TreeDynamics;
pub use trial::{Changes, Trial};
