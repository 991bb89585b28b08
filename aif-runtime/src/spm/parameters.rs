//! A structure's tables as the schemes work with them: normalised, with backward transitions, log preferences and novelty.

use alloc::vec;
use alloc::vec::Vec;

use super::numbers::{FLOOR, lg, normalised, softmax};
use super::structure::Structure;
use super::tensor::Tensor;
use crate::math::digamma;

/// The offset of SPM's digamma functions of counts.
pub(super) const OFFSET: f64 = 1.0 / 32.0;

/// A matrix of transitions, `[to][from]`.
pub(super) type Matrix = Tensor;

/// The tables of one level, ready for use.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    /// The number of states of each factor.
    pub sizes: Vec<usize>,
    /// `A[g]`: `[outcome][joint state]`.
    pub likelihood: Vec<Tensor>,
    /// `B[f][u]`: `[next state][state]`.
    pub forward: Vec<Vec<Matrix>>,
    /// The transposed `B[f][u]`, each column over the earlier state: `[state][next state]`.
    pub backward: Vec<Vec<Matrix>>,
    /// `D[f]`.
    pub initial: Vec<Vec<f64>>,
    /// `E`.
    pub habit: Vec<f64>,
    /// `C[g][t]`: the logarithm of a distribution over outcomes.
    pub preference: Vec<Vec<Vec<f64>>>,
    /// `W[g]`, shaped as the counts `a`: `(1/a0 - 1/a) / 2`.
    pub novelty: Option<Vec<Tensor>>,
    /// The same of the counts `d`, where zeros are not left out.
    pub initial_novelty: Option<Vec<Vec<f64>>>,
}

impl Parameters {
    pub fn of(structure: &Structure, steps: usize) -> Parameters {
        let counts = &structure.counts;
        let likelihood = counts.likelihood.as_ref().unwrap_or(&structure.likelihood);
        let transition = counts.transition.as_ref().unwrap_or(&structure.transition);
        let initial = counts.initial.as_ref().unwrap_or(&structure.initial);
        let matrices = |b: &Tensor| (0..b.shape()[2]).map(|u| matrix(b, u)).collect::<Vec<_>>();
        let transposed = |b: &Tensor| matrices(b).iter().map(|b| transpose(b).normalised()).collect();
        let uniform = vec![1.0; structure.control.count()];
        let habit = counts.habit.as_ref().or(structure.habit.as_ref()).unwrap_or(&uniform);
        let preference = match &counts.preference {
            Some(c) => c.iter().map(|c| log_preferences(&expected_logs(c), steps)).collect(),
            None => structure.preference.iter().map(|c| log_preferences(c, steps)).collect(),
        };
        Parameters {
            sizes: structure.sizes(),
            likelihood: likelihood.iter().map(Tensor::normalised).collect(),
            forward: transition.iter().map(|b| matrices(b).iter().map(Tensor::normalised).collect()).collect(),
            backward: transition.iter().map(transposed).collect(),
            initial: initial.iter().map(|d| normalised(d)).collect(),
            habit: normalised(habit),
            preference,
            novelty: counts.likelihood.as_ref().map(|a| a.iter().map(novelty).collect()),
            initial_novelty: counts.initial.as_ref().map(|d| d.iter().map(|d| initial_novelty(d)).collect()),
        }
    }

    /// The likelihood of each joint state: the product over modalities of the expected likelihood of what was seen.
    pub fn likelihood_of(&self, evidence: &[Vec<f64>]) -> Vec<f64> {
        let mut product = vec![1.0; self.sizes.iter().product()];
        for (a, seen) in self.likelihood.iter().zip(evidence) {
            for (product, p) in product.iter_mut().zip(a.transposed_times(seen)) {
                *product *= p;
            }
        }
        product
    }
}

/// The transition under one action.
fn matrix(b: &Tensor, action: usize) -> Matrix {
    let actions = b.shape()[2];
    let entries = b.numbers().iter().skip(action).step_by(actions).copied().collect();
    square(b.rows(), entries)
}

fn transpose(b: &Matrix) -> Matrix {
    square(b.rows(), (0..b.columns()).flat_map(|column| b.column(column)).collect())
}

fn square(n: usize, entries: Vec<f64>) -> Matrix {
    Tensor::new(&[n, n], entries).unwrap_or_else(|_| unreachable!("a transition is square"))
}

/// The expected log preference under counts, up to a constant: `psi(c + 1/32) - psi(sum(c + 1/32))`.
fn expected_logs(c: &Tensor) -> Tensor {
    let sums = c.map(|c| c + OFFSET).sums();
    let (columns, mut to) = (c.columns(), c.clone());
    for (i, x) in to.numbers_mut().iter_mut().enumerate() {
        *x = digamma(*x + OFFSET) - digamma(sums[i % columns]);
    }
    to
}

/// The logarithm of the softmax of the preferences at each time.
fn log_preferences(c: &Tensor, steps: usize) -> Vec<Vec<f64>> {
    let at = |t: usize| {
        let mut c = c.column(t.min(c.columns().saturating_sub(1)));
        softmax(&mut c);
        c.iter().map(|&p| lg(p)).collect()
    };
    (0..steps).map(at).collect()
}

/// `(1/a0 - 1/a) / 2` where there is a count, else 0.
fn novelty(a: &Tensor) -> Tensor {
    let floored = a.map(|a| a + FLOOR);
    let (sums, columns, mut to) = (floored.sums(), a.columns(), floored);
    for (i, (x, a)) in to.numbers_mut().iter_mut().zip(a.numbers()).enumerate() {
        *x = if *a > 0.0 { (1.0 / sums[i % columns] - 1.0 / *x) / 2.0 } else { 0.0 };
    }
    to
}

fn initial_novelty(d: &[f64]) -> Vec<f64> {
    let sum: f64 = d.iter().map(|d| d + FLOOR).sum();
    d.iter().map(|d| (1.0 / sum - 1.0 / (d + FLOOR)) / 2.0).collect()
}
