//! What is counted after a trial, and how far it moves the counts.

use alloc::vec::Vec;

use super::course::{Gains, Inferred};
use super::joint::product;
use super::parameters::OFFSET;
use super::structure::Counts;
use super::tensor::Tensor;
use crate::learn::ln_beta;
use crate::math::digamma;

/// What learning needs to know of a trial.
pub(super) struct Lived<'a> {
    /// `[time][modality][outcome]`.
    pub evidence: &'a [Vec<Vec<f64>>],
    /// One for each time.
    pub inferred: &'a [Inferred],
    /// The action of a factor between a time and the next under a policy.
    pub action: &'a dyn Fn(usize, usize, usize) -> usize,
    /// `eta`.
    pub rate: f64,
    /// How many times the trial could have had.
    pub steps: usize,
}

/// The counts after a trial, and the negative free energy of each.
pub(super) fn learn(prior: &Counts, lived: &Lived<'_>) -> (Counts, Gains) {
    let mut counts = prior.clone();
    let Some(last) = lived.inferred.last() else { return (counts, Gains::default()) };
    let times = lived.evidence.len();
    if let Some(a) = &mut counts.likelihood {
        for t in 0..times {
            let q = product(last.averaged.iter().map(|x| x[t].as_slice()));
            for (a, seen) in a.iter_mut().zip(&lived.evidence[t]) {
                add_outer(a, seen, &q, lived.rate);
            }
        }
    }
    if let Some(b) = &mut counts.transition {
        for inferred in lived.inferred.iter().filter(|i| i.time > 0) {
            count_transitions(b, last, inferred, lived);
        }
    }
    if let Some(c) = &mut counts.preference {
        for (g, c) in c.iter_mut().enumerate() {
            *c = over_time(c, lived.steps);
            for (t, seen) in lived.evidence.iter().enumerate() {
                add_column(c, t, &seen[g], lived.rate);
            }
        }
    }
    if let Some(d) = &mut counts.initial {
        for (d, x) in d.iter_mut().zip(&last.averaged) {
            add(d, &x[0], 1.0);
        }
    }
    if let Some(e) = &mut counts.habit {
        for (e, r) in e.iter_mut().zip(&last.policies) {
            *e += lived.rate * r;
        }
    }
    let gains = gains(prior, &counts, lived.steps);
    (counts, gains)
}

/// Transitions that each policy holds to have been made up to one time, weighed with the posterior over policies of that time, but with
/// the beliefs of the end.
fn count_transitions(b: &mut [Tensor], last: &Inferred, inferred: &Inferred, lived: &Lived<'_>) {
    let t = inferred.time;
    for (k, (x, r)) in last.beliefs.iter().zip(&inferred.policies).enumerate() {
        for (f, b) in b.iter_mut().enumerate() {
            add_transition(b, (lived.action)(k, t - 1, f), &x[f][t], &x[f][t - 1], lived.rate * r);
        }
    }
}

/// How far all counts moved.
pub(super) fn gains(prior: &Counts, counts: &Counts, steps: usize) -> Gains {
    let tables = |prior: &Option<Vec<Tensor>>, counts: &Option<Vec<Tensor>>| {
        let pairs = prior.iter().flatten().zip(counts.iter().flatten());
        pairs.map(|(p, q)| table_gain(p, q)).collect::<Vec<_>>()
    };
    let spread = prior.preference.as_ref().map(|c| c.iter().map(|c| over_time(c, steps)).collect());
    let initial = prior.initial.iter().flatten().zip(counts.initial.iter().flatten());
    Gains {
        likelihood: tables(&prior.likelihood, &counts.likelihood),
        transition: tables(&prior.transition, &counts.transition),
        preference: tables(&spread, &counts.preference),
        initial: initial.map(|(p, q)| gain(p, q)).collect(),
        habit: prior.habit.as_ref().zip(counts.habit.as_ref()).map(|(p, q)| gain(p, q)),
    }
}

/// The same of a table, summed over columns.
pub(super) fn table_gain(prior: &Tensor, counts: &Tensor) -> f64 {
    (0..prior.columns()).map(|c| gain(&prior.column(c), &counts.column(c))).sum()
}

/// Minus the divergence of the Dirichlet distribution with the counts `q` from that with the counts `p`. The digamma functions are taken at
/// counts plus 1/32, which makes it an approximation.
fn gain(p: &[f64], q: &[f64]) -> f64 {
    let whole = digamma(q.iter().map(|q| q + OFFSET).sum());
    let moved: f64 = p.iter().zip(q).map(|(p, q)| (p - q) * (digamma(q + OFFSET) - whole)).sum();
    moved - ln_beta_or_zero(p) + ln_beta_or_zero(q)
}

/// The logarithm of the multivariate beta function, of counts that may all be zero.
fn ln_beta_or_zero(counts: &[f64]) -> f64 {
    if counts.iter().any(|&c| c > 0.0) { ln_beta(counts) } else { 0.0 }
}

/// Counts of preferences, one column for each time.
pub(super) fn over_time(c: &Tensor, steps: usize) -> Tensor {
    if c.shape().len() > 1 {
        return c.clone();
    }
    let numbers = c.numbers().iter().flat_map(|&x| core::iter::repeat_n(x, steps)).collect();
    Tensor::new(&[c.rows(), steps], numbers).unwrap_or_else(|_| c.clone())
}

/// Adds to counts where there is one.
pub(super) fn add(counts: &mut [f64], x: &[f64], rate: f64) {
    for (count, x) in counts.iter_mut().zip(x).filter(|(count, _)| **count > 0.0) {
        *count += rate * x;
    }
}

/// Adds the outer product of outcomes and joint states, where there is a count.
pub(super) fn add_outer(counts: &mut Tensor, seen: &[f64], q: &[f64], rate: f64) {
    let columns = counts.columns();
    for (i, count) in counts.numbers_mut().iter_mut().enumerate().filter(|(_, count)| **count > 0.0) {
        *count += rate * seen[i / columns] * q[i % columns];
    }
}

/// Adds a transition under one action, where there is a count.
pub(super) fn add_transition(counts: &mut Tensor, action: usize, to: &[f64], from: &[f64], rate: f64) {
    let (actions, states) = (counts.shape()[2], from.len());
    let entries = counts.numbers_mut().iter_mut().skip(action).step_by(actions).enumerate();
    for (i, count) in entries.filter(|(_, count)| **count > 0.0) {
        *count += rate * to[i / states] * from[i % states];
    }
}

/// Adds to one column, where there is a count.
pub(super) fn add_column(counts: &mut Tensor, column: usize, x: &[f64], rate: f64) {
    let columns = counts.columns().max(1);
    let entries = counts.numbers_mut().iter_mut().skip(column).step_by(columns);
    for (count, x) in entries.zip(x).filter(|(count, _)| **count > 0.0) {
        *count += rate * x;
    }
}
