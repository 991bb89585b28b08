//! Learners: deterministic states that are updated trial by trial, and what is recorded of them.
//!
//! `#[learner]` declares one: `#[state]` methods give the next value of a number or an array, `#[quantity]` methods what is worked out on the
//! way, `#[response]` methods the distributions of what is recorded. A trial goes in the order of [`LearnerMeta::events`]: inputs are there from
//! the beginning, responses are made from states before the trial, observations follow, and then all states are updated at once.

mod error;
mod live;
mod meta;
mod model;
mod state;
mod surroundings;
mod trial;

pub use error::LearnerError;
pub use live::{Live, Planned, check_trial};
pub use meta::{Event, LearnerColumn, LearnerMeta, LearnerResponse, Needed, checked};
pub use model::{LearningModel, TakenAs, taken_as};
pub use state::State;
pub use surroundings::Surroundings;
pub use trial::{Trial, at, number, value};
