//! Marginal posteriors: what units of the lowest level do not share is integrated out, unit by unit, so that what is above them is left.
//!
//! Given everything above, units are independent, and each has a few coordinates: its integral is a sum over nodes that are laid around its
//! conditional mode as wide as its conditional spread (adaptive Gauss-Hermite quadrature: Naylor & Smith 1982, Pinheiro & Bates 1995). With
//! one node this is Laplace's method, whose error is of each unit and does not shrink as units are added; with a few it is exact for
//! practical purposes. The gradient is that of the integral, `E[d ln p(y, x | above)]` over the same nodes (Fisher's identity), the Hessian
//! follows from it (Louis 1982).

mod density;
mod draws;
mod mode;
mod refine;
mod rest;
mod round;
mod rule;
mod trust;
mod unit;

use serde::{Deserialize, Serialize};

pub use density::{Marginal, Marginalised};
pub use mode::{Finest, MarginalError, MarginalMode, maximise};
pub use refine::{CERTIFIED, Survey, Surveyed, survey};
pub use round::Round;
pub use rule::Rule;
pub use unit::{Integral, Second};

pub(crate) use draws::{draw_unit, unit_moments};
pub(crate) use round::draw_widely;

/// How a group's posterior is found with its units integrated out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EmpiricalBayesOptions {
    /// Draws that are made.
    pub draws: usize,
    /// The seed of the draws.
    pub seed: u64,
    /// The most steps of the search for the group's mode.
    pub steps: usize,
}

impl Default for EmpiricalBayesOptions {
    fn default() -> Self {
        EmpiricalBayesOptions { draws: 1000, seed: 1, steps: 200 }
    }
}
