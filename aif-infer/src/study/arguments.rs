//! The command line.

use std::path::PathBuf;

use aif_runtime::{AgentOptions, Inference, Sampling, Sweeps};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::data::DataOptions;
use crate::sample::NutsOptions;
use crate::score::MissingAction;

/// Simulates, scores and fits the behaviour of a group.
#[derive(Parser, Debug)]
#[command(version = None)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Subcommand, Debug)]
pub(super) enum Verb {
    /// Simulate subjects in a world, and write their behaviour and the parameters that it came from.
    Simulate(Simulate),
    /// Write the log-likelihood of recorded behaviour under given parameters.
    Loglik(Loglik),
    /// Fit the population to recorded behaviour.
    Fit(Fit),
}

#[derive(Args, Debug)]
pub(super) struct Simulate {
    /// The number of subjects [default: 10, or the rows of --params].
    #[arg(long)]
    pub subjects: Option<usize>,
    /// Blocks of each subject.
    #[arg(long, default_value_t = 100)]
    pub blocks: usize,
    /// Actions in each block; one more observation ends it.
    #[arg(long, default_value_t = 5)]
    pub steps: usize,
    /// The seed; one seed gives one table.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A parameter of the world, apart from what agents believe (a field of the model).
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub world: Vec<(String, String)>,
    /// An input, the same at every step.
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    pub input: Vec<(String, String)>,
    #[command(flatten)]
    pub parameters: Parameters,
    #[command(flatten)]
    pub agent: Agent,
    /// The table to write; the parameters go beside it, into NAME.truth.csv.
    #[arg(long, default_value = "data.csv")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct Loglik {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub parameters: Parameters,
    #[command(flatten)]
    pub agent: Agent,
    /// Add each subject's gradient by its own parameters as declared.
    #[arg(long)]
    pub gradient: bool,
    /// Add the log-probability of each response, in the table's order.
    #[arg(long)]
    pub pointwise: bool,
    /// The JSON file to write [default: standard output].
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum Method {
    /// The No-U-Turn Sampler.
    Nuts,
}

#[derive(Args, Debug)]
pub(super) struct Fit {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub agent: Agent,
    /// How to fit.
    #[arg(long, value_enum, default_value = "nuts")]
    pub method: Method,
    /// The number of chains.
    #[arg(long, default_value_t = 4)]
    pub chains: usize,
    /// Warm-up draws of each chain.
    #[arg(long, default_value_t = 400)]
    pub warmup: usize,
    /// Kept draws of each chain.
    #[arg(long, default_value_t = 500)]
    pub draws: usize,
    /// Of so many draws keep one [default: 3 for a flat population, else 1].
    #[arg(long)]
    pub thin: Option<usize>,
    /// The seed; one seed gives one result on any number of threads.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The acceptance rate that the step size aims at.
    #[arg(long, default_value_t = 0.8)]
    pub target_accept: f64,
    /// The largest depth of a trajectory's tree.
    #[arg(long, default_value_t = 10)]
    pub max_depth: u64,
    /// Threads, 1 to 1024 [default: all].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// No progress bar.
    #[arg(long)]
    pub quiet: bool,
    /// The new folder to write the results into.
    #[arg(long, default_value = "results")]
    pub out: PathBuf,
}

impl Fit {
    pub fn nuts(&self) -> NutsOptions {
        NutsOptions {
            chains: self.chains,
            warmup: self.warmup,
            draws: self.draws,
            thin: self.thin,
            seed: self.seed,
            target_accept: self.target_accept,
            max_depth: self.max_depth,
        }
    }
}

/// Where the data are and how they are written.
#[derive(Args, Debug)]
pub(super) struct Data {
    /// The table: subject, block, step, then one column per modality, action and input.
    #[arg(long)]
    pub data: PathBuf,
    /// The table's name for a column of the model.
    #[arg(long, value_name = "NAME=COLUMN", value_parser = assignment)]
    pub column: Vec<(String, String)>,
    /// What the first value of a domain is counted as, where cells are indices.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=1))]
    pub index_base: u8,
    /// One more text that stands for a missing cell.
    #[arg(long)]
    pub missing: Option<String>,
    /// What to do about an action missing before the end of a block: error, marginalise, end-block or stay=LABEL.
    #[arg(long, default_value = "error", value_parser = missing_action)]
    pub missing_action: MissingAction,
}

impl Data {
    pub fn options(&self) -> DataOptions {
        DataOptions {
            columns: self.column.clone(),
            index_base: usize::from(self.index_base),
            missing: self.missing.clone(),
            missing_action: self.missing_action.clone(),
        }
    }
}

/// Where parameters come from.
#[derive(Args, Debug, Default)]
pub(super) struct Parameters {
    /// The same value of a parameter for every subject.
    #[arg(long, value_name = "NAME=VALUE", value_parser = number)]
    pub set: Vec<(String, f64)>,
    /// A table of parameters, one row per subject.
    #[arg(long)]
    pub params: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum InferenceName {
    /// Mean field, one factor after the other, until nothing moves.
    Sequential,
    /// Mean field, all factors at once, a stated number of sweeps: as the reference implementation.
    FixedPoint,
    /// The joint state of all factors.
    Exact,
    /// The joint state of each connected component.
    Components,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SelectionName {
    Policies,
    Marginals,
}

/// Run-time choices of agents.
#[derive(Args, Debug, Clone)]
pub(super) struct Agent {
    /// How agents infer states.
    #[arg(long, value_enum, default_value = "sequential")]
    inference: InferenceName,
    /// Sweeps of fixed-point iteration (all factors at once).
    #[arg(long, default_value_t = 16)]
    sweeps: usize,
    /// From what agents select actions.
    #[arg(long, value_enum, default_value = "policies")]
    selection: SelectionName,
    /// How far agents look ahead, in steps [default: as declared].
    #[arg(long)]
    horizon: Option<usize>,
}

impl Agent {
    pub fn options(&self) -> AgentOptions {
        AgentOptions {
            horizon: self.horizon,
            inference: match self.inference {
                InferenceName::Sequential => Inference::default(),
                InferenceName::FixedPoint => Inference::FixedPoint(Sweeps::Parallel(self.sweeps)),
                InferenceName::Components => Inference::Components,
                InferenceName::Exact => Inference::Exact,
            },
            sampling: match self.selection {
                SelectionName::Policies => Sampling::Policies,
                SelectionName::Marginals => Sampling::Marginals,
            },
            ..AgentOptions::default()
        }
    }
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    if name.is_empty() || value.is_empty() {
        return Err("expected NAME=VALUE".into());
    }
    Ok((name.to_owned(), value.to_owned()))
}

fn number(text: &str) -> Result<(String, f64), String> {
    let (name, value) = assignment(text)?;
    let number = value.parse::<f64>().ok().filter(|x| x.is_finite());
    Ok((name, number.ok_or_else(|| format!("`{value}` is not a number"))?))
}

fn missing_action(text: &str) -> Result<MissingAction, String> {
    match text {
        "error" => Ok(MissingAction::Error),
        "marginalise" | "marginalize" => Ok(MissingAction::Marginalise),
        "end-block" => Ok(MissingAction::EndBlock),
        _ => match text.strip_prefix("stay=") {
            Some(label) if !label.is_empty() => Ok(MissingAction::Stay(label.to_owned())),
            _ => Err("expected error, marginalise, end-block or stay=LABEL".into()),
        },
    }
}
