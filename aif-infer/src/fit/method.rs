//! How a posterior is found, and why it may not be.

use serde::{Deserialize, Serialize};

use crate::laplace::{LaplaceError, LaplaceOptions};
use crate::sample::{NutsOptions, SampleError};
use crate::svi::{SviError, SviOptions};

/// How a posterior is found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Method {
    /// By drawing from it with the no-U-turn sampler.
    Nuts(NutsOptions),
    /// By the nearest normal distribution.
    Svi(SviOptions),
    /// By its mode and the curvature there.
    Laplace(LaplaceOptions),
}

impl Method {
    /// The method's name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Nuts(_) => "nuts",
            Method::Svi(_) => "svi",
            Method::Laplace(_) => "laplace",
        }
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        match self {
            Method::Nuts(options) => options.seed,
            Method::Svi(options) => options.seed,
            Method::Laplace(options) => options.seed,
        }
    }
}

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
