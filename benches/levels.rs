//! Two levels beside the same as one model: a log-likelihood with two derivatives, and a tick of an agent.
//!
//! `cargo bench --bench levels`; figures are in `benches/README.md`.

#[path = "../tests/models/seasons.rs"]
mod seasons;
#[path = "timed/mod.rs"]
mod timed;

use std::hint::black_box;

use aif::prelude::*;
use aif::runtime::{Dual, NestedAgent, NestedWorld};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use seasons::{Game, Season, each, records};
use timed::Times;

fn main() {
    let records = records(60);
    let at = [Dual::<2>::variable(1.5, 0), Dual::variable(0.2, 1)];
    let mut times = [Times::default(), Times::default()];
    for _ in 0..200 {
        for (which, times) in times.iter_mut().enumerate() {
            times.add(|| black_box(each(which, black_box(at), &records)));
        }
    }
    let [levels, one] = times.map(|times| times.within(0.5));
    println!("60 games of 5 choices, a log-likelihood and its gradient by two parameters, medians:");
    println!("  two levels {levels:.0} us, one model of both {one:.0} us: {:.1} times as fast", one / levels);

    let season = Season { game: Game { precision: 1.5 }, change: 0.2 };
    let (Ok(mut agent), Ok(mut world)) = (NestedAgent::new(season), NestedWorld::new(season)) else { return };
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut seen, mut ticks) = (world.reset(&mut rng), Times::default());
    for _ in 0..20_000 {
        let acts = ticks.add(|| agent.step(&seen, &mut rng));
        seen = world.step(acts, &mut rng);
    }
    println!("a tick of an agent of two levels: {:.2} us, {} allocations", ticks.within(0.5), ticks.allocations);
}
