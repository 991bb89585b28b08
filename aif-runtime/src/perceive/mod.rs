//! Perception: from observations to beliefs over hidden states, and from there to what is expected next.

mod contexts;
mod contract;
mod evidence;
mod exact;
mod exact_smooth;
mod fixed_point;
mod free_energy;
mod groups;
mod held;
mod joint;
mod joints;
mod mean_field;
mod numbers;
mod past;
mod perception;
mod possible;
mod predict;
mod sliding;
mod smooth;
mod sound;
mod sweeps;
mod way;
mod window;

pub use evidence::{log_likelihood, log_predictive, log_weighed};
pub use exact_smooth::{ExactSmoothing, smooth_exactly};
pub use fixed_point::{fixed_point, residual};
pub use free_energy::{FreeEnergy, accuracy, free_energy, sequence_free_energy};
pub use joint::Joint;
pub use joints::Joints;
pub use mean_field::MeanField;
pub use past::Past;
pub use perception::{EXACT_STATES, Inference, Perception};
pub use predict::{predict, predict_outcomes};
pub use sliding::Sliding;
pub use smooth::{Pairwise, Smoothed, smooth, smooth_as_reference};
pub use sweeps::Sweeps;
pub use way::{Carries, Moved, Perceive, PerceptionState};
pub use window::{Gap, Scheme, Window, message_passing};

pub(crate) use contexts::each_context;
pub(crate) use contract::{SMALL, Spread, Weights, dot};
pub(crate) use evidence::{unit, weighed};
pub(crate) use groups::{Frame, Whole, view_numbers};
pub(crate) use predict::clean;
pub use sound::{believable, credible, doubt, weighty};
