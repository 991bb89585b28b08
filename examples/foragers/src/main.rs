//! Thousands of minds in a game: two species look for food that moves, on a land with cues and thorns.
//!
//! Every agent is a component of an entity-component system: a body, a mind (its belief, nothing else) and its chance. One agent of each
//! species lends its tables and its planner to all of them. No window is needed.
//!
//! ```text
//! cargo run --release -p foragers                          run, time, draw, and compare with baselines
//! cargo run --release -p foragers -- --ticks 10000 --seeds 0
//! cargo run --release -p foragers -- --save world.bin      and later --load world.bin
//! ```

mod contest;
mod land;
mod picture;
mod saving;
mod species;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aif::infer::output::{NewFolder, write_out, write_whole};
use bevy_tasks::{ComputeTaskPool, TaskPoolBuilder};
use clap::Parser;

use picture::{Frame, picture};
use world::{BUDGET, Failure, Inhabitants, PERIOD, Species, meals_by_species, world as new_world};

#[derive(Parser)]
#[command(
    about = "Two species of active-inference agents look for food that moves; headless, timed, drawn and compared with baselines."
)]
struct Arguments {
    /// How many agents, half of each species.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    agents: u32,
    /// How many ticks to run.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    ticks: u64,
    /// The seed; one seed gives one world.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many threads.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=256))]
    threads: u32,
    /// In how many worlds to compare agents with those who wander and those who are greedy.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=1000))]
    seeds: u32,
    /// How many inhabitants these worlds have, each time.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    inhabitants: u32,
    /// The new folder to write into.
    #[arg(long, default_value = "results/foragers")]
    out: PathBuf,
    /// Go on from a world that was saved; agents and seed are its own.
    #[arg(long, conflicts_with_all = ["agents", "seed"])]
    load: Option<PathBuf>,
    /// Where to save the world at the end.
    #[arg(long)]
    save: Option<PathBuf>,
}

/// How many frames the strip has.
const FRAMES: u64 = 6;

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
    NewFolder::check(&arguments.out)?;
    if arguments.save.as_ref().is_some_and(|save| save.starts_with(&arguments.out)) {
        return Err(format!("{}: the world is saved beside the folder of results, not in it", arguments.out.display()).into());
    }
    ComputeTaskPool::get_or_init(|| TaskPoolBuilder::new().num_threads(arguments.threads as usize).build());
    let species = Species::new()?;
    let mut app = match &arguments.load {
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
            saving::load(&species, &bytes).map_err(|e| format!("{}: {e}", path.display()))?
        }
        None => new_world(&species, Inhabitants::Agents, arguments.agents as usize, arguments.seed)?,
    };
    let mut frames = Vec::new();
    let (mut times, mut steps) = (Vec::new(), 0);
    for tick in 0..arguments.ticks {
        if (tick * FRAMES) / arguments.ticks >= frames.len() as u64 {
            frames.push(Frame::of(&mut app));
        }
        steps += due(&mut app);
        let clock = Instant::now();
        app.update();
        times.push(clock.elapsed());
    }
    frames.push(Frame::of(&mut app));
    let bodies = app.world_mut().query::<&world::Body>().iter(app.world()).count();
    let mut report = timing(&mut times, (bodies, steps), arguments.threads);
    let (scouts, watchers) = meals_by_species(&mut app);
    report += &format!("meals each: {scouts:.2} of scouts, {watchers:.2} of watchers\n");
    report += &format!("hash of the world: {:016x}\n", saving::hash(&mut app)?);
    let mut rounds = String::from("seed,agents,wanderers,greedy\n");
    report += &contest(&species, arguments, &mut rounds)?;
    let last = frames.pop().into_iter().collect::<Vec<_>>();
    let mut files = vec![
        ("strip.svg".to_string(), picture(&frames, 3).into_bytes()),
        ("world.svg".to_string(), picture(&last, 1).into_bytes()),
        ("report.txt".to_string(), report.clone().into_bytes()),
    ];
    if arguments.seeds > 0 {
        files.push(("rounds.csv".to_string(), rounds.into_bytes()));
    }
    if let Some(path) = &arguments.save {
        write_whole(&[(path.as_path(), &saving::save(&mut app)?)])?;
    }
    NewFolder::begin(&arguments.out)?.finish(&files)?;
    Ok(write_out(format!("{report}wrote {}\n", arguments.out.display()).as_bytes())?)
}

/// How many step in the tick that comes.
fn due(app: &mut bevy_app::App) -> usize {
    let nature = app.world().resource::<world::Nature>().clone();
    app.world_mut().query::<&world::Body>().iter(app.world()).filter(|body| body.is_due(&nature)).count()
}

fn timing(times: &mut [Duration], (bodies, steps): (usize, usize), threads: u32) -> String {
    let sum: Duration = times.iter().sum();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    let ticks = times.len() as f64 / sum.as_secs_f64();
    format!(
        "{bodies} agents, a step of each every {PERIOD} ticks, at most {BUDGET} nodes a plan, {threads} threads\n\
         {ticks:.0} ticks a second; a tick takes {:.1} ms (median), {:.1} ms (99th percentile)\n\
         {:.1} us of the clock for each step of an agent, {:.0} steps a second\n\
         bytes: {} a scout's mind, {} a watcher's, {} a generator\n",
        at(0.5),
        at(0.99),
        sum.as_secs_f64() * 1e6 / steps.max(1) as f64,
        steps as f64 / sum.as_secs_f64(),
        size_of::<world::ScoutMind>(),
        size_of::<world::WatcherMind>(),
        size_of::<world::Chance>()
    )
}

fn contest(species: &Species, arguments: &Arguments, rows: &mut String) -> Result<String, Failure> {
    let mut rounds = Vec::new();
    for seed in (0..u64::from(arguments.seeds)).map(|i| arguments.seed.wrapping_add(1 + i)) {
        let round = contest::round(species, arguments.inhabitants as usize, arguments.ticks, seed)?;
        *rows += &format!("{},{},{},{}\n", round.seed, round.agents, round.wanderers, round.greedy);
        rounds.push(round);
    }
    if rounds.is_empty() {
        return Ok(String::new());
    }
    let mean = |of: fn(&contest::Round) -> f64| rounds.iter().map(of).sum::<f64>() / rounds.len() as f64;
    let (more, half) = contest::paired(&rounds.iter().map(|r| r.agents - r.greedy).collect::<Vec<_>>());
    Ok(format!(
        "in {} worlds of {} inhabitants, {} ticks each, meals each: agents {:.2}, greedy {:.2}, wanderers {:.2}\n\
         agents eat {more:.2} more than the greedy (95% interval {:.2} to {:.2}), {:.1} times what wanderers do\n",
        rounds.len(),
        arguments.inhabitants,
        arguments.ticks,
        mean(|r| r.agents),
        mean(|r| r.greedy),
        mean(|r| r.wanderers),
        more - half,
        more + half,
        mean(|r| r.agents) / mean(|r| r.wanderers).max(1e-9)
    ))
}
