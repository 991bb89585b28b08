//! The command line.

mod agent;
mod data;
mod effects;
mod method;
mod named;
mod numbers;
mod regressors;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(in crate::study) use agent::Agent;
pub(in crate::study) use data::{Data, Reading};
pub(in crate::study) use effects::{Power, Reduce};
pub(in crate::study) use method::MethodArguments;
pub(in crate::study) use regressors::TrialRegressors;

use crate::data::Format;
use crate::fit::Method;
use named::named;
use numbers::whole;

/// Simulates, scores and fits the behaviour of a group.
#[derive(Parser, Debug)]
#[command(version = None)]
pub(in crate::study) struct Arguments {
    #[command(subcommand)]
    pub verb: Verb,
    /// Which population, in a program with several [default: the first].
    #[arg(long, global = true, value_name = "NAME")]
    pub population: Option<String>,
}

#[derive(Subcommand, Debug)]
pub(in crate::study) enum Verb {
    /// Simulate subjects in a world, and write their behaviour and the parameters that it came from.
    Simulate(Simulate),
    /// Say what would be read of a table, and every complaint about it.
    Check(Check),
    /// Write the log-likelihood of recorded behaviour under given parameters.
    Loglik(Loglik),
    /// Write beliefs, prediction errors and simulated responses of neurons under given parameters, by trial or by scan.
    Regressors(TrialRegressors),
    /// Fit the population to recorded behaviour.
    Fit(Fit),
    /// Simulate groups, fit them, and compare what is found with what was put in.
    Recover(Recover),
    /// Simulation-based calibration: whether the method's posteriors are what they claim to be.
    Calibrate(Calibrate),
    /// Say how many subjects and blocks find an effect of the group: groups are simulated with it, fitted, and counted.
    Power(Box<Power>),
    /// Say how well a design would determine the parameters, before data are taken.
    Identify(Identify),
    /// Compare fits of the same data.
    Compare(Compare),
    /// Compare the model of a fit with models without some numbers of the group, without fitting them.
    Reduce(Box<Reduce>),
    /// Write the report of a fit anew, beside the truth if it is known.
    Report(Report),
    /// Put the shards of a fit together.
    Merge(Merge),
    /// Score draws of a merged group by the records of one shard.
    Score(Score),
    /// Weigh the draws of a merged group by what its shards scored.
    Weigh(Weigh),
}

/// What is simulated.
#[derive(Args, Debug)]
pub(in crate::study) struct Plan {
    /// The number of subjects [default: 10, or the rows of --params, --covariates or --like].
    #[arg(long, value_parser = whole(0..=50_000_000, "a simulation has at most so many rows"))]
    pub subjects: Option<usize>,
    /// Blocks of each subject [default: 100; of a filter 1].
    #[arg(long, value_parser = whole(0..=50_000_000, "a simulation has at most so many rows"))]
    pub blocks: Option<usize>,
    /// Actions in each block, which one more observation ends; of a filter, which forgets between blocks, trials [default: 5; of a filter
    /// 300].
    #[arg(long, value_parser = whole(0..=50_000_000, "a simulation has at most so many rows"))]
    pub steps: Option<usize>,
    /// Sessions of each subject, each with its own blocks; for populations with `plate session` [default: 2].
    #[arg(long, value_parser = whole(1..=50_000_000, "a simulation has at most so many rows"))]
    pub sessions: Option<usize>,
    /// A table whose subjects, sessions, blocks, steps, inputs, forced and missing responses are taken over.
    #[arg(long, conflicts_with_all = ["subjects", "blocks", "steps", "sessions", "input"])]
    pub like: Option<PathBuf>,
    /// What kind of table that is, and simulate writes: long (one row per step: observed, then chosen) or trials (chosen, then observed).
    #[arg(long, default_value = "long", value_parser = named::<Format>)]
    pub format: Format,
    /// The table of covariates and plates, one row per subject.
    #[arg(long)]
    pub covariates: Option<PathBuf>,
    /// Minus its mean, over its standard deviation: a covariate.
    #[arg(long, value_name = "NAME")]
    pub standardise: Vec<String>,
    /// The seed; one seed gives one result.
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
}

#[derive(Args, Debug)]
pub(in crate::study) struct Simulate {
    #[command(flatten)]
    pub plan: Plan,
    /// Write over what is there.
    #[arg(long)]
    pub force: bool,
    /// The table to write; the parameters go beside it, into NAME.truth.csv.
    #[arg(long, default_value = "data.csv")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Recover {
    #[command(flatten)]
    pub plan: Plan,
    #[command(flatten)]
    pub method: MethodArguments,
    /// How many groups are simulated and fitted.
    #[arg(long, default_value = "1", value_parser = whole(0..=1_000_000, "each is a fit"))]
    pub repeats: usize,
    /// Simulate from every population of the program, fit every one (by Laplace's method), and count which is found.
    #[arg(long)]
    pub confusion: bool,
    /// No progress bar.
    #[arg(long)]
    pub quiet: bool,
    /// The new folder to write the results into.
    #[arg(long, default_value = "recovery")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Calibrate {
    #[command(flatten)]
    pub plan: Plan,
    #[command(flatten)]
    pub method: MethodArguments,
    /// How many groups are simulated and fitted.
    #[arg(long, default_value = "100", value_parser = whole(0..=1_000_000, "each is a fit"))]
    pub simulations: usize,
    /// Bars of the rank histograms.
    #[arg(long, default_value = "20", value_parser = whole(0..=100, "ranks are among 100"))]
    pub bins: usize,
    /// No progress bar.
    #[arg(long)]
    pub quiet: bool,
    /// The new folder to write the results into.
    #[arg(long, default_value = "calibration")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Identify {
    #[command(flatten)]
    pub plan: Plan,
    /// Write over what is there.
    #[arg(long)]
    pub force: bool,
    /// The CSV file to write [default: standard output].
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Compare {
    /// The folders of two or more fits of the same data.
    #[arg(required = true, num_args = 2..)]
    pub folders: Vec<PathBuf>,
    /// What is left out at a time.
    #[arg(long, value_enum, default_value = "response")]
    pub by: Unit,
    /// The new folder to write the results into [default: standard output only].
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// What is left out at a time.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(in crate::study) enum Unit {
    Response,
    Block,
    Subject,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Report {
    /// The folder of a fit.
    pub folder: PathBuf,
    /// The true parameters, where data were simulated.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// Write over what is there.
    #[arg(long)]
    pub force: bool,
    /// The HTML file to write [default: report.html in the folder].
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Merge {
    /// The folders of all shards of one fit.
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// The new folder to write the results into.
    #[arg(long, default_value = "results")]
    pub out: PathBuf,
    /// By which method the posterior of a group is found [default: that of the shards].
    #[arg(long, value_parser = PossibleValuesParser::new(Method::NAMES))]
    pub method: Option<String>,
    /// No progress.
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Score {
    /// The folder of a shard of a group, whose options are used.
    pub shard: PathBuf,
    /// The folder of the fit that `merge` made of all shards.
    #[arg(long)]
    pub merged: PathBuf,
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub agent: Agent,
    /// How many draws are scored, evenly spaced.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub draws: u32,
    /// Threads, 1 to 1024 [default: all].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// No progress bar.
    #[arg(long)]
    pub quiet: bool,
    /// The new folder to write what was scored into.
    #[arg(long)]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Weigh {
    /// The folders that `score` made, of all shards.
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// The folder of the fit that `merge` made of all shards.
    #[arg(long)]
    pub merged: PathBuf,
    /// The new folder to write the results into.
    #[arg(long, default_value = "results")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Check {
    /// The table, or a folder of BIDS.
    pub data: PathBuf,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Loglik {
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
    /// Write over what is there.
    #[arg(long)]
    pub force: bool,
    /// The JSON file to write [default: standard output].
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// How a table is read and what agents do, of records that are scored by another program.
#[derive(Parser, Debug)]
#[command(version = None)]
pub(in crate::study) struct Reads {
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub agent: Agent,
    /// Which population, in a program with several [default: the first].
    #[arg(long, value_name = "NAME")]
    pub population: Option<String>,
}

#[derive(Args, Debug)]
pub(in crate::study) struct Fit {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub agent: Agent,
    #[command(flatten)]
    pub method: MethodArguments,
    /// The seed; one seed gives one result on any number of threads.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Draws used for leave-one-out cross-validation; 0: none [default: 1000, of more than 100,000 responses fewer].
    #[arg(long, value_parser = whole(numbers::DRAWS, "more than all draws are none"))]
    pub loo_draws: Option<usize>,
    /// Draws with which choices are replayed, from prior and posterior; 0: none [default: 100, of more than 200 subjects fewer].
    #[arg(long, value_parser = whole(0..=1_000_000, "more replays are more digits than a proportion has"))]
    pub check_draws: Option<usize>,
    /// Keep the log-likelihood of every response at every draw, in the Zarr store.
    #[arg(long)]
    pub log_likelihood: bool,
    /// Fit only shard I of N: every N-th subject from the I-th on (of a group: table their likelihoods); `merge` puts shards together.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<(usize, usize)>,
    /// Go on with a fit that was stopped.
    #[arg(long)]
    pub resume: bool,
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

fn shard(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    let fits = |&(i, n): &(usize, usize)| i >= 1 && i <= n && n <= 1_000_000;
    parts.filter(fits).ok_or_else(|| "expected I/N with I from 1 to N, and N at most 1000000 (each is a run of its own)".into())
}

/// Where parameters come from.
#[derive(Args, Debug, Default)]
pub(in crate::study) struct Parameters {
    /// The same value of a parameter for every subject.
    #[arg(long, value_name = "NAME=VALUE", value_parser = number)]
    pub set: Vec<(String, f64)>,
    /// A table of parameters, one row per subject.
    #[arg(long)]
    pub params: Option<PathBuf>,
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
