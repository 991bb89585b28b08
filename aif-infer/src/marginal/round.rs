//! A marginal posterior in coordinates in which it is round at its mode, and draws around that.

use rand_core::Rng;

use super::density::Marginal;
use super::mode::MarginalMode;
use crate::posterior::{Density, Rejected, triangle};
use crate::random::standard_widely;

/// A marginal posterior in the coordinates of its normal approximation.
pub struct Round<'a> {
    marginal: &'a Marginal<'a>,
    mode: &'a [f64],
    precision: &'a [f64],
}

impl<'a> Round<'a> {
    /// Around a mode.
    pub fn new(mode: &'a MarginalMode<'a>) -> Self {
        Round { marginal: &mode.marginal, mode: &mode.position, precision: &mode.precision }
    }

    /// The position in the posterior's own coordinates.
    pub fn place(&self, z: &[f64]) -> Vec<f64> {
        let mut x = z.to_vec();
        triangle::solve_upper(self.precision, x.len(), &mut x);
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
        triangle::solve_lower(self.precision, self.mode.len(), gradient);
        Ok(value)
    }
}

/// A draw from a distribution of the same place and shape as the normal approximation with heavier tails (Student's t with five degrees of
/// freedom), and its log-density there.
pub fn draw_widely(mode: &[f64], precision: &[f64], rng: &mut dyn Rng) -> (Vec<f64>, f64) {
    let n = mode.len();
    let (mut x, ln_standard) = standard_widely(n, rng);
    let ln_root: f64 = (0..n).map(|i| precision[i * n + i].ln()).sum();
    triangle::solve_upper(precision, n, &mut x);
    x.iter_mut().zip(mode).for_each(|(x, m)| *x += m);
    (x, ln_root + ln_standard)
}
