//! A whole study: agents in a T-Maze, what each of them believes about its rewards, and how well their behaviour gives it away.
//!
//! ```text
//! cargo run --release --example tmaze_study                       simulate, fit, print, draw
//! cargo run --release --example tmaze_study -- --help             more
//! cargo run --release --example tmaze_study -- loglik --help      the study program's verbs: simulate, loglik, fit
//! ```

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use aif::infer::output::{NewFolder, write_rows};
use aif::infer::pictures::{Canvas, Ink};
use aif::infer::results::{Fit, Group, Panel, correlation, densities, files, recovery};
use aif::infer::sample::NutsOptions;
use aif::infer::score::{History, RecordedBlock};
use aif::infer::study::{fit_with_progress, in_words};
use aif::infer::{Population, Sampled};
use aif::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

// ---- The generative model -----------------------------------------------------------------------------------------------------------

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Centre,
    Left,
    Right,
    Cue,
    Middle,
}

impl Place {
    /// Whether one move leads from `self` to `other`.
    pub fn touches(self, other: Place) -> bool {
        use Place::*;
        matches!((self, other), (Centre, Cue | Middle) | (Cue, Centre) | (Middle, Centre | Left | Right) | (Left | Right, Middle))
    }
}
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Left,
    Right,
}
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Nothing,
    Reward,
    Punishment,
}
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cue {
    Nothing,
    Left,
    Right,
}

/// A T-shaped maze whose stem end tells which arm pays.
#[derive(Clone, Copy, Debug)]
pub struct TMaze<T> {
    /// P(reward | the paying arm), in [0.5, 1]
    pub reward_probability: T,
    /// Log-preference for reward over nothing, and for nothing over punishment
    pub preference: T,
}

#[generative_model(horizon = 2, actions(go: Place))]
impl<T: Real> TMaze<T> {
    #[factor(initial = Place::Centre)]
    fn place(&self, place: Place, go: Place) -> Place {
        if place.touches(go) { go } else { place }
    }

    #[factor(initial = uniform())]
    fn side(&self, side: Side) -> Side {
        side
    }

    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }

    #[modality(preference = [0.0, self.preference, -self.preference])]
    fn outcome(&self, place: Place, side: Side) -> Dist<Outcome, T> {
        match (place, side) {
            (Place::Left, Side::Left) | (Place::Right, Side::Right) => {
                Dist::bernoulli(Outcome::Reward, self.reward_probability, Outcome::Punishment)
            }
            (Place::Left, _) | (Place::Right, _) => {
                Dist::bernoulli(Outcome::Punishment, self.reward_probability, Outcome::Reward)
            }
            _ => Outcome::Nothing.into(),
        }
    }

    #[modality]
    fn cue(&self, place: Place, side: Side) -> Cue {
        match (place, side) {
            (Place::Cue, Side::Left) => Cue::Left,
            (Place::Cue, Side::Right) => Cue::Right,
            _ => Cue::Nothing,
        }
    }
}

// ---- Two populations beside each other ----------------------------------------------------------------------------------------------

model! {
    /// How far each subject believes the paying arm pays.
    pub RewardBelief for TMaze<T> {
        population {
            mu    ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(1.0);
        }
        subject {
            z ~ Normal(mu, sigma);
            let reward_probability = 0.5 + 0.5 * logistic(z);
            TMaze { reward_probability, preference: 1.2 }
        }
    }
}

model! {
    /// The same without a group: every subject on its own.
    pub RewardBeliefFlat for TMaze<T> {
        subject {
            z ~ Normal(0.0, 1.0);
            let reward_probability = 0.5 + 0.5 * logistic(z);
            TMaze { reward_probability, preference: 1.2 }
        }
    }
}

// ---- The study ----------------------------------------------------------------------------------------------------------------------

const SUBJECTS: usize = 50;
/// How many of them are told of one by one.
const TOLD: usize = 10;
const BLOCKS: usize = 100;
const STEPS: usize = 5;
/// What the world pays, whatever the subjects believe.
const WORLD: TMaze<f64> = TMaze { reward_probability: 0.8, preference: 1.2 };

const HELP: &str = "\
Draws 50 subjects from the prior, simulates them in a T-Maze that pays with probability 0.8, fits what each believes about it, and sets it beside
the truth: how often intervals hold it, how far estimates follow it, and what theory expects of both.

Usage: tmaze_study [--population flat|hierarchical] [--out FOLDER] [--seed SEED]
       tmaze_study [--population flat|hierarchical] simulate|loglik|fit [OPTIONS]      (the study program; see `simulate --help`)

  --population   flat: every subject on its own [default]; hierarchical: subjects of one group
  --out          the new folder for tables and pictures [default: results/tmaze, or results/tmaze-2, .. where that is taken]
  --seed         the seed of simulation and fit [default: 1]";

/// What stands before a verb of the study program, or instead of one.
struct Arguments {
    hierarchical: bool,
    out: Option<PathBuf>,
    seed: u64,
    rest: Vec<String>,
}

impl Arguments {
    fn parse() -> Result<Self, String> {
        let mut seeded = false;
        let mut parsed = Arguments { hierarchical: false, out: None, seed: 1, rest: Vec::new() };
        let texts: Result<Vec<String>, _> = std::env::args_os().map(|a| a.into_string()).collect();
        let mut arguments = texts.map_err(|a| format!("{} is not UTF-8", a.display()))?.into_iter();
        parsed.rest.extend(arguments.next());
        while let Some(argument) = arguments.next() {
            let verb = parsed.rest.len() > 1;
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name.to_string(), Some(value.to_string())),
                None => (argument.clone(), None),
            };
            let mut value = || value.clone().or_else(|| arguments.next()).ok_or(format!("{name} needs a value"));
            match name.as_str() {
                "--population" => {
                    parsed.hierarchical = match value()?.as_str() {
                        "flat" => false,
                        "hierarchical" => true,
                        other => return Err(format!("--population {other}: expected flat or hierarchical")),
                    }
                }
                "--out" if !verb => parsed.out = Some(value()?.into()),
                "--seed" if !verb => {
                    parsed.seed = value()?.parse().map_err(|_| "--seed needs a whole number")?;
                    seeded = true;
                }
                _ => parsed.rest.push(argument),
            }
        }
        if parsed.rest.len() > 1 && (parsed.out.is_some() || seeded) {
            return Err(format!("the options of `{}` stand after it", parsed.rest[1]));
        }
        Ok(parsed)
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::parse() {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("error: {message}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match arguments.rest.get(1).map(String::as_str) {
        Some("-h" | "--help") => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Some(_) if arguments.hierarchical => aif::study::<RewardBelief>().exit(arguments.rest),
        Some(_) => aif::study::<RewardBeliefFlat>().exit(arguments.rest),
        None => match study(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::from(2)
            }
        },
    }
}

/// Simulates, fits, prints and draws.
fn study(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let out = arguments.out.clone().map_or_else(free_folder, Ok)?;
    let folder = NewFolder::begin(&out)?;
    // Subjects are drawn from the very prior that they are fitted with: only then do intervals hold what they promise.
    let drawn = if arguments.hierarchical {
        subjects::<RewardBelief>(arguments.seed)
    } else {
        subjects::<RewardBeliefFlat>(arguments.seed)
    };
    let (z, p) = drawn;

    // Simulation: each subject acts under what it believes; the world pays as it pays.
    let mut blocks: Vec<Vec<Trajectory<TMaze<f64>>>> = Vec::new();
    for (s, &reward_probability) in p.iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(arguments.seed);
        rng.set_stream(1 + s as u64);
        let mut agent = Agent::new(TMaze { reward_probability, preference: 1.2 })?;
        let mut world = World::new(WORLD)?;
        blocks.push((0..BLOCKS).map(|_| rollout(&mut agent, &mut world, STEPS, &mut rng)).collect());
    }
    println!(
        "simulated {SUBJECTS} subjects x {BLOCKS} blocks x {STEPS} steps; the world pays with probability {}",
        WORLD.reward_probability
    );

    // Fit: the records go in, the parameters come out.
    let names: Vec<String> = (0..SUBJECTS).map(|s| s.to_string()).collect();
    let record = |blocks: &Vec<Trajectory<TMaze<f64>>>| {
        let recorded = blocks.iter().enumerate().map(|(b, t)| RecordedBlock::of_trajectory::<TMaze<f64>>(b.to_string(), t, &[]));
        History::new(&recorded.collect::<Vec<_>>())
    };
    let records: Vec<History> = blocks.iter().map(record).collect();
    let options = NutsOptions { chains: 2, warmup: 400, draws: 400, seed: arguments.seed, ..NutsOptions::default() };
    let started = Instant::now();
    let agents = AgentOptions::default();
    let fit = if arguments.hierarchical {
        fit_with_progress(&Group::<RewardBelief>::new(names, records, agents)?, options, false)?
    } else {
        fit_with_progress(&Group::<RewardBeliefFlat>::new(names, records, agents)?, options, false)?
    };
    println!("{}\n", in_words(&fit, started.elapsed().as_secs_f64()));
    print_table(&fit, &z, &p);

    // Tables and pictures, into a folder of their own.
    let mut written = files(&fit);
    let mut picture = |name: &str, svg: String| written.push((name.to_string(), svg.into_bytes()));
    let title = "What each subject believes: z, from its behaviour";
    picture("densities.svg", densities(&fit, "z", title, Some(&z)));
    let panels = [Panel { parameter: "z", truth: &z }, Panel { parameter: "reward_probability", truth: &p }];
    picture("recovery.svg", recovery(&fit, &panels));
    let (subject, block) = most_eventful(&blocks);
    picture("block.svg", strip(&blocks[subject][block], subject, block, p[subject]));
    let truth = z.iter().zip(&p).enumerate().map(|(s, (z, p))| [s.to_string(), z.to_string(), p.to_string()]);
    written.push(("truth.csv".into(), write_rows(&["subject", "z", "reward_probability"], truth)));
    folder.finish(&written)?;
    println!("\nwrote {} files into {}:", written.len(), out.display());
    println!("  {}", written.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "));
    Ok(())
}

/// The group's numbers, then z and reward_probability of each subject, from their priors.
fn subjects<P: Population>(seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut values = vec![0.0; P::META.offset(2)];
    P::draw(0, &mut values, &[], &mut Sampled::new(&mut rng));
    let own = P::META.offset(1);
    let each = (0..SUBJECTS).map(|_| {
        P::draw(1, &mut values, &[], &mut Sampled::new(&mut rng));
        (values[own], values[own + 1])
    });
    each.unzip()
}

/// The first of results/tmaze, results/tmaze-2, .. that is not there yet.
fn free_folder() -> Result<PathBuf, String> {
    let numbered = (2..).map(|n| PathBuf::from(format!("results/tmaze-{n}")));
    let free = std::iter::once(PathBuf::from("results/tmaze")).chain(numbered).find(|f| !f.exists());
    free.ok_or_else(|| "no folder is free".to_string())
}

fn print_table(fit: &Fit, z: &[f64], p: &[f64]) {
    println!("subject   z true    mean   [5%, 95%]           p true   mean   [5%, 95%]        R-hat   ESS");
    let (mut means, mut variance, mut covered) = (Vec::new(), 0.0, 0);
    for s in 0..z.len() {
        let (Some(of_z), Some(of_p)) = (fit.quantity("z", Some(s)), fit.quantity("reward_probability", Some(s))) else {
            continue;
        };
        let (of_z, of_p) = (of_z.summary, of_p.summary);
        if s < TOLD {
            println!(
                "{s:>7}  {:>7.2} {:>7.2}   [{:>5.2}, {:>5.2}]      {:>9.3} {:>6.3}   [{:.3}, {:.3}]   {:>6.3} {:>5.0}",
                z[s], of_z.mean, of_z.q5, of_z.q95, p[s], of_p.mean, of_p.q5, of_p.q95, of_z.rhat, of_z.ess_bulk
            );
        }
        covered += usize::from(of_z.q5 <= z[s] && z[s] <= of_z.q95);
        variance += of_z.sd.powi(2) / z.len() as f64;
        means.push(of_z.mean);
    }
    println!("     ..   and {} more in subjects.csv", z.len() - TOLD);
    for q in fit.quantities.iter().filter(|q| q.subject.is_none()) {
        println!("{:>7}          {:>7.2}   [{:>5.2}, {:>5.2}]", q.name, q.summary.mean, q.summary.q5, q.summary.q95);
    }
    // What theory expects: nine in ten intervals hold the truth, give or take twice the standard deviation of a binomial number; and truths vary
    // by as much as estimates do and what is left unknown.
    let n = z.len() as f64;
    let (expected, give) = (0.9 * n, 2.0 * (n * 0.9 * 0.1).sqrt());
    let mean = means.iter().sum::<f64>() / n;
    let explained = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / n;
    println!("\n                                                 found   expected");
    println!(
        "true z inside their 90% intervals       {covered:>8} of {n}   {:.0} to {:.0}",
        expected - give,
        (expected + give).min(n)
    );
    println!(
        "correlation of true z and posterior mean     {:>9.3}   about {:.3}",
        correlation(z, &means),
        (explained / (explained + variance)).sqrt()
    );
}

// ---- One block as a strip of mazes ----------------------------------------------------------------------------------------------------

/// The block with the most different places, cue included: the one worth looking at.
fn most_eventful(blocks: &[Vec<Trajectory<TMaze<f64>>>]) -> (usize, usize) {
    let score = |t: &Trajectory<TMaze<f64>>| {
        let mut seen: Vec<Place> = t.iter().map(|m| m.observation.seen).collect();
        let arm = t.iter().any(|m| m.observation.outcome == Outcome::Reward);
        let cue = t.iter().any(|m| m.observation.cue != Cue::Nothing);
        seen.dedup();
        seen.len() + 4 * usize::from(arm) + 4 * usize::from(cue)
    };
    let all = blocks.iter().enumerate().flat_map(|(s, of)| of.iter().enumerate().map(move |(b, t)| (score(t), s, b)));
    all.max_by_key(|&(score, s, b)| (score, std::cmp::Reverse(s), std::cmp::Reverse(b))).map_or((0, 0), |(_, s, b)| (s, b))
}

const CELL: f64 = 46.0;
const MAZE: f64 = 3.0 * CELL + 40.0;

fn strip(trajectory: &Trajectory<TMaze<f64>>, subject: usize, block: usize, p: f64) -> String {
    let mut canvas = Canvas::new((40.0 + MAZE * trajectory.len() as f64) as u32, 330);
    canvas.words(
        (24.0, 22.0),
        format!("Subject {subject} (believes that the paying arm pays with probability {p:.2}), block {block}"),
        16,
        Ink::TEXT,
    );
    canvas.words(
        (24.0, 44.0),
        "blue: where it believes to be; orange bars: on which side it expects the reward; disc: what it saw",
        13,
        Ink::AXIS,
    );
    for (t, moment) in trajectory.iter().enumerate() {
        maze(&mut canvas, t, moment, 24.0 + MAZE * t as f64, 78.0);
    }
    canvas.svg()
}

fn maze(
    canvas: &mut Canvas,
    step: usize,
    moment: &TrajectoryStep<TMazeObservation, TMazeBelief, TMazeAction>,
    left: f64,
    top: f64,
) {
    let corner = |place: Place| match place {
        Place::Left => (left, top),
        Place::Middle => (left + CELL, top),
        Place::Right => (left + 2.0 * CELL, top),
        Place::Centre => (left + CELL, top + CELL),
        Place::Cue => (left + CELL, top + 2.0 * CELL),
    };
    for place in Place::all() {
        let (x, y) = corner(place);
        canvas.fill((x, y), (x + CELL, y + CELL), Ink::BELIEF.cover(0.6 * moment.belief.place[place]));
        canvas.outline((x, y), (x + CELL, y + CELL), Ink::TEXT);
    }
    for (side, place) in [(Side::Left, Place::Left), (Side::Right, Place::Right)] {
        let (x, y) = corner(place);
        let full = CELL - 8.0;
        canvas.fill((x + 4.0, y - 12.0), (x + 4.0 + full * moment.belief.side[side], y - 5.0), Ink::TRUTH);
        canvas.outline((x + 4.0, y - 12.0), (x + 4.0 + full, y - 5.0), Ink::AXIS);
    }
    let TMazeObservation { seen, outcome, cue } = moment.observation;
    let (x, y) = corner(seen);
    canvas.disc((x + CELL / 2.0, y + CELL / 2.0), 7.0, Ink::TEXT);
    let below = top + 3.0 * CELL;
    let middle = left + 1.5 * CELL;
    let saw = match (outcome, cue) {
        (Outcome::Reward, _) => "a reward".to_string(),
        (Outcome::Punishment, _) => "a punishment".to_string(),
        (_, Cue::Left) => "cue: left".to_string(),
        (_, Cue::Right) => "cue: right".to_string(),
        _ => "nothing".to_string(),
    };
    canvas.centred((middle, below + 18.0), format!("step {step}: {seen:?}"), 13, Ink::TEXT);
    canvas.centred((middle, below + 36.0), format!("saw {saw}"), 13, Ink::TEXT);
    canvas.centred((middle, below + 54.0), format!("P(right pays) = {:.2}", moment.belief.side[Side::Right]), 13, Ink::TRUTH);
    if let Some(action) = moment.action {
        canvas.centred((middle, below + 72.0), format!("goes to {:?}", action.go), 13, Ink::BELIEF);
    }
}
