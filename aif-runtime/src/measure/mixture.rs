//! Mixtures of distributions with one support.

use rand::Rng;

use super::{Distribution, Line, Measured, ResponseKind, Spread, Support};
use crate::random::unit;
use crate::scalar::{Real, log_sum_exp};

/// The distributions of a mixture: a tuple of two to six distributions of a number with one support.
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

/// The distributions of a mixture that a modality may return: all on one line.
pub trait MeasuredComponents<T: Real, const N: usize>: Components<T, N> {
    /// What is read.
    type Number: super::Measurable;
    /// How many numbers describe all of them.
    const PARAMETERS: usize;
    /// The line on which they lie.
    const LINE: Line;
    /// Writes the numbers that describe them.
    fn write(&self, to: &mut [T]);
    /// The distributions that numbers describe.
    fn read(from: &[T]) -> Self;
    /// Where one of them has something.
    fn spread(&self) -> Spread;
}

impl<T: Real, C: MeasuredComponents<T, N>, const N: usize> Measured<T> for Mixture<T, C, N> {
    type Number = C::Number;
    const PARAMETERS: usize = N + C::PARAMETERS;
    const LINE: Line = C::LINE;
    fn write(&self, to: &mut [T]) {
        let (weights, rest) = to.split_at_mut(N);
        weights.copy_from_slice(&self.weights);
        self.components.write(rest);
    }
    fn read(from: &[T]) -> Self {
        let (own, rest) = from.split_at(N);
        let mut weights = [T::zero(); N];
        weights.copy_from_slice(own);
        Mixture { weights, components: C::read(rest) }
    }
    fn spread(&self) -> Spread {
        self.components.spread()
    }
}

macro_rules! components {
    ($n:literal: $first:ident $($name:ident)*: $($at:tt)*) => {
        impl<T: Real, $first: Distribution<T, Value = T>, $($name: Distribution<T, Value = T>),*> Components<T, $n> for ($first, $($name),*) {
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
        impl<T: Real, $first: Measured<T>, $($name: Measured<T, Number = $first::Number>),*> MeasuredComponents<T, $n> for ($first, $($name),*) {
            type Number = $first::Number;
            const PARAMETERS: usize = $first::PARAMETERS $(+ $name::PARAMETERS)*;
            const LINE: Line = {
                $(assert!($first::LINE as u8 == $name::LINE as u8, "the distributions of a mixture that a modality returns lie on one line: all of positive numbers, all of any number, ..");)*
                $first::LINE
            };
            fn write(&self, to: &mut [T]) {
                let mut rest = to;
                $(rest = {
                    let (own, rest) = rest.split_at_mut(count(&self.$at));
                    self.$at.write(own);
                    rest
                };)*
                let _ = rest;
            }
            fn read(from: &[T]) -> Self {
                let mut rest = from;
                ($({
                    let _ = $at;
                    next(&mut rest)
                }),*)
            }
            fn spread(&self) -> Spread {
                let all = [$(self.$at.spread()),*];
                all.into_iter().fold(all[0], |a, b| Spread { low: a.low.min(b.low), high: a.high.max(b.high), center: 0.5 * (a.center + b.center), width: a.width.min(b.width) })
            }
        }
    };
}
/// How many numbers describe a distribution.
fn count<T: Real, D: Measured<T>>(_: &D) -> usize {
    D::PARAMETERS
}

/// The next distribution that numbers describe.
fn next<T: Real, D: Measured<T>>(rest: &mut &[T]) -> D {
    let (own, others) = rest.split_at(D::PARAMETERS);
    *rest = others;
    D::read(own)
}

components!(2: A B: 0 1);
components!(3: A B C: 0 1 2);
components!(4: A B C D: 0 1 2 3);
components!(5: A B C D E: 0 1 2 3 4);
components!(6: A B C D E F: 0 1 2 3 4 5);
