//! Why there are no regressors, or no scans of them.

use super::neural::NeuralError;

/// The most scans of a session: a day of one each second, and more.
pub(super) const MOST_SCANS: f64 = 1e5;

/// Why there are no regressors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegressorsError {
    /// No responses of neurons can be simulated.
    #[error("subject {subject}: {source}")]
    Neural {
        /// The subject.
        subject: String,
        /// Why.
        source: NeuralError,
    },
    /// There are none.
    #[error("subject {subject}: the behaviour of {population} has no regressors, or the parameters make no model")]
    None {
        /// The subject.
        subject: String,
        /// The population.
        population: &'static str,
    },
    /// A row happened nobody knows when.
    #[error("subject {subject}, block {block}, step {step} has no onset in the table of onsets")]
    NoOnset {
        /// The subject.
        subject: String,
        /// The block.
        block: String,
        /// The step.
        step: i64,
    },
    /// A session would have too many scans.
    #[error("subject {subject}: a session of {seconds} seconds would have more than {MOST_SCANS} scans")]
    TooManyScans {
        /// The subject.
        subject: String,
        /// How long it is.
        seconds: f64,
    },
}
