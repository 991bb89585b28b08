//! What imaging takes.

use std::path::PathBuf;

use clap::Args;

use super::numbers::real;
use super::{Agent, Data, Parameters};

#[derive(Args, Debug)]
pub(in crate::study) struct TrialRegressors {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub parameters: Parameters,
    #[command(flatten)]
    pub agent: Agent,
    /// Add simulated responses of neurons, as SPM's message passing over the agent's model has them: mean firing of each state, size of prediction
    /// errors and of field potentials of each factor, precision of policies, dopamine.
    #[arg(long)]
    pub neural: bool,
    /// Write what a scanner sees, one row for each scan, so many seconds apart: each regressor less its mean, at the onsets of its rows, convolved
    /// with the canonical haemodynamic response.
    #[arg(long, value_name = "SECONDS", requires = "onsets", value_parser = real(0.01..=100.0, "the response is over after 32"))]
    pub scans: Option<f64>,
    /// The table that says when rows happened: the column `onset`, in seconds from the beginning of a session, beside subject, session, block and
    /// step.
    #[arg(long, requires = "scans")]
    pub onsets: Option<PathBuf>,
    /// Write over what is there.
    #[arg(long)]
    pub force: bool,
    /// The table to write, separated by tabs.
    #[arg(long, default_value = "regressors.tsv")]
    pub out: PathBuf,
}
