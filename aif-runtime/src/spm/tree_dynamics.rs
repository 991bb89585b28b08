//! Simulated responses in sophisticated inference: each belief goes over into the next along a gamma distribution function.

use alloc::vec::Vec;

use super::numbers::{gradient, lg, normalised, softmax_of};
use super::passing::{Beliefs, ITERATIONS};
use super::sophisticated::TreeCourse;
use crate::math::exp;

/// Simulated responses by bin: 16 bins for each time.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeDynamics {
    /// Beliefs (`xn`), `[factor][time][time believed about][bin][state]`.
    pub firing: Vec<Vec<Vec<Vec<Vec<f64>>>>>,
    /// The certainty about moves (`wn`), smoothed backwards.
    pub certainty: Vec<f64>,
    /// Dopamine (`dn`): how that changes.
    pub dopamine: Vec<f64>,
    /// The probability of each move (`un`), `[bin][move]`, at all times but the last.
    pub moves: Vec<Vec<f64>>,
}

impl TreeDynamics {
    /// The responses in the course of a trial.
    pub fn of(course: &TreeCourse) -> TreeDynamics {
        let times = course.searched.len();
        let flat: Beliefs = match course.searched.first() {
            Some(first) => first.beliefs.iter().map(|x| x.iter().map(|x| uniform(x.len())).collect()).collect(),
            None => Vec::new(),
        };
        let beliefs = |t: usize| t.checked_sub(1).map_or(&flat, |last| &course.searched[last].beliefs);
        let bins = |f: usize, t: usize, about: usize| pass_over(&beliefs(t)[f][about], &course.searched[t].beliefs[f][about]);
        let about = |f: usize, t: usize| (0..times).map(|about| bins(f, t, about)).collect();
        let firing = (0..course.sizes.len()).map(|f| (0..times).map(|t| about(f, t)).collect()).collect();
        let certainty = smoothed(&course.searched.iter().map(|s| s.certainty).collect::<Vec<_>>());
        let mut before = softmax_of(course.habit.iter().map(|&e| lg(e)));
        let mut moves = Vec::new();
        for searched in &course.searched[..times.saturating_sub(1)] {
            moves.append(&mut pass_over(&before, &searched.moves));
            before.clone_from(&searched.moves);
        }
        TreeDynamics { firing, dopamine: gradient(&certainty), certainty, moves }
    }
}

fn uniform(n: usize) -> Vec<f64> {
    alloc::vec![1.0 / n as f64; n]
}

/// From one belief to the next, by the distribution function of a gamma distribution of shape 4.
fn pass_over(from: &[f64], to: &[f64]) -> Vec<Vec<f64>> {
    let bin = |i: usize| {
        let x = i as f64;
        let share = 1.0 - exp(-x) * (1.0 + x + x * x / 2.0 + x * x * x / 6.0);
        normalised(&from.iter().zip(to).map(|(from, to)| share * (to - from) + from).collect::<Vec<_>>())
    };
    (0..ITERATIONS).map(bin).collect()
}

/// Each value held for 16 bins, then averaged over the last 16 bins with weights `exp(-lag / 2)`.
fn smoothed(values: &[f64]) -> Vec<f64> {
    let weight = |lag: usize| exp(-(lag as f64) / 2.0);
    let sum: f64 = (0..ITERATIONS).map(weight).sum();
    let at =
        |bin: usize| (0..ITERATIONS.min(bin + 1)).map(|lag| weight(lag) * values[(bin - lag) / ITERATIONS]).sum::<f64>() / sum;
    (0..values.len() * ITERATIONS).map(at).collect()
}
