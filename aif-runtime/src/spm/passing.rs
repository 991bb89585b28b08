//! Marginal message passing: what one policy makes of the states of all times, in sixteen iterations.
//!
//! Each belief goes along the gradient of the free energy that its neighbours' messages and the outcomes make (Parr, Markovic, Kiebel & Friston
//! 2019, doi:10.1038/s41598-018-38246-3). With both neighbours the fixed point is `ln x = (forward + backward) / 2 + ln likelihood`.

use alloc::vec;
use alloc::vec::Vec;

use super::joint::weigh_others;
use super::numbers::{dot, lg, softmax};
use super::parameters::Parameters;
use crate::math::exp;

/// How many iterations there are at each time.
pub const ITERATIONS: usize = 16;

/// Beliefs `[factor][time][state]`.
pub type Beliefs = Vec<Vec<Vec<f64>>>;

/// What one policy is taken to have done, and how far it looks.
pub(super) struct Path<'a> {
    /// The action of each factor after each time, `[time][factor]`.
    pub actions: Vec<&'a [usize]>,
    /// How many times are believed about.
    pub horizon: usize,
    /// From which time on no backward messages come.
    pub backward_until: usize,
}

/// The course of one policy's inference.
#[derive(Clone, Debug)]
pub(super) struct Passed {
    /// The negative free energy after the last iteration.
    pub free_energy: f64,
    /// Beliefs after each iteration.
    pub firing: Vec<Beliefs>,
    /// Prediction errors of each iteration, without their means.
    pub errors: Vec<Beliefs>,
}

/// Passes messages for one policy, from the beliefs that stand in `x`. `likelihoods` has one table over joint states for each time so far.
pub(super) fn pass(
    parameters: &Parameters,
    likelihoods: &[Vec<f64>],
    path: &Path<'_>,
    time_constant: f64,
    x: &mut Beliefs,
) -> Passed {
    let factors = parameters.sizes.len();
    let zeros: Beliefs = parameters.sizes.iter().map(|&n| vec![vec![0.0; n]; path.horizon]).collect();
    let mut passed = Passed { free_energy: 0.0, firing: Vec::new(), errors: Vec::new() };
    let (mut change, mut before) = (1.0, 0.0);
    for iteration in 1..=ITERATIONS {
        let mut errors = zeros.clone();
        if change > exp(-8.0) || iteration > 4 {
            let mut free_energy = 0.0;
            for time in 0..path.horizon {
                for f in 0..factors {
                    let seen = ln_likelihood(likelihoods, x, time, f);
                    let mut v = error(parameters, path, x, time, f, &seen);
                    let belief = &mut x[f][time];
                    free_energy += dot(belief, &v) / 2.0;
                    if time > 0 && time + 1 < path.horizon {
                        free_energy -= (factors - 1) as f64 / factors as f64 * dot(belief, &seen);
                    }
                    let mean = v.iter().sum::<f64>() / v.len() as f64;
                    v.iter_mut().for_each(|v| *v -= mean);
                    for (x, v) in belief.iter_mut().zip(&v) {
                        *x = lg(*x) + v / time_constant;
                    }
                    softmax(belief);
                    errors[f][time] = v;
                }
            }
            passed.free_energy = free_energy;
        }
        if iteration > 1 {
            change = passed.free_energy - before;
        }
        before = passed.free_energy;
        passed.firing.push(x.iter().map(|x| x[..path.horizon].to_vec()).collect());
        passed.errors.push(errors);
    }
    passed
}

/// The logarithm of the expected likelihood of a factor's states at a time; 0 in the future.
fn ln_likelihood(likelihoods: &[Vec<f64>], x: &Beliefs, time: usize, f: usize) -> Vec<f64> {
    let Some(likelihood) = likelihoods.get(time) else { return vec![0.0; x[f][time].len()] };
    let beliefs: Vec<&[f64]> = x.iter().map(|x| x[time].as_slice()).collect();
    weigh_others(likelihood, &beliefs, f).into_iter().map(lg).collect()
}

/// The gradient of free energy: messages less belief, from before and, where there is a later belief, from behind.
fn error(parameters: &Parameters, path: &Path<'_>, x: &Beliefs, time: usize, f: usize, seen: &[f64]) -> Vec<f64> {
    let forward = match time.checked_sub(1) {
        None => parameters.initial[f].clone(),
        Some(last) => parameters.forward[f][path.actions[last][f]].times(&x[f][last]),
    };
    let logs = x[f][time].iter().map(|&x| lg(x));
    let mut v: Vec<f64> = forward.iter().zip(seen).zip(logs).map(|((&m, seen), log)| lg(m) + seen - log).collect();
    if time < path.backward_until {
        let backward = parameters.backward[f][path.actions[time][f]].times(&x[f][time + 1]);
        for (i, v) in v.iter_mut().enumerate() {
            *v += lg(backward[i]) + seen[i] - lg(x[f][time][i]);
        }
    }
    v
}
