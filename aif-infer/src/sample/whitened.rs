//! A posterior seen in coordinates in which its normal approximation is standard: the mass matrix with all of its correlations.

use crate::laplace::Approximation;
use crate::matrix;
use crate::posterior::{Density, Rejected, Target};

/// A posterior in the coordinates of its normal approximation.
pub struct Whitened<'a> {
    target: &'a dyn Target,
    approximation: &'a Approximation,
}

impl<'a> Whitened<'a> {
    /// A posterior with its approximation.
    pub fn new(target: &'a dyn Target, approximation: &'a Approximation) -> Self {
        Whitened { target, approximation }
    }

    /// The position in the posterior's own coordinates.
    pub fn place(&self, position: &[f64]) -> Vec<f64> {
        let mut x = position.to_vec();
        self.approximation.spread(self.target.layout(), &mut x);
        x
    }
}

impl Density for Whitened<'_> {
    fn dimension(&self) -> usize {
        self.target.dimension()
    }

    fn ln_density(&self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected> {
        let value = self.target.ln_density(&self.place(position), gradient)?;
        self.approximation.mode.factored.pull(self.target.layout(), gradient);
        let top = self.approximation.top;
        matrix::solve_lower(&self.approximation.precision, &mut gradient[..top]);
        Ok(value)
    }
}
