//! How beliefs are updated until they agree with each other.

use serde::{Deserialize, Serialize};

use crate::model::{AtLeastOne, Limited, ModelError};

/// How often and in which order beliefs are updated until they agree with each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sweeps {
    /// All at once, this many times (fewer when a sweep changes no bit): what the reference implementation does, 16 times. Beliefs may
    /// swing for ever.
    Parallel(usize),
    /// One after the other, until nothing moves by more than the tolerance. Each update lowers the free energy or leaves it.
    Sequential {
        /// The most sweeps.
        most: usize,
        /// The largest move of a probability (or of one of its derivatives) that counts as none.
        tolerance: f64,
    },
}

/// One after the other, at most 64 times, until nothing moves by more than 1e-12.
impl Default for Sweeps {
    fn default() -> Self {
        Sweeps::Sequential { most: 64, tolerance: 1e-12 }
    }
}

/// The most sweeps.
const MAX_SWEEPS: usize = 1_000_000;

impl Sweeps {
    pub(super) fn check_range(self) -> Result<(), ModelError> {
        match self {
            Sweeps::Parallel(0) | Sweeps::Sequential { most: 0, .. } => Err(ModelError::Zero(AtLeastOne::Sweeps)),
            Sweeps::Sequential { tolerance, .. } if !tolerance.is_finite() || tolerance < 0.0 => {
                let what = "the tolerance of sequential sweeps".into();
                Err(ModelError::Number { what, value: tolerance, expected: "finite and at least 0" })
            }
            Sweeps::Parallel(count) | Sweeps::Sequential { most: count, .. } if count > MAX_SWEEPS => {
                Err(ModelError::Excess { what: Limited::Sweeps, found: count, most: MAX_SWEEPS })
            }
            _ => Ok(()),
        }
    }
}
