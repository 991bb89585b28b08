//! The posterior over policies and its precision, whose updates are simulated dopamine.

use alloc::vec::Vec;

use super::numbers::{dot, lg, softmax_of};
use super::passing::ITERATIONS;

/// The precision of policies as it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Precision {
    /// Its prior expectation's inverse (`beta`).
    pub prior: f64,
    /// The posterior of the same.
    pub inverse: f64,
    /// The expected precision (`w`).
    pub expected: f64,
    /// Whether it stays at its prior.
    pub fixed: bool,
}

impl Precision {
    pub fn new(prior: f64, fixed: bool) -> Self {
        Precision { prior, inverse: prior, expected: 1.0 / prior, fixed }
    }
}

/// The course of a comparison of policies.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    /// The posterior in each iteration, of the policies that were compared.
    pub posteriors: Vec<Vec<f64>>,
    /// The precision after each iteration.
    pub precisions: Vec<f64>,
    /// The negative free energy of policies and states.
    pub total: f64,
}

impl Compared {
    /// The posterior in the last iteration: it has the precision before the last step.
    pub fn posterior(&self) -> &[f64] {
        self.posteriors.last().map_or(&[], Vec::as_slice)
    }
}

/// Compares policies with the log prior `lg E`, negative free energies `f` and negative expected free energies `g`.
pub(super) fn compare(habit: &[f64], f: &[f64], g: &[f64], precision: &mut Precision) -> Compared {
    let mut compared = Compared { posteriors: Vec::new(), precisions: Vec::new(), total: 0.0 };
    for _ in 0..ITERATIONS {
        let w = precision.expected;
        let prior = softmax_of(habit.iter().zip(g).map(|(&e, g)| lg(e) + w * g));
        let posterior = softmax_of(habit.iter().zip(g).zip(f).map(|((&e, g), f)| lg(e) + w * g + f));
        if !precision.fixed {
            let error = precision.inverse - precision.prior + dot(&posterior, g) - dot(&prior, g);
            precision.inverse -= error / 2.0;
            precision.expected = 1.0 / precision.inverse;
        }
        let divergence: f64 = posterior.iter().zip(&prior).map(|(&q, &p)| q * (lg(q) - lg(p))).sum();
        compared.total = dot(&posterior, f) - divergence;
        compared.precisions.push(precision.expected);
        compared.posteriors.push(posterior);
    }
    compared
}
