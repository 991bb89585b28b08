//! What `#[hgf]` implements: the nodes of a filter, their parameters, and how responses depend on beliefs.

use rand::Rng;

use super::belief::{Belief, NodeParameters};
use super::meta::FilterMeta;
use super::shape::Shape;
use crate::domain::Value;
use crate::scalar::{Number, Real};

/// Beliefs about all nodes, by place.
pub type BeliefsOf<M, T> = <<M as GaussianFilter<T>>::Shape as Shape>::Nodes<Belief<T>>;

/// The parameters of all nodes, by place.
pub type ParametersOf<M, T> = <<M as GaussianFilter<T>>::Shape as Shape>::Nodes<NodeParameters<T>>;

/// The strengths of all couplings, by place.
pub type StrengthsOf<M, T> = <<M as GaussianFilter<T>>::Shape as Shape>::Strengths<T>;

/// A hierarchical Gaussian filter, observed through its responses: `#[hgf]` implements it.
pub trait GaussianFilter<T: Real>: Copy + Send + Sync {
    /// Names, nodes and couplings.
    const META: FilterMeta;

    /// How many nodes and couplings there are.
    type Shape: Shape;

    /// What is put in at one trial, by name; what is missing is `None`.
    type Input: Value;

    /// Beliefs about all nodes, by name.
    type Beliefs<V: Value>: Value;

    /// The parameters of all nodes and the strengths of all couplings.
    fn parameters(&self, nodes: &mut ParametersOf<Self, T>, strengths: &mut StrengthsOf<Self, T>);

    /// Names beliefs, or what else there is one of for each node.
    fn named<V: Value>(nodes: &<Self::Shape as Shape>::Nodes<V>) -> Self::Beliefs<V>;

    /// An input as a number: 0 or 1, the index of a category, or the number itself.
    fn number(input: &Self::Input, which: usize) -> Option<f64>;

    /// The input that numbers stand for; what they cannot be is missing.
    fn input(numbers: &[Option<f64>]) -> Self::Input;

    /// What the log-probability of a recorded response depends on.
    fn response_parts(&self, response: usize, beliefs: &BeliefsOf<Self, T>, recorded: f64) -> [T; 2];

    /// The log-probability of a response, from what it depends on.
    fn ln_response<S: Number>(response: usize, parts: [S; 2]) -> S;

    /// Draws a response; not a number where nothing is recorded.
    fn sample_response(&self, response: usize, beliefs: &BeliefsOf<Self, T>, rng: &mut dyn Rng) -> f64;

    /// The probability of each choice of a response; none where it is no choice.
    fn response_probabilities(&self, response: usize, beliefs: &BeliefsOf<Self, T>) -> alloc::vec::Vec<f64>;
}
