//! Guards in a house at night, as minds in the Bevy engine: they listen for an intruder, plan in turn within a frame's budget, and differ in what
//! they like. Their overlay shows what three of them believe, consider and why.
//!
//! ```text
//! cargo run --release -p guards                                              run, time, write pictures
//! cargo run --release -p guards --features window --ignore-rust-version      in a window: arrow keys move the intruder
//! cargo run --release -p guards -- --tuning examples/guards/guards.ron       read again when it changes
//! ```

mod game;
mod guard;
mod house;
mod pages;
mod scene;
#[cfg(feature = "window")]
mod window;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aif_bevy::{Late, Minds, Refused, Surprised, Tuning};
use bevy_app::{App, Update};
use bevy_ecs::prelude::Messages;
use bevy_tasks::{ComputeTaskPool, TaskPoolBuilder};
use clap::Parser;

use game::{Failure, Night, Story};
use guard::Guard;

#[derive(Parser)]
#[command(
    about = "Guards with minds listen for an intruder in a house of 30 x 30 cells; timed and drawn, in a window with the feature `window`."
)]
struct Arguments {
    /// How many guards, of three kinds in turn.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    guards: u32,
    /// How many frames to run without a window.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    frames: u64,
    /// The seed; one seed gives one night.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many threads.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=256))]
    threads: u32,
    /// A file with tuning values, which is read again when it changes; those of `guards.ron` where there is none.
    #[arg(long)]
    tuning: Option<PathBuf>,
    /// The new folder to write into.
    #[arg(long, default_value = "results/guards")]
    out: PathBuf,
    /// Runs without a window even if this program has one.
    #[arg(long)]
    headless: bool,
    /// With a window: write a picture of it after so many frames, and end.
    #[arg(long, value_name = "FRAMES")]
    screenshot: Option<u32>,
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
    let tuning = Tuning::from_ron(include_str!("../guards.ron"), "guards.ron")?;
    let night = Night { guards: arguments.guards, seed: arguments.seed, tuning, file: arguments.tuning.clone() };
    #[cfg(feature = "window")]
    if !arguments.headless {
        return window::run(&night, &arguments.out, arguments.screenshot);
    }
    if arguments.screenshot.is_some() {
        return Err("--screenshot is for a window: build with `--features window`, and leave --headless out".into());
    }
    headless(arguments, &night)
}

/// A frame is a tick, as fast as it goes.
fn headless(arguments: &Arguments, night: &Night) -> Result<(), Failure> {
    pages::check(&arguments.out)?;
    ComputeTaskPool::get_or_init(|| TaskPoolBuilder::new().num_threads(arguments.threads as usize).build());
    let mut app = App::new();
    game::add(&mut app, Update, night)?;
    let (mut times, mut frames) = (Vec::new(), Vec::new());
    let mut told = Told::default();
    for frame in 0..arguments.frames {
        let clock = Instant::now();
        app.update();
        times.push(clock.elapsed());
        told.read(&mut app);
        if (frame + 1) * FRAMES / arguments.frames > frames.len() as u64 {
            frames.push(scene::scene(app.world_mut()));
        }
    }
    let picture = scene::picture(&mut app);
    let report = told.report(arguments, &mut times, &mut app);
    pages::write(&arguments.out, &picture, &scene::strip(&frames), &report)?;
    print!("{report}");
    Ok(())
}

/// What messages and minds have said in all frames.
#[derive(Default)]
struct Told {
    oldest: u32,
    planned: u64,
    minds: u64,
    most_nodes: u32,
    late: u64,
    surprised: u64,
    thinking: Duration,
}

impl Told {
    fn read(&mut self, app: &mut App) {
        let spent = *app.world().resource::<Minds<Guard>>().spent();
        self.oldest = self.oldest.max(spent.oldest);
        self.planned += u64::from(spent.planned);
        self.minds += u64::from(spent.minds);
        self.most_nodes = self.most_nodes.max(spent.nodes);
        self.thinking += spent.planning + spent.carrying;
        let world = app.world_mut();
        self.late += world.resource_mut::<Messages<Late>>().drain().count() as u64;
        self.surprised += world.resource_mut::<Messages<Surprised>>().drain().count() as u64;
        for refused in world.resource_mut::<Messages<Refused>>().drain() {
            eprintln!("refused: {}", refused.error);
        }
    }

    /// In words; the last line sums it up.
    fn report(&self, arguments: &Arguments, times: &mut [Duration], app: &mut App) -> String {
        let sum: Duration = times.iter().sum();
        times.sort();
        let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
        let Story { caught, escaped, .. } = *app.world().resource::<Story>();
        let (frames, hash) = (times.len(), game::hash(app));
        format!(
            "{} guards, {frames} frames, seed {}, {} threads; budget {:?}\n\
             the intruder was caught {caught} times, and got away {escaped} times\n\
             of {} minds in all frames {} planned, within at most {} nodes a frame; {} messages of late plans, {} of surprise\n\
             hash of the world: {:016x}\n\
             wrote {}\n\
             {:.0} frames a second ({:.2} ms of thinking in each), 99th percentile {:.2} ms, the oldest plan {} frames old\n",
            arguments.guards,
            arguments.seed,
            arguments.threads,
            app.world().resource::<Minds<Guard>>().tuning().budget,
            self.minds,
            self.planned,
            self.most_nodes,
            self.late,
            self.surprised,
            hash,
            arguments.out.display(),
            frames as f64 / sum.as_secs_f64(),
            self.thinking.as_secs_f64() * 1e3 / frames as f64,
            at(0.99),
            self.oldest,
        )
    }
}
