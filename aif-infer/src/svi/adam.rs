//! Adam (Kingma & Ba 2015), upwards.

use serde::{Deserialize, Serialize};

const FIRST: f64 = 0.9;
const SECOND: f64 = 0.999;
const SMALL: f64 = 1e-8;

/// The moments of a gradient.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Adam {
    mean: Vec<f64>,
    square: Vec<f64>,
    steps: i32,
}

impl Adam {
    pub fn new(len: usize) -> Self {
        Adam { mean: vec![0.0; len], square: vec![0.0; len], steps: 0 }
    }

    /// Whether it moves so many values.
    pub fn is_of(&self, len: usize) -> bool {
        self.mean.len() == len && self.square.len() == len && self.steps >= 0
    }

    /// Moves values along a gradient.
    pub fn step(&mut self, values: &mut [f64], gradient: &[f64], rate: f64) {
        self.steps += 1;
        let (first, second) = (1.0 - FIRST.powi(self.steps), 1.0 - SECOND.powi(self.steps));
        for (i, (value, &g)) in values.iter_mut().zip(gradient).enumerate() {
            self.mean[i] += (1.0 - FIRST) * (g - self.mean[i]);
            self.square[i] += (1.0 - SECOND) * (g * g - self.square[i]);
            *value += rate * (self.mean[i] / first) / ((self.square[i] / second).sqrt() + SMALL);
        }
    }
}
