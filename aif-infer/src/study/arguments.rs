//! The command line.

use std::path::PathBuf;

use aif_runtime::{AgentOptions, Beliefs, Inference, Learning, Rates, Sampling, Sweeps, When};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::data::{DataOptions, Format, RowOrder};
use crate::fit::Method;
use crate::laplace::LaplaceOptions;
use crate::sample::{NutsOptions, NutsStart};
use crate::score::MissingAction;
use crate::svi::{Guide, SviOptions, SviStart};

/// Simulates, scores and fits the behaviour of a group.
#[derive(Parser, Debug)]
#[command(version = None)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub verb: Verb,
    /// Which population, in a program with several [default: the first].
    #[arg(long, global = true, value_name = "NAME")]
    pub population: Option<String>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Verb {
    /// Simulate subjects in a world, and write their behaviour and the parameters that it came from.
    Simulate(Simulate),
    /// Write the log-likelihood of recorded behaviour under given parameters.
    Loglik(Loglik),
    /// Fit the population to recorded behaviour.
    Fit(Fit),
    /// Simulate groups, fit them, and compare what is found with what was put in.
    Recover(Recover),
    /// Simulation-based calibration: whether the method's posteriors are what they claim to be.
    Calibrate(Calibrate),
    /// Say how well a design would determine the parameters, before data are taken.
    Identify(Identify),
    /// Compare fits of the same data.
    Compare(Compare),
    /// Write the report of a fit anew, beside the truth if it is known.
    Report(Report),
    /// Put the shards of a fit together.
    Merge(Merge),
}

/// What is simulated.
#[derive(Args, Debug)]
pub(super) struct Plan {
    /// The number of subjects [default: 10, or the rows of --params, --covariates or --like].
    #[arg(long)]
    pub subjects: Option<usize>,
    /// Blocks of each subject.
    #[arg(long, default_value_t = 100)]
    pub blocks: usize,
    /// Actions in each block; one more observation ends it.
    #[arg(long, default_value_t = 5)]
    pub steps: usize,
    /// Sessions of each subject, each with its own blocks; for populations with `plate session`.
    #[arg(long, default_value_t = 2)]
    pub sessions: usize,
    /// A table whose subjects, sessions, blocks, steps, inputs, forced and missing responses are taken over.
    #[arg(long, conflicts_with_all = ["subjects", "blocks", "steps", "sessions", "input"])]
    pub like: Option<PathBuf>,
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
pub(super) struct Simulate {
    #[command(flatten)]
    pub plan: Plan,
    /// The table to write; the parameters go beside it, into NAME.truth.csv.
    #[arg(long, default_value = "data.csv")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct Recover {
    #[command(flatten)]
    pub plan: Plan,
    #[command(flatten)]
    pub method: MethodArguments,
    /// How many groups are simulated and fitted.
    #[arg(long, default_value_t = 1)]
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
pub(super) struct Calibrate {
    #[command(flatten)]
    pub plan: Plan,
    #[command(flatten)]
    pub method: MethodArguments,
    /// How many groups are simulated and fitted.
    #[arg(long, default_value_t = 100)]
    pub simulations: usize,
    /// Bars of the rank histograms.
    #[arg(long, default_value_t = 20)]
    pub bins: usize,
    /// No progress bar.
    #[arg(long)]
    pub quiet: bool,
    /// The new folder to write the results into.
    #[arg(long, default_value = "calibration")]
    pub out: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct Identify {
    #[command(flatten)]
    pub plan: Plan,
    /// The CSV file to write [default: standard output].
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct Compare {
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
pub(super) enum Unit {
    Response,
    Block,
    Subject,
}

#[derive(Args, Debug)]
pub(super) struct Report {
    /// The folder of a fit.
    pub folder: PathBuf,
    /// The true parameters, where data were simulated.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// The HTML file to write [default: report.html in the folder].
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct Merge {
    /// The folders of all shards of one fit.
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// The new folder to write the results into.
    #[arg(long, default_value = "results")]
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
pub(super) enum MethodName {
    /// The No-U-Turn Sampler.
    Nuts,
    /// Stochastic variational inference.
    Svi,
    /// Laplace's method, empirical Bayes where there is a group.
    Laplace,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum GuideName {
    /// No correlations.
    MeanField,
    /// Correlations within each subject, and within the group's parameters.
    Blocks,
    /// All correlations.
    FullRank,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum StartName {
    Origin,
    Laplace,
}

/// How to fit.
#[derive(Args, Debug)]
pub(super) struct MethodArguments {
    /// How to fit.
    #[arg(long, value_enum, default_value = "nuts")]
    pub method: MethodName,
    /// The number of chains.
    #[arg(long, default_value_t = 4)]
    pub chains: usize,
    /// Warm-up draws of each chain.
    #[arg(long, default_value_t = 400)]
    pub warmup: usize,
    /// Kept draws of each chain, or of the approximation [default: 500 for nuts, else 1000].
    #[arg(long)]
    pub draws: Option<usize>,
    /// Of so many draws keep one [default: 3 for a flat population, else 1].
    #[arg(long)]
    pub thin: Option<usize>,
    /// The acceptance rate that the step size aims at.
    #[arg(long, default_value_t = 0.8)]
    pub target_accept: f64,
    /// The largest depth of a trajectory's tree.
    #[arg(long, default_value_t = 10)]
    pub max_depth: u64,
    /// Where to start: around the origin, or at Laplace's approximation [default: origin for nuts, laplace for svi].
    #[arg(long, value_enum)]
    pub start: Option<StartName>,
    /// svi: which correlations the guide can express.
    #[arg(long, value_enum, default_value = "blocks")]
    pub guide: GuideName,
    /// svi: the most steps.
    #[arg(long, default_value_t = 1000)]
    pub svi_steps: usize,
    /// svi: draws of each step.
    #[arg(long, default_value_t = 10)]
    pub particles: usize,
    /// svi: the size of the first steps.
    #[arg(long, default_value_t = 0.05)]
    pub step_size: f64,
    /// svi: stop when the bound rises by less than this (nats) from one hundred steps to the next; 0: never.
    #[arg(long, default_value_t = 0.01)]
    pub tolerance: f64,
}

impl MethodArguments {
    pub fn method(&self, seed: u64) -> Method {
        match self.method {
            MethodName::Nuts => Method::Nuts(NutsOptions {
                chains: self.chains,
                warmup: self.warmup,
                draws: self.draws.unwrap_or(500),
                thin: self.thin,
                seed,
                target_accept: self.target_accept,
                max_depth: self.max_depth,
                start: if self.start == Some(StartName::Laplace) { NutsStart::Laplace } else { NutsStart::Origin },
            }),
            MethodName::Svi => Method::Svi(SviOptions {
                guide: match self.guide {
                    GuideName::MeanField => Guide::MeanField,
                    GuideName::Blocks => Guide::Blocks,
                    GuideName::FullRank => Guide::FullRank,
                },
                steps: self.svi_steps,
                particles: self.particles,
                learning_rate: self.step_size,
                tolerance: self.tolerance,
                draws: self.draws.unwrap_or(1000),
                seed,
                start: if self.start == Some(StartName::Origin) { SviStart::Origin } else { SviStart::Laplace },
                ..SviOptions::default()
            }),
            MethodName::Laplace => {
                Method::Laplace(LaplaceOptions { draws: self.draws.unwrap_or(1000), seed, ..LaplaceOptions::default() })
            }
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct Fit {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub agent: Agent,
    #[command(flatten)]
    pub method: MethodArguments,
    /// The seed; one seed gives one result on any number of threads.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Draws used for leave-one-out cross-validation; 0: none.
    #[arg(long, default_value_t = 1000)]
    pub loo_draws: usize,
    /// Draws with which choices are replayed, from prior and posterior; 0: none.
    #[arg(long, default_value_t = 100)]
    pub check_draws: usize,
    /// Keep the log-likelihood of every response at every draw, in the Zarr store.
    #[arg(long)]
    pub log_likelihood: bool,
    /// Fit only shard I of N, by subject (flat populations); `merge` puts shards together.
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
    parts.filter(|&(i, n): &(usize, usize)| i >= 1 && i <= n).ok_or_else(|| "expected I/N with I from 1 to N".into())
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
    /// What kind of table it is.
    #[arg(long, value_enum, default_value = "long")]
    pub format: FormatName,
    /// Whether a row's observations came before its choice or after it [default: as the format has it].
    #[arg(long, value_enum)]
    pub order: Option<OrderName>,
    /// The table of covariates and plates, one row per subject.
    #[arg(long)]
    pub covariates: Option<PathBuf>,
    /// Minus its mean, over its standard deviation: a covariate.
    #[arg(long, value_name = "NAME")]
    pub standardise: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum FormatName {
    /// One row per step: observed, then chosen.
    Long,
    /// subjID, trial, choice, outcome: chosen, then observed.
    Trials,
    /// A folder of BIDS behaviour files (sub-01_beh.tsv).
    Bids,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(super) enum OrderName {
    ObservationFirst,
    ActionFirst,
}

impl Data {
    pub fn options(&self) -> DataOptions {
        DataOptions {
            columns: self.column.clone(),
            index_base: usize::from(self.index_base),
            missing: self.missing.clone(),
            missing_action: self.missing_action.clone(),
            format: self.format(),
            others: Vec::new(),
            order: self.order.map(|order| match order {
                OrderName::ObservationFirst => RowOrder::ObservationFirst,
                OrderName::ActionFirst => RowOrder::ActionFirst,
            }),
        }
    }

    pub fn format(&self) -> Format {
        match self.format {
            FormatName::Long => Format::Long,
            FormatName::Trials => Format::Trials,
            FormatName::Bids => Format::Bids,
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
    /// Agents learn the distributions that are declared with counts: after each step, or at each block's end.
    #[arg(long, value_enum)]
    learn: Option<WhenName>,
    /// From which beliefs agents learn.
    #[arg(long, requires = "learn", value_enum, default_value = "pairwise")]
    learn_from: BeliefsName,
    /// What each observation adds to the counts.
    #[arg(long, requires = "learn", default_value_t = 1.0)]
    learning_rate: f64,
    /// What share of what was learned is forgotten at each update.
    #[arg(long, requires = "learn", default_value_t = 0.0)]
    forgetting: f64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum WhenName {
    Online,
    BlockEnd,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum BeliefsName {
    Filtered,
    Smoothed,
    Pairwise,
}

impl Agent {
    pub fn options(&self) -> AgentOptions {
        let rate = Some(self.learning_rate);
        let learning = self.learn.map(|when| Learning {
            when: match when {
                WhenName::Online => When::Online,
                WhenName::BlockEnd => When::BlockEnd,
            },
            from: match self.learn_from {
                BeliefsName::Filtered => Beliefs::Filtered,
                BeliefsName::Smoothed => Beliefs::Smoothed,
                BeliefsName::Pairwise => Beliefs::Pairwise,
            },
            rates: Rates { likelihood: rate, transition: rate, initial: rate, habit: rate },
            forgetting: self.forgetting,
            ..Learning::default()
        });
        AgentOptions {
            horizon: self.horizon,
            learning,
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
