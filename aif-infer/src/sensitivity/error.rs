//! What can be wrong with a sequence.

/// Why a sequence has no sensitivities.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("sequence {sequence}, step {step}: {what}")]
#[non_exhaustive]
pub struct SensitivityError {
    /// The sequence, from 0.
    pub sequence: usize,
    /// The step, from 0.
    pub step: usize,
    /// What was found, and what was expected.
    pub what: String,
}

/// What is wrong at one step of a sequence.
pub(super) struct Fault {
    pub step: usize,
    pub what: String,
}

impl Fault {
    pub fn of(self, sequence: usize) -> SensitivityError {
        SensitivityError { sequence, step: self.step, what: self.what }
    }
}
