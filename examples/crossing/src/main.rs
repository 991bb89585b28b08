//! Crossing: two species on 16 x 16 cells that must pass each other, hundreds at a time, with and without minds about minds.
//!
//! A walker minds the nearest of the other species that it sees ahead. Both see all that the model of the two has, so that a mind is
//! worked out once for each place where the other can be, and a tick only looks it up.
//!
//! ```text
//! cargo run --release -p crossing                          compare, time, draw
//! cargo run --release -p crossing -- --seeds 100 --out results/crossing
//! ```

mod field;
mod picture;
#[cfg(test)]
mod tests;
mod walker;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use aif::infer::output::{NewFolder, write_out};
use clap::Parser;
use rayon::prelude::*;

use field::{Body, Field, Tally};
use walker::{Choices, Minds, choices};

#[derive(Parser)]
#[command(about = "Two species pass each other, with and without minds about minds: collisions, detours, ticks per second.")]
struct Arguments {
    /// How many fields are walked on at a time.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    fields: u32,
    /// How many of each species walk on a field.
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=64))]
    each: u32,
    /// How many ticks each comparison runs.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    ticks: u32,
    /// How many seeds are compared.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    seeds: u32,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The new folder to write a strip, a page and the rounds into.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Fields that are walked on side by side, each with chance of its own.
pub struct Fields(Vec<Field>);

impl Fields {
    pub fn new(fields: u32, each: u32, seed: u64) -> Self {
        let own = |field: u32| seed.wrapping_mul(1_000_003).wrapping_add(u64::from(field));
        Fields((0..fields).map(|field| Field::new(each as usize, own(field))).collect())
    }

    pub fn walk(&mut self, choices: &Choices, ticks: u32) {
        self.0.par_iter_mut().for_each(|field| (0..ticks).for_each(|_| field.tick(choices)));
    }

    pub fn tally(&self) -> Tally {
        self.0.iter().fold(Tally::default(), |sum, field| sum.add(field.tally))
    }

    /// A mark of where everybody is and what happened.
    pub fn hash(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        let mut add = |number: u64| hash = (hash ^ number).wrapping_mul(0x100_0000_01b3);
        for field in &self.0 {
            field.bodies.iter().for_each(|body| add((body.x * field::SIZE + body.y) as u64));
            [field.tally.bumps, field.tally.ahead, field.tally.aside].into_iter().for_each(&mut add);
        }
        hash
    }
}

fn main() -> ExitCode {
    match work(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The mean of numbers, and half of its 95 % interval by Student's t.
fn interval(of: &[f64]) -> (f64, f64) {
    let n = of.len() as f64;
    let mean = of.iter().sum::<f64>() / n;
    let variance = of.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    // The quantile by its expansion in 1 / degrees of freedom: within 0.01 from 5 on, too narrow below.
    let (z, d) = (1.959_964f64, n - 1.0);
    let t = z + (z.powi(3) + z) / (4.0 * d) + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * d * d);
    (mean, t * (variance / n).sqrt())
}

fn work(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if let Some(out) = &arguments.out {
        NewFolder::check(out)?;
    }
    let clock = Instant::now();
    let all = Minds::ALL.into_iter().map(choices).collect::<Result<Vec<_>, _>>()?;
    let people = 2 * arguments.fields * arguments.each;
    let mut report = format!(
        "{people} walkers on {} fields, {} ticks, {} seeds; all minds worked out in {:.2} s\nof 100 steps (95 % intervals over seeds):\n",
        arguments.fields,
        arguments.ticks,
        arguments.seeds,
        clock.elapsed().as_secs_f64()
    );
    let mut rows = String::from("minds,seed,bumps,ahead,aside\n");
    let mut bumps = Vec::new();
    let clock = Instant::now();
    for (minds, choices) in Minds::ALL.into_iter().zip(&all) {
        let mut rates = [const { Vec::new() }; 3];
        for seed in (0..u64::from(arguments.seeds)).map(|i| arguments.seed.wrapping_add(i)) {
            let mut fields = Fields::new(arguments.fields, arguments.each, seed);
            fields.walk(choices, arguments.ticks);
            let found = fields.tally().rates();
            rows += &format!("{},{seed},{},{},{}\n", minds.words(), found[0], found[1], found[2]);
            rates.iter_mut().zip(found).for_each(|(rates, rate)| rates.push(rate));
        }
        let [bump, ahead, aside] = rates.each_ref().map(|rates| interval(rates));
        report += &format!(
            "  {:<20} bumps {:5.2} +- {:.2}, ahead {:5.1} +- {:.1}, aside {:5.2} +- {:.2}\n",
            minds.words(),
            bump.0,
            bump.1,
            ahead.0,
            ahead.1,
            aside.0,
            aside.1
        );
        bumps.push(rates);
    }
    let seconds = clock.elapsed().as_secs_f64();
    let ticks = 4.0 * f64::from(arguments.seeds) * f64::from(arguments.ticks);
    report += &format!(
        "{:.0} ticks a second of all fields, {:.1} million steps a second\n",
        ticks / seconds,
        ticks * f64::from(people) / seconds / 1e6
    );
    let mut hashes = Vec::new();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let mut fields = Fields::new(arguments.fields, arguments.each, arguments.seed);
        pool.install(|| fields.walk(&all[2], 1000));
        hashes.push(fields.hash());
    }
    report += &format!("hash of 1,000 ticks: {:016x} on 1 thread, {:016x} on 2\n", hashes[0], hashes[1]);
    if hashes[0] != hashes[1] {
        return Err("the same seed made two worlds on 1 and 2 threads".into());
    }
    if let Some(out) = &arguments.out {
        let strip = picture::strip(&frames(arguments, &all), 4);
        let page = picture::page(&strip, &report);
        let files = [
            ("strip.svg".to_string(), strip.into_bytes()),
            ("crossing.html".to_string(), page.into_bytes()),
            ("rounds.csv".to_string(), rows.into_bytes()),
        ];
        NewFolder::begin(out)?.finish(&files)?;
    }
    // Of each seed, the share of bumps that minds of depth 1 leave of those by habit.
    let left =
        |from: usize| interval(&bumps[2][0].iter().zip(&bumps[from][0]).map(|(one, other)| one / other).collect::<Vec<_>>());
    let (habit, things) = (left(0), left(1));
    report += &format!(
        "minds of depth 1 leave {:.2} +- {:.2} of the bumps of those by habit, {:.2} +- {:.2} of those to whom others are things\n",
        habit.0, habit.1, things.0, things.1
    );
    Ok(write_out(report.as_bytes())?)
}

/// Of each kind of minds, a field at four times.
fn frames(arguments: &Arguments, all: &[Choices]) -> Vec<(String, Vec<Body>)> {
    let mut frames = Vec::new();
    for (minds, choices) in Minds::ALL.into_iter().zip(all) {
        let mut field = Field::new(arguments.each as usize, arguments.seed);
        for tick in [0, 5, 50, 200] {
            while field.tally.steps < tick * field.bodies.len() as u64 {
                field.tick(choices);
            }
            frames.push((format!("{}, tick {tick}", minds.words()), field.bodies.clone()));
        }
    }
    frames
}
