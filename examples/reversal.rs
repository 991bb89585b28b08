//! A reversal task with choices and times: one of two cards wins more often, until it is the other. An agent that infers which card is good, two
//! learners and a filter, each of which says how long a choice takes as well, on one table in the field's form.
//!
//! `cargo run --release --example reversal` fits the embedded table by all four, compares them, and tells by simulation how well they can be told
//! apart. `-- --out DIR` says where the results go; any verb makes it a study program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aif::hgf;
use aif::learners::{Surroundings, Trial};
use aif::measure::{LogNormal, Softmax};
use aif::prelude::*;
use rand::{Rng, RngExt};

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Card {
    Red,
    Blue,
}

/// The card that lies on the table.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    Nothing,
    Red,
    Blue,
}

/// What came of it.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Nothing,
    Loss,
    Win,
}

/// How long a choice takes: the logarithm of the time in seconds is `base`, more by `slowing` for each nat of indecision, with some `noise`.
fn seconds<T: Real>([base, slowing, noise]: [T; 3], indecision: T) -> LogNormal<T> {
    LogNormal::new(base + slowing * indecision, noise)
}

/// Infers which card is good, by how often that changes (hazard) and how often the good one wins (validity).
#[derive(Clone, Copy, Debug)]
pub struct Inferrer<T> {
    pub hazard: T,
    pub validity: T,
    pub precision: T,
    pub pace: [T; 3],
}

#[generative_model(horizon = 1, actions(choice: Card), policy_precision = self.precision)]
impl<T: Real> Inferrer<T> {
    #[factor(initial = uniform())]
    fn good(&self, good: Card) -> Dist<Card, T> {
        Dist::from_fn(|next| if next == good { 1.0 - self.hazard } else { self.hazard })
    }
    #[factor(initial = Taken::Nothing)]
    fn taken(&self, choice: Card) -> Taken {
        match choice {
            Card::Red => Taken::Red,
            Card::Blue => Taken::Blue,
        }
    }
    #[modality(preference = [0.0, -1.0, 1.0])]
    fn outcome(&self, good: Card, taken: Taken) -> Dist<Outcome, T> {
        let wins = match (good, taken) {
            (_, Taken::Nothing) => return Dist::certain(Outcome::Nothing),
            (Card::Red, Taken::Red) | (Card::Blue, Taken::Blue) => self.validity,
            _ => 1.0 - self.validity,
        };
        Dist::bernoulli(Outcome::Win, wins, Outcome::Loss)
    }
    /// The less decided, the slower.
    #[response]
    fn seconds(&self, choice: Choice<T>) -> LogNormal<T> {
        seconds(self.pace, choice.entropy())
    }
}

/// What is known of a choice by its log-odds: its probabilities, and its entropy.
fn by_log_odds<T: Real>(x: T) -> (Softmax<Card, T>, T) {
    (Softmax::new([T::zero(), x]), x.softplus() - x.logistic() * x)
}

/// A delta rule: the card that was taken is worth more or less afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Delta<T> {
    pub rate: T,
    pub strictness: T,
    pub pace: [T; 3],
}

#[learner(observations(outcome: Outcome), actions(choice: Card), world = Reversals::default())]
impl<T: Real> Delta<T> {
    #[state(initial = [0.0; 2])]
    fn value(&self, mut value: [T; 2], choice: Card, outcome: Outcome) -> [T; 2] {
        let own = &mut value[choice.index()];
        *own += self.rate * (paid::<T>(outcome) - *own);
        value
    }
    #[response]
    fn choice(&self, value: [T; 2]) -> Softmax<Card, T> {
        by_log_odds(self.strictness * (value[1] - value[0])).0
    }
    #[response]
    fn seconds(&self, value: [T; 2]) -> LogNormal<T> {
        seconds(self.pace, by_log_odds(self.strictness * (value[1] - value[0])).1)
    }
}

/// The same, where the other card is taken to have paid the opposite (Gläscher, Hampton & O'Doherty 2009).
#[derive(Clone, Copy, Debug)]
pub struct Fictitious<T> {
    pub rate: T,
    pub strictness: T,
    pub pace: [T; 3],
}

#[learner(observations(outcome: Outcome), actions(choice: Card), world = Reversals::default())]
impl<T: Real> Fictitious<T> {
    #[state(initial = 0.0)]
    fn blue(&self, blue: T, choice: Card, outcome: Outcome) -> T {
        let paid: T = if choice == Card::Blue { paid(outcome) } else { -paid::<T>(outcome) };
        blue + self.rate * (paid - blue)
    }
    #[response]
    fn choice(&self, blue: T) -> Softmax<Card, T> {
        by_log_odds(self.strictness * blue * 2.0).0
    }
    #[response]
    fn seconds(&self, blue: T) -> LogNormal<T> {
        seconds(self.pace, by_log_odds(self.strictness * blue * 2.0).1)
    }
}

fn paid<T: Real>(outcome: Outcome) -> T {
    T::constant([0.0, -1.0, 1.0][outcome.index()])
}

/// A hierarchical Gaussian filter of whether the blue card would have paid, which the table says.
#[derive(Clone, Copy, Debug)]
pub struct Volatile<T> {
    pub tonic_volatility: T,
    pub strictness: T,
    pub pace: [T; 3],
}

#[hgf(inputs(blue_paid: bool))]
impl<T: Real> Volatile<T> {
    nodes! {
        blue_paid ~ Bernoulli(logistic(chance));
        chance ~ Gaussian(chance, exp(self.tonic_volatility));
    }
    #[response]
    fn choice(&self, blue_paid: hgf::Belief<T>) -> Softmax<Card, T> {
        by_log_odds(self.strictness * blue_paid.log_odds).0
    }
    #[response]
    fn seconds(&self, blue_paid: hgf::Belief<T>) -> LogNormal<T> {
        seconds(self.pace, by_log_odds(self.strictness * blue_paid.log_odds).1)
    }
}

/// The card that is good wins with 0.8; which it is changes with 0.05.
#[derive(Clone, Copy, Debug, Default)]
struct Reversals {
    good: usize,
}

impl Surroundings for Reversals {
    fn begin(&mut self, rng: &mut dyn Rng) {
        self.good = usize::from(rng.random::<bool>());
    }
    fn observe(&mut self, _: usize, so_far: &Trial<'_>, rng: &mut dyn Rng) -> f64 {
        if rng.random::<f64>() < 0.05 {
            self.good = 1 - self.good;
        }
        let Some(choice) = so_far.response::<Card>(0) else { return f64::NAN };
        let wins = if choice.index() == self.good { 0.8 } else { 0.2 };
        let outcome = if rng.random::<f64>() < wins { Outcome::Win } else { Outcome::Loss };
        outcome.index() as f64
    }
}

model! {
    pub Agents for Inferrer<T> {
        subject {
            hazard ~ Beta(2.0, 18.0);
            precision ~ LogNormal(0.5, 0.5);
            base ~ Normal(-0.5, 0.5);
            slowing ~ Normal(0.0, 1.0);
            noise ~ HalfNormal(0.5);
            Inferrer { hazard, validity: 0.8, precision, pace: [base, slowing, noise] }
        }
    }
    pub Deltas for Delta<T> {
        subject {
            rate ~ Beta(2.0, 2.0);
            strictness ~ LogNormal(0.5, 0.5);
            base ~ Normal(-0.5, 0.5);
            slowing ~ Normal(0.0, 1.0);
            noise ~ HalfNormal(0.5);
            Delta { rate, strictness, pace: [base, slowing, noise] }
        }
    }
    pub Fictitiouses for Fictitious<T> {
        subject {
            rate ~ Beta(2.0, 2.0);
            strictness ~ LogNormal(0.5, 0.5);
            base ~ Normal(-0.5, 0.5);
            slowing ~ Normal(0.0, 1.0);
            noise ~ HalfNormal(0.5);
            Fictitious { rate, strictness, pace: [base, slowing, noise] }
        }
    }
    pub Filters for Volatile<T> {
        subject {
            volatility ~ Normal(-1.0, 1.0);
            strictness ~ LogNormal(0.5, 0.5);
            base ~ Normal(-0.5, 0.5);
            slowing ~ Normal(0.0, 1.0);
            noise ~ HalfNormal(0.5);
            Volatile { tonic_volatility: volatility, strictness, pace: [base, slowing, noise] }
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let study = aif::study::<Agents>().and::<Deltas>().and::<Fictitiouses>().and::<Filters>();
    let out = match &arguments[..] {
        [] => PathBuf::from("results/reversal"),
        [flag, folder] if flag == "--out" => PathBuf::from(folder),
        _ => return study.main(),
    };
    match demonstration(&out, &study) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Simulated: `simulate --population Agents --format trials --subjects 8 --blocks 1 --steps 120 --seed 11`, in the form of the field's tables.
const TABLE: &str = include_str!("data/reversal.csv");

/// How that table is read: options are counted from 1, outcomes are 1 and -1, times are called RT.
const READ: [&str; 8] =
    ["--format", "trials", "--index-base", "choice=1", "--column", "seconds=RT", "--values", "outcome=-1:Loss,1:Win"];

fn demonstration(out: &Path, study: &aif::study::Study) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(above) = out.parent() {
        std::fs::create_dir_all(above).map_err(|e| format!("{}: {e}", above.display()))?;
    }
    std::fs::create_dir(out).map_err(|e| format!("{}: {e}; the folder of the results is a new one", out.display()))?;
    let file = |name: &str| out.join(name).display().to_string();
    std::fs::write(file("choices.csv"), TABLE)?;
    let names = ["Agents", "Deltas", "Fictitiouses", "Filters"];
    for population in names {
        println!("\n== {population}");
        let (data, folder) = (file("choices.csv"), file(population));
        let fit = ["", "fit", "--population", population, "--data", &data, "--out", &folder, "--method", "laplace", "--quiet"];
        // A filter takes what would have paid, and not what came of the choice.
        let read = if population == "Filters" { &READ[..6] } else { &READ[..] };
        study.run(fit.iter().chain(read).copied())?;
    }
    println!("\n== Which of them predicts choices and times best");
    let folders = names.map(file);
    study.run(["", "compare"].into_iter().chain(folders.iter().map(String::as_str)))?;
    println!("\n== Could it have been told? Each is simulated, and all that read the same table are fitted");
    let told = aif::study::<Agents>().and::<Deltas>().and::<Fictitiouses>();
    let size = ["--subjects", "5", "--blocks", "1", "--steps", "80", "--repeats", "2", "--quiet"];
    told.run(["", "recover", "--confusion", "--out", &file("confusion")].into_iter().chain(size))?;
    println!("\nreports: {} and its neighbours", file("Agents/report.html"));
    Ok(())
}
