//! Probabilistic programming for active inference: declare a generative model once; act, simulate, score and fit.
//!
//! See the README below for the tour, and `docs/` for one page per question.

#![doc = ""]
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![cfg_attr(not(feature = "std"), no_std)]

#[cfg_attr(not(feature = "std"), macro_use)]
extern crate alloc;
extern crate self as aif;

#[cfg(doctest)]
mod book;
pub mod games;
pub mod hgf;
pub mod learners;
pub mod measure;
#[cfg(feature = "games")]
pub mod sensitivity;
pub mod society;
pub mod spm;
pub mod worlds;

pub use aif_runtime as runtime;

#[cfg(feature = "games")]
pub use aif_infer as infer;
#[cfg(feature = "games")]
pub use aif_infer::saves;
#[cfg(feature = "study")]
pub use aif_infer::study;
#[cfg(feature = "games")]
pub use aif_macros::c_abi;

#[cfg(feature = "import")]
pub use aif_macros::import;

#[cfg(feature = "study")]
pub use aif_macros::python;

/// Everything that a program with models needs.
pub mod prelude {
    #[cfg(feature = "posteriors")]
    pub use aif_infer::prior::{correlations, horseshoe_scale};
    #[cfg(feature = "posteriors")]
    pub use aif_macros::model;
    pub use aif_macros::{Domain, dist, generative_model, hgf, learner};
    pub use aif_runtime::measure::Preferred;
    pub use aif_runtime::scalar::{exp, ln, logistic, phi, softplus, sqrt};
    pub use aif_runtime::{
        Agent, AgentOptions, AgentState, AgentStateOf, Assigned, Belief, Beliefs, BranchAndBound, Carried, Cell, Choice, Compat,
        Declared, Dirichlet, Dist, Domain, Environment, GenerativeModel, Goal, Hgf, Index, Induction, InductionOptions,
        Inference, Learning, Learns, Measurement, Mind, ModelError, MonteCarlo, Observed, Planner, Planning, Policies, Pomdp,
        PrecisionUpdating, Precisions, Rates, Real, Recording, Sampling, Selection, Single, Sophisticated, Sparse, Sweeps,
        Tables, Terms, Trajectory, TrajectoryStep, Values, When, World, record, rollout, uniform,
    };
}

/// What generated code names; not for direct use.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "games")]
    pub use aif_infer::contrasts;
    #[cfg(feature = "games")]
    pub use aif_infer::door;
    #[cfg(feature = "games")]
    pub use aif_infer::prior;
    #[cfg(feature = "games")]
    pub use aif_infer::score::Behaviour;
    #[cfg(feature = "games")]
    pub use aif_infer::{
        Covariate, Dimension, Draw, Field, FieldError, Level, Members, Parameter, Population, PopulationMeta, Role, SetNumber,
        SetOther, put, take,
    };
    #[cfg(feature = "python")]
    pub use aif_python as python;
    pub use aif_runtime::model::{
        ActionVariable, Certain, Constant, Counts, Factor, FactorSite, Input, Kind, Labels, Meta, Modality, ModalitySite,
        Tabulator, factor_site, modality_site,
    };
    pub use aif_runtime::random::Rng;
    #[cfg(feature = "games")]
    pub use aif_runtime::scalar::Turning;
    pub use aif_runtime::scalar::{Literal, lift};
    pub use aif_runtime::*;
    pub use alloc::borrow::Cow;
    pub use alloc::boxed::Box;
    pub use alloc::string::String;
    pub use alloc::vec::Vec;
    pub use serde;
}
