//! Fitting for the aif library: priors, populations, gradients by dual numbers, NUTS and diagnostics; data in, results out; crowds of agents.
#![warn(missing_docs)]
// Some items are there for rooms that only the study program has.
#![cfg_attr(not(feature = "study"), allow(dead_code, unused_imports))]

pub mod compare;
pub mod contrasts;
mod crowd;
#[cfg(feature = "study")]
pub mod data;
pub mod diagnostics;
pub mod door;
#[cfg(feature = "sample")]
pub mod fit;
mod flock;
pub mod laplace;
pub mod marginal;
mod matrix;
#[cfg(feature = "study")]
pub mod output;
#[cfg(feature = "study")]
pub mod pictures;
pub mod prior;
pub mod record;
#[cfg(feature = "study")]
pub mod results;
#[cfg(feature = "sample")]
pub mod sample;
pub mod saves;
pub mod score;
pub mod sensitivity;
#[cfg(feature = "study")]
pub mod study;
pub mod svi;

mod finite;
#[cfg(feature = "sample")]
mod mark;
mod population;
mod posterior;
mod random;
#[cfg(feature = "sample")]
mod seal;

pub use crowd::{Simulation, Simulations};
pub use flock::{Agents, FrameTimes, SeededMind};
pub use matrix::Factor;
pub use population::{
    Covariate, Design, DesignError, Dimension, Directions, Draw, FamilyOf, Field, FieldError, Group, Known, Level, Members, Note,
    Parameter, Population, PopulationMeta, Role, Sampled, Scored, SecondDirections, SetNumber, SetOther, ThirdDirections,
    Unconstrained, Units, coordinates, direct, drawn, members, put, take,
};
pub use posterior::{
    Bend, Curvature, Density, Factored, Given, Layout, Posterior, Refined, Rejected, SubjectScore, Table, Target, likelihood,
    pointwise,
};
#[cfg(feature = "study")]
pub use study::study;
