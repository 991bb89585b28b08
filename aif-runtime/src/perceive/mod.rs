//! Perception: from observations to beliefs over hidden states, and from there to what is expected next.

mod contexts;
mod evidence;
mod exact;
mod exact_smooth;
mod filter;
mod fixed_point;
mod free_energy;
mod groups;
mod past;
mod predict;
mod smooth;
mod sound;
mod window;

pub use evidence::log_likelihood;
pub use exact_smooth::{ExactSmoothing, smooth_exactly};
pub use filter::{Filter, FilterState};
pub use fixed_point::{fixed_point, residual};
pub use free_energy::{FreeEnergy, accuracy, free_energy, sequence_free_energy};
pub use predict::{predict, predict_outcomes};
pub use smooth::{Pairwise, Smoothed, smooth, smooth_as_reference};
pub use window::{Gap, Scheme, Window, message_passing};

pub(crate) use contexts::each_context;
pub(crate) use groups::{Frame, Whole, components};
pub(crate) use predict::clean;
pub use sound::{believable, credible};
