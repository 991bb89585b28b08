//! Updating policy precision: how far expected free energy is to be trusted, from how well it foretold what was then observed.
//!
//! With `q0 = softmax(gamma v + ln E)` before and `q = softmax(gamma v + ln E - F)` after an observation, where `v` is the negative expected
//! free energy of policies and `F` the free energy of the observation under each, the rate `beta = 1 / gamma` settles where
//! `beta = beta0 - (q - q0) . v` (Parr, Pezzulo & Friston 2022, eq. 4.44; Smith, Friston & Whyte 2022). Evidence for policies that promised
//! more raises gamma.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::model::{AtLeastOne, Limited, ModelError};
use crate::scalar::{Real, softmax};

/// How the policy precision is updated.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrecisionUpdating {
    /// How many times the rate is moved towards where it settles.
    pub iterations: usize,
    /// How far each time, in (0, 1].
    pub step: f64,
    /// The largest precision that it may come to.
    pub most: f64,
}

impl Default for PrecisionUpdating {
    fn default() -> Self {
        PrecisionUpdating { iterations: 16, step: 0.5, most: 64.0 }
    }
}

impl PrecisionUpdating {
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        const MOST: usize = 1_000_000;
        if self.iterations > MOST {
            let what = Limited::PrecisionIterations;
            return Err(ModelError::Excess { what, found: self.iterations, most: MOST });
        }
        refuse_if!(self.iterations == 0, ModelError::Zero(AtLeastOne::PrecisionIterations));
        if !(self.step > 0.0 && self.step <= 1.0) {
            let what = "the step of precision updating".into();
            return Err(ModelError::Number { what, value: self.step, expected: "in (0, 1]" });
        }
        if !(self.most > 0.0 && self.most.is_finite()) {
            let what = "the largest policy precision".into();
            return Err(ModelError::Number { what, value: self.most, expected: "above 0" });
        }
        Ok(())
    }
}

/// The policy precision after an observation.
///
/// `prior` is the precision expected beforehand; `values` are the negative expected free energies of policies, `habit` their log-weights,
/// `free_energies` those of the observation under each policy, all of one length, in nats.
pub fn infer_precision<T: Real>(prior: T, values: &[T], habit: &[T], free_energies: &[T], options: &PrecisionUpdating) -> T {
    infer_precision_by(prior, values, habit, free_energies, (options, T::constant(options.step)))
}

/// The same by steps of another length.
pub(crate) fn infer_precision_by<T: Real>(
    prior: T,
    values: &[T],
    habit: &[T],
    free_energies: &[T],
    (options, step): (&PrecisionUpdating, T),
) -> T {
    let rate = T::one() / prior;
    let least = 1.0 / options.most;
    let mut beta = rate;
    for _ in 0..options.iterations {
        let gamma = T::one() / beta;
        let weigh = |surprise: bool| -> Vec<T> {
            let weights = values.iter().zip(habit).zip(free_energies);
            let mut q: Vec<T> = weights.map(|((&v, &e), &f)| gamma * v + e - if surprise { f } else { T::zero() }).collect();
            softmax(&mut q);
            q
        };
        let (before, after) = (weigh(false), weigh(true));
        let agreement = values
            .iter()
            .zip(before.iter().zip(&after))
            .fold(T::zero(), |sum, (&v, (&before, &after))| sum + (after - before) * v);
        beta += (rate - agreement - beta) * step;
        if beta.value() < least {
            beta = T::constant(least);
        }
    }
    T::one() / beta
}
