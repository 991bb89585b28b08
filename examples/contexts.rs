//! A season above a game: one of two cards wins more often in a game, and which it is depends on a season that nobody sees and that changes. A group of
//! agents with both levels, fitted, and compared with an agent that knows of no seasons and with a filter, on one table.
//!
//! `cargo run --release --example contexts` simulates the group, fits it by all three and compares them. `-- --out DIR` says where the results go; any
//! verb makes it a study program.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aif::hgf;
use aif::infer::pictures::strips;
use aif::measure::Softmax;
use aif::prelude::*;

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

/// What the season favours.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Favoured {
    Red,
    Blue,
}

/// A game: the good card wins with its validity, the other as often loses; which is good changes with a hazard.
#[derive(Clone, Copy, Debug)]
pub struct Game<T> {
    pub hazard: T,
    pub validity: T,
    pub precision: T,
}

#[generative_model(horizon = 1, actions(choice: Card), policy_precision = self.precision)]
impl<T: Real> Game<T> {
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
}

/// A season: games begin with the card that it favours, mostly; it changes from game to game with some probability.
#[derive(Clone, Copy, Debug)]
pub struct Season<T> {
    pub game: Game<T>,
    pub change: T,
}

#[generative_model(horizon = 1)]
impl<T: Real> Season<T> {
    #[factor(initial = uniform())]
    fn favoured(&self, favoured: Favoured) -> Dist<Favoured, T> {
        Dist::from_fn(|next| if next == favoured { 1.0 - self.change } else { self.change })
    }
    /// Seven choices, and what came of them.
    #[level(model = Game<T>, from = self.game, steps = 8, begins = good)]
    fn game(&self, favoured: Favoured) -> Dist<Card> {
        match favoured {
            Favoured::Red => dist![0.9, 0.1],
            Favoured::Blue => dist![0.1, 0.9],
        }
    }
}

/// A hierarchical Gaussian filter of whether the blue card would have paid.
#[derive(Clone, Copy, Debug)]
pub struct Volatile<T> {
    pub tonic_volatility: T,
    pub strictness: T,
}

#[hgf(inputs(blue_paid: bool))]
impl<T: Real> Volatile<T> {
    nodes! {
        blue_paid ~ Bernoulli(logistic(chance));
        chance ~ Gaussian(chance, exp(self.tonic_volatility));
    }
    #[response]
    fn choice(&self, blue_paid: hgf::Belief<T>) -> Softmax<Card, T> {
        Softmax::new([T::zero(), self.strictness * blue_paid.log_odds])
    }
}

model! {
    /// Who knows of seasons.
    pub Seasoned for Season<T> {
        population {
            mu_change       ~ Normal(-1.5, 0.7);
            sigma_change    ~ HalfNormal(0.5);
            mu_precision    ~ Normal(0.5, 0.5);
            sigma_precision ~ HalfNormal(0.5);
        }
        subject {
            change    ~ Normal(mu_change, sigma_change);
            precision ~ Normal(mu_precision, sigma_precision);
            Season { game: Game { hazard: 0.0, validity: 0.75, precision: exp(precision) }, change: logistic(change) }
        }
    }
    /// Who knows of none: any card may become the good one at any time.
    pub Seasonless for Game<T> {
        population {
            mu_hazard       ~ Normal(-1.5, 0.7);
            sigma_hazard    ~ HalfNormal(0.5);
            mu_precision    ~ Normal(0.5, 0.5);
            sigma_precision ~ HalfNormal(0.5);
        }
        subject {
            hazard    ~ Normal(mu_hazard, sigma_hazard);
            precision ~ Normal(mu_precision, sigma_precision);
            Game { hazard: 0.5 * logistic(hazard), validity: 0.75, precision: exp(precision) }
        }
    }
    /// Who tracks which card would have paid.
    pub Trackers for Volatile<T> {
        population {
            mu_volatility    ~ Normal(-1.0, 1.0);
            sigma_volatility ~ HalfNormal(0.5);
            mu_strictness    ~ Normal(0.5, 0.5);
            sigma_strictness ~ HalfNormal(0.5);
        }
        subject {
            volatility ~ Normal(mu_volatility, sigma_volatility);
            strictness ~ Normal(mu_strictness, sigma_strictness);
            Volatile { tonic_volatility: volatility, strictness: exp(strictness) }
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let study = aif::study::<Seasoned>().and::<Seasonless>().and::<Trackers>();
    let out = match &arguments[..] {
        [] => PathBuf::from("results/contexts"),
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

/// How each population reads the table: who knows of no games takes the row after the last choice of one for a step like others; a filter reads trials.
const POPULATIONS: [(&str, &[&str]); 3] =
    [("Seasoned", &[]), ("Seasonless", &["--missing-action", "marginalise"]), ("Trackers", &["--column", "trial=step"])];

fn demonstration(out: &Path, study: &aif::study::Study) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(above) = out.parent() {
        std::fs::create_dir_all(above).map_err(|e| format!("{}: {e}", above.display()))?;
    }
    std::fs::create_dir(out).map_err(|e| format!("{}: {e}; the folder of the results is a new one", out.display()))?;
    let file = |name: &str| out.join(name).display().to_string();
    let size = [
        "--subjects",
        "12",
        "--blocks",
        "1",
        "--steps",
        "24",
        "--seed",
        "5",
        "--set",
        "mu_change=-2",
        "--set",
        "sigma_change=0.5",
    ];
    study.run(["", "simulate", "--population", "Seasoned", "--out", &file("simulated.csv")].into_iter().chain(size))?;
    std::fs::write(file("choices.csv"), for_all(&std::fs::read_to_string(file("simulated.csv"))?))?;
    for (population, read) in POPULATIONS {
        println!("\n== {population}");
        let (data, folder) = (file("choices.csv"), file(population));
        let fit = ["", "fit", "--population", population, "--data", &data, "--out", &folder, "--quiet"];
        let how = ["--method", "nuts", "--chains", "2", "--warmup", "300", "--draws", "300", "--seed", "1"];
        study.run(fit.iter().chain(&how).chain(read).copied())?;
    }
    println!("\n== Which of them predicts choices best");
    let folders = POPULATIONS.map(|(population, _)| file(population));
    study.run(["", "compare", "--out", &file("compare")].into_iter().chain(folders.iter().map(String::as_str)))?;
    std::fs::write(file("contexts.svg"), picture(&std::fs::read_to_string(file("Seasoned/regressors.tsv"))?))?;
    println!("\nreport: {}, what the first one believed at both levels: {}", file("Seasoned/report.html"), file("contexts.svg"));
    Ok(())
}

/// The same table for all: before the first choice of a game there is nothing to see, and whether the blue card would have paid has a column.
fn for_all(table: &str) -> String {
    let mut rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap_or_default();
    let at = |name: &str| header.iter().position(|column| *column == name).unwrap_or(0);
    let (outcome, choice) = (at("outcome"), at("choice"));
    let mut all = format!("{},blue_paid\n", header.join(","));
    let mut chosen = String::new();
    for mut row in rows {
        let paid = match row[outcome] {
            "Nothing" => {
                row[outcome] = "";
                ""
            }
            won => {
                if (won == "Win") == (chosen == "Blue") {
                    "true"
                } else {
                    "false"
                }
            }
        };
        chosen = row[choice].to_string();
        all += &format!("{},{paid}\n", row.join(","));
    }
    all
}

/// What the first one believed at both levels, tick by tick.
fn picture(regressors: &str) -> String {
    let mut rows = regressors.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = rows.next().unwrap_or_default();
    let rows: Vec<Vec<&str>> = rows.take_while(|row| row[0] == "0").collect();
    let of = |name: &str| {
        let at = header.iter().position(|column| *column == name).unwrap_or(0);
        rows.iter().map(|row| row[at].parse().unwrap_or(f64::NAN)).collect::<Vec<f64>>()
    };
    let names = ["Season_favoured=Red", "Season_favoured=Blue", "Game_good=Red", "Game_good=Blue"];
    let all = names.map(|name| (name.replace('_', ", "), of(name)));
    let games: Vec<usize> = (0..rows.len()).step_by(8).collect();
    strips("What is believed of the season, and in its games", "choices; lines: a game begins", &all, &games)
}
