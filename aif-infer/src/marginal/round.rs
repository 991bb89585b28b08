//! A marginal posterior in coordinates in which it is round at its mode, and draws around that.

use rand::Rng;

use super::density::Marginal;
use super::mode::MarginalMode;
use crate::matrix::{self, Factor};
use crate::posterior::{Density, Rejected};
use crate::random::standard_widely;

/// A marginal posterior in the coordinates of its normal approximation.
pub struct Round<'a> {
    marginal: &'a Marginal<'a>,
    mode: &'a [f64],
    precision: &'a Factor,
}

impl<'a> Round<'a> {
    /// Around a mode.
    pub fn new(mode: &'a MarginalMode<'a>) -> Self {
        Round { marginal: &mode.marginal, mode: &mode.position, precision: &mode.precision }
    }

    /// The position in the posterior's own coordinates.
    pub fn place(&self, z: &[f64]) -> Vec<f64> {
        let mut x = z.to_vec();
        matrix::solve_upper(self.precision, &mut x);
        x.iter_mut().zip(self.mode).for_each(|(x, m)| *x += m);
        x
    }
}

impl Density for Round<'_> {
    fn dimension(&self) -> usize {
        self.mode.len()
    }

    fn ln_density(&self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected> {
        let value = self.marginal.ln_density(&self.place(position), gradient)?;
        matrix::solve_lower(self.precision, gradient);
        Ok(value)
    }
}

/// A draw from a distribution of the same place and shape as the normal approximation with heavier tails (Student's t with five degrees of
/// freedom), and its log-density there.
pub fn draw_widely(mode: &[f64], precision: &Factor, rng: &mut dyn Rng) -> (Vec<f64>, f64) {
    let (mut x, ln_standard) = standard_widely(mode.len(), rng);
    let ln_root = matrix::half_ln_determinant(precision);
    matrix::solve_upper(precision, &mut x);
    x.iter_mut().zip(mode).for_each(|(x, m)| *x += m);
    (x, ln_root + ln_standard)
}
