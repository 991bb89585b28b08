//! Ten people predict a coin whose bias reverses now and then. Each of them learns with a two-level hierarchical Gaussian filter, at a rate
//! of their own, and answers more or less strictly by what they believe. What rates and how strictly, for each and for the group?
//!
//! ```text
//! cargo run --release --example hgf_group                               simulate, fit, compare with the truth
//! cargo run --release --example hgf_group -- --data table.csv           the same with recorded answers
//! cargo run --release --example hgf_group -- fit --data table.csv ..    every verb of the study program (--help lists them)
//! ```
//!
//! The table has the columns `subject,trial,input,response`, and where there are such, `time_step`, `scored` and `response_time`, which is
//! then fitted as well; an input or response that is missing is an empty cell. Into the output folder go the data, the results as tables,
//! and pictures.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use aif::hgf::{Belief, Bernoulli, Filter, FilterOptions, GaussianFilter, Shape, TimedBinary};
use aif::infer::compare::elpd;
use aif::infer::data::{DataOptions, RawTable};
use aif::infer::fit::{FitError, Method, Plan, PredictiveOptions};
use aif::infer::output::{NewFolder, write_rows};
use aif::infer::pictures::{Ink, Plot};
use aif::infer::results::{Fit, Fittable, Group, densities, fit_with, loo_csv, population_csv, subjects_csv};
use aif::infer::sample::{NutsOptions, NutsStart};
use aif::infer::score::{RecordedBlock, RecordedRow, Trials};
use aif::infer::study::{StudyBehaviour, in_words};
use aif::prelude::*;
use aif::runtime::random::{normal, unit};
use clap::Parser;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Learns how likely a one is, and answers by that.
#[derive(Clone, Copy, Debug)]
pub struct Observer<T> {
    /// How fast the bias is believed to move: the logarithm of the variance of its step.
    pub tonic_volatility: T,
    /// How strictly answers follow predictions.
    pub inverse_temperature: T,
}

#[hgf(inputs(input: bool))]
impl<T: Real> Observer<T> {
    nodes! {
        /// The side on which the coin lands.
        input ~ Bernoulli(logistic(bias));
        /// Its bias, in log-odds.
        bias ~ Gaussian(bias, exp(self.tonic_volatility));
    }

    /// The guess, before the coin lands.
    #[response]
    fn response(&self, input: Belief<T>) -> Bernoulli<T> {
        Bernoulli::softmax(input.log_odds, self.inverse_temperature)
    }
}

model! {
    /// How fast people believe that a coin's bias moves, and how strictly they answer by it.
    pub Observers for Observer<T> {
        population {
            volatility_mean   ~ Normal(-5.0, 5.0);
            volatility_spread ~ HalfNormal(10.0);
            strictness_mean   ~ Normal(0.0, 2.0);
            strictness_spread ~ HalfNormal(2.0);
        }
        // Three hundred responses say much about each person: more than the group does, so nothing is gained by sampling deviations from it.
        subject {
            #[centred]
            tonic_volatility ~ Normal(volatility_mean, volatility_spread);
            #[centred]
            strictness       ~ Normal(strictness_mean, strictness_spread);
            let inverse_temperature = exp(strictness);
            Observer { tonic_volatility, inverse_temperature }
        }
    }
}

model! {
    /// The same, with the time that answers take.
    pub TimedObservers for TimedBinary<T> {
        population {
            volatility_mean   ~ Normal(-5.0, 5.0);
            volatility_spread ~ HalfNormal(10.0);
            strictness_mean   ~ Normal(0.0, 2.0);
            strictness_spread ~ HalfNormal(2.0);
        }
        subject {
            #[centred]
            tonic_volatility ~ Normal(volatility_mean, volatility_spread);
            #[centred]
            strictness       ~ Normal(strictness_mean, strictness_spread);
            pace             ~ Normal(0.0, 5.0);
            hesitation       ~ Normal(0.0, 1.0);
            noise            ~ HalfNormal(1.0);
            TimedBinary { tonic_volatility, inverse_temperature: exp(strictness), pace, hesitation, noise }
        }
    }
}

#[derive(Parser)]
#[command(
    about = "Fits two-level hierarchical Gaussian filters to a group; the verbs of the study program are there, too (fit, simulate, ..)"
)]
struct Arguments {
    /// The table: subject, trial, input, response [default: simulated].
    #[arg(long)]
    data: Option<PathBuf>,
    /// The first trial whose response is scored, counted from 0: that of trial 0 says nothing, its prediction is one half for everyone.
    #[arg(long, default_value_t = 1)]
    first_scored: usize,
    /// Chains.
    #[arg(long, default_value_t = 2)]
    chains: usize,
    /// Draws of each chain while it warms up, and as many that are kept.
    #[arg(long, default_value_t = 1000)]
    draws: usize,
    /// The seed; one seed gives one result.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The new folder to write into.
    #[arg(long, default_value = "results/hgf_group")]
    out: PathBuf,
}

/// A coin with a bias that stays for a while, then reverses, more often in the middle; 320 throws.
fn throws(rng: &mut ChaCha8Rng) -> Vec<f64> {
    let stretches = [(60, 0.8), (40, 0.2), (20, 0.8), (20, 0.2), (20, 0.8), (20, 0.2), (40, 0.8), (40, 0.2), (60, 0.75)];
    let throw = |p: f64, rng: &mut ChaCha8Rng| f64::from(u8::from(unit(rng) < p));
    stretches.iter().flat_map(|&(trials, p)| std::iter::repeat_n(p, trials)).map(|p| throw(p, rng)).collect()
}

/// Who was observed, doing what; and the truth, where it is known.
struct Study {
    names: Vec<String>,
    records: Vec<Trials>,
    truth: Option<Vec<Observer<f64>>>,
    /// Whether it was recorded how long answers took.
    timed: bool,
}

fn simulate(seed: u64, first_scored: usize) -> Result<Study, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let inputs = throws(&mut rng);
    let (mut names, mut records, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    for person in 0..10 {
        let own =
            Observer { tonic_volatility: -4.0 + normal(&mut rng), inverse_temperature: (0.5 + 0.5 * normal(&mut rng)).exp() };
        let mut filter = Filter::<_>::new(own, FilterOptions::default())?;
        let mut trials = Vec::new();
        for (k, &input) in inputs.iter().enumerate() {
            filter.step(&ObserverInput { input: Some(input == 1.0) }, 1.0)?;
            let response = own.sample_response(0, &filter.beliefs(), &mut rng);
            trials.push(RecordedRow {
                inputs: vec![Some(input)],
                responses: vec![Some(response)],
                scored: k >= first_scored,
                ..RecordedRow::default()
            });
        }
        names.push(person.to_string());
        records.push(Trials::new(&Observer::<f64>::META, vec![RecordedBlock { rows: trials, ..RecordedBlock::default() }])?);
        truth.push(own);
    }
    Ok(Study { names, records, truth: Some(truth), timed: false })
}

fn load(path: &Path, first_scored: usize) -> Result<Study, Box<dyn Error>> {
    let options = DataOptions { first_scored, ..DataOptions::default() };
    let table = RawTable::open(path)?;
    let timed = table.header.iter().any(|h| h == "response_time");
    let read = if timed {
        <Hgf<TimedBinary<f64>> as StudyBehaviour>::read(&[table], &options, false)?
    } else {
        <Hgf<Observer<f64>> as StudyBehaviour>::read(&[table], &options, false)?
    };
    for warning in read.warnings {
        eprintln!("note: {warning}");
    }
    let (names, records) = (read.names, read.records);
    Ok(Study { names, records, truth: None, timed })
}

/// The table of what was simulated.
fn table(study: &Study) -> Vec<u8> {
    let cell = |number: Option<f64>| number.map_or(String::new(), |x| x.to_string());
    let rows = study.names.iter().zip(&study.records).flat_map(|(name, record)| {
        let trials = record.blocks().into_iter().flat_map(|block| block.rows).enumerate();
        trials.map(move |(k, trial)| vec![name.clone(), k.to_string(), cell(trial.inputs[0]), cell(trial.responses[0])])
    });
    write_rows(&["subject", "trial", "input", "response"], rows.collect::<Vec<_>>())
}

fn print_posteriors(fit: &Fit, truth: Option<&[Observer<f64>]>) {
    println!("\n{:28} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7}  truth", "", "mean", "sd", "5%", "95%", "ess", "R-hat");
    let line = |label: String, name: &str, subject: Option<usize>, true_value: Option<f64>| {
        if let Some(q) = fit.quantity(name, subject) {
            let s = &q.summary;
            let (ess, truth) = (s.ess_bulk.min(s.ess_tail), true_value.map_or(String::new(), |x| format!("{x:.2}")));
            println!("{label:28} {:8.2} {:8.2} {:8.2} {:8.2} {ess:7.0} {:7.3}  {truth}", s.mean, s.sd, s.q5, s.q95, s.rhat);
        }
    };
    let group = truth.is_some().then_some([-4.0, 1.0, 0.5, 0.5]);
    for (i, name) in ["volatility_mean", "volatility_spread", "strictness_mean", "strictness_spread"].into_iter().enumerate() {
        line(name.into(), name, None, group.map(|g| g[i]));
    }
    for (name, of) in [
        ("tonic_volatility", (|o| o.tonic_volatility) as fn(&Observer<f64>) -> f64),
        ("strictness", |o| o.inverse_temperature.ln()),
    ] {
        for (s, subject) in fit.subjects.iter().enumerate() {
            line(format!("{name} of {subject}"), name, Some(s), truth.map(|t| of(&t[s])));
        }
    }
    for name in ["pace", "hesitation", "noise"] {
        for (s, subject) in fit.subjects.iter().enumerate() {
            line(format!("{name} of {subject}"), name, Some(s), None);
        }
    }
}

fn print_loo(fit: &Fit) {
    let all: Vec<_> = fit.pieces.iter().flat_map(|p| p.responses.iter().map(|r| r.predictive)).collect();
    let sums = elpd(&all);
    println!("\nleave-one-out over {} responses", sums.count);
    println!("{:10} {:>10} {:>8} {:>8}", "", "elpd", "se", "p");
    for (name, c) in [("PSIS-LOO", sums.loo), ("WAIC", sums.waic)] {
        println!("{name:10} {:10.2} {:8.2} {:8.2}", c.elpd, c.se, c.p);
    }
    let [good, fair, bad, worst] = sums.pareto_k;
    println!("Pareto k up to 0.5: {good}, up to 0.7: {fair}, up to 1: {bad}, above: {worst}");
}

/// Predictions along the trials at the posterior means: everybody's in one picture, over what was shown.
fn trajectories(fit: &Fit, study: &Study) -> Result<String, Box<dyn Error>> {
    let trials = study.records.iter().map(|r| r.blocks().iter().map(|b| b.rows.len()).sum::<usize>()).max().unwrap_or(1) as f64;
    let axes = (((0.0, trials), "trial"), ((-0.08, 1.08), "predicted probability of a one"));
    let mut plot = Plot::new(
        (980, 380),
        "What each of them predicts, at the posterior mean; discs: what was shown to the first",
        axes.0,
        axes.1,
    );
    if let Some(first) = study.records.first() {
        for (k, trial) in first.blocks().iter().flat_map(|block| &block.rows).enumerate() {
            if let Some(u) = trial.inputs[0] {
                plot.point(k as f64, if u == 1.0 { 1.04 } else { -0.04 }, 1.6, Ink::AXIS);
            }
        }
    }
    for (s, record) in study.records.iter().enumerate() {
        let mean = |name| fit.quantity(name, Some(s)).map_or(f64::NAN, |q| q.summary.mean);
        let own = Observer { tonic_volatility: mean("tonic_volatility"), inverse_temperature: mean("inverse_temperature") };
        let mut filter = Filter::<_>::new(own, FilterOptions::default())?;
        let mut line = Vec::new();
        for block in record.blocks() {
            filter.restart();
            for trial in &block.rows {
                filter.take(&trial.inputs, trial.time_step)?;
                let beliefs = filter.beliefs();
                let places = <Observer<f64> as GaussianFilter<f64>>::Shape::places(&beliefs);
                line.push((line.len() as f64, places[0].expected_mean));
            }
        }
        plot.line(line, Ink::BELIEF.cover(0.5), 1);
    }
    Ok(plot.svg())
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let study = match &arguments.data {
        Some(path) => load(path, arguments.first_scored)?,
        None => simulate(arguments.seed, arguments.first_scored)?,
    };
    let folder = NewFolder::begin(&arguments.out)?;
    let options = FilterOptions::default();
    let group: Box<dyn Fittable> = match study.timed {
        true => Box::new(Group::<TimedObservers>::new(study.names.clone(), study.records.clone(), options)?),
        false => Box::new(Group::<Observers>::new(study.names.clone(), study.records.clone(), options)?),
    };
    let nuts = NutsOptions {
        chains: arguments.chains,
        warmup: arguments.draws,
        draws: arguments.draws,
        seed: arguments.seed,
        // The priors are wide, and a filter that learns very fast explains little, but explains it everywhere: chains start at the mode.
        start: NutsStart::Laplace,
        target_accept: 0.95,
        ..NutsOptions::default()
    };
    let plan = Plan {
        predictive: PredictiveOptions {
            check_draws: 0,
            regressors: false,
            loo_draws: usize::MAX,
            ..PredictiveOptions::default()
        },
        ..Plan::default()
    };
    let start = Instant::now();
    let fit = match fit_with(group.as_ref(), Method::Nuts(nuts), &plan) {
        Err(FitError::Laplace { source, .. }) => {
            eprintln!("note: chains start around the origin, for there is no mode to start from: {source}");
            fit_with(group.as_ref(), Method::Nuts(NutsOptions { start: NutsStart::Origin, ..nuts }), &plan)?
        }
        done => done?,
    };
    let seconds = start.elapsed().as_secs_f64();

    let of = |f: fn(&Observer<f64>) -> f64| study.truth.as_ref().map(|t| t.iter().map(f).collect::<Vec<f64>>());
    let (volatility, strictness) = (of(|o| o.tonic_volatility), of(|o| o.inverse_temperature.ln()));
    let density = |parameter: &str, what: &str, truth: Option<&[f64]>| {
        densities(&fit, parameter, &format!("{what}: what is believed of everybody"), truth).into_bytes()
    };
    let mut files = vec![
        ("predictions.svg".into(), trajectories(&fit, &study)?.into_bytes()),
        ("tonic_volatility.svg".into(), density("tonic_volatility", "Tonic volatility", volatility.as_deref())),
        ("strictness.svg".into(), density("strictness", "Log inverse temperature", strictness.as_deref())),
        ("population.csv".into(), population_csv(&fit)),
        ("subjects.csv".into(), subjects_csv(&fit)),
        ("loo.csv".into(), loo_csv(&fit)),
    ];
    if study.truth.is_some() {
        files.push(("data.csv".into(), table(&study)));
    }
    folder.finish(&files)?;
    println!("{}", in_words(&fit, seconds));
    print_posteriors(&fit, study.truth.as_deref());
    print_loo(&fit);
    println!("\nwrote {}", arguments.out.display());
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|verb| !verb.starts_with('-')) {
        return aif::study::<Observers>().and::<TimedObservers>().exit(arguments);
    }
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
