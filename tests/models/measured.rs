//! Behaviour that is no agent: measurements of a mean, and yes-or-no answers that depend on what was shown.

use aif::infer::score::{Assigned, Behaviour, ScoreError};
use aif::prelude::*;

/// What was shown, and what was answered.
pub type Points = Vec<(Vec<f64>, f64)>;

/// Measurements with a mean and a spread.
#[derive(Clone, Copy, Debug)]
pub struct Measured<T> {
    pub mean: T,
    pub spread: T,
}

/// Answers 1 with probability logistic(intercept + slopes . shown).
#[derive(Clone, Copy, Debug)]
#[allow(dead_code)]
pub struct Binary<T> {
    pub intercept: T,
    pub slopes: [T; 2],
}

impl<T: Real> Declared<T> for Measured<T> {
    type Family = Self;
    fn family(self) -> Self {
        self
    }
}

impl<T: Real> Behaviour<T> for Measured<T> {
    type Record = Points;
    type Options = ();
    fn log_likelihood(&self, assigned: &Assigned<T>, record: &Points, options: &()) -> Result<T, ScoreError> {
        Ok(self.pointwise(assigned, record, options)?.into_iter().fold(T::zero(), |a, b| a + b))
    }
    fn pointwise(&self, _: &Assigned<T>, record: &Points, _: &()) -> Result<Vec<T>, ScoreError> {
        let each = record.iter().map(|(_, y)| {
            let z = (T::constant(*y) - self.mean) / self.spread;
            z * z * -0.5 - self.spread.ln() - 0.918_938_533_204_672_7
        });
        Ok(each.collect())
    }
}

impl<T: Real> Declared<T> for Binary<T> {
    type Family = Self;
    fn family(self) -> Self {
        self
    }
}

impl<T: Real> Behaviour<T> for Binary<T> {
    type Record = Points;
    type Options = ();
    fn log_likelihood(&self, assigned: &Assigned<T>, record: &Points, options: &()) -> Result<T, ScoreError> {
        Ok(self.pointwise(assigned, record, options)?.into_iter().fold(T::zero(), |a, b| a + b))
    }
    fn pointwise(&self, _: &Assigned<T>, record: &Points, _: &()) -> Result<Vec<T>, ScoreError> {
        let each = record.iter().map(|(x, y)| {
            let z = self.intercept + self.slopes[0] * x[0] + self.slopes[1] * x[1];
            if *y > 0.5 { -(-z).softplus() } else { -z.softplus() }
        });
        Ok(each.collect())
    }
}
