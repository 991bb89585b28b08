//! Log-posteriors of populations over unconstrained coordinates, with gradients by blocked dual numbers.

mod likelihood;
mod target;

pub use likelihood::{SubjectScore, likelihood, pointwise};
pub use target::Posterior;

pub(crate) use likelihood::drawn_positions;

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
    /// All parameters, drawn and derived, at a position: the group's, then each subject's.
    fn constrain(&self, position: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>);
}
