//! A game's frames: one step each on maps of many cells, by size and horizon, with the first frame and the frame after a knock.
//!
//! `cargo bench --bench frames`; figures are in `benches/README.md`. In microseconds; a budget of a second and a half for each row.

#[path = "../tests/models/places.rs"]
mod places;
mod timed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aif::prelude::*;
use aif::runtime::Single;
use places::{Guard, GuardObservation, Noise, moved};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use timed::Times;

fn frames<T: Real, const W: usize, const H: usize, const R: usize, const S: usize>(name: &str, horizon: usize) {
    let options = AgentOptions { horizon: Some(horizon), ..AgentOptions::default() };
    let tables = Tables::<Guard<W, H, R, S>>::new(&Guard, (), horizon).unwrap().lift::<T>();
    let newborn = Agent::<Guard<W, H, R, S>, T>::sharing(Arc::new(tables), options).unwrap();
    let [mut all, mut first, mut knocked] = [(); 3].map(|()| Times::default());
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let start = Instant::now();
    for life in 0..200 {
        let mut agent = newborn.clone();
        let mut place = Cell::<W, H>::from_index(life * 7919 % (W * H)).unwrap();
        for frame in 0..21 {
            if frame % 10 == 5 {
                place = Cell::from_index((place.index() + W * H / 2 + 3) % (W * H)).unwrap();
            }
            let heard = [Noise::Quiet, Noise::Steps, Noise::Quiet, Noise::Crash][(life + frame) % 4];
            let times = match frame {
                0 => &mut first,
                5 | 15 => &mut knocked,
                _ => &mut all,
            };
            let action = times.add(|| agent.step(GuardObservation { seen: place, heard }, &mut rng));
            place = moved(place, action.go);
        }
        if life > 3 && start.elapsed() > Duration::from_millis(1500) {
            break;
        }
    }
    println!(
        "{name:9} horizon {horizon} {}: median {:8.1}, 99% {:8.1}, worst {:8.1}; first {:8.1}, worst {:8.1}; knocked {:8.1}, worst {:8.1}; {} allocations",
        if size_of::<T>() == 4 { "f32" } else { "f64" },
        all.within(0.5),
        all.within(0.99),
        all.within(1.0),
        first.within(0.5),
        first.within(1.0),
        knocked.within(0.5),
        knocked.within(1.0),
        all.allocations + first.allocations + knocked.allocations,
    );
}

fn both<const W: usize, const H: usize, const R: usize, const S: usize>(name: &str, horizons: std::ops::RangeInclusive<usize>) {
    for horizon in horizons {
        frames::<f64, W, H, R, S>(name, horizon);
        frames::<Single, W, H, R, S>(name, horizon);
    }
}

fn main() {
    both::<10, 10, 9, 3>("100 x 9", 1..=5);
    both::<20, 20, 9, 3>("400 x 9", 1..=5);
    both::<30, 30, 9, 3>("900 x 9", 1..=5);
    both::<30, 30, 100, 10>("900 x 100", 1..=4);
    both::<60, 60, 9, 3>("3,600 x 9", 1..=4);
}
