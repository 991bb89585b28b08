//! What the responses of an agent are made from: its choice, and what it believes.
//!
//! A `#[response]` method of a `#[generative_model]` gives the distribution of something that is recorded beside the action (a time, a rating),
//! or of the action itself, from a [`Choice`] and from [`Belief`]s, at the moment in which the agent has seen what there is to see and acts.

mod belief;
mod choice;

pub use belief::Belief;
pub use choice::{Background, Choice, Noticed};
