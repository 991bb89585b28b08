//! The usual last layer of an encoder: from any numbers to the probabilities of outcomes.

use aif_runtime::{Real, scalar};

use super::{DIRECTIONS, Directed};

/// `softmax(logits / temperature)`, with each probability raised to at least `floor` and all of them normalised again.
///
/// With a floor no outcome is ever held impossible, and divergences stay finite.
///
/// ```
/// use aif_infer::sensitivity::Softmax;
/// let softmax = Softmax { temperature: 0.5, floor: 1e-8 };
/// let mut p = [1.0, 0.0];
/// softmax.apply(&mut p);
/// assert!((p[0] - 1.0 / (1.0 + (-2.0f64).exp())).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softmax {
    /// What logits are divided by: below 1 probabilities are sharper. Greater than 0.
    pub temperature: f64,
    /// The smallest probability before the second normalisation; 0 leaves them as they are.
    pub floor: f64,
}

impl Default for Softmax {
    fn default() -> Self {
        Softmax { temperature: 1.0, floor: 0.0 }
    }
}

impl Softmax {
    /// Turns logits into probabilities, in place.
    pub fn apply<T: Real>(&self, logits: &mut [T]) {
        for x in logits.iter_mut() {
            *x = *x / self.temperature;
        }
        scalar::softmax(logits);
        if self.floor <= 0.0 {
            return;
        }
        let mut sum = T::zero();
        for p in logits.iter_mut() {
            if p.value() < self.floor {
                *p = T::constant(self.floor);
            }
            sum += *p;
        }
        for p in logits.iter_mut() {
            *p /= sum;
        }
    }

    /// The derivatives of a function by the logits, from its derivatives by the probabilities, as many; those that are not given are zero.
    pub fn pull_back(&self, logits: &[f64], by_probability: &[f64]) -> Vec<f64> {
        let mut by_logit = Vec::with_capacity(logits.len());
        let mut directed = Vec::with_capacity(logits.len());
        for start in (0..logits.len()).step_by(DIRECTIONS) {
            directed.clear();
            let variable = |(i, &x): (usize, &f64)| Directed::variable(x, i.wrapping_sub(start));
            directed.extend(logits.iter().enumerate().map(variable));
            self.apply(&mut directed);
            let sum = directed.iter().zip(by_probability).fold(Directed::zero(), |sum, (&p, &by)| sum + p * by);
            by_logit.extend_from_slice(&sum.gradient[..DIRECTIONS.min(logits.len() - start)]);
        }
        by_logit
    }
}
