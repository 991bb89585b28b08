//! Several draws of one distribution, in the order of their size.

use aif_runtime::Real;
use rand::Rng;

use super::{Prior, VectorPrior};

/// Ordered draws of one distribution on the real line: `ln n! + sum_i ln p(x_i)` where `x_1 < x_2 < ..`; coordinates are the first value
/// and the logarithms of the steps.
#[derive(Clone, Copy, Debug)]
pub struct Ordered<P> {
    prior: P,
}

impl<P> Ordered<P> {
    /// Ordered draws of a distribution.
    pub fn new(prior: P) -> Self {
        Ordered { prior }
    }
}

impl<T: Real, P: Prior<T>> VectorPrior<T> for Ordered<P> {
    fn coordinates(&self, len: usize) -> usize {
        len
    }

    fn place(&self, coordinates: &[T], values: &mut [T]) -> T {
        let mut density = T::constant(aif_runtime::math::ln_gamma(values.len() as f64 + 1.0));
        let mut last = None;
        for (value, &u) in values.iter_mut().zip(coordinates) {
            *value = match last {
                None => u,
                Some(last) => {
                    density += u;
                    u.exp() + last
                }
            };
            density += self.prior.ln_density(*value);
            last = Some(*value);
        }
        density
    }

    fn unplace(&self, values: &[T], coordinates: &mut [T]) -> bool {
        for (i, u) in coordinates.iter_mut().enumerate() {
            *u = if i == 0 { values[0] } else { (values[i] - values[i - 1]).ln() };
        }
        true
    }

    fn ln_density(&self, values: &[T]) -> T {
        let orders = T::constant(aif_runtime::math::ln_gamma(values.len() as f64 + 1.0));
        values.iter().fold(orders, |density, &x| density + self.prior.ln_density(x))
    }

    fn sample(&self, rng: &mut dyn Rng, values: &mut [f64]) {
        values.fill_with(|| self.prior.sample(rng).value());
        values.sort_by(f64::total_cmp);
    }

    fn holds(&self, values: &[f64]) -> bool {
        values.iter().all(|x| x.is_finite()) && values.windows(2).all(|w| w[0] < w[1])
    }
}
