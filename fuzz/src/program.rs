//! The study program that is tried: single subjects, groups, and observers of a filter.

use aif::hgf::TwoLevelBinary;
use aif::infer::study::Study;
use aif::prelude::*;

use super::populations::{Flat, RewardBelief};

model! {
    /// Observers, each on its own.
    pub Observers for TwoLevelBinary<T> {
        subject {
            tonic_volatility ~ Normal(-3.0, 2.0);
            strictness ~ Normal(0.0, 1.0);
            TwoLevelBinary { tonic_volatility, inverse_temperature: exp(strictness) }
        }
    }
}

/// The program.
pub fn study() -> Study {
    aif::study::<Flat>().and::<RewardBelief>().and::<Observers>()
}

/// Runs it in this process.
pub fn run(arguments: &[&str]) -> Result<(), String> {
    study().run(std::iter::once("study").chain(arguments.iter().copied())).map_err(|e| e.to_string())
}
