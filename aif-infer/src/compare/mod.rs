//! How well a fit predicts, and which of several models does best: leave-one-out cross-validation by Pareto-smoothed importance sampling, WAIC,
//! differences with their standard errors, stacking, and random-effects model selection.

mod bms;
mod bridge;
mod generalised_pareto;
mod proposal;
mod psis;
mod reduction;
mod score;
mod selection;

pub use bms::{Selection, random_effects};
pub use bridge::{Bridge, bridge};
pub use psis::{Smoothed, psis, relative_efficiency};
pub use reduction::{Gaussian, ln_density_at_zero, reduced};
pub use score::{Criterion, Elpd, Predictive, RELIABLE, criterion, elpd};
pub use selection::{Comparison, Difference, compare, stacking};

pub(crate) use proposal::Proposal;
