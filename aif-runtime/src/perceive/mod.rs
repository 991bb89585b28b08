//! Perception: from an observation to a belief over hidden states, and from there to what is expected next.

mod contexts;
mod exact;
mod filter;
mod fixed_point;
mod predict;

pub use filter::Filter;
pub use fixed_point::fixed_point;
pub use predict::{predict, predict_outcomes};

pub(crate) use contexts::each_context;
