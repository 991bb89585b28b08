//! Why a posterior may not be found.

use crate::laplace::LaplaceError;
use crate::sample::SampleError;
use crate::svi::SviError;

/// Why a fit failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// There is nothing to fit.
    #[error("there is nothing to fit: {0}")]
    Nothing(String),
    /// The options are out of range.
    #[error("{0}")]
    Options(String),
    /// Recorded behaviour cannot be.
    #[error("{0}")]
    Behaviour(String),
    /// Sampling failed for a subject.
    #[error("{subject}: {source}")]
    Sampling {
        /// Which subject, or the group.
        subject: String,
        /// Why.
        source: SampleError,
    },
    /// Variational inference failed for a subject.
    #[error("{subject}: {source}")]
    Variational {
        /// Which subject, or the group.
        subject: String,
        /// Why.
        source: SviError,
    },
    /// Laplace's method failed for a subject.
    #[error("{subject}: {source}")]
    Laplace {
        /// Which subject, or the group.
        subject: String,
        /// Why.
        source: LaplaceError,
    },
    /// A stored part of a fit cannot be read or written.
    #[error("{0}")]
    Stored(String),
    /// The fit was stopped; what is done is stored.
    #[error("stopped; what is done so far is kept")]
    Stopped,
}
