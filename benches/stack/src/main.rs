//! How large the stack of a thread has to be on which an agent is created, steps, steps within bounds or a budget, or steps without knowing where it is, by
//! the size of its map.
//!
//! `cargo run --release -p stack-limits`, and without `--release` for a build that is not optimised. A thread that runs out of stack takes its process
//! with it, so that each size is tried in a process of its own; the smallest that does is found to 4 kB.

#[path = "../../../tests/models/places.rs"]
mod places;

use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread::{Builder, scope};

use aif::prelude::*;
use aif::runtime::Single;
use places::{Guard, GuardEvidence, GuardObservation, Noise, moved};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What is done on the thread.
const WORKS: [&str; 6] = ["nothing", "create", "step", "bounds", "budget", "lost"];
/// Does that on a thread with so much stack, for one map.
type OnMap = fn(&str, usize);

/// Maps, as cells x regions.
const MAPS: [(&str, OnMap); 7] = [
    ("100 x 9", on_map::<f64, 10, 10, 9, 3>),
    ("400 x 9", on_map::<f64, 20, 20, 9, 3>),
    ("900 x 9", on_map::<f64, 30, 30, 9, 3>),
    ("900 x 9, single precision", on_map::<Single, 30, 30, 9, 3>),
    ("900 x 100", on_map::<f64, 30, 30, 100, 10>),
    ("3,600 x 9", on_map::<f64, 60, 60, 9, 3>),
    ("10,000 x 9", on_map::<f64, 100, 100, 9, 3>),
];
/// The largest stack that is tried.
const MOST: usize = 32 << 20;
/// To how many bytes a size is found.
const PAGE: usize = 4 << 10;

/// Does something on a thread with so much stack.
fn on_thread<R: Send>(stack: usize, work: impl FnOnce() -> R + Send) -> R {
    scope(|scope| {
        let thread = Builder::new().stack_size(stack).spawn_scoped(scope, work);
        thread.expect("there is a thread to be had").join().expect("nothing panics there")
    })
}

fn create<T: Real, const W: usize, const H: usize, const R: usize, const S: usize>(
    planning: Planning,
) -> Box<Agent<Guard<W, H, R, S>, T>> {
    let options = AgentOptions { planning, ..AgentOptions::default() };
    let tables = Tables::<Guard<W, H, R, S>>::new(&Guard, (), 3).expect("the guard is a model").lift::<T>();
    Box::new(Agent::sharing(Arc::new(tables), options).expect("the options fit"))
}

fn on_map<T: Real, const W: usize, const H: usize, const R: usize, const S: usize>(work: &str, stack: usize) {
    let planning = match work {
        "nothing" => return on_thread(stack, || ()),
        "create" => return drop(on_thread(stack, || create::<T, W, H, R, S>(Planning::Tree))),
        "bounds" => Planning::BranchAndBound(BranchAndBound::default()),
        _ => Planning::Tree,
    };
    let mut agent = on_thread(MOST, || create::<T, W, H, R, S>(planning));
    let (within, lost) = (work == "budget", work == "lost");
    on_thread(stack, || {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut place = Cell::<W, H>::from_index(W * H / 2).expect("it is on the map");
        for frame in 0..12 {
            // Who is lost plans from all cells at first, nothing being seen. Later the guard is knocked to a far one.
            if frame == 6 {
                place = Cell::from_index(3).expect("it is on the map");
            }
            let heard = [Noise::Quiet, Noise::Steps, Noise::Crash][frame % 3];
            let seen = match frame {
                0 if lost => GuardEvidence { seen: Observed::Missing, heard: Observed::Seen(heard) },
                _ => GuardObservation { seen: place, heard }.into(),
            };
            let action = match within {
                true => agent.step_within(40, seen, &mut rng).expect("there is no list of policies").action,
                false => agent.step(seen, &mut rng),
            };
            place = moved(place, action.go);
        }
    });
}

/// Whether that much stack is enough, tried in a process of its own.
fn is_enough(map: &str, work: &str, stack: usize) -> bool {
    let this = std::env::current_exe().expect("this program is a file");
    let tried = Command::new(this).args([map, work, &stack.to_string()]).stderr(Stdio::null()).status();
    tried.expect("this program runs again").success()
}

/// The smallest stack that is enough, in bytes.
fn smallest(map: &str, work: &str) -> Option<usize> {
    let (mut too_small, mut enough) = (0, MOST / PAGE);
    if !is_enough(map, work, MOST) {
        return None;
    }
    while enough - too_small > 1 {
        let middle = (too_small + enough) / 2;
        match is_enough(map, work, middle * PAGE) {
            true => enough = middle,
            false => too_small = middle,
        }
    }
    Some(enough * PAGE)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [map, work, stack] = &arguments[..] {
        let (known, stack) = (MAPS.iter().find(|(name, _)| name == map), stack.parse());
        let (Some((_, on_map)), Ok(stack)) = (known, stack) else { return ExitCode::FAILURE };
        on_map(work, stack);
        return ExitCode::SUCCESS;
    }
    println!("| cells x regions | {} |", WORKS.join(" | "));
    println!("|{}", "---|".repeat(WORKS.len() + 1));
    for (map, _) in MAPS {
        let sizes = WORKS.map(|work| smallest(map, work).map_or("more".into(), |size| format!("{} kB", size >> 10)));
        println!("| {map} | {} |", sizes.join(" | "));
    }
    ExitCode::SUCCESS
}
