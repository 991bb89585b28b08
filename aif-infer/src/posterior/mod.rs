//! Log-posteriors of populations over unconstrained coordinates, with gradients and Hessians by blocked dual numbers.

pub(crate) mod arrow;
mod layout;
mod likelihood;
mod pool;
mod target;

pub use arrow::{Curvature, Factored};
pub use layout::Layout;
pub use likelihood::{SubjectScore, likelihood, pointwise};
pub use target::Posterior;

pub(crate) use likelihood::{complete, direction_positions, drawn_positions};

/// Why a point has no density: the parameters make no model there, or the density is not finite.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Rejected(pub String);

/// A log-density with its gradient, over real coordinates.
pub trait Density: Sync {
    /// The number of coordinates.
    fn dimension(&self) -> usize;

    /// The log-density at a position; fills the whole gradient.
    ///
    /// # Errors
    /// When there is no density at this position.
    fn ln_density(&self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected>;
}

/// A density whose positions stand for the parameters of a population.
pub trait Target: Density {
    /// Where the coordinates and numbers of each unit lie.
    fn layout(&self) -> &Layout;

    /// All numbers, drawn and derived, at a position, as the layout says.
    fn constrain(&self, position: &[f64]) -> Vec<f64>;

    /// The log-density at a position, its gradient, and its Hessian unit by unit.
    ///
    /// # Errors
    /// As [`Density::ln_density`].
    fn curvature(&self, position: &[f64]) -> Result<Curvature, Rejected>;

    /// The coordinates of a draw from the prior cannot be had, but its numbers can: all of them, as the layout says.
    fn draw_prior(&self, rng: &mut dyn rand_core::Rng) -> Vec<f64>;
}
