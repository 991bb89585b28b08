//! What the binary nodes of a categorical input say together: the expected probabilities, and the Dirichlet distribution that they imply.

use alloc::vec::Vec;

use super::belief::Belief;
use crate::math;

/// What is believed of the categories at one trial.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoricalBelief {
    /// The probability of each category as its own nodes have it after the input; they need not sum to one.
    pub mean: Vec<f64>,
    /// The counts of the Dirichlet distribution that the step from prediction to posterior implies.
    pub counts: Vec<f64>,
    /// The surprise of the input: the sum over categories of how surprising its own yes or no was, in nats.
    pub surprise: f64,
    /// How far the Dirichlet distribution moved from the trial before: KL(before, after), in nats. Not a number where an input is missing,
    /// and one trial later: then nothing says how many counts there are.
    pub divergence: f64,
}

/// Works out what is believed of the categories, from the beliefs about the binary nodes and about their value parents after the input,
/// trial after trial: `before` holds the counts of the trial before, all one at the start.
pub fn category_beliefs(nodes: &[Belief<f64>], parents: &[Belief<f64>], before: &[f64]) -> CategoricalBelief {
    let mut belief = CategoricalBelief { mean: Vec::new(), counts: Vec::new(), surprise: 0.0, divergence: 0.0 };
    for (node, parent) in nodes.iter().zip(parents) {
        let (expected, seen) = (node.expected_mean, node.mean);
        let after = crate::scalar::logistic(parent.mean);
        let strength = (seen - expected) / (after - expected) - 1.0;
        belief.mean.push(after);
        belief.counts.push(strength * expected + 1.0);
        belief.surprise += node.binary_surprise();
    }
    belief.divergence = divergence(before, &belief.counts);
    belief
}

/// The divergence of Dirichlet distributions, KL(q, p), in nats.
fn divergence(q: &[f64], p: &[f64]) -> f64 {
    let (sum_q, sum_p): (f64, f64) = (q.iter().sum(), p.iter().sum());
    let each = q
        .iter()
        .zip(p)
        .map(|(&q, &p)| math::ln_gamma(p) - math::ln_gamma(q) + (q - p) * (math::digamma(q) - math::digamma(sum_q)));
    math::ln_gamma(sum_q) - math::ln_gamma(sum_p) + each.sum::<f64>()
}
