//! A neural network in front of an agent, trained without labels, through the agent's own free energy.
//!
//! Points of the plane are all that is seen of five places on a line. A small network turns each point into probabilities of five categories,
//! the agent takes them for soft evidence, and the network learns to make them such that the agent is not surprised: neither by what it sees
//! nor by what it sees next.
//!
//! ```text
//! cargo run --release -p neural-encoder                                      draw data, train, judge, walk; a page with pictures
//! cargo run --release -p neural-encoder -- --data data.json --init init.json the same with given data and weights
//! cargo run --release -p neural-encoder -- --check golden.json               compare objective and gradient with a reference
//! ```

mod assess;
mod data;
mod golden;
mod line;
mod network;
mod page;
mod rollout;
mod study;
mod training;
mod weights;

use std::path::PathBuf;
use std::process::ExitCode;

use aif::infer::output::NewFolder;
use aif::sensitivity::Softmax;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use study::{Given, Run, run};
use training::Schedule;

/// Why the program stops.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
#[command(
    about = "Trains a neural network in front of an active-inference agent, without labels, through the agent's free energy."
)]
struct Arguments {
    /// Walks and tables, as JSON [default: drawn from the seed].
    #[arg(long)]
    data: Option<PathBuf>,
    /// The first weights, as JSON [default: drawn from the seed].
    #[arg(long)]
    init: Option<PathBuf>,
    /// The new folder to write into.
    #[arg(long, default_value = "results/neural_encoder")]
    out: PathBuf,
    /// The seed of all that is not given: data, first weights, the order of walks. One seed gives one result.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// From how many seeds to train, counted up from the first; the one with the lowest loss is drawn.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// Steps of gradient descent.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    steps: u64,
    /// Walks at each step.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    batch: u64,
    /// The rate of gradient descent.
    #[arg(long, default_value_t = 1e-3, value_parser = positive)]
    rate: f64,
    /// The weight of the temporal divergence beside the free energy.
    #[arg(long, default_value_t = 8.0, value_parser = not_negative)]
    temporal_weight: f64,
    /// What the network's outputs are divided by before they become probabilities.
    #[arg(long, default_value_t = 0.15, value_parser = positive)]
    temperature: f64,
    /// Only compare the objective and its gradient with those of a file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "init", "seed", "seeds", "steps", "batch", "rate", "temporal_weight", "temperature"])]
    check: Option<PathBuf>,
    /// No progress bar.
    #[arg(long)]
    quiet: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|x| (1e-6..=1e6).contains(x));
    number.ok_or_else(|| "a number between 0.000001 and 1000000 is expected".into())
}

fn not_negative(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|x| (0.0..=1e6).contains(x)).ok_or_else(|| "a number between 0 and 1000000 is expected".into())
}

/// Probabilities are at least this before they are normalised again.
const FLOOR: f64 = 1e-8;

fn main() -> ExitCode {
    match work(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn work(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(path) = &arguments.check {
        return say(&golden::compare(path)?);
    }
    let schedule = Schedule {
        steps: arguments.steps as usize,
        batch: arguments.batch as usize,
        rate: arguments.rate,
        temporal_weight: arguments.temporal_weight,
    };
    NewFolder::check(&arguments.out)?;
    let given = Given::read(arguments.data.as_deref(), arguments.init.as_deref())?;
    let softmax = Softmax { temperature: arguments.temperature, floor: FLOOR };
    if let Some(words) = given.probe(softmax, schedule.temporal_weight)? {
        say(&format!("{words}\n"))?;
    }
    let bar = progress_bar(arguments.quiet, arguments.seeds.saturating_mul(arguments.steps));
    let mut runs: Vec<Run> = Vec::new();
    for seed in (0..arguments.seeds).map(|i| arguments.seed.wrapping_add(i)) {
        runs.push(run(&given, seed, softmax, &schedule, |point| {
            bar.set_message(format!("seed {seed}, loss {:.2}", point.training.total));
            bar.inc(1);
        })?);
    }
    bar.finish_and_clear();
    let Some(drawn) = study::lowest_loss(&runs) else { return Err("no seed to train from".into()) };
    NewFolder::begin(&arguments.out)?.finish(&page::files(&runs, drawn, &schedule, softmax)?)?;
    let out = arguments.out.display();
    let (table, accuracies) = (study::table(&runs), study::last_lines(drawn));
    say(&format!("{table}wrote {out} (open report.html in a browser); seed {} has the lowest loss:\n{accuracies}\n", drawn.seed))
}

/// Prints, unless there is no one to read it.
fn say(text: &str) -> Result<(), Failure> {
    Ok(aif::infer::output::write_out(text.as_bytes())?)
}

fn progress_bar(quiet: bool, steps: u64) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(steps);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} steps  {msg}  {eta} left") {
        bar.set_style(style);
    }
    bar
}
