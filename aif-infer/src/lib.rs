//! Fitting for the aif library: priors, populations, gradients by dual numbers, NUTS and diagnostics; data in, results out; crowds of agents.
#![warn(missing_docs)]

pub mod compare;
mod crowd;
pub mod data;
pub mod diagnostics;
pub mod door;
pub mod fit;
mod flock;
pub mod laplace;
pub mod marginal;
pub mod output;
pub mod pictures;
pub mod prior;
pub mod record;
pub mod results;
pub mod sample;
pub mod saves;
pub mod score;
pub mod sensitivity;
pub mod study;
pub mod svi;

mod population;
mod posterior;
mod random;

pub use crowd::{Crowd, Member};
pub use flock::{Bird, Flock};
pub use population::{
    Covariate, Design, DesignError, Dimension, Directions, Draw, FamilyOf, Field, FieldError, Group, Known, Level, Members, Note,
    Parameter, Population, PopulationMeta, Role, Sampled, Scored, SecondDirections, SetNumber, SetOther, Unconstrained, Units,
    coordinates, direct, drawn, members, put, take,
};
pub use posterior::{
    Bend, Curvature, Density, Factored, Given, Layout, Posterior, Refined, Rejected, SubjectScore, Table, Target, likelihood,
    pointwise,
};
pub use study::study;
