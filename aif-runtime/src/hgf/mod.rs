//! Hierarchical Gaussian filters: networks of Gaussian and binary nodes, coupled by value and by volatility, updated in closed form trial
//! by trial; and how recorded responses depend on what they believe.
//!
//! `#[hgf]` declares one. Sources: Mathys, Daunizeau, Friston, Stephan (2011), doi:10.3389/fnhum.2011.00039; Mathys et al. (2014),
//! doi:10.3389/fnhum.2014.00825; Weber et al. (2023), arXiv:2305.10937; Weber et al. (2026), doi:10.7554/eLife.110174.1.

mod belief;
mod categorical;
mod checks;
mod couplings;
mod error;
mod filter;
mod kernel;
mod meta;
mod network;
mod options;
mod predict;
mod shape;
mod unbounded;
mod update;
mod world;

pub use belief::{Belief, Invalid, NodeParameters, gaussian_surprise, predictive_surprise};
pub use categorical::{CategoricalBelief, category_beliefs};
pub use checks::{check_inputs, check_parameters, check_responses};
pub use error::FilterError;
pub use filter::{Filter, FilterKernel, NamedBeliefs};
pub use kernel::PutIn;
pub use meta::{
    Coupling, CouplingKind, FilterMeta, InputColumn, InputKind, Line, MAX_INPUTS, MAX_RESPONSES, NodeKind, ResponseColumn,
};
pub use network::{BeliefsOf, GaussianFilter, ParametersOf, StrengthsOf};
pub use options::{Coupled, FilterCompat, FilterOptions, Start, Update};
pub use shape::{Each, Plain, Shape};
pub use world::FilterWorld;

pub use crate::measure::{
    Bernoulli, Beta, Evidence, ExGaussian, Gamma, LogNormal, Normal, Ordered, Poisson, ResponseKind, Shifted, ShiftedLogNormal,
    Softmax, StudentT, VonMises,
};
pub use crate::scalar::Number;
