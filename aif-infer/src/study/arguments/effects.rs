//! Effects of a group: how many subjects find one, and whether a model needs it.

use std::path::PathBuf;

use clap::Args;

use super::numbers::{real, whole};
use super::{Agent, MethodArguments, Plan, Reading};

#[derive(Args, Debug)]
pub(in crate::study) struct Power {
    #[command(flatten)]
    pub plan: Plan,
    #[command(flatten)]
    pub method: MethodArguments,
    /// The effect, a number of the group; how large it is says --set.
    #[arg(long, value_name = "NAME")]
    pub find: String,
    /// What the effect is told from.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub against: f64,
    /// Numbers of subjects; those of a table of covariates are taken again from its first row on where there are more.
    #[arg(long, value_delimiter = ',', default_value = "10,20,40,80", value_parser = whole(1..=1_000_000, "each is a row of a fit"))]
    pub sizes: Vec<usize>,
    /// Numbers of blocks of each subject [default: one, the usual].
    #[arg(long, value_delimiter = ',', value_parser = whole(1..=50_000_000, "a simulation has at most so many rows"))]
    pub trials: Vec<usize>,
    /// How many groups of each size are simulated and fitted.
    #[arg(long, default_value = "100", value_parser = whole(1..=1_000_000, "each is a fit"))]
    pub simulations: usize,
    /// An effect is found where no more than half of this of the posterior lies on the other side.
    #[arg(long, default_value = "0.05", value_parser = real(1e-6..=1.0, "a probability"))]
    pub alpha: f64,
    /// The probability that is wanted.
    #[arg(long, default_value = "0.8", value_parser = real(0.0..=1.0, "a probability"))]
    pub power: f64,
    /// No progress.
    #[arg(long)]
    pub quiet: bool,
    /// The new folder to write the results into.
    #[arg(long, default_value = "power")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Reduce {
    /// The folder of a fit of a group.
    pub folder: PathBuf,
    /// A number of the group that a reduced model does without (it is zero), or all numbers of a parameter; all models without some of those
    /// named are compared.
    #[arg(long, value_name = "NAME", required = true)]
    pub drop: Vec<String>,
    /// The table that was fitted, read as it was then: evidences by bridge sampling, too.
    #[arg(long)]
    pub data: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub agent: Agent,
    /// No progress bar.
    #[arg(long)]
    pub quiet: bool,
    /// The new folder to write the results into [default: standard output only].
    #[arg(long)]
    pub out: Option<PathBuf>,
}
