//! Mixtures of distributions with one support.

use aif_runtime::measure::ResponseKind;
use aif_runtime::scalar::log_sum_exp;
use aif_runtime::{Real, random::unit};
use rand::Rng;

use super::{Distribution, Prior, Support};

/// The distributions of a mixture: a tuple of two to six priors with one support.
pub trait Components<T: Real, const N: usize>: Copy {
    /// Where all of them live.
    fn support(&self) -> Support<T>;
    /// The log-density of each at a point.
    fn ln_densities(&self, x: T) -> [T; N];
    /// A draw from one of them.
    fn sample(&self, component: usize, rng: &mut dyn Rng) -> T;
}

/// A mixture: `ln sum_k w_k p_k(x)`. The weights are taken relative to their sum.
#[derive(Clone, Copy, Debug)]
pub struct Mixture<T, C, const N: usize> {
    weights: [T; N],
    components: C,
}

impl<T: Real, C: Components<T, N>, const N: usize> Mixture<T, C, N> {
    /// A mixture of distributions with these weights.
    pub fn new(weights: [T; N], components: C) -> Self {
        Mixture { weights, components }
    }
}

impl<T: Real, C: Components<T, N>, const N: usize> Distribution<T> for Mixture<T, C, N> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Number;

    fn support(&self) -> Support<T> {
        self.components.support()
    }

    fn ln_density(&self, x: T) -> T {
        let mut terms = self.components.ln_densities(x);
        let mut sum = T::zero();
        for (term, &weight) in terms.iter_mut().zip(&self.weights) {
            *term += weight.ln();
            sum += weight;
        }
        log_sum_exp(&terms) - sum.ln()
    }

    fn sample(&self, rng: &mut dyn Rng) -> T {
        let total: f64 = self.weights.iter().map(|w| w.value()).sum();
        let mut left = unit(rng) * total;
        for (k, weight) in self.weights.iter().enumerate() {
            left -= weight.value();
            if left < 0.0 {
                return self.components.sample(k, rng);
            }
        }
        if total > 0.0 { self.components.sample(N - 1, rng) } else { T::constant(f64::NAN) }
    }
}

macro_rules! components {
    ($n:literal: $first:ident $($name:ident)*: $($at:tt)*) => {
        impl<T: Real, $first: Prior<T>, $($name: Prior<T>),*> Components<T, $n> for ($first, $($name),*) {
            fn support(&self) -> Support<T> {
                self.0.support()
            }
            fn ln_densities(&self, x: T) -> [T; $n] {
                [$(self.$at.ln_density(x)),*]
            }
            fn sample(&self, component: usize, rng: &mut dyn Rng) -> T {
                match component {
                    $($at => self.$at.sample(rng),)*
                    _ => T::constant(f64::NAN),
                }
            }
        }
    };
}
components!(2: A B: 0 1);
components!(3: A B C: 0 1 2);
components!(4: A B C D: 0 1 2 3);
components!(5: A B C D E: 0 1 2 3 4);
components!(6: A B C D E F: 0 1 2 3 4 5);
