//! Fitting for the aif library: priors, populations, gradients by dual numbers, NUTS and diagnostics; data in, results out.

pub mod diagnostics;
pub mod prior;
pub mod results;
pub mod sample;
pub mod score;

mod data;
mod population;
mod posterior;
mod study;

pub use data::{DataError, DataOptions};
pub use population::{
    Directions, Draw, Field, FieldError, Known, Members, Parameter, Population, PopulationMeta, Role, Sampled, SetNumber,
    SetOther, Unconstrained, drawn,
};
pub use posterior::{Density, Posterior, Rejected};
pub use study::{Study, StudyError, study};
