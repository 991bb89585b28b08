//! A second study, by the same program: people who learn, over several sessions of unequal length, how often two machines pay.
//!
//! Each trial they pull one of two machines (or neither) and bet low or high: two actions a step. What a machine pays is learned by counting
//! and carries over from block to block; in some blocks wins count double (the condition, an input); some responses are forced, some
//! missed. How much a win is worth to a person depends on their age (a covariate).
//!
//! ```text
//! cargo run --release --example bandit_study -- simulate --like design.csv --covariates people.csv --learn online --out data.csv
//! cargo run --release --example bandit_study -- fit --data data.csv --covariates people.csv --standardise age --learn online --out results
//! cargo run --release --example bandit_study -- --demo FOLDER [PEOPLE] all of it, on a design made up here for 24 people, or as many
//! ```

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use aif::prelude::*;

/// What is done with the machines.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pull {
    Left,
    Right,
    Neither,
}

/// How much is staked.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bet {
    Low,
    High,
}

/// What comes of it.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Win,
    Loss,
    Nothing,
}

/// Whether wins count double in this block.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stakes {
    Usual,
    Doubled,
}

/// Two machines whose chances are learned.
#[derive(Clone, Copy, Debug)]
pub struct Bandit<T> {
    /// Log-preference for a win, in each condition.
    pub win: [T; 2],
    /// Log-preference against betting high.
    pub caution: T,
    /// How many pulls the first impression of a machine weighs.
    pub prior_pulls: T,
}

#[generative_model(horizon = 1, actions(pull: Pull, bet: Bet), inputs(stakes: Stakes))]
impl<T: Real> Bandit<T> {
    #[factor(initial = Pull::Neither)]
    fn pulled(&self, pull: Pull) -> Pull {
        pull
    }
    #[factor(initial = Bet::Low)]
    fn staked(&self, bet: Bet) -> Bet {
        bet
    }
    #[modality(preference = [self.win[stakes.index()], -1.0, 0.0])]
    fn outcome(&self, pulled: Pull) -> Dirichlet<Outcome, T> {
        let pulls = self.prior_pulls;
        match pulled {
            Pull::Left | Pull::Right => Dirichlet::from_fn(|o| match o {
                Outcome::Win | Outcome::Loss => pulls * 0.5,
                Outcome::Nothing => T::constant(0.01),
            }),
            // Who pulls nothing gets nothing, and need not learn it.
            Pull::Neither => Dirichlet::from_fn(|o| T::constant(if o == Outcome::Nothing { 100.0 } else { 0.01 })).held(),
        }
    }
    #[modality(preference = [0.0, -self.caution])]
    fn table(&self, staked: Bet) -> Bet {
        staked
    }
}

model! {
    /// What a win is worth to people of different ages, and how fast they learn what the machines pay.
    pub Gamblers for Bandit<T> {
        covariates(age: f64);
        population {
            worth ~ Normal(1.0, 0.5);
            ageing ~ Normal(0.0, 0.5);
            spread ~ HalfNormal(0.5);
            fresh ~ Normal(1.0, 0.5);
        }
        subject {
            own ~ Normal(worth + ageing * age, spread);
            doubling ~ Normal(0.5, 0.5);
            caution ~ Normal(0.5, 0.5);
            freshness ~ Normal(fresh, 0.5);
            let prior_pulls = exp(freshness);
            let win: [stakes] = [own, own + doubling];
            Bandit { win, caution, prior_pulls }
        }
    }

    /// The same without an effect of age.
    pub Ageless for Bandit<T> {
        covariates(age: f64);
        population {
            worth ~ Normal(1.0, 0.5);
            spread ~ HalfNormal(0.5);
            fresh ~ Normal(1.0, 0.5);
        }
        subject {
            own ~ Normal(worth, spread);
            doubling ~ Normal(0.5, 0.5);
            caution ~ Normal(0.5, 0.5);
            freshness ~ Normal(fresh, 0.5);
            let prior_pulls = exp(freshness);
            let win: [stakes] = [own, own + doubling];
            Bandit { win, caution, prior_pulls }
        }
    }
}

/// A design as tables: people of different ages, each with blocks of different lengths, forced pulls at the beginning, a missed one here and
/// there.
fn design(people: usize) -> (String, String) {
    let mut table = "subject,session,block,step,outcome,table,pull,bet,stakes,scored\n".to_string();
    let mut ages = "subject,age\n".to_string();
    for s in 0..people {
        let _ = writeln!(ages, "p{s},{}", 20 + (s * 13) % 47);
        for block in 0..6 {
            let steps = 16 + (s + 2 * block) % 7;
            let (session, stakes) = (1 + block / 3, if (block + s) % 2 == 0 { "Usual" } else { "Doubled" });
            for step in 0..=steps {
                let (pull, bet, scored) = match step {
                    _ if step == steps => ("", "", 1),
                    0 => ("Left", "Low", 0),
                    1 => ("Right", "Low", 0),
                    // A missed trial: nothing was pulled, and it does not count.
                    _ if (s + 3 * block + step) % 19 == 0 => ("Neither", "Low", 0),
                    _ => ("Left", "Low", 1),
                };
                let _ = writeln!(table, "p{s},{session},{block},{step},Nothing,Low,{pull},{bet},{stakes},{scored}");
            }
        }
    }
    (table, ages)
}

/// Everything in one go: a design, a simulation, fits of both populations (by Laplace's method: half a minute; `--method nuts` takes some
/// minutes), and their comparison.
fn demo(folder: &Path, people: usize) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let (table, ages) = design(people);
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::write(path("design.csv"), table)?;
    std::fs::write(path("people.csv"), ages)?;
    let study = || aif::study::<Gamblers>().and::<Ageless>();
    let (people, data) = (path("people.csv"), path("data.csv"));
    let with_ages = ["--covariates", &people, "--standardise", "age", "--learn", "online"];
    let run = |arguments: &[&str]| -> Result<(), aif::infer::study::StudyError> {
        println!("bandit_study {}", arguments.join(" "));
        study().run(std::iter::once("bandit_study").chain(arguments.iter().copied()))
    };
    run(&[
        &["simulate", "--like", &path("design.csv"), "--set", "ageing=0.4", "--set", "spread=0.4", "--out", &data],
        &with_ages[..],
    ]
    .concat())?;
    for population in ["Gamblers", "Ageless"] {
        let out = path(population);
        let fit = ["fit", "--data", &data, "--population", population, "--method", "laplace", "--out", &out];
        run(&[&fit, &with_ages[..]].concat())?;
    }
    run(&["report", &path("Gamblers"), "--truth", &path("data.truth.csv"), "--force"])?;
    run(&["compare", &path("Gamblers"), &path("Ageless")])?;
    println!("{}", std::fs::read_to_string(path("Gamblers/population.csv"))?);
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|a| a == "--demo") {
        let folder = arguments.get(2).map_or("results/bandit", String::as_str);
        let people = match arguments.get(3).map(|a| a.parse()) {
            None => 24,
            Some(Ok(people @ 2..=1000)) => people,
            Some(_) => {
                eprintln!("error: {}: how many people there are was expected, from 2 to 1000", arguments[3]);
                return ExitCode::from(2);
            }
        };
        return match demo(Path::new(folder), people) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(2)
            }
        };
    }
    aif::study::<Gamblers>().and::<Ageless>().exit(arguments)
}
