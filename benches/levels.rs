//! Two levels beside the same as one model: a log-likelihood with two derivatives, and a tick of an agent.
//!
//! `cargo bench --bench levels`; figures are in `benches/README.md`.

#[path = "../tests/models/seasons.rs"]
mod seasons;
#[path = "timed/mod.rs"]
mod timed;

use std::hint::black_box;

use aif::infer::score::{RecordedBlock, Ticks};
use aif::prelude::*;
use aif::runtime::nested::tree;
use aif::runtime::{Dual, Inference, NestedAgent, NestedWorld};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use seasons::{Game, Season, each, played, records};
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

    // Blocks of two games: what is expected of the first is the same in all.
    let long = played(120).remove(0);
    let blocks = long.rows.chunks(12).enumerate().map(|(b, rows)| RecordedBlock {
        name: b.to_string(),
        rows: rows.to_vec(),
        ..RecordedBlock::default()
    });
    let ticks = Ticks::new(&tree::<Season<f64>, f64>(), blocks.collect());
    let (apart, history) = (ticks.clone().without_sharing(), records.1.clone());
    let season = Season { game: Game { precision: 1.5 }, change: 0.2 };
    let own = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
    let counts = aif::infer::score::steps_of_runs(&season, &ticks, &own).unwrap_or_default();
    let (both, mut times) = ([(ticks, history.clone()), (apart, history)], [Times::default(), Times::default()]);
    for _ in 0..200 {
        for (records, times) in both.iter().zip(&mut times) {
            times.add(|| black_box(each(0, black_box(at), records)));
        }
    }
    let [once, apart] = times.map(|times| times.within(0.5));
    let [worked, looked] = counts;
    println!("60 blocks of 2 games: {worked} steps of games worked out, {looked} looked up;");
    println!("  {once:.0} us with that, {apart:.0} us without: {:.1} times as fast", apart / once);

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
