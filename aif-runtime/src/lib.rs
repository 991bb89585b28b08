//! The runtime of the aif library: scalars, domains, distributions and generative models; perception, planning, action; agents and worlds.
//!
//! `no_std` with `alloc`; no IO, no clock, no fitting. Everything is generic over [`GenerativeModel`], which `#[generative_model]` implements,
//! and over the scalar [`Real`]: `f64` to act, [`Dual`] to differentiate.
#![warn(missing_docs)]
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[macro_use]
mod macros;

pub mod act;
pub mod hgf;
pub mod learn;
pub mod learner;
pub mod math;
pub mod measure;
pub mod model;
pub mod nested;
pub mod perceive;
pub mod plan;
pub mod random;
pub mod response;
pub mod scalar;
pub mod society;
pub mod spm;

mod agent;
mod checks;
mod compat;
mod dirichlet;
mod dist;
mod domain;
mod evidence;
mod family;
mod goal;
mod labels;
mod life;
mod measurement;
mod nesting;
mod record;
mod rollout;
mod sparse;
mod text;
mod world;

pub use act::{Sampling, Selection};
pub use agent::{Agent, AgentState, AgentStateOf, BudgetedChoice, Explanation, Mind};
pub use checks::{
    Described, SameDomain, StoredDomain, Undescribed, check_actions, check_among, check_assigned, check_factor, check_horizon,
    check_input, check_length, check_modality, check_response, input_labels, is_domain, is_measured, same_domain,
};
pub use compat::Compat;
pub use dirichlet::{Dirichlet, Initial, IntoInitial, IntoPreferred, Preference};
pub use dist::{Dist, LiftInto, Uniform, Values, uniform};
pub use domain::{
    Cell, Domain, Index, Value, deserialize_label, first_value, index_of_number, joint_label, label_at, serialize_label,
};
pub use evidence::{Observed, Signal};
pub use family::{Declared, Hgf, InputLabels, Learns, Nests, Plays, Pomdp, WithInputs};
pub use goal::{Goal, IntoGoal};
pub use learn::{Beliefs, Learning, PrecisionUpdating, Rates, When};
pub use life::{ActionProbabilities, AgentOptions, Assigned, Carried, Ground, Life, LifeState, Setup};
pub use measurement::Measurement;
pub use model::{
    Assignment, GenerativeModel, Inputs, MAX_JOINT_STATES, Marginals, Meta, ModelError, ModelFamily, Numbers, Precisions, Tables,
};
pub use nested::{Acts, Given, Nested, NestedAgent, NestedOptions, NestedWorld, Nesting, Seen, nested_rollout};
pub use perceive::{Inference, Sweeps};
pub use plan::{BranchAndBound, Induction, InductionOptions, MonteCarlo, Planner, Planning, Policies, Sophisticated, Terms};
pub use record::{Listed, Record, Row, Rows, Source, read_record, write_record};
pub use response::{Belief, Choice, Noticed};
pub use rollout::{Recording, Trajectory, TrajectoryStep, live, record, rollout};
pub use scalar::{Dual, Dual2, Lift, Real, Single};
pub use sparse::Sparse;
pub use world::{Environment, World};
