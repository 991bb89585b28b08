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

/// Who plans in a frame, and who only perceives in it and carries on with what was chosen, frame by frame by turns.
fn staggered<const W: usize, const H: usize, const R: usize, const S: usize>(name: &str, horizon: usize) {
    let options = AgentOptions { horizon: Some(horizon), ..AgentOptions::default() };
    let mut agent = Agent::with_options(Guard::<W, H, R, S>, (), options).unwrap();
    let [mut planned, mut carried] = [(); 2].map(|()| Times::default());
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut place, mut action) = (Cell::<W, H>::from_index(W * H / 2).unwrap(), None);
    for frame in 0..4000 {
        let heard = [Noise::Quiet, Noise::Steps, Noise::Quiet, Noise::Crash][frame / 7 % 4];
        let seen = GuardObservation { seen: place, heard };
        let going = match action.take() {
            None => *action.insert(planned.add(|| agent.step(seen, &mut rng))),
            Some(going) => carried.add(|| {
                agent.infer_states(seen);
                agent.update_empirical_prior(going);
                going
            }),
        };
        place = moved(place, going.go);
    }
    println!(
        "{name:<12} horizon {horizon}: {:8.1} us to plan, {:8.1} us to perceive and carry on, {} allocations",
        planned.within(0.5),
        carried.within(0.5),
        planned.allocations + carried.allocations
    );
}

/// Who takes the best: the whole tree, and with bounds for branches, frame by frame by turns.
fn bounded<const W: usize, const H: usize, const R: usize, const S: usize>(name: &str, horizon: usize) {
    let tables = Arc::new(Tables::<Guard<W, H, R, S>>::new(&Guard, (), horizon).unwrap());
    let mut agents = [Planning::Tree, Planning::BranchAndBound(BranchAndBound::default())].map(|planning| {
        let options =
            AgentOptions { horizon: Some(horizon), planning, selection: Selection::Deterministic, ..AgentOptions::default() };
        Agent::sharing(Arc::clone(&tables), options).unwrap()
    });
    let mut times = [(); 2].map(|()| Times::default());
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut place, mut alike) = (Cell::<W, H>::from_index(W * H / 2).unwrap(), true);
    for frame in 0..1000 {
        let heard = [Noise::Quiet, Noise::Steps, Noise::Quiet, Noise::Crash][frame / 7 % 4];
        let seen = GuardObservation { seen: place, heard };
        let [tree, bounded] = &mut agents;
        let [first, second] = &mut times;
        let went = first.add(|| tree.step(seen, &mut rng));
        alike &= second.add(|| bounded.step(seen, &mut rng)) == went;
        place = moved(place, went.go);
    }
    println!(
        "{name:<12} horizon {horizon}, the best: {:8.1} us, with bounds {:8.1} us, {} allocations, alike: {alike}",
        times[0].within(0.5),
        times[1].within(0.5),
        times[1].allocations
    );
}

/// What leads to a goal 80 steps away: all anew, and to another goal.
fn goals<const W: usize, const H: usize>(name: &str) {
    let tables = Tables::<Guard<W, H, 9, 3>>::new(&Guard, (), 1).unwrap();
    let options = InductionOptions { depth: 80, ..InductionOptions::default() };
    let wanted = |cell: usize| places::GuardBelief {
        place: Dist::certain(Cell::<W, H>::from_index(cell).unwrap()),
        intruder: Dist::from_fn(|_| 0.0),
    };
    let [mut anew, mut other] = [(); 2].map(|()| Times::default());
    for round in 0..50 {
        let first = anew.add(|| Induction::to_goals::<Guard<W, H, 9, 3>, f64>(&tables, &wanted(round), &options).unwrap());
        other.add(|| first.toward::<Guard<W, H, 9, 3>, f64>(&wanted(W * H - 1 - round)).unwrap());
    }
    println!("{name:<12} induction of depth 80: {:8.1} us anew, {:8.1} us to another goal", anew.within(0.5), other.within(0.5));
}

fn main() {
    goals::<30, 30>("900 cells");
    goals::<60, 60>("3,600 cells");
    (3..=6).for_each(|horizon| bounded::<30, 30, 9, 3>("900 x 9", horizon));
    staggered::<10, 10, 9, 3>("100 x 9", 3);
    staggered::<30, 30, 9, 3>("900 x 9", 3);
    staggered::<30, 30, 9, 3>("900 x 9", 5);
    both::<10, 10, 9, 3>("100 x 9", 1..=5);
    both::<20, 20, 9, 3>("400 x 9", 1..=5);
    both::<30, 30, 9, 3>("900 x 9", 1..=5);
    both::<30, 30, 100, 10>("900 x 100", 1..=4);
    both::<60, 60, 9, 3>("3,600 x 9", 1..=4);
}
