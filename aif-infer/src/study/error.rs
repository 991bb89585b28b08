//! Why a study program stopped.

use crate::data::DataError;
use crate::fit::FitError;
use crate::score::ScoreError;

/// Why a study program stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// The command line is not understood, or help was asked for.
    #[error("{0}")]
    Arguments(#[from] clap::Error),
    /// An option does not fit the population.
    #[error("{0}")]
    Option(String),
    /// The data are wrong, or a file cannot be read or written.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A subject's behaviour has no score.
    #[error("subject {subject}: {source}")]
    Score {
        /// Which subject.
        subject: String,
        /// Why.
        source: ScoreError,
    },
    /// The fit failed.
    #[error(transparent)]
    Fit(#[from] FitError),
}

/// An error that says why an option does not fit.
macro_rules! refused {
    ($($text:tt)*) => { Err($crate::study::StudyError::Option(format!($($text)*))) };
}

/// Says something on standard error; where that is closed or full, nobody is there to be told.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

pub(super) use {refused, say};
