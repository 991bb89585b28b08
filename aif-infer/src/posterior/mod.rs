//! Log-posteriors of populations over unconstrained coordinates, with gradients and Hessians by blocked dual numbers.

mod arrow;
mod chebyshev;
mod given;
mod joint;
mod layout;
mod likelihood;
mod look;
mod pool;
mod refined;
mod scratch;
mod second;
mod table;
mod target;
mod third;
mod units;

pub use arrow::{Curvature, Factored};
pub use given::Given;
pub use joint::Posterior;
pub use layout::Layout;
pub use likelihood::{SubjectScore, likelihood, pointwise};
pub use refined::Refined;
pub use second::Bend;
pub use table::Table;

use crate::population::Note;
pub(crate) use chebyshev::{MOST, NoTable};
pub(crate) use likelihood::{complete, direction_positions, drawn_positions};
pub(crate) use table::Region;

/// Why a point has no density: the parameters make no model there, or the density is not finite.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Rejected(pub String);

/// A log-density with its gradient, over real coordinates.
pub trait Density: Send + Sync {
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

    /// How the logarithm of the determinant of the negative Hessian, of the coordinates from a level down, changes along each of some
    /// directions: by third derivatives.
    ///
    /// # Errors
    /// As [`Density::ln_density`]; and where no level lies between the group and its units.
    fn determinant_slopes(&self, position: &[f64], from: usize, directions: &[Vec<f64>]) -> Result<Vec<f64>, Rejected>;

    /// The log-density with everything above the lowest level given.
    fn given(&self, position: &[f64]) -> Box<dyn Given + '_>;

    /// Takes what is known of the units' likelihoods: coordinates whose centring is open stand for other numbers then.
    fn refine(&mut self, refined: Refined);

    /// What is known of its units' likelihoods.
    fn refinement(&self) -> &Refined;

    /// Whether the likelihood of every unit is looked up.
    fn is_tabled(&self) -> bool {
        let layout = self.layout();
        self.refinement().tabled() == layout.units(layout.levels() - 1)
    }

    /// What can be said of the priors of the numbers that are drawn for a unit, given the numbers of its path.
    fn notes(&self, unit: (usize, usize), numbers: &[f64]) -> Vec<Note>;

    /// Where the numbers on which a unit's likelihood depends lie among those of its path: its own that are drawn, then those above it.
    fn directions(&self) -> &[usize];

    /// The log-likelihood of a unit at these numbers, by the model itself; `None` where there is none.
    fn ln_likelihood(&self, leaf: usize, at: &[f64]) -> Option<f64>;

    /// The coordinates of a draw from the prior cannot be had, but its numbers can: all of them, as the layout says.
    fn draw_prior(&self, rng: &mut dyn rand::Rng) -> Vec<f64>;
}
