//! Fitting for the aif library: priors, populations, gradients by dual numbers, NUTS and diagnostics; data in, results out; crowds of agents.
#![warn(missing_docs)]

mod crowd;
pub mod data;
pub mod diagnostics;
pub mod pictures;
pub mod prior;
pub mod results;
pub mod sample;
pub mod score;
pub mod study;

mod population;
mod posterior;

pub use crowd::{Crowd, Member};
pub use population::{
    Directions, Draw, Field, FieldError, Known, Members, Parameter, Population, PopulationMeta, Role, Sampled, SetNumber,
    SetOther, Unconstrained, drawn,
};
pub use posterior::{Density, Posterior, Rejected, SubjectScore, Target, likelihood, pointwise};
pub use study::study;
