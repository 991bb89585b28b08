//! Why a posterior may not be found.

use crate::laplace::LaplaceError;
use crate::marginal::MarginalError;
use crate::sample::SampleError;
use crate::svi::SviError;

/// Why a fit failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// There is nobody to fit.
    #[error("there is nothing to fit: the group has no subjects")]
    NoSubjects,
    /// There is no parameter to fit.
    #[error("there is nothing to fit: {population} draws no parameter")]
    NoParameters {
        /// The population.
        population: &'static str,
    },
    /// A method would do nothing, or have too many draws.
    #[error("{method} needs at least 1 draw and 1 step, and at most {most} draws")]
    Draws {
        /// The method.
        method: &'static str,
        /// The most draws that there can be.
        most: usize,
    },
    /// A method would do too much.
    #[error("{method}: at most {most}")]
    Excess {
        /// The method.
        method: &'static str,
        /// How much it can do.
        most: &'static str,
    },
    /// The options of sampling are out of range.
    #[error(transparent)]
    Sample(SampleError),
    /// A shard is asked for of a group without records.
    #[error("a shard needs the records of its subjects")]
    ShardWithoutRecords,
    /// The subjects of a shard have no mode.
    #[error("{population} has no mode for the subjects of this shard: {source}")]
    ShardMode {
        /// The population.
        population: &'static str,
        /// Why.
        source: MarginalError,
    },
    /// The likelihoods of some units of a shard cannot be tabled.
    #[error(
        "{population} cannot be fitted in shards: they hand on tables of their units' likelihoods, and {missing} of {units} have none ({why}); fit all subjects at once"
    )]
    ShardTables {
        /// The population.
        population: &'static str,
        /// How many units have none.
        missing: usize,
        /// How many units there are.
        units: usize,
        /// Why.
        why: String,
    },
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
