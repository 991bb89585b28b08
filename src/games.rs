//! An agent in a game, from nothing.
#![doc = ""]
#![doc = include_str!("../docs/games.md")]
//!
//! [`Mind`]: crate::prelude::Mind

#[cfg(feature = "games")]
pub use aif_infer::{Agents, FrameTimes, SeededMind};
pub use aif_runtime::{BudgetedChoice, Explanation, Mind, Single};
