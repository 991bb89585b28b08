//! The Dirichlet distribution over probabilities that sum to one.

use aif_runtime::Real;
use rand::Rng;

use super::{VectorPrior, drawn};

/// Dirichlet(concentrations): `lnG(sum a) - sum lnG(a_i) + sum (a_i - 1) ln x_i` over the simplex; coordinates break a stick of length one
/// piece by piece, zero standing for equal pieces (Stan Reference Manual, simplex transform).
#[derive(Clone, Copy, Debug)]
pub struct Dirichlet<T, const N: usize> {
    concentrations: [T; N],
}

impl<T: Real, const N: usize> Dirichlet<T, N> {
    /// A Dirichlet distribution; concentrations are positive.
    pub fn new(concentrations: [T; N]) -> Self {
        Dirichlet { concentrations }
    }
}

impl<T: Real, const N: usize> VectorPrior<T> for Dirichlet<T, N> {
    fn coordinates(&self, len: usize) -> usize {
        len.saturating_sub(1)
    }

    fn place(&self, coordinates: &[T], values: &mut [T]) -> T {
        let (mut sum, mut density) = (T::zero(), T::zero());
        for &a in &self.concentrations {
            sum += a;
            density -= a.ln_gamma();
        }
        density += sum.ln_gamma();
        let last = values.len() - 1;
        let mut ln_left = T::zero();
        for (k, value) in values.iter_mut().enumerate() {
            let a = self.concentrations[k.min(N - 1)];
            let ln_value = match coordinates.get(k) {
                Some(&u) if k < last => {
                    // The share of what is left: logistic(u - ln(number of pieces after this one)).
                    let at = u - ((last - k) as f64).ln();
                    let (ln_share, ln_rest) = (-(-at).softplus(), -at.softplus());
                    let ln_value = ln_left + ln_share;
                    // d value / d u = left share (1 - share).
                    density += ln_value + ln_rest;
                    ln_left += ln_rest;
                    ln_value
                }
                _ => ln_left,
            };
            density += (a - 1.0) * ln_value;
            *value = ln_value.exp();
        }
        density
    }

    fn unplace(&self, values: &[T], coordinates: &mut [T]) -> bool {
        let mut left = T::zero();
        for k in (0..coordinates.len()).rev() {
            left += values[k + 1];
            coordinates[k] = values[k].ln() - left.ln() + ((coordinates.len() - k) as f64).ln();
        }
        true
    }

    fn ln_density(&self, values: &[T]) -> T {
        let (mut sum, mut density) = (T::zero(), T::zero());
        for (&a, &x) in self.concentrations.iter().zip(values) {
            sum += a;
            density += (a - 1.0) * x.ln() - a.ln_gamma();
        }
        density + sum.ln_gamma()
    }

    fn sample(&self, rng: &mut dyn Rng, values: &mut [f64]) {
        let mut sum = 0.0;
        for (value, a) in values.iter_mut().zip(&self.concentrations) {
            *value = drawn(rand_distr::Gamma::new(a.value(), 1.0), rng);
            sum += *value;
        }
        values.iter_mut().for_each(|x| *x /= sum);
    }

    fn holds(&self, values: &[f64]) -> bool {
        values.iter().all(|x| (0.0..=1.0).contains(x)) && (values.iter().sum::<f64>() - 1.0).abs() < 1e-6
    }
}
