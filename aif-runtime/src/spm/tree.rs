//! The search of sophisticated inference: values of moves from what they and the best moves after them are expected to bring.
//!
//! Source: Friston, Da Costa, Hafner, Hesp & Parr 2021, doi:10.1162/neco_a_01351.

use alloc::vec;
use alloc::vec::Vec;

use super::joint::step;
use super::numbers::{dot, lg, normalised, softmax_of};
use super::parameters::Parameters;
use super::tensor::Tensor;

/// What is too improbable to be followed: moves, and states after them.
const IMPROBABLE: f64 = 1.0 / 16.0;

/// The value of a move that is not followed.
const NOT_FOLLOWED: f64 = -64.0;

/// A search from one time on.
pub(super) struct Tree<'a> {
    parameters: &'a Parameters,
    /// `[move][factor]`.
    moves: &'a [Vec<usize>],
    /// The last time of the trial.
    last: usize,
    /// Up to which time moves are followed.
    end: usize,
    /// `sum_o A lg A` of each modality and joint state.
    certainty: Vec<Vec<f64>>,
    /// How many nodes were visited.
    pub nodes: usize,
}

/// A node of the tree.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Joint states, the outcome of this time known.
    pub joint: Vec<f64>,
    /// The value of each move.
    pub values: Vec<f64>,
    /// Joint states of the next time, averaged over moves; none where no move was followed.
    pub predicted: Option<Vec<f64>>,
}

impl<'a> Tree<'a> {
    pub fn new(parameters: &'a Parameters, moves: &'a [Vec<usize>], steps: usize, end: usize) -> Self {
        let certainty = |a: &Tensor| {
            let mut sums = vec![0.0; a.columns()];
            for row in 0..a.rows() {
                for (sum, &p) in sums.iter_mut().zip(a.row(row)) {
                    *sum += p * lg(p);
                }
            }
            sums
        };
        let certainty = parameters.likelihood.iter().map(certainty).collect();
        Tree { parameters, moves, last: steps.saturating_sub(1), end, certainty, nodes: 0 }
    }

    /// Joint states after a move.
    pub fn after(&self, joint: &[f64], of: usize) -> Vec<f64> {
        after(self.parameters, joint, &self.moves[of])
    }

    /// Looks from joint states that were expected before what is seen now.
    pub fn look(&mut self, time: usize, prior: &[f64], evidence: &[Vec<f64>]) -> Node {
        self.nodes += 1;
        let likelihood = self.parameters.likelihood_of(evidence);
        let joint = normalised(&likelihood.iter().zip(prior).map(|(l, p)| l * p).collect::<Vec<_>>());
        let mut values: Vec<f64> = self.parameters.habit.iter().map(|&e| lg(e)).collect();
        if time >= self.last {
            return Node { joint, values, predicted: None };
        }
        let next: Vec<Vec<f64>> = (0..self.moves.len()).map(|k| self.after(&joint, k)).collect();
        for (value, next) in values.iter_mut().zip(&next) {
            *value += self.value(time, next);
        }
        if time + 1 >= self.end {
            return Node { joint, values, predicted: None };
        }
        let probable = softmax_of(values.iter().copied());
        for (k, next) in next.iter().enumerate() {
            values[k] = if probable[k] > IMPROBABLE { values[k] + self.follow(time + 1, next) } else { NOT_FOLLOWED };
        }
        let mut predicted = vec![0.0; joint.len()];
        for (weight, next) in softmax_of(values.iter().copied()).into_iter().zip(&next) {
            for (to, q) in predicted.iter_mut().zip(next) {
                *to += weight * q;
            }
        }
        Node { joint, values, predicted: Some(predicted) }
    }

    /// What is learned and liked in states that a move leads to. Preferences are those of the time of the move.
    fn value(&self, time: usize, next: &[f64]) -> f64 {
        let mut value = 0.0;
        for (g, a) in self.parameters.likelihood.iter().enumerate() {
            let expected = a.times(next);
            let risk: f64 = expected.iter().zip(&self.parameters.preference[g][time]).map(|(&p, c)| p * (lg(p) - c)).sum();
            value += dot(next, &self.certainty[g]) - risk;
            if let Some(novelty) = &self.parameters.novelty {
                value -= dot(&expected, &novelty[g].times(next));
            }
        }
        value
    }

    /// The value of the best moves after states that are expected: each probable state is taken as certain in turn.
    fn follow(&mut self, time: usize, expected: &[f64]) -> f64 {
        let some = expected.iter().any(|&q| q > IMPROBABLE);
        let least = if some { IMPROBABLE } else { 1.0 / expected.len() as f64 };
        let mut value = 0.0;
        for (state, &q) in expected.iter().enumerate().filter(|(_, q)| **q > least) {
            let evidence: Vec<Vec<f64>> = self.parameters.likelihood.iter().map(|a| a.column(state)).collect();
            let values = self.look(time, expected, &evidence).values;
            value += q * dot(&softmax_of(values.iter().copied()), &values);
        }
        value
    }
}

/// Joint states after an action of each factor.
pub(super) fn after(parameters: &Parameters, joint: &[f64], actions: &[usize]) -> Vec<f64> {
    let transitions: Vec<&Tensor> = parameters.forward.iter().zip(actions).map(|(b, &u)| &b[u]).collect();
    step(joint, &transitions)
}
